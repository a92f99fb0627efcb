import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { systemIds } from "../../config/configuration";
import { previewStack } from "../../preview/inProcess";
import { type DeclaredByStack } from "../../preview/objectives";
import { judgeStacks, noChoices } from "../../preview/policies/verdicts";
import { readStacks } from "../../preview/stacks";
import { copyOfProject, editCopy, projectDirectory, removeCopy } from "../support/projectCopy";

/** A state that the files of a system go through, in which nothing is wrong. */
interface Situation {
  readonly title: string;
  readonly system?: string;
  readonly edits: readonly (readonly [file: string, find: string, replace: string])[];
  /** What cannot be known then: a rule, and the setting. @default - nothing */
  readonly unknown?: readonly string[];
}

const stackFiles = ["prod", "dr", "archive", "access"].map((stack) => `Pulumi.${stack}.yaml`);
const writerInStandby = (system: string) =>
  [`systems/${system}.yaml`, "active: us-east-1", "active: us-west-2"] as const;
const rebuilt = (system: string, ...rebuilds: readonly string[]) =>
  [
    `systems/${system}.yaml`,
    "    pointInTimeRecovery:",
    `    rebuilds: [${rebuilds.join(", ")}]\n    pointInTimeRecovery:`,
  ] as const;
const lost = (survivor: string, state: string) => `{ survivor: ${survivor}, lost: ${state} }`;

const image = (name: string, system: string) =>
  `trading-dr/${system}/${name}@sha256:${"1".repeat(64)}`;

const situations: readonly Situation[] = [
  ...systemIds(join(projectDirectory, "systems")).map((system) => ({
    title: `${system} as it ships`,
    system,
    edits: [],
  })),
  { title: "dr is landing", edits: [["Pulumi.dr.yaml", "phase: whole", "phase: landing"]] },
  {
    title: "a sandbox",
    edits: stackFiles.map((file) => [
      file,
      "  trading-dr:accounts:",
      "  trading-dr:profile: sandbox\n  trading-dr:accounts:",
    ]),
  },
  ...["market-scanning", "smc"].flatMap((system): Situation[] => [
    { title: `${system} has failed over`, system, edits: [writerInStandby(system)] },
    {
      title: `the jobs of ${system} have images`,
      system,
      edits: [
        [`systems/${system}.yaml`, "  image: pending", `  image: ${image("recovery", system)}`],
        [
          `systems/${system}.yaml`,
          "  scratchImage: pending",
          `  scratchImage: ${image("postgres", system)}`,
        ],
        [
          `systems/${system}.yaml`,
          "  recoveryRecipients: pending",
          "  recoveryRecipients: [age1mhu6d3yca9nwtdxyknyzvunmt99865m3u0gj2e8e5nhpqcpfkgwsnauyp8]",
        ],
      ],
    },
    {
      title: `the standby of ${system} was lost and rebuilt`,
      system,
      edits: [rebuilt(system, lost("us-east-1", "kept"))],
    },
    ...["kept", "released", "retired"].map((state) => ({
      title: `the primary region of ${system} was lost and rebuilt, and its old database is ${state}`,
      system,
      edits: [writerInStandby(system), rebuilt(system, lost("us-west-2", state))],
    })),
    {
      title: `each region of ${system} was lost and rebuilt once`,
      system,
      edits: [rebuilt(system, lost("us-west-2", "retired"), lost("us-east-1", "kept"))],
    },
  ]),
  {
    title: "commits wait for a standby that lags",
    edits: [["systems/market-scanning.yaml", "rpoEnforcement: alarm", "rpoEnforcement: block"]],
  },
  {
    title: "what a stack may choose is chosen the other way",
    edits: [
      ["systems/market-scanning.yaml", "mode: operator", "mode: automatic"],
      [
        "Pulumi.prod.yaml",
        "    kind: adopt\n    name: example.com\n    id: Z0123456789ABCDEFGHIJ",
        "    kind: create\n    name: example.com",
      ],
      ...stackFiles.map(
        (file) => [file, 'archive: "444455556666"', 'archive: "111122223333"'] as const,
      ),
      [
        "Pulumi.archive.yaml",
        "  trading-dr:assumeRoleArn: arn:aws:iam::444455556666:role/trading-dr-deployer\n",
        "",
      ],
      ...["prod", "dr", "archive"].flatMap((stack) => [
        [
          `Pulumi.${stack}.yaml`,
          "{ kind: deferred }",
          '{ kind: acknowledged, date: "2026-12-01", approver: "Chief compliance officer", reason: "SOX" }',
        ] as const,
        [
          `Pulumi.${stack}.yaml`,
          "{ kind: create }",
          "{ kind: adopt, name: organization-trail }",
        ] as const,
      ]),
    ],
    unknown: ["dns-failover-pair: zoneId"],
  },
];

describe("rules, in situations in which nothing is wrong", function () {
  this.timeout("2m");
  let directory: string;
  let program: () => unknown;

  before(() => {
    directory = copyOfProject();
    // The copy's own program, which reads the copy's files.
    program = createRequire(join(directory, "package.json"))("./index") as typeof program;
  });

  after(() => {
    removeCopy(directory);
  });

  beforeEach(() => {
    for (const [file] of situations.flatMap(({ edits }) => edits)) {
      copyFileSync(join(projectDirectory, file), join(directory, file));
    }
  });

  for (const { title, system = "market-scanning", edits, unknown = [] } of situations) {
    it(`complain of nothing: ${title}`, async () => {
      for (const edit of edits) {
        editCopy(directory, ...edit);
      }
      const declared: DeclaredByStack[] = [];
      for (const ready of readStacks({ directory, system })) {
        declared.push({ ready, resources: (await previewStack(program, ready)).resources });
      }
      const verdicts = [...judgeStacks(declared, noChoices).verdicts.values()];
      assert.deepEqual(
        verdicts.flatMap(({ violations }) => violations.map(({ message }) => message)),
        [],
      );
      assert.deepEqual(
        verdicts.flatMap((of) => of.unknown.map(({ rule, setting }) => `${rule}: ${setting}`)),
        unknown,
      );
    });
  }
});
