/** Says how far a command is. Lines of a log for machines, one line that changes for people. */
export interface Progress {
  /** Something happened that is worth a line. */
  say(message: string, facts?: Readonly<Record<string, string | number | boolean>>): void;
  /** How far it is: shown now and then. */
  at(message: string, facts: Readonly<Record<string, string | number>>): void;
}

/** Milliseconds between two lines of how far it is, in a log. */
const logEvery = 15_000;

/** Milliseconds between two on a terminal. */
const showEvery = 200;

/** Says it on the standard error, so that the standard output is the answer alone. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  let last = Date.now();
  const isDue = (every: number) => {
    const due = Date.now() - last >= every;
    last = due ? Date.now() : last;
    return due;
  };
  const told = (facts: Readonly<Record<string, string | number | boolean>>) =>
    Object.entries(facts)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(", ");
  if (stream.isTTY) {
    const clear = "\r\u001b[K";
    return {
      say: (message, facts = {}) => {
        stream.write(`${clear}${[message, told(facts)].filter(Boolean).join(": ")}\n`);
      },
      at: (message, facts) => {
        if (isDue(showEvery)) {
          stream.write(`${clear}${message}: ${told(facts)}`);
        }
      },
    };
  }
  const log = (message: string, facts: object) => {
    stream.write(`${JSON.stringify({ time: new Date().toISOString(), message, ...facts })}\n`);
  };
  return {
    say: (message, facts = {}) => {
      log(message, facts);
    },
    at: (message, facts) => {
      if (isDue(logEvery)) {
        log(message, facts);
      }
    },
  };
}
