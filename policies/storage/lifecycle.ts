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
import { listAt, numberAt, textAt, valueAt } from "../values";
import { accessLogBucket, auditLogBucket, bucketTypes, recordBuckets } from "./buckets";

const prefixSettings = z.strictObject({
  prefix: z.string(),
  retentionDays: z.int(),
  /** Days after which objects may be in a colder storage class, by class. */
  transitions: z.record(z.string(), z.int()),
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
    "Nothing expires before its retention ends, old versions are kept as long as the system's file says and all of them do end, objects and old versions move to the colder classes that the file names, no earlier than it says and in S3's order, and uploads that were given up are removed.",
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
    const whole = [
      { prefix: "", retentionDays: wholeDays(system.accessLogRetention), transitions: {} },
    ];
    const audit = auditLogBucket(places);
    return {
      buckets: {
        ...Object.fromEntries(
          Object.entries(recordBuckets(places)).map(([name, { prefixes }]) => [
            name,
            prefixes.map((kept) => ({ ...kept, transitions: { ...kept.transitions } })),
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
      yield* its.flatMap((one) => [...classFindings(wanted, one)]);
    }
    yield* rules.flatMap((one) => [...dateFindings(one), ...orderFindings(one)]);
    const uploads = rules
      .filter((one) => prefixOf(one) === "" && !isNarrowed(one))
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
  return (
    textAt(one, "filter", "prefix") ??
    textAt(one, "filter", "and", "prefix") ??
    textAt(one, "prefix") ??
    ""
  );
}

/** True for a rule that leaves out some of what is below its prefix, by tags or by size. */
function isNarrowed(one: unknown): boolean {
  return (
    ["and", "objectSizeLessThan", "tag"].some((key) => valueAt(one, "filter", key) !== undefined) ||
    (numberAt(one, "filter", "objectSizeGreaterThan") ?? 0) > 0
  );
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
  const [shortest] = rules.flatMap(oldVersionDaysOf).sort((left, right) => left - right);
  // Some of the versions would stay for ever: those of other objects, or the newest ones.
  const endsAll = rules.some(
    (one) =>
      prefix.startsWith(prefixOf(one)) &&
      !isNarrowed(one) &&
      oldVersionDaysOf(one).length > 0 &&
      valueAt(one, "noncurrentVersionExpiration", "newerNoncurrentVersions") === undefined,
  );
  if (shortest === undefined || shortest < needed || !endsAll) {
    yield {
      setting: `noncurrentVersionExpiration.noncurrentDays${below}`,
      ...(shortest === undefined ? {} : { found: shortest }),
      required: `${String(needed)} at least, and set for all old versions: expiring only hides a version`,
      mend: "take oldVersionRetention of the system's file",
    };
  }
}

function oldVersionDaysOf(one: unknown): number[] {
  const days = numberAt(one, "noncurrentVersionExpiration", "noncurrentDays");
  return days === undefined ? [] : [days];
}

/** What a rule moves, and when: objects, and old versions of them. */
const moves = [
  { list: "transitions", days: "days", end: ["expiration", "days"] },
  {
    list: "noncurrentVersionTransitions",
    days: "noncurrentDays",
    end: ["noncurrentVersionExpiration", "noncurrentDays"],
  },
] as const;

function* classFindings({ prefix, transitions }: Prefix, one: unknown): Iterable<Finding> {
  for (const { list, days: key } of moves) {
    for (const move of listAt(one, list)) {
      const storageClass = textAt(move, "storageClass") ?? "";
      const days = numberAt(move, key) ?? 0;
      const earliest = transitions[storageClass] ?? Infinity;
      if (days < earliest) {
        yield {
          setting: `${list} to ${storageClass} below ${prefix}`,
          found: days,
          required:
            earliest === Infinity
              ? "left out: the system's file does not name the class here"
              : `${String(earliest)} days at least: until then recovery reads it at once`,
          mend: "take the transitions of the tier or store",
        };
      }
    }
  }
}

/** On a date, everything would go, however new it is. */
function* dateFindings(one: unknown): Iterable<Finding> {
  const dated = [
    ["expiration", valueAt(one, "expiration", "date")],
    ...listAt(one, "transitions").map((move) => ["transitions", valueAt(move, "date")] as const),
  ] as const;
  for (const [setting] of dated.filter(([, date]) => date !== undefined)) {
    yield {
      setting: `${setting}.date`,
      found: "a date",
      required: "left out, in favour of days: each object has its own age",
      mend: "take the retention and the transitions of the tier or store",
    };
  }
}

function* orderFindings(one: unknown): Iterable<Finding> {
  for (const { list, days: key, end } of moves) {
    const transitions = listAt(one, list).flatMap((move): Transition[] => {
      const storageClass = textAt(move, "storageClass") ?? "";
      return storageClass in storageClasses
        ? [{ storageClass: storageClass as StorageClass, days: numberAt(move, key) ?? 0 }]
        : [];
    });
    for (const { storageClass, message } of transitionProblems(
      transitions,
      numberAt(one, ...end) ?? Infinity,
    )) {
      yield {
        setting: `${list} to ${storageClass}`,
        found: transitions.find((other) => other.storageClass === storageClass)?.days ?? 0,
        required: "in S3's order, and no earlier than it pays",
        mend: message,
      };
    }
  }
}
