import assert from "node:assert/strict";
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockOf } from "../../composition/locks";
import { type Configuration } from "../../config/configuration";
import program from "../../index";
import { type PreviewedResource } from "../../preview/inProcess";
import { previewReport } from "../../preview/report";
import { readStacks } from "../../preview/stacks";
import { projectDirectory } from "../support/projectCopy";

const acknowledged = {
  kind: "acknowledged",
  date: "2026-11-21",
  approver: "Chief compliance officer",
  reason: "SOX",
} as const;

describe("lock of a class of mode compliance", () => {
  const lockWith = (changes: Partial<Configuration["settings"]>) => {
    const [stack] = readStacks({ directory: projectDirectory, stack: "dr" });
    assert.ok(stack);
    const { settings, ...rest } = stack.configuration;
    return lockOf({ ...rest, settings: { ...settings, ...changes } }, "regulated");
  };

  it("is governance while the acknowledgement is deferred", () => {
    assert.deepEqual(lockWith({ complianceLocks: { kind: "deferred" } }), {
      mode: "GOVERNANCE",
      days: 2557,
    });
  });

  it("is compliance once it is acknowledged", () => {
    assert.equal(lockWith({ complianceLocks: acknowledged })?.mode, "COMPLIANCE");
  });

  it("is never compliance in a sandbox", () => {
    assert.equal(
      lockWith({ complianceLocks: acknowledged, profile: "sandbox" })?.mode,
      "GOVERNANCE",
    );
  });
});

describe("wiring of the stacks of market-scanning", () => {
  let resources: Record<string, readonly PreviewedResource[]>;

  before(async () => {
    const { stacks } = await previewReport(program, readStacks({ directory: projectDirectory }));
    resources = Object.fromEntries(stacks.map((stack) => [stack.name, stack.resources]));
  });

  const inputsOf = (stack: string, type: string, name: string) => {
    const found = resources[stack]?.find(
      (resource) => resource.type === type && resource.name === name,
    );
    assert.ok(found, `${stack} has no ${type} ${name}`);
    return found.inputs;
  };

  it("lets each provider work in its own account only", () => {
    const accounts = Object.keys(resources).map((stack) => [
      stack,
      inputsOf(stack, "pulumi:providers:aws", "aws")["allowedAccountIds"],
    ]);
    assert.deepEqual(Object.fromEntries(accounts), {
      prod: '["111122223333"]',
      dr: '["111122223333"]',
      archive: '["444455556666"]',
    });
  });

  it("lets AWS Backup's role in the archive's account read snapshots with the database's key", () => {
    for (const stack of ["prod", "dr"]) {
      const policy = String(inputsOf(stack, "aws:kms/key:Key", "key-database")["policy"]);
      assert.ok(
        policy.includes(
          "arn:aws:iam::444455556666:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup",
        ),
        stack,
      );
    }
  });

  it("takes changes of replicas' locks back from the other region, not from the archive", () => {
    const { rules } = inputsOf(
      "dr",
      "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
      "daily-records-replication",
    );
    assert.deepEqual(
      (rules as { id: string; sourceSelectionCriteria: object }[]).map((rule) => [
        rule.id,
        "replicaModifications" in rule.sourceSelectionCriteria,
      ]),
      [
        ["to-us-east-1", true],
        ["to-eu-west-1", false],
      ],
    );
  });
});

describe("choice of a trading system", () => {
  it("takes the stacks whose files name it, before it borrows another system's", () => {
    const directory = mkdtempSync(join(tmpdir(), "trading-dr-"));
    try {
      cpSync(join(projectDirectory, "systems"), join(directory, "systems"), { recursive: true });
      for (const stack of ["prod", "dr", "archive"]) {
        copyFileSync(
          join(projectDirectory, `Pulumi.${stack}.yaml`),
          join(directory, `Pulumi.${stack}.yaml`),
        );
      }
      const names = (system: string) => readStacks({ directory, system }).map(({ name }) => name);
      assert.deepEqual(names("smc"), ["prod", "dr", "archive"]);
      const archive = readFileSync(join(directory, "Pulumi.archive.yaml"), "utf8");
      writeFileSync(
        join(directory, "Pulumi.smc-archive.yaml"),
        archive.replace("system: market-scanning", "system: smc"),
      );
      assert.deepEqual(names("smc"), ["smc-archive"]);
      assert.deepEqual(names("market-scanning"), ["prod", "dr", "archive"]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
