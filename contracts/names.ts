import { type JobKind } from "./jobs";

/**
 * Physical names. Every stack computes the names of the other side instead of reading its state, so
 * a name is a function of the system, the purpose, the region and the account, and of nothing else.
 * Changing any name replaces or orphans what bears it: `test/contracts/names.test.ts` pins them.
 */

/** Where a named thing belongs. */
export interface Place {
  /** The trading system's id, at most 15 characters. */
  readonly system: string;
  /** AWS region, `us-east-1`. */
  readonly region: string;
  /** AWS account, 12 digits. */
  readonly account: string;
}

/**
 * What the names of a service look like.
 *
 * `carries`: names must be unique within what the service shares them in. S3 shares bucket names
 * across all accounts; IAM shares roles across regions; RDS wants members of a global database to
 * have different names. Names that carry nothing are the same in every region on purpose.
 */
interface NamingRule {
  readonly carries: "account-and-region" | "region" | "nothing";
  readonly maximumLength: number;
  readonly pattern: RegExp;
  readonly prefix?: string;
  /** Between the parts; a hyphen unless the service refuses it. */
  readonly separator?: "_" | "/";
}

const hyphenated = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const rules = {
  bucket: { carries: "account-and-region", maximumLength: 63, pattern: hyphenated },
  keyAlias: {
    carries: "region",
    maximumLength: 256,
    pattern: /^alias\/(?!aws\/)[a-z0-9-]+$/,
    prefix: "alias/",
  },
  vault: { carries: "region", maximumLength: 50, pattern: hyphenated },
  backupPlan: { carries: "region", maximumLength: 50, pattern: hyphenated },
  backupSelection: { carries: "region", maximumLength: 50, pattern: hyphenated },
  restoreTestingPlan: {
    carries: "region",
    maximumLength: 50,
    pattern: /^[a-z0-9_]+$/,
    separator: "_",
  },
  role: { carries: "region", maximumLength: 64, pattern: hyphenated },
  globalCluster: { carries: "nothing", maximumLength: 63, pattern: hyphenated },
  databaseCluster: { carries: "region", maximumLength: 63, pattern: hyphenated },
  databaseInstance: { carries: "region", maximumLength: 63, pattern: hyphenated },
  finalSnapshot: { carries: "region", maximumLength: 255, pattern: hyphenated },
  parameterGroup: { carries: "region", maximumLength: 255, pattern: hyphenated },
  subnetGroup: { carries: "region", maximumLength: 255, pattern: hyphenated },
  securityGroup: { carries: "region", maximumLength: 255, pattern: hyphenated },
  secret: {
    carries: "nothing",
    maximumLength: 512,
    // An end of a hyphen and six characters would look like the suffix that AWS adds to the ARN.
    pattern: /^(?!.*-[a-z0-9]{6}$)[a-z0-9-]+\/[a-z0-9-]+$/,
    separator: "/",
  },
  topic: { carries: "region", maximumLength: 256, pattern: hyphenated },
  // The slash makes a prefix that no other system's alarms have, which event patterns go by.
  alarm: {
    carries: "region",
    maximumLength: 255,
    pattern: /^[a-z0-9-]+(\/[a-z0-9-]+){2}$/,
    separator: "/",
  },
  eventRule: { carries: "region", maximumLength: 64, pattern: hyphenated },
  queue: { carries: "region", maximumLength: 80, pattern: hyphenated },
  trail: { carries: "region", maximumLength: 128, pattern: hyphenated },
  budget: { carries: "nothing", maximumLength: 100, pattern: hyphenated },
} as const satisfies Record<string, NamingRule>;

/**
 * Begins the names of the image repositories of every trading system. What an account's registry has
 * only once can cover them all by it, those of future systems too, and no other team's.
 */
export const repositoryNamespace = "trading-dr";

/** Image repositories have the same name in both regions, or replication would not find them. */
const repositoryRule: NamingRule = {
  carries: "nothing",
  maximumLength: 256,
  pattern: /^([a-z0-9]+(-[a-z0-9]+)*\/){2}[a-z0-9]+(-[a-z0-9]+)*$/,
  prefix: `${repositoryNamespace}/`,
  separator: "/",
};

/** A kind of thing that has a physical name. */
export type NamedService = keyof typeof rules;

/** Every service that {@link physicalName} knows. */
export const namedServices = Object.keys(rules) as NamedService[];

/**
 * What a thing is for. `<class>` is a lock class, a single word without a hyphen. Among the purposes
 * that one service uses, none ends in a hyphen and another, so that system `a-b` with purpose `c`
 * never meets system `a` with purpose `b-c`; the test lists the purposes of each service.
 */
export type Purpose =
  | "database"
  | `database-${string}`
  | LoginPurpose
  | `generation-${string}`
  | "records"
  | "snapshots"
  | "secrets"
  | "notices"
  | "images"
  | "access-logs"
  | "restore-test"
  | "repository-creation"
  | "break-glass"
  | "failover-switch"
  | "audit-logs"
  | "audit-trail"
  | "notice-forwarding"
  | "notices-out"
  | "notices-in"
  | "local-notices"
  | "heartbeats-out"
  | "heartbeats-in"
  | "undelivered-notices"
  | "missed-copies"
  | "health-check"
  | "backup-cost"
  | "transfer-cost"
  | "storage-cost"
  | `${string}-copies-${"late-from" | "failed-to"}-${string}`
  | `${JobKind}-job`
  | `${string}-records`
  | `${string}-replication`
  | `${string}-vault`;

/**
 * Secrets with the logins of database roles that have a password. The end keeps them from looking like
 * the suffix of an ARN, which `-writer` and `-reader` would.
 */
export type LoginPurpose = "database-audit-reader-login";

/**
 * The physical name of something.
 *
 * @throws RangeError when the service would refuse the name. Configurations are validated so that
 * this cannot happen; it guards against a new purpose that is too long.
 */
export function physicalName(service: NamedService, purpose: Purpose, place: Place): string {
  return nameBy(rules[service], service, purpose, place);
}

/**
 * The physical name of an image repository, whose last part the system file chooses.
 *
 * @throws RangeError when ECR would refuse the name, as {@link physicalName} does.
 */
export function repositoryName(repository: string, place: Place): string {
  return nameBy(repositoryRule, "repository", repository, place);
}

function nameBy(rule: NamingRule, what: string, purpose: string, place: Place): string {
  const parts = [place.system, purpose];
  if (rule.carries === "account-and-region") {
    parts.push(place.account);
  }
  if (rule.carries !== "nothing") {
    parts.push(place.region);
  }
  const joined = parts.join(rule.separator ?? "-");
  const name = `${rule.prefix ?? ""}${rule.separator === "_" ? joined.replaceAll("-", "_") : joined}`;
  if (name.length > rule.maximumLength || !rule.pattern.test(name)) {
    throw new RangeError(
      `${what} name "${name}" is not allowed: at most ${String(rule.maximumLength)} characters that match ${String(rule.pattern)}; shorten the system's id or the purpose`,
    );
  }
  return name;
}

/** ARN of a bucket. */
export function bucketArn(purpose: Purpose, place: Place): string {
  return `arn:aws:s3:::${physicalName("bucket", purpose, place)}`;
}

/** ARN of a key's alias. Most services take it where a key's own ARN is not known in advance. */
export function keyAliasArn(purpose: Purpose, place: Place): string {
  return `arn:aws:kms:${place.region}:${place.account}:${physicalName("keyAlias", purpose, place)}`;
}

/** ARN of a backup vault. */
export function vaultArn(purpose: Purpose, place: Place): string {
  return `arn:aws:backup:${place.region}:${place.account}:backup-vault:${physicalName("vault", purpose, place)}`;
}

/** ARN of an IAM role. The region is part of the role's name: it says whose work the role does. */
export function roleArn(purpose: Purpose, place: Place): string {
  return `arn:aws:iam::${place.account}:role/${physicalName("role", purpose, place)}`;
}

/**
 * What a generation of the database is for. The first is what the first deployment makes; each time
 * that the other side is rebuilt beside a lost one, the number goes up by one.
 *
 * @param part What of the database: an instance's number, or PostgreSQL's major version.
 */
export function databasePurpose(generation: number, part?: number | string): Purpose {
  const whole =
    generation === 1 ? "database" : (`database-generation-${String(generation)}` as const);
  return part === undefined ? whole : `${whole}-${String(part)}`;
}

/** ARN of an Aurora cluster. */
export function databaseClusterArn(place: Place, generation: number): string {
  const name = physicalName("databaseCluster", databasePurpose(generation), place);
  return `arn:aws:rds:${place.region}:${place.account}:cluster:${name}`;
}

/** ARN of a plain RDS instance. */
export function databaseInstanceArn(place: Place, generation: number): string {
  const name = physicalName("databaseInstance", databasePurpose(generation), place);
  return `arn:aws:rds:${place.region}:${place.account}:db:${name}`;
}

/** What the ARNs of all database instances of a system in a region begin with. */
export function databaseInstanceArnPrefix({ system, region, account }: Place): string {
  return `arn:aws:rds:${region}:${account}:db:${system}-database-`;
}

/** What the names of a system's image repositories begin with, without the slash that follows. */
export function repositoryPrefix({ system }: Pick<Place, "system">): string {
  return `${repositoryNamespace}/${system}`;
}

/** Pattern of the ARNs of a system's image repositories in a region, declared or not. */
export function repositoryArnPattern(place: Place): string {
  return `arn:aws:ecr:${place.region}:${place.account}:repository/${repositoryPrefix(place)}/*`;
}

/**
 * ARN of an image repository.
 *
 * @param name Its whole name, as {@link repositoryName} has it.
 */
export function repositoryArn(name: string, { region, account }: Place): string {
  return `arn:aws:ecr:${region}:${account}:repository/${name}`;
}

/** ARN of an EventBridge rule on the default bus. */
export function eventRuleArn(purpose: Purpose, place: Place): string {
  return `arn:aws:events:${place.region}:${place.account}:rule/${physicalName("eventRule", purpose, place)}`;
}

/** ARN of a region's default event bus, where AWS's own events appear. */
export function defaultEventBusArn({ region, account }: Place): string {
  return `arn:aws:events:${region}:${account}:event-bus/default`;
}

/** ARN of an SQS queue. */
export function queueArn(purpose: Purpose, place: Place): string {
  return `arn:aws:sqs:${place.region}:${place.account}:${physicalName("queue", purpose, place)}`;
}

/** ARN of an SNS topic. */
export function topicArn(purpose: Purpose, place: Place): string {
  return `arn:aws:sns:${place.region}:${place.account}:${physicalName("topic", purpose, place)}`;
}

/** ARN of a CloudTrail trail. */
export function trailArn(purpose: Purpose, place: Place): string {
  return `arn:aws:cloudtrail:${place.region}:${place.account}:trail/${physicalName("trail", purpose, place)}`;
}

/** What the names of all alarms of a system begin with, and no other system's. */
export function alarmNamePrefix(system: string): string {
  return `${system}/`;
}

/** Bucket of the records of a lock class. */
export function recordsPurpose(lockClass: string): Purpose {
  return `${lockClass}-records`;
}

/** Id of the replication rule of record buckets that copies to a place; metrics bear it. */
export function replicationRuleId({ region }: Place): string {
  return `to-${region}`;
}

/** Vault of the snapshots of a lock class. */
export function vaultPurpose(lockClass: string): Purpose {
  return `${lockClass}-vault`;
}

/** Role of the jobs of a kind. */
export function jobPurpose(kind: JobKind): Purpose {
  return `${kind}-job`;
}

/** An image in the registry of a place, which serves its region while the other is gone. */
export function imageReference(image: string, { account, region }: Place): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com/${image}`;
}
