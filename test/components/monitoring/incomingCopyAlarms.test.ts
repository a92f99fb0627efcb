import assert from "node:assert/strict";
import {
  IncomingCopyAlarms,
  incomingCopyAlarmsProblems,
} from "../../../components/monitoring/incomingCopyAlarms";
import { archive, declared, primary, standby, tags } from "../../support/declared";
import { incomingCopyAlarmsArgs } from "../minimalArgs";

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";

describe("IncomingCopyAlarms", () => {
  it("watch the latency where copies arrive, by the rule of the bucket that they come from", async () => {
    const alarms = await declared((options) => {
      new IncomingCopyAlarms("incoming-copies", incomingCopyAlarmsArgs, options);
    }, "us-west-2");
    assert.deepEqual(alarms.only(alarmType).inputs, {
      name: "market-scanning/regulated-copies-late-from-us-east-1/us-west-2",
      alarmDescription:
        "Copies of regulated records from us-east-1 come to us-west-2 more than 900 s late, or come no more.",
      namespace: "AWS/S3",
      metricName: "ReplicationLatency",
      dimensions: {
        SourceBucket: "market-scanning-regulated-records-111122223333-us-east-1",
        DestinationBucket: "market-scanning-regulated-records-111122223333-us-west-2",
        RuleId: "to-us-west-2",
      },
      statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 900,
      period: 300,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: "breaching",
      actionsEnabled: true,
      alarmActions: ["arn:aws:sns:us-west-2:111122223333:market-scanning-notices-us-west-2"],
      tags: { ...tags, "trading-dr:purpose": "monitoring" },
    });
  });

  it("are one for each lock class and source", async () => {
    const place = { ...archive, account: primary.account };
    const alarms = await declared((options) => {
      new IncomingCopyAlarms(
        "incoming-copies",
        {
          ...incomingCopyAlarmsArgs,
          place,
          lockClasses: ["daily", "regulated"],
          sources: [primary, standby],
        },
        options,
      );
    }, "eu-west-1");
    assert.deepEqual(
      alarms.all(alarmType).map(({ name }) => name),
      [
        "incoming-copies-daily-us-east-1",
        "incoming-copies-daily-us-west-2",
        "incoming-copies-regulated-us-east-1",
        "incoming-copies-regulated-us-west-2",
      ],
    );
  });
});

describe("inputs of alarms on incoming copies", () => {
  it("are sound with a lock class, a source of the account and a limit", () => {
    assert.deepEqual(incomingCopyAlarmsProblems(incomingCopyAlarmsArgs), []);
  });

  it("are refused without them", () => {
    assert.throws(
      () =>
        new IncomingCopyAlarms("incoming-copies", {
          ...incomingCopyAlarmsArgs,
          lockClasses: [],
          sources: [],
          limitSeconds: 0,
        }),
      {
        name: "RangeError",
        message:
          "IncomingCopyAlarms 'incoming-copies': lockClasses must have at least one entry; sources must have at least one entry; limitSeconds must be above 0, got 0",
      },
    );
  });

  it("are refused in another account, where the metric would never be seen", () => {
    assert.deepEqual(incomingCopyAlarmsProblems({ ...incomingCopyAlarmsArgs, place: archive }), [
      "sources must be of account 444455556666, but us-east-1 is of 111122223333, where the metric is",
    ]);
  });
});
