import assert from "node:assert/strict";
import { FailoverSwitch } from "../../../components/dns/failoverSwitch";
import { type Declared, declared, tags } from "../../support/declared";
import { countsByType } from "../inspection";
import { failoverSwitchArgs } from "../minimalArgs";

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";

describe("FailoverSwitch", () => {
  let found: Declared;

  before(async () => {
    found = await declared((options) => {
      new FailoverSwitch("failover-switch", failoverSwitchArgs, options);
    }, "us-west-2");
  });

  it("declares one alarm", () => {
    assert.deepEqual(countsByType(found.resources), {
      "trading-dr:dns:FailoverSwitch": 1,
      [alarmType]: 1,
    });
  });

  it("goes off at one data point, stays as it is without any, and tells when it is thrown and put back", () => {
    assert.deepEqual(found.only(alarmType).inputs, {
      name: "market-scanning/failover-switch/us-west-2",
      alarmDescription:
        "ALARM: users of market-scanning are sent to us-west-2. OK: they are sent to the primary region. An operator decides it; no data leaves it as it is.",
      namespace: "trading-dr/failover/market-scanning",
      metricName: "UsersInStandbyRegion",
      statistic: "Maximum",
      period: 60,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      treatMissingData: "ignore",
      alarmActions: ["arn:aws:sns:us-west-2:111122223333:market-scanning-notices-us-west-2"],
      okActions: ["arn:aws:sns:us-west-2:111122223333:market-scanning-notices-us-west-2"],
      tags: { ...tags, "trading-dr:purpose": "failover" },
    });
  });

  it("offers its alarm's name", () => {
    assert.deepEqual(found.only("trading-dr:dns:FailoverSwitch").outputs, {
      alarmName: "market-scanning/failover-switch/us-west-2",
    });
  });
});
