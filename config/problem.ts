/** One thing that is wrong with a configuration file, in words that say how to mend it. */
export interface Problem {
  /** The file, as the reader knows it: `systems/hft.yaml`. */
  readonly file: string;
  /** Line of the setting, counted from 1; absent when the file itself is the problem. */
  readonly line?: number;
  /** The setting's path: `stores.cache.sentinels`. Empty for the file as a whole. */
  readonly path: string;
  /** The value found, as a short text; absent when the setting is missing. */
  readonly found?: string;
  /** What is allowed and how to mend it. */
  readonly message: string;
}

/**
 * Every problem of one or more configuration files, thrown together before anything is declared.
 * Its message is all that a person needs; the stack trace says nothing more.
 */
export class ConfigurationError extends Error {
  public readonly problems: readonly Problem[];

  public constructor(problems: readonly Problem[]) {
    super(describeProblems(problems));
    this.name = "ConfigurationError";
    this.problems = problems;
  }
}

/** Shows a value in a message: quoted text, plain numbers, and structures cut short. */
export function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function describeProblems(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${String(problems.length)} problems`;
  const lines = problems.map((problem) => {
    const place =
      problem.line === undefined ? problem.file : `${problem.file}:${String(problem.line)}`;
    const found = problem.found === undefined ? "" : `, found ${problem.found}`;
    const setting = problem.path === "" ? "" : ` ${problem.path}${found}`;
    return `  ${place}:${setting}\n      ${problem.message}`;
  });
  return `${count} in the configuration; nothing was declared.\n${lines.join("\n")}`;
}
