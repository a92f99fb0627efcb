import { type Declared, type DeclaredResource } from "../../objectives/declared";

/** The settings that bounds are computed from, each as a test wants it. */
export interface Settings {
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
  readonly suspended: boolean;
  readonly snapshotSchedule: string;
  /** Start and completion window of the snapshot rule, in minutes. */
  readonly snapshotWindows: readonly [number, number];
  /** Whether the other region's database follows this one's. */
  readonly follows: boolean;
  /** Whether the other region's database was rebuilt from this one's. */
  readonly rebuilt: boolean;
  /** What storage of plain RDS may grow to, in gibibytes. */
  readonly maximumStorage: number;
  /** Regions that records are copied to. */
  readonly copiedTo: readonly string[];
  readonly immutableImages: boolean;
  /** Minutes of replication time control; 0: off. */
  readonly replicationMinutes: number;
  readonly scratchGibibytes: number;
  /** Days after which records and recovery points move, by storage class. */
  readonly transitions: Readonly<Record<string, number>>;
  readonly oldVersions: boolean;
  /** Days after which old versions of anything move, by storage class. */
  readonly oldVersionTransitions: Readonly<Record<string, number>>;
  readonly sentinels: number;
  readonly quorum: number;
  readonly servers: number;
  /** Milliseconds. */
  readonly downAfter: number;
  /** Milliseconds. */
  readonly failoverTimeout: number;
  readonly minReplicas: number;
  readonly maxLag: number;
  readonly memoryMebibytes: number;
  /** Which members no zone has two of. */
  readonly spread: "all" | "servers" | "none";
  readonly upstream: boolean;
  readonly heartbeatMinutes: number;
  readonly switchMinutes: number;
  readonly ttl: number;
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
  suspended: false,
  snapshotSchedule: "cron(0 4 * * ? *)",
  snapshotWindows: [60, 480],
  follows: true,
  rebuilt: false,
  maximumStorage: 100,
  copiedTo: ["us-west-2", "eu-west-1"],
  immutableImages: true,
  replicationMinutes: 15,
  scratchGibibytes: 100,
  transitions: {},
  oldVersions: true,
  oldVersionTransitions: {},
  sentinels: 3,
  quorum: 2,
  servers: 3,
  downAfter: 5_000,
  failoverTimeout: 22_000,
  minReplicas: 1,
  maxLag: 8,
  memoryMebibytes: 4_096,
  spread: "all",
  upstream: true,
  heartbeatMinutes: 5,
  switchMinutes: 1,
  ttl: 60,
  checkInterval: 10,
  checkFailures: 3,
};

const account = "111122223333";

/**
 * What three stacks declare that matters here, in the shape in which an engine is sent it. That the real
 * stacks declare the same shape, the tests of the shipped systems show.
 */
export function landscape(changes: Partial<Settings> = {}): Declared {
  const settings = { ...usual, ...changes };
  return {
    active: {
      region: "us-east-1",
      resources: [
        ...common(settings, "us-east-1", account),
        ...database(settings, "us-east-1"),
        ...jobs(settings),
        ...cache(settings, "us-east-1", false),
        ...names(settings),
        of("aws:backup/plan:Plan", {
          rules: [
            {
              ruleName: "daily",
              schedule: settings.snapshotSchedule,
              scheduleExpressionTimezone: settings.timeZone,
              startWindow: settings.snapshotWindows[0],
              completionWindow: settings.snapshotWindows[1],
            },
          ],
        }),
        of("aws:s3/bucketReplicationConfig:BucketReplicationConfig", {
          bucket: "records-us-east-1",
          rules: settings.copiedTo.map((region) => ({
            status: "Enabled",
            destination: {
              bucket: `arn:aws:s3:::records-${region}`,
              ...(settings.replicationMinutes === 0
                ? {}
                : {
                    replicationTime: {
                      status: "Enabled",
                      time: { minutes: settings.replicationMinutes },
                    },
                  }),
            },
          })),
        }),
      ],
    },
    other: {
      region: "us-west-2",
      resources: [
        ...common(settings, "us-west-2", account),
        ...database(settings, "us-west-2"),
        ...cache(settings, "us-west-2", settings.upstream),
        alarm("market/heartbeats-in/us-west-2", settings.heartbeatMinutes),
        alarm("market/failover-switch/us-west-2", settings.switchMinutes),
      ],
    },
    archive: {
      region: "eu-west-1",
      resources: common(settings, "eu-west-1", settings.archiveAccount),
    },
  };
}

function of(type: string, inputs: Record<string, unknown>): DeclaredResource {
  return { type, inputs };
}

function alarm(name: string, minutes: number): DeclaredResource {
  return of("aws:cloudwatch/metricAlarm:MetricAlarm", {
    name,
    period: 60,
    evaluationPeriods: minutes,
  });
}

function common(settings: Settings, region: string, inAccount: string): DeclaredResource[] {
  const bucket = `records-${region}`;
  const transitions = Object.entries(settings.transitions).map(([storageClass, days]) => ({
    storageClass,
    days,
  }));
  return [
    of("pulumi:providers:aws", { region, allowedAccountIds: JSON.stringify([inAccount]) }),
    of("aws:s3/bucket:Bucket", { bucket }),
    of("aws:s3/bucketVersioning:BucketVersioning", {
      bucket,
      versioningConfiguration: { status: settings.oldVersions ? "Enabled" : "Suspended" },
    }),
    of("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", {
      bucket,
      rules: [
        ...["records/trades/", "recovery-points/frequent/"].map((prefix) => ({
          filter: { prefix },
          transitions,
          noncurrentVersionExpiration: { noncurrentDays: 90 },
        })),
        {
          filter: {},
          noncurrentVersionTransitions: Object.entries(settings.oldVersionTransitions).map(
            ([storageClass, noncurrentDays]) => ({ storageClass, noncurrentDays }),
          ),
        },
      ],
    }),
    of("aws:ecr/repository:Repository", {
      imageTagMutability: settings.immutableImages ? "IMMUTABLE" : "MUTABLE",
    }),
    of("aws:ecr/repositoryPolicy:RepositoryPolicy", { policy: '{"ecr:BatchDeleteImage":"Deny"}' }),
  ];
}

function database(settings: Settings, region: string): DeclaredResource[] {
  const identifier = `database-${region}`;
  const another = region !== "us-east-1" && !settings.follows ? "-of-another" : "";
  if (settings.engine === "rds") {
    return [
      of("aws:rds/instance:Instance", {
        identifier,
        multiAz: settings.multiAz,
        backupRetentionPeriod: settings.pointInTimeDays,
        ...(region === "us-east-1"
          ? { allocatedStorage: 100, maxAllocatedStorage: settings.maximumStorage }
          : {
              replicateSourceDb: `arn:aws:rds:us-east-1:${account}:db:database-us-east-1${another}`,
            }),
      }),
    ];
  }
  const instances = region === "us-east-1" ? settings.primaryInstances : settings.standbyInstances;
  return [
    ...(settings.rebuilt && region === "us-east-1"
      ? [
          of("aws:rds/globalCluster:GlobalCluster", {
            globalClusterIdentifier: "database-of-another",
            sourceDbClusterIdentifier: "[known after deployment]",
          }),
        ]
      : []),
    of("aws:rds/clusterParameterGroup:ClusterParameterGroup", {
      name: `parameters-${region}`,
      parameters:
        settings.lagLimit === 0
          ? []
          : [{ name: "rds.global_db_rpo", value: String(settings.lagLimit) }],
    }),
    of("aws:rds/cluster:Cluster", {
      clusterIdentifier: identifier,
      globalClusterIdentifier: `database${another}`,
      dbClusterParameterGroupName: `parameters-${region}`,
      backupRetentionPeriod: settings.pointInTimeDays,
    }),
    ...Array.from({ length: instances }, () =>
      of("aws:rds/clusterInstance:ClusterInstance", { clusterIdentifier: identifier }),
    ),
  ];
}

function jobs(settings: Settings): DeclaredResource[] {
  return [
    job(settings, "database", "backup database", settings.backupSchedule, settings.backupDeadline),
    job(settings, "cache", "snapshot cache", settings.cacheSchedule, settings.cacheDeadline),
    job(settings, "configuration", "snapshot configuration", "*/5 * * * *", 300),
  ];
}

function job(
  { timeZone, suspended, scratchGibibytes }: Settings,
  store: string,
  command: string,
  schedule: string,
  activeDeadlineSeconds: number,
): DeclaredResource {
  const containers = [
    {
      command: ["trading-dr", ...command.split(" ")],
      env: [
        { name: "TRADING_DR_STORE", value: store },
        {
          name: "TRADING_DR_RECOVERY_POINTS",
          value: `s3://records-us-east-1/recovery-points/frequent/${store}/us-east-1/`,
        },
      ],
    },
  ];
  const volumes = [
    { name: "scratch-data", emptyDir: { sizeLimit: `${String(scratchGibibytes)}Gi` } },
  ];
  return of("kubernetes:batch/v1:CronJob", {
    metadata: { name: `dr-${store}` },
    spec: {
      schedule,
      timeZone,
      suspend: suspended,
      jobTemplate: { spec: { activeDeadlineSeconds, template: { spec: { containers, volumes } } } },
    },
  });
}

function cache(settings: Settings, region: string, follows: boolean): DeclaredResource[] {
  const apart = {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: "topology.kubernetes.io/zone" },
      ],
    },
  };
  const set = (name: string, replicas: number) => {
    const affinity = ["all", `${name}s`].includes(settings.spread) ? apart : {};
    return of("kubernetes:apps/v1:StatefulSet", {
      metadata: { name: `cache-${name}-${region}` },
      spec: { replicas, template: { spec: { affinity } } },
    });
  };
  const files = (name: string, data: Record<string, string>) =>
    of("kubernetes:core/v1:ConfigMap", { metadata: { name: `cache-${name}-${region}` }, data });
  return [
    set("server", settings.servers),
    set("sentinel", settings.sentinels),
    files("server", {
      "first-upstream": follows ? "feed.us-east-1 6379\n" : "",
      "redis.conf": [
        `maxmemory ${String(settings.memoryMebibytes)}mb`,
        `min-replicas-to-write ${String(settings.minReplicas)}`,
        `min-replicas-max-lag ${String(settings.maxLag)}`,
        "",
      ].join("\n"),
    }),
    files("sentinel", {
      "start.sh": [
        `echo "sentinel monitor mymaster $primary ${String(settings.quorum)}"`,
        `echo "sentinel down-after-milliseconds mymaster ${String(settings.downAfter)}"`,
        `echo "sentinel failover-timeout mymaster ${String(settings.failoverTimeout)}"`,
        "",
      ].join("\n"),
    }),
  ];
}

function names({ ttl, checkInterval, checkFailures }: Settings): DeclaredResource[] {
  return [
    of("aws:route53/record:Record", { ttl }),
    of("aws:route53/record:Record", { ttl: 1 }),
    of("aws:route53/healthCheck:HealthCheck", {
      type: "HTTPS",
      requestInterval: checkInterval,
      failureThreshold: checkFailures,
    }),
  ];
}
