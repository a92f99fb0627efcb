import assert from "node:assert/strict";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { systemIds } from "../../config/configuration";
import { secretMark, type Shown, shown, unknownMark } from "../../preview/wireValue";
import { projectDirectory } from "../support/projectCopy";
import { type Changes, Deployment, Refused, type StateResource } from "./deployment";
import { pulumiCommand } from "./pulumiCommand";

const stacks = ["prod", "dr", "archive"] as const;

/** The real engine. In CI it has to be there; elsewhere its absence is told, and nothing is tested. */
let pulumi: string;

before(async function () {
  this.timeout("30m");
  try {
    pulumi = await pulumiCommand();
  } catch (error) {
    if (process.env["CI"] !== undefined) {
      throw error;
    }
    process.stderr.write(`\nENGINE TESTS SKIPPED: ${String(error)}\n\n`);
    this.skip();
  }
});

/** Operations of these kinds only. */
function assertOnly(changes: Changes, ...kinds: string[]): void {
  assert.deepEqual(
    Object.keys(changes).filter((kind) => !kinds.includes(kind)),
    [],
    JSON.stringify(changes),
  );
}

for (const system of systemIds(join(projectDirectory, "systems"))) {
  describe(`${system} on a real engine`, function () {
    this.timeout("5m");
    let deployment: Deployment;

    before(() => {
      deployment = new Deployment(system, pulumi);
    });

    after(() => {
      deployment.close();
    });

    it("is deployed from nothing, in the documented order", async () => {
      for (const changes of await deployment.firstDeployment()) {
        assertOnly(changes, "create", "same");
      }
    });

    for (const stack of stacks) {
      it(`has no change left in ${stack}, nor after a refresh`, async () => {
        assertOnly(await deployment.preview(stack), "same");
        assertOnly(await deployment.refresh(stack), "same");
        assertOnly(await deployment.preview(stack), "same");
      });

      it(`is in ${stack} what the in-process preview says`, async () => {
        const previewed = await deployment.inProcess(stack);
        const deployed = new Map(
          (await deployment.state(stack)).map((resource) => [resource.urn, resource]),
        );
        const urns = [...deployed.keys()].filter((urn) => !urn.includes("::pulumi:pulumi:Stack::"));
        assert.deepEqual(previewed.map(({ urn }) => urn).sort(), urns.sort());
        for (const { urn, type, parent, inputs, options } of previewed) {
          const found = deployed.get(urn);
          assert.equal(found?.type, type);
          assert.equal(found.parent, parent, urn);
          assert.equal(found.protect ?? false, options.protect ?? false, urn);
          assert.equal(found.retainOnDelete ?? false, options.retainOnDelete ?? false, urn);
          if (!type.startsWith("pulumi:providers:") && !type.startsWith("trading-dr:")) {
            assert.deepEqual(differing(inputs, found), [], urn);
          }
        }
      });
    }

    it("plans nothing destructive once the active region is the standby", async () => {
      deployment.edit(`systems/${system}.yaml`, "active: us-east-1", "active: us-west-2");
      for (const stack of stacks) {
        const changes = await deployment.preview(stack);
        assertOnly(changes, "same", "update", "delete");
        // Plain RDS: the promoted replica gets a final snapshot, and copies no more backups.
        const isPromoted = stack === "dr" && ["smc", "trading-system"].includes(system);
        assert.equal(changes["update"] ?? 0, isPromoted ? 1 : 0);
        assert.equal(changes["delete"] ?? 0, isPromoted ? 1 : 0);
      }
      deployment.edit(`systems/${system}.yaml`, "active: us-west-2", "active: us-east-1");
    });

    for (const stack of stacks) {
      it(`refuses to destroy ${stack}, and nothing is gone`, async () => {
        const before = deployment.world.everything();
        await assertRefused(deployment.previewDestroy(stack), /cannot be deleted/);
        assert.deepEqual(deployment.world.everything(), before);
        // Without a preview first. What has been copied of a plain RDS instance's backups stays with
        // AWS until its retention ends, so the copying itself is not held.
        await assertRefused(deployment.destroy(stack), /cannot be deleted/);
        const gone = Object.keys(before).filter((id) => !(id in deployment.world.everything()));
        assert.deepEqual(
          gone.filter((id) => !id.startsWith("database-automated-backups-")),
          [],
        );
      });
    }
  });
}

/** Inputs that the state has otherwise; what the preview cannot know is not compared. */
function differing(inputs: Readonly<Record<string, Shown>>, found: StateResource): string[] {
  const deployed = shown(found.inputs ?? {}) as Record<string, Shown>;
  return Object.entries(inputs).flatMap(([key, value]) => {
    const text = JSON.stringify(value);
    const isOpen = text.includes(unknownMark) || text.includes(secretMark);
    return isOpen || isDeepStrictEqual(deployed[key], value) ? [] : [key];
  });
}

/** An operation that the engine refuses, saying something that matches. */
async function assertRefused(operation: Promise<Changes>, reason: RegExp): Promise<void> {
  await assert.rejects(operation, (error) => {
    assert.ok(error instanceof Refused, String(error));
    assert.match(error.message, reason);
    return true;
  });
}

describe("changes on a real engine", function () {
  this.timeout("5m");
  const file = "systems/market-scanning.yaml";
  let deployment: Deployment;

  before(async () => {
    deployment = new Deployment("market-scanning", pulumi);
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
      Object.values(deployment.world.everything()).filter(({ urn }) =>
        urn.includes(":SecretVersion::"),
      ).length;
    assert.equal(versions(), 1);
    deployment.edit(file, '"2026-11-01"', '"2026-12-01"');
    const changes = await deployment.up("prod");
    assert.equal(changes["replace"], 2);
    assert.equal(changes["update"], 1);
    assert.equal(versions(), 2);
    assertOnly(await deployment.preview("prod"), "same");
  });

  it("turn governance into compliance locks once they are acknowledged, in every stack", async () => {
    deployment.editStacks(
      "{ kind: deferred }",
      '{ kind: acknowledged, date: "2026-12-01", approver: Chief compliance officer, reason: SOX }',
    );
    for (const stack of stacks) {
      const changes = await deployment.up(stack);
      assert.equal(changes["replace"], 1, stack);
      assertOnly(await deployment.preview(stack), "same");
    }
  });

  it("upgrade PostgreSQL by a major version, with new parameters beside the old", async () => {
    deployment.edit(file, '"16.8"', '"17.4"');
    for (const stack of ["prod", "dr"]) {
      const changes = await deployment.up(stack);
      assert.equal(changes["replace"], 1, stack);
      assertOnly(await deployment.preview(stack), "same");
    }
  });

  it("reach dr when the primary region, its state and all it made are gone", async () => {
    deployment.loseStack("prod");
    assertOnly(await deployment.preview("dr"), "same");
    deployment.edit(file, "logRetention: 1y", "logRetention: 2y");
    const changes = await deployment.up("dr");
    assertOnly(changes, "same", "update");
    assert.equal(changes["update"], 1);
    assertOnly(await deployment.preview("dr"), "same");
  });
});

describe("a sandbox on a real engine", function () {
  this.timeout("5m");

  for (const system of ["market-scanning", "smc"]) {
    it(`of ${system} is taken down and leaves nothing but the account's opt-in`, async () => {
      const deployment = new Deployment(system, pulumi);
      try {
        deployment.editStacks(
          "trading-dr:accounts:",
          "trading-dr:profile: sandbox\n  trading-dr:accounts:",
        );
        await deployment.firstDeployment();
        for (const stack of ["dr", "prod", "archive"]) {
          assertOnly(await deployment.destroy(stack), "delete");
        }
        const left = Object.values(deployment.world.everything()).map(({ urn }) =>
          urn.split("::").slice(2).join("::"),
        );
        const optIn =
          "trading-dr:vaults:BackupRegion$aws:backup/regionSettings:RegionSettings::backup-region";
        assert.deepEqual(left, system === "market-scanning" ? [optIn, optIn, optIn] : []);
      } finally {
        deployment.close();
      }
    });
  }
});
