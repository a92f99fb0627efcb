import assert from "node:assert/strict";
import { declareMonitoring } from "../../composition/monitoring";
import { landscapeOf } from "../../composition/places";
import { remarksOn } from "../../composition/remarks";
import { type Configuration } from "../../config/configuration";
import { type PreviewedResource } from "../../preview/inProcess";
import { readRegionStacks } from "../support/regionStacks";
import { declared } from "../support/declared";
import { projectDirectory } from "../support/projectCopy";

type Regions = Configuration["system"]["regions"];

interface Rebuild {
  readonly survivor: string;
  readonly lost: "kept" | "released" | "retired";
}

/** The shipped configuration of a stack, with other regions, and with rebuilds of its database. */
function configurationOf(
  stack: string,
  system: string,
  regions: Partial<Regions> = {},
  rebuilds: readonly Rebuild[] = [],
): Configuration {
  const [ready] = readRegionStacks({ directory: projectDirectory, system, stack });
  assert.ok(ready);
  const { configuration } = ready;
  const stores = Object.fromEntries(
    Object.entries(configuration.system.stores).map(([name, store]) => [
      name,
      store.kind === "database" ? { ...store, rebuilds: [...rebuilds] } : store,
    ]),
  );
  return {
    ...configuration,
    region: regions.primary ?? configuration.region,
    system: {
      ...configuration.system,
      regions: { ...configuration.system.regions, ...regions },
      stores,
    },
  };
}

/** What a stack declares to watch itself. */
async function watching(
  configuration: Configuration,
  healthCheckId?: string,
): Promise<readonly PreviewedResource[]> {
  const { resources } = await declared((options) => {
    declareMonitoring(
      configuration,
      landscapeOf(configuration),
      {
        topicArn: "arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1",
        noticeKeyArn: "arn:aws:kms:us-east-1:111122223333:key/notices",
        lockClasses: ["daily"],
        healthCheckId,
      },
      options,
    );
  }, configuration.region);
  return resources;
}

function alarmsOn(namespace: string, resources: readonly PreviewedResource[]) {
  return resources.filter(
    ({ type, inputs }) =>
      type === "aws:cloudwatch/metricAlarm:MetricAlarm" && inputs["namespace"] === namespace,
  );
}

describe("monitoring of the primary region's endpoint", () => {
  const alarmsWith = async (configuration: Configuration, healthCheckId?: string) =>
    alarmsOn("AWS/Route53", await watching(configuration, healthCheckId));

  it("has an alarm on the health check that it is told of", async () => {
    const prod = configurationOf("prod", "market-scanning");
    const [alarm, ...others] = await alarmsWith(prod, "check-1");
    assert.deepEqual(others, []);
    assert.deepEqual(alarm?.inputs["dimensions"], { HealthCheckId: "check-1" });
    assert.equal(alarm.inputs["actionsEnabled"], true);
  });

  it("is silent while the writer is in the standby region", async () => {
    const prod = configurationOf("prod", "market-scanning", { active: "us-west-2" });
    const [alarm] = await alarmsWith(prod, "check-1");
    assert.equal(alarm?.inputs["actionsEnabled"], false);
  });

  it("has none where there is no health check", async () => {
    assert.deepEqual(await alarmsWith(configurationOf("prod", "market-scanning")), []);
  });

  it("has none in another region, where Route 53 tells nothing, and the preview says so", async () => {
    const moved = configurationOf("prod", "market-scanning", {
      primary: "us-east-2",
      active: "us-east-2",
    });
    assert.deepEqual(await alarmsWith(moved, "check-1"), []);
    const remark =
      "nobody is told when the endpoint in us-east-2 fails: Route 53 publishes its checks in us-east-1 alone";
    assert.ok(remarksOn(moved).includes(remark));
    assert.ok(!remarksOn(configurationOf("prod", "market-scanning")).includes(remark));
  });
});

describe("monitoring of a database whose lost side was rebuilt", () => {
  const survived = [{ survivor: "us-west-2", lost: "kept" }] as const;
  const active = { active: "us-west-2" };

  /** Each lag alarm's database, and whether the alarm tells anybody. */
  const lagAlarms = async (configuration: Configuration) =>
    alarmsOn("AWS/RDS", await watching(configuration)).map(({ inputs }) => {
      const dimensions = inputs["dimensions"] as Record<string, string>;
      return [
        dimensions["DBClusterIdentifier"] ?? dimensions["DBInstanceIdentifier"],
        inputs["actionsEnabled"],
      ];
    });

  it("watches the rebuilt cluster of Aurora, and keeps the survivor's alarms silent", async () => {
    const rebuilt = "market-scanning-database-generation-2-us-east-1";
    assert.deepEqual(
      await lagAlarms(configurationOf("prod", "market-scanning", active, survived)),
      [
        [rebuilt, true],
        [rebuilt, true],
      ],
    );
    const survivor = "market-scanning-database-us-west-2";
    assert.deepEqual(await lagAlarms(configurationOf("dr", "market-scanning", active, survived)), [
      [survivor, false],
      [survivor, false],
    ]);
  });

  it("watches a plain RDS instance only where it began as a replica", async () => {
    assert.deepEqual(await lagAlarms(configurationOf("prod", "smc")), []);
    const rebuilt = "smc-database-generation-2-us-east-1";
    assert.deepEqual(await lagAlarms(configurationOf("prod", "smc", active, survived)), [
      [rebuilt, true],
    ]);
  });

  it("tells in both regions of trouble with the database that counts", async () => {
    const cluster = "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database";
    for (const [stack, rule] of [
      ["prod", "local-notices"],
      ["prod", "notices-out"],
      ["dr", "notices-in"],
    ] as const) {
      const resources = await watching(configurationOf(stack, "market-scanning", active, survived));
      const pattern = String(
        resources.find(
          ({ type, name }) => type === "aws:cloudwatch/eventRule:EventRule" && name === rule,
        )?.inputs["eventPattern"],
      );
      assert.ok(pattern.includes(`"${cluster}-generation-2-us-east-1"`), rule);
      assert.ok(!pattern.includes(`"${cluster}-us-east-1"`), rule);
    }
  });
});
