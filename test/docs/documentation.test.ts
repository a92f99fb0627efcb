import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { loadSystem } from "../../config/configuration";
import { accessShape } from "../../config/access";
import { stackShape } from "../../config/stack";
import { systemShape } from "../../config/system";
import { failoverSwitch, switchAlarm, switchCommand } from "../../contracts/failoverSwitch";
import { heartbeatSilenceSeconds } from "../../contracts/heartbeats";
import { boundOf } from "../../objectives/bound";
import { failoverTerms } from "../../objectives/failoverTime";
import { projectDirectory } from "../support/projectCopy";

/** Every key that a schema knows, at any depth; names that the reader chooses are not keys. */
function keysOf(schema: z.core.$ZodType): string[] {
  const { def } = schema._zod as unknown as {
    def: Partial<{
      shape: Record<string, z.core.$ZodType>;
      options: z.core.$ZodType[];
      element: z.core.$ZodType;
      valueType: z.core.$ZodType;
      innerType: z.core.$ZodType;
    }>;
  };
  return [
    ...Object.entries(def.shape ?? {}).flatMap(([key, inner]) => [key, ...keysOf(inner)]),
    ...(def.options ?? []).flatMap(keysOf),
    ...[def.element, def.valueType, def.innerType].flatMap((inner) =>
      inner === undefined ? [] : keysOf(inner),
    ),
  ];
}

const documents = [
  "README.md",
  ...readdirSync(join(projectDirectory, "docs")).map((name) => `docs/${name}`),
];

describe("documentation", () => {
  const reference = readFileSync(join(projectDirectory, "docs", "configuration.md"), "utf8");

  for (const [title, schema, atLeast] of [
    ["stack files", stackShape, 20],
    ["the access stack's file", accessShape, 10],
    ["system files", systemShape, 80],
  ] as const) {
    it(`explains every key of ${title}`, () => {
      const keys = [...new Set(keysOf(schema))];
      assert.ok(keys.length >= atLeast, `found ${String(keys.length)} keys only`);
      assert.deepEqual(
        keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(reference)),
        [],
      );
    });
  }

  it("throws the switch with the commands that the stack gives", () => {
    const text = readFileSync(join(projectDirectory, "docs", "dns.md"), "utf8");
    const standby = { system: "market-scanning", region: "us-west-2", account: "111122223333" };
    const commands = [...text.matchAll(/^aws cloudwatch put-metric-data .*$/gm)].map(String);
    assert.deepEqual(commands, [
      switchCommand("standby", standby),
      switchCommand("primary", standby),
    ]);
    const { region, namespace } = failoverSwitch(standby);
    assert.ok(text.includes(`"aws:RequestedRegion": "${region}"`));
    assert.ok(text.includes(`"cloudwatch:namespace": "${namespace}"`));
  });

  it("gives the time of a failover as it is counted", () => {
    const text = readFileSync(join(projectDirectory, "docs", "dns.md"), "utf8");
    const { failover } = loadSystem("hft", join(projectDirectory, "systems"));
    const { arithmetic } = boundOf(
      ...failoverTerms({
        mode: failover.mode,
        silenceSeconds: heartbeatSilenceSeconds,
        operatorDecisionSeconds: failover.operatorDecision.seconds,
        switchSeconds: switchAlarm.period,
        checkIntervalSeconds: failover.checkInterval.seconds,
        checkFailures: failover.checkFailures,
        recordTtlSeconds: failover.recordTtl.seconds,
      }),
    );
    assert.ok(text.replace(/\s+/g, " ").includes(arithmetic), arithmetic);
  });

  for (const document of documents) {
    it(`links from ${document} to files that are there`, () => {
      const text = readFileSync(join(projectDirectory, document), "utf8");
      const targets = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) =>
        String(target),
      );
      assert.deepEqual(
        targets.filter((target) => !existsSync(join(projectDirectory, dirname(document), target))),
        [],
      );
    });

    it(`names in ${document} only scripts that package.json has`, () => {
      const { scripts } = JSON.parse(
        readFileSync(join(projectDirectory, "package.json"), "utf8"),
      ) as { scripts: Record<string, string> };
      const text = readFileSync(join(projectDirectory, document), "utf8");
      const named = [...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name]) =>
        String(name),
      );
      assert.deepEqual(
        named.filter((name) => scripts[name] === undefined),
        [],
      );
    });
  }
});
