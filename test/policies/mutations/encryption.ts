import { type Mutation } from "../mutation";

const key = "aws:kms/key:Key";
const secret = "aws:secretsmanager/secret:Secret";
const trail = "aws:cloudtrail/trail:Trail";

/** Mutations of keys, secrets, notices and logs. */
export const encryptionMutations: readonly Mutation[] = [
  {
    title: "a key that is never rotated",
    stack: "archive",
    change: (declared) => {
      declared.set(key, "key-records", "enableKeyRotation", false);
    },
    trips: ["key-rotated-and-kept"],
  },
  {
    title: "a key that is deleted within a week",
    stack: "prod",
    change: (declared) => {
      declared.set(key, "key-snapshots", "deletionWindowInDays", 7);
    },
    trips: ["key-rotated-and-kept"],
  },
  {
    title: "a key that every administrator may delete",
    stack: "dr",
    change: (declared) => {
      const text = String(declared.one(key, "key-database").inputs["policy"]);
      declared.set(
        key,
        "key-database",
        "policy",
        text.replace('"kms:CancelKeyDeletion"', '"kms:ScheduleKeyDeletion"'),
      );
    },
    trips: ["key-policy-names-users"],
  },
  {
    title: "a key that another account uses",
    stack: "archive",
    change: (declared) => {
      const text = String(declared.one(key, "key-records").inputs["policy"]);
      declared.set(
        key,
        "key-records",
        "policy",
        text.replaceAll('"arn:aws:iam::111122223333:root"', '"arn:aws:iam::999988887777:root"'),
      );
    },
    trips: ["key-policy-names-users", "storage-replication-allowed"],
  },
  {
    title: "a policy that replaces that of a key",
    stack: "archive",
    change: (declared) => {
      const beside = declared.copy(key, "key-records", "key-records-policy");
      beside.type = "aws:kms/keyPolicy:KeyPolicy";
    },
    trips: ["key-policy-names-users"],
  },
  {
    title: "a key without an alias",
    stack: "archive",
    change: (declared) => {
      declared.remove("aws:kms/alias:Alias", "key-audit-logs-alias");
    },
    trips: ["key-has-alias"],
  },
  {
    title: "notices under AWS's key",
    stack: "dr",
    change: (declared) => {
      declared.set("aws:sns/topic:Topic", undefined, "kmsMasterKeyId", "alias/aws/sns");
    },
    trips: ["notices-encrypted"],
  },
  {
    title: "a topic to which another account may publish",
    stack: "prod",
    change: (declared) => {
      declared.set(
        "aws:sns/topicPolicy:TopicPolicy",
        undefined,
        "policy",
        '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"sns:Publish","Resource":"arn:aws:sns:us-east-1:111122223333:t"}]}',
      );
    },
    trips: ["notices-from-services-alone"],
  },
  {
    title: "a secret that is deleted at once",
    stack: "prod",
    change: (declared) => {
      declared.set(secret, "database-administrator", "recoveryWindowInDays", 0);
    },
    trips: ["secret-replicated-and-kept"],
  },
  {
    title: "a secret whose replica is under the key of its own region",
    stack: "prod",
    change: (declared) => {
      declared.set(
        secret,
        "database-administrator",
        "replicas.0.kmsKeyId",
        "alias/market-scanning-secrets-us-east-1",
      );
    },
    trips: ["secret-replicated-and-kept"],
  },
  {
    title: "a login without a replica",
    stack: "access",
    change: (declared) => {
      declared.set(secret, undefined, "replicas", []);
    },
    trips: ["secret-replicated-and-kept"],
  },
  {
    title: "a database's logs for a month",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      declared.set("aws:cloudwatch/logGroup:LogGroup", undefined, "retentionInDays", 30);
    },
    trips: ["log-group-kept", "placement-symmetry"],
  },
  {
    title: "a database's logs that nothing protects",
    stack: "prod",
    change: (declared) => {
      Reflect.deleteProperty(declared.one("aws:cloudwatch/logGroup:LogGroup").options, "protect");
    },
    trips: ["log-group-kept"],
  },
  {
    title: "a trail that is off",
    stack: "archive",
    change: (declared) => {
      declared.set(trail, undefined, "enableLogging", false);
    },
    trips: ["audit-trail-logs-everything"],
  },
  {
    title: "a trail that does not see one bucket's writes",
    stack: "prod",
    change: (declared) => {
      declared.set(trail, undefined, "advancedEventSelectors.1.fieldSelectors.3.startsWiths", []);
    },
    trips: ["audit-trail-logs-everything"],
  },
];
