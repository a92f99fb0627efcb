import assert from "node:assert/strict";
import { Heartbeats, heartbeatsProblems } from "../../../components/monitoring/heartbeats";
import { type PreviewedResource } from "../../../preview/inProcess";
import { Declared, declared, primary, standby, tags } from "../../support/declared";
import { alarmsArgs, heartbeatsArgs } from "../minimalArgs";

const types = {
  alarm: "aws:cloudwatch/metricAlarm:MetricAlarm",
  policy: "aws:sqs/queuePolicy:QueuePolicy",
  rule: "aws:cloudwatch/eventRule:EventRule",
  target: "aws:cloudwatch/eventTarget:EventTarget",
};

function named(found: Declared, type: string, name: string): PreviewedResource {
  const resource = found.all(type).find((candidate) => candidate.name === name);
  assert.ok(resource, `${type} ${name}`);
  return resource;
}

describe("Heartbeats", () => {
  let ofStandby: Declared;
  let ofPrimary: Declared;

  before(async () => {
    ofStandby = await declared((options) => {
      new Heartbeats("heartbeats", heartbeatsArgs, options);
    }, "us-west-2");
    ofPrimary = await declared((options) => {
      const args = { ...heartbeatsArgs, ...alarmsArgs(primary), other: standby };
      new Heartbeats("heartbeats", args, options);
    });
  });

  it("go out every minute, to the other region's bus, under the role for it", () => {
    assert.deepEqual(named(ofStandby, types.rule, "heartbeats-out").inputs, {
      name: "market-scanning-heartbeats-out-us-west-2",
      description: "Tells us-east-1 every minute that us-west-2 is there",
      scheduleExpression: "rate(1 minute)",
      tags: { ...tags, "trading-dr:purpose": "monitoring" },
    });
    assert.deepEqual(named(ofStandby, types.target, "heartbeats-out-target").inputs, {
      rule: "market-scanning-heartbeats-out-us-west-2",
      targetId: "bus",
      arn: "arn:aws:events:us-east-1:111122223333:event-bus/default",
      roleArn: heartbeatsArgs.roleArn,
      retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
    });
  });

  it("that come in are those that the other region sends, and no other system's", () => {
    const { eventPattern, ...inputs } = named(ofStandby, types.rule, "heartbeats-in-rule").inputs;
    assert.deepEqual(inputs, {
      name: "market-scanning-heartbeats-in-us-west-2",
      description: "Hears from us-east-1 that it is there",
      tags: { ...tags, "trading-dr:purpose": "monitoring" },
    });
    const sent = String(named(ofPrimary, types.rule, "heartbeats-out").inputs["name"]);
    assert.deepEqual(JSON.parse(String(eventPattern)), {
      account: ["111122223333"],
      region: ["us-east-1"],
      source: ["aws.events"],
      resources: [`arn:aws:events:us-east-1:111122223333:rule/${sent}`],
    });
  });

  it("that come in are counted and thrown away, and none comes late", () => {
    const { rule, targetId, retryPolicy } = named(
      ofStandby,
      types.target,
      "heartbeats-in-target",
    ).inputs;
    assert.deepEqual(
      { rule, targetId, retryPolicy },
      {
        rule: "market-scanning-heartbeats-in-us-west-2",
        targetId: "queue",
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
      },
    );
    assert.deepEqual(Declared.statements(ofStandby.only(types.policy))["Send"]?.["Condition"], {
      ArnEquals: {
        "aws:SourceArn": [
          "arn:aws:events:us-west-2:111122223333:rule/market-scanning-heartbeats-in-us-west-2",
        ],
      },
    });
  });

  it("that do not come for five minutes raise the alarm, in the region that misses them", () => {
    const { name, alarmDescription, threshold, evaluationPeriods, treatMissingData, alarmActions } =
      ofStandby.only(types.alarm).inputs;
    assert.deepEqual(
      { name, alarmDescription, threshold, evaluationPeriods, treatMissingData, alarmActions },
      {
        name: "market-scanning/heartbeats-in/us-west-2",
        alarmDescription:
          "Nothing has been heard from us-east-1 for 5 minutes: the region, or the way of its notices to us-west-2, is down.",
        threshold: 1,
        evaluationPeriods: 5,
        treatMissingData: "breaching",
        alarmActions: ["arn:aws:sns:us-west-2:111122223333:market-scanning-notices-us-west-2"],
      },
    );
  });
});

describe("inputs of heartbeats", () => {
  it("are sound with another region", () => {
    assert.deepEqual(heartbeatsProblems(heartbeatsArgs), []);
  });

  it("are refused with the own region, which would hear itself", () => {
    assert.throws(() => new Heartbeats("heartbeats", { ...heartbeatsArgs, other: standby }), {
      name: "RangeError",
      message:
        "Heartbeats 'heartbeats': other must be another region than the own one, got us-west-2",
    });
  });
});
