import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { variableName } from "../contracts/jobEnvironment";
import { messageOf, RecoveryFailure } from "./failure";
import { clearingUpWhenInterrupted } from "./interruption";
import { type Progress } from "./progress";

/** What is called around a restore: a program and its arguments. */
export interface Hooks {
  /** Stops whoever writes. When it fails, nothing is restored. @default - nothing */
  readonly quiesce?: readonly string[] | undefined;
  /** Lets them go on. Called when the restore failed too. @default - nothing */
  readonly resume?: readonly string[] | undefined;
  /** Seconds that each may take: then it is ended, and has failed. @default 300 */
  readonly hookSeconds?: number | undefined;
}

const secondsByDefault = 300;

/** Milliseconds from asking a hook to end until it is killed. */
const grace = 10_000;

/** Milliseconds between two looks whether it has ended. */
const pause = 100;

/** Does something while writers are stopped. */
export async function whileQuiet<Result>(
  { quiesce, resume, hookSeconds = secondsByDefault }: Hooks,
  act: () => Promise<Result>,
  progress: Progress,
): Promise<Result> {
  let isCalled = false;
  const resumed = async () => {
    // Once: a signal may come while it runs, or while the restore is failing.
    if (!isCalled) {
      isCalled = true;
      await call("resume", resume, hookSeconds, progress);
    }
  };
  // The first failure is what has to be mended first; the second must be seen too.
  const resumedAnyhow = () =>
    resumed().catch((error: unknown) => {
      progress.warn(messageOf(error));
    });
  // Whoever ends us in the middle must not leave them stopped.
  return clearingUpWhenInterrupted(resumedAnyhow, async () => {
    let result: Result;
    try {
      await call("quiesce", quiesce, hookSeconds, progress);
      result = await act();
    } catch (error) {
      await resumedAnyhow();
      throw error;
    }
    await resumed();
    return result;
  });
}

/** What is left to be done by hand when a hook has failed. */
const remedies = {
  quiesce: "nothing was restored",
  resume: "see whether writers go on, and let them do so by hand if not",
} as const;

async function call(
  name: keyof typeof remedies,
  command: readonly string[] | undefined,
  seconds: number,
  progress: Progress,
): Promise<void> {
  const [program, ...options] = command ?? [];
  if (program === undefined) {
    return;
  }
  const failure = (why: string) =>
    new RecoveryFailure("refused", `the ${name} hook, ${program}, ${why}; ${remedies[name]}`);
  progress.say(`calling the ${name} hook`, { program, seconds });
  // With what it starts it is a process group, which can be ended as a whole. Its output goes where our
  // own messages go: the standard output is the answer alone.
  const child = spawn(program, options, { detached: true, stdio: ["ignore", 2, 2] });
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", (error) => {
      reject(failure(`cannot be run: ${messageOf(error)}`));
    });
    child.on("close", (status, signal) => {
      if (status === 0) {
        resolve();
      } else {
        reject(failure(`ended with ${signal ?? `status ${String(status)}`}`));
      }
    });
  });
  const timer = new AbortController();
  const late = sleep(seconds * 1000, "late" as const, { signal: timer.signal });
  await clearingUpWhenInterrupted(
    async (signal) => {
      ended.catch((error: unknown) => {
        progress.warn(messageOf(error));
      });
      // A terminal reaches our own process group alone.
      await endGroup(child, signal);
    },
    async () => {
      try {
        if ((await Promise.race([ended, late])) === "late") {
          await endGroup(child, "SIGTERM");
          throw failure(
            `was ended, since it had not ended within ${String(seconds)} s: see what it waits for, or give it longer by ${variableName("hookSeconds")}`,
          );
        }
      } finally {
        timer.abort();
      }
    },
  );
}

/** Ends a process and all that it has started: whoever is left after the grace is killed. */
async function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (pid === undefined) {
    return;
  }
  let isThere = signalled(pid, signal);
  const end = Date.now() + grace;
  while (isThere && Date.now() < end) {
    await sleep(pause);
    isThere = signalled(pid, 0);
  }
  if (isThere) {
    signalled(pid, "SIGKILL");
    await sleep(pause);
  }
}

/**
 * Sends a signal to a process group; 0 only looks.
 *
 * @returns False where nobody is left in it.
 */
function signalled(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    // Those of another user are there, and cannot be reached.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
