import assert from "node:assert/strict";
import { Deployment } from "./deployment";
import { assertOnly, needsEngine, pulumi } from "./engine";
import { assertNothingLost, settle } from "./failover";
import { detachAndPromote, promoteReplica } from "./standIn/databases";

const copiedBackups =
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";

describe("a standby that was cut off by mistake, on a real engine", function () {
  this.timeout("10m");
  needsEngine();

  for (const system of ["trademaster", "smc"]) {
    it(`of ${system} is rebuilt from the primary that went on, and let go of`, async () => {
      const deployment = new Deployment(system, pulumi());
      const file = `systems/${system}.yaml`;
      const database = (region: string) => `${system}-database-${region}`;
      const { world } = deployment;
      try {
        await deployment.firstDeployment();
        if (system === "smc") {
          promoteReplica(world, database("us-west-2"));
        } else {
          detachAndPromote(world, database("us-west-2"));
          // The survivor has to be out of its old global database, too.
          detachAndPromote(world, database("us-east-1"));
        }
        deployment.edit(
          file,
          "logicalBackups:",
          "rebuilds: [{ survivor: us-east-1, lost: kept }]\n    logicalBackups:",
        );
        for (const stack of ["prod", "dr"]) {
          assertNothingLost(await deployment.preview(stack, { refresh: true }));
          assertOnly(await deployment.up(stack, { refresh: true }), "create", "update", "same");
        }
        assert.deepEqual(await settle(deployment), []);
        // AWS allows one copy of an instance's backups in a region: the new database has taken it over.
        assert.equal(world.all(copiedBackups).length, system === "smc" ? 1 : 0);
        for (const [from, to] of [
          ["kept", "released"],
          ["released", "retired"],
        ]) {
          deployment.edit(file, `lost: ${String(from)}`, `lost: ${String(to)}`);
          for (const stack of ["prod", "dr"]) {
            await deployment.up(stack);
          }
          assert.deepEqual(await settle(deployment), []);
        }
        assert.ok(world.everything().some(({ id }) => id === database("us-west-2")));
        assert.equal(world.all(copiedBackups).length, system === "smc" ? 1 : 0);
      } finally {
        deployment.close();
      }
    });
  }
});
