import assert from "node:assert/strict";
import { RdsDatabase, type RdsDatabaseArgs } from "../../../components/database/rdsDatabase";
import { type Declared, declared, primary, standby } from "../../support/declared";
import { countsByType, deletable, inputsOf, kept, ofAws, waitsFor } from "../inspection";
import { keyArn, rdsPrimaryArgs, rdsStandbyArgs } from "../minimalArgs";
import { databaseTags, types } from "./types";

const promotedArgs: RdsDatabaseArgs = {
  ...rdsStandbyArgs,
  member: { kind: "standby", source: { region: "us-east-1", generation: 1 }, promoted: true },
};

function rdsOf(args: RdsDatabaseArgs): Promise<Declared> {
  return declared((options) => {
    new RdsDatabase("database", args, options);
  }, args.place.region);
}

describe("RdsDatabase", () => {
  let inPrimary: Declared;
  let inStandby: Declared;
  let members: Declared[];

  before(async () => {
    inPrimary = await rdsOf(rdsPrimaryArgs);
    inStandby = await rdsOf(rdsStandbyArgs);
    members = [inPrimary, inStandby];
  });

  /** Some inputs of both members' instances: the primary's, then the standby's. */
  function instances(...keys: string[]): Record<string, unknown>[] {
    return members.map((member) => inputsOf(member.only(types.instance), ...keys));
  }

  it("makes an instance and two log groups as the primary", () => {
    assert.deepEqual(countsByType(inPrimary.resources), {
      [types.plain]: 1,
      [types.network]: 1,
      [types.instance]: 1,
      [types.parameters]: 1,
      [types.logs]: 2,
      [types.suffix]: 1,
      [types.subnets]: 1,
      [types.firewall]: 1,
      [types.rule]: 1,
    });
  });

  it("makes a replica and a copy of the automated backups as the standby", () => {
    assert.deepEqual(countsByType(inStandby.resources), {
      [types.plain]: 1,
      [types.network]: 1,
      [types.instance]: 1,
      [types.parameters]: 1,
      [types.backups]: 1,
      [types.logs]: 2,
      [types.suffix]: 1,
      [types.subnets]: 1,
      [types.firewall]: 1,
      [types.rule]: 1,
    });
  });

  it("starts the primary as a new database with room to grow", () => {
    const keys = [
      "engine",
      "engineVersion",
      "dbName",
      "allocatedStorage",
      "maxAllocatedStorage",
      "storageType",
      "username",
      "password",
      "replicateSourceDb",
    ];
    assert.deepEqual(inputsOf(inPrimary.only(types.instance), ...keys), {
      engine: "postgres",
      engineVersion: "16.8",
      dbName: "market_scanning",
      allocatedStorage: 200,
      maxAllocatedStorage: 1000,
      storageType: "gp3",
      username: "scanning_admin",
      password: "[secret]",
    });
  });

  it("starts the standby from the primary's instance by name, with nothing that comes over", () => {
    const keys = [
      "engine",
      "engineVersion",
      "dbName",
      "allocatedStorage",
      "username",
      "password",
      "replicateSourceDb",
    ];
    assert.deepEqual(inputsOf(inStandby.only(types.instance), ...keys), {
      engineVersion: "16.8",
      replicateSourceDb: "arn:aws:rds:us-east-1:111122223333:db:market-scanning-database-us-east-1",
    });
  });

  it("copies the primary's automated backups, under the key of the region they come to", () => {
    const copy = inStandby.only(types.backups);
    assert.deepEqual(copy.inputs, {
      sourceDbInstanceArn:
        "arn:aws:rds:us-east-1:111122223333:db:market-scanning-database-us-east-1",
      kmsKeyId: keyArn(standby),
      retentionPeriod: 35,
    });
    assert.equal(copy.region, "us-west-2");
  });

  it("copies no backups once it is promoted, from a source that is no longer its own", async () => {
    const promoted = await declared((options) => {
      new RdsDatabase(
        "database",
        {
          ...rdsStandbyArgs,
          member: {
            kind: "standby",
            source: { region: "us-east-1", generation: 1 },
            promoted: true,
          },
        },
        options,
      );
    }, "us-west-2");
    assert.deepEqual(promoted.all(types.backups), []);
  });

  it("leaves alone what a promotion changes: a promoted replica has no source any more", () => {
    assert.deepEqual(
      members.map((member) => member.only(types.instance).options.ignoreChanges),
      [["replicateSourceDb"], ["replicateSourceDb"]],
    );
  });

  it("encrypts every instance with its own region's key", () => {
    assert.deepEqual(instances("storageEncrypted", "kmsKeyId"), [
      { storageEncrypted: true, kmsKeyId: keyArn(primary) },
      { storageEncrypted: true, kmsKeyId: keyArn(standby) },
    ]);
  });

  it("is in two availability zones, closed to the internet, behind its firewall", () => {
    const closed = {
      multiAz: true,
      publiclyAccessible: false,
      vpcSecurityGroupIds: ["[known after deployment]"],
    };
    assert.deepEqual(
      instances("multiAz", "publiclyAccessible", "vpcSecurityGroupIds", "dbSubnetGroupName"),
      [
        { ...closed, dbSubnetGroupName: "market-scanning-database-us-east-1" },
        { ...closed, dbSubnetGroupName: "market-scanning-database-us-west-2" },
      ],
    );
  });

  it("keeps automated backups after an instance is deleted, which nobody can do by accident", () => {
    const kept = {
      deletionProtection: true,
      deleteAutomatedBackups: false,
      backupRetentionPeriod: 35,
      backupWindow: "03:00-04:00",
      maintenanceWindow: "sun:05:00-sun:06:00",
      copyTagsToSnapshot: true,
    };
    assert.deepEqual(instances(...Object.keys(kept)), [kept, kept]);
  });

  it("takes a final snapshot of the primary, and none of a replica, of which RDS takes none", () => {
    assert.deepEqual(instances("skipFinalSnapshot"), [
      { skipFinalSnapshot: false },
      { skipFinalSnapshot: true },
    ]);
    assert.equal(
      inPrimary.only(types.instance).inputs["finalSnapshotIdentifier"],
      "[known after deployment]",
    );
  });

  it("takes a final snapshot of the standby too once it is the active one", async () => {
    const promoted = await rdsOf(promotedArgs);
    assert.deepEqual(
      inputsOf(
        promoted.only(types.instance),
        "skipFinalSnapshot",
        "finalSnapshotIdentifier",
        "replicateSourceDb",
      ),
      {
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: "[known after deployment]",
        replicateSourceDb:
          "arn:aws:rds:us-east-1:111122223333:db:market-scanning-database-us-east-1",
      },
    );
  });

  it("takes connections with TLS only, in both regions' parameter groups", () => {
    assert.deepEqual(
      members.map((member) => member.only(types.parameters).inputs),
      ["us-east-1", "us-west-2"].map((region) => ({
        name: `market-scanning-database-16-${region}`,
        family: "postgres16",
        description: "PostgreSQL 16 of market-scanning",
        parameters: [
          { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
          { name: "ssl_min_protocol_version", value: "TLSv1.2", applyMethod: "pending-reboot" },
        ],
        tags: databaseTags,
      })),
    );
    assert.deepEqual(instances("parameterGroupName"), [
      { parameterGroupName: "market-scanning-database-16-us-east-1" },
      { parameterGroupName: "market-scanning-database-16-us-west-2" },
    ]);
  });

  it("makes the log groups before the instance, with an end and a key, or RDS would without", () => {
    assert.deepEqual(
      inPrimary.all(types.logs).map(({ inputs }) => inputs),
      ["postgresql", "upgrade"].map((kind) => ({
        name: `/aws/rds/instance/market-scanning-database-us-east-1/${kind}`,
        retentionInDays: 400,
        kmsKeyId: keyArn(primary),
        tags: databaseTags,
      })),
    );
    assert.deepEqual(
      members.flatMap((member) =>
        member.all(types.logs).map((logs) => waitsFor(member.only(types.instance), logs)),
      ),
      [true, true, true, true],
    );
    assert.deepEqual(instances("enabledCloudwatchLogsExports"), [
      { enabledCloudwatchLogsExports: ["postgresql", "upgrade"] },
      { enabledCloudwatchLogsExports: ["postgresql", "upgrade"] },
    ]);
  });

  it("leaves unset what would replace an instance or take its password over", () => {
    assert.deepEqual(
      instances(
        "availabilityZone",
        "manageMasterUserPassword",
        "snapshotIdentifier",
        "restoreToPointInTime",
        "applyImmediately",
      ),
      [{}, {}],
    );
  });

  it("upgrades when it is told to, and knows IAM's users", () => {
    const expected = { autoMinorVersionUpgrade: false, iamDatabaseAuthenticationEnabled: true };
    assert.deepEqual(instances(...Object.keys(expected)), [expected, expected]);
  });

  it("names instances so that each region's differs", () => {
    assert.deepEqual(instances("identifier", "instanceClass"), [
      { identifier: "market-scanning-database-us-east-1", instanceClass: "db.r6g.large" },
      { identifier: "market-scanning-database-us-west-2", instanceClass: "db.r6g.large" },
    ]);
  });

  it("protects all that holds data or that data depends on", () => {
    assert.deepEqual(
      members.flatMap(({ resources }) => deletable(ofAws(resources))),
      [],
    );
  });

  it("protects nothing in a sandbox and leaves nothing behind, encrypted all the same", async () => {
    const sandbox = await rdsOf({ ...rdsPrimaryArgs, disposable: true });
    assert.deepEqual(kept(sandbox.resources), []);
    const loose = {
      deletionProtection: false,
      skipFinalSnapshot: true,
      deleteAutomatedBackups: true,
      storageEncrypted: true,
      publiclyAccessible: false,
    };
    assert.deepEqual(inputsOf(sandbox.only(types.instance), ...Object.keys(loose)), loose);
  });
});

describe("inputs of a plain RDS database", () => {
  it("are refused for all reasons at once, before anything is registered", () => {
    const args: RdsDatabaseArgs = {
      ...rdsPrimaryArgs,
      pointInTimeRecoveryDays: 36,
      subnetIds: ["subnet-0a0a0a0a"],
    };
    assert.throws(() => new RdsDatabase("database", args), {
      name: "RangeError",
      message:
        "RdsDatabase 'database': pointInTimeRecoveryDays must be 1 to 35, the most that RDS keeps, got 36; " +
        "subnetIds must name at least 2 subnets, got 1",
    });
  });
});
