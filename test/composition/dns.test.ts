import assert from "node:assert/strict";
import { declareDns } from "../../composition/dns";
import { landscapeOf } from "../../composition/places";
import { remarksOn } from "../../composition/remarks";
import { type Configuration } from "../../config/configuration";
import { parseDuration } from "../../config/duration";
import { type StackOutputs } from "../../contracts/outputs";
import { readRegionStacks } from "../support/regionStacks";
import { type Declared, declared } from "../support/declared";
import { projectDirectory } from "../support/projectCopy";

type Settings = Configuration["settings"];
type Failover = Configuration["system"]["failover"];

/** The shipped configuration of a stack, with some of its settings and of its failover changed. */
function configurationOf(
  stack: string,
  settings: Partial<Settings> = {},
  failover: Partial<Failover> = {},
): Configuration {
  const [ready] = readRegionStacks({ directory: projectDirectory, stack });
  assert.ok(ready);
  const { configuration } = ready;
  return {
    ...configuration,
    settings: { ...configuration.settings, ...settings },
    system: {
      ...configuration.system,
      failover: { ...configuration.system.failover, ...failover },
    },
  };
}

function duration(text: string) {
  const parsed = parseDuration(text);
  assert.ok(parsed);
  return parsed;
}

/** What a stack declares for DNS, and what it tells of it. */
async function dnsOf(
  configuration: Configuration,
): Promise<{ found: Declared; outputs: Pick<StackOutputs, "dns" | "failoverSwitch"> }> {
  let outputs: Pick<StackOutputs, "dns" | "failoverSwitch"> = {};
  const found = await declared((options) => {
    ({ outputs } = declareDns(configuration, landscapeOf(configuration), topicArn, options));
  }, configuration.region);
  return { found, outputs };
}

const topicArn = "arn:aws:sns:us-west-2:111122223333:market-scanning-notices-us-west-2";
const recordType = "aws:route53/record:Record";
const checkType = "aws:route53/healthCheck:HealthCheck";
const zoneType = "aws:route53/zone:Zone";
const endpoints = { primary: "east.example.com", standby: "west.example.com" };
const unproven =
  "zone Z0123456789ABCDEFGHIJ is adopted: see that it is example.com, and public, because records would be made in any other without a complaint, and that accelerated recovery is on (docs/dns.md)";

describe("DNS of the stacks", () => {
  it("takes the settings of records and checks from both files", async () => {
    const { found } = await dnsOf(
      configurationOf(
        "prod",
        { endpoints },
        {
          recordTtl: duration("30s"),
          healthPath: "/writer",
          checkInterval: duration("30s"),
          checkFailures: 2,
        },
      ),
    );
    assert.deepEqual(
      found
        .all(recordType)
        .map(({ inputs: { setIdentifier, records, name, ttl, zoneId } }) => ({
          setIdentifier,
          records,
          name,
          ttl,
          zoneId,
        }))
        .sort((one, other) => String(one.setIdentifier).localeCompare(String(other.setIdentifier))),
      [
        ["us-east-1", "east.example.com"],
        ["us-west-2", "west.example.com"],
      ].map(([setIdentifier, host]) => ({
        setIdentifier,
        records: [host],
        name: "api.market-scanning.example.com",
        ttl: 30,
        zoneId: "Z0123456789ABCDEFGHIJ",
      })),
    );
    const endpoint = found.all(checkType).find(({ inputs }) => inputs["type"] === "HTTPS");
    const { fqdn, resourcePath, requestInterval, failureThreshold } = endpoint?.inputs ?? {};
    assert.deepEqual(
      { fqdn, resourcePath, requestInterval, failureThreshold },
      {
        fqdn: "east.example.com",
        resourcePath: "/writer",
        requestInterval: 30,
        failureThreshold: 2,
      },
    );
  });

  it("asks the standby's endpoint only where no operator decides", async () => {
    const asked = async (mode: Failover["mode"]) => {
      const { found } = await dnsOf(configurationOf("prod", { endpoints }, { mode }));
      return found.all(checkType).flatMap(({ inputs }) => inputs["fqdn"] ?? []);
    };
    assert.deepEqual(await asked("operator"), ["east.example.com"]);
    assert.deepEqual((await asked("automatic")).sort(), ["east.example.com", "west.example.com"]);
  });

  it("adopts a zone, of which neither its name nor accelerated recovery can be proven", async () => {
    const configuration = configurationOf("prod");
    const { found, outputs } = await dnsOf(configuration);
    assert.deepEqual(found.all(zoneType), []);
    assert.deepEqual(Object.keys(outputs.dns ?? {}), [
      "recordName",
      "zoneId",
      "switchHealthCheckId",
    ]);
    assert.ok(remarksOn(configuration).includes(unproven));
  });

  it("makes a zone with accelerated recovery, and tells its name servers", async () => {
    const configuration = configurationOf("prod", {
      hostedZone: { kind: "create", name: "market-scanning.example.com" },
    });
    const { found, outputs } = await dnsOf(configuration);
    const zone = found.only(zoneType);
    assert.equal(zone.inputs["name"], "market-scanning.example.com");
    assert.equal(zone.inputs["enableAcceleratedRecovery"], true);
    for (const record of found.all(recordType)) {
      assert.ok(record.options.dependencies?.includes(zone.urn), record.name);
    }
    assert.deepEqual(Object.keys(outputs.dns ?? {}), [
      "recordName",
      "zoneId",
      "switchHealthCheckId",
      "nameServers",
    ]);
    assert.ok(!remarksOn(configuration).some((remark) => remark.includes("accelerated")));
  });

  for (const phase of ["landing", "whole"] as const) {
    it(`holds the switch in dr, in its ${phase} phase, and tells how to throw it`, async () => {
      const { found, outputs } = await dnsOf(configurationOf("dr", { phase }));
      assert.equal(found.all("aws:cloudwatch/metricAlarm:MetricAlarm").length, 1);
      const { usersToStandby, usersToPrimary } = outputs.failoverSwitch ?? {};
      const command =
        "aws cloudwatch put-metric-data --region us-west-2 --namespace trading-dr/failover/market-scanning --metric-name UsersInStandbyRegion --value";
      assert.deepEqual([usersToStandby, usersToPrimary], [`${command} 1`, `${command} 0`]);
    });
  }

  it("says in dr that drills ask nobody whether the region answers, where no endpoints are named", () => {
    const [dr] = readRegionStacks({ directory: projectDirectory, stack: "dr" });
    assert.ok(dr);
    const { configuration } = dr;
    const { endpoints, ...settings } = configuration.settings;
    assert.ok(endpoints);
    const remark =
      "drills do not ask whether us-west-2 answers users: add endpoints to this stack's file, as prod has them";
    assert.ok(remarksOn({ ...configuration, settings }).includes(remark));
    assert.ok(!remarksOn(configuration).includes(remark));
  });

  it("is nothing in the archive", async () => {
    const { found, outputs } = await dnsOf(configurationOf("archive"));
    assert.deepEqual(found.resources, []);
    assert.deepEqual(outputs, {});
  });
});
