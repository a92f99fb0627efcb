import { type Judgement, type RunEvent, type Signal } from "../../contracts/events";
import { type MeasuredKind, type Measures, runLabels, signalNames } from "../../contracts/metrics";

/** What is known of a run beside its event. */
export interface Circumstances {
  /** Whether the event is in the bucket. */
  readonly isWritten: boolean;
  /** Signals of the run before that could not be sent; absent where that is not known. */
  readonly unsentBefore: readonly Signal[] | undefined;
}

/** What a run's event says in numbers. A run that failed says nothing of what the last good one said. */
export function measuresOf(
  happened: RunEvent,
  { isWritten, unsentBefore }: Circumstances,
): Measures {
  return {
    ...measuresOfAnyRun(
      secondsOf(happened.startedAt),
      secondsOf(happened.finishedAt),
      happened.failure === undefined,
    ),
    eventLost: isWritten ? 0 : 1,
    ...(unsentBefore === undefined
      ? {}
      : {
          signalUnsent: Object.fromEntries(
            signalNames.map((signal) => [signal, unsentBefore.includes(signal) ? 1 : 0]),
          ),
        }),
    ...measuresOfKind(happened),
  };
}

/** What every run says. Times are in seconds since 1970. */
export function measuresOfAnyRun(
  startedAt: number,
  finishedAt: number,
  succeeded: boolean,
): Measures {
  return {
    lastRun: finishedAt,
    lastRunSucceeded: succeeded ? 1 : 0,
    lastRunSeconds: finishedAt - startedAt,
    ...(succeeded ? { lastSuccess: finishedAt } : {}),
  };
}

function measuresOfKind(happened: RunEvent): Measures {
  switch (happened.kind) {
    case "backup": {
      const { taken } = happened;
      return taken === undefined
        ? {}
        : {
            pointTime: secondsOf(taken.snapshotAt),
            pointBytes: taken.bytes,
            pointRows: taken.rows,
            pointTables: taken.tables,
          };
    }
    case "verification":
      return measuresOfJudgement(happened.judged);
    case "drill": {
      const { objectives } = happened;
      const measured = (kind: "rto" | "rpo") =>
        objectives?.find((one) => one.kind === kind)?.measuredSeconds;
      const [recoveryTime, recoveryPointAge] = [measured("rto"), measured("rpo")];
      return {
        ...measuresOfJudgement(happened.judged),
        ...(recoveryTime === undefined ? {} : { recoveryTime }),
        ...(recoveryPointAge === undefined ? {} : { recoveryPointAge }),
        ...(objectives === undefined
          ? {}
          : { unmetObjectives: objectives.filter(({ met }) => !met).length }),
      };
    }
    case "check": {
      const { checked } = happened;
      return checked === undefined
        ? {}
        : { findings: checked.findings.length, unseen: checked.unseen.length };
    }
    case "snapshot": {
      const { taken } = happened;
      return taken === undefined
        ? {}
        : { pointTime: secondsOf(timeOfPoint(taken.point)), pointBytes: taken.bytes };
    }
    case "restoration": {
      const { of, restored, tables, startedAt, finishedAt } = happened;
      // Some tables beside the live ones are no recovery, and one that failed has no end.
      const isRecovery = of === "database" && tables === undefined;
      if (restored === undefined || !isRecovery || happened.failure !== undefined) {
        return {};
      }
      return {
        pointTime: secondsOf(timeOfPoint(restored.point)),
        recoveryTime: secondsOf(finishedAt) - secondsOf(startedAt),
        recoveryPointAge: secondsOf(startedAt) - secondsOf(timeOfPoint(restored.point)),
      };
    }
  }
}

/** What was found in a recovery point; of one that is no good, only that. */
function measuresOfJudgement(judged: Judgement | undefined): Measures {
  if (judged === undefined) {
    return {};
  }
  const problems = judged.problems.length;
  return problems > 0
    ? { problems }
    : {
        problems,
        pointTime: secondsOf(judged.snapshotAt ?? timeOfPoint(judged.point)),
        pointRows: judged.rows,
        pointTables: judged.tables,
        restoreSeconds: judged.restoreSeconds,
        baselineSeconds: judged.baselineSeconds,
        slowerQueries: judged.slower.length,
      };
}

/** The group of the Pushgateway that a run's values are in: labels and their values, in their order. */
export function groupOf(
  run: Readonly<Record<string, unknown>> & { readonly kind: MeasuredKind },
): readonly (readonly [string, string])[] {
  const labels: readonly string[] = runLabels[run.kind];
  return labels.map((label) => [label, String(run[label])]);
}

function secondsOf(time: string): number {
  return new Date(time).getTime() / 1000;
}

/** When a backup began, by the id of its recovery point: `20261129T155543Z-0badcafe`. */
function timeOfPoint(id: string): string {
  return id.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)-.*$/, "$1-$2-$3:$4:$5");
}
