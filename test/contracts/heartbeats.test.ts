import assert from "node:assert/strict";
import { Heartbeats } from "../../components/monitoring/heartbeats";
import { heartbeatSilenceSeconds } from "../../contracts/heartbeats";
import { heartbeatsArgs } from "../components/minimalArgs";
import { declared } from "../support/declared";

describe("silence that tells of a lost region", () => {
  it("is as long as the alarm on heartbeats waits", async () => {
    const found = await declared((options) => {
      new Heartbeats("heartbeats", heartbeatsArgs, options);
    }, "us-west-2");
    const { period, evaluationPeriods } = found.only(
      "aws:cloudwatch/metricAlarm:MetricAlarm",
    ).inputs;
    assert.equal(Number(period) * Number(evaluationPeriods), heartbeatSilenceSeconds);
  });
});
