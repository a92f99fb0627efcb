import { z } from "zod";

/** What happened to recovery points, as objects that are never changed. */

const seconds = z.number().nonnegative();

/** A recovery point was restored and compared. */
export const verification = z.strictObject({
  format: z.literal(1),
  kind: z.literal("verification"),
  system: z.string(),
  /** Region in which it was verified. */
  region: z.string(),
  /** Id of the recovery point. */
  point: z.string(),
  /** Where the recovery point is: `s3://bucket/prefix/`. */
  url: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  passed: z.boolean(),
  /** What was not as it has to be, as sentences. Empty when it passed. */
  problems: z.array(z.string()),
  tables: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  /** How long restoring took, without comparing. */
  restoreSeconds: seconds,
  /** How long each baseline query took, by its name: the quickest of several times. */
  baselineSeconds: z.record(z.string(), seconds),
  /** The baseline queries that took much longer than in the verification before, as sentences. */
  slower: z.array(z.string()),
});

export type Verification = z.output<typeof verification>;

/** What the name of a verification's event says, so that they can be listed without being read. */
export interface VerificationName {
  readonly point: string;
  /** In UTC, with milliseconds: `2026-11-29T15:55:43.120Z`. */
  readonly finishedAt: string;
  readonly passed: boolean;
}

/** Name of a verification's event, under the prefix of such events. */
export function verificationName({ point, finishedAt, passed }: VerificationName): string {
  return `${point}/${finishedAt.replaceAll(/[-:.]/g, "")}-${passed ? "passed" : "failed"}.json`;
}

/** What a name of {@link verificationName} says; undefined for any other name. */
export function parseVerificationName(name: string): VerificationName | undefined {
  const [, point, year, month, day, hour, minute, second, fraction, result] =
    /^(\d{8}T\d{6}Z-[0-9a-f]{8})\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-(passed|failed)\.json$/.exec(
      name,
    ) ?? [];
  return point === undefined
    ? undefined
    : {
        point,
        finishedAt: `${[year, month, day].join("-")}T${[hour, minute, second].join(":")}.${String(fraction)}Z`,
        passed: result === "passed",
      };
}
