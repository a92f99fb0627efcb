import assert from "node:assert/strict";
import {
  AuroraDatabase,
  type AuroraDatabaseArgs,
  auroraDatabaseProblems,
} from "../../../components/database/auroraDatabase";
import { type Declared, declared, primary, standby } from "../../support/declared";
import { countsByType, deletable, inputsOf, kept, ofAws, waitsFor } from "../inspection";
import { auroraPrimaryArgs, auroraStandbyArgs, keyArn } from "../minimalArgs";
import { databaseTags, types } from "./types";

function auroraOf(args: AuroraDatabaseArgs): Promise<Declared> {
  return declared((options) => {
    new AuroraDatabase("database", args, options);
  }, args.place.region);
}

describe("AuroraDatabase", () => {
  let inPrimary: Declared;
  let inStandby: Declared;
  let members: Declared[];

  before(async () => {
    inPrimary = await auroraOf(auroraPrimaryArgs);
    inStandby = await auroraOf(auroraStandbyArgs);
    members = [inPrimary, inStandby];
  });

  /** Some inputs of both members' clusters: the primary's, then the standby's. */
  function clusters(...keys: string[]): Record<string, unknown>[] {
    return members.map((member) => inputsOf(member.only(types.cluster), ...keys));
  }

  it("makes a global database, a cluster and two instances as the primary", () => {
    assert.deepEqual(countsByType(inPrimary.resources), {
      [types.aurora]: 1,
      [types.network]: 1,
      [types.global]: 1,
      [types.cluster]: 1,
      [types.clusterInstance]: 2,
      [types.clusterParameters]: 1,
      [types.logs]: 1,
      [types.suffix]: 1,
      [types.subnets]: 1,
      [types.firewall]: 1,
      [types.rule]: 1,
    });
  });

  it("makes a cluster and an instance as the standby, and no global database", () => {
    assert.deepEqual(countsByType(inStandby.resources), {
      [types.aurora]: 1,
      [types.network]: 1,
      [types.cluster]: 1,
      [types.clusterInstance]: 1,
      [types.clusterParameters]: 1,
      [types.logs]: 1,
      [types.suffix]: 1,
      [types.subnets]: 1,
      [types.firewall]: 1,
      [types.rule]: 1,
    });
  });

  it("refuses deletion of the global database and of both clusters", () => {
    assert.equal(inPrimary.only(types.global).inputs["deletionProtection"], true);
    assert.equal(inPrimary.only(types.global).inputs["forceDestroy"], false);
    assert.deepEqual(clusters("deletionProtection"), [
      { deletionProtection: true },
      { deletionProtection: true },
    ]);
  });

  it("keeps automated backups after the cluster is deleted", () => {
    assert.deepEqual(clusters("deleteAutomatedBackups", "backupRetentionPeriod"), [
      { deleteAutomatedBackups: false, backupRetentionPeriod: 35 },
      { deleteAutomatedBackups: false, backupRetentionPeriod: 35 },
    ]);
  });

  it("takes a final snapshot with the database's tags", () => {
    const kept = {
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: "[known after deployment]",
      copyTagsToSnapshot: true,
    };
    assert.deepEqual(
      clusters("skipFinalSnapshot", "finalSnapshotIdentifier", "copyTagsToSnapshot"),
      [kept, kept],
    );
  });

  it("sets the backup window on the cluster only, the maintenance window on instances too", () => {
    const windows = {
      preferredBackupWindow: "03:00-04:00",
      preferredMaintenanceWindow: "sun:05:00-sun:06:00",
    };
    assert.deepEqual(clusters(...Object.keys(windows)), [windows, windows]);
    assert.deepEqual(
      inPrimary
        .all(types.clusterInstance)
        .map((instance) => inputsOf(instance, ...Object.keys(windows))),
      [
        { preferredMaintenanceWindow: "sun:05:00-sun:06:00" },
        { preferredMaintenanceWindow: "sun:05:00-sun:06:00" },
      ],
    );
  });

  it("makes the log group before the cluster, with an end and a key, or RDS would without", () => {
    assert.deepEqual(
      members.map((member) => member.only(types.logs).inputs),
      [primary, standby].map((place) => ({
        name: `/aws/rds/cluster/market-scanning-database-${place.region}/postgresql`,
        retentionInDays: 400,
        kmsKeyId: keyArn(place),
        tags: databaseTags,
      })),
    );
    assert.deepEqual(
      members.map((member) => waitsFor(member.only(types.cluster), member.only(types.logs))),
      [true, true],
    );
    assert.deepEqual(clusters("enabledCloudwatchLogsExports"), [
      { enabledCloudwatchLogsExports: ["postgresql"] },
      { enabledCloudwatchLogsExports: ["postgresql"] },
    ]);
  });

  it("takes connections with TLS only, in both regions' parameter groups", () => {
    assert.deepEqual(
      members.map((member) => member.only(types.clusterParameters).inputs),
      ["us-east-1", "us-west-2"].map((region) => ({
        name: `market-scanning-database-16-${region}`,
        family: "aurora-postgresql16",
        description: "PostgreSQL 16 of market-scanning",
        parameters: [
          { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
          { name: "ssl_min_protocol_version", value: "TLSv1.2", applyMethod: "pending-reboot" },
        ],
        tags: databaseTags,
      })),
    );
    assert.deepEqual(clusters("dbClusterParameterGroupName"), [
      { dbClusterParameterGroupName: "market-scanning-database-16-us-east-1" },
      { dbClusterParameterGroupName: "market-scanning-database-16-us-west-2" },
    ]);
  });

  it("has instances of the class asked for, closed to the internet, upgraded with the rest", () => {
    const [writer, reader, ...others] = inPrimary.all(types.clusterInstance);
    assert.deepEqual(writer?.inputs, {
      identifier: "market-scanning-database-1-us-east-1",
      clusterIdentifier: "market-scanning-database-us-east-1",
      engine: "aurora-postgresql",
      instanceClass: "db.r6g.large",
      publiclyAccessible: false,
      autoMinorVersionUpgrade: false,
      copyTagsToSnapshot: true,
      preferredMaintenanceWindow: "sun:05:00-sun:06:00",
      promotionTier: 0,
      tags: databaseTags,
    });
    assert.equal(reader?.inputs["promotionTier"], 1);
    assert.deepEqual(others, []);
  });

  it("sits in the subnets and behind the firewall of its network, and knows IAM's users", () => {
    assert.deepEqual(
      inputsOf(
        inPrimary.only(types.cluster),
        "dbSubnetGroupName",
        "vpcSecurityGroupIds",
        "iamDatabaseAuthenticationEnabled",
      ),
      {
        dbSubnetGroupName: "market-scanning-database-us-east-1",
        vpcSecurityGroupIds: ["[known after deployment]"],
        iamDatabaseAuthenticationEnabled: true,
      },
    );
    assert.equal(waitsFor(inPrimary.only(types.cluster), inPrimary.only(types.firewall)), true);
  });

  it("protects all that holds data or that data depends on", () => {
    assert.deepEqual(
      members.flatMap(({ resources }) => deletable(ofAws(resources))),
      [],
    );
  });

  describe("in a sandbox", () => {
    let sandbox: Declared;

    before(async () => {
      sandbox = await auroraOf({ ...auroraPrimaryArgs, disposable: true });
    });

    it("protects nothing", () => {
      assert.deepEqual(kept(sandbox.resources), []);
      assert.equal(sandbox.only(types.global).inputs["deletionProtection"], false);
    });

    it("leaves nothing behind, neither a snapshot nor backups", () => {
      assert.deepEqual(
        inputsOf(
          sandbox.only(types.cluster),
          "deletionProtection",
          "skipFinalSnapshot",
          "deleteAutomatedBackups",
        ),
        { deletionProtection: false, skipFinalSnapshot: true, deleteAutomatedBackups: true },
      );
    });

    it("is encrypted and closed all the same", () => {
      assert.equal(sandbox.only(types.cluster).inputs["storageEncrypted"], true);
      assert.equal(sandbox.only(types.global).inputs["storageEncrypted"], true);
      assert.deepEqual(
        sandbox.all(types.clusterInstance).map(({ inputs }) => inputs["publiclyAccessible"]),
        [false, false],
      );
    });
  });
});

describe("inputs of an Aurora database", () => {
  it("are sound with two instances in the primary and one in the standby", () => {
    assert.deepEqual(auroraDatabaseProblems(auroraPrimaryArgs), []);
    assert.deepEqual(auroraDatabaseProblems(auroraStandbyArgs), []);
  });

  it("are refused with a primary that has nothing to fail over to", () => {
    assert.deepEqual(auroraDatabaseProblems({ ...auroraPrimaryArgs, instances: 1 }), [
      "instances must be at least 2 in a primary, got 1",
    ]);
  });

  it("are refused with a standby that could not be read or promoted in time", () => {
    assert.deepEqual(auroraDatabaseProblems({ ...auroraStandbyArgs, instances: 0 }), [
      "instances must be at least 1 in a standby, got 0",
    ]);
  });

  it("are refused with a lag below the least that Aurora enforces", () => {
    assert.deepEqual(
      auroraDatabaseProblems({ ...auroraPrimaryArgs, blockCommitsAtLagSeconds: 19 }),
      ["blockCommitsAtLagSeconds must be at least 20, as rds.global_db_rpo asks, got 19"],
    );
    assert.deepEqual(
      auroraDatabaseProblems({ ...auroraPrimaryArgs, blockCommitsAtLagSeconds: 20 }),
      [],
    );
  });

  it("are refused for all reasons at once, before anything is registered", () => {
    const args: AuroraDatabaseArgs = {
      ...auroraPrimaryArgs,
      pointInTimeRecoveryDays: 36,
      subnetIds: ["subnet-0a0a0a0a"],
      instances: 0,
      blockCommitsAtLagSeconds: 1,
    };
    assert.throws(() => new AuroraDatabase("database", args), {
      name: "RangeError",
      message:
        "AuroraDatabase 'database': pointInTimeRecoveryDays must be 1 to 35, the most that RDS keeps, got 36; " +
        "subnetIds must name at least 2 subnets, got 1; " +
        "instances must be at least 2 in a primary, got 0; " +
        "blockCommitsAtLagSeconds must be at least 20, as rds.global_db_rpo asks, got 1",
    });
  });
});
