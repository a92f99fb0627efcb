import { z } from "zod";
import { isAccess } from "../../config/configuration";
import { failoverSwitch, switchAlarm } from "../../contracts/failoverSwitch";
import { type Environment, outsideSandbox } from "../environment";
import { stackIn } from "../placement/otherStack";
import { rule } from "../rule";
import { type Resource, stackType } from "../stack";
import { isTrueAt, textAt, valueAt } from "../values";

const checkType = "aws:route53/healthCheck:HealthCheck";
const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";

const switchSettings = z.strictObject({
  /** The standby region, where the switch is. */
  region: z.string(),
  /** Name of the switch's alarm. */
  alarmName: z.string(),
  /** Namespace of the metric that an operator writes. */
  namespace: z.string(),
  /** The metric. */
  metricName: z.string(),
});

/** The switch of a system, the same in every environment. */
function switchOf({ configuration }: Environment): z.output<typeof switchSettings> {
  const { system, settings } = configuration;
  return failoverSwitch({
    system: system.id,
    region: system.regions.standby,
    account: settings.accounts.trading,
  });
}

/** A switch that forgets where it was sends users back to a region that lost the writer. */
export const switchLatches = rule({
  id: "dns-switch-latches",
  severity: "critical",
  scope: "resource",
  description:
    "The switch is in the standby region, and stays where it was when nobody writes its metric or that region is gone.",
  serves: "users are where the writer is",
  peers: [],
  types: [checkType, alarmType],
  example: {
    good: 'cloudwatchAlarmRegion: "us-west-2", insufficientDataHealthStatus: "LastKnownStatus"',
    bad: 'cloudwatchAlarmRegion: "us-east-1", insufficientDataHealthStatus: "Healthy"',
  },
  settings: switchSettings,
  settingsFor: switchOf,
  *check({ type, inputs }, { settings: { region, alarmName, namespace, metricName } }) {
    const required: Readonly<Record<string, string | number>> =
      type === checkType
        ? {
            cloudwatchAlarmName: alarmName,
            cloudwatchAlarmRegion: region,
            insufficientDataHealthStatus: "LastKnownStatus",
          }
        : { namespace, metricName, ...switchAlarm };
    const isSwitch =
      type === checkType
        ? textAt(inputs, "type") === "CLOUDWATCH_METRIC"
        : textAt(inputs, "name") === alarmName;
    if (!isSwitch) {
      return;
    }
    for (const [setting, value] of Object.entries(required)) {
      const found = valueAt(inputs, setting);
      if (found !== value) {
        yield {
          setting,
          ...(typeof found === "string" || typeof found === "number" ? { found } : {}),
          required: String(value),
          mend: "declare both halves by FailoverRecord and FailoverSwitch",
        };
      }
    }
    if (type === alarmType && valueAt(inputs, "actionsEnabled") === false) {
      yield {
        setting: "actionsEnabled",
        found: false,
        required: "true, or nobody hears that users are sent elsewhere",
        mend: "remove it",
      };
    }
  },
});

/** A check on an alarm that is not there, or was another one, is healthy for ever. */
export const switchPair = rule({
  id: "dns-switch-pair",
  severity: "critical",
  scope: "system",
  description:
    "The switch's check in the primary region's stack reads the alarm that the standby region's stack declares, with the settings that it has there.",
  serves: "the switch works while the primary region is gone",
  peers: [],
  types: [stackType],
  example: {
    good: "triggers: { threshold: String(switchAlarm.threshold), … } // threshold: 1 in dr",
    bad: "triggers: {} // Route 53 keeps the settings that the alarm had when the check was made",
  },
  settings: switchSettings,
  settingsFor: (environment) =>
    environment.name === "prod" && !isAccess(environment.configuration)
      ? switchOf(environment)
      : undefined,
  *check(_, { settings: { region, alarmName }, stack, others }) {
    const standby = stackIn(region, others);
    if (standby === undefined) {
      return;
    }
    const alarm = standby
      .ofType(alarmType)
      .find(({ inputs }) => textAt(inputs, "name") === alarmName);
    if (alarm === undefined) {
      yield {
        setting: `alarm ${alarmName}`,
        required: `declared in ${region}`,
        mend: "declare FailoverSwitch in the standby region's stack, in its landing phase too",
      };
      return;
    }
    for (const check of switchChecks(stack.ofType(checkType))) {
      for (const setting of ["namespace", "metricName", ...Object.keys(switchAlarm)]) {
        const seen = textAt(check.inputs, "triggers", setting);
        const declared = String(valueAt(alarm.inputs, setting));
        if (seen !== declared) {
          yield {
            setting: `triggers.${setting} of check "${check.name}"`,
            ...(seen === undefined ? {} : { found: seen }),
            required: declared,
            mend: "let the check name every setting of the alarm, so that Route 53 reads them again when one changes",
          };
        }
      }
    }
  },
});

function switchChecks(checks: readonly Resource[]): readonly Resource[] {
  return checks.filter(({ inputs }) => textAt(inputs, "type") === "CLOUDWATCH_METRIC");
}

/** Records and checks that are deleted leave users with nothing to resolve. */
export const dnsProtected = rule({
  id: "dns-protected",
  severity: "high",
  scope: "resource",
  description:
    "The zone, the failover records and the checks behind them cannot be deleted by an update, and the zone can be changed again while us-east-1 is gone.",
  serves: "the region scenario",
  peers: [],
  types: [
    "aws:route53/record:Record",
    "aws:route53/zone:Zone",
    "aws:route53/healthCheck:HealthCheck",
  ],
  example: { good: "protect: true", bad: "protect: false, forceDestroy: true" },
  settingsFor: outsideSandbox,
  *check({ type, inputs, protect, deleteBeforeReplace }) {
    // A check on an endpoint is replaced when its interval changes, which protection would refuse.
    const isReplaced = textAt(inputs, "type")?.startsWith("HTTP") === true;
    if (!protect && !isReplaced) {
      yield {
        setting: "protect",
        found: false,
        required: "true",
        mend: "give it the options of keepData",
      };
    }
    if (deleteBeforeReplace) {
      yield {
        setting: "deleteBeforeReplace",
        found: true,
        required: "false, or users resolve nothing meanwhile",
        mend: "remove it",
      };
    }
    if (type !== "aws:route53/zone:Zone") {
      return;
    }
    if (isTrueAt(inputs, "forceDestroy")) {
      yield { setting: "forceDestroy", found: true, required: "false", mend: "remove it" };
    }
    if (!isTrueAt(inputs, "enableAcceleratedRecovery")) {
      yield {
        setting: "enableAcceleratedRecovery",
        required: "true, or no record can be changed until us-east-1 is back",
        mend: "set it",
      };
    }
  },
});
