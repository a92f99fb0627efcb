import assert from "node:assert/strict";
import { Deployment } from "./deployment";
import { assertOnly, assertRefused, pulumi, stacks, needsEngine } from "./engine";

describe("changes on a real engine", function () {
  this.timeout("5m");
  needsEngine();
  const file = "systems/market-scanning.yaml";
  let deployment: Deployment;

  before(async () => {
    deployment = new Deployment("market-scanning", pulumi());
    await deployment.firstDeployment();
  });

  after(() => {
    deployment.close();
  });

  const refusals: readonly {
    readonly what: string;
    readonly stack: (typeof stacks)[number];
    readonly file: string;
    readonly from: string;
    readonly to: string;
    readonly names: RegExp;
  }[] = [
    {
      what: "that would replace the database",
      stack: "prod",
      file,
      from: "databaseName: market_scanning",
      to: "databaseName: other",
      names: /unable to replace resource ".*::database-global"/,
    },
    {
      what: "that would replace a bucket",
      stack: "archive",
      file: "components/storage/recordBucket.ts",
      from: 'bucket: physicalName("bucket", args.purpose, args.place),',
      to: 'bucket: physicalName("bucket", args.purpose, args.place) + "x",',
      names: /unable to replace resource ".*::regulated-records"/,
    },
    {
      what: "that would replace a vault",
      stack: "dr",
      file: "components/vaults/backupVault.ts",
      from: "kmsKeyArn: args.kmsKeyArn,",
      to: 'kmsKeyArn: "arn:aws:kms:us-west-2:111122223333:key/other",',
      names: /unable to replace resource ".*::regulated-vault"/,
    },
    {
      what: "that would replace an image repository",
      stack: "prod",
      file: "components/images/imageRepository.ts",
      from: 'encryptionType: "KMS", kmsKey: args.kmsKeyArn',
      to: 'encryptionType: "AES256"',
      names: /unable to replace resource ".*::image-repository-api"/,
    },
    {
      what: "that leave the image registry to nobody",
      stack: "prod",
      file,
      from: "- image-registry",
      to: "# image-registry",
      names: /resource ".*::image-registry-replication" cannot be deleted/,
    },
    {
      what: "that would replace a key",
      stack: "dr",
      file: "components/encryption/encryptionKey.ts",
      from: "rotationPeriodInDays: 365,",
      to: "rotationPeriodInDays: 365, multiRegion: true,",
      names: /unable to replace resource ".*::key-records"/,
    },
    {
      what: "that rename a key without an alias",
      stack: "dr",
      file: "composition/keys.ts",
      from: "`key-${purpose}`",
      to: "`keys-${purpose}`",
      names: /resource ".*::key-records-alias" cannot be deleted/,
    },
    {
      what: "that take a bucket out of the program",
      stack: "dr",
      file: "composition/records.ts",
      from: 'if (store.kind === "objects") {',
      to: 'if (store.kind === "objects" && store.lockClass !== "audit") {',
      names: /resource ".*::audit-records-lock" cannot be deleted/,
    },
  ];
  for (const { what, stack, file: changed, from, to, names } of refusals) {
    it(`${what} are refused, by name`, async () => {
      const world = deployment.world.everything();
      deployment.editProgram(changed, from, to);
      try {
        await assertRefused(deployment.preview(stack), names);
      } finally {
        deployment.editProgram(changed, to, from);
      }
      assert.deepEqual(deployment.world.everything(), world);
    });
  }

  it("rotate the administrator's password, and keep the old version of the secret", async () => {
    const versions = () =>
      deployment.world
        .all("aws:secretsmanager/secretVersion:SecretVersion")
        .filter(({ urn }) => urn.includes("::database-")).length;
    assert.equal(versions(), 1);
    deployment.edit(file, '"2026-11-01"', '"2026-12-01"');
    const { changes } = await deployment.up("prod");
    assert.equal(changes["replace"], 2);
    assert.equal(changes["update"], 1);
    assert.equal(versions(), 2);
    assertOnly(await deployment.preview("prod"), "same");
  });

  it("keep another number of releases, by a new lifecycle in the place of each old one", async () => {
    deployment.edit(file, "keptVersions: 50", "keptVersions: 60");
    const { changes } = await deployment.up("prod");
    assert.equal(changes["replace"], 6);
    assert.equal(changes["update"], 1);
    assertOnly(await deployment.preview("prod"), "same");
    deployment.edit(file, "keptVersions: 60", "keptVersions: 50");
    await deployment.up("prod");
  });

  it("ask the endpoint less often with a new check, and leave the old one", async () => {
    const endpoints = () =>
      deployment.world.everything().filter(({ urn }) => urn.endsWith("::failover-primary-endpoint"))
        .length;
    assert.equal(endpoints(), 1);
    deployment.edit(file, "checkInterval: 10s", "checkInterval: 30s");
    const { changes, steps } = await deployment.up("prod");
    assert.equal(changes["replace"], 1);
    // What reads it: the check that PRIMARY carries, and the alarm.
    assert.deepEqual(
      steps.filter(({ operation }) => operation === "update").map(({ type }) => type),
      ["aws:route53/healthCheck:HealthCheck", "aws:cloudwatch/metricAlarm:MetricAlarm"],
    );
    assert.equal(endpoints(), 2);
    assertOnly(await deployment.preview("prod"), "same");
  });

  it("turn governance into compliance locks once they are acknowledged, in every stack", async () => {
    deployment.editStacks(
      "{ kind: deferred }",
      '{ kind: acknowledged, date: "2026-12-01", approver: Chief compliance officer, reason: SOX }',
    );
    for (const stack of stacks) {
      const { changes } = await deployment.up(stack);
      assert.equal(changes["replace"], 1, stack);
      assertOnly(await deployment.preview(stack), "same");
    }
  });

  it("upgrade PostgreSQL by a major version, with new parameters beside the old", async () => {
    deployment.edit(file, '"16.8"', '"17.4"');
    for (const stack of ["prod", "dr"]) {
      const { changes } = await deployment.up(stack);
      assert.equal(changes["replace"], 1, stack);
      assertOnly(await deployment.preview(stack), "same");
    }
  });

  it("let the jobs run once there are images, and swap them with the active region", async () => {
    deployment.edit(
      file,
      " image: pending",
      ` image: "trading-dr/market-scanning/recovery@sha256:${"1".repeat(64)}"`,
    );
    deployment.edit(
      file,
      "scratchImage: pending",
      `scratchImage: "trading-dr/market-scanning/postgres@sha256:${"2".repeat(64)}"`,
    );
    for (const stack of ["prod", "dr"]) {
      const resumed = await deployment.up(stack);
      assertOnly(resumed, "same", "update");
      assert.equal(resumed.changes["update"], 10, stack);
    }
    deployment.edit(file, "active: us-east-1", "active: us-west-2");
    for (const stack of ["prod", "dr"]) {
      const { steps } = await deployment.preview(stack);
      const updated = (type: string) =>
        steps.filter((step) => step.operation === "update" && step.type.endsWith(type)).length;
      // The monitor among them, which is told whose backups to watch.
      assert.equal(updated(":CronJob"), 8, stack);
      // Two on the lag, and in prod the one on its endpoint.
      const alarms = stack === "prod" ? 3 : 2;
      assert.equal(updated(":MetricAlarm"), alarms, stack);
      // What an empty group of the cache would do at its first start: servers' and Sentinels'.
      assert.equal(updated(":ConfigMap"), 2, stack);
      assert.equal(steps.length, 8 + alarms + 2, stack);
    }
    deployment.edit(file, "active: us-west-2", "active: us-east-1");
  });

  it("make a deleted standby again, once a refresh has seen that it is gone", async () => {
    const instance = deployment.world
      .all("aws:rds/clusterInstance:ClusterInstance")
      .find(({ id }) => id === "market-scanning-database-1-us-west-2");
    assert.ok(instance !== undefined);
    deployment.world.remove(instance);
    assertOnly(await deployment.preview("dr"), "same");
    const { steps } = await deployment.up("dr", { refresh: true });
    assert.deepEqual(
      steps.map(({ operation, type }) => [operation, type]),
      [["create", "aws:rds/clusterInstance:ClusterInstance"]],
    );
    assertOnly(await deployment.preview("dr"), "same");
  });
});
