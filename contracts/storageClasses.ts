/**
 * S3 storage classes that a lifecycle may move objects to, warmest first.
 *
 * `earliestDays`: S3 refuses a move to an infrequent-access class earlier than this.
 * `minimumDays`: billed for this long even if the object leaves sooner, so leaving sooner is waste.
 * Both: Amazon S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle".
 */
export const storageClasses = {
  STANDARD_IA: { earliestDays: 30, minimumDays: 30 },
  GLACIER_IR: { earliestDays: 0, minimumDays: 90 },
  GLACIER: { earliestDays: 0, minimumDays: 90 },
  DEEP_ARCHIVE: { earliestDays: 0, minimumDays: 180 },
} as const;

/** A storage class that objects may be moved to. */
export type StorageClass = keyof typeof storageClasses;

/** The storage classes' names, warmest first. */
export const storageClassNames = Object.keys(storageClasses) as [StorageClass, ...StorageClass[]];

/** A move to a colder storage class, counted in days from the object's creation. */
export interface Transition {
  readonly storageClass: StorageClass;
  readonly days: number;
}

/**
 * Why S3 would refuse these transitions, or bill for storage that is not used.
 *
 * @param transitions Warmest class first.
 * @param expirationDays Days after which the object expires.
 * @returns One message for each transition that is wrong; empty when all are sound.
 */
export function transitionProblems(
  transitions: readonly Transition[],
  expirationDays: number,
): { readonly storageClass: StorageClass; readonly message: string }[] {
  return transitions.flatMap(({ storageClass, days }, index) => {
    const { earliestDays, minimumDays } = storageClasses[storageClass];
    const next = transitions[index + 1];
    const leavesAt = next?.days ?? expirationDays;
    const leavesTo = next === undefined ? "expiration" : next.storageClass;
    const message =
      days >= leavesAt
        ? `S3 refuses ${storageClass} at ${String(days)} days and then ${leavesTo} at ${String(leavesAt)}: objects only move to colder classes, and then expire; put them in that order`
        : days < earliestDays
          ? `S3 refuses ${storageClass} before ${String(earliestDays)} days, got ${String(days)}; move it to ${String(earliestDays)}d or later`
          : leavesAt < days + minimumDays
            ? `${storageClass} at ${String(days)} days must come at least ${String(minimumDays)} days before ${leavesTo} at ${String(leavesAt)} days, because objects are billed for that long there; ` +
              `make it earlier, make ${leavesTo} later, or leave ${storageClass} out`
            : undefined;
    return message === undefined ? [] : [{ storageClass, message }];
  });
}
