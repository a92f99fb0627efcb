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
 * Objectives that are known not to be met, and accepted by somebody who may. An entry stands for every
 * combination of what it lists; a store that is not in a class makes none with it. Each has to be
 * unmet, and no worse than `accepted`; else the preview is refused.
 */
export const unmetObjectives = z
  .array(
    section({
      dataClasses: nonEmptyList(identifier(32), "data classes"),
      /** The stores of those classes that it is accepted for. */
      stores: nonEmptyList(identifier(32), "stores"),
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
  .array(oneOf("objectives", "retention", "acknowledgements", "exceptions"), {
    error:
      "must be a list out of objectives, retention, acknowledgements, exceptions; write [] for none",
  })
  .default([]);

function nonEmptyList<Entry extends z.ZodType>(entry: Entry, what: string) {
  const rule = `must be a list of ${what}; name at least one`;
  return z.array(entry, { error: rule }).min(1, { error: rule });
}

type DataClasses = Readonly<Record<string, { readonly stores: readonly string[] }>>;

/** An acknowledgement of data that is not there, or not in that store, would stand for nothing. */
export function checkUnmetObjectives(
  {
    unmetObjectives: entries,
    dataClasses,
  }: {
    readonly unmetObjectives: z.output<typeof unmetObjectives>;
    readonly dataClasses: DataClasses;
  },
  context: z.core.$RefinementCtx,
): void {
  entries.forEach((entry, index) => {
    for (const { list, name, message } of strayNames(entry, dataClasses)) {
      const path = ["unmetObjectives", index, list, entry[list].indexOf(name)];
      context.addIssue({ code: "custom", path, message });
    }
  });
}

/** Names of an entry that make no combination with the others. A mistake in one name is told once. */
function strayNames(
  entry: Pick<z.output<typeof unmetObjectives>[number], "dataClasses" | "stores">,
  dataClasses: DataClasses,
) {
  const known = Object.keys(dataClasses);
  const unknown = entry.dataClasses.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    return unknown.map((name) => ({
      list: "dataClasses" as const,
      name,
      message: `there is no data class "${name}"; use one of ${known.join(", ")}`,
    }));
  }
  const storesOf = (name: string) => dataClasses[name]?.stores ?? [];
  const held = entry.dataClasses.flatMap(storesOf);
  const strange = entry.stores.filter((name) => !held.includes(name));
  if (strange.length > 0) {
    return strange.map((name) => ({
      list: "stores" as const,
      name,
      message: `holds none of the entry's data classes (${entry.dataClasses.join(", ")}); use one of ${[...new Set(held)].join(", ")}`,
    }));
  }
  return entry.dataClasses
    .filter((name) => !storesOf(name).some((store) => entry.stores.includes(store)))
    .map((name) => ({
      list: "dataClasses" as const,
      name,
      message: `is in none of the entry's stores (${entry.stores.join(", ")}); add one of ${storesOf(name).join(", ")}, or leave the class out`,
    }));
}
