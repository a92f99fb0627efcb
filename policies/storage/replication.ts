import { z } from "zod";
import { placesOf } from "../places";
import { type Finding, rule } from "../rule";
import { type Stack } from "../stack";
import { isSet, listAt, numberAt, textAt, valueAt } from "../values";
import { bucketTypes, recordBuckets } from "./buckets";

/** Records are copied whole, at once, to places that keep them as well. */
export const bucketReplicates = rule({
  id: "bucket-replicates-everything",
  severity: "critical",
  scope: "resource",
  description:
    "A record bucket copies every object to the other trading region and to the archive, within 15 minutes and measured, encrypted objects too, under a key of the destination's region, and no deletions.",
  serves: "the region and ransomware scenarios: the recovery point of records",
  peers: [
    "CKV_AWS_144",
    "S3_BUCKET_CROSS_REGION_REPLICATION_ENABLED",
    "s3_bucket_cross_region_replication",
  ],
  types: [bucketTypes.replication],
  example: {
    good: 'sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } }',
    bad: 'filter: { prefix: "records/" }',
  },
  settings: z.strictObject({
    /** ARNs of the buckets that each bucket is copied to, by its name. */
    copies: z.record(z.string(), z.array(z.string())),
  }),
  settingsFor: (environment) => {
    const places = placesOf(environment);
    return (
      places && {
        copies: Object.fromEntries(
          Object.entries(recordBuckets(places)).map(([name, { copies }]) => [name, [...copies]]),
        ),
      }
    );
  },
  *check({ inputs }, { settings: { copies } }) {
    const rules = listAt(inputs, "rules");
    for (const wanted of copies[textAt(inputs, "bucket") ?? ""] ?? []) {
      const found = rules.find((one) => textAt(one, "destination", "bucket") === wanted);
      if (found === undefined) {
        yield {
          setting: "rules",
          required: `one to ${wanted}`,
          mend: "copy to the other trading region and to the archive",
        };
      } else {
        yield* ruleFindings(rules.indexOf(found), found);
      }
    }
  },
});

/** S3 Replication Time Control has no other bound. */
const timeControlMinutes = 15;

function* ruleFindings(index: number, one: unknown): Iterable<Finding> {
  const at = (setting: string) => `rules.${String(index)}.${setting}`;
  const statuses = [
    ["status", "Enabled", "set it, or nothing is copied"],
    [
      "deleteMarkerReplication.status",
      "Disabled",
      "set it: deleting here is no order to delete there",
    ],
    [
      "sourceSelectionCriteria.sseKmsEncryptedObjects.status",
      "Enabled",
      "set it: S3 leaves encrypted objects out without a word",
    ],
    ["destination.replicationTime.status", "Enabled", "set it: nothing bounds the time otherwise"],
    ["destination.metrics.status", "Enabled", "set it: alarms look at these metrics"],
  ] as const;
  for (const [setting, wanted, mend] of statuses) {
    const found = textAt(one, ...setting.split("."));
    if (found !== wanted) {
      yield {
        setting: at(setting),
        ...(found === undefined ? {} : { found }),
        required: wanted,
        mend,
      };
    }
  }
  const minutes = numberAt(one, "destination", "replicationTime", "time", "minutes");
  if (minutes !== timeControlMinutes) {
    yield {
      setting: at("destination.replicationTime.time.minutes"),
      ...(minutes === undefined ? {} : { found: minutes }),
      required: String(timeControlMinutes),
      mend: "set it: S3 commits itself to no other time",
    };
  }
  if (!coversEverything(one)) {
    yield {
      setting: at("filter"),
      found: "one that leaves objects out",
      required: "empty",
      mend: "set filter to {}",
    };
  }
  yield* keyFinding(at("destination.encryptionConfiguration.replicaKmsKeyId"), one);
}

/** True for a rule without a filter, or with one that is empty. */
function coversEverything(one: unknown): boolean {
  const filter = valueAt(one, "filter");
  const isEmpty = (value: unknown) =>
    value === undefined || value === null || value === "" || JSON.stringify(value) === "{}";
  return (
    isEmpty(valueAt(one, "prefix")) &&
    (isEmpty(filter) ||
      Object.values(filter as Record<string, unknown>).every((value) => isEmpty(value)))
  );
}

/** AWS takes a key that is not there, or of another region, and then copies nothing. */
function* keyFinding(setting: string, one: unknown): Iterable<Finding> {
  const path = ["destination", "encryptionConfiguration", "replicaKmsKeyId"] as const;
  const region = /-([a-z]{2}-[a-z]+-\d)$/.exec(textAt(one, "destination", "bucket") ?? "")?.[1];
  const required = `a key, or a key's alias, in ${region ?? "the destination's region"}`;
  if (!isSet(one, ...path)) {
    yield { setting, required, mend: "name the alias of the destination's key for records" };
    return;
  }
  const key = textAt(one, ...path);
  const [, , , ofKey] = key?.split(":") ?? [];
  if (region !== undefined && ofKey !== region) {
    yield {
      setting,
      ...(ofKey === undefined ? {} : { found: `a key in ${ofKey}` }),
      required,
      mend: "name the alias of the destination's key for records",
    };
  }
}

/** What is copied is kept there as well. */
export const copiesKept = rule({
  id: "bucket-copies-kept",
  severity: "critical",
  scope: "system",
  description:
    "Every bucket that records are copied to is declared, is in another region, keeps old versions, and is locked at least as long and as strictly as the source.",
  serves: "the region and ransomware scenarios: a copy that can be removed is none",
  peers: ["s3_bucket_cross_region_replication"],
  types: [bucketTypes.replication],
  example: {
    good: "the archive's bucket with the same lock class",
    bad: "a destination without a lock",
  },
  *check({ inputs, region }, { stack, others }) {
    const source = bucketIn([stack], textAt(inputs, "bucket"));
    for (const [index, one] of listAt(inputs, "rules").entries()) {
      const setting = `rules.${String(index)}.destination.bucket`;
      const name = textAt(one, "destination", "bucket")?.replace("arn:aws:s3:::", "") ?? "";
      const destination = bucketIn(others, name);
      const wrong =
        destination === undefined
          ? "declared by another stack of the system"
          : destination.region === region
            ? "in another region"
            : !destination.isVersioned
              ? "versioned"
              : isWeaker(destination, source)
                ? `locked for ${String(source?.lockDays)} days at least, in ${source?.mode ?? ""} mode or a stricter one`
                : undefined;
      if (wrong !== undefined) {
        yield {
          setting,
          found: name,
          required: `a bucket that is ${wrong}`,
          mend: "give both buckets the same lock class, by their component",
        };
      }
    }
  },
});

interface Kept {
  readonly region: string | undefined;
  readonly isVersioned: boolean;
  readonly lockDays: number;
  readonly mode: string | undefined;
}

function bucketIn(stacks: readonly Stack[], name: string | undefined): Kept | undefined {
  return stacks.flatMap((stack): Kept[] => {
    const found = stack
      .ofType(bucketTypes.bucket)
      .find(({ inputs }) => textAt(inputs, "bucket") === name);
    const of = (type: string) =>
      stack.ofType(type).find(({ inputs }) => textAt(inputs, "bucket") === name)?.inputs;
    const retention = valueAt(of(bucketTypes.lock), "rule", "defaultRetention");
    return found === undefined
      ? []
      : [
          {
            region: found.region,
            isVersioned:
              textAt(of(bucketTypes.versioning), "versioningConfiguration", "status") === "Enabled",
            lockDays: numberAt(retention, "days") ?? 365 * (numberAt(retention, "years") ?? 0),
            mode: textAt(retention, "mode"),
          },
        ];
  })[0];
}

function isWeaker(copy: Kept, source: Kept | undefined): boolean {
  return (
    source !== undefined &&
    (copy.lockDays < source.lockDays ||
      (source.mode === "COMPLIANCE" && copy.mode !== "COMPLIANCE"))
  );
}
