import { spawn } from "node:child_process";
import { exitCodes, messageOf, RecoveryFailure } from "./failure";
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
  // Whoever ends us in the middle must not leave them stopped.
  const onSignal = () => {
    void call("resume", resume, progress).finally(() => {
      process.exit(exitCodes.unforeseen);
    });
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  signals.forEach((signal) => process.once(signal, onSignal));
  let result: Result;
  try {
    await call("quiesce", quiesce, progress);
    result = await act();
  } catch (error) {
    // The first failure is what has to be mended first; the second must be seen too.
    await call("resume", resume, progress).catch((another: unknown) => {
      progress.say(messageOf(another));
    });
    throw error;
  } finally {
    signals.forEach((signal) => process.off(signal, onSignal));
  }
  await call("resume", resume, progress);
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
