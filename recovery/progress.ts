/** What goes with a message: names and values. */
type Facts = Readonly<Record<string, string | number | boolean>>;

/** Says how far a command is. Lines of a log for machines, one line that changes for people. */
export interface Progress {
  /** Something happened that is worth a line. */
  say(message: string, facts?: Facts): void;
  /** Something is not as it should be, and the command goes on. */
  warn(message: string, facts?: Facts): void;
  /** The command ends with this. */
  fail(message: string, facts?: Facts): void;
  /** How far it is: shown now and then. */
  at(message: string, facts: Readonly<Record<string, string | number>>): void;
}

/** How much a line matters: `error` is what the command failed of. */
type Level = "info" | "warning" | "error";

/** Milliseconds between two lines of how far it is, in a log. */
const logEvery = 15_000;

/** Milliseconds between two on a terminal. */
const showEvery = 200;

/**
 * Says it on the standard error, so that the standard output is the answer alone.
 *
 * @param context What every line of a log says: what runs, and of what.
 */
export function progressOn(
  stream: NodeJS.WriteStream,
  context: Readonly<Record<string, string>>,
): Progress {
  let last = Date.now();
  const isDue = (every: number) => {
    const due = Date.now() - last >= every;
    last = due ? Date.now() : last;
    return due;
  };
  const told = (facts: Facts) =>
    Object.entries(facts)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(", ");
  if (stream.isTTY) {
    const clear = "\r\u001b[K";
    const show = (message: string, facts: Facts = {}) => {
      stream.write(`${clear}${[message, told(facts)].filter(Boolean).join(": ")}\n`);
    };
    return {
      say: show,
      warn: show,
      fail: (message) => {
        show(`trading-dr: ${message}`);
      },
      at: (message, facts) => {
        if (isDue(showEvery)) {
          stream.write(`${clear}${message}: ${told(facts)}`);
        }
      },
    };
  }
  const log =
    (level: Level) =>
    (message: string, facts: Facts = {}) => {
      const time = new Date().toISOString();
      stream.write(`${JSON.stringify({ time, level, ...context, message, ...facts })}\n`);
    };
  const say = log("info");
  return {
    say,
    warn: log("warning"),
    fail: log("error"),
    at: (message, facts) => {
      if (isDue(logEvery)) {
        say(message, facts);
      }
    },
  };
}
