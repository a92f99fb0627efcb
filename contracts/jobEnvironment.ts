import { z } from "zod";
import { type JobKind } from "./jobs";
import { noRecipients, recipient } from "./recoveryKey";
import {
  filePath,
  hostAndPort,
  httpUrl,
  location,
  several,
  structure,
  text,
  whole,
} from "./variables";

/**
 * The environment of each kind of job: what the stacks write into the CronJobs and what the
 * `trading-dr` command reads, from one schema. Every variable is a codec between a value and text.
 * Nothing here is secret: secrets are files, and a variable says where.
 */

/** What every job is told. */
const everyJob = {
  system: text,
  region: text,
  account: z.string().regex(/^\d{12}$/, { error: "must be 12 digits" }),
  /** Where the job's own events go, and those of its earlier runs are. */
  events: location,
  /** Where metrics are pushed. @default - they are not */
  pushgateway: httpUrl.optional(),
  /** File with the address of Slack's incoming webhook, which is a secret. @default - nobody is told */
  slackWebhookFile: filePath.optional(),
};

/** What a job that writes recovery points is told. */
const writer = {
  ...everyJob,
  store: text,
  tier: text,
  /** Retention of the tier, for the manifest's retention date. */
  retentionDays: whole,
  /** Where the recovery points go. */
  recoveryPoints: location,
};

const queries = z.record(z.string(), z.string());

/** What a job that restores into the throw-away PostgreSQL is told. */
const restorer = {
  ...everyJob,
  /** Where the database's recovery points are, by series and by the region that took them. */
  recoveryPoints: several(location),
  databaseName: text,
  scratchSocketDirectory: text,
  /** Queries that give the rows which must not be there, by name. */
  integrityQueries: structure(queries),
  /** Queries whose time is compared with that of the verification before, by name. */
  baselineQueries: structure(queries),
};

/** What a job is told that measures a restore. */
const rehearser = {
  ...restorer,
  /** What the database's classes of data are promised, in the disaster that is rehearsed. */
  objectives: structure(
    z
      .array(
        z.object({
          dataClass: text,
          kind: z.enum(["rpo", "rto"]),
          objectiveSeconds: z.number().nonnegative(),
          /** Seconds that somebody accepted in its place, or `none` for anything. */
          accepted: z.union([z.number().nonnegative(), z.literal("none")]).optional(),
        }),
      )
      .min(1),
  ),
  /** Age of the newest recovery point above which one is missing. */
  maximumAgeSeconds: whole,
};

/** One series of recovery points that has to be there. */
const watched = z.object({
  store: text,
  /** The series' name, where the store has several. */
  series: text.optional(),
  /** Age of the newest good point above which one is missing, and the longest time between two. */
  maximumAgeSeconds: z.int().positive(),
  /** Where points are, by the region that took them. */
  locations: z.array(location).min(1),
  /** Bucket of the other region, which has the same under the same prefixes. @default - there is none */
  copiedTo: z.object({ region: text, bucket: text }).optional(),
});

/** Proof that has to be there. */
const verified = z.object({
  /** Age of the newest verification that passed above which one is missing, in each place. */
  maximumAgeSeconds: z.int().positive(),
  /** Where verifications are recorded, by the region that made them. */
  locations: z.array(location).min(1),
});

/** The variables of each kind of job, by the names that code uses. */
export const jobEnvironments = {
  "backup-database": z.object({
    ...writer,
    /** The series' name in the system file. */
    series: text,
    /** A reader, where there is one. */
    databaseHost: text,
    databaseName: text,
    /** A user of IAM: the password is a token that the job's role signs. */
    databaseUser: text,
  }),
  verify: z.object(restorer),
  "snapshot-cache": z.object({
    ...writer,
    masterName: text,
    /** `host:port` of each Sentinel. */
    sentinels: several(hostAndPort),
    cacheUser: text,
    /** File with the user's password. */
    cachePasswordFile: text,
    /** File with the certificate of the authority that signs for servers and Sentinels. */
    cacheAuthorityFile: text,
  }),
  "snapshot-configuration": z.object({
    ...writer,
    /** Namespace whose objects are saved. */
    namespace: text,
    /** Public parts of the keys that Secrets are encrypted for; `pending` while nobody has made one. */
    recoveryRecipients: z.union([z.literal(noRecipients), several(recipient)]),
  }),
  check: z.object({
    ...everyJob,
    watched: structure(z.array(watched).min(1)),
    /** Absent where there is no database, which alone is verified. */
    verified: structure(verified).optional(),
    /** Bytes of objects that one check may read to compare their checksums. @default 1 GiB */
    examinedBytes: whole.optional(),
  }),
  "catalog-load": z.object({
    ...everyJob,
    /** Events of all kinds and regions. */
    allEvents: location,
    /** Retention of the events' store, for the rows' retention date. */
    retentionDays: whole,
    /** The writer. */
    databaseHost: text,
    databaseName: text,
    /** A user of IAM: the password is a token that the job's role signs. */
    databaseUser: text,
  }),
  "drill-recovery": z.object(rehearser),
  "drill-disaster": z.object({
    ...rehearser,
    /** The database of the region, as AWS knows it: the two engines differ in what is asked. */
    regionDatabase: structure(
      z.discriminatedUnion("engine", [
        z.object({ engine: z.literal("aurora-postgresql"), cluster: text, globalCluster: text }),
        z.object({ engine: z.literal("rds-postgresql"), instance: text }),
      ]),
    ),
    /** What has to be in the region's registry, by repository. Empty where the system has no images. */
    images: structure(
      z.array(
        z.object({
          repository: text,
          /** Images that have to be there: `sha256:…`. Where none is named, some release has to be. */
          digests: z.array(text),
          /** Pattern of the tags of releases, in which `*` stands for any characters. */
          releaseTags: text,
        }),
      ),
    ),
    /** Where the region answers; `none` where its stack is not told. */
    endpoint: structure(
      z.union([
        z.object({
          /** Of the region's own host, with the path that says whether the writer is here. */
          url: z.url({ protocol: /^https$/ }),
          /** Name that users resolve, and that the host has to have a certificate for. */
          name: text,
        }),
        z.literal("none"),
      ]),
    ),
  }),
} satisfies Record<JobKind, z.ZodObject>;

/** What operators tell the commands that no schedule runs: their own events go where they say. */
const operator = {
  ...everyJob,
  /** Where recovery points of the database are, by series and by the region that took them. */
  recoveryPoints: several(location),
};

/** Where operators log in. */
const operatorLogin = {
  databaseHost: text,
  databaseUser: text,
  /** `iam`: by a token that AWS signs; `file`: by what PostgreSQL's password file says. */
  databaseLogin: z.enum(["iam", "file"]),
};

/** Where the tables of the audit are, for operators. */
const auditDatabase = { ...everyJob, ...operatorLogin, databaseName: text };

const hook = z.array(z.string()).min(1);

/** What is called around a restore. */
const hooks = {
  /** Program and arguments that stop whoever writes, and that let them go on. @default - none */
  quiesce: structure(hook).optional(),
  resume: structure(hook).optional(),
  /** Seconds that each of the two may take before it is ended: up to a day. @default 300 */
  hookSeconds: whole
    .refine((seconds) => seconds >= 1 && seconds <= 86_400, {
      error: "must be a number of seconds from 1 to 86400",
    })
    .optional(),
};

/** The variables of commands that operators run, by the names that code uses. */
const operatorEnvironments = {
  list: z.object({
    ...operator,
    /** Where verifications are recorded. */
    events: location,
  }),
  "drill-cache": z.object({
    ...everyJob,
    /** The cache's store in the system file. */
    store: text,
    /** Namespace that its pods are in. */
    namespace: text,
    /** How many servers it has. */
    servers: whole,
  }),
  "backup-emergency": z.object({ ...writer, ...operatorLogin }),
  restore: z.object({
    ...operator,
    ...operatorLogin,
    /** Name of the database at the source. */
    databaseName: text,
    /** Where verifications are recorded, by the region that made them. */
    verifications: several(location),
    /** Where a recovery point of a database that is replaced goes, before it is. */
    emergency: location,
    store: text,
    tier: text,
    retentionDays: whole,
    ...hooks,
  }),
  "restore-cache": z.object({
    ...operator,
    store: text,
    tier: text,
    retentionDays: whole,
    /** Where a recovery point of keys that are replaced goes, before they are. */
    emergency: location,
    masterName: text,
    /** `host:port` of each server of the group. */
    servers: several(hostAndPort),
    /** `host:port` of each Sentinel. */
    sentinels: several(hostAndPort),
    /** What Sentinels are told when they watch again; see docs/cache.md. */
    quorum: whole,
    detectionMilliseconds: whole,
    failoverMilliseconds: whole,
    /** Directory with the passwords of `promotion`, `backup` and `sentinel`, and `replication.acl`. */
    cacheCredentials: text,
    /** Directory with `tls.crt`, `tls.key` and `ca.crt`, of the authority that servers trust. */
    cacheCertificates: text,
    /** `host:port` under which the group's servers reach this command. */
    loader: hostAndPort,
    ...hooks,
  }),
  "restore-configuration": z.object({
    ...operator,
    /** Namespace whose objects are restored. */
    namespace: text,
  }),
  "audit-migrate": z.object(auditDatabase),
  "audit-verify": z.object({
    ...auditDatabase,
    /** Events of all kinds and regions. */
    allEvents: location,
  }),
  "catalog-rebuild": z.object({
    ...auditDatabase,
    allEvents: location,
    /** Retention of the events' store, for the rows' retention date. */
    retentionDays: whole,
  }),
} as const;

const commandEnvironments = { ...jobEnvironments, ...operatorEnvironments };

/** A command that reads an environment: what a kind of job runs, or an operator. */
export type CommandKind = keyof typeof commandEnvironments;

/** What a command is told. */
export type CommandEnvironment<Kind extends CommandKind> = z.output<
  (typeof commandEnvironments)[Kind]
>;

/** What a job of a kind is told. */
export type JobEnvironment<Kind extends JobKind> = z.output<(typeof jobEnvironments)[Kind]>;

const namePrefix = "TRADING_DR_";

/** `databaseHost` → `TRADING_DR_DATABASE_HOST`. */
export function variableName(key: string): string {
  return namePrefix + key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/**
 * The text of one variable.
 *
 * @throws RangeError when the value is not what the kind's jobs expect.
 */
export function variableText(kind: JobKind, key: string, value: unknown): string {
  const variables: Readonly<Record<string, z.ZodType>> = jobEnvironments[kind].shape;
  const variable = variables[key];
  if (variable === undefined) {
    throw new RangeError(`${key} is no variable of ${kind} jobs`);
  }
  const encoded = z.safeEncode(variable, value);
  if (!encoded.success) {
    throw new RangeError(`${key} ${messagesOf(encoded.error).join(", ")}`);
  }
  return String(encoded.data);
}

/** Names of the variables that a command has, as code uses them. */
export function variablesOf(kind: CommandKind): string[] {
  return Object.keys(commandEnvironments[kind].shape);
}

/** Whether a job can do without a variable. */
export function isOptionalVariable(kind: JobKind, key: string): boolean {
  const variables: Readonly<Record<string, z.ZodType>> = jobEnvironments[kind].shape;
  return variables[key]?.safeParse(undefined).success ?? false;
}

/**
 * Reads a command's environment. Variables of other prefixes belong to others and are left alone.
 *
 * @throws RangeError with every variable that is missing, unknown or wrong.
 */
export function parseEnvironment<Kind extends CommandKind>(
  kind: Kind,
  environment: Readonly<Record<string, string | undefined>>,
): CommandEnvironment<Kind> {
  const keys = variablesOf(kind);
  const known = keys.map(variableName);
  const strange = Object.keys(environment).filter(
    (name) => name.startsWith(namePrefix) && !known.includes(name),
  );
  const given = Object.fromEntries(
    keys
      .map((key) => [key, environment[variableName(key)]] as const)
      .filter(([, value]) => value !== undefined),
  );
  const parsed = commandEnvironments[kind].safeParse(given);
  const problems = [
    ...strange.map((name) => `${name} is no variable of ${commandWords(kind)}`),
    ...(parsed.error?.issues ?? []).map(({ path, message }) => {
      const name = variableName(String(path[0]));
      return environment[name] === undefined ? `${name} is missing` : `${name} ${message}`;
    }),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new RangeError(
      `the environment of ${commandWords(kind)} is wrong: ${problems.join("; ")}`,
    );
  }
  return parsed.data as CommandEnvironment<Kind>;
}

/** `trading-dr backup database`. */
function commandWords(kind: CommandKind): string {
  return ["trading-dr", ...kind.split("-")].join(" ");
}

function messagesOf(error: z.ZodError): string[] {
  return error.issues.map(({ message }) => message);
}
