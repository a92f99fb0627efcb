import { keyAlias, keyPolicy, keySettings } from "../../../policies/encryption/keys";
import { auditTrail, logGroupKept } from "../../../policies/encryption/logs";
import { noticesEncrypted, noticesSenders } from "../../../policies/encryption/notices";
import { secretKept } from "../../../policies/encryption/secrets";
import { type Resource, stackItself } from "../../../policies/stack";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";

const keyUrn = "urn:pulumi:prod::trading-dr::aws:kms/key:Key::subject";
const soundKey = { enableKeyRotation: true, rotationPeriodInDays: 365, deletionWindowInDays: 30 };
const key = (changes: Record<string, unknown>, options: Partial<Resource> = {}) =>
  resource("aws:kms/key:Key", { ...soundKey, ...changes }, options);
const alias = (options: Partial<Resource>) =>
  resource("aws:kms/alias:Alias", { targetKeyId: unknown }, { name: "alias", ...options });

const root = "arn:aws:iam::111122223333:root";
const user = { Effect: "Allow", Principal: { AWS: root }, Action: ["kms:Decrypt"], Resource: "*" };
const policyOf = (...statements: readonly object[]) => JSON.stringify({ Statement: statements });
const keyWith = (...statements: readonly object[]) => key({ policy: policyOf(...statements) });

const topicUrn = "urn:pulumi:prod::trading-dr::aws:sns/topic:Topic::subject";
const topic = (inputs: Record<string, unknown>) => resource("aws:sns/topic:Topic", inputs);
const topicPolicies = (count: number, dependencies = [topicUrn]) => ({
  beside: Array.from({ length: count }, () =>
    resource("aws:sns/topicPolicy:TopicPolicy", {}, { dependencies }),
  ),
});
const publishing = {
  Effect: "Allow",
  Principal: { Service: "backup.amazonaws.com" },
  Action: "sns:Publish",
};
const sending = {
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: "sqs:SendMessage",
  Condition: { ArnEquals: { "aws:SourceArn": "rule" } },
};
const topicPolicy = (...statements: readonly object[]) =>
  resource("aws:sns/topicPolicy:TopicPolicy", { policy: policyOf(...statements) });
const queuePolicy = (...statements: readonly object[]) =>
  resource("aws:sqs/queuePolicy:QueuePolicy", { policy: policyOf(...statements) });

const soundSecret = {
  kmsKeyId: unknown,
  recoveryWindowInDays: 30,
  replicas: [{ region: "us-west-2", kmsKeyId: "alias/secrets-us-west-2" }],
};
const secret = (changes: Record<string, unknown>, options: Partial<Resource> = {}) =>
  resource(
    "aws:secretsmanager/secret:Secret",
    { ...soundSecret, ...changes },
    { ignoreChanges: ["replicas"], ...options },
  );

const logGroup = (inputs: Record<string, unknown>, options: Partial<Resource> = {}) =>
  resource("aws:cloudwatch/logGroup:LogGroup", { kmsKeyId: unknown, ...inputs }, options);

const stack = stackItself("prod");
const management = {
  fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }],
};
const writes = (changes: readonly object[] = [], startsWiths = ["arn:aws:s3:::records/"]) => ({
  fieldSelectors: [
    { field: "eventCategory", equals: ["Data"] },
    { field: "resources.type", equals: ["AWS::S3::Object"] },
    { field: "resources.ARN", startsWiths },
    ...changes,
  ],
});
const soundTrail = {
  name: "trail",
  enableLogFileValidation: true,
  kmsKeyId: unknown,
  includeGlobalServiceEvents: true,
  advancedEventSelectors: [management, writes([{ field: "readOnly", equals: ["false"] }])],
};
const trailed = (
  changes: Record<string, unknown>,
  options: Partial<Resource> = {},
  lockedBucket: unknown = "logs",
) => ({
  beside: [
    resource("aws:cloudtrail/trail:Trail", { ...soundTrail, ...changes }, options),
    resource("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", {
      bucket: lockedBucket,
    }),
  ],
});

/** Cases of the rules of keys, secrets, notices and logs. */
export const encryptionCases: readonly RuleCases[] = [
  {
    rule: keySettings,
    good: [
      passes("rotated every year", key({})),
      passes(
        "AWS's own period, and its longest wait",
        key({ rotationPeriodInDays: undefined, deletionWindowInDays: undefined }),
      ),
    ],
    bad: [
      breaks("never rotated", key({ enableKeyRotation: false }), "enableKeyRotation"),
      breaks("disabled", key({ isEnabled: false }), "isEnabled"),
      breaks("of several regions", key({ multiRegion: true }), "multiRegion"),
      breaks("not protected", key({}, { protect: false }), "protect"),
    ],
    absent: [
      breaks(
        "nothing said of rotation",
        key({ enableKeyRotation: undefined }),
        "enableKeyRotation",
      ),
    ],
    limit: [
      passes("a leap year", key({ rotationPeriodInDays: 366 })),
      breaks("a day more", key({ rotationPeriodInDays: 367 }), "rotationPeriodInDays"),
      breaks("a wait of 29 days", key({ deletionWindowInDays: 29 }), "deletionWindowInDays"),
    ],
    unknown: [waits("not known", key({ enableKeyRotation: unknown }), "enableKeyRotation")],
  },
  {
    rule: keyPolicy,
    settings: { accounts: ["111122223333", "444455556666"] },
    good: [
      passes(
        "the account, the archive's, and a service",
        keyWith(
          user,
          { ...user, Principal: { AWS: "arn:aws:iam::444455556666:role/x" } },
          {
            ...user,
            Principal: { Service: ["events.amazonaws.com", "logs.us-east-1.amazonaws.com"] },
          },
        ),
      ),
      passes(
        "what is refused counts for nothing",
        keyWith({ ...user, Effect: "Deny", Principal: "*", Action: "kms:*" }),
      ),
    ],
    bad: [
      breaks("everybody", keyWith({ ...user, Principal: "*" }), "policy"),
      breaks(
        "a policy beside the key",
        resource("aws:kms/keyPolicy:KeyPolicy", { policy: policyOf(user) }),
        "its type",
      ),
      breaks(
        "another account",
        keyWith({ ...user, Principal: { AWS: "arn:aws:iam::999988887777:root" } }),
        "policy",
      ),
      breaks(
        "all but one",
        keyWith({ ...user, Principal: undefined, NotPrincipal: { AWS: root } }),
        "policy",
      ),
      breaks("everything", keyWith({ ...user, Action: "kms:*" }), "policy"),
      breaks(
        "all but one thing",
        keyWith({ ...user, Action: undefined, NotAction: "kms:Sign" }),
        "policy",
      ),
      ...["kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:DeleteImportedKeyMaterial"].map(
        (action) => breaks(action, keyWith({ ...user, Action: ["kms:Decrypt", action] }), "policy"),
      ),
      breaks(
        "that nobody may change any more",
        key({ policy: policyOf(user), bypassPolicyLockoutSafetyCheck: true }),
        "bypassPolicyLockoutSafetyCheck",
      ),
    ],
    absent: [breaks("AWS's own policy", key({}), "policy")],
    limit: { none: "there is no figure" },
    unknown: [waits("not known", key({ policy: unknown }), "policy")],
  },
  {
    rule: keyAlias,
    good: [passes("one", key({}), { beside: [alias({ dependencies: [keyUrn] })] })],
    bad: [
      breaks("one of another key", key({}), "its number of aliases", {
        beside: [alias({ dependencies: ["another"] })],
      }),
      breaks("one that nothing protects", key({}), 'protect of alias "alias"', {
        beside: [alias({ dependencies: [keyUrn], protect: false })],
      }),
    ],
    absent: [breaks("none", key({}), "its number of aliases")],
    limit: { none: "there is no figure" },
    unknown: { none: "what waits for what is always known" },
  },
  {
    rule: noticesEncrypted,
    good: [
      passes("a key of one's own", topic({ kmsMasterKeyId: "key" }), topicPolicies(1)),
      passes("a key that is not known yet", topic({ kmsMasterKeyId: unknown }), topicPolicies(1)),
      passes("a queue", resource("aws:sqs/queue:Queue", { kmsMasterKeyId: "key" }), {
        beside: [
          resource(
            "aws:sqs/queuePolicy:QueuePolicy",
            {},
            { dependencies: ["urn:pulumi:prod::trading-dr::aws:sqs/queue:Queue::subject"] },
          ),
        ],
      }),
    ],
    bad: [
      breaks(
        "AWS's key",
        topic({ kmsMasterKeyId: "alias/aws/sns" }),
        "kmsMasterKeyId",
        topicPolicies(1),
      ),
      breaks(
        "a policy of another",
        topic({ kmsMasterKeyId: "key" }),
        "its policy",
        topicPolicies(1, ["x"]),
      ),
      breaks("two policies", topic({ kmsMasterKeyId: "key" }), "its policy", topicPolicies(2)),
    ],
    absent: [breaks("no key and no policy", topic({}), ["kmsMasterKeyId", "its policy"])],
    limit: { none: "there is no figure" },
    unknown: {
      none: "a key that is not known yet is one of the stack's own, as a good case shows",
    },
  },
  {
    rule: noticesSenders,
    good: [
      passes("services to a topic", topicPolicy(publishing)),
      passes("a rule into a queue", queuePolicy(sending)),
      passes("nobody may", queuePolicy({ ...sending, Effect: "Deny", Principal: "*" })),
    ],
    bad: [
      breaks("everybody", topicPolicy({ ...publishing, Principal: "*" }), "policy"),
      breaks("an account", topicPolicy({ ...publishing, Principal: { AWS: root } }), "policy"),
      breaks(
        "all but one",
        topicPolicy({ ...publishing, Principal: undefined, NotPrincipal: { AWS: root } }),
        "policy",
      ),
      breaks("more than to publish", topicPolicy({ ...publishing, Action: "sns:*" }), "policy"),
      breaks(
        "and to subscribe",
        topicPolicy({ ...publishing, Action: ["sns:Publish", "sns:Subscribe"] }),
        "policy",
      ),
      breaks(
        "to read a queue",
        queuePolicy({ ...sending, Action: "sqs:ReceiveMessage" }),
        "policy",
      ),
      breaks("from any source", queuePolicy({ ...sending, Condition: {} }), "policy"),
    ],
    absent: [passes("no policy lets nobody in", resource("aws:sns/topicPolicy:TopicPolicy", {}))],
    limit: { none: "there is no figure" },
    unknown: [
      waits(
        "not known",
        resource("aws:sqs/queuePolicy:QueuePolicy", { policy: unknown }),
        "policy",
      ),
    ],
  },
  {
    rule: secretKept,
    settings: {
      keys: {
        "us-east-1": ["alias/secrets-us-east-1", "arn:alias/secrets-us-east-1"],
        "us-west-2": ["alias/secrets-us-west-2", "arn:alias/secrets-us-west-2"],
      },
    },
    good: [
      passes("with a replica", secret({})),
      passes("AWS's own wait", secret({ recoveryWindowInDays: undefined })),
      passes(
        "the other way round",
        secret(
          { replicas: [{ region: "us-east-1", kmsKeyId: "arn:alias/secrets-us-east-1" }] },
          { region: "us-west-2" },
        ),
      ),
    ],
    bad: [
      breaks(
        "a replica elsewhere",
        secret({ replicas: [{ region: "eu-west-1", kmsKeyId: "k" }] }),
        "replicas",
      ),
      breaks(
        "a replica under the key of this region",
        secret({ replicas: [{ region: "us-west-2", kmsKeyId: "alias/secrets-us-east-1" }] }),
        "replicas",
      ),
      breaks(
        "a replica under AWS's key",
        secret({ replicas: [{ region: "us-west-2" }] }),
        "replicas",
      ),
      breaks(
        "one that overwrites",
        secret({ forceOverwriteReplicaSecret: true }),
        "forceOverwriteReplicaSecret",
      ),
      breaks("one that is taken back", secret({}, { ignoreChanges: [] }), "ignoreChanges"),
      breaks("not protected", secret({}, { protect: false }), "protect"),
    ],
    absent: [
      breaks("AWS's own key", secret({ kmsKeyId: undefined }), "kmsKeyId"),
      breaks("no replica", secret({ replicas: undefined }), "replicas"),
    ],
    limit: [
      passes("30 days", secret({ recoveryWindowInDays: 30 })),
      breaks("29 days", secret({ recoveryWindowInDays: 29 }), "recoveryWindowInDays"),
    ],
    unknown: [
      waits("not known", secret({ recoveryWindowInDays: unknown }), "recoveryWindowInDays"),
      waits(
        "not known under which key",
        secret({ replicas: [{ region: "us-west-2", kmsKeyId: unknown }] }),
        "kmsKeyId",
      ),
      waits("not known where to", secret({ replicas: [{ region: unknown }] }), "region"),
    ],
  },
  {
    rule: logGroupKept,
    settings: { minimumDays: 365, released: ["^hft-database$"] },
    good: [
      passes("longer", logGroup({ retentionInDays: 400 })),
      passes(
        "of a database that a rebuild has released",
        logGroup(
          { name: "/aws/rds/cluster/hft-database/postgresql", retentionInDays: 400 },
          { protect: false },
        ),
      ),
    ],
    bad: [
      breaks("a week", logGroup({ retentionInDays: 7 }), "retentionInDays"),
      breaks("for ever, which nobody chose", logGroup({ retentionInDays: 0 }), "retentionInDays"),
      breaks("not protected", logGroup({ retentionInDays: 365 }, { protect: false }), "protect"),
    ],
    absent: [
      breaks("nothing", resource("aws:cloudwatch/logGroup:LogGroup", {}), [
        "retentionInDays",
        "kmsKeyId",
      ]),
    ],
    limit: [
      passes("the very term", logGroup({ retentionInDays: 365 })),
      breaks("a day less", logGroup({ retentionInDays: 364 }), "retentionInDays"),
    ],
    unknown: [waits("not known", logGroup({ retentionInDays: unknown }), "retentionInDays")],
  },
  {
    rule: auditTrail,
    settings: {
      trail: "trail",
      logBucket: "logs",
      recordBuckets: ["arn:aws:s3:::records"],
      globalServices: true,
    },
    good: [
      passes("everything", stack, trailed({})),
      passes(
        "reads too, of all buckets",
        stack,
        trailed({
          advancedEventSelectors: [
            management,
            {
              fieldSelectors: [
                { field: "eventCategory", equals: ["Data"] },
                { field: "resources.type", equals: ["AWS::S3::Object"] },
              ],
            },
          ],
        }),
      ),
      passes("no global services, where there are none", stack, {
        ...trailed({ includeGlobalServiceEvents: false }),
        settings: {
          ...{ trail: "trail", logBucket: "logs", recordBuckets: [] },
          globalServices: false,
        },
      }),
    ],
    bad: [
      breaks("off", stack, "enableLogging", trailed({ enableLogging: false })),
      breaks(
        "without validation",
        stack,
        "enableLogFileValidation",
        trailed({ enableLogFileValidation: false }),
      ),
      breaks(
        "without IAM",
        stack,
        "includeGlobalServiceEvents",
        trailed({ includeGlobalServiceEvents: false }),
      ),
      breaks("not protected", stack, "protect of the trail", trailed({}, { protect: false })),
      breaks(
        "into a bucket that is not locked",
        stack,
        "the lock of logs",
        trailed({}, {}, "others"),
      ),
      breaks(
        "management without reads",
        stack,
        "advancedEventSelectors",
        trailed({
          advancedEventSelectors: [
            {
              fieldSelectors: [
                ...management.fieldSelectors,
                { field: "readOnly", equals: ["false"] },
              ],
            },
            writes(),
          ],
        }),
      ),
      breaks(
        "reads alone",
        stack,
        "advancedEventSelectors",
        trailed({
          advancedEventSelectors: [management, writes([{ field: "readOnly", equals: ["true"] }])],
        }),
      ),
      breaks(
        "one kind of write",
        stack,
        "advancedEventSelectors",
        trailed({
          advancedEventSelectors: [
            management,
            writes([{ field: "eventName", equals: ["PutObject"] }]),
          ],
        }),
      ),
      breaks(
        "of another bucket",
        stack,
        "advancedEventSelectors",
        trailed({ advancedEventSelectors: [management, writes([], ["arn:aws:s3:::records-2/"])] }),
      ),
      breaks(
        "of tables",
        stack,
        "advancedEventSelectors",
        trailed({
          advancedEventSelectors: [
            management,
            {
              fieldSelectors: [
                { field: "eventCategory", equals: ["Data"] },
                { field: "resources.type", equals: ["AWS::DynamoDB::Table"] },
              ],
            },
          ],
        }),
      ),
    ],
    absent: [
      breaks("no trail", stack, "trail"),
      breaks("a trail of another name", stack, "trail", trailed({ name: "other" })),
      breaks(
        "nothing selected",
        stack,
        ["advancedEventSelectors", "advancedEventSelectors"],
        trailed({ advancedEventSelectors: undefined }),
      ),
      breaks("no key", stack, "kmsKeyId", trailed({ kmsKeyId: undefined })),
    ],
    limit: { none: "there is no figure" },
    unknown: [
      waits(
        "not known whether it is on",
        stack,
        "enableLogging",
        trailed({ enableLogging: unknown }),
      ),
    ],
  },
];
