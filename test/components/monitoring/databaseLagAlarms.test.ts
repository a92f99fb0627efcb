import assert from "node:assert/strict";
import {
  DatabaseLagAlarms,
  type DatabaseLagAlarmsArgs,
  databaseLagAlarmsProblems,
} from "../../../components/monitoring/databaseLagAlarms";
import { type Declared, declared, primary, tags } from "../../support/declared";
import { alarmsArgs, databaseLagAlarmsArgs } from "../minimalArgs";

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";

function alarmsOf(changes: Partial<DatabaseLagAlarmsArgs> = {}): Promise<Declared> {
  return declared((options) => {
    new DatabaseLagAlarms("database-lag", { ...databaseLagAlarmsArgs, ...changes }, options);
  }, "us-west-2");
}

function inputsOf(alarms: Declared, name: string): Readonly<Record<string, unknown>> {
  return alarms.all(alarmType).find((alarm) => alarm.name === name)?.inputs ?? {};
}

const common = {
  namespace: "AWS/RDS",
  period: 60,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  treatMissingData: "breaching",
  actionsEnabled: true,
  alarmActions: ["arn:aws:sns:us-west-2:111122223333:market-scanning-notices-us-west-2"],
  tags: { ...tags, "trading-dr:purpose": "monitoring" },
};

describe("DatabaseLagAlarms of Aurora", () => {
  const dimensions = {
    DBClusterIdentifier: "market-scanning-database-us-west-2",
    SourceRegion: "us-east-1",
  };

  it("watch the recovery point, in milliseconds, with silence as bad as lag", async () => {
    assert.deepEqual(inputsOf(await alarmsOf(), "database-lag-recovery-point"), {
      ...common,
      name: "market-scanning/database-recovery-point-lag/us-west-2",
      alarmDescription:
        "A failover to us-west-2 now would lose more than 30 s of commits, or the database in us-east-1 replicates no more.",
      metricName: "AuroraGlobalDBRPOLag",
      dimensions,
      statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 30_000,
    });
  });

  it("watch the replication likewise", async () => {
    assert.deepEqual(inputsOf(await alarmsOf(), "database-lag-replication"), {
      ...common,
      name: "market-scanning/database-replication-lag/us-west-2",
      alarmDescription:
        "The database in us-west-2 is more than 30 s behind us-east-1, or replication has stopped.",
      metricName: "AuroraGlobalDBReplicationLag",
      dimensions,
      statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 30_000,
    });
  });

  it("are two, and silent where the writer is, since AWS measures nothing there", async () => {
    const silent = (await alarmsOf({ following: false })).all(alarmType);
    assert.equal(silent.length, 2);
    for (const { inputs } of silent) {
      assert.equal(inputs["actionsEnabled"], false);
      assert.equal(inputs["treatMissingData"], "notBreaching");
    }
  });
});

describe("DatabaseLagAlarms of plain RDS", () => {
  const dimensions = { DBInstanceIdentifier: "market-scanning-database-us-west-2" };

  it("watch the replica's lag, in seconds", async () => {
    const alarm = await alarmsOf({ engine: "rds-postgresql", limitSeconds: 600 });
    assert.deepEqual(alarm.only(alarmType).inputs, {
      ...common,
      name: "market-scanning/database-replication-lag/us-west-2",
      alarmDescription:
        "The replica in us-west-2 is more than 600 s behind us-east-1, or reports nothing.",
      metricName: "ReplicaLag",
      dimensions,
      statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 600,
    });
  });

  it("take no quiet night for a lag: PostgreSQL shows up to 5 minutes when nothing is written", async () => {
    const { inputs } = (await alarmsOf({ engine: "rds-postgresql" })).only(alarmType);
    assert.equal(inputs["threshold"], 300);
    assert.match(String(inputs["alarmDescription"]), /more than 300 s behind/);
  });

  it("are silent once the replica has been promoted", async () => {
    const alarm = await alarmsOf({ engine: "rds-postgresql", following: false });
    const { actionsEnabled, treatMissingData } = alarm.only(alarmType).inputs;
    assert.deepEqual([actionsEnabled, treatMissingData], [false, "notBreaching"]);
  });
});

describe("DatabaseLagAlarms of a database that was rebuilt", () => {
  for (const [engine, identifier, count] of [
    ["aurora-postgresql", "DBClusterIdentifier", 2],
    ["rds-postgresql", "DBInstanceIdentifier", 1],
  ] as const) {
    it(`watch the new generation, with ${engine}`, async () => {
      const alarms = (await alarmsOf({ engine, generation: 2 })).all(alarmType);
      assert.deepEqual(
        alarms.map(({ inputs }) => (inputs["dimensions"] as Record<string, unknown>)[identifier]),
        Array(count).fill("market-scanning-database-generation-2-us-west-2"),
      );
    });
  }
});

describe("inputs of the database's lag alarms", () => {
  it("are sound with another region and a limit", () => {
    assert.deepEqual(databaseLagAlarmsProblems(databaseLagAlarmsArgs), []);
  });

  it("are refused with the own region as source and without a limit", () => {
    assert.throws(
      () =>
        new DatabaseLagAlarms("database-lag", {
          ...databaseLagAlarmsArgs,
          ...alarmsArgs(primary),
          limitSeconds: 0,
        }),
      {
        name: "RangeError",
        message:
          "DatabaseLagAlarms 'database-lag': sourceRegion must be another region than the alarms' own, got us-east-1; limitSeconds must be above 0, got 0",
      },
    );
  });
});
