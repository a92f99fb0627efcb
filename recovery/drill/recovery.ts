import { type Judgement } from "../../contracts/events";
import { RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { verifyPoint, type VerifyRequest } from "../verify";
import {
  type MeasuredObjective,
  measuredObjectives,
  type Promised,
  shortcomings,
} from "./objectives";

/** What is rehearsed, and what it is held to. */
export interface RecoveryDrillRequest extends Omit<VerifyRequest, "choice"> {
  readonly objectives: readonly Promised[];
  /** Age of the newest recovery point, in seconds, above which one is missing. */
  readonly maximumAgeSeconds: number;
}

/** What a drill found out. */
export interface RecoveryDrill {
  readonly judged: Judgement;
  readonly objectives: readonly MeasuredObjective[];
}

/**
 * Rehearses a recovery: restores the newest recovery point into a scratch database, compares all of it,
 * and measures how long that took and how much would have been lost.
 *
 * @param found Called with what was found, as far as it came, before anything is thrown.
 * @throws RecoveryFailure `damaged` when the recovery point is no good, `unmet` when it was restored too late, came back
 * slower than the time before, or is too old.
 */
export async function drillRecovery(
  request: RecoveryDrillRequest,
  found: (drill: { readonly judged: Judgement; readonly objectives?: MeasuredObjective[] }) => void,
  progress: Progress,
): Promise<RecoveryDrill> {
  const { objectives: promised, maximumAgeSeconds } = request;
  const startedAt = Date.now();
  const started = performance.now();
  const judged = await verifyPoint(
    { ...request, choice: "latest" },
    (judgement) => {
      found({ judged: judgement });
    },
    progress,
  );
  const measured = {
    recoverySeconds: (performance.now() - started) / 1000,
    // By the server's clock and ours: never less than nothing.
    lossSeconds: Math.max(0, startedAt - new Date(judged.snapshotAt ?? startedAt).getTime()) / 1000,
  };
  const objectives = measuredObjectives(promised, measured);
  found({ judged, objectives });
  const problems = [...shortcomings(promised, measured, maximumAgeSeconds), ...judged.slower];
  if (problems.length > 0) {
    throw new RecoveryFailure(
      "unmet",
      [`${judged.url} was restored whole, but:`, ...problems].join("\n  "),
    );
  }
  return { judged, objectives };
}
