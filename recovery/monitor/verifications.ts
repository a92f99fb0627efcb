import { type Finding, type VerificationName } from "../../contracts/events";
import { durationText } from "../text";

/** Verifications that one region recorded. */
export interface Verifications {
  /** Where: `s3://bucket/prefix/`. */
  readonly url: string;
  readonly recorded: readonly VerificationName[];
  readonly maximumAgeSeconds: number;
  /** Since when checks have found none that passed, by the last one. */
  readonly emptySince?: string | undefined;
}

/** The verification that passed last. */
export function newestPassed(recorded: readonly VerificationName[]): VerificationName | undefined {
  return recorded
    .filter(({ passed }) => passed)
    .reduce<VerificationName | undefined>(
      (newest, one) => (newest === undefined || one.finishedAt > newest.finishedAt ? one : newest),
      undefined,
    );
}

/** Verifications that were the last of their recovery point, and failed. */
export function lastFailed(recorded: readonly VerificationName[]): VerificationName[] {
  const last = new Map<string, VerificationName>();
  for (const one of recorded) {
    const known = last.get(one.point);
    if (known === undefined || one.finishedAt > known.finishedAt) {
      last.set(one.point, one);
    }
  }
  return [...last.values()].filter(({ passed }) => !passed);
}

/** Whether a region has proven lately that a recovery point can be restored. */
export function judgeVerifications(
  { url, recorded, maximumAgeSeconds, emptySince }: Verifications,
  now: Date,
): { readonly finding?: Finding; readonly note?: string } {
  const newest = newestPassed(recorded);
  const since = newest?.finishedAt ?? emptySince ?? now.toISOString();
  const age = Math.round((now.getTime() - new Date(since).getTime()) / 1_000);
  const told =
    newest === undefined
      ? `none has passed since the first check looked, at ${since}`
      : `the last that passed, of ${newest.point}, ended ${durationText(age)} ago, at ${since}`;
  if (age > maximumAgeSeconds) {
    return {
      finding: {
        kind: "unverified",
        where: url,
        since,
        message: `No recovery point was verified in ${durationText(maximumAgeSeconds)} by what is recorded in ${url}: ${told}. Read the last events there and the log of the job, and run \`trading-dr verify\` by hand: until it passes, nobody knows that a restore would.`,
      },
    };
  }
  return newest === undefined ? { note: `No verification has passed yet in ${url}.` } : {};
}
