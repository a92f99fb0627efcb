/** The most that can be lost, or that something can take, in seconds. */
export interface Bound {
  /** Infinity where nothing bounds it. */
  readonly seconds: number;
  /** How it came about, in one line: `15m between backups + 10m deadline = 25m`. */
  readonly arithmetic: string;
}

/** A part of a bound: seconds, and what takes them. Infinite where nothing bounds it; then why. */
export type Term = readonly [seconds: number, what: string];

/** The sum of some terms. Where one of them is infinite, the reasons are all that there is to say. */
export function boundOf(...terms: readonly Term[]): Bound {
  const endless = terms.filter(([seconds]) => seconds === Infinity);
  if (endless.length > 0) {
    return { seconds: Infinity, arithmetic: endless.map(([, why]) => why).join("; ") };
  }
  const counted = terms.filter(([seconds]) => seconds > 0);
  const seconds = counted.reduce((sum, [term]) => sum + term, 0);
  const sum = (counted.length === 0 ? terms.slice(0, 1) : counted)
    .map(([term, what]) => `${durationText(term)} ${what}`)
    .join(" + ");
  return {
    seconds,
    arithmetic: counted.length > 1 ? `${sum} = ${durationText(seconds)}` : sum,
  };
}

/** A term for what nothing bounds. */
export function endless(why: string): Term {
  return [Infinity, why];
}

/** The bound of what is not lost, or not interrupted, at all. */
export function none(why: string): Bound {
  return { seconds: 0, arithmetic: `0s: ${why}` };
}

const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
] as const;

/** A length of time for people: `1h 30m`, `0s`. Parts of a second are rounded up. */
export function durationText(seconds: number): string {
  let rest = Math.ceil(seconds);
  const parts = units.flatMap(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count === 0 ? [] : [`${String(count)}${unit}`];
  });
  return parts.length === 0 ? "0s" : parts.join(" ");
}
