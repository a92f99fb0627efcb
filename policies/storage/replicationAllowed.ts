import { forbids, grants, type Request, type Statement, statementsOf } from "../documents";
import { type Finding, rule } from "../rule";
import { type Resource, type Stack } from "../stack";
import { isSet, listAt, textAt } from "../values";
import { bucketTypes } from "./buckets";

/** What S3 must be allowed to do before it copies anything. */
const needed = {
  readBucket: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
  readVersions: [
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectVersionTagging",
  ],
  readLocks: ["s3:GetObjectLegalHold", "s3:GetObjectRetention"],
  write: ["s3:ReplicateObject", "s3:ReplicateTags"],
  handOver: ["s3:ObjectOwnerOverrideToBucketOwner"],
  decrypt: ["kms:Decrypt"],
  // A bucket key of the destination is read back before it is used.
  encrypt: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
} as const;

/** AWS takes a replication whose role may not read or write, and then copies nothing. */
export const replicationAllowed = rule({
  id: "storage-replication-allowed",
  severity: "critical",
  scope: "system",
  description:
    "The role of a replication is declared, S3 takes it on, and its policy, those of the keys, and those of buckets in another account let it read every version with its lock, decrypt it, write the copy and encrypt that.",
  serves: "the copies that a recovery begins with: S3 says nothing of a copy that it may not make",
  peers: [],
  types: [bucketTypes.replication],
  example: {
    good: 'role: roleArn("record-replication", place), under the policy of replicationPolicy(…)',
    bad: "a role without kms:Encrypt for the destination's key",
  },
  *check({ inputs, region }, { stack, others }) {
    const role = textAt(inputs, "role") ?? "";
    const stacks = [stack, ...others];
    const ofRole = policiesOfRole(role, stacks);
    if (ofRole === undefined) {
      yield {
        setting: "role",
        ...(role === "" ? {} : { found: role }),
        required: "a role that a stack of the system declares, and that s3.amazonaws.com takes on",
        mend: "declare it by ServiceRole in the primary region's stack",
      };
      return;
    }
    const bucket = textAt(inputs, "bucket") ?? "";
    const source = `arn:aws:s3:::${bucket}`;
    const isLocked = stack
      .ofType(bucketTypes.lock)
      .some((lock) => textAt(lock.inputs, "bucket") === bucket);
    const ask = (resource: string, actions: readonly string[]) =>
      actions.map((action): Request => ({ principal: role, action, resource }));
    const read = [...needed.readVersions, ...(isLocked ? needed.readLocks : [])];
    const reading = [...ask(source, needed.readBucket), ...ask(`${source}/*`, read)];
    yield* refusals("the role's policy", ofRole, reading);
    yield* bucketFindings(source, reading, {
      policy: policyOfBucket([stack], source),
      isForeign: false,
    });
    const account = role.split(":")[4] ?? "";
    const key = keyOfBucket(stack, bucket);
    yield* keyFindings("the source's key", key, needed.decrypt, { role, ofRole, region, account });
    for (const [index, one] of listAt(inputs, "rules").entries()) {
      const at = `rules.${String(index)}`;
      const destination = textAt(one, "destination", "bucket") ?? "";
      const alias = textAt(one, "destination", "encryptionConfiguration", "replicaKmsKeyId") ?? "";
      const [, , , itsRegion, itsAccount = account, aliasName = ""] = alias.split(":");
      const write = [
        ...needed.write,
        ...(isSet(one, "destination", "accessControlTranslation") ? needed.handOver : []),
      ];
      const writing = ask(`${destination}/*`, write);
      yield* refusals("the role's policy", ofRole, writing);
      yield* bucketFindings(destination, writing, {
        policy: policyOfBucket(others, destination),
        isForeign: itsAccount !== account,
      });
      yield* keyFindings(
        `${at}.destination.encryptionConfiguration.replicaKmsKeyId`,
        others.flatMap(keysIn).find(({ aliases }) => aliases.includes(aliasName)),
        needed.encrypt,
        { role, ofRole, region: itsRegion, account: itsAccount },
      );
    }
  },
});

/** What a role may do; undefined for one that no stack declares, or that S3 does not take on. */
function policiesOfRole(arn: string, stacks: readonly Stack[]): Statement[] | undefined {
  const name = arn.split("/").pop();
  const isTakenOn = stacks
    .flatMap((stack) => stack.ofType("aws:iam/role:Role"))
    .filter(({ inputs }) => textAt(inputs, "name") === name)
    .flatMap(({ inputs }) => statementsOf(textAt(inputs, "assumeRolePolicy")))
    .some(
      ({ effect, actions, principals, conditions }) =>
        effect === "Allow" &&
        actions.includes("sts:AssumeRole") &&
        principals.includes("s3.amazonaws.com") &&
        Object.keys(conditions).length === 0,
    );
  return isTakenOn
    ? stacks
        .flatMap((stack) => stack.ofType("aws:iam/rolePolicy:RolePolicy"))
        .filter(({ inputs }) => textAt(inputs, "role") === name)
        .flatMap(({ inputs }) => statementsOf(textAt(inputs, "policy")))
    : undefined;
}

/** The statements of the policy of a bucket, which its ARN names. */
function policyOfBucket(stacks: readonly Stack[], arn: string): Statement[] {
  return stacks
    .flatMap((stack) => stack.ofType(bucketTypes.policy))
    .filter(({ inputs }) => `arn:aws:s3:::${textAt(inputs, "bucket") ?? ""}` === arn)
    .flatMap(({ inputs }) => statementsOf(textAt(inputs, "policy")));
}

/** A key, as far as a replication goes by it. */
interface Key {
  readonly policy: readonly Statement[];
  /** Names of its aliases. */
  readonly aliases: readonly string[];
}

function keysIn(stack: Stack): (Key & Pick<Resource, "urn">)[] {
  return stack.ofType("aws:kms/key:Key").map(({ urn, inputs }) => ({
    urn,
    policy: statementsOf(textAt(inputs, "policy")),
    aliases: stack
      .ofType("aws:kms/alias:Alias")
      .filter(({ dependencies }) => dependencies.includes(urn))
      .flatMap((alias) => textAt(alias.inputs, "name") ?? []),
  }));
}

function keyOfBucket(stack: Stack, bucket: string): Key | undefined {
  const encryption = stack
    .ofType(bucketTypes.encryption)
    .find(({ inputs }) => textAt(inputs, "bucket") === bucket);
  return keysIn(stack).find(({ urn }) => encryption?.dependencies.includes(urn));
}

/** Who copies, and where the key is. */
interface KeyUse {
  readonly role: string;
  readonly ofRole: readonly Statement[];
  readonly region: string | undefined;
  readonly account: string;
}

function* keyFindings(
  setting: string,
  key: Key | undefined,
  actions: readonly string[],
  { role, ofRole, region = "", account }: KeyUse,
): Iterable<Finding> {
  if (key === undefined) {
    yield {
      setting,
      required: "a key that a stack of the system declares, under an alias that is there",
      mend: "declare it by EncryptionKey, and name its alias",
    };
    return;
  }
  const { aliases } = key;
  const resource = `arn:aws:kms:${region}:${account}:key/*`;
  const using = actions.map((action): Request => ({
    principal: role,
    action,
    resource,
    context: { "kms:ResourceAliases": aliases },
  }));
  yield* refusals("the role's policy", ofRole, using);
  yield* refusals(`the policy of key ${aliases.join(", ")}`, key.policy, using);
}

/** Within an account the role's policy is enough, unless the bucket's refuses it. */
function* bucketFindings(
  bucket: string,
  writing: readonly Request[],
  { policy, isForeign }: { readonly policy: readonly Statement[]; readonly isForeign: boolean },
): Iterable<Finding> {
  const asked = isForeign ? writing : writing.filter((one) => forbids(policy, one));
  yield* refusals(`the policy of ${bucket}`, policy, asked);
}

/** What a policy does not let the role do, in one finding. */
function* refusals(
  setting: string,
  policy: readonly Statement[],
  requests: readonly Request[],
): Iterable<Finding> {
  const missing = requests.filter((request) => !grants(policy, request));
  const [first] = missing;
  if (first !== undefined) {
    yield {
      setting,
      found: `one without ${missing.map(({ action }) => action).join(", ")}`,
      required: `one that lets ${first.principal} do so on ${[...new Set(missing.map(({ resource }) => resource))].join(", ")}`,
      mend: "take replicationPolicy, recordBucketPolicy and keyPolicy, with the role among the users",
    };
  }
}
