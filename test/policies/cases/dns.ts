import { switchAlarm } from "../../../contracts/failoverSwitch";
import { detectionTime } from "../../../policies/dns/detection";
import { failoverChecks, failoverPair } from "../../../policies/dns/failoverPair";
import { dnsProtected, switchLatches, switchPair } from "../../../policies/dns/failoverSwitch";
import { type Resource, stackType } from "../../../policies/stack";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";

const stack = resource(stackType, {});
const provider = (region: string) => resource("pulumi:providers:aws", { region });
const zone = (inputs: Record<string, unknown>) => resource("aws:route53/zone:Zone", inputs);

const record = (
  type: "PRIMARY" | "SECONDARY",
  inputs: Record<string, unknown> = {},
  waitsFor: readonly Resource[] = [],
) =>
  resource(
    "aws:route53/record:Record",
    {
      failoverRoutingPolicies: [{ type }],
      name: "api.example.com",
      records: [`${type.toLowerCase()}.example.com`],
      setIdentifier: type,
      ttl: 60,
      type: "CNAME",
      zoneId: "Z1",
      ...inputs,
    },
    { dependencies: waitsFor.map(({ urn }) => urn) },
  );
const check = (name: string, inputs: Record<string, unknown>, children: readonly Resource[] = []) =>
  resource(
    "aws:route53/healthCheck:HealthCheck",
    {
      ...inputs,
      ...(children.length > 0 ? { childHealthchecks: children.map(() => unknown) } : {}),
    },
    { name, dependencies: children.map(({ urn }) => urn) },
  );

const https = { type: "HTTPS", requestInterval: 10, failureThreshold: 3 };
const endpoint = check("endpoint", https);
const standbyEndpoint = check("standby-endpoint", { ...https, invertHealthcheck: true });
const metric = { type: "CLOUDWATCH_METRIC" };
const operator = check("switch", metric);
const primaryCheck = check("primary", { type: "CALCULATED", childHealthThreshold: 2 }, [
  endpoint,
  operator,
]);
const secondaryCheck = check(
  "secondary",
  { type: "CALCULATED", childHealthThreshold: 1, invertHealthcheck: true },
  [operator],
);
const automaticCheck = check(
  "secondary",
  { type: "CALCULATED", childHealthThreshold: 2, invertHealthcheck: true },
  [operator, standbyEndpoint],
);
const checks = [endpoint, standbyEndpoint, operator, primaryCheck, secondaryCheck];
/** A record with another check in the place of its own. */
const checkedBy = (
  type: "PRIMARY" | "SECONDARY",
  own: Resource,
  others: readonly Resource[] = [endpoint, operator],
) => [record(type, {}, [own]), { beside: [own, ...others] }] as const;

const switchSettings = {
  region: "us-west-2",
  alarmName: "hft/failover-switch/us-west-2",
  namespace: "trading-dr/failover/hft",
  metricName: "UsersInStandbyRegion",
};
const switchCheck = (changes: Record<string, unknown> = {}) =>
  resource("aws:route53/healthCheck:HealthCheck", {
    type: "CLOUDWATCH_METRIC",
    cloudwatchAlarmName: switchSettings.alarmName,
    cloudwatchAlarmRegion: "us-west-2",
    insufficientDataHealthStatus: "LastKnownStatus",
    ...changes,
  });
const alarm = (changes: Record<string, unknown> = {}) =>
  resource("aws:cloudwatch/metricAlarm:MetricAlarm", {
    name: switchSettings.alarmName,
    namespace: switchSettings.namespace,
    metricName: switchSettings.metricName,
    ...switchAlarm,
    ...changes,
  });
const triggers = Object.fromEntries(
  Object.entries({
    namespace: switchSettings.namespace,
    metricName: switchSettings.metricName,
    ...switchAlarm,
  }).map(([key, value]) => [key, String(value)]),
);

/** Cases of the rules of what sends users to a region. */
export const dnsCases: readonly RuleCases[] = [
  {
    rule: failoverPair,
    settings: { recordName: "api.example.com" },
    good: [
      passes("a pair", stack, { beside: [record("PRIMARY"), record("SECONDARY")] }),
      passes("a pair of aliases", stack, {
        beside: [
          record("PRIMARY", { records: [], aliases: [{ name: "east" }] }),
          record("SECONDARY", { records: [], aliases: [{ name: "west" }] }),
        ],
      }),
      passes("a pair, and a record that is no half of one", stack, {
        beside: [
          record("PRIMARY"),
          record("SECONDARY"),
          resource("aws:route53/record:Record", { name: "www.example.com" }),
        ],
      }),
    ],
    bad: [
      breaks("no SECONDARY", stack, "the number of SECONDARY records of api.example.com", {
        beside: [record("PRIMARY")],
      }),
      breaks(
        "two of one role",
        stack,
        [
          "the number of PRIMARY records of api.example.com",
          "the number of SECONDARY records of api.example.com",
        ],
        { beside: [record("PRIMARY"), record("PRIMARY")] },
      ),
      breaks("another name with half a pair", stack, "the number of PRIMARY records of other", {
        beside: [record("PRIMARY"), record("SECONDARY"), record("SECONDARY", { name: "other" })],
      }),
      breaks("one target", stack, "records of the records of api.example.com", {
        beside: [record("PRIMARY"), record("SECONDARY", { records: ["primary.example.com"] })],
      }),
      breaks("one identifier", stack, "setIdentifier of the records of api.example.com", {
        beside: [record("PRIMARY"), record("SECONDARY", { setIdentifier: "PRIMARY" })],
      }),
      breaks("another zone in each", stack, "zoneId of the records of api.example.com", {
        beside: [record("PRIMARY"), record("SECONDARY", { zoneId: "Z2" })],
      }),
      breaks("another type in each", stack, "type of the records of api.example.com", {
        beside: [record("PRIMARY"), record("SECONDARY", { type: "A" })],
      }),
    ],
    absent: [
      breaks("no records", stack, [
        "the number of PRIMARY records of api.example.com",
        "the number of SECONDARY records of api.example.com",
      ]),
    ],
    limit: { none: "a pair has two halves" },
    unknown: [
      waits("a zone that is made with them", stack, "zoneId", {
        beside: [record("PRIMARY", { zoneId: unknown }), record("SECONDARY", { zoneId: unknown })],
      }),
    ],
  },
  {
    rule: failoverChecks,
    settings: { automatic: false },
    good: [
      passes("PRIMARY", record("PRIMARY", {}, [primaryCheck]), { beside: checks }),
      passes("SECONDARY", record("SECONDARY", {}, [secondaryCheck]), { beside: checks }),
      passes("SECONDARY with mode automatic", record("SECONDARY", {}, [automaticCheck]), {
        beside: [operator, standbyEndpoint, automaticCheck],
        settings: { automatic: true },
      }),
      passes("a record that is no half of a pair", resource("aws:route53/record:Record", {})),
    ],
    bad: [
      breaks("PRIMARY by its endpoint alone", record("PRIMARY", {}, [endpoint]), "healthCheckId", {
        beside: checks,
      }),
      breaks(
        "PRIMARY by one of two",
        ...withMore(
          checkedBy(
            "PRIMARY",
            check("own", { type: "CALCULATED", childHealthThreshold: 1 }, [endpoint, operator]),
          ),
          "childHealthThreshold of its health check",
        ),
      ),
      breaks(
        "PRIMARY without the switch",
        ...withMore(
          checkedBy(
            "PRIMARY",
            check("own", { type: "CALCULATED", childHealthThreshold: 1 }, [endpoint]),
          ),
          ["what its health check is calculated from", "childHealthThreshold of its health check"],
        ),
      ),
      breaks(
        "PRIMARY turned round",
        ...withMore(
          checkedBy(
            "PRIMARY",
            check("own", { type: "CALCULATED", childHealthThreshold: 2, invertHealthcheck: true }, [
              endpoint,
              operator,
            ]),
          ),
          "invertHealthcheck of its health check",
        ),
      ),
      breaks(
        "SECONDARY that is not turned round",
        ...withMore(
          checkedBy(
            "SECONDARY",
            check("own", { type: "CALCULATED", childHealthThreshold: 1 }, [operator]),
          ),
          "invertHealthcheck of its health check",
        ),
      ),
      breaks(
        "a check that is turned off",
        record("SECONDARY", {}, [secondaryCheck]),
        'disabled of check "switch"',
        { beside: [check("switch", { ...metric, disabled: true }), secondaryCheck] },
      ),
      breaks(
        "an endpoint that is turned round",
        record("PRIMARY", {}, [primaryCheck]),
        "what its health check is calculated from",
        {
          beside: [
            check("endpoint", { ...https, invertHealthcheck: true }),
            operator,
            primaryCheck,
          ],
        },
      ),
      breaks(
        "mode automatic, and a check that knows nothing of it",
        record("SECONDARY", {}, [secondaryCheck]),
        ["what its health check is calculated from", "childHealthThreshold of its health check"],
        { beside: checks, settings: { automatic: true } },
      ),
    ],
    absent: [
      breaks("PRIMARY without a check", record("PRIMARY"), "healthCheckId", { beside: checks }),
      breaks(
        "a threshold that is left out",
        ...withMore(
          checkedBy("PRIMARY", check("own", { type: "CALCULATED" }, [endpoint, operator])),
          "childHealthThreshold of its health check",
        ),
      ),
    ],
    limit: { none: "all children have to be healthy, and no fewer" },
    unknown: [
      waits("a check of nobody knows which type", record("PRIMARY", {}, [primaryCheck]), "type", {
        beside: [check("primary", { type: unknown })],
      }),
    ],
  },
  {
    rule: detectionTime,
    settings: { intervalSeconds: 10, failures: 3, ttlSeconds: 60, recoverySeconds: 900 },
    good: [
      passes("the file's own", endpoint),
      passes("a record that lives a minute", record("PRIMARY")),
      passes("a check that is noticed sooner", check("a", { ...https, failureThreshold: 2 })),
      passes("a calculated check", check("a", { type: "CALCULATED" })),
      passes(
        "an alias, which has no time of its own",
        record("PRIMARY", {
          ttl: undefined,
          aliases: [{ name: "east" }],
        }),
      ),
      passes(
        "a record that is no half of a pair",
        resource("aws:route53/record:Record", { ttl: 3600 }),
      ),
      passes("a system without the scenario", endpoint, {
        settings: { intervalSeconds: 10, failures: 3, ttlSeconds: 60 },
      }),
    ],
    bad: [
      breaks("probed less often", check("a", { ...https, requestInterval: 30 }), "requestInterval"),
      breaks("more failures", check("a", { ...https, failureThreshold: 4 }), "failureThreshold"),
      breaks("a record that lives five minutes", record("PRIMARY", { ttl: 300 }), "ttl"),
    ],
    absent: [
      breaks("nothing said", check("a", { type: "HTTPS" }), [
        "requestInterval",
        "failureThreshold",
      ]),
      breaks("no time to live", record("SECONDARY", { ttl: undefined }), "ttl"),
    ],
    limit: [
      passes("as long as the recovery", endpoint, {
        settings: { intervalSeconds: 10, failures: 3, ttlSeconds: 60, recoverySeconds: 90 },
      }),
      breaks("a second longer", endpoint, "requestInterval x failureThreshold + ttl", {
        settings: { intervalSeconds: 10, failures: 3, ttlSeconds: 60, recoverySeconds: 89 },
      }),
    ],
    unknown: [
      waits("not known", check("a", { ...https, requestInterval: unknown }), "requestInterval"),
    ],
  },
  {
    rule: switchLatches,
    settings: switchSettings,
    good: [
      passes("the check", switchCheck()),
      passes("the alarm", alarm()),
      passes(
        "another alarm that is silent",
        alarm({ name: "hft/missed-copies/us-west-2", period: 300, actionsEnabled: false }),
      ),
      passes("a check on an endpoint", endpoint),
    ],
    bad: [
      breaks(
        "an alarm of the primary",
        switchCheck({ cloudwatchAlarmRegion: "us-east-1" }),
        "cloudwatchAlarmRegion",
      ),
      breaks(
        "another alarm",
        switchCheck({ cloudwatchAlarmName: "hft/other" }),
        "cloudwatchAlarmName",
      ),
      breaks(
        "healthy when in doubt",
        switchCheck({ insufficientDataHealthStatus: "Healthy" }),
        "insufficientDataHealthStatus",
      ),
      breaks(
        "an alarm that forgets",
        alarm({ treatMissingData: "notBreaching" }),
        "treatMissingData",
      ),
      breaks("two data points", alarm({ evaluationPeriods: 2 }), "evaluationPeriods"),
      breaks("another metric", alarm({ metricName: "Other" }), "metricName"),
      breaks("an alarm that tells nobody", alarm({ actionsEnabled: false }), "actionsEnabled"),
    ],
    absent: [
      breaks(
        "nothing said of doubt",
        switchCheck({ insufficientDataHealthStatus: undefined }),
        "insufficientDataHealthStatus",
      ),
    ],
    limit: { none: "each setting has one value" },
    unknown: [
      waits("not known", switchCheck({ cloudwatchAlarmRegion: unknown }), "cloudwatchAlarmRegion"),
    ],
  },
  {
    rule: switchPair,
    settings: switchSettings,
    good: [
      passes("both halves", stack, {
        beside: [switchCheck({ triggers }), endpoint],
        others: { dr: [provider("us-west-2"), alarm()] },
      }),
    ],
    bad: [
      breaks("an alarm that was changed alone", stack, 'triggers.threshold of check "subject"', {
        beside: [switchCheck({ triggers })],
        others: { dr: [provider("us-west-2"), alarm({ threshold: 2 })] },
      }),
      breaks("a check that does not look again", stack, 'triggers.period of check "subject"', {
        beside: [switchCheck({ triggers: { ...triggers, period: undefined } })],
        others: { dr: [provider("us-west-2"), alarm()] },
      }),
    ],
    absent: [
      breaks("no alarm", stack, "alarm hft/failover-switch/us-west-2", {
        beside: [switchCheck({ triggers })],
        others: { dr: [provider("us-west-2"), alarm({ name: "hft/other/us-west-2" })] },
      }),
      passes("a standby's stack that is not looked at", stack, { beside: [switchCheck({})] }),
    ],
    limit: { none: "settings are the same, or they are not" },
    unknown: [
      waits("not known", stack, "triggers.namespace", {
        beside: [switchCheck({ triggers: { namespace: unknown } })],
        others: { dr: [provider("us-west-2"), alarm()] },
      }),
    ],
  },
  {
    rule: dnsProtected,
    good: [
      passes("a record", record("PRIMARY")),
      passes("a zone", zone({ enableAcceleratedRecovery: true, forceDestroy: false })),
      passes("a check on an endpoint, which a new interval replaces", {
        ...endpoint,
        protect: false,
      }),
    ],
    bad: [
      breaks("a record that may go", { ...record("PRIMARY"), protect: false }, "protect"),
      breaks("a switch's check that may go", { ...operator, protect: false }, "protect"),
      breaks(
        "a record that goes first",
        { ...record("PRIMARY"), deleteBeforeReplace: true },
        "deleteBeforeReplace",
      ),
      breaks(
        "a zone that goes with its records",
        zone({ enableAcceleratedRecovery: true, forceDestroy: true }),
        "forceDestroy",
      ),
      breaks(
        "a zone that nobody can change",
        zone({ enableAcceleratedRecovery: false }),
        "enableAcceleratedRecovery",
      ),
    ],
    absent: [breaks("nothing said of recovery", zone({}), "enableAcceleratedRecovery")],
    limit: { none: "a thing is protected, or it is not" },
    unknown: [waits("not known", zone({ forceDestroy: unknown }), "forceDestroy")],
  },
];

/** The arguments of a case about a record and the checks beside it. */
function withMore(
  [subject, more]: ReturnType<typeof checkedBy>,
  settings: string | readonly string[],
): [Resource, string | readonly string[], { readonly beside: readonly Resource[] }] {
  return [subject, settings, more];
}
