import { constants } from "node:os";

/** What ends a run from outside, and can be answered: SIGKILL cannot. */
const signals = ["SIGINT", "SIGTERM"] as const;

type Signal = (typeof signals)[number];

/** What is still to be done when a signal comes, the innermost last. */
const pending: ((signal: Signal) => Promise<void>)[] = [];

/** What a signal has ended. */
const interrupted = new Set<(signal: Signal) => Promise<void>>();

/**
 * Does something, and has the last word when a signal ends the process meanwhile: what was begun last
 * is cleared up first. The process then ends as the signal would have ended it, also as the first
 * process of a container, where the system itself would ignore the signal. What comes of what was done
 * is told to nobody then: it may have failed of the signal, and the process's end is on its way.
 *
 * @param clearUp What a signal leaves to be done. What it throws is left to whoever clears up after it.
 */
export async function clearingUpWhenInterrupted<Result>(
  clearUp: (signal: Signal) => Promise<void>,
  act: () => Promise<Result>,
): Promise<Result> {
  if (pending.length === 0) {
    signals.forEach((signal) => process.on(signal, endBySignal));
  }
  pending.push(clearUp);
  try {
    return await act();
  } finally {
    if (interrupted.has(clearUp)) {
      await new Promise(() => undefined);
    }
    pending.splice(pending.indexOf(clearUp), 1);
    if (pending.length === 0) {
      signals.forEach((signal) => process.off(signal, endBySignal));
    }
  }
}

let isEnding = false;

function endBySignal(signal: Signal): void {
  if (isEnding) {
    return;
  }
  isEnding = true;
  pending.forEach((clearUp) => interrupted.add(clearUp));
  void clearUpAll(signal).finally(() => {
    process.exit(128 + constants.signals[signal]);
  });
}

async function clearUpAll(signal: Signal): Promise<void> {
  for (const clearUp of [...pending].reverse()) {
    await clearUp(signal).catch(() => undefined);
  }
}
