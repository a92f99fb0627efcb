import assert from "node:assert/strict";
import {
  OutgoingCopyAlarms,
  outgoingCopyAlarmsProblems,
} from "../../../components/monitoring/outgoingCopyAlarms";
import { archive, Declared, declared, standby, tags } from "../../support/declared";
import { waitsFor } from "../inspection";
import { outgoingCopyAlarmsArgs } from "../minimalArgs";

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";
const notificationType = "aws:s3/bucketNotification:BucketNotification";
const policyType = "aws:sqs/queuePolicy:QueuePolicy";

describe("OutgoingCopyAlarms", () => {
  let copies: Declared;

  before(async () => {
    copies = await declared((options) => {
      new OutgoingCopyAlarms(
        "outgoing-copies",
        {
          ...outgoingCopyAlarmsArgs,
          lockClasses: ["daily", "regulated"],
          destinations: [standby, archive],
        },
        options,
      );
    });
  });

  it("count the failures of every rule, in the region and account where copies start", () => {
    const [first] = copies.all(alarmType);
    assert.deepEqual(first?.inputs, {
      name: "market-scanning/daily-copies-failed-to-us-west-2/us-east-1",
      alarmDescription:
        "Copies of daily records from us-east-1 to us-west-2 fail: nothing repeats them by itself.",
      namespace: "AWS/S3",
      metricName: "OperationsFailedReplication",
      dimensions: {
        SourceBucket: "market-scanning-daily-records-111122223333-us-east-1",
        DestinationBucket: "market-scanning-daily-records-111122223333-us-west-2",
        RuleId: "to-us-west-2",
      },
      statistic: "Sum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      period: 60,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: "notBreaching",
      actionsEnabled: true,
      alarmActions: ["arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1"],
      tags: { ...tags, "trading-dr:purpose": "monitoring" },
    });
    assert.deepEqual(
      copies.all(alarmType).map(({ inputs }) => inputs["name"]),
      [
        "market-scanning/daily-copies-failed-to-us-west-2/us-east-1",
        "market-scanning/daily-copies-failed-to-eu-west-1/us-east-1",
        "market-scanning/regulated-copies-failed-to-us-west-2/us-east-1",
        "market-scanning/regulated-copies-failed-to-eu-west-1/us-east-1",
        "market-scanning/missed-copies/us-east-1",
      ],
    );
  });

  it("let every bucket name the records that failed or missed the 15 minutes", () => {
    assert.deepEqual(
      copies.all(notificationType).map(({ inputs }) => inputs["bucket"]),
      [
        "market-scanning-daily-records-111122223333-us-east-1",
        "market-scanning-regulated-records-111122223333-us-east-1",
      ],
    );
    for (const { inputs } of copies.all(notificationType)) {
      const [{ id, events } = { id: "", events: [] }, ...others] = inputs["queues"] as unknown as {
        id: string;
        events: string[];
      }[];
      assert.equal(id, "missed-copies");
      assert.deepEqual(events, [
        "s3:Replication:OperationFailedReplication",
        "s3:Replication:OperationMissedThreshold",
      ]);
      assert.deepEqual(others, []);
    }
  });

  it("let no bucket send before it may, which S3 would refuse", () => {
    const policy = copies.only(policyType);
    assert.equal(
      copies.all(notificationType).every((notification) => waitsFor(notification, policy)),
      true,
    );
  });

  it("let the buckets of the account send to the queue, and nobody else", () => {
    assert.deepEqual(Declared.statements(copies.only(policyType))["Send"], {
      Sid: "Send",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: "arn:aws:sqs:us-east-1:111122223333:market-scanning-missed-copies-us-east-1",
      Condition: {
        ArnEquals: {
          "aws:SourceArn": [
            "arn:aws:s3:::market-scanning-daily-records-111122223333-us-east-1",
            "arn:aws:s3:::market-scanning-regulated-records-111122223333-us-east-1",
          ],
        },
        StringEquals: { "aws:SourceAccount": "111122223333" },
      },
    });
  });
});

describe("inputs of alarms on outgoing copies", () => {
  it("are sound with a lock class and a destination", () => {
    assert.deepEqual(outgoingCopyAlarmsProblems(outgoingCopyAlarmsArgs), []);
  });

  it("are refused without them", () => {
    assert.throws(
      () =>
        new OutgoingCopyAlarms("outgoing-copies", {
          ...outgoingCopyAlarmsArgs,
          lockClasses: [],
          destinations: [],
        }),
      {
        name: "RangeError",
        message:
          "OutgoingCopyAlarms 'outgoing-copies': lockClasses must have at least one entry; destinations must have at least one entry",
      },
    );
  });
});
