import { z } from "zod";
import {
  date,
  duration,
  identifier,
  named,
  oneOf,
  region,
  section,
  text,
  whenSound,
  whole,
} from "./field";
import { awsBackupSchedule, schedule } from "./schedule";
import {
  storageClassNames,
  type StorageClass,
  type Transition,
  transitionProblems,
} from "../contracts/storageClasses";
import { releaseTagProblems } from "../contracts/imageTags";
import { type Duration, wholeDays } from "./duration";
import { dailyWindow, weeklyWindow, windowMinutes, windowsOverlap } from "./window";

/** The stores that a trading system can have, one schema each. A store is where data lives. */

const description = text("must say in a few words what the store holds; write a short text");

/** When objects move to colder storage: storage class → time since creation. */
const transitions = section(
  Object.fromEntries(storageClassNames.map((name) => [name, duration().optional()])) as Record<
    (typeof storageClassNames)[number],
    z.ZodOptional<ReturnType<typeof duration>>
  >,
).optional();

/** What a lifecycle needs: the lock class, how long objects live, and where they go meanwhile. */
const lifecycleKeys = {
  /** Name of an entry of `lockClasses`; decides the bucket. */
  lockClass: identifier(11),
  /** From creation to expiration. At least the lock class's period. */
  retention: duration({ minimum: "1d", maximum: "99y" }),
  transitions,
};

/** The transitions of a configuration section, warmest first. */
export function transitionsOf(
  after: Readonly<Partial<Record<StorageClass, Duration | undefined>>>,
): Transition[] {
  return storageClassNames.flatMap((storageClass) => {
    const duration = after[storageClass];
    return duration === undefined ? [] : [{ storageClass, days: wholeDays(duration) }];
  });
}

function checkTransitions(
  lifecycle: z.infer<z.ZodObject<typeof lifecycleKeys>>,
  context: z.core.$RefinementCtx,
): void {
  const after = transitionsOf(lifecycle.transitions ?? {});
  for (const { storageClass, message } of transitionProblems(
    after,
    wholeDays(lifecycle.retention),
  )) {
    context.addIssue({ code: "custom", path: ["transitions", storageClass], message });
  }
}

/** Recovery points of one frequency: how long they are kept and in which lock class. */
export const tier = section(lifecycleKeys).superRefine(
  checkTransitions,
  whenSound("retention", "transitions"),
);

/** One recurring copy of a store: when, and into which tier. */
const recurring = section({ schedule: schedule(), tier: identifier(20) });
const recurringSnapshot = section({ schedule: awsBackupSchedule(), tier: identifier(20) });

const query = text(
  'must be one query that reads, without a semicolon at its end; write it like "SELECT id FROM trades WHERE price <= 0"',
  /^(?:SELECT|WITH|TABLE|VALUES)\b[^;]*$/i,
);

const databaseKeys = {
  kind: z.literal("database"),
  description,
  /** PostgreSQL's version, as RDS names it. A plain major version would let the regions differ. */
  engineVersion: text(
    'must be a full version with a minor; write it like "16.6"',
    /^\d{2}\.\d{1,2}$/,
  ),
  databaseName: text(
    "must be a PostgreSQL database name: letters, digits and underscores, starting with a letter, at most 63; rename it",
    /^[a-z][a-z0-9_]{0,62}$/,
  ),
  /** The database's administrator. Its password is made by the stack and kept in Secrets Manager. */
  administrator: text(
    "must be 1 to 16 letters, digits and underscores, start with a letter, and be neither admin nor rdsadmin; rename it",
    /^(?!(?:rds)?admin$)[a-z][a-z0-9_]{0,15}$/,
  ),
  /** Change this date to have the next `pulumi up` make a new administrator's password. */
  administratorPasswordRotated: date(),
  instanceClass: text(
    'must be a memory-optimised class, which Aurora global databases require and burstable ones are not; write it like "db.r6g.large"',
    /^db\.[rx][a-z0-9]+\.[a-z0-9]+$/,
  ),
  /** How far back a point in time can be restored. RDS and Aurora keep 35 days at most. */
  pointInTimeRecovery: duration({ minimum: "1d", maximum: "35d" }),
  /** Daily window for RDS's own snapshot, UTC. */
  backupWindow: text('must be a UTC window; write it like "03:00-04:00"', dailyWindow),
  /** Weekly window for maintenance, UTC; may not overlap the backup window. */
  maintenanceWindow: text(
    'must be a weekly UTC window; write it like "sun:05:00-sun:06:00"',
    weeklyWindow,
  ),
  /** Replication lag towards the standby region above which the recovery point is in danger. */
  replicationLagLimit: duration({ minimum: "1s", maximum: "24h" }),
  /** How long PostgreSQL's log is kept. */
  logRetention: duration({ minimum: "1d", maximum: "10y" }),
  /** Storage snapshots by AWS Backup, copied to the other region and the archive. */
  snapshots: named(recurringSnapshot, 20),
  /** Dumps that can be restored table by table, written to the record buckets. */
  logicalBackups: named(recurring, 20),
  /** Queries on a restored copy, by name, that give the rows which must not be there. */
  integrityQueries: named(query).default({}),
  /**
   * Queries on a restored copy, by name, whose time is compared with that of the verification before:
   * a copy that answers much slower is no copy of what people work with.
   */
  baselineQueries: named(query).default({}),
  /**
   * Each time that the other side was rebuilt after a detach-and-promote, oldest first: the region
   * whose database survived, and what becomes of the lost one. `kept`: it is declared and protected.
   * `released`: declared, no longer protected. `retired`: no longer declared, and left in the
   * account. An engine lets go of nothing that is protected, so each takes an update of its own.
   */
  rebuilds: z
    .array(section({ survivor: region(), lost: oneOf("kept", "released", "retired") }), {
      error: "must be a list of rebuilds, each with survivor and lost; write [] for none",
    })
    .default([]),
};

function checkWindows(
  { backupWindow, maintenanceWindow }: Record<"backupWindow" | "maintenanceWindow", string>,
  context: z.core.$RefinementCtx,
): void {
  const complain = (path: string, message: string) => {
    context.addIssue({ code: "custom", path: [path], message });
  };
  for (const [path, window] of Object.entries({ backupWindow, maintenanceWindow })) {
    if (windowMinutes(window) < 30) {
      complain(path, "must be at least 30 minutes long, as RDS asks; let it end later");
    }
  }
  if (windowsOverlap(backupWindow, maintenanceWindow)) {
    complain(
      "maintenanceWindow",
      `must not overlap the backup window ${backupWindow}, which RDS refuses; move one of the two`,
    );
  }
}

const auroraDatabase = section({
  ...databaseKeys,
  engine: z.literal("aurora-postgresql"),
  /** Instances in the primary region: one writer, the others ready to take over. */
  primaryInstances: whole(2, 16, "instances"),
  /** Instances in the standby region. Without one the standby could not serve in time. */
  standbyInstances: whole(1, 16, "instances"),
  /**
   * `alarm`: lag above the limit raises an alarm. `block`: Aurora also stops commits in the primary
   * while every standby lags more than the limit (parameter `rds.global_db_rpo`, 20 s at least).
   */
  rpoEnforcement: oneOf("alarm", "block"),
})
  .superRefine(
    (database, context) => {
      if (database.rpoEnforcement === "block" && database.replicationLagLimit.seconds < 20) {
        context.addIssue({
          code: "custom",
          path: ["replicationLagLimit"],
          message:
            "must be at least 20s while rpoEnforcement is block, because rds.global_db_rpo takes no less; raise it, or set rpoEnforcement to alarm",
        });
      }
    },
    whenSound("rpoEnforcement", "replicationLagLimit"),
  )
  .superRefine(checkWindows, whenSound("backupWindow", "maintenanceWindow"));

const rdsDatabase = section({
  ...databaseKeys,
  engine: z.literal("rds-postgresql"),
  /** Storage of each instance. It grows by itself up to five times this. */
  storageGibibytes: whole(20, 13_107, "gibibytes"),
  /** Plain RDS cannot hold back commits, so the lag can only be watched. */
  rpoEnforcement: z.literal("alarm", {
    error:
      "must be alarm: plain RDS cannot stop commits while a replica lags; set it to alarm, or use engine aurora-postgresql",
  }),
}).superRefine(checkWindows, whenSound("backupWindow", "maintenanceWindow"));

/** Objects written by the system itself, under the prefix `records/<store>/` of a record bucket. */
const objects = section({
  kind: z.literal("objects"),
  description,
  ...lifecycleKeys,
  /** How often the system writes, for objects that are a copy of something. */
  writtenEvery: duration({ minimum: "1s" }).optional(),
}).superRefine(checkTransitions, whenSound("retention", "transitions"));

const cache = section({
  kind: z.literal("cache"),
  description,
  replicas: whole(1, 10, "replicas").refine((count) => count !== 1, {
    error:
      "must be at least 2: after a failover one fewer is left, and min-replicas-to-write 1 refuses every write without one; set it to 2 or more",
  }),
  sentinels: whole(3, 9, "sentinels").refine((count) => count % 2 === 1, {
    error: "must be odd, so that a split network leaves one majority; use 3, 5, 7 or 9",
  }),
  /** Sentinels that must agree that the primary is down before one of them asks for a vote. */
  quorum: whole(1, 9, "sentinels"),
  masterName: identifier(32),
  sentinelPort: whole(1_024, 65_535, "port number"),
  /** Silence after which a sentinel believes the primary down (`down-after-milliseconds`). */
  detection: duration({ minimum: "1s", maximum: "1m" }),
  /**
   * Oldest acknowledged write that a failover may lose. Replicas report and are counted once a second
   * each, which adds two to what `min-replicas-max-lag` says, and 0 would turn that off.
   */
  lostWriteBound: duration({ minimum: "3s", maximum: "1m" }),
  /** How the standby region's group is kept warm. */
  standby: oneOf("replication", "snapshots"),
  snapshots: recurring,
  /** Memory for data of each server. Volumes and limits follow from it. */
  memoryMebibytes: whole(64, 262_144, "mebibytes"),
  /** Change this date to have the next `pulumi up` make new passwords. */
  passwordsRotated: date(),
  /** What `passwordsRotated` was before: its passwords still hold, until everybody has the new ones. */
  passwordsRotatedBefore: date().optional(),
})
  .superRefine(
    ({ passwordsRotated, passwordsRotatedBefore }, context) => {
      if (passwordsRotatedBefore !== undefined && passwordsRotatedBefore >= passwordsRotated) {
        context.addIssue({
          code: "custom",
          path: ["passwordsRotatedBefore"],
          message: `must be before passwordsRotated, ${passwordsRotated}; move the date that was there to passwordsRotatedBefore, and write today's into passwordsRotated`,
        });
      }
    },
    whenSound("passwordsRotated", "passwordsRotatedBefore"),
  )
  .superRefine(
    (group, context) => {
      const majority = Math.floor(group.sentinels / 2) + 1;
      if (group.quorum !== majority) {
        context.addIssue({
          code: "custom",
          path: ["quorum"],
          message: `must be ${String(majority)}, the majority of ${String(group.sentinels)} sentinels; set quorum to ${String(majority)}`,
        });
      }
    },
    whenSound("sentinels", "quorum"),
  );

const images = section({
  kind: z.literal("images"),
  description,
  repositories: z
    .array(identifier(64), { error: "must be a list of repository names; write one a line" })
    .min(1, { error: "must name at least one repository" })
    .superRefine((repositories, context) => {
      repositories.forEach((repository, index) => {
        if (repositories.indexOf(repository) < index) {
          context.addIssue({
            code: "custom",
            path: [index],
            message: "is in the list already; remove it, or rename one of the two",
          });
        }
      });
    }),
  /**
   * Pattern of the tags of releases, in which `*` stands for any characters. Signatures and
   * everything else in a repository must not match it: only what does is counted, and expires.
   */
  releaseTags: z
    .string({ error: 'must be a pattern of image tags; write it like "v*"' })
    .superRefine((pattern, context) => {
      for (const message of releaseTagProblems(pattern)) {
        context.addIssue({ code: "custom", message });
      }
    }),
  /** Released versions kept of each image. */
  keptVersions: whole(1, 1_000, "versions"),
  /** True when images are signed: then nothing without a tag expires, as signatures may have none. */
  signed: z.boolean({ error: "must be true or false" }),
});

const files = section({ kind: z.literal("files"), description, backup: recurring });

const topics = section({
  kind: z.literal("topics"),
  description,
  /** Topics by how long their messages are kept and whether they leave the region. */
  classes: named(
    section({
      retention: duration({ minimum: "1h" }),
      keptIn: oneOf("brokers", "brokers-of-both-regions", "objects"),
    }),
  ),
  configurationBackup: recurring,
});

const timeSeries = section({
  kind: z.literal("time-series"),
  description,
  export: section({
    schedule: schedule(),
    format: oneOf("parquet"),
    /** The store of kind `objects` that takes the exports. */
    store: identifier(32),
  }),
  /** How long the database itself keeps points. */
  retention: duration({ minimum: "1h" }),
  standby: oneOf("streaming", "exports"),
});

/** Kubernetes objects, Helm releases, certificates, secrets: what a cluster is rebuilt from. */
const configuration = section({
  kind: z.literal("configuration"),
  description,
  backup: recurring,
});

/** Any store, told apart by `kind` (and databases by `engine`). */
export const store = z.discriminatedUnion(
  "kind",
  [
    z.discriminatedUnion("engine", [auroraDatabase, rdsDatabase], {
      error: "must have an engine: aurora-postgresql or rds-postgresql; set engine to one of them",
    }),
    objects,
    cache,
    images,
    files,
    topics,
    timeSeries,
    configuration,
  ],
  {
    error:
      "must have a kind: database, objects, cache, images, files, topics, time-series or configuration; set kind to one of them",
  },
);

export type Store = z.output<typeof store>;
export type StoreKind = Store["kind"];
export type StoreOf<Kind extends StoreKind> = Extract<Store, { kind: Kind }>;
