import type * as aws from "@pulumi/aws";
import { storageClasses, type Transition } from "../../contracts/storageClasses";

/** How long the objects under one prefix live, and where. */
export interface ObjectLifecycle {
  /** Rule id: lower-case letters, digits and hyphens. */
  readonly id: string;
  /** Key prefix, ending in a slash. */
  readonly prefix: string;
  /** Days from creation to expiration. */
  readonly expirationDays: number;
  /** Moves to colder classes, warmest first, in days from creation. */
  readonly transitions: readonly Transition[];
}

/** Cleaning that applies to a whole bucket. */
export interface BucketCleaning {
  /** Days that old and deleted versions are kept after their successor or delete marker appeared. */
  readonly oldVersionDays: number;
  /** Days after which an upload that was never completed is removed. */
  readonly incompleteUploadDays: number;
}

type Rule = aws.types.input.s3.BucketLifecycleConfigurationRule;

/**
 * Lifecycle rules of a versioned bucket.
 *
 * Expiration only adds a delete marker there, so three rules work together: objects expire, old
 * versions are removed some days later, and delete markers that hide nothing any more are removed.
 * A lock outlives all of them: S3 keeps a locked version until its lock ends.
 */
export function lifecycleRules(
  lifecycles: readonly ObjectLifecycle[],
  cleaning: BucketCleaning,
): Rule[] {
  return [
    ...lifecycles.map((lifecycle): Rule => {
      const oldVersionDays = Math.min(cleaning.oldVersionDays, lifecycle.expirationDays);
      return {
        id: lifecycle.id,
        status: "Enabled",
        filter: { prefix: lifecycle.prefix },
        expiration: { days: lifecycle.expirationDays },
        transitions: lifecycle.transitions.map(({ storageClass, days }) => ({
          storageClass,
          days,
        })),
        noncurrentVersionExpiration: { noncurrentDays: oldVersionDays },
        // An old version that is locked stays for years: it should not stay in the dearest class.
        noncurrentVersionTransitions: lifecycle.transitions
          .filter(
            ({ storageClass, days }) =>
              days + storageClasses[storageClass].minimumDays <= oldVersionDays,
          )
          // A version has been an old one for a day at least.
          .map(({ storageClass, days }) => ({ storageClass, noncurrentDays: Math.max(1, days) })),
      };
    }),
    {
      id: "expired-delete-markers",
      status: "Enabled",
      filter: {},
      expiration: { expiredObjectDeleteMarker: true },
    },
    {
      id: "incomplete-uploads",
      status: "Enabled",
      filter: {},
      abortIncompleteMultipartUpload: { daysAfterInitiation: cleaning.incompleteUploadDays },
    },
  ];
}
