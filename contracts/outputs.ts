/** What a stack tells people and other programs. No stack reads another's outputs. */
export interface StackOutputs {
  readonly system: string;
  readonly role: "prod" | "dr" | "archive";
  readonly region: string;
  readonly phase: "landing" | "whole";
  readonly profile: "production" | "sandbox";
  /** Aliases of the keys, by purpose. */
  readonly keys: Readonly<Record<string, unknown>>;
  /** Names of the record buckets, by lock class. */
  readonly recordBuckets: Readonly<Record<string, unknown>>;
  /** ARNs of the vaults, by lock class. */
  readonly vaults: Readonly<Record<string, unknown>>;
  /** URLs of the image repositories, by their names in the system file, where this stack has some. */
  readonly images?: Readonly<Record<string, unknown>>;
  /** ARN of the topic for notices. */
  readonly noticeTopicArn: unknown;
  /** ARN of the audit trail, where this stack makes one. */
  readonly auditTrailArn?: unknown;
  /** The archive in an account of its own: what its administrators make the role from. */
  readonly breakGlassRole?: Readonly<Record<string, unknown>>;
  /** The database, where this stack has one. */
  readonly database?: Readonly<Record<string, unknown>>;
  /** The name that users resolve, where this stack holds its records. */
  readonly dns?: Readonly<Record<string, unknown>>;
  /** The switch that sends users to a region, where this stack holds it: the commands to throw it. */
  readonly failoverSwitch?: Readonly<Record<string, unknown>>;
  /** What becomes of each job in this region, by its name, where this stack has jobs. */
  readonly jobs?: Readonly<Record<string, "runs" | "suspended">>;
  /** Kubernetes Secrets that applications take a cache's name, password and Sentinels from, by store. */
  readonly caches: Readonly<Record<string, unknown>>;
  /** What the system file declares and no component builds yet. */
  readonly notBuiltYet: readonly NotBuilt[];
  /** What a reader should know before trusting the stack. */
  readonly remarks: readonly string[];
}

/** What an `access` stack tells people and other programs. */
export interface AccessOutputs {
  readonly system: string;
  readonly role: "access";
  /** Region of the secrets. */
  readonly region: string;
  readonly profile: "production" | "sandbox";
  readonly databaseName: string;
  /** Schema of what is known about backups and recoveries. */
  readonly auditSchema: string;
  /** Roles that log in with a password, and the ARNs of the secrets that hold it. */
  readonly logins: Readonly<Record<string, unknown>>;
  readonly notBuiltYet: readonly NotBuilt[];
  /** What a reader should know before trusting the stack. */
  readonly remarks: readonly string[];
}

/** A part of the system file that no component builds yet. */
export interface NotBuilt {
  /** Path in the system file: `stores.cache`. */
  readonly path: string;
  /** What it is, in a few words. */
  readonly what: string;
}
