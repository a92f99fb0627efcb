import { type RunEvent } from "../../contracts/events";
import { exitCodes } from "../failure";
import { type History } from "./history";

/** A message for people. */
export interface Notice {
  readonly severity: "failure" | "recovery" | "warning";
  /** What happened, of what, and where, in one line. */
  readonly title: string;
  /** What a program said. @default - nothing did */
  readonly detail?: string;
  /** What else is known: names and values. */
  readonly facts: readonly (readonly [string, string])[];
  /** What to do about it. @default - nothing */
  readonly remedy?: string;
}

/** What to do about a failure, by its reason: docs/recovery.md says more. */
const remedies: Readonly<Record<string, string>> = {
  unforeseen: "a fault of this program: keep the message and the log.",
  usage: "nothing was touched; mend the variables or options that the message names.",
  refused: "do what the message says: a grant, another name, another server, ending sessions.",
  database: "see whether the database answers, and what it says above; then run it again.",
  storage: "see whether the bucket answers, and the role's permissions for it and for its key.",
  damaged:
    "take another recovery point, from the other region or the archive too, and find out who changed this one.",
  absent: "`trading-dr list` shows which recovery points are there.",
  cluster:
    "see whether the Kubernetes API answers, and what the job's account may do; then run it again.",
  unmet:
    "the recovery point is whole; see which objective the report says was missed, and by how much.",
  overdue: "what the report says of each: run the job that did not run, and see why it did not.",
  interrupted:
    "it took longer than it may, or its node was drained: see how far it was in its log, and run it again.",
};

/** What is to be said of a run, if anything: ordinary success is nothing to wake people for. */
export function noticeOf(
  happened: RunEvent,
  before: History | undefined,
  metricsProblem: string | undefined,
): Notice | undefined {
  const { failure, system, region } = happened;
  const subject = subjectText(happened);
  const facts = [
    ...sinceFacts(happened, before),
    ...signalFacts(before, metricsProblem),
    ["run", `${happened.id} by ${happened.actor}, trading-dr ${happened.version}`] as const,
  ];
  if (failure !== undefined) {
    return {
      severity: "failure",
      title: `${system}: ${subject} failed in ${region} (${failure.reason})`,
      detail: failure.message,
      facts,
      remedy: remedyOf(failure.reason),
    };
  }
  if (before?.failures !== undefined && before.failures > 0) {
    return {
      severity: "recovery",
      title: `${system}: ${subject} succeeds again in ${region}`,
      facts,
    };
  }
  const isNew = metricsProblem !== undefined && before?.unsent.includes("metrics") === false;
  return isNew || before?.unsent.includes("slack") === true
    ? {
        severity: "warning",
        title: `${system}: ${subject} went well in ${region}, but signals could not be sent`,
        facts,
        remedy: 'see docs/signals.md, "When signals fail".',
      }
    : undefined;
}

function remedyOf(reason: string): string {
  const status = (exitCodes as Readonly<Record<string, number>>)[reason];
  const where =
    status === undefined
      ? 'docs/recovery.md, "When it fails"'
      : `docs/recovery.md, "When it fails", status ${String(status)}`;
  return `${remedies[reason] ?? "see the log."} See ${where}.`;
}

function subjectText(happened: RunEvent): string {
  switch (happened.kind) {
    case "backup":
      return `backup of database ${happened.database} (store ${happened.store}, series ${happened.series})`;
    case "verification":
      return happened.judged === undefined
        ? "verification"
        : `verification of ${happened.judged.point}`;
    case "drill":
      return `drill of ${happened.drill === "recovery" ? "a recovery" : "a disaster"}`;
    case "snapshot":
      return `snapshot of the ${happened.of} (store ${happened.store})`;
    case "check":
      return "check of all recovery points";
    case "restoration":
      return happened.tables === undefined
        ? `restore of ${happened.choice} into ${happened.into}`
        : `restore of ${happened.choice} beside tables of ${happened.into}`;
  }
}

/** Since when it fails, or failed. */
function sinceFacts(
  happened: RunEvent,
  before: History | undefined,
): (readonly [string, string])[] {
  if (before === undefined) {
    return [["since", "not known: earlier events could not be read"]];
  }
  const { failures, failingSince, lastSuccess } = before;
  const last = ["last success before", lastSuccess === undefined ? "none" : minute(lastSuccess)];
  const failed = failures + (happened.failure === undefined ? 0 : 1);
  return failed === 0
    ? []
    : [
        [
          happened.failure === undefined ? "had failed since" : "since",
          `${minute(failingSince ?? happened.finishedAt)}, ${failed === 1 ? "one run" : `${String(failed)} runs`}`,
        ],
        last as [string, string],
      ];
}

function signalFacts(
  before: History | undefined,
  metricsProblem: string | undefined,
): (readonly [string, string])[] {
  return [
    ...(metricsProblem === undefined
      ? []
      : ([["metrics could not be pushed", metricsProblem]] as const)),
    ...(before === undefined || before.unsent.length === 0
      ? []
      : ([["could not be sent by the run before", before.unsent.join(", ")]] as const)),
  ];
}

/** `2026-11-29 15:55 UTC` */
function minute(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}
