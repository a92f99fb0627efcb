import assert from "node:assert/strict";
import { failoverSwitch, switchAlarm, switchCommand } from "../../contracts/failoverSwitch";

const standby = { system: "market-scanning", region: "us-west-2", account: "111122223333" };

describe("failover switch", () => {
  // Pinned: a name that changes on one side only is a switch that moves nothing.
  it("is an alarm and a metric of the system's own, in the standby region", () => {
    assert.deepEqual(failoverSwitch(standby), {
      alarmName: "market-scanning/failover-switch/us-west-2",
      region: "us-west-2",
      namespace: "trading-dr/failover/market-scanning",
      metricName: "UsersInStandbyRegion",
    });
  });

  it("shares no namespace with another system, since permissions end there", () => {
    const other = failoverSwitch({ ...standby, system: "market" });
    assert.notEqual(other.namespace, failoverSwitch(standby).namespace);
  });

  it("has settings that Route 53 takes: a whole period of standard resolution, no M out of N", () => {
    assert.equal(switchAlarm.period % 60, 0);
    assert.deepEqual(Object.keys(switchAlarm).sort(), [
      "comparisonOperator",
      "evaluationPeriods",
      "period",
      "statistic",
      "threshold",
      "treatMissingData",
    ]);
  });

  it("is thrown by a value at the threshold, and put back by one below it", () => {
    const valueOf = (users: "standby" | "primary") =>
      Number(/ --value (\d)$/.exec(switchCommand(users, standby))?.[1]);
    assert.equal(valueOf("standby") >= switchAlarm.threshold, true);
    assert.equal(valueOf("primary") >= switchAlarm.threshold, false);
    assert.equal(
      switchCommand("standby", standby),
      "aws cloudwatch put-metric-data --region us-west-2 --namespace trading-dr/failover/market-scanning --metric-name UsersInStandbyRegion --value 1",
    );
  });
});
