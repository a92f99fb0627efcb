import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemIds } from "../../../config/configuration";
import { type Environment, environmentNames } from "../../../policies/environment";
import {
  configurationFile,
  configurationProblems,
  configurationText,
  packConfiguration,
  packConfigurations,
} from "../../../preview/policies/configurationFiles";
import { readStacks } from "../../../preview/stacks";
import { projectDirectory } from "../../support/projectCopy";

describe("configuration files of the policy pack", () => {
  for (const name of environmentNames) {
    it(`are what npm run policies:config writes: ${name}`, () => {
      const configuration = packConfigurations().get(name);
      assert.ok(configuration !== undefined);
      assert.equal(readFileSync(configurationFile(name), "utf8"), configurationText(configuration));
    });

    it(`name rules and settings that there are: ${name}`, () => {
      assert.deepEqual(configurationProblems(configurationFile(name)), []);
    });
  }

  it("are the same for a sandbox's stack of any role", () => {
    for (const system of systemIds(join(projectDirectory, "systems"))) {
      const sandboxes = readStacks({ directory: projectDirectory, system })
        .filter(({ configuration }) => configuration.settings.role !== "access")
        .map(({ configuration }) =>
          packConfiguration(
            {
              name: "sandbox",
              configuration: {
                ...configuration,
                settings: { ...configuration.settings, profile: "sandbox" },
              } as Environment["configuration"],
            },
            "advisory",
          ),
        );
      for (const other of sandboxes.slice(1)) {
        assert.deepEqual(other, sandboxes[0]);
      }
    }
  });

  describe("that somebody has written", () => {
    let directory: string;

    before(() => {
      directory = mkdtempSync(join(tmpdir(), "trading-dr-pack-"));
    });

    after(() => {
      rmSync(directory, { recursive: true });
    });

    function problemsOf(change: (configuration: Record<string, unknown>) => unknown): string[] {
      const file = join(directory, "prod.json");
      const sound = JSON.parse(readFileSync(configurationFile("prod"), "utf8")) as Record<
        string,
        unknown
      >;
      const changed = change(sound) ?? sound;
      writeFileSync(file, typeof changed === "string" ? changed : JSON.stringify(changed));
      return configurationProblems(file).map(({ path, message }) => `${path}: ${message}`);
    }

    const retention = "database-backup-retention";
    const retentionProblem = `${retention}: must be "disabled", or have enforcementLevel, minimumDays; npm run policies:config writes it`;
    const wrong: readonly (readonly [
      string,
      (configuration: Record<string, unknown>) => unknown,
      RegExp,
    ])[] = [
      ["no JSON", () => "{", /^: cannot be read as JSON: .*; correct it$/],
      [
        "a rule that there is not",
        (configuration) => {
          configuration["database-backup-retentoin"] = "mandatory";
        },
        /there is no rule "database-backup-retentoin"; docs\/policies.md lists those that there are$/,
      ],
      [
        "a rule that is missing",
        (configuration) => {
          Reflect.deleteProperty(configuration, "database-outlives-failover");
        },
        /^database-outlives-failover: missing: must be one of mandatory, advisory, disabled; choose one of them$/,
      ],
      [
        "a level that there is not",
        (configuration) => {
          configuration["database-outlives-failover"] = "strict";
        },
        /^database-outlives-failover: must be one of mandatory, advisory, disabled; choose one of them$/,
      ],
    ];
    for (const [what, change, message] of wrong) {
      it(`are refused for ${what}`, () => {
        const problems = problemsOf(change);
        assert.equal(problems.length, 1, problems.join("\n"));
        assert.match(problems[0] ?? "", message);
      });
    }

    it("are refused for a setting that there is not", () => {
      assert.deepEqual(
        problemsOf((configuration) => {
          configuration[retention] = { enforcementLevel: "mandatory", minimumDays: 35, days: 1 };
        }),
        [`${retention}.days: Unrecognized key: "days"`],
      );
    });

    for (const [what, entry] of [
      ["a setting of another kind", { enforcementLevel: "mandatory", minimumDays: "35" }],
      ["a setting that is missing", { enforcementLevel: "mandatory" }],
      ["a level alone where settings are needed", "mandatory"],
    ] as const) {
      it(`are refused for ${what}`, () => {
        assert.deepEqual(
          problemsOf((configuration) => {
            configuration[retention] = entry;
          }),
          [retentionProblem],
        );
      });
    }

    it("may turn a rule off", () => {
      assert.deepEqual(
        problemsOf((configuration) => {
          configuration[retention] = "disabled";
        }),
        [],
      );
    });
  });
});
