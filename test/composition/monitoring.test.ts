import assert from "node:assert/strict";
import { declareMonitoring } from "../../composition/monitoring";
import { landscapeOf } from "../../composition/places";
import { readStacks } from "../../preview/stacks";
import { declared } from "../support/declared";
import { projectDirectory } from "../support/projectCopy";

describe("monitoring of the primary region", () => {
  const alarmsWith = async (health: { readonly healthCheckId?: string }) => {
    const [prod] = readStacks({ directory: projectDirectory, stack: "prod" });
    assert.ok(prod);
    const { configuration } = prod;
    const found = await declared((options) => {
      declareMonitoring(
        configuration,
        landscapeOf(configuration),
        {
          topicArn: "arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1",
          noticeKeyArn: "arn:aws:kms:us-east-1:111122223333:key/notices",
          lockClasses: ["daily"],
          ...health,
        },
        options,
      );
    });
    return found
      .all("aws:cloudwatch/metricAlarm:MetricAlarm")
      .filter(({ inputs }) => inputs["namespace"] === "AWS/Route53");
  };

  it("has an alarm on the health check that it is told of", async () => {
    const [alarm, ...others] = await alarmsWith({ healthCheckId: "check-1" });
    assert.deepEqual(others, []);
    assert.deepEqual(alarm?.inputs["dimensions"], { HealthCheckId: "check-1" });
  });

  it("has none where there is no health check", async () => {
    assert.deepEqual(await alarmsWith({}), []);
  });
});
