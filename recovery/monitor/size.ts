/** A size at a time. */
export interface Measured {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
}

/** What a size is, by those before it. */
export type SizeJudgement =
  /** There are too few to tell. */
  | { readonly kind: "unknown" }
  | {
      readonly kind: "usual" | "unusual";
      /** What it was to be. */
      readonly expected: number;
      /** How far from that it may be. */
      readonly allowed: number;
    };

/** Sizes below which nothing is said: fewer say little about how much they differ. */
export const fewestSizes = 10;

/** Median absolute deviation of a normal distribution, as a multiple of which its sigma is. */
const sigmaPerDeviation = 1.4826;

/** Share of the expected size that a difference is never unusual within, where all others are alike. */
const leastShare = 0.05;

/** Sizes of before that are as far away, from which on a size is not unusual. */
const ordinary = 3;

/**
 * Judges a size by those before it. The rule that is asked for, "beyond 3 sigma of 7 days", is meant for
 * what is normally distributed and stays the same; a mean and a sigma are moved by what they are to find,
 * and by growth. So:
 *
 * - What it was to be is a straight line through those before: the Theil-Sen line, by the median of the
 *   slopes between any two.
 * - Sigma is 1.4826 times the median absolute deviation from that line, which is what it is when sizes are
 *   normally distributed.
 * - Few sizes make a bad estimate of both. With n of them, 3 sigma is widened to 3 + 30 / (n - 6) sigma, by
 *   which about 3 in 1,000 normally distributed sizes are unusual at any n, as with 3 sigma that are known.
 * - Where sizes are all alike sigma is nothing: 5 % of what it was to be are always allowed.
 * - What three of those before were, on the same side, is not unusual: weekends recur.
 */
export function judgeSize(before: readonly Measured[], newest: Measured): SizeJudgement {
  if (before.length < fewestSizes) {
    return { kind: "unknown" };
  }
  const slope = median(slopesOf(before));
  // From the newest on, so that large times do not cost digits.
  const distance = ({ at, value }: Measured) => value - slope * (at - newest.at);
  const expected = Math.max(0, median(before.map(distance)));
  const residuals = before.map((one) => distance(one) - expected);
  const sigma = sigmaPerDeviation * median(residuals.map(Math.abs));
  const least = leastShare * expected;
  const allowed = Math.max(least, (3 + 30 / (before.length - 6)) * sigma);
  const off = newest.value - expected;
  const alike = residuals.filter(
    (residual) =>
      Math.sign(residual) === Math.sign(off) && Math.abs(residual) >= Math.abs(off) - least,
  );
  return {
    kind: Math.abs(off) > allowed && alike.length < ordinary ? "unusual" : "usual",
    expected,
    allowed,
  };
}

/** Between any two that are not of the same moment. */
function slopesOf(sizes: readonly Measured[]): number[] {
  const slopes = sizes.flatMap((one, index) =>
    sizes
      .slice(index + 1)
      .filter(({ at }) => at !== one.at)
      .map(({ at, value }) => (value - one.value) / (at - one.at)),
  );
  return slopes.length === 0 ? [0] : slopes;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
