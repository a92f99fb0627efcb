/** Key prefixes inside the record buckets, where jobs write and lifecycles apply. */

/** Recovery points of a tier. */
export function recoveryPointPrefix(tier: string): string {
  return `recovery-points/${tier}/`;
}

/** Objects that the system itself writes into a store of kind `objects`. */
export function recordPrefix(store: string): string {
  return `records/${store}/`;
}
