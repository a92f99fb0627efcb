import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  FailoverRecord,
  type FailoverRecordArgs,
  failoverRecordProblems,
} from "../../../components/dns/failoverRecord";
import { declared, tags } from "../../support/declared";
import { projectDirectory } from "../../support/projectCopy";
import { answerOf } from "../../support/route53";
import { countsByType, type Registered, registered } from "../inspection";
import { failoverRecordArgs } from "../minimalArgs";

const checkType = "aws:route53/healthCheck:HealthCheck";
const recordType = "aws:route53/record:Record";
const hosts = {
  primary: failoverRecordArgs.primary.hostName,
  standby: failoverRecordArgs.standby.hostName,
};

/** What is registered, with the ids that a cloud would give: a resource's name and `-id`. */
function registeredWith(changes: Partial<FailoverRecordArgs> = {}): Promise<Registered[]> {
  return registered(() => {
    const provider = new aws.Provider("aws", { region: "us-east-1" });
    new FailoverRecord("failover", { ...failoverRecordArgs, ...changes }, { provider });
  }, {});
}

describe("FailoverRecord", () => {
  let resources: Registered[];

  const only = (name: string, type: string) => {
    const [found, ...others] = resources.filter(
      (resource) => resource.name === name && resource.type === type,
    );
    assert.ok(found, name);
    assert.equal(others.length, 0);
    return found.inputs;
  };
  const named = (Name: string) => ({ ...tags, "trading-dr:purpose": "failover", Name });

  before(async () => {
    resources = await registeredWith();
  });

  it("declares two records and four checks, and nothing that reads the alarm twice", async () => {
    const { resources: previewed } = await declared((options) => {
      new FailoverRecord("failover", failoverRecordArgs, options);
    });
    assert.deepEqual(countsByType(previewed), {
      "trading-dr:dns:FailoverRecord": 1,
      [checkType]: 4,
      [recordType]: 2,
    });
  });

  it("has a PRIMARY and a SECONDARY record of one name, each with its own check and host", () => {
    const common = {
      zoneId: "Z0123456789ABCDEFGHIJ",
      name: "api.example.com",
      type: "CNAME",
      ttl: 60,
    };
    assert.deepEqual(only("failover-primary", recordType), {
      ...common,
      records: ["api-us-east-1.example.com"],
      setIdentifier: "us-east-1",
      failoverRoutingPolicies: [{ type: "PRIMARY" }],
      healthCheckId: "failover-primary-check-id",
    });
    assert.deepEqual(only("failover-secondary", recordType), {
      ...common,
      records: ["api-us-west-2.example.com"],
      setIdentifier: "us-west-2",
      failoverRoutingPolicies: [{ type: "SECONDARY" }],
      healthCheckId: "failover-secondary-check-id",
    });
  });

  it("calculates PRIMARY's check over the endpoint's and the switch's, which both must be healthy", () => {
    assert.deepEqual(only("failover-primary-check", checkType), {
      type: "CALCULATED",
      childHealthchecks: ["failover-primary-endpoint-id", "failover-switch-id"],
      childHealthThreshold: 2,
      tags: named("market-scanning users in us-east-1"),
    });
  });

  it("calculates SECONDARY's check as the inverse of the switch's", () => {
    assert.deepEqual(only("failover-secondary-check", checkType), {
      type: "CALCULATED",
      childHealthchecks: ["failover-switch-id"],
      childHealthThreshold: 1,
      invertHealthcheck: true,
      tags: named("market-scanning users in us-west-2"),
    });
  });

  it("asks the primary region's own host, over HTTPS, as often as it is told", () => {
    assert.deepEqual(only("failover-primary-endpoint", checkType), {
      type: "HTTPS",
      fqdn: "api-us-east-1.example.com",
      port: 443,
      enableSni: true,
      resourcePath: "/health",
      requestInterval: 10,
      failureThreshold: 3,
      tags: named("market-scanning endpoint in us-east-1"),
    });
  });

  it("reads the switch in the standby region, by the alarm's name, and keeps what it last read", () => {
    assert.deepEqual(only("failover-switch", checkType), {
      type: "CLOUDWATCH_METRIC",
      cloudwatchAlarmName: "market-scanning/failover-switch/us-west-2",
      cloudwatchAlarmRegion: "us-west-2",
      insufficientDataHealthStatus: "LastKnownStatus",
      triggers: {
        namespace: "trading-dr/failover/market-scanning",
        metricName: "UsersInStandbyRegion",
        statistic: "Maximum",
        period: "60",
        evaluationPeriods: "1",
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: "1",
        treatMissingData: "ignore",
      },
      tags: named("market-scanning failover switch"),
    });
  });

  it("offers the id of the switch's check, which is needed when the standby region is lost", () => {
    const component = resources.find(({ type }) => type === "trading-dr:dns:FailoverRecord");
    assert.deepEqual(component?.outputs, {
      switchHealthCheckId: "failover-switch-id",
      primaryEndpointCheckId: "failover-primary-endpoint-id",
    });
  });

  it("asks the standby region's host too where nobody decides, for the opposite", async () => {
    resources = await registeredWith({ mode: "automatic" });
    assert.deepEqual(only("failover-standby-endpoint", checkType), {
      type: "HTTPS",
      fqdn: "api-us-west-2.example.com",
      port: 443,
      enableSni: true,
      resourcePath: "/health",
      requestInterval: 10,
      failureThreshold: 3,
      invertHealthcheck: true,
      tags: named("market-scanning endpoint in us-west-2"),
    });
    assert.deepEqual(only("failover-secondary-check", checkType), {
      type: "CALCULATED",
      childHealthchecks: ["failover-switch-id", "failover-standby-endpoint-id"],
      childHealthThreshold: 2,
      invertHealthcheck: true,
      tags: named("market-scanning users in us-west-2"),
    });
  });
});

describe("where users are sent", () => {
  const documented = statesOf(readFileSync(join(projectDirectory, "docs", "dns.md"), "utf8"));
  const modes = ["operator", "automatic"] as const;
  const resources: Partial<Record<(typeof modes)[number], Registered[]>> = {};

  before(async () => {
    for (const mode of modes) {
      resources[mode] = await registeredWith({ mode });
    }
  });

  it("is documented for every state that there is", () => {
    const states = documented.map(({ primaryUp, standbyUp, thrown }) =>
      [primaryUp, standbyUp, thrown].map(Number).join(""),
    );
    assert.deepEqual(states.sort(), ["000", "001", "010", "011", "100", "101", "110", "111"]);
  });

  for (const { primaryUp, standbyUp, thrown, sent } of documented) {
    const [first, second] = [primaryUp, standbyUp].map((up) => (up ? "up" : "down"));
    for (const mode of modes) {
      it(`is ${sent[mode]}, by ${mode}, with primary ${String(first)}, standby ${String(second)}, switch ${thrown ? "" : "not "}thrown`, () => {
        const up = [...(primaryUp ? [hosts.primary] : []), ...(standbyUp ? [hosts.standby] : [])];
        const answer = answerOf(resources[mode] ?? [], "api.example.com", { up, thrown });
        assert.equal(answer, hosts[sent[mode]]);
      });
    }
  }

  it("is, by operator, wherever the switch says, whatever the endpoints say", () => {
    assert.deepEqual(
      documented.map(({ sent }) => sent.operator),
      documented.map(({ thrown }) => (thrown ? "standby" : "primary")),
    );
  });
});

describe("inputs of a FailoverRecord", () => {
  const rejected: readonly (readonly [string, Partial<FailoverRecordArgs>, string])[] = [
    ["a TTL above a minute", { ttlSeconds: 61 }, "ttlSeconds must be 1 to 60, got 61"],
    ["a TTL of nothing", { ttlSeconds: 0 }, "ttlSeconds must be 1 to 60, got 0"],
    [
      "an interval that Route 53 does not offer",
      { check: { ...failoverRecordArgs.check, intervalSeconds: 20 } },
      "check.intervalSeconds must be 10 or 30, got 20",
    ],
    [
      "more failures than Route 53 counts",
      { check: { ...failoverRecordArgs.check, failures: 11 } },
      "check.failures must be 1 to 10, got 11",
    ],
    [
      "a host that is the name itself",
      { recordName: hosts.standby },
      `recordName and the two host names must differ, got ${hosts.standby}, ${hosts.primary} and ${hosts.standby}`,
    ],
    [
      "one host for both regions",
      { standby: { ...failoverRecordArgs.standby, hostName: hosts.primary } },
      `recordName and the two host names must differ, got api.example.com, ${hosts.primary} and ${hosts.primary}`,
    ],
  ];
  for (const [what, changes, message] of rejected) {
    it(`are refused with ${what}`, () => {
      const args = { ...failoverRecordArgs, ...changes };
      assert.deepEqual(failoverRecordProblems(args), [message]);
      assert.throws(
        () => new FailoverRecord("failover", args),
        new RangeError(`FailoverRecord 'failover': ${message}`),
      );
    });
  }

  it("are accepted at their limits", () => {
    for (const [ttlSeconds, intervalSeconds, failures] of [
      [1, 10, 1],
      [60, 30, 10],
    ] as const) {
      const check = { path: "/health", intervalSeconds, failures };
      assert.deepEqual(failoverRecordProblems({ ...failoverRecordArgs, ttlSeconds, check }), []);
    }
  });
});

interface DocumentedState {
  readonly primaryUp: boolean;
  readonly standbyUp: boolean;
  readonly thrown: boolean;
  readonly sent: Readonly<Record<"operator" | "automatic", keyof typeof hosts>>;
}

/** The rows of the table of states. */
function statesOf(document: string): DocumentedState[] {
  const row =
    /^\| (up|down) +\| (up|down) +\| (not thrown|thrown) +\| (primary|standby) +\| (primary|standby) +\|/gm;
  return [...document.matchAll(row)].map(([, first, second, position, operator, automatic]) => ({
    primaryUp: first === "up",
    standbyUp: second === "up",
    thrown: position === "thrown",
    sent: {
      operator: operator as keyof typeof hosts,
      automatic: automatic as keyof typeof hosts,
    },
  }));
}
