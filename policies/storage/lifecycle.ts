import { z } from "zod";
import { wholeDays } from "../../config/duration";
import {
  type StorageClass,
  storageClasses,
  type Transition,
  transitionProblems,
} from "../../contracts/storageClasses";
import { placesOf } from "../places";
import { type Finding, rule } from "../rule";
import { listAt, numberAt, textAt } from "../values";
import { accessLogBucket, auditLogBucket, bucketTypes, recordBuckets } from "./buckets";

const prefixSettings = z.strictObject({
  prefix: z.string(),
  retentionDays: z.int(),
  /** Days after which objects may be where reading takes hours, by storage class. */
  cold: z.record(z.string(), z.int()),
});

type Prefix = z.output<typeof prefixSettings>;

const lifecycleSettings = z.strictObject({
  /** What is kept below which prefix, by the bucket's name. */
  buckets: z.record(z.string(), z.array(prefixSettings)),
  /** Days that old and deleted versions are kept. */
  oldVersionDays: z.int(),
  /** Days after which an upload that was never completed is removed. */
  incompleteUploadDays: z.int(),
});

/** Records live as long as the system's file says, where they can be read in time. */
export const bucketLifecycle = rule({
  id: "bucket-lifecycle-as-promised",
  severity: "critical",
  scope: "resource",
  description:
    "Nothing expires before its retention ends, old versions are kept as long as the system's file says and do end, objects move to colder classes in S3's order and not before recovery can do without them, and uploads that were given up are removed.",
  serves: "retention; the recovery time: what lies in GLACIER or DEEP_ARCHIVE takes hours to read",
  peers: [
    "CKV_AWS_300",
    "CKV2_AWS_61",
    "S3_VERSION_LIFECYCLE_POLICY_CHECK",
    "S3_LIFECYCLE_POLICY_CHECK",
  ],
  types: [bucketTypes.lifecycle],
  example: {
    good: "expiration: { days: 2557 }, noncurrentVersionExpiration: { noncurrentDays: 90 }",
    bad: "expiration: { days: 365 }",
  },
  settings: lifecycleSettings,
  settingsFor: (environment) => {
    const places = placesOf(environment);
    if (places === undefined) {
      return undefined;
    }
    const { system } = places.configuration;
    const whole = [{ prefix: "", retentionDays: wholeDays(system.accessLogRetention), cold: {} }];
    const audit = auditLogBucket(places);
    return {
      buckets: {
        ...Object.fromEntries(
          Object.entries(recordBuckets(places)).map(([name, { prefixes }]) => [
            name,
            prefixes.map((kept) => ({ ...kept, cold: { ...kept.cold } })),
          ]),
        ),
        [accessLogBucket(places)]: whole,
        ...(audit === undefined ? {} : { [audit]: whole }),
      },
      oldVersionDays: wholeDays(system.oldVersionRetention),
      incompleteUploadDays: wholeDays(system.incompleteUploadRetention),
    };
  },
  *check({ inputs }, { settings }) {
    const rules = listAt(inputs, "rules").filter((one) => textAt(one, "status") === "Enabled");
    for (const wanted of settings.buckets[textAt(inputs, "bucket") ?? ""] ?? []) {
      // A rule for a part of what is below the prefix holds for that part.
      const its = rules.filter(
        (one) => wanted.prefix.startsWith(prefixOf(one)) || prefixOf(one).startsWith(wanted.prefix),
      );
      yield* keptFindings(wanted, its, settings.oldVersionDays);
      yield* its.flatMap((one) => [...coldFindings(wanted, one)]);
    }
    yield* rules.flatMap((one) => [...orderFindings(one)]);
    const uploads = rules
      .filter((one) => prefixOf(one) === "")
      .flatMap(
        (one) => numberAt(one, "abortIncompleteMultipartUpload", "daysAfterInitiation") ?? [],
      );
    if (!uploads.some((days) => days <= settings.incompleteUploadDays)) {
      yield {
        setting: "abortIncompleteMultipartUpload.daysAfterInitiation",
        ...(uploads[0] === undefined ? {} : { found: uploads[0] }),
        required: `${String(settings.incompleteUploadDays)} at most, for all objects`,
        mend: "take incompleteUploadRetention of the system's file",
      };
    }
  },
});

function prefixOf(one: unknown): string {
  return textAt(one, "filter", "prefix") ?? textAt(one, "prefix") ?? "";
}

function* keptFindings(
  { prefix, retentionDays }: Prefix,
  rules: readonly unknown[],
  oldVersionDays: number,
): Iterable<Finding> {
  const below = prefix === "" ? "" : ` below ${prefix}`;
  for (const days of rules.flatMap((one) => numberAt(one, "expiration", "days") ?? [])) {
    if (days < retentionDays) {
      yield {
        setting: `expiration.days${below}`,
        found: days,
        required: `${String(retentionDays)} at least`,
        mend: "take the retention of the tier or store",
      };
    }
  }
  // What is kept no longer than old versions are needs them no longer either.
  const needed = Math.min(oldVersionDays, retentionDays);
  const kept = rules.flatMap(
    (one) => numberAt(one, "noncurrentVersionExpiration", "noncurrentDays") ?? [],
  );
  const [shortest] = [...kept].sort((left, right) => left - right);
  if (shortest === undefined || shortest < needed) {
    yield {
      setting: `noncurrentVersionExpiration.noncurrentDays${below}`,
      ...(shortest === undefined ? {} : { found: shortest }),
      required: `${String(needed)} at least, and set: expiring only hides a version`,
      mend: "take oldVersionRetention of the system's file",
    };
  }
}

function* coldFindings({ prefix, cold }: Prefix, one: unknown): Iterable<Finding> {
  for (const transition of listAt(one, "transitions")) {
    const storageClass = textAt(transition, "storageClass") ?? "";
    const days = numberAt(transition, "days") ?? 0;
    const earliest = cold[storageClass] ?? Infinity;
    if (["GLACIER", "DEEP_ARCHIVE"].includes(storageClass) && days < earliest) {
      yield {
        setting: `transitions to ${storageClass} below ${prefix}`,
        found: days,
        required:
          earliest === Infinity
            ? "left out: recovery cannot wait for hours"
            : `${String(earliest)} days at least: recovery cannot wait for hours`,
        mend: "take the transitions of the tier or store",
      };
    }
  }
}

function* orderFindings(one: unknown): Iterable<Finding> {
  const transitions = listAt(one, "transitions").flatMap((transition): Transition[] => {
    const storageClass = textAt(transition, "storageClass") ?? "";
    return storageClass in storageClasses
      ? [{ storageClass: storageClass as StorageClass, days: numberAt(transition, "days") ?? 0 }]
      : [];
  });
  const expiration = numberAt(one, "expiration", "days") ?? Infinity;
  for (const { storageClass, message } of transitionProblems(transitions, expiration)) {
    yield {
      setting: `transitions to ${storageClass}`,
      found: transitions.find((other) => other.storageClass === storageClass)?.days ?? 0,
      required: "in S3's order, and no earlier than it pays",
      mend: message,
    };
  }
}
