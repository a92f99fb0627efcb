import { z } from "zod";
import { rule } from "../rule";
import { type Resource, type Stack, stackType } from "../stack";
import { isTrueAt, listAt, numberAt, textAt, valueAt } from "../values";

const recordType = "aws:route53/record:Record";
const checkType = "aws:route53/healthCheck:HealthCheck";

/** The records of a stack that Route 53 chooses between. */
function failoverRecords(stack: Stack): readonly Resource[] {
  return stack
    .ofType(recordType)
    .filter(({ inputs }) => listAt(inputs, "failoverRoutingPolicies").length > 0);
}

function roleOf({ inputs }: Resource): string | undefined {
  return textAt(inputs, "failoverRoutingPolicies", 0, "type");
}

/** Where a record leads: its values, or the name of what it is an alias of. */
function targetOf({ inputs }: Resource): string {
  const targets = listAt(inputs, "records").map((_, index) => textAt(inputs, "records", index));
  return [...targets, textAt(inputs, "aliases", 0, "name")].join(" ");
}

/** Half a pair answers with its one address, whatever the health checks say. */
export const failoverPair = rule({
  id: "dns-failover-pair",
  severity: "critical",
  scope: "stack",
  description:
    "The name that users resolve has one PRIMARY and one SECONDARY record in the same zone, which lead to different places.",
  serves: "the region scenario",
  peers: [],
  types: [stackType],
  example: {
    good: 'PRIMARY "us-east-1" → api-us-east-1.example.com; SECONDARY "us-west-2" → api-us-west-2.example.com',
    bad: 'PRIMARY "us-east-1" → api-us-east-1.example.com, and no SECONDARY',
  },
  settings: z.strictObject({
    /** The name that users resolve. */
    recordName: z.string(),
  }),
  settingsFor: ({ name, configuration }) =>
    name === "prod" ? { recordName: configuration.system.failover.recordName } : undefined,
  *check(_, { settings: { recordName }, stack }) {
    const names = new Set([recordName]);
    const records = failoverRecords(stack);
    for (const { inputs } of records) {
      names.add(textAt(inputs, "name") ?? "");
    }
    for (const name of names) {
      const own = records.filter(({ inputs }) => textAt(inputs, "name") === name);
      const counts = ["PRIMARY", "SECONDARY"].map(
        (role) => [role, own.filter((record) => roleOf(record) === role).length] as const,
      );
      for (const [role, found] of counts) {
        if (found !== 1) {
          yield {
            setting: `the number of ${role} records of ${name}`,
            found,
            required: "1",
            mend: "declare the pair by FailoverRecord",
          };
        }
      }
      if (counts.some(([, found]) => found !== 1)) {
        continue;
      }
      const differ = {
        setIdentifier: (record: Resource) => textAt(record.inputs, "setIdentifier"),
      };
      for (const [setting, of] of Object.entries({ ...differ, records: targetOf })) {
        if (new Set(own.map(of)).size < 2) {
          yield {
            setting: `${setting} of the records of ${name}`,
            found: "the same in both",
            required: "another one in each",
            mend: "let PRIMARY lead to the primary region's endpoint, and SECONDARY to the standby's",
          };
        }
      }
      for (const setting of ["type", "zoneId"]) {
        if (new Set(own.map(({ inputs }) => textAt(inputs, setting))).size > 1) {
          yield {
            setting: `${setting} of the records of ${name}`,
            found: "another one in each",
            required: "the same in both, or Route 53 sees no pair",
            mend: "declare the pair by FailoverRecord",
          };
        }
      }
    }
  },
});

/** A record without a check counts as healthy for ever, and an inverted one as the opposite. */
export const failoverChecks = rule({
  id: "dns-failover-checks",
  severity: "critical",
  scope: "stack",
  description:
    "PRIMARY is healthy while the endpoint's check and the switch's are, SECONDARY once there is no reason left to stay; no check is turned off, and none but SECONDARY's is turned round.",
  serves: "users are where the writer is",
  peers: [],
  types: [recordType],
  example: {
    good: 'type: "CALCULATED", childHealthchecks: [endpoint.id, operator.id], childHealthThreshold: 2',
    bad: 'type: "CALCULATED", childHealthchecks: [endpoint.id, operator.id], childHealthThreshold: 1',
  },
  settings: z.strictObject({
    /** True when the standby's endpoint decides beside the switch. */
    automatic: z.boolean(),
  }),
  settingsFor: ({ name, configuration }) =>
    name === "prod" ? { automatic: configuration.system.failover.mode === "automatic" } : undefined,
  *check(record, { settings: { automatic }, stack }) {
    const role = roleOf(record);
    if (role === undefined) {
      return;
    }
    const [check] = checksThat(record, stack);
    if (check === undefined || valueAt(check.inputs, "type") !== "CALCULATED") {
      yield {
        setting: "healthCheckId",
        ...(check === undefined ? {} : { found: textAt(check.inputs, "type") ?? "" }),
        required: "a calculated check that this stack declares",
        mend: "declare the pair by FailoverRecord",
      };
      return;
    }
    const isPrimary = role === "PRIMARY";
    const children = checksThat(check, stack);
    const kinds = children.map(({ inputs }) => kindOf(inputs)).sort();
    const required = isPrimary
      ? ["endpoint", "switch"]
      : automatic
        ? ["endpoint, inverted", "switch"]
        : ["switch"];
    if (kinds.join() !== required.join()) {
      yield {
        setting: "what its health check is calculated from",
        found: kinds.join(" and ") || "nothing",
        required: required.join(" and "),
        mend: "declare the pair by FailoverRecord, and set failover.mode in the system's file",
      };
    }
    const all = listAt(check.inputs, "childHealthchecks").length;
    const threshold = numberAt(check.inputs, "childHealthThreshold");
    if (threshold !== all || all !== required.length) {
      yield {
        setting: "childHealthThreshold of its health check",
        ...(threshold === undefined ? {} : { found: threshold }),
        required: `${String(required.length)}, with as many checks`,
        mend: "let the check ask for all of its children",
      };
    }
    if (isTrueAt(check.inputs, "invertHealthcheck") === isPrimary) {
      yield {
        setting: "invertHealthcheck of its health check",
        found: isPrimary,
        required: String(!isPrimary),
        mend: "see the table in docs/dns.md",
      };
    }
    for (const { inputs, name } of [check, ...children]) {
      if (isTrueAt(inputs, "disabled")) {
        yield {
          setting: `disabled of check "${name}"`,
          found: true,
          required: "false: a check that is turned off counts as healthy",
          mend: "remove it",
        };
      }
    }
  },
});

/** The checks of a stack that something waits for, because it names their ids. */
function checksThat({ dependencies }: Resource, stack: Stack): readonly Resource[] {
  return stack.ofType(checkType).filter(({ urn }) => dependencies.includes(urn));
}

/** What a check looks at, in the words of docs/dns.md. */
function kindOf(inputs: unknown): string {
  const type = textAt(inputs, "type") ?? "";
  const kind =
    type === "CLOUDWATCH_METRIC" ? "switch" : type.startsWith("HTTP") ? "endpoint" : type;
  return isTrueAt(inputs, "invertHealthcheck") ? `${kind}, inverted` : kind;
}
