import { type RunEvent, type Signal } from "./events";

/**
 * The metrics that runs push: what the `trading-dr` command sends, rules of Prometheus and dashboards
 * are all held to this. All are gauges: a Pushgateway keeps the last value of each, and never adds up.
 */

/** Every metric's name begins with it. */
export const metricPrefix = "trading_dr_";

/** Label `job` of everything that is pushed. */
export const metricsJob = "trading_dr";

/** A run that metrics are of. A load of the catalog leaves no event of how it went. */
export type MeasuredKind = RunEvent["kind"] | "load";

/**
 * Labels that tell runs of a kind apart. The values of a run are one group of the Pushgateway, so no run of
 * one group erases what another pushed. Each has a bound: a restore's target is no label, since operators
 * invent names, and a Pushgateway forgets none.
 */
export const runLabels = {
  backup: ["system", "region", "kind", "store", "series", "database"],
  verification: ["system", "region", "kind"],
  restoration: ["system", "region", "kind"],
  drill: ["system", "region", "kind", "drill"],
  check: ["system", "region", "kind"],
  snapshot: ["system", "region", "kind", "store"],
  load: ["system", "region", "kind"],
} as const satisfies Record<MeasuredKind, readonly string[]>;

/** One metric. */
export interface Metric {
  readonly name: string;
  readonly unit:
    "seconds since 1970" | "seconds" | "bytes" | "rows" | "tables" | "1 or 0" | "count";
  /** What it says, as Prometheus shows it. */
  readonly help: string;
  /** The runs that push it. */
  readonly kinds: readonly MeasuredKind[];
  /** A label beside those of the run: each of its values is a value of the metric. @default - none */
  readonly label?: "query" | "signal";
}

/** Runs that leave an event. */
const recordedKinds = [
  "backup",
  "verification",
  "restoration",
  "drill",
  "check",
  "snapshot",
] as const;

const everyKind = [...recordedKinds, "load"] as const;

/** Runs that are of one recovery point. */
const takingOrRestoring = ["backup", "verification", "restoration", "drill", "snapshot"] as const;

/** Runs that restore a recovery point and compare it. */
const judging = ["verification", "drill"] as const;

function metric(
  suffix: string,
  unit: Metric["unit"],
  help: string,
  kinds: readonly MeasuredKind[],
): Metric {
  return { name: metricPrefix + suffix, unit, help, kinds };
}

/** Every metric, by the name that code uses. */
export const metrics = {
  lastRun: metric(
    "last_run_timestamp_seconds",
    "seconds since 1970",
    "End of the last run, however it ended.",
    everyKind,
  ),
  lastRunSucceeded: metric(
    "last_run_success",
    "1 or 0",
    "1 where the last run did what it was to do.",
    everyKind,
  ),
  lastRunSeconds: metric(
    "last_run_duration_seconds",
    "seconds",
    "How long the last run took, however it ended.",
    everyKind,
  ),
  lastSuccess: metric(
    "last_success_timestamp_seconds",
    "seconds since 1970",
    "End of the last run that did what it was to do; one that fails leaves it alone. Of verifications: the last that passed.",
    everyKind,
  ),
  eventLost: metric(
    "last_run_event_lost",
    "1 or 0",
    "1 where the event of the last run could not be written, so that the catalog and the audit lack it.",
    recordedKinds,
  ),
  signalUnsent: {
    ...metric(
      "previous_run_signal_unsent",
      "1 or 0",
      "1 where this signal of the run before the last could not be sent.",
      recordedKinds,
    ),
    label: "signal",
  },
  pointTime: metric(
    "recovery_point_timestamp_seconds",
    "seconds since 1970",
    "Time of the recovery point that was last taken, restored, or found whole.",
    takingOrRestoring,
  ),
  pointBytes: metric(
    "recovery_point_size_bytes",
    "bytes",
    "Size of the recovery point in the bucket.",
    ["backup", "snapshot"],
  ),
  pointRows: metric("recovery_point_rows", "rows", "Rows in the recovery point.", [
    "backup",
    ...judging,
  ]),
  pointTables: metric("recovery_point_tables", "tables", "Tables in the recovery point.", [
    "backup",
    ...judging,
  ]),
  problems: metric(
    "verification_problems",
    "count",
    "What was not as it has to be in the recovery point that was judged last; 0 where it passed.",
    judging,
  ),
  restoreSeconds: metric(
    "restore_seconds",
    "seconds",
    "How long restoring took, without comparing, of the recovery point that was last found whole.",
    judging,
  ),
  baselineSeconds: {
    ...metric(
      "baseline_query_seconds",
      "seconds",
      "How long a baseline query took in the recovery point that was last found whole.",
      judging,
    ),
    label: "query",
  },
  slowerQueries: metric(
    "baseline_queries_slower",
    "count",
    "Baseline queries that took much longer than the time before.",
    judging,
  ),
  recoveryTime: metric(
    "rto_measured_seconds",
    "seconds",
    "How long the last restore of a whole database took, or the last drill's, from its beginning to its end.",
    ["restoration", "drill"],
  ),
  recoveryPointAge: metric(
    "rpo_measured_seconds",
    "seconds",
    "Age of the recovery point when the last restore of a whole database, or drill, began: what was written in that time is lost.",
    ["restoration", "drill"],
  ),
  unmetObjectives: metric(
    "drill_objectives_unmet",
    "count",
    "Objectives that the last drill did not meet, accepted or not.",
    ["drill"],
  ),
  findings: metric("check_findings", "count", "What the last check found wrong.", ["check"]),
  unseen: metric("check_unseen", "count", "What the last check could not look at.", ["check"]),
} as const satisfies Record<string, Metric>;

export type MetricKey = keyof typeof metrics;

/** Signals, as values of the label `signal`. */
export const signalNames = ["metrics", "slack"] as const satisfies readonly Signal[];

/** What a run measured: a number, or one for each value of the metric's own label. */
export type Measures = {
  readonly [Key in MetricKey]?: (typeof metrics)[Key] extends { readonly label: string }
    ? Readonly<Record<string, number>>
    : number;
};
