import { type JobKind } from "./jobs";

/** Key prefixes inside the record buckets, where jobs write and lifecycles apply. */

/** Recovery points of a tier. */
export function recoveryPointPrefix(tier: string): string {
  return `recovery-points/${tier}/`;
}

/**
 * Recovery points of one series that one region took. Buckets of both regions replicate to each other
 * under the same keys: the region keeps the two apart, and each region's jobs to their own.
 *
 * @param series Name of the series, where the store has several.
 */
export function seriesPrefix(
  tier: string,
  store: string,
  series: string | undefined,
  region: string,
): string {
  const parts = [store, ...(series === undefined ? [] : [series]), region];
  return `${recoveryPointPrefix(tier)}${parts.join("/")}/`;
}

/** Objects that the system itself writes into a store of kind `objects`. */
export function recordPrefix(store: string): string {
  return `records/${store}/`;
}

/** Events of all kinds and regions, in the store of kind `objects` that takes events. */
export function allEventsPrefix(store: string): string {
  return `${recordPrefix(store)}events/`;
}

/** Events of one kind of job in one region, in the store of kind `objects` that takes events. */
export function eventPrefix(store: string, region: string, kind: JobKind): string {
  return `${allEventsPrefix(store)}${region}/${kind}/`;
}
