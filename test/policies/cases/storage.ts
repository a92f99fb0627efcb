import { type Resource, stackItself } from "../../../policies/stack";
import { logsTaken } from "../../../policies/storage/accessLogs";
import {
  bucketComplete,
  bucketKept,
  bucketLogged,
  bucketPrivate,
  bucketsDeclared,
} from "../../../policies/storage/bucket";
import { bucketTypes } from "../../../policies/storage/buckets";
import { bucketEncrypted } from "../../../policies/storage/encryption";
import { bucketLifecycle } from "../../../policies/storage/lifecycle";
import { bucketLocked } from "../../../policies/storage/lock";
import { bucketPolicy } from "../../../policies/storage/policy";
import { bucketReplicates, copiesKept } from "../../../policies/storage/replication";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";

type Part = keyof typeof bucketTypes;

const part = (kind: Part, inputs: Record<string, unknown>, options: Partial<Resource> = {}) =>
  resource(bucketTypes[kind], { bucket: "records", ...inputs }, options);
const bucket = (inputs: Record<string, unknown> = {}, options: Partial<Resource> = {}) =>
  part("bucket", inputs, options);
const tagged = (purpose: string) => ({ tags: { "trading-dr:purpose": purpose } });

const basic: readonly Part[] = [
  "versioning",
  "encryption",
  "publicAccess",
  "ownership",
  "policy",
  "lifecycle",
];
const parts = (...kinds: readonly Part[]) => ({ beside: kinds.map((kind) => part(kind, {})) });
const completeSettings = { locked: ["locked"], copied: ["copied"], wanted: [] };

const encryption = (algorithm: unknown, key: unknown, bucketKeyEnabled?: unknown) => ({
  beside: [
    part("encryption", {
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: algorithm, kmsMasterKeyId: key },
          bucketKeyEnabled,
        },
      ],
    }),
  ],
});

const all = ["arn:aws:s3:::records", "arn:aws:s3:::records/*"];
const tls = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: all,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const newTls = (version: string) => ({
  ...tls,
  Condition: {
    NumericLessThan: { "s3:TlsVersion": version },
    BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
  },
});
const breakGlassRole = "arn:aws:iam::111122223333:role/break-glass";
const removal = {
  ...tls,
  Action: ["s3:BypassGovernanceRetention", "s3:DeleteObjectVersion"],
  Condition: { ArnNotEquals: { "aws:PrincipalArn": breakGlassRole } },
};
const logs = {
  Effect: "Allow",
  Principal: { Service: "logging.s3.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: all,
  Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:::x" } },
};
const replicas = {
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::111122223333:root" },
  Action: ["s3:ReplicateObject", "s3:ReplicateTags"],
  Resource: all,
  Condition: { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/r" } },
};
const policy = (...statements: readonly object[]) =>
  part("policy", { policy: JSON.stringify({ Statement: statements }) });
const sound = [tls, newTls("1.3"), removal];
const fromBoth = { ArnLike: { "aws:SourceArn": ["arn:aws:s3:::a", "arn:aws:s3:::b"] } };
const ofAccount = { ...fromBoth, StringEquals: { "aws:SourceAccount": "111122223333" } };
const logsOf = (source: string) => ({
  Condition: { ...ofAccount, ArnLike: { "aws:SourceArn": source } },
});
/** The policy of the bucket for access logs; each statement takes those of two buckets, but for what it says. */
const taking = (...statements: readonly Record<string, unknown>[]) =>
  part("policy", {
    bucket: "logs",
    policy: JSON.stringify({
      Statement: statements.map((statement) => ({
        ...{ ...logs, Resource: "arn:aws:s3:::logs/*", Condition: ofAccount },
        ...statement,
      })),
    }),
  });
const policySettings = {
  minimumTlsVersion: "1.3",
  accounts: ["111122223333", "444455556666"],
  breakGlassRole,
  recordBuckets: ["records"],
  auditLogBucket: "audit-logs",
};
/** The policy of the bucket of audit logs, with what its refusals of removal say beside. */
const auditPolicy = (changes: Record<string, unknown>) =>
  resource(bucketTypes.policy, {
    bucket: "audit-logs",
    policy: JSON.stringify({
      Statement: [
        tls,
        newTls("1.3"),
        {
          ...removal,
          Action: [...removal.Action, "s3:PutObjectRetention"],
          Condition: undefined,
          ...changes,
        },
      ].map((statement) => ({
        ...statement,
        Resource: ["arn:aws:s3:::audit-logs", "arn:aws:s3:::audit-logs/*"],
      })),
    }),
  });

const lock = (retention: Record<string, unknown>, name = "records") =>
  part("lock", { bucket: name, rule: { defaultRetention: retention } });

const west = "arn:aws:s3:::records-111122223333-us-west-2";
const copy = {
  status: "Enabled",
  filter: {},
  deleteMarkerReplication: { status: "Disabled" },
  sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
  destination: {
    bucket: west,
    encryptionConfiguration: { replicaKmsKeyId: "arn:aws:kms:us-west-2:111122223333:alias/x" },
    replicationTime: { status: "Enabled", time: { minutes: 15 } },
    metrics: { status: "Enabled" },
  },
};
const replication = (...rules: readonly unknown[]) => part("replication", { rules });
const toWest = (changes: Record<string, unknown>) =>
  replication({ ...copy, destination: { ...copy.destination, ...changes } });

const monthly = "recovery-points/monthly/";
const lifeSettings = {
  buckets: {
    records: [
      {
        prefix: monthly,
        retentionDays: 2_557,
        transitions: { STANDARD_IA: 30, GLACIER: 90, DEEP_ARCHIVE: 365 },
      },
      { prefix: "recovery-points/frequent/", retentionDays: 35, transitions: {} },
    ],
  },
  oldVersionDays: 90,
  incompleteUploadDays: 7,
};
const cold = [
  { storageClass: "STANDARD_IA", days: 30 },
  { storageClass: "GLACIER", days: 90 },
  { storageClass: "DEEP_ARCHIVE", days: 365 },
];
const lived = (changes: Record<string, unknown>) => ({
  status: "Enabled",
  filter: { prefix: monthly },
  expiration: { days: 2_557 },
  noncurrentVersionExpiration: { noncurrentDays: 90 },
  transitions: cold,
  ...changes,
});
const frequent = {
  status: "Enabled",
  filter: { prefix: "recovery-points/frequent/" },
  expiration: { days: 35 },
  noncurrentVersionExpiration: { noncurrentDays: 35 },
};
const uploads = {
  status: "Enabled",
  filter: {},
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
};
const lifecycle = (...rules: readonly unknown[]) => part("lifecycle", { rules });
const living = (changes: Record<string, unknown>) => lifecycle(lived(changes), frequent, uploads);
const atOnce = [{ storageClass: "STANDARD_IA", days: 1 }];
/** Old versions that are kept for as long as the objects, and move. */
const oldVersions = (...noncurrentVersionTransitions: readonly unknown[]) =>
  living({ noncurrentVersionTransitions, noncurrentVersionExpiration: { noncurrentDays: 2_557 } });
/** Filters that leave out some of what is below the prefix. */
const narrow = [
  { prefix: monthly, tag: { key: "a", value: "b" } },
  { and: { prefix: monthly, tags: { a: "b" } } },
  { prefix: monthly, objectSizeGreaterThan: 1 },
  { prefix: monthly, objectSizeLessThan: 1_000 },
];

/** A stack with the bucket that records are copied to. */
const kept = (
  retention: Record<string, unknown> = { days: 90, mode: "GOVERNANCE" },
  status = "Enabled",
  region = "us-west-2",
) => {
  const name = "records-111122223333-us-west-2";
  return {
    beside: [bucket(), lock({ days: 90, mode: "GOVERNANCE" })],
    others: {
      dr: [
        bucket({ bucket: name }, { region }),
        part("versioning", { bucket: name, versioningConfiguration: { status } }),
        lock(retention, name),
      ],
    },
  };
};

/** Cases of the rules of buckets. */
export const storageCases: readonly RuleCases[] = [
  {
    rule: bucketsDeclared,
    settings: { wanted: ["records"] },
    good: [
      passes("and more", stackItself("prod"), { beside: [bucket(), bucket({ bucket: "x" })] }),
    ],
    bad: [
      breaks("one of another name", stackItself("prod"), "bucket records", {
        beside: [bucket({ bucket: "x" })],
      }),
    ],
    absent: [breaks("none", stackItself("prod"), "bucket records")],
    limit: { none: "there is no figure" },
    unknown: [
      waits("a name that is not known", stackItself("prod"), "bucket", {
        beside: [bucket({ bucket: unknown })],
      }),
    ],
  },
  {
    rule: bucketComplete,
    settings: completeSettings,
    good: [
      passes("of records", bucket(), parts(...basic, "logging")),
      passes(
        "of access logs, which are not logged",
        bucket(tagged("access-logs")),
        parts(...basic),
      ),
      passes("locked", bucket({ bucket: "locked", objectLockEnabled: true }), {
        beside: [...basic, "logging", "lock"].map((kind) =>
          part(kind as Part, { bucket: "locked" }),
        ),
      }),
    ],
    bad: [
      ...([...basic, "logging"] as const).map((kind) =>
        breaks(
          `without ${kind}`,
          bucket(),
          `its ${kind}`,
          parts(...[...basic, "logging" as const].filter((other) => other !== kind)),
        ),
      ),
      breaks("two policies", bucket(), "its policy", parts(...basic, "logging", "policy")),
      breaks(
        "without its lock",
        bucket({ bucket: "locked", objectLockEnabled: true }),
        "its lock",
        {
          beside: [...basic, "logging"].map((kind) => part(kind as Part, { bucket: "locked" })),
        },
      ),
      breaks("that cannot be locked", bucket({ bucket: "locked" }), "objectLockEnabled", {
        beside: [...basic, "logging", "lock"].map((kind) =>
          part(kind as Part, { bucket: "locked" }),
        ),
      }),
      breaks("without its copies", bucket({ bucket: "copied" }), "its replication", {
        beside: [...basic, "logging"].map((kind) => part(kind as Part, { bucket: "copied" })),
      }),
    ],
    absent: [
      breaks(
        "alone",
        bucket(),
        [...basic, "logging"].map((kind) => `its ${kind}`),
      ),
    ],
    limit: { none: "there is no figure" },
    unknown: [
      waits("what is nobody knows whose", bucket(), "bucket", {
        beside: [part("versioning", { bucket: unknown })],
      }),
    ],
  },
  {
    rule: bucketKept,
    good: [
      passes("protected", bucket()),
      passes(
        "deployed, with settings that its provider shows",
        bucket({ bucketDomainName: "x.s3.amazonaws.com", policy: "{}", grants: [{}] }),
      ),
    ],
    bad: [
      breaks("destroyed with what is in it", bucket({ forceDestroy: true }), "forceDestroy"),
      breaks("with a policy of its own", bucket({ policy: "{}" }), "policy"),
      breaks("with rules of its own", bucket({ lifecycleRules: [{}] }), "lifecycleRules"),
      ...["objectLockConfiguration", "replicationConfiguration", "versioning"].map((setting) =>
        breaks(`with ${setting} of its own`, bucket({ [setting]: {} }), setting),
      ),
      ...[
        "bucketV2:BucketV2",
        "bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
        "directoryBucket:DirectoryBucket",
      ].map((type) => breaks(`a ${type}`, resource(`aws:s3/${type}`, {}), "its type")),
      breaks("a lock that nothing protects", part("lock", {}, { protect: false }), "protect"),
      breaks(
        "a policy that is taken away first",
        part("policy", {}, { deleteBeforeReplace: true }),
        "deleteBeforeReplace",
      ),
    ],
    absent: [breaks("not protected", bucket({}, { protect: false }), "protect")],
    limit: { none: "there is no figure" },
    unknown: [
      waits("not known", bucket({ forceDestroy: unknown }), "forceDestroy"),
      waits("versions of its own, not known", bucket({ versioning: unknown }), "versioning"),
    ],
  },
  {
    rule: bucketPrivate,
    good: [
      passes("versioned", part("versioning", { versioningConfiguration: { status: "Enabled" } })),
      passes(
        "closed",
        part("publicAccess", {
          ...{ blockPublicAcls: true, blockPublicPolicy: true },
          ...{ ignorePublicAcls: true, restrictPublicBuckets: true },
        }),
      ),
      passes("owned", part("ownership", { rule: { objectOwnership: "BucketOwnerEnforced" } })),
    ],
    bad: [
      breaks(
        "suspended",
        part("versioning", { versioningConfiguration: { status: "Suspended" } }),
        "versioningConfiguration.status",
      ),
      breaks(
        "open in one way",
        part("publicAccess", {
          ...{ blockPublicAcls: true, blockPublicPolicy: false },
          ...{ ignorePublicAcls: true, restrictPublicBuckets: true },
        }),
        "blockPublicPolicy",
      ),
      breaks(
        "owned by writers",
        part("ownership", { rule: { objectOwnership: "ObjectWriter" } }),
        "rule.objectOwnership",
      ),
    ],
    absent: [
      breaks("nothing closed", part("publicAccess", {}), [
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
      ]),
      breaks("nothing said", part("versioning", {}), "versioningConfiguration.status"),
    ],
    limit: { none: "there is no figure" },
    unknown: [
      waits(
        "not known",
        part("versioning", { versioningConfiguration: unknown }),
        "versioningConfiguration",
      ),
    ],
  },
  {
    rule: bucketEncrypted,
    good: [
      passes("records", bucket(tagged("records")), encryption("aws:kms", unknown, true)),
      passes(
        "audit logs without a bucket key",
        bucket(tagged("audit-logs")),
        encryption("aws:kms", "k"),
      ),
      passes("access logs", bucket(tagged("access-logs")), encryption("AES256", undefined)),
    ],
    bad: [
      breaks(
        "records under S3's keys",
        bucket(tagged("records")),
        "sseAlgorithm",
        encryption("AES256", undefined, true),
      ),
      breaks(
        "access logs under one's own",
        bucket(tagged("access-logs")),
        "sseAlgorithm",
        encryption("aws:kms", "k"),
      ),
      breaks(
        "under AWS's key",
        bucket(tagged("records")),
        "kmsMasterKeyId",
        encryption("aws:kms", undefined, true),
      ),
      breaks(
        "key by key",
        bucket(tagged("records")),
        "bucketKeyEnabled",
        encryption("aws:kms", "k", false),
      ),
    ],
    absent: [
      breaks("nothing said", bucket(tagged("audit-logs")), "sseAlgorithm", {
        beside: [part("encryption", { rules: [{}] })],
      }),
      passes("no encryption at all, which is told of the whole", bucket(tagged("records"))),
    ],
    limit: { none: "there is no figure" },
    unknown: [
      waits(
        "not known",
        bucket(tagged("records")),
        "applyServerSideEncryptionByDefault.sseAlgorithm",
        encryption(unknown, "k"),
      ),
    ],
  },
  {
    rule: bucketPolicy,
    settings: policySettings,
    good: [
      passes("of records", policy(...sound)),
      passes("of audit logs", auditPolicy({})),
      passes(
        "with a condition of TLS alone",
        policy(tls, removal, {
          ...newTls("1.3"),
          Condition: { NumericLessThan: { "s3:TlsVersion": "1.3" } },
        }),
      ),
      passes("that takes logs and replicas", policy(...sound, logs, replicas)),
      passes(
        "refusing removal to everybody",
        policy(tls, newTls("1.3"), { ...removal, Condition: {} }),
      ),
      passes(
        "of another bucket, whose versions may go",
        resource(bucketTypes.policy, {
          bucket: "logs",
          policy: JSON.stringify({
            Statement: [tls, newTls("1.3")].map((statement) => ({
              ...statement,
              Resource: ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"],
            })),
          }),
        }),
      ),
    ],
    bad: [
      ...[tls, newTls("1.3")].map((one, index, both) =>
        breaks(
          `TLS for one address, refusal ${String(index + 1)}`,
          policy(removal, ...both.filter((other) => other !== one), {
            ...one,
            Condition: { ...one.Condition, IpAddress: { "aws:SourceIp": "192.0.2.0/24" } },
          }),
          "policy",
        ),
      ),
      breaks(
        "an old TLS for one address, in the same operator",
        policy(tls, removal, {
          ...newTls("1.3"),
          Condition: { NumericLessThan: { "s3:TlsVersion": "1.3", "s3:max-keys": "5" } },
        }),
        "policy",
      ),
      breaks(
        "TLS for objects alone",
        policy({ ...tls, Resource: "arn:aws:s3:::records/*" }, newTls("1.3"), removal),
        "policy",
      ),
      breaks(
        "removal from one network alone",
        policy(tls, newTls("1.3"), {
          ...removal,
          Condition: { ...removal.Condition, StringNotEquals: { "aws:SourceVpc": "vpc-1" } },
        }),
        ["policy", "policy"],
      ),
      breaks(
        "audit logs that the break-glass role removes",
        auditPolicy({ Condition: removal.Condition }),
        ["policy", "policy", "policy"],
      ),
      breaks("audit logs whose lock may change", auditPolicy({ Action: removal.Action }), "policy"),
      breaks("TLS or not", policy(newTls("1.3"), removal), "policy"),
      breaks(
        "TLS of another bucket",
        policy({ ...tls, Resource: "arn:aws:s3:::x/*" }, newTls("1.3"), removal),
        "policy",
      ),
      breaks(
        "TLS for one role",
        policy({ ...tls, Principal: { AWS: "x" } }, newTls("1.3"), removal),
        "policy",
      ),
      breaks(
        "removing by one more",
        policy(tls, newTls("1.3"), {
          ...removal,
          Condition: { ArnNotEquals: { "aws:PrincipalArn": [breakGlassRole, "x"] } },
        }),
        ["policy", "policy"],
      ),
      breaks(
        "bypassing",
        policy(tls, newTls("1.3"), { ...removal, Action: "s3:DeleteObjectVersion" }),
        "policy",
      ),
      breaks("everybody in", policy(...sound, { ...logs, Principal: "*" }), "policy"),
      breaks("any source in", policy(...sound, { ...logs, Condition: {} }), "policy"),
      breaks(
        "another account in",
        policy(...sound, { ...replicas, Principal: { AWS: "arn:aws:iam::999988887777:root" } }),
        "policy",
      ),
      breaks("a whole account in", policy(...sound, { ...replicas, Condition: {} }), "policy"),
      breaks(
        "an account to read",
        policy(...sound, { ...replicas, Action: "s3:GetObject" }),
        "policy",
      ),
      breaks(
        "all actions but one",
        policy(...sound, { ...replicas, Action: undefined, NotAction: "s3:GetObject" }),
        "policy",
      ),
      breaks(
        "all but one in",
        policy(...sound, { ...replicas, Principal: undefined, NotPrincipal: "x" }),
        "policy",
      ),
    ],
    absent: [breaks("nothing refused", policy(), ["policy", "policy", "policy", "policy"])],
    limit: [
      passes("the very version", policy(...sound)),
      breaks("an older version", policy(tls, newTls("1.2"), removal), "policy"),
    ],
    unknown: [waits("not known", part("policy", { policy: unknown }), "policy")],
  },
  {
    rule: bucketLocked,
    settings: {
      locks: {
        records: { days: 2_557, compliance: false },
        signed: { days: 2_557, compliance: true },
      },
    },
    good: [
      passes("longer", lock({ days: 3_000, mode: "GOVERNANCE" })),
      passes("eight years", lock({ years: 8, mode: "GOVERNANCE" })),
      passes("signed for", lock({ days: 2_557, mode: "COMPLIANCE" }, "signed")),
    ],
    bad: [
      breaks(
        "that nobody signed for",
        lock({ days: 2_557, mode: "COMPLIANCE" }),
        "rule.defaultRetention.mode",
      ),
      breaks(
        "weaker than signed for",
        lock({ days: 2_557, mode: "GOVERNANCE" }, "signed"),
        "rule.defaultRetention.mode",
      ),
      breaks(
        "eight years that nobody can shorten",
        lock({ years: 8, mode: "COMPLIANCE" }, "signed"),
        "rule.defaultRetention",
      ),
      breaks("of a bucket without a class", lock({ days: 1, mode: "GOVERNANCE" }, "x"), "bucket"),
    ],
    absent: [
      breaks("no default", part("lock", {}), [
        "rule.defaultRetention",
        "rule.defaultRetention.mode",
      ]),
    ],
    limit: [
      passes("the very period", lock({ days: 2_557, mode: "GOVERNANCE" })),
      breaks("a day less", lock({ days: 2_556, mode: "GOVERNANCE" }), "rule.defaultRetention"),
      passes("a day more, which can be taken off", lock({ days: 2_558, mode: "GOVERNANCE" })),
      breaks(
        "a day more that nobody can shorten",
        lock({ days: 2_558, mode: "COMPLIANCE" }, "signed"),
        "rule.defaultRetention",
      ),
      breaks(
        "seven years of 365 days",
        lock({ years: 7, mode: "GOVERNANCE" }),
        "rule.defaultRetention",
      ),
    ],
    unknown: [waits("not known", lock({ days: unknown }), "rule.defaultRetention.days")],
  },
  {
    rule: bucketLifecycle,
    settings: lifeSettings,
    good: [
      passes("as promised", living({})),
      passes("kept for ever", living({ expiration: undefined })),
      passes(
        "old versions that move as objects do",
        oldVersions(
          { storageClass: "STANDARD_IA", noncurrentDays: 30 },
          { storageClass: "GLACIER", noncurrentDays: 90 },
        ),
      ),
      passes(
        "a filter that leaves nothing out",
        lifecycle(
          { ...lived({}), filter: { prefix: monthly, objectSizeGreaterThan: 0 } },
          frequent,
          uploads,
        ),
      ),
      passes(
        "a rule that is off counts for nothing",
        lifecycle(lived({}), frequent, uploads, {
          ...lived({ expiration: { days: 1 } }),
          status: "Disabled",
        }),
      ),
      passes(
        "a bucket that holds nothing promised",
        part("lifecycle", { bucket: "x", rules: [uploads] }),
      ),
    ],
    bad: [
      breaks(
        "part of it expires early",
        lifecycle(lived({}), frequent, uploads, {
          ...lived({ expiration: { days: 30 }, transitions: [] }),
          filter: { prefix: `${monthly}database/` },
        }),
        `expiration.days below ${monthly}`,
      ),
      breaks(
        "a rule for everything expires it early",
        lifecycle(lived({}), frequent, uploads, {
          status: "Enabled",
          filter: {},
          expiration: { days: 40 },
        }),
        `expiration.days below ${monthly}`,
      ),
      breaks(
        "frequent points in GLACIER",
        lifecycle(
          lived({}),
          {
            ...frequent,
            expiration: { days: 200 },
            transitions: [{ storageClass: "GLACIER", days: 1 }],
          },
          uploads,
        ),
        "transitions to GLACIER below recovery-points/frequent/",
      ),
      breaks(
        "colder before warmer",
        living({
          transitions: [
            { storageClass: "DEEP_ARCHIVE", days: 365 },
            { storageClass: "GLACIER", days: 100 },
          ],
        }),
        "transitions to DEEP_ARCHIVE",
      ),
      breaks("infrequent access at once", living({ transitions: atOnce }), [
        `transitions to STANDARD_IA below ${monthly}`,
        "transitions to STANDARD_IA",
      ]),
      breaks(
        "old versions in infrequent access at once",
        oldVersions({ storageClass: "STANDARD_IA", noncurrentDays: 1 }),
        [
          `noncurrentVersionTransitions to STANDARD_IA below ${monthly}`,
          "noncurrentVersionTransitions to STANDARD_IA",
        ],
      ),
      breaks(
        "old versions colder before warmer",
        oldVersions(
          { storageClass: "GLACIER", noncurrentDays: 500 },
          { storageClass: "STANDARD_IA", noncurrentDays: 400 },
        ),
        "noncurrentVersionTransitions to GLACIER",
      ),
      breaks(
        "old versions that end before their class pays",
        living({
          noncurrentVersionTransitions: [{ storageClass: "GLACIER", noncurrentDays: 90 }],
          noncurrentVersionExpiration: { noncurrentDays: 100 },
        }),
        "noncurrentVersionTransitions to GLACIER",
      ),
      ...["GLACIER_IR", "INTELLIGENT_TIERING", "ONEZONE_IA"].map((storageClass) =>
        breaks(
          `in ${storageClass}, which the file does not name`,
          living({ transitions: [{ storageClass, days: 400 }] }),
          `transitions to ${storageClass} below ${monthly}`,
        ),
      ),
      ...narrow.map((filter) =>
        breaks(
          `old versions of a part, ${Object.keys(filter).join()}`,
          lifecycle({ ...lived({}), filter }, frequent, uploads),
          `noncurrentVersionExpiration.noncurrentDays below ${monthly}`,
        ),
      ),
      breaks(
        "old versions but the newest",
        living({ noncurrentVersionExpiration: { noncurrentDays: 90, newerNoncurrentVersions: 1 } }),
        `noncurrentVersionExpiration.noncurrentDays below ${monthly}`,
      ),
      breaks(
        "old versions of some prefixes below",
        lifecycle({ ...lived({}), filter: { prefix: `${monthly}database/` } }, frequent, uploads),
        `noncurrentVersionExpiration.noncurrentDays below ${monthly}`,
      ),
      breaks(
        "what has a tag expires early",
        lifecycle(lived({}), frequent, uploads, {
          ...{ status: "Enabled", filter: { tag: { key: "a", value: "b" } } },
          expiration: { days: 40 },
        }),
        `expiration.days below ${monthly}`,
      ),
      breaks(
        "all on a date",
        living({ expiration: { date: "2027-01-01T00:00:00Z" } }),
        "expiration.date",
      ),
      breaks(
        "in GLACIER on a date",
        living({ transitions: [{ storageClass: "GLACIER", date: "2027-01-01T00:00:00Z" }] }),
        [`transitions to GLACIER below ${monthly}`, "transitions.date"],
      ),
      breaks(
        "uploads of large objects only",
        lifecycle(lived({}), frequent, { ...uploads, filter: { objectSizeGreaterThan: 1 } }),
        "abortIncompleteMultipartUpload.daysAfterInitiation",
      ),
      breaks(
        "uploads of a part only",
        lifecycle(lived({}), frequent, { ...uploads, filter: { prefix: "x/" } }),
        "abortIncompleteMultipartUpload.daysAfterInitiation",
      ),
    ],
    absent: [
      breaks(
        "old versions for ever",
        living({ noncurrentVersionExpiration: undefined }),
        `noncurrentVersionExpiration.noncurrentDays below ${monthly}`,
      ),
      breaks("no rules", lifecycle(), [
        `noncurrentVersionExpiration.noncurrentDays below ${monthly}`,
        "noncurrentVersionExpiration.noncurrentDays below recovery-points/frequent/",
        "abortIncompleteMultipartUpload.daysAfterInitiation",
      ]),
    ],
    limit: [
      breaks(
        "a day early",
        living({ expiration: { days: 2_556 } }),
        `expiration.days below ${monthly}`,
      ),
      breaks(
        "old versions a day less",
        living({ noncurrentVersionExpiration: { noncurrentDays: 89 } }),
        `noncurrentVersionExpiration.noncurrentDays below ${monthly}`,
      ),
      breaks(
        "in GLACIER a day early",
        living({ transitions: [{ storageClass: "GLACIER", days: 89 }] }),
        `transitions to GLACIER below ${monthly}`,
      ),
      breaks(
        "uploads a day more",
        lifecycle(lived({}), frequent, {
          ...uploads,
          abortIncompleteMultipartUpload: { daysAfterInitiation: 8 },
        }),
        "abortIncompleteMultipartUpload.daysAfterInitiation",
      ),
    ],
    unknown: [
      waits("not known", living({ expiration: unknown }), "expiration"),
      waits(
        "a filter that is not known",
        lifecycle({ ...lived({}), filter: { prefix: monthly, tag: unknown } }, frequent, uploads),
        "filter.tag",
      ),
    ],
  },
  {
    rule: bucketLogged,
    settings: { logBucket: "logs" },
    good: [passes("into the log bucket", part("logging", { targetBucket: "logs" }))],
    bad: [breaks("into itself", part("logging", { targetBucket: "records" }), "targetBucket")],
    absent: [breaks("nowhere", part("logging", {}), "targetBucket")],
    limit: { none: "there is no figure" },
    unknown: [waits("not known", part("logging", { targetBucket: unknown }), "targetBucket")],
  },
  {
    rule: logsTaken,
    settings: {
      logBucket: "logs",
      account: "111122223333",
      sources: ["arn:aws:s3:::a", "arn:aws:s3:::b"],
    },
    good: [
      passes("of both", taking({})),
      passes("of both, one by one", taking(logsOf("arn:aws:s3:::a"), logsOf("arn:aws:s3:::b"))),
      passes(
        "refusing what has no TLS",
        taking({}, { ...tls, Resource: ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"] }),
      ),
      passes("a bucket that takes none", policy(tls)),
    ],
    bad: [
      breaks("of one alone", taking(logsOf("arn:aws:s3:::a")), "policy"),
      breaks(
        "of another account",
        taking({
          Condition: { ...fromBoth, StringEquals: { "aws:SourceAccount": "444455556666" } },
        }),
        "policy",
      ),
      breaks("of any account", taking({ Condition: fromBoth }), "policy"),
      breaks("of any bucket", taking(logsOf("arn:aws:s3:::*")), "policy"),
      breaks("for a part of the bucket", taking({ Resource: "arn:aws:s3:::logs/a/*" }), "policy"),
      breaks(
        "by another service",
        taking({ Principal: { Service: "s3.amazonaws.com" } }),
        "policy",
      ),
      breaks("reading alone", taking({ Action: "s3:GetObject" }), "policy"),
      breaks(
        "under a condition more",
        taking({ Condition: { ...ofAccount, StringLike: { "aws:UserAgent": "x" } } }),
        "policy",
      ),
      breaks(
        "refusing every write",
        taking({}, { ...tls, Resource: "arn:aws:s3:::logs/*", Condition: undefined }),
        "policy",
      ),
      breaks(
        "refusing writes to all but a role",
        taking({}, { ...removal, Action: "s3:PutObject", Resource: "arn:aws:s3:::logs/*" }),
        "policy",
      ),
    ],
    absent: [breaks("of none", part("policy", { bucket: "logs" }), "policy")],
    limit: { none: "there is no figure" },
    unknown: [waits("not known", part("policy", { bucket: "logs", policy: unknown }), "policy")],
  },
  {
    rule: bucketReplicates,
    settings: { copies: { records: [west] } },
    good: [
      passes("everything", replication(copy)),
      passes(
        "with the filter of an earlier version",
        replication({ ...copy, filter: { prefix: "" } }),
      ),
      passes(
        "a bucket that is to be copied nowhere",
        part("replication", { bucket: "x", rules: [] }),
      ),
    ],
    bad: [
      breaks("disabled", replication({ ...copy, status: "Disabled" }), "rules.0.status"),
      breaks(
        "deletions too",
        replication({ ...copy, deleteMarkerReplication: { status: "Enabled" } }),
        "rules.0.deleteMarkerReplication.status",
      ),
      breaks(
        "without encrypted objects",
        replication({ ...copy, sourceSelectionCriteria: {} }),
        "rules.0.sourceSelectionCriteria.sseKmsEncryptedObjects.status",
      ),
      breaks("a part", replication({ ...copy, filter: { prefix: "records/" } }), "rules.0.filter"),
      breaks(
        "what has a tag",
        replication({ ...copy, filter: { tag: { key: "a", value: "b" } } }),
        "rules.0.filter",
      ),
      breaks(
        "a part, as it was written before",
        replication({ ...copy, filter: undefined, prefix: "x" }),
        "rules.0.filter",
      ),
      breaks("unmeasured", toWest({ metrics: undefined }), "rules.0.destination.metrics.status"),
      breaks("without time control", toWest({ replicationTime: undefined }), [
        "rules.0.destination.replicationTime.status",
        "rules.0.destination.replicationTime.time.minutes",
      ]),
      breaks(
        "under a key of this region",
        toWest({
          encryptionConfiguration: {
            replicaKmsKeyId: "arn:aws:kms:us-east-1:111122223333:alias/x",
          },
        }),
        "rules.0.destination.encryptionConfiguration.replicaKmsKeyId",
      ),
    ],
    absent: [
      breaks("to nowhere", replication(), "rules"),
      breaks("elsewhere", toWest({ bucket: "arn:aws:s3:::other" }), "rules"),
      breaks(
        "under no key",
        toWest({ encryptionConfiguration: undefined }),
        "rules.0.destination.encryptionConfiguration.replicaKmsKeyId",
      ),
    ],
    limit: [
      breaks(
        "in 16 minutes",
        toWest({ replicationTime: { status: "Enabled", time: { minutes: 16 } } }),
        "rules.0.destination.replicationTime.time.minutes",
      ),
    ],
    unknown: [waits("not known where to", toWest({ bucket: unknown }), "destination.bucket")],
  },
  {
    rule: copiesKept,
    good: [
      passes("longer, more strictly", replication(copy), kept({ days: 100, mode: "COMPLIANCE" })),
    ],
    bad: [
      breaks(
        "in the same region",
        replication(copy),
        "rules.0.destination.bucket",
        kept(undefined, undefined, "us-east-1"),
      ),
      breaks(
        "not versioned",
        replication(copy),
        "rules.0.destination.bucket",
        kept(undefined, "Suspended"),
      ),
      breaks("less strictly", replication(copy), "rules.0.destination.bucket", {
        ...kept(),
        beside: [bucket(), lock({ days: 90, mode: "COMPLIANCE" })],
      }),
    ],
    absent: [
      breaks("in no stack", replication(copy), "rules.0.destination.bucket"),
      breaks("not locked", replication(copy), "rules.0.destination.bucket", kept({})),
      passes("a source without a lock asks for none", replication(copy), {
        ...kept({}),
        beside: [bucket()],
      }),
    ],
    limit: [
      passes("as long", replication(copy), kept()),
      breaks(
        "a day less",
        replication(copy),
        "rules.0.destination.bucket",
        kept({ days: 89, mode: "GOVERNANCE" }),
      ),
    ],
    unknown: [waits("not known how long", replication(copy), "days", kept({ days: unknown }))],
  },
];
