import assert from "node:assert/strict";
import {
  HealthCheckAlarm,
  healthCheckAlarmProblems,
} from "../../../components/monitoring/healthCheckAlarm";
import { declared, standby, tags } from "../../support/declared";
import { alarmsArgs, healthCheckAlarmArgs } from "../minimalArgs";

describe("HealthCheckAlarm", () => {
  it("is raised when the check is unhealthy, or cannot be read", async () => {
    const alarm = await declared((options) => {
      new HealthCheckAlarm("health-check-alarm", healthCheckAlarmArgs, options);
    });
    assert.deepEqual(alarm.only("aws:cloudwatch/metricAlarm:MetricAlarm").inputs, {
      name: "market-scanning/health-check/us-east-1",
      alarmDescription:
        "The endpoint of market-scanning is unhealthy: decide whether to fail over.",
      namespace: "AWS/Route53",
      metricName: "HealthCheckStatus",
      dimensions: { HealthCheckId: "11111111-2222-3333-4444-555555555555" },
      statistic: "Minimum",
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      period: 60,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      treatMissingData: "breaching",
      actionsEnabled: true,
      alarmActions: ["arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1"],
      tags: { ...tags, "trading-dr:purpose": "monitoring" },
    });
  });

  it("is silent while the writer is elsewhere, and the endpoint has to say so", async () => {
    const alarm = await declared((options) => {
      const args = { ...healthCheckAlarmArgs, writerExpected: false };
      new HealthCheckAlarm("health-check-alarm", args, options);
    });
    const { actionsEnabled, comparisonOperator, threshold, treatMissingData } = alarm.only(
      "aws:cloudwatch/metricAlarm:MetricAlarm",
    ).inputs;
    // A check's status is 0 or 1: an alarm below 0 makes no events either, which would be forwarded.
    assert.deepEqual(
      { actionsEnabled, comparisonOperator, threshold, treatMissingData },
      {
        actionsEnabled: false,
        comparisonOperator: "LessThanThreshold",
        threshold: 0,
        treatMissingData: "notBreaching",
      },
    );
  });

  it("is refused outside of us-east-1, where there is no such metric", () => {
    assert.deepEqual(healthCheckAlarmProblems(healthCheckAlarmArgs), []);
    const args = { ...healthCheckAlarmArgs, ...alarmsArgs(standby) };
    assert.throws(() => new HealthCheckAlarm("health-check-alarm", args), {
      name: "RangeError",
      message:
        "HealthCheckAlarm 'health-check-alarm': place must be in us-east-1, where Route 53 publishes health checks, got us-west-2",
    });
  });
});
