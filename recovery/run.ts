import { exitCodes, RecoveryFailure } from "./failure";
import { type Progress, progressOn } from "./progress";
import { runId } from "./runId";

/**
 * Runs a command, prints its answer, and sets the status that the process ends with.
 *
 * @param words As they are called: `backup database`.
 */
export async function run(
  words: string,
  command: (progress: Progress) => Promise<string>,
): Promise<void> {
  // As they were given: that they are right is found out later, and what is wrong is logged with them too.
  const { TRADING_DR_SYSTEM: system, TRADING_DR_REGION: region } = process.env;
  const progress = progressOn(process.stderr, {
    ...(system === undefined ? {} : { system }),
    ...(region === undefined ? {} : { region }),
    command: words,
    run: runId,
  });
  try {
    process.stdout.write(await command(progress));
  } catch (error) {
    const failure =
      error instanceof RecoveryFailure
        ? error
        : new RecoveryFailure(
            "unforeseen",
            error instanceof Error ? (error.stack ?? error.message) : String(error),
          );
    progress.fail(failure.message, { reason: failure.reason, status: exitCodes[failure.reason] });
    process.exitCode = exitCodes[failure.reason];
  }
}
