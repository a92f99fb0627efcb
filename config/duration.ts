/** A length of time as somebody wrote it, with what it comes to. */
export interface Duration {
  /** As written in the file, for messages: `15m`, `90d`, `7y`. */
  readonly text: string;
  /** The same length in seconds. */
  readonly seconds: number;
}

const secondsPerDay = 86_400;
const secondsPerUnit = { s: 1, m: 60, h: 3_600, d: secondsPerDay } as const;

/**
 * Reads a duration: a whole number and one unit of `s`, `m`, `h`, `d` or `y`.
 *
 * A year is a calendar year, so N years are as many days as N calendar years can have: regulators
 * count years, and 7 × 365 days would end a day or two early. `7y` is 2,557 days.
 *
 * @returns undefined when the text is not a duration.
 */
export function parseDuration(text: string): Duration | undefined {
  const match = /^(\d{1,9})([smhdy])$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const count = Number(match[1]);
  const unit = match[2] as keyof typeof secondsPerUnit | "y";
  const seconds =
    unit === "y" ? Math.ceil(count * 365.25) * secondsPerDay : count * secondsPerUnit[unit];
  return { text, seconds };
}

/** Whole days in a duration, rounded up: a service that counts in days must not keep less. */
export function wholeDays(duration: Duration): number {
  return Math.ceil(duration.seconds / secondsPerDay);
}
