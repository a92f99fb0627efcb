import assert from "node:assert/strict";
import { loadSystem } from "../../config/configuration";
import { join } from "node:path";
import { databaseOf } from "../../config/generations";
import { projectDirectory } from "../support/projectCopy";
import { type Deployment, type Outcome } from "./deployment";
import { assertOnly, assertRefused, stacks } from "./engine";
import { assertParity } from "./parity";
import { change, detachAndPromote, promoteReplica, switchOver } from "./standIn/databases";

const [primary, standby] = ["us-east-1", "us-west-2"];

/**
 * What operators do to a system's database outside of Pulumi, and then tell its file: no stack may
 * take it for a difference to be undone.
 *
 * @param deployed The system, wholly deployed.
 */
export function itOutlivesFailover(system: string, deployed: () => Deployment): void {
  const file = `systems/${system}.yaml`;
  const aurora =
    databaseOf(loadSystem(system, join(projectDirectory, "systems")))?.engine ===
    "aurora-postgresql";

  const activate = (region: string) => {
    const other = region === primary ? standby : primary;
    deployed().edit(file, `active: ${other}`, `active: ${region}`);
  };
  /** The name of a region's database, the same for a cluster and for an instance. */
  const database = (region: string, generation = 1) =>
    `${system}-database${generation === 1 ? "" : `-generation-${String(generation)}`}-${region}`;
  const rebuilds = (from: string, to: string) => {
    deployed().edit(file, from, to);
  };

  describe("when operators act outside of Pulumi", () => {
    it("reaches dr and archive while us-east-1 is gone, prod's state with it", async () => {
      const deployment = deployed();
      deployment.world.unreachable = [primary];
      const giveBack = deployment.loseState("prod");
      try {
        await assertRefused(deployment.preview("prod"), /no endpoint in us-east-1 answers/);
        deployment.edit(file, "oldVersionRetention: ", "oldVersionRetention: 1");
        for (const stack of ["dr", "archive"]) {
          assertOnly(await deployment.preview(stack, { refresh: true }), "same", "update");
          const { steps } = await deployment.up(stack);
          assert.ok(steps.length > 0, `${stack} has nothing to change`);
          assertOnly(await deployment.preview(stack), "same");
        }
      } finally {
        deployment.edit(file, "oldVersionRetention: 1", "oldVersionRetention: ");
        giveBack();
        deployment.world.unreachable = [];
      }
      await settle(deployment);
    });

    it("sees what was changed at the console, and puts it back", async () => {
      const deployment = deployed();
      const changed = deployment.world
        .everything()
        .find(({ id, type }) => id === database(primary) && !type.includes("subnetGroup"));
      assert.ok(changed !== undefined);
      change(deployment.world, changed, { backupRetentionPeriod: 1 });
      const { steps } = await deployment.up("prod", { refresh: true });
      assert.deepEqual(
        steps.map(({ operation, differences }) => [operation, differences]),
        [["update", ["backupRetentionPeriod"]]],
      );
      assert.equal(deployment.world.get(changed)?.properties["backupRetentionPeriod"], 35);
    });

    if (aurora) {
      it("has nothing to undo after a switchover", async () => {
        switchOver(deployed().world, database(standby));
        activate(standby);
        assert.deepEqual(await settle(deployed()), []);
      });

      it("has nothing to undo after failing back", async () => {
        switchOver(deployed().world, database(primary));
        activate(primary);
        assert.deepEqual(await settle(deployed()), []);
      });

      it("has nothing to undo after a failover with loss, while the region is out and after", async () => {
        const deployment = deployed();
        deployment.world.unreachable = [primary];
        switchOver(deployment.world, database(standby));
        activate(standby);
        assert.deepEqual(await settle(deployment, "dr", "archive"), []);
        deployment.world.unreachable = [];
        assert.deepEqual(await settle(deployment), []);
        switchOver(deployment.world, database(primary));
        activate(primary);
      });
    }

    it("says that a promoted database is not protected any more, and takes nothing from it", async () => {
      (aurora ? detachAndPromote : promoteReplica)(deployed().world, database(standby));
      activate(standby);
      const warnings = await settle(deployed());
      assert.equal(warnings.length, 1, warnings.join());
      assert.match(
        String(warnings[0]),
        new RegExp(`^${database(standby)} in us-west-2 is not protected any more: `),
      );
    });

    it("rebuilds the lost side as another generation beside it", async () => {
      const deployment = deployed();
      rebuilds(
        "logicalBackups:",
        "rebuilds: [{ survivor: us-west-2, lost: kept }]\n    logicalBackups:",
      );
      assertNothingLost(await deployment.preview("dr"));
      const around = await deployment.up("dr");
      assert.deepEqual(
        around.steps.map(({ operation, type }) => `${operation} ${type}`).sort(),
        // What the alarms' rule listens to is part of either. A disaster drill asks for the pair that Aurora has now.
        [
          ...(aurora ? ["create aws:rds/globalCluster:GlobalCluster"] : []),
          "update aws:cloudwatch/eventRule:EventRule",
          ...(aurora ? ["update kubernetes:batch/v1:CronJob"] : []),
        ],
      );
      assert.match(around.warnings.join(), /is not protected any more/);
      assertNothingLost(await deployment.preview("prod"));
      const rebuilt = await deployment.up("prod");
      assertOnly(rebuilt, "create", "update", "same");
      assert.deepEqual(await settle(deployment), []);
      const ids = deployment.world.everything().map(({ id }) => id);
      assert.ok(ids.includes(database(primary)), "the lost database is gone");
      assert.ok(ids.includes(database(primary, 2)), "there is no rebuilt database");
      for (const stack of stacks) {
        await assertParity(deployment, stack);
      }
    });

    it("goes home to the rebuilt side", async () => {
      const deployment = deployed();
      (aurora ? switchOver : promoteReplica)(deployment.world, database(primary, 2));
      activate(primary);
      const warnings = await settle(deployment);
      // Of plain RDS both stand alone again: a promotion leaves no pair behind.
      assert.equal(warnings.length, aurora ? 0 : 2, warnings.join());
    });

    it("lets go of the lost database in two updates, and leaves it in the account", async () => {
      const deployment = deployed();
      const before = deployment.world.everything().length;
      rebuilds("lost: kept", "lost: retired");
      await assertRefused(deployment.preview("prod"), /cannot be deleted/);
      rebuilds("lost: retired", "lost: released");
      assertNothingLost(await deployment.up("prod"));
      assertOnly(await deployment.preview("prod"), "same");
      rebuilds("lost: released", "lost: retired");
      const forgotten = await deployment.up("prod");
      assert.ok((forgotten.changes["delete"] ?? 0) > 10, JSON.stringify(forgotten.changes));
      await settle(deployment);
      // All of it is still there, but for a random value that never was anywhere else.
      assert.equal(deployment.world.everything().length, before - 1);
      assert.ok(deployment.world.everything().some(({ id }) => id === database(primary)));
    });
  });
}

/** Properties whose change would take a database out of its pair. */
const memberships = [
  "globalClusterIdentifier",
  "replicateSourceDb",
  "replicationSourceIdentifier",
  "sourceDbClusterIdentifier",
];

/**
 * Copies of a plain RDS instance's backups are no longer made once its replica has been promoted;
 * what was copied stays.
 */
const endsWithPromotion =
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";

/** Nothing is replaced, deleted or detached. */
export function assertNothingLost({ steps }: Outcome): void {
  assert.deepEqual(
    steps.filter(
      ({ operation, type, differences }) =>
        (!["create", "update"].includes(operation) && type !== endsWithPromotion) ||
        differences.some((property) => memberships.includes(property)),
    ),
    [],
  );
}

/**
 * Looks at what is there, brings the stacks to what the files say, and looks again. What an update
 * does is what a preview before it would have planned.
 *
 * @returns What the last look warned of, once for each text.
 */
export async function settle(
  deployment: Deployment,
  ...only: readonly string[]
): Promise<string[]> {
  const concerned = only.length > 0 ? only : stacks;
  const warnings = await Promise.all(
    concerned.map(async (stack) => {
      assertNothingLost(await deployment.up(stack, { refresh: true }));
      const settled = await deployment.preview(stack);
      assertOnly(settled, "same");
      return settled.warnings;
    }),
  );
  return [...new Set(warnings.flat())];
}
