import { type Finding } from "../rule";
import { type Resource, type Stack } from "../stack";
import { numberAt, textAt } from "../values";

/** Type of an alarm. */
export const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";

/** An alarm that has to be there, and how it has to judge its metric. */
export interface DemandedAlarm {
  readonly namespace: string;
  readonly metricName: string;
  /** What the metric is of. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Raised when the metric is above this, or sooner; or when it is below this, or sooner. */
  readonly limit: { readonly above: number } | { readonly below: number };
  /** True where a metric that is not there is a failure. */
  readonly silenceIsFailure: boolean;
  /** Seconds until it is raised, at the most. @default - as long as it takes */
  readonly longestSeconds?: number;
}

/** What is wrong with the alarms of a stack on one metric: nothing when one of them is as demanded. */
export function alarmFindings(stack: Stack, demanded: DemandedAlarm): readonly Finding[] {
  const alarms = stack.ofType(alarmType).filter((alarm) => isOn(alarm, demanded));
  const findings = alarms.map((alarm) => [...weaknesses(alarm, demanded)]);
  const dimensions = Object.values(demanded.dimensions).join(", ");
  return (
    findings.find((found) => found.length === 0) ??
    findings[0] ?? [
      {
        setting: `an alarm on ${demanded.metricName}${dimensions === "" ? "" : ` of ${dimensions}`}`,
        required: "declared",
        mend: "declare it where the metric is: docs/architecture.md, who is told",
      },
    ]
  );
}

function isOn({ inputs }: Resource, { namespace, metricName, dimensions }: DemandedAlarm): boolean {
  return (
    textAt(inputs, "namespace") === namespace &&
    textAt(inputs, "metricName") === metricName &&
    Object.entries(dimensions).every(([key, value]) => textAt(inputs, "dimensions", key) === value)
  );
}

function* weaknesses(
  { name, inputs }: Resource,
  { limit, silenceIsFailure, longestSeconds }: DemandedAlarm,
): Iterable<Finding> {
  const of = (setting: string) => `${setting} of alarm "${name}"`;
  const comparison = textAt(inputs, "comparisonOperator");
  const threshold = numberAt(inputs, "threshold");
  const direction = "above" in limit ? "GreaterThan" : "LessThan";
  if (comparison?.startsWith(direction) !== true) {
    yield {
      setting: of("comparisonOperator"),
      ...(comparison === undefined ? {} : { found: comparison }),
      required: `${direction}Threshold`,
      mend: "turn it round",
    };
  } else if (threshold === undefined || !isSoon(threshold, limit)) {
    yield {
      setting: of("threshold"),
      ...(threshold === undefined ? {} : { found: threshold }),
      required:
        "above" in limit ? `${String(limit.above)} at the most` : `${String(limit.below)} at least`,
      mend: "set it from the system's file",
    };
  }
  const missing = textAt(inputs, "treatMissingData");
  if (silenceIsFailure && missing !== "breaching") {
    yield {
      setting: of("treatMissingData"),
      ...(missing === undefined ? {} : { found: missing }),
      required: "breaching: the metric vanishes with what it measures",
      mend: "set it",
    };
  }
  const seconds = (numberAt(inputs, "period") ?? 0) * (numberAt(inputs, "evaluationPeriods") ?? 1);
  if (longestSeconds !== undefined && seconds > longestSeconds) {
    yield {
      setting: of("period x evaluationPeriods"),
      found: seconds,
      required: `${String(longestSeconds)} seconds at the most`,
      mend: "let fewer or shorter periods raise it",
    };
  }
}

function isSoon(threshold: number, limit: DemandedAlarm["limit"]): boolean {
  return "above" in limit ? threshold <= limit.above : threshold >= limit.below;
}
