import { bucketTypes } from "../../../policies/storage/buckets";
import { type Declared, type Mutation } from "../mutation";

/** The text of a bucket's policy with a statement more. */
function allow(declared: Declared, name: string, statement: object): void {
  const text = String(declared.one(bucketTypes.policy, name).inputs["policy"]);
  const document = JSON.parse(text) as { Statement: object[] };
  document.Statement.push(statement);
  declared.set(bucketTypes.policy, name, "policy", JSON.stringify(document));
}

/** Replaces a part of a bucket's policy, which has to be there. */
function rewrite(declared: Declared, name: string, part: string, replacement: string): void {
  const text = String(declared.one(bucketTypes.policy, name).inputs["policy"]);
  if (!text.includes(part)) {
    throw new Error(`${name} has no ${part}`);
  }
  declared.set(bucketTypes.policy, name, "policy", text.replace(part, replacement));
}

/** Mutations of record buckets, and of the buckets of logs. */
export const storageMutations: readonly Mutation[] = [
  {
    title: "a bucket under another name, of a sound one",
    stack: "archive",
    change: (declared) => {
      for (const resource of declared.resources) {
        if (resource.inputs["bucket"] === "market-scanning-access-logs-444455556666-eu-west-1") {
          resource.inputs["bucket"] = "market-scanning-logs-444455556666-eu-west-1";
          const { policy } = resource.inputs;
          if (typeof policy === "string") {
            resource.inputs["policy"] = policy.replaceAll(
              "market-scanning-access-logs-444455556666-eu-west-1",
              "market-scanning-logs-444455556666-eu-west-1",
            );
          }
        }
      }
    },
    trips: ["buckets-declared"],
  },
  {
    title: "a bucket without versions",
    stack: "archive",
    change: (declared) => {
      declared.remove(bucketTypes.versioning, "audit-logs-versioning");
    },
    trips: ["bucket-complete"],
  },
  {
    title: "a bucket without a lock",
    stack: "prod",
    change: (declared) => {
      declared.remove(bucketTypes.lock, "daily-records-lock");
    },
    trips: ["bucket-complete", "bucket-copies-kept"],
  },
  {
    title: "a bucket that is copied nowhere",
    stack: "dr",
    change: (declared) => {
      declared.remove(bucketTypes.replication, "audit-records-replication");
    },
    trips: ["bucket-complete"],
  },
  {
    title: "a bucket that is destroyed with what is in it",
    stack: "prod",
    change: (declared) => {
      declared.set(bucketTypes.bucket, "regulated-records", "forceDestroy", true);
    },
    trips: ["bucket-kept"],
  },
  {
    title: "a lock that nothing protects",
    stack: "archive",
    change: (declared) => {
      const { options } = declared.one(bucketTypes.lock, "regulated-records-lock");
      Reflect.deleteProperty(options, "protect");
    },
    trips: ["bucket-kept"],
  },
  {
    title: "a bucket that says itself what is locked",
    stack: "dr",
    change: (declared) => {
      declared.one(bucketTypes.bucket, "daily-records").inputs["objectLockConfiguration"] = {
        objectLockEnabled: "Enabled",
        rule: { defaultRetention: { mode: "GOVERNANCE", days: 1 } },
      };
    },
    trips: ["bucket-kept"],
  },
  {
    title: "a second lifecycle, of a type that its provider gives up",
    stack: "archive",
    change: (declared) => {
      const original = "regulated-records-lifecycle";
      const second = declared.copy(bucketTypes.lifecycle, original, `${original}-2`);
      second.type = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2";
    },
    trips: ["bucket-kept"],
  },
  {
    title: "a bucket whose versions are suspended",
    stack: "prod",
    change: (declared) => {
      declared.set(
        bucketTypes.versioning,
        "access-logs-versioning",
        "versioningConfiguration.status",
        "Suspended",
      );
    },
    trips: ["bucket-private-and-versioned"],
  },
  {
    title: "a bucket that may be public",
    stack: "dr",
    change: (declared) => {
      declared.set(bucketTypes.publicAccess, undefined, "restrictPublicBuckets", false);
    },
    trips: ["bucket-private-and-versioned"],
  },
  {
    title: "records under S3's own keys",
    stack: "archive",
    change: (declared) => {
      declared.set(
        bucketTypes.encryption,
        "regulated-records-encryption",
        "rules.0.applyServerSideEncryptionByDefault",
        { sseAlgorithm: "AES256" },
      );
    },
    trips: ["bucket-encrypted"],
  },
  {
    title: "a bucket that takes TLS 1.2",
    stack: "prod",
    change: (declared) => {
      rewrite(declared, "daily-records-policy", '"s3:TlsVersion":"1.3"', '"s3:TlsVersion":"1.2"');
    },
    trips: ["bucket-policy-guards-records"],
  },
  {
    title: "a bucket that takes old versions of TLS from all but one address",
    stack: "archive",
    change: (declared) => {
      rewrite(
        declared,
        "access-logs-policy",
        '"BoolIfExists":{',
        '"IpAddress":{"aws:SourceIp":"192.0.2.1"},"BoolIfExists":{',
      );
    },
    trips: ["bucket-policy-guards-records"],
  },
  {
    title: "a bucket whose records may be removed from one network",
    stack: "dr",
    change: (declared) => {
      rewrite(
        declared,
        "regulated-records-policy",
        '"ArnNotEquals":{',
        '"StringNotEquals":{"aws:SourceVpc":"vpc-1"},"ArnNotEquals":{',
      );
    },
    trips: ["bucket-policy-guards-records"],
  },
  {
    title: "audit logs whose lock may be changed",
    stack: "prod",
    change: (declared) => {
      rewrite(declared, "audit-logs-policy", ',"s3:PutObjectRetention"', "");
    },
    trips: ["bucket-policy-guards-records"],
  },
  {
    title: "a bucket that another account reads",
    stack: "archive",
    change: (declared) => {
      allow(declared, "regulated-records-policy", {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::999988887777:root" },
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::market-scanning-regulated-records-444455556666-eu-west-1/x",
      });
    },
    trips: ["bucket-policy-guards-records"],
  },
  {
    title: "records that every administrator may remove",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      for (const { type, inputs } of declared.resources) {
        if (type === bucketTypes.policy) {
          inputs["policy"] = String(inputs["policy"]).replace(
            '["s3:BypassGovernanceRetention","s3:DeleteObjectVersion"]',
            '["s3:BypassGovernanceRetention"]',
          );
        }
      }
    },
    trips: ["bucket-policy-guards-records"],
  },
  {
    title: "records that are locked for a year",
    stack: "archive",
    change: (declared) => {
      declared.set(bucketTypes.lock, "audit-logs-lock", "rule.defaultRetention.days", 365);
    },
    trips: ["bucket-locked-for-its-class"],
  },
  {
    title: "records in the archive that are locked for a year",
    stack: "archive",
    change: (declared) => {
      declared.set(bucketTypes.lock, "regulated-records-lock", "rule.defaultRetention.days", 365);
    },
    trips: ["bucket-copies-kept", "bucket-locked-for-its-class"],
  },
  {
    title: "records in the archive that nobody can remove for ten years",
    stack: "archive",
    change: (declared) => {
      declared.set(bucketTypes.lock, "regulated-records-lock", "rule.defaultRetention", {
        mode: "COMPLIANCE",
        days: 3_653,
      });
    },
    trips: ["bucket-locked-for-its-class"],
  },
  {
    title: "records that expire after a year",
    stack: "prod",
    change: (declared) => {
      declared.set(
        bucketTypes.lifecycle,
        "audit-records-lifecycle",
        "rules.0.expiration.days",
        365,
      );
    },
    trips: ["bucket-lifecycle-as-promised"],
  },
  {
    title: "contents of configuration that expire a day before a recovery point that shares them",
    stack: "prod",
    change: (declared) => {
      declared.set(
        bucketTypes.lifecycle,
        "operational-records-lifecycle",
        "rules.0.expiration.days",
        35,
      );
    },
    trips: ["bucket-lifecycle-as-promised"],
  },
  {
    title: "daily recovery points in GLACIER",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      declared.set(bucketTypes.lifecycle, "daily-records-lifecycle", "rules.0.transitions", [
        { days: 1, storageClass: "GLACIER" },
      ]);
    },
    trips: ["bucket-lifecycle-as-promised"],
  },
  {
    title: "old versions of tagged objects alone that end",
    stack: "archive",
    change: (declared) => {
      declared.set(bucketTypes.lifecycle, "regulated-records-lifecycle", "rules.0.filter.tag", {
        key: "ends",
        value: "yes",
      });
    },
    trips: ["bucket-lifecycle-as-promised"],
  },
  {
    title: "records that all expire on a date",
    stack: "prod",
    change: (declared) => {
      declared.set(bucketTypes.lifecycle, "daily-records-lifecycle", "rules.0.expiration", {
        date: "2027-01-01T00:00:00Z",
      });
    },
    trips: ["bucket-lifecycle-as-promised"],
  },
  {
    title: "old versions of daily recovery points in one zone",
    stack: "dr",
    change: (declared) => {
      declared.set(
        bucketTypes.lifecycle,
        "daily-records-lifecycle",
        "rules.0.noncurrentVersionTransitions",
        [{ noncurrentDays: 30, storageClass: "ONEZONE_IA" }],
      );
    },
    trips: ["bucket-lifecycle-as-promised"],
  },
  {
    title: "logs into the bucket itself",
    stack: "prod",
    change: (declared) => {
      const { name, inputs } = declared.one(bucketTypes.logging);
      declared.set(bucketTypes.logging, name, "targetBucket", inputs["bucket"]);
    },
    trips: ["bucket-logged-in-its-region"],
  },
  {
    title: "access logs of all record buckets but one",
    stack: "prod",
    change: (declared) => {
      rewrite(
        declared,
        "access-logs-policy",
        '"arn:aws:s3:::market-scanning-regulated-records-111122223333-us-east-1",',
        "",
      );
    },
    trips: ["bucket-takes-access-logs"],
  },
  {
    title: "access logs of any account",
    stack: "archive",
    change: (declared) => {
      rewrite(
        declared,
        "access-logs-policy",
        ',"StringEquals":{"aws:SourceAccount":"444455556666"}',
        "",
      );
    },
    trips: ["bucket-takes-access-logs"],
  },
  {
    title: "copies without encrypted objects",
    stack: "prod",
    change: (declared) => {
      declared.set(
        bucketTypes.replication,
        "regulated-records-replication",
        "rules.1.sourceSelectionCriteria",
        {},
      );
    },
    trips: ["bucket-replicates-everything"],
  },
  {
    title: "copies to the archive alone",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      const rules = declared.one(bucketTypes.replication).inputs["rules"] as unknown[];
      rules.shift();
    },
    trips: ["bucket-replicates-everything"],
  },
  {
    title: "copies into a bucket of the archive that keeps no versions",
    stack: "archive",
    change: (declared) => {
      declared.set(
        bucketTypes.versioning,
        "regulated-records-versioning",
        "versioningConfiguration.status",
        "Suspended",
      );
    },
    trips: ["bucket-copies-kept", "bucket-private-and-versioned"],
  },
  {
    title: "records that are locked for longer here than their copies are",
    stack: "prod",
    change: (declared) => {
      declared.set(bucketTypes.lock, "regulated-records-lock", "rule.defaultRetention.days", 3_653);
    },
    trips: ["bucket-copies-kept"],
  },
];
