import { z } from "zod";
import { scenarioNames } from "../contracts/scenarios";
import { date, duration, identifier, oneOf, section, text, whole } from "./field";

/** What a system file says of its objectives, beside the objectives themselves. */

/** A rate that a restore was measured at, which bounds use in place of an assumed one. */
const measuredRate = section({
  mebibytesPerSecond: whole(1, 1_000_000, "mebibytes per second"),
  /** When it was measured. */
  date: date(),
}).optional();

export const measuredRates = section({
  databaseRestore: measuredRate,
  cacheRestore: measuredRate,
}).default({});

/**
 * Objectives that are known not to be met, and accepted by somebody who may. Every combination that
 * an entry names has to be unmet, and no worse than `accepted`; else the preview is refused.
 */
export const unmetObjectives = z
  .array(
    section({
      dataClasses: nonEmptyList(identifier(32), "data classes"),
      scenarios: nonEmptyList(oneOf(...scenarioNames), "scenarios"),
      kinds: nonEmptyList(oneOf("rpo", "rto"), "rpo, rto or both"),
      /** The longest bound that is accepted; `none` where nothing bounds the loss or the time. */
      accepted: z.union([z.literal("none"), duration()], {
        error: 'must be the longest bound that is accepted, like "45m", or none; correct it',
      }),
      /** Why it is accepted, or when it will be met. */
      reason: text("must say why the objective may be missed; write a short text"),
      /** The role, not the person, that accepts it. */
      approver: text('must name the role that accepts it; write it like "Chief risk officer"'),
      date: date(),
    }),
    { error: "must be a list of entries; leave it out when every objective is met" },
  )
  .default([]);

/**
 * What a change may weaken, compared with the commit that it is to be merged into. That commit's own
 * file counts: a change cannot allow itself anything.
 */
export const mayWeaken = z
  .array(oneOf("objectives", "retention", "acknowledgements"), {
    error: "must be a list out of objectives, retention, acknowledgements; write [] for none",
  })
  .default([]);

function nonEmptyList<Entry extends z.ZodType>(entry: Entry, what: string) {
  const rule = `must be a list of ${what}; name at least one`;
  return z.array(entry, { error: rule }).min(1, { error: rule });
}

/** An acknowledgement of a class that is not there would stand for nothing. */
export function checkUnmetObjectives(
  system: {
    readonly unmetObjectives: z.output<typeof unmetObjectives>;
    readonly dataClasses: Readonly<Record<string, unknown>>;
  },
  context: z.core.$RefinementCtx,
): void {
  system.unmetObjectives.forEach((entry, index) => {
    entry.dataClasses.forEach((name, position) => {
      if (!Object.hasOwn(system.dataClasses, name)) {
        context.addIssue({
          code: "custom",
          path: ["unmetObjectives", index, "dataClasses", position],
          message: `there is no data class "${name}"; use one of ${Object.keys(system.dataClasses).join(", ")}`,
        });
      }
    });
  });
}
