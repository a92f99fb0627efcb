import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Deployment, type PolicyEvent, Refused } from "./deployment";
import { assertRefused, needsEngine, pulumi } from "./engine";

describe("the policy pack on a real engine", function () {
  this.timeout("5m");
  needsEngine();
  let deployment: Deployment;

  beforeEach(() => {
    deployment = new Deployment("market-scanning", pulumi());
  });

  afterEach(() => {
    deployment.close();
  });

  /** What the pack says of an operation that it has the engine refuse. */
  async function refusal(operation: Promise<unknown>): Promise<readonly PolicyEvent[]> {
    try {
      await operation;
    } catch (error) {
      assert.ok(error instanceof Refused, String(error));
      return error.policies;
    }
    assert.fail("the engine refused nothing");
  }

  const shorter = [
    "components/database/database.ts",
    "backupRetentionPeriod: args.pointInTimeRecoveryDays,",
    "backupRetentionPeriod: 34,",
  ] as const;

  const changes: readonly {
    readonly what: string;
    readonly stack: string;
    readonly edit: readonly [file: string, find: string, replace: string];
    readonly rules: readonly string[];
  }[] = [
    {
      what: "a shorter point in time",
      stack: "prod",
      edit: shorter,
      rules: ["database-backup-retention"],
    },
    {
      what: "copies without encrypted objects",
      stack: "dr",
      edit: [
        "components/storage/replication.ts",
        'sseKmsEncryptedObjects: { status: "Enabled" }',
        'sseKmsEncryptedObjects: { status: "Disabled" }',
      ],
      rules: ["bucket-replicates-everything"],
    },
    {
      what: "Kubernetes taking two of a cache's pods away at once",
      stack: "prod",
      edit: ["components/cache/memberSet.ts", "maxUnavailable: 1", "maxUnavailable: 2"],
      rules: ["cache-disruption"],
    },
    {
      what: "vaults without a lock",
      stack: "archive",
      edit: ["components/vaults/backupVault.ts", "if (!disposable) {", "if (disposable) {"],
      rules: ["vault-complete"],
    },
  ];

  for (const { what, stack, edit, rules } of changes) {
    it(`says of ${what} what the in-process preview says`, async () => {
      deployment.editProgram(...edit);
      const { violations } = await deployment.verdicts(stack);
      assert.deepEqual([...new Set(violations.map(({ rule }) => rule))].sort(), rules);
      const said = await refusal(deployment.preview(stack, { policies: true }));
      assert.deepEqual(
        said
          .filter(({ policyName }) => policyName !== "rules-for-all-stacks")
          .map(({ policyName, resourceUrn, enforcementLevel, message }) => ({
            rule: policyName,
            level: enforcementLevel,
            resource: resourceUrn,
            message: message.trimEnd().split("\n").at(-1),
          }))
          .sort((left, right) => JSON.stringify(left).localeCompare(JSON.stringify(right))),
        violations
          .map(({ rule, level, resource, message }) => ({ rule, level, resource, message }))
          .sort((left, right) => JSON.stringify(left).localeCompare(JSON.stringify(right))),
      );
    });
  }

  it("blocks before anything that breaks a rule of one resource is made", async () => {
    deployment.editProgram(...shorter);
    const said = await refusal(deployment.up("prod", { policies: true }));
    assert.ok(said.some(({ policyName }) => policyName === "database-backup-retention"));
    assert.deepEqual(
      deployment.world.everything().filter(({ type }) => type.startsWith("aws:rds/cluster:")),
      [],
    );
  });

  it("lets pass what an exception excuses, and lists it", async () => {
    deployment.editProgram(...shorter);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    deployment.edit(
      "policies/exceptions.yaml",
      "exceptions: []",
      `exceptions:
  - rule: database-backup-retention
    system: market-scanning
    stack: prod
    resource: database
    reason: a trial
    approver: Chief risk officer
    date: "${new Date().toISOString().slice(0, 10)}"
    expires: "${tomorrow}"`,
    );
    const { policies } = await deployment.preview("prod", { policies: true });
    const excused = policies.find(({ policyName }) => policyName === "exceptions-in-force");
    assert.match(
      excused?.message ?? "",
      /database-backup-retention for database in prod of market-scanning, until .*: a trial \(Chief risk officer/,
    );
    assert.ok(!policies.some(({ enforcementLevel }) => enforcementLevel === "mandatory"));
  });

  it("refuses an exception that excuses nothing", async () => {
    deployment.edit(
      "policies/exceptions.yaml",
      "exceptions: []",
      `exceptions:
  - rule: database-backup-retention
    system: market-scanning
    stack: prod
    resource: database
    reason: a trial
    approver: Chief risk officer
    date: "2026-01-01"
    expires: "2026-12-31"`,
    );
    const [said] = await refusal(deployment.preview("prod", { policies: true }));
    assert.equal(said?.policyName, "exceptions-excuse-something");
  });

  it("is refused as a whole by a configuration that names no settings of a rule", async () => {
    const file = deployment.policyConfiguration("prod");
    writeFileSync(file, JSON.stringify({ all: "mandatory" }));
    await assertRefused(
      deployment.preview("prod", { policies: true, policyConfiguration: file }),
      /placement-own-region is not configured: regions: .*; use a file of policies\/config with --policy-pack-config/,
    );
  });

  it("works with the files that ship", async () => {
    const { policies } = await deployment.preview("archive", {
      policies: true,
      policyConfiguration: join(deployment.project, "policies", "config", "archive.json"),
    });
    assert.deepEqual(
      [...new Set(policies.map(({ policyName }) => policyName))],
      ["rules-for-all-stacks"],
    );
  });
});
