import assert from "node:assert/strict";
import { join } from "node:path";
import { systemIds } from "../../config/configuration";
import { type PreviewReport } from "../../preview/report";
import { projectDirectory } from "../support/projectCopy";
import { type Edit, runEdited } from "../support/previewCommand";

const stackFiles = ["prod", "dr", "archive", "access"].map((stack) => `Pulumi.${stack}.yaml`);
const image = (name: string, system: string) =>
  `trading-dr/${system}/${name}@sha256:${"1".repeat(64)}`;

/** What a system goes through, none of which breaks a rule. */
const circumstances: Readonly<Record<string, (system: string) => readonly Edit[]>> = {
  "while the standby lands": () => [
    { file: "Pulumi.dr.yaml", find: "phase: whole", replace: "phase: landing" },
  ],
  "after a failover": (system) => [
    {
      file: `systems/${system}.yaml`,
      find: /active: \S+/,
      replace: "active: us-west-2",
    },
  ],
  "in a sandbox": () =>
    stackFiles.map((file) => ({
      file,
      find: /role: (\w+)/,
      replace: "role: $1\n  trading-dr:profile: sandbox",
    })),
  "once somebody has signed for the locks": () =>
    stackFiles.slice(0, 3).map((file) => ({
      file,
      find: "{ kind: deferred }",
      replace:
        '{ kind: acknowledged, date: "2026-12-01", approver: Chief compliance officer, reason: SOX }',
    })),
  "once jobs have an image": (system) => [
    {
      file: `systems/${system}.yaml`,
      find: /^ {2}image: pending/m,
      replace: `  image: ${image("recovery", system)}`,
    },
    {
      file: `systems/${system}.yaml`,
      find: /^ {2}scratchImage: pending/m,
      replace: `  scratchImage: ${image("postgres", system)}`,
    },
  ],
  "after the standby was lost and rebuilt": (system) => [
    {
      file: `systems/${system}.yaml`,
      find: "    logicalBackups:",
      replace: "    rebuilds: [{ survivor: us-east-1, lost: kept }]\n    logicalBackups:",
    },
  ],
};

async function complaints(system: string, edits: readonly Edit[]): Promise<readonly string[]> {
  const { stdout, stderr } = await runEdited(edits, ["--json", "--system", system]);
  assert.ok(stdout.startsWith("{"), stderr);
  const { stacks } = JSON.parse(stdout) as PreviewReport;
  return stacks.flatMap(({ name, policies }) => [
    ...policies.violations.map(({ message }) => `${name}: ${message}`),
    ...policies.unknown.map(({ rule, setting }) => `${name}: ${rule}: ${setting} is not known`),
  ]);
}

describe("rules", function () {
  this.timeout("60s");

  for (const system of systemIds(join(projectDirectory, "systems"))) {
    it(`have nothing against ${system}`, async () => {
      assert.deepEqual(await complaints(system, []), []);
    });
  }

  // One system with Aurora, one with plain RDS.
  for (const system of ["market-scanning", "smc"]) {
    for (const [when, edits] of Object.entries(circumstances)) {
      it(`have nothing against ${system} ${when}`, async () => {
        assert.deepEqual(await complaints(system, edits(system)), []);
      });
    }
  }
});
