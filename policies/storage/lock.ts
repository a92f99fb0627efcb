import { z } from "zod";
import { wholeDays } from "../../config/duration";
import { placesOf } from "../places";
import { rule } from "../rule";
import { numberAt, textAt } from "../values";
import { auditLogBucket, bucketTypes, recordBuckets } from "./buckets";

/** Records cannot be removed before their time. */
export const bucketLocked = rule({
  id: "bucket-locked-for-its-class",
  severity: "critical",
  scope: "resource",
  description:
    "A bucket's Object Lock keeps what is in it for the period of its lock class at least, in compliance mode exactly where somebody has signed for that, and then no day longer.",
  serves: "SEC 17a-4(f), SOX 802; ransomware: nobody removes what is locked",
  peers: ["CKV_AWS_143", "S3_BUCKET_DEFAULT_LOCK_ENABLED", "s3_bucket_object_lock"],
  types: [bucketTypes.lock],
  example: {
    good: 'defaultRetention: { mode: "GOVERNANCE", days: 2557 }',
    bad: "defaultRetention: { days: 30 }",
  },
  settings: z.strictObject({
    /** By the bucket's name. */
    locks: z.record(z.string(), z.strictObject({ days: z.int(), compliance: z.boolean() })),
  }),
  settingsFor: (environment) => {
    const places = placesOf(environment);
    if (places === undefined) {
      return undefined;
    }
    const audit = auditLogBucket(places);
    const days = wholeDays(places.configuration.system.accessLogRetention);
    return {
      locks: {
        ...Object.fromEntries(
          Object.entries(recordBuckets(places)).flatMap(([name, { lock }]) =>
            lock === undefined ? [] : [[name, lock]],
          ),
        ),
        ...(audit === undefined ? {} : { [audit]: { days, compliance: false } }),
      },
    };
  },
  *check({ inputs }, { settings: { locks } }) {
    const bucket = textAt(inputs, "bucket") ?? "";
    const wanted = locks[bucket];
    if (wanted === undefined) {
      yield {
        setting: "bucket",
        found: bucket,
        required: "a bucket of a lock class with a period, or that of the audit logs",
        mend: "remove the lock, or give the lock class a period",
      };
      return;
    }
    const retention = ["rule", "defaultRetention"] as const;
    // S3 counts a year as 365 days, which is less than the seven calendar years of 2557 days.
    const days =
      numberAt(inputs, ...retention, "days") ??
      365 * (numberAt(inputs, ...retention, "years") ?? 0);
    if (days < wanted.days) {
      yield {
        setting: "rule.defaultRetention",
        ...(days === 0 ? {} : { found: `${String(days)} days` }),
        required: `${String(wanted.days)} days at least`,
        mend: "take the period of the lock class, in days",
      };
    }
    const mode = textAt(inputs, ...retention, "mode");
    if (mode === "COMPLIANCE" && days > wanted.days) {
      yield {
        setting: "rule.defaultRetention",
        found: `${String(days)} days`,
        required: `${String(wanted.days)} days in compliance mode: nobody, AWS included, can shorten that`,
        mend: "take the period of the lock class, in days",
      };
    }
    const wantedMode = wanted.compliance ? "COMPLIANCE" : "GOVERNANCE";
    if (mode !== wantedMode) {
      yield {
        setting: "rule.defaultRetention.mode",
        ...(mode === undefined ? {} : { found: mode }),
        required: wanted.compliance
          ? `${wantedMode}, which complianceLocks acknowledges`
          : `${wantedMode}: nobody has signed for a lock that cannot be taken off`,
        mend: "let it follow the lock class and complianceLocks of the stack's file",
      };
    }
  },
});
