import { type DeclaredResource } from "../../objectives/declared";

/** Shapes of declared resources, as an engine is sent them, with what a landscape says of each. */

/** The account of the trading regions. */
export const account = "111122223333";

/** Stands for what a preview does not know. */
export const unknown = "[known after deployment]";

export function of(type: string, inputs: Record<string, unknown>): DeclaredResource {
  return { type, inputs };
}

/** A member that is left out where it is endless: nothing says it then. */
export function unlessEndless(name: string, value: number): Record<string, number> {
  return value === Infinity ? {} : { [name]: value };
}

/** An alarm, or none that is endless. */
export function alarm(
  name: string,
  minutes: number,
  inputs: Record<string, unknown> = {},
): DeclaredResource[] {
  return minutes === Infinity
    ? []
    : [
        of("aws:cloudwatch/metricAlarm:MetricAlarm", {
          name,
          period: 60,
          evaluationPeriods: minutes,
          alarmActions: [unknown],
          ...inputs,
        }),
      ];
}

export interface BucketShape {
  readonly bucket: string;
  readonly versioned: boolean;
  readonly algorithm: "aws:kms" | "AES256";
  readonly lifecycles: readonly Record<string, unknown>[];
}

export function bucketOf({ bucket, versioned, algorithm, lifecycles }: BucketShape) {
  return [
    of("aws:s3/bucket:Bucket", { bucket }),
    of("aws:s3/bucketVersioning:BucketVersioning", {
      bucket,
      versioningConfiguration: { status: versioned ? "Enabled" : "Suspended" },
    }),
    of("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", {
      bucket,
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: algorithm } }],
    }),
    of("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", {
      bucket,
      rules: lifecycles,
    }),
  ];
}

export interface CopyShape {
  readonly bucket: string;
  /** Minutes of replication time control; 0: off. */
  readonly minutes: number;
  readonly status?: "Enabled" | "Disabled";
  readonly filter?: Record<string, unknown> | undefined;
  readonly encrypted?: "asked for" | "not asked for" | "without a key";
}

/** A replication rule. */
export function copyTo({ bucket, minutes, status, filter, encrypted }: CopyShape) {
  return {
    status: status ?? "Enabled",
    ...(filter === undefined ? {} : { filter }),
    ...(encrypted === "not asked for"
      ? {}
      : { sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } } }),
    destination: {
      bucket: `arn:aws:s3:::${bucket}`,
      ...(encrypted === "without a key"
        ? {}
        : { encryptionConfiguration: { replicaKmsKeyId: unknown } }),
      replicationTime: {
        status: minutes === 0 ? "Disabled" : "Enabled",
        time: { minutes: minutes === 0 ? 1 : minutes },
      },
    },
  };
}

export function copiesOf(bucket: string, rules: readonly unknown[]): DeclaredResource {
  return of("aws:s3/bucketReplicationConfig:BucketReplicationConfig", { bucket, rules });
}

export interface JobShape {
  readonly name: string;
  readonly store: string;
  readonly command: string;
  readonly schedule: string;
  readonly timeZone: string;
  readonly latestStart: number;
  readonly deadline: number;
  readonly suspended: boolean;
  /** Sizes of its volumes, in gibibytes. */
  readonly volumes?: Readonly<Record<string, number>>;
}

export function jobOf(job: JobShape): DeclaredResource {
  const { name, store, command, schedule, timeZone, suspended, volumes = {} } = job;
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
  const sized = Object.entries(volumes).map(([volume, gibibytes]) => ({
    name: volume,
    emptyDir: { sizeLimit: `${String(gibibytes)}Gi` },
  }));
  return of("kubernetes:batch/v1:CronJob", {
    metadata: { name },
    spec: {
      schedule,
      timeZone,
      suspend: suspended,
      ...unlessEndless("startingDeadlineSeconds", job.latestStart),
      jobTemplate: {
        spec: {
          ...unlessEndless("activeDeadlineSeconds", job.deadline),
          template: { spec: { containers, volumes: sized } },
        },
      },
    },
  });
}

export interface GroupShape {
  readonly store: string;
  readonly region: string;
  readonly servers: number;
  readonly sentinels: number;
  /** Which members no zone has two of. The others are only on different nodes. */
  readonly spread: "all" | "servers" | "sentinels" | "none";
  readonly upstream: string;
  readonly appendOnly: "yes" | "no" | "unsaid";
  /** Infinity: unsaid. */
  readonly minReplicas: number;
  readonly maxLag: number;
  readonly memoryMebibytes: number;
  readonly quorum: number;
  /** Milliseconds, as the next. */
  readonly downAfter: number;
  readonly failoverTimeout: number;
}

export function groupOf(group: GroupShape): DeclaredResource[] {
  const { store, region, upstream } = group;
  const name = (part: string) => `${store}-${part}-${region}`;
  const set = (part: string, replicas: number) => {
    const topologyKey = ["all", `${part}s`].includes(group.spread)
      ? "topology.kubernetes.io/zone"
      : "kubernetes.io/hostname";
    const affinity = {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, podAffinityTerm: { topologyKey: "topology.kubernetes.io/zone" } },
        ],
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey }],
      },
    };
    return of("kubernetes:apps/v1:StatefulSet", {
      metadata: { name: name(part) },
      spec: { replicas, template: { spec: { affinity } } },
    });
  };
  const files = (part: string, data: Record<string, string>) =>
    of("kubernetes:core/v1:ConfigMap", { metadata: { name: name(part) }, data });
  return [
    set("server", group.servers),
    set("sentinel", group.sentinels),
    files("server", {
      "first-upstream": upstream,
      "redis.conf": [
        ...(group.appendOnly === "unsaid" ? [] : [`appendonly ${group.appendOnly}`]),
        `maxmemory ${String(group.memoryMebibytes)}mb`,
        ...(group.minReplicas === Infinity
          ? []
          : [`min-replicas-to-write ${String(group.minReplicas)}`]),
        `min-replicas-max-lag ${String(group.maxLag)}`,
        "",
      ].join("\n"),
    }),
    files("sentinel", {
      "start.sh": [
        `echo "sentinel monitor mymaster $primary ${String(group.quorum)}"`,
        `echo "sentinel down-after-milliseconds mymaster ${String(group.downAfter)}"`,
        `echo "sentinel failover-timeout mymaster ${String(group.failoverTimeout)}"`,
        "",
      ].join("\n"),
    }),
  ];
}

export interface PlanShape {
  readonly schedule: string;
  readonly timeZone: string;
  /** Start and completion window, in minutes. */
  readonly windows: readonly [number, number];
}

export function planOf({ schedule, timeZone, windows: [start, completion] }: PlanShape) {
  return of("aws:backup/plan:Plan", {
    rules: [
      {
        ruleName: "daily",
        schedule,
        scheduleExpressionTimezone: timeZone,
        ...unlessEndless("startWindow", start),
        ...unlessEndless("completionWindow", completion),
      },
    ],
  });
}

export function selectionOf(...resources: readonly string[]): DeclaredResource {
  return of("aws:backup/selection:Selection", { planId: unknown, resources });
}

export function removalPolicy(repository: string, statement: Record<string, unknown>) {
  const harmless = { Effect: "Deny", Principal: "*", Action: "ecr:DeleteRepository" };
  return of("aws:ecr/repositoryPolicy:RepositoryPolicy", {
    repository,
    policy: JSON.stringify({ Version: "2012-10-17", Statement: [harmless, statement] }),
  });
}

/** A replication rule of a registry. */
export function registryRule(region: string, registryId: string, ...prefixes: string[]) {
  return {
    destinations: [{ region, registryId }],
    repositoryFilters: prefixes.map((filter) => ({ filter, filterType: "PREFIX_MATCH" })),
  };
}
