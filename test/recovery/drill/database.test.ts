import assert from "node:assert/strict";
import { type DBCluster, type DBInstance, type GlobalCluster } from "@aws-sdk/client-rds";
import { judgeCluster, judgeInstance } from "../../../recovery/drill/database";

const names = { cluster: "lab-database-us-west-2", globalCluster: "lab-database" };
const arn = "arn:aws:rds:us-west-2:111122223333:cluster:lab-database-us-west-2";
const cluster: DBCluster = {
  DBClusterIdentifier: names.cluster,
  DBClusterArn: arn,
  Status: "available",
  DBClusterMembers: [{ DBInstanceIdentifier: "lab-database-1-us-west-2" }],
};
const member = { DBClusterArn: arn, IsWriter: false, SynchronizationStatus: "connected" } as const;
const pair: GlobalCluster = {
  GlobalClusterIdentifier: names.globalCluster,
  Status: "available",
  GlobalClusterMembers: [{ ...member, DBClusterArn: `${arn}-other`, IsWriter: true }, member],
};

describe("what AWS says of an Aurora cluster", () => {
  const sound: readonly (readonly [string, DBCluster, GlobalCluster, RegExp])[] = [
    [
      "a copy in step",
      cluster,
      pair,
      /is available, follows the writer of lab-database and is connected, and has 1 instance$/,
    ],
    ["a copy that saves a backup", { ...cluster, Status: "backing-up" }, pair, /is backing-up/],
    [
      "the writer, after a switchover",
      cluster,
      { ...pair, GlobalClusterMembers: [{ ...member, IsWriter: true }] },
      /is the writer of lab-database/,
    ],
  ];
  for (const [title, one, other, found] of sound) {
    it(`passes ${title}`, () => {
      const finding = judgeCluster(names, one, other);
      assert.match(finding.found, found);
      assert.equal(finding.mend, undefined);
    });
  }

  const wrong: readonly (readonly [
    string,
    DBCluster | undefined,
    GlobalCluster | undefined,
    RegExp,
  ])[] = [
    ["none", undefined, pair, /^there is no cluster lab-database-us-west-2 in this region$/],
    ["one that is stopped", { ...cluster, Status: "stopped" }, pair, /is stopped$/],
    ["one in no state", { ...cluster, Status: undefined }, pair, /is in no state$/],
    ["one without instances", { ...cluster, DBClusterMembers: [] }, pair, /has no instance/],
    ["one without a pair", cluster, undefined, /there is no global cluster lab-database$/],
    [
      "one that the pair does not know",
      cluster,
      { ...pair, GlobalClusterMembers: [{ DBClusterArn: `${arn}-other`, IsWriter: true }] },
      /is no member of lab-database/,
    ],
    [
      "one without an ARN beside a member without one",
      { ...cluster, DBClusterArn: undefined },
      { ...pair, GlobalClusterMembers: [{ IsWriter: false }] },
      /is no member of lab-database/,
    ],
    ["a pair that fails over", cluster, { ...pair, Status: "failing-over" }, /is failing-over$/],
    [
      "a copy that is not in step",
      cluster,
      {
        ...pair,
        GlobalClusterMembers: [{ ...member, SynchronizationStatus: "pending-resync" }],
      },
      /is not in step with the writer/,
    ],
  ];
  for (const [title, one, other, found] of wrong) {
    it(`does not pass ${title}, and says what to do`, () => {
      const finding = judgeCluster(names, one, other);
      assert.match(finding.found, found);
      assert.ok(finding.mend);
    });
  }
});

describe("what AWS says of an RDS instance", () => {
  const name = "lab-database-us-west-2";
  const replica: DBInstance = {
    DBInstanceIdentifier: name,
    DBInstanceStatus: "available",
    ReadReplicaSourceDBInstanceIdentifier: "arn:other",
    StatusInfos: [{ StatusType: "read replication", Normal: true, Status: "replicating" }],
  };
  const writer: DBInstance = {
    DBInstanceStatus: "available",
    ReadReplicaDBInstanceIdentifiers: ["arn:replica"],
  };

  it("passes a replica that follows, and a writer that is followed", () => {
    const [following, followed] = [judgeInstance(name, replica), judgeInstance(name, writer)];
    assert.match(following.found, /is available, and follows arn:other$/);
    assert.match(followed.found, /is the writer that arn:replica follows$/);
    assert.deepEqual([following.mend, followed.mend], [undefined, undefined]);
  });

  const wrong: readonly (readonly [string, DBInstance | undefined, RegExp])[] = [
    ["none", undefined, /^there is no instance lab-database-us-west-2 in this region$/],
    ["one that is stopped", { ...replica, DBInstanceStatus: "stopped" }, /is stopped$/],
    ["one that stands alone", { DBInstanceStatus: "available" }, /it stands alone$/],
    [
      "a replica whose replication has failed",
      {
        ...replica,
        StatusInfos: [
          { StatusType: "read replication", Normal: false, Status: "error", Message: "no slot" },
        ],
      },
      /does not follow arn:other: AWS calls its replication error, no slot$/,
    ],
    [
      "a replica whose replication has ended in good order",
      {
        ...replica,
        StatusInfos: [{ StatusType: "read replication", Normal: true, Status: "stopped" }],
      },
      /calls its replication stopped$/,
    ],
  ];
  for (const [title, instance, found] of wrong) {
    it(`does not pass ${title}, and says what to do`, () => {
      const finding = judgeInstance(name, instance);
      assert.match(finding.found, found);
      assert.ok(finding.mend);
    });
  }
});
