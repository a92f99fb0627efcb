import assert from "node:assert/strict";
import {
  WatchedQueue,
  type WatchedQueueArgs,
  watchedQueueProblems,
} from "../../../components/monitoring/watchedQueue";
import { type Declared, declared, primary, tags } from "../../support/declared";
import { statementsOf, waitsFor } from "../inspection";
import { keyArn, watchedQueueArgs } from "../minimalArgs";

const types = {
  alarm: "aws:cloudwatch/metricAlarm:MetricAlarm",
  policy: "aws:sqs/queuePolicy:QueuePolicy",
  queue: "aws:sqs/queue:Queue",
};

function queueOf(changes: Partial<WatchedQueueArgs> = {}): Promise<Declared> {
  return declared((options) => {
    new WatchedQueue("undelivered-notices", { ...watchedQueueArgs, ...changes }, options);
  });
}

const alarm = {
  name: "market-scanning/undelivered-notices/us-east-1",
  alarmDescription: "Notices could not be delivered",
  namespace: "AWS/SQS",
  dimensions: { QueueName: "market-scanning-undelivered-notices-us-east-1" },
  period: 60,
  actionsEnabled: true,
  alarmActions: ["arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1"],
  tags: { ...tags, "trading-dr:purpose": "monitoring" },
};

describe("WatchedQueue", () => {
  it("that expects nothing keeps what comes for two weeks, encrypted", async () => {
    assert.deepEqual((await queueOf()).only(types.queue).inputs, {
      name: "market-scanning-undelivered-notices-us-east-1",
      kmsMasterKeyId: keyArn(primary),
      messageRetentionSeconds: 1_209_600,
      tags: { ...tags, "trading-dr:purpose": "monitoring" },
    });
  });

  it("that expects nothing raises its alarm while there is a message, however late SQS says so", async () => {
    assert.deepEqual((await queueOf()).only(types.alarm).inputs, {
      ...alarm,
      metricName: "ApproximateNumberOfMessagesVisible",
      statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: "notBreaching",
    });
  });

  it("that expects heartbeats raises its alarm after five minutes without one", async () => {
    const queue = await queueOf({ expects: "heartbeats" });
    assert.equal(queue.only(types.queue).inputs["messageRetentionSeconds"], 60);
    assert.deepEqual(queue.only(types.alarm).inputs, {
      ...alarm,
      metricName: "NumberOfMessagesSent",
      statistic: "Sum",
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      treatMissingData: "breaching",
    });
  });

  it("takes messages of the rules that it is told of, and of nobody else", async () => {
    assert.deepEqual(statementsOf((await queueOf()).only(types.policy).inputs["policy"]), [
      {
        Sid: "Send",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource:
          "arn:aws:sqs:us-east-1:111122223333:market-scanning-undelivered-notices-us-east-1",
        Condition: { ArnEquals: { "aws:SourceArn": watchedQueueArgs.sender.sourceArns } },
      },
    ]);
  });

  it("has its policy on the queue itself", async () => {
    const queue = await queueOf();
    assert.equal(waitsFor(queue.only(types.policy), queue.only(types.queue)), true);
  });
});

describe("inputs of a watched queue", () => {
  it("are sound with somebody who sends", () => {
    assert.deepEqual(watchedQueueProblems(watchedQueueArgs), []);
  });

  it("are refused with nobody who sends", () => {
    const sender = { ...watchedQueueArgs.sender, sourceArns: [] };
    assert.throws(() => new WatchedQueue("queue", { ...watchedQueueArgs, sender }), {
      name: "RangeError",
      message:
        "WatchedQueue 'queue': sender.sourceArns must have at least one entry, or nobody could send",
    });
  });
});
