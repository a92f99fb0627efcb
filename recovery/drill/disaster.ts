import { type EventOf } from "../../contracts/events";
import { type CommandEnvironment } from "../../contracts/jobEnvironment";
import { messageOf, RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { type Check, checksOf, failedChecks } from "./checks";
import { controlPlane } from "./controlPlane";
import { databaseQuestion } from "./database";
import { endpointQuestion } from "./endpoint";
import { imageQuestions } from "./images";
import { pointQuestions } from "./points";
import { drillRecovery, type RecoveryDrillRequest } from "./recovery";

/** What is rehearsed, and what has to be in the region. */
export type DisasterDrillRequest = RecoveryDrillRequest &
  Pick<CommandEnvironment<"drill-disaster">, "regionDatabase" | "images" | "endpoint">;

/**
 * Rehearses the loss of the other region: looks at all that this one would take over with, and restores
 * the newest recovery point from its own bucket.
 *
 * @param found Called with what was found, as far as it came, before anything is thrown.
 * @throws RecoveryFailure As a drill of a recovery does, and `unmet` when a check did not pass.
 */
export async function drillDisaster(
  request: DisasterDrillRequest,
  found: (facts: Pick<EventOf<"drill">, "checks" | "judged" | "objectives">) => void,
  progress: Progress,
): Promise<void> {
  // First: they take seconds, and are recorded even when the restore is ended by its deadline.
  const checks = await lookAround(request, progress);
  found({ checks });
  const problems = failedChecks(checks);
  const restored = await drillRecovery(request, found, progress).catch((error: unknown) => {
    if (error instanceof RecoveryFailure && problems.length > 0) {
      throw new RecoveryFailure(
        error.reason,
        [messageOf(error), "And not ready to take over:", ...problems].join("\n  "),
        { cause: error },
      );
    }
    throw error;
  });
  if (problems.length > 0) {
    throw new RecoveryFailure(
      "unmet",
      [
        `${restored.judged.url} was restored whole, but ${request.region} is not ready to take over:`,
        ...problems,
      ].join("\n  "),
    );
  }
}

async function lookAround(request: DisasterDrillRequest, progress: Progress): Promise<Check[]> {
  const { region, regionDatabase, images, endpoint, points } = request;
  const plane = controlPlane(region);
  if (endpoint === "none") {
    progress.say("whether the region answers users is not checked: its stack names no endpoints");
  }
  const checks = await checksOf([
    databaseQuestion(regionDatabase, plane),
    ...imageQuestions(images, plane),
    ...pointQuestions(points),
    ...(endpoint === "none" ? [] : [endpointQuestion(endpoint)]),
  ]);
  for (const { name, passed, found } of checks) {
    progress.say(passed ? "check passed" : "check FAILED", { name, found });
  }
  return checks;
}
