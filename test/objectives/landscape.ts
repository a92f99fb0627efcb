import { type Declared, type DeclaredResource } from "../../objectives/declared";
import { decoys } from "./landscapeDecoys";
import {
  account,
  alarm,
  bucketOf,
  copiesOf,
  copyTo,
  type CopyShape,
  groupOf,
  type GroupShape,
  jobOf,
  of,
  planOf,
  registryRule,
  removalPolicy,
  selectionOf,
  unknown,
  unlessEndless,
} from "./landscapeShapes";

/** The settings that bounds are computed from, each as a test wants it. */
export interface Settings extends Pick<
  GroupShape,
  | "servers"
  | "sentinels"
  | "quorum"
  | "downAfter"
  | "failoverTimeout"
  | "minReplicas"
  | "maxLag"
  | "memoryMebibytes"
  | "appendOnly"
> {
  readonly archiveAccount: string;
  readonly engine: "aurora" | "rds";
  readonly primaryInstances: number;
  readonly standbyInstances: number;
  readonly multiAz: boolean;
  readonly pointInTimeDays: number;
  /** Seconds of `rds.global_db_rpo`; 0: not set. */
  readonly lagLimit: number;
  readonly timeZone: string;
  readonly backupSchedule: string;
  readonly backupDeadline: number;
  readonly cacheSchedule: string;
  readonly cacheDeadline: number;
  /** Seconds that a run of any job may start late; Infinity: nothing says. */
  readonly latestStart: number;
  readonly suspended: boolean;
  readonly snapshotSchedule: string;
  /** Start and completion window of the snapshot rule, in minutes; Infinity: nothing says. */
  readonly snapshotWindows: readonly [number, number];
  /** Which generation of the database the snapshot plan covers. */
  readonly snapshotsOf: "current" | "lost";
  /** Whether the other region's database follows this one's. */
  readonly follows: boolean;
  /** Which region's database was rebuilt from the other's, and is paired with it under a later name. */
  readonly rebuilt: "neither" | "us-east-1" | "us-west-2";
  /** What storage of plain RDS may grow to, in gibibytes; Infinity: nothing says. */
  readonly maximumStorage: number;
  /** Regions that records are copied to. */
  readonly copiedTo: readonly string[];
  /** What the rules that copy them are for. */
  readonly copiedObjects: CopyShape["filter"];
  readonly algorithm: "aws:kms" | "AES256";
  readonly encryptedCopies: NonNullable<CopyShape["encrypted"]>;
  /** Minutes of replication time control; 0: off. */
  readonly replicationMinutes: number;
  readonly immutableImages: boolean;
  /** What refuses the removal of images: a policy in each repository, in one, or none. */
  readonly imagesKept: "in each" | "in one" | "nowhere";
  /** What the registry's own settings replicate to the other region, where they are declared here. */
  readonly imagesCopied: "all" | "all, by no prefix" | "one" | "none" | "undeclared";
  /** Infinity: nothing says. */
  readonly scratchGibibytes: number;
  /** Days after which records and recovery points move, by storage class, and the regions where they do. */
  readonly transitions: Readonly<Record<string, number>>;
  readonly coldIn: readonly string[];
  /** Whether old versions are kept in the active region, and in the archive. */
  readonly oldVersions: boolean;
  readonly archiveVersions: boolean;
  /** Days after which old versions of anything move, by storage class. */
  readonly oldVersionTransitions: Readonly<Record<string, number>>;
  readonly spread: "all" | "servers" | "none";
  readonly upstream: boolean;
  /** Infinity: there is no alarm. */
  readonly heartbeatMinutes: number;
  /** What keeps the alarm on heartbeats from telling anybody, if anything does. */
  readonly heartbeatAlarm: "tells" | "silence is no breach" | "switched off" | "tells nobody";
  /** Infinity: there is no alarm. */
  readonly switchMinutes: number;
  /** Infinity: nothing says. */
  readonly ttl: number;
  /** Infinity: no endpoint is checked. */
  readonly checkInterval: number;
  readonly checkFailures: number;
}

/** Settings like those of the shipped systems. */
export const usual: Settings = {
  archiveAccount: "444455556666",
  engine: "aurora",
  primaryInstances: 2,
  standbyInstances: 1,
  multiAz: true,
  pointInTimeDays: 35,
  lagLimit: 0,
  timeZone: "Etc/UTC",
  backupSchedule: "*/15 * * * *",
  backupDeadline: 600,
  cacheSchedule: "0 * * * *",
  cacheDeadline: 900,
  latestStart: 120,
  suspended: false,
  snapshotSchedule: "cron(0 4 * * ? *)",
  snapshotWindows: [60, 480],
  snapshotsOf: "current",
  follows: true,
  rebuilt: "neither",
  maximumStorage: 100,
  copiedTo: ["us-west-2", "eu-west-1"],
  copiedObjects: {},
  algorithm: "aws:kms",
  encryptedCopies: "asked for",
  replicationMinutes: 15,
  immutableImages: true,
  imagesKept: "in each",
  imagesCopied: "all",
  scratchGibibytes: 100,
  transitions: {},
  coldIn: ["us-east-1", "us-west-2", "eu-west-1"],
  oldVersions: true,
  archiveVersions: true,
  oldVersionTransitions: {},
  sentinels: 3,
  quorum: 2,
  servers: 3,
  downAfter: 5_000,
  failoverTimeout: 22_000,
  minReplicas: 1,
  maxLag: 8,
  memoryMebibytes: 4_096,
  appendOnly: "yes",
  spread: "all",
  upstream: true,
  heartbeatMinutes: 5,
  heartbeatAlarm: "tells",
  switchMinutes: 1,
  ttl: 60,
  checkInterval: 10,
  checkFailures: 3,
};

/**
 * What three stacks declare that matters here, in the shape in which an engine is sent it, among much
 * that looks alike. That the real stacks declare the same shape, the tests of the shipped systems show.
 */
export function landscape(changes: Partial<Settings> = {}): Declared {
  const settings = { ...usual, ...changes };
  return {
    active: {
      region: "us-east-1",
      resources: [
        ...decoys("us-east-1", settings),
        ...common(settings, "us-east-1", account, settings.oldVersions),
        ...databases(settings, "us-east-1"),
        ...jobs(settings),
        ...groupOf({ ...settings, store: "cache", region: "us-east-1", upstream: "" }),
        ...names(settings),
        ...snapshots(settings),
        recordCopies(settings),
        ...images(settings),
      ],
    },
    other: {
      region: "us-west-2",
      resources: [
        ...decoys("us-west-2", settings),
        ...common(settings, "us-west-2", account, true),
        ...databases(settings, "us-west-2"),
        ...groupOf({
          ...usual,
          store: "cache",
          region: "us-west-2",
          memoryMebibytes: 64,
          upstream: settings.upstream ? "feed.us-east-1 6379\n" : "",
        }),
        ...alarms(settings),
        of("aws:ecr/repository:Repository", { name: "trading-dr/market/api" }),
      ],
    },
    archive: {
      region: "eu-west-1",
      resources: [
        ...decoys("eu-west-1", settings),
        ...common(settings, "eu-west-1", settings.archiveAccount, settings.archiveVersions),
      ],
    },
  };
}

function common(
  { algorithm, transitions, coldIn, oldVersionTransitions }: Settings,
  region: string,
  inAccount: string,
  versioned: boolean,
): DeclaredResource[] {
  const moves = Object.entries(coldIn.includes(region) ? transitions : {}).map(
    ([storageClass, days]) => ({ storageClass, days }),
  );
  const lifecycle = (prefix: string, oldVersionDays: number, to: readonly unknown[]) => ({
    filter: { prefix },
    transitions: to,
    noncurrentVersionExpiration: { noncurrentDays: oldVersionDays },
  });
  return [
    of("pulumi:providers:aws", { region, allowedAccountIds: JSON.stringify([inAccount]) }),
    ...bucketOf({
      bucket: `records-${region}`,
      versioned,
      algorithm,
      lifecycles: [
        lifecycle("records/quotes/", 7, [{ storageClass: "DEEP_ARCHIVE", days: 0 }]),
        lifecycle("records/trades/", 90, moves),
        lifecycle("recovery-points/frequent/", 90, moves),
        {
          filter: {},
          noncurrentVersionTransitions: Object.entries(oldVersionTransitions).map(
            ([storageClass, noncurrentDays]) => ({ storageClass, noncurrentDays }),
          ),
        },
      ],
    }),
  ];
}

const currentGeneration = 10;

/** A region's databases: two that were lost, and between them the one that took their place. */
function databases(settings: Settings, region: string): DeclaredResource[] {
  return [9, currentGeneration, 2].flatMap((generation) =>
    settings.engine === "rds"
      ? instance(settings, region, generation)
      : cluster(settings, region, generation),
  );
}

function databaseName(region: string, generation: number): string {
  return `market-database-generation-${String(generation)}-${region}`;
}

function databaseArn(engine: "aurora" | "rds", generation: number): string {
  const kind = engine === "rds" ? "db" : "cluster";
  return `arn:aws:rds:us-east-1:${account}:${kind}:${databaseName("us-east-1", generation)}`;
}

function instance(settings: Settings, region: string, generation: number): DeclaredResource[] {
  const isCurrent = generation === currentGeneration;
  const source = isCurrent && !settings.follows ? 1 : generation;
  return [
    of("aws:rds/instance:Instance", {
      identifier: databaseName(region, generation),
      multiAz: isCurrent ? settings.multiAz : !settings.multiAz,
      backupRetentionPeriod: isCurrent ? settings.pointInTimeDays : 1,
      ...(region === "us-east-1"
        ? {
            allocatedStorage: isCurrent ? 100 : 9_000,
            ...unlessEndless("maxAllocatedStorage", isCurrent ? settings.maximumStorage : 9_000),
          }
        : { replicateSourceDb: databaseArn("rds", source) }),
    }),
  ];
}

function cluster(settings: Settings, region: string, generation: number): DeclaredResource[] {
  const isCurrent = generation === currentGeneration;
  const identifier = databaseName(region, generation);
  const lagLimit = !isCurrent ? 22 : region === "us-east-1" ? settings.lagLimit : 23;
  const instances = region === "us-east-1" ? settings.primaryInstances : settings.standbyInstances;
  const globalName =
    region === "us-west-2" && !settings.follows
      ? "apart"
      : settings.rebuilt === region
        ? "rebuilt"
        : `market-${String(currentGeneration)}`;
  return [
    ...(isCurrent && settings.rebuilt !== "neither" && settings.rebuilt !== region
      ? [
          of("aws:rds/globalCluster:GlobalCluster", {
            globalClusterIdentifier: "rebuilt",
            sourceDbClusterIdentifier: unknown,
          }),
        ]
      : []),
    of("aws:rds/clusterParameterGroup:ClusterParameterGroup", {
      name: `parameters-${identifier}`,
      parameters: [
        { name: "rds.force_ssl", value: "1" },
        ...(lagLimit === 0 ? [] : [{ name: "rds.global_db_rpo", value: String(lagLimit) }]),
      ],
    }),
    of("aws:rds/cluster:Cluster", {
      clusterIdentifier: identifier,
      globalClusterIdentifier: isCurrent ? globalName : `market-${String(generation)}`,
      dbClusterParameterGroupName: `parameters-${identifier}`,
      backupRetentionPeriod: isCurrent ? settings.pointInTimeDays : 1,
    }),
    ...Array.from({ length: isCurrent ? instances : 3 }, () =>
      of("aws:rds/clusterInstance:ClusterInstance", { clusterIdentifier: identifier }),
    ),
  ];
}

function snapshots(settings: Settings): DeclaredResource[] {
  const { engine, snapshotsOf, snapshotSchedule, snapshotWindows, timeZone } = settings;
  return [
    planOf({ schedule: snapshotSchedule, timeZone, windows: snapshotWindows }),
    selectionOf(databaseArn(engine, 9), databaseArn(engine, 2)),
    // The same name, of the other kind.
    selectionOf(databaseArn(engine === "rds" ? "aurora" : "rds", currentGeneration)),
    ...(snapshotsOf === "current"
      ? [selectionOf("arn:aws:dynamodb:::table/x", databaseArn(engine, currentGeneration))]
      : []),
  ];
}

function jobs(settings: Settings): DeclaredResource[] {
  const { timeZone, suspended, latestStart, scratchGibibytes } = settings;
  const shared = { timeZone, suspended, latestStart };
  return [
    jobOf({
      ...shared,
      name: "dr-database",
      store: "database",
      command: "backup database",
      schedule: settings.backupSchedule,
      deadline: settings.backupDeadline,
    }),
    jobOf({
      ...shared,
      name: "dr-cache",
      store: "cache",
      command: "snapshot cache",
      schedule: settings.cacheSchedule,
      deadline: settings.cacheDeadline,
    }),
    jobOf({
      ...shared,
      name: "dr-configuration",
      store: "configuration",
      command: "snapshot configuration",
      schedule: "*/5 * * * *",
      deadline: 300,
    }),
    jobOf({
      ...shared,
      name: "dr-verify",
      store: "database",
      command: "verify",
      schedule: "0 6 * * *",
      deadline: 14_400,
      volumes: unlessEndless("scratch-data", scratchGibibytes),
    }),
  ];
}

/** Rules that copy nothing of it, or not what is asked for, and then those that do. */
function recordCopies(settings: Settings): DeclaredResource {
  const tag = { key: "copied", value: "yes" };
  return copiesOf("records-us-east-1", [
    ...["us-west-2", "eu-west-1"].flatMap((region) =>
      (
        [
          { status: "Disabled", filter: {} },
          { filter: { prefix: "records/quotes/" } },
          { filter: { prefix: "recovery-points/daily/" } },
          { filter: { tag } },
          { filter: { and: { prefix: "", tags: { copied: "yes" } } } },
        ] as const
      ).map((rule) => copyTo({ ...rule, bucket: `records-${region}`, minutes: 1 })),
    ),
    ...["us-west-2", "eu-west-1"].map((region) => ({
      ...copyTo({ bucket: `records-${region}`, minutes: 1 }),
      prefix: "records/quotes/",
    })),
    copyTo({ bucket: "records-of-another", minutes: 1, filter: {} }),
    ...settings.copiedTo.map((region) =>
      copyTo({
        bucket: `records-${region}`,
        minutes: settings.replicationMinutes,
        filter: settings.copiedObjects,
        encrypted: settings.encryptedCopies,
      }),
    ),
  ]);
}

function images({ immutableImages, imagesKept, imagesCopied }: Settings): DeclaredResource[] {
  const [first, second] = ["trading-dr/market/api", "trading-dr/market/worker"] as const;
  const prefixes = {
    all: ["another/", "trading-dr/"],
    "all, by no prefix": [],
    one: [first],
    none: undefined,
    undeclared: undefined,
  }[imagesCopied];
  const removal = "ecr:BatchDeleteImage";
  const refused = { Effect: "Deny", Principal: "*", Action: [removal, "ecr:PutImage"] };
  return [
    of("aws:ecr/repository:Repository", { name: first, imageTagMutability: "IMMUTABLE" }),
    of("aws:ecr/repository:Repository", {
      name: second,
      imageTagMutability: immutableImages ? "IMMUTABLE" : "MUTABLE",
    }),
    ...(imagesKept === "nowhere"
      ? [first, second].map((name) => removalPolicy(name, { ...refused, Effect: "Allow" }))
      : [
          removalPolicy(first, { ...refused, Action: removal }),
          removalPolicy(imagesKept === "in each" ? second : first, refused),
        ]),
    ...(imagesCopied === "undeclared"
      ? []
      : [
          of("aws:ecr/replicationConfiguration:ReplicationConfiguration", {
            replicationConfiguration: {
              rules: [
                registryRule("eu-west-1", account, "trading-dr/"),
                registryRule("us-west-2", "444455556666", "trading-dr/"),
                registryRule("us-west-2", account, "another/"),
                ...(prefixes === undefined
                  ? []
                  : [registryRule("us-west-2", account, ...prefixes)]),
              ],
            },
          }),
        ]),
  ];
}

function alarms({ heartbeatMinutes, heartbeatAlarm, switchMinutes }: Settings): DeclaredResource[] {
  return [
    ...alarm("market/heartbeats-in/us-west-2", heartbeatMinutes, {
      treatMissingData: heartbeatAlarm === "silence is no breach" ? "notBreaching" : "breaching",
      ...(heartbeatAlarm === "switched off" ? { actionsEnabled: false } : {}),
      alarmActions: heartbeatAlarm === "tells nobody" ? [] : [unknown],
    }),
    ...alarm("market/failover-switch/us-west-2", switchMinutes, { treatMissingData: "ignore" }),
  ];
}

function names({ ttl, checkInterval, checkFailures }: Settings): DeclaredResource[] {
  const record = (type: string, seconds: number) =>
    of("aws:route53/record:Record", {
      failoverRoutingPolicies: [{ type }],
      ...unlessEndless("ttl", seconds),
    });
  return [
    record("SECONDARY", ttl),
    record("PRIMARY", ttl === Infinity ? Infinity : 1),
    of("aws:route53/healthCheck:HealthCheck", {
      type: "HTTPS",
      ...unlessEndless("requestInterval", checkInterval),
      failureThreshold: checkFailures,
    }),
  ];
}
