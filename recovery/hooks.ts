import { spawn } from "node:child_process";
import { messageOf, RecoveryFailure } from "./failure";
import { clearingUpWhenInterrupted } from "./interruption";
import { type Progress } from "./progress";

/** What is called around a restore: a program and its arguments. */
export interface Hooks {
  /** Stops whoever writes. When it fails, nothing is restored. @default - nothing */
  readonly quiesce?: readonly string[] | undefined;
  /** Lets them go on. Called when the restore failed too. @default - nothing */
  readonly resume?: readonly string[] | undefined;
}

/** Does something while writers are stopped. */
export async function whileQuiet<Result>(
  { quiesce, resume }: Hooks,
  act: () => Promise<Result>,
  progress: Progress,
): Promise<Result> {
  const resumed = () => call("resume", resume, progress);
  // The first failure is what has to be mended first; the second must be seen too.
  const resumedAnyhow = () =>
    resumed().catch((error: unknown) => {
      progress.warn(messageOf(error));
    });
  // Whoever ends us in the middle must not leave them stopped.
  const result = await clearingUpWhenInterrupted(resumedAnyhow, async () => {
    try {
      await call("quiesce", quiesce, progress);
      return await act();
    } catch (error) {
      await resumedAnyhow();
      throw error;
    }
  });
  await resumed();
  return result;
}

async function call(
  name: string,
  command: readonly string[] | undefined,
  progress: Progress,
): Promise<void> {
  const [program, ...options] = command ?? [];
  if (program === undefined) {
    return;
  }
  progress.say(`calling the ${name} hook`, { program });
  await new Promise<void>((resolve, reject) => {
    // Its output goes where our own messages go: the standard output is the answer alone.
    const child = spawn(program, options, { stdio: ["ignore", 2, 2] });
    const fail = (why: string) => {
      reject(new RecoveryFailure("refused", `the ${name} hook, ${program}, ${why}`));
    };
    child.on("error", (error) => {
      fail(`cannot be run: ${messageOf(error)}`);
    });
    child.on("close", (status, signal) => {
      if (status === 0) {
        resolve();
      } else {
        fail(`ended with ${signal ?? `status ${String(status)}`}`);
      }
    });
  });
}
