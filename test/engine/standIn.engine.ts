import assert from "node:assert/strict";
import { Deployment } from "./deployment";
import { assertOnly, assertRefused, pulumi, needsEngine } from "./engine";
import { detachAndPromote, switchOver } from "./standIn/databases";

/**
 * A stand-in that agreed with everything would prove nothing: here programs are wrong on purpose,
 * and it has to say so.
 */
describe("the stand-in provider", function () {
  this.timeout("10m");
  needsEngine();
  const cluster = "components/database/auroraDatabase.ts";
  let deployment: Deployment;

  before(async () => {
    deployment = new Deployment("hft", pulumi());
    await deployment.firstDeployment();
  });

  after(() => {
    deployment.close();
  });

  /** Has the program insist on what a failover changes. */
  async function insistingOn(property: string, test: () => Promise<void>): Promise<void> {
    const line = `  "${property}",\n`;
    deployment.editProgram(cluster, line, "");
    try {
      await test();
    } finally {
      deployment.editProgram(cluster, '  "engineVersion",\n', `  "engineVersion",\n${line}`);
    }
  }

  it("refuses a second bucket of the same name", async () => {
    const fresh = new Deployment("hft", pulumi());
    try {
      fresh.editProgram(
        "components/storage/recordBucket.ts",
        'physicalName("bucket", args.purpose, args.place)',
        'physicalName("bucket", "access-logs", args.place)',
      );
      await assertRefused(fresh.up("archive"), /AlreadyExists: .*hft-access-logs/);
    } finally {
      fresh.close();
    }
  });

  it("makes nothing in a region that is out, and goes on once it is back", async () => {
    const fresh = new Deployment("hft", pulumi());
    try {
      fresh.world.unreachable = ["eu-west-1"];
      await assertRefused(fresh.up("archive"), /no endpoint in eu-west-1 answers/);
      assert.deepEqual(fresh.world.everything(), []);
      fresh.world.unreachable = [];
      assertOnly(await fresh.up("archive"), "create", "same");
    } finally {
      fresh.close();
    }
  });

  it("detaches and promotes a cluster whose program insists on its place after a switchover", async () => {
    await insistingOn("replicationSourceIdentifier", async () => {
      switchOver(deployment.world, "hft-database-us-west-2");
      const { steps } = await deployment.preview("prod", { refresh: true });
      assert.deepEqual(
        steps.map(({ operation, differences }) => [operation, differences]),
        [["update", ["replicationSourceIdentifier"]]],
      );
      await deployment.up("prod", { refresh: true });
      const [detached] = deployment.world
        .all("aws:rds/cluster:Cluster")
        .filter(({ id }) => id === "hft-database-us-east-1");
      assert.equal(detached?.properties["globalClusterIdentifier"], "");
    });
  });

  it("refuses to join a cluster that stands alone to its former global database", async () => {
    detachAndPromote(deployment.world, "hft-database-us-west-2");
    await insistingOn("globalClusterIdentifier", async () => {
      await assertRefused(
        deployment.up("dr", { refresh: true }),
        /existing RDS Clusters cannot be added to an existing RDS Global Cluster/,
      );
    });
  });
});
