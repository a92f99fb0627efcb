import { type CommandEnvironment } from "../../contracts/jobEnvironment";
import { type EventOf } from "../../contracts/events";
import { durationText } from "../text";

/** What a class of data is promised. */
export type Promised = CommandEnvironment<"drill-recovery">["objectives"][number];

/** What a drill measured, in seconds. */
export interface Measured {
  /** From the drill's start until what was restored had been compared. */
  readonly recoverySeconds: number;
  /** Age of the recovery point when the drill began: what would have been lost. */
  readonly lossSeconds: number;
}

/** One objective, beside what was measured. */
export type MeasuredObjective = NonNullable<EventOf<"drill">["objectives"]>[number];

/** Holds what was measured to what is promised of each class. */
export function measuredObjectives(
  promised: readonly Promised[],
  { recoverySeconds, lossSeconds }: Measured,
): MeasuredObjective[] {
  return promised.map(({ dataClass, kind, objectiveSeconds, accepted }) => {
    const measuredSeconds = kind === "rto" ? recoverySeconds : lossSeconds;
    return {
      dataClass,
      kind,
      objectiveSeconds,
      measuredSeconds,
      met: measuredSeconds <= objectiveSeconds,
      ...(accepted === undefined
        ? {}
        : { accepted: accepted === "none" ? accepted : durationText(accepted) }),
    };
  });
}

/** What the drill must not pass over, as sentences. */
export function shortcomings(
  promised: readonly Promised[],
  { recoverySeconds, lossSeconds }: Measured,
  maximumAgeSeconds: number,
): string[] {
  const late = promised.filter(
    ({ kind, objectiveSeconds, accepted }) =>
      kind === "rto" &&
      recoverySeconds > objectiveSeconds &&
      accepted !== "none" &&
      recoverySeconds > (accepted ?? 0),
  );
  return [
    ...late.map(
      ({ dataClass, objectiveSeconds, accepted }) =>
        `recovery took ${durationText(recoverySeconds)}, and ${dataClass} is promised ${durationText(objectiveSeconds)}${typeof accepted === "number" ? `, or ${durationText(accepted)} as somebody accepted` : ""}`,
    ),
    // The loss is bounded by the schedule, and so is what was promised or accepted of it beforehand.
    ...(lossSeconds > maximumAgeSeconds
      ? [
          `the newest recovery point was ${durationText(lossSeconds)} old, and by its schedule it may be ${durationText(maximumAgeSeconds)}: a backup is missing`,
        ]
      : []),
  ];
}
