import { listAt } from "../../../policies/values";
import { type Declared, type Mutation } from "../mutation";

const cronJob = "kubernetes:batch/v1:CronJob";
const networkPolicy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const pod = "spec.jobTemplate.spec.template.spec";
const backup = "dr-backup-database-frequent";

/** One setting of one job. */
function jobSetting(name: string, path: string, value: unknown): (declared: Declared) => void {
  return (declared) => {
    declared.set(cronJob, name, path, value);
  };
}

/** Changes what a job is told by one variable. */
function jobVariable(
  name: string,
  variable: string,
  change: (value: string) => string,
): (declared: Declared) => void {
  return (declared) => {
    const path = [...pod.split("."), "containers", 0, "env"];
    const told = listAt(declared.one(cronJob, name).inputs, ...path) as {
      readonly name: string;
      value: string;
    }[];
    for (const one of told.filter((each) => each.name === variable)) {
      one.value = change(one.value);
    }
  };
}

/** Adds a job that no schedule starts, like a sound one but for one setting. */
function jobByHand(path: string, value: unknown): (declared: Declared) => void {
  return (declared) => {
    const added = declared.copy(cronJob, "dr-check", "migration");
    const { metadata, spec } = added.inputs as {
      metadata: unknown;
      spec: { jobTemplate: { spec: unknown } };
    };
    const type = "kubernetes:batch/v1:Job";
    const urn = added.urn.replace("CronJob", "Job");
    Object.assign(added, { type, urn, inputs: { metadata, spec: spec.jobTemplate.spec } });
    declared.set(type, "migration", path, value);
  };
}

/** Mutations of jobs, and of whatever runs pods. */
export const scheduleMutations: readonly Mutation[] = [
  {
    title: "backups that are not taken any more",
    stack: "prod",
    change: (declared) => {
      declared.remove(cronJob, "dr-snapshot-cache-cache");
    },
    trips: ["job-alike-in-both-regions", "job-keeps-schedule"],
  },
  {
    title: "a system's file that asks for backups every 5 minutes",
    stack: "prod",
    configure: (system) => {
      const stores = structuredClone(system.stores);
      for (const store of Object.values(stores)) {
        if (store.kind === "database") {
          const { frequent } = store.logicalBackups;
          Object.assign(frequent ?? {}, { schedule: "*/5 * * * *" });
        }
      }
      return { ...system, stores };
    },
    trips: ["backup-is-verified", "job-keeps-schedule"],
  },
  {
    title: "a system's file that asks for a disaster drill every day",
    stack: "prod",
    configure: (system) => ({
      ...system,
      schedules: { ...system.schedules, disasterTest: "0 4 * * *" },
    }),
    trips: ["job-keeps-schedule"],
  },
  {
    title: "backups every half hour in one region",
    stack: "dr",
    change: jobSetting(backup, "spec.schedule", "*/30 * * * *"),
    trips: ["job-alike-in-both-regions", "job-keeps-schedule"],
  },
  {
    title: "a daily backup in the bucket of the frequent ones",
    stack: "prod",
    change: jobVariable("dr-backup-database-daily", "TRADING_DR_RECOVERY_POINTS", (url) =>
      url.replace("daily-records", "operational-records"),
    ),
    trips: ["job-writes-where-due"],
  },
  {
    title: "a drill that tells the other region of itself",
    stack: "prod",
    change: jobVariable("dr-drill-recovery", "TRADING_DR_PUSHGATEWAY", (url) =>
      url.replace("monitoring", "monitoring-west"),
    ),
    trips: ["job-writes-where-due"],
  },
  {
    title: "a backup that fails unheard",
    stack: "dr",
    change: jobVariable(backup, "TRADING_DR_SLACK_WEBHOOK_FILE", () => "/dev/null"),
    trips: ["job-writes-where-due"],
  },
  {
    title: "a Pushgateway of which the stack knows another port",
    stack: "dr",
    change: (declared) => {
      declared.set(networkPolicy, "verification-pushgateway", "spec.egress.0.ports.0.port", 5_432);
    },
    trips: ["restore-is-isolated"],
  },
  {
    title: "snapshots under another system's name",
    system: "smc",
    stack: "dr",
    change: jobVariable("dr-snapshot-cache-cache", "TRADING_DR_SYSTEM", () => "hft"),
    trips: ["job-writes-where-due"],
  },
  ...(
    [
      [
        "without a Sentinel",
        "TRADING_DR_SENTINELS",
        (hosts) => hosts.split(" ").slice(1).join(" "),
      ],
      [
        "of the other region's cache",
        "TRADING_DR_SENTINELS",
        (hosts) => hosts.replaceAll("us-west-2", "us-east-1"),
      ],
      ["of another group", "TRADING_DR_MASTER_NAME", (name) => `${name}-2`],
      ["as another user", "TRADING_DR_CACHE_USER", () => "default"],
    ] satisfies readonly (readonly [string, string, (value: string) => string])[]
  ).map(([title, variable, change]) => ({
    title: `snapshots ${title}`,
    stack: "dr" as const,
    change: jobVariable("dr-snapshot-cache-cache", variable, change),
    trips: ["job-writes-where-due"],
  })),
  {
    title: "a system's file that keeps monthly recovery points for ten years",
    stack: "dr",
    configure: (system) => {
      const { monthly, ...others } = structuredClone(system.tiers);
      if (monthly === undefined) {
        throw new Error("there is no monthly tier");
      }
      const retention = { text: "10y", seconds: 3_653 * 86_400 };
      return { ...system, tiers: { ...others, monthly: { ...monthly, retention } } };
    },
    trips: [
      "bucket-lifecycle-as-promised",
      "job-writes-where-due",
      "snapshot-plan-as-promised",
      "vault-locked-for-its-class",
    ],
  },
  {
    title: "a series that nobody verifies",
    stack: "prod",
    change: jobVariable("dr-verify", "TRADING_DR_RECOVERY_POINTS", (urls) =>
      urls.split(" ").slice(1).join(" "),
    ),
    trips: ["backup-is-verified"],
  },
  {
    title: "a drill that restores nothing of the other region",
    system: "smc",
    stack: "dr",
    change: jobVariable("dr-drill-disaster", "TRADING_DR_RECOVERY_POINTS", (urls) =>
      urls
        .split(" ")
        .filter((url) => url.endsWith("us-west-2/"))
        .join(" "),
    ),
    trips: ["backup-is-verified"],
  },
  {
    title: "a drill that looks at the other region's database",
    system: "smc",
    stack: "dr",
    change: jobVariable("dr-drill-disaster", "TRADING_DR_REGION_DATABASE", (database) =>
      database.replaceAll("us-west-2", "us-east-1"),
    ),
    trips: ["job-writes-where-due"],
  },
  {
    title: "a drill that looks for no image",
    stack: "dr",
    change: jobVariable("dr-drill-disaster", "TRADING_DR_IMAGES", () => "[]"),
    trips: ["job-writes-where-due"],
  },
  {
    title: "a monitor that is satisfied by copies of the region that does not write",
    stack: "dr",
    change: jobVariable("dr-check", "TRADING_DR_WATCHED", (watched) =>
      watched.replace(
        "frequent/database/frequent/us-east-1",
        "frequent/database/frequent/us-west-2",
      ),
    ),
    trips: ["backup-is-verified"],
  },
  {
    title: "a monitor that does not look into the other region",
    stack: "dr",
    change: jobVariable("dr-check", "TRADING_DR_WATCHED", (watched) =>
      watched.replaceAll("records-111122223333-us-east-1", "records-111122223333-us-west-2"),
    ),
    trips: ["backup-is-verified"],
  },
  {
    title: "a monitor that is told of one region's verifications alone",
    system: "smc",
    stack: "prod",
    change: jobVariable("dr-check", "TRADING_DR_VERIFIED", (verified) =>
      verified.replace("events/us-west-2/verify", "events/us-east-1/verify"),
    ),
    trips: ["backup-is-verified"],
  },
  {
    title: "a system's file that allows no delay of a copy",
    system: "smc",
    stack: "prod",
    configure: (system) => ({
      ...system,
      alarms: { ...system.alarms, backupLate: { text: "1m", seconds: 60 } },
    }),
    trips: ["backup-is-verified"],
  },
  {
    title: "two backups at once",
    stack: "prod",
    change: jobSetting(backup, "spec.concurrencyPolicy", "Allow"),
    trips: ["job-run-is-bounded"],
  },
  {
    title: "a backup that may hang for ever",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      const { name } = declared.one(cronJob);
      declared.set(cronJob, name, "spec.jobTemplate.spec.activeDeadlineSeconds", undefined);
    },
    trips: ["job-run-is-bounded"],
  },
  {
    title: "a job that runs though it has no image yet",
    stack: "prod",
    change: jobSetting("dr-check", "spec.suspend", false),
    trips: ["image-is-pinned", "job-runs-where-due"],
  },
  {
    title: "a system's file that says that jobs have an image",
    stack: "prod",
    configure: (system) => ({
      ...system,
      jobs: { ...system.jobs, image: "x", scratchImage: "y" },
    }),
    trips: ["job-runs-where-due"],
  },
  {
    title: "a drill beside what it restores",
    stack: "prod",
    change: jobSetting("dr-drill-recovery", "metadata.namespace", "market-scanning"),
    trips: ["backup-is-verified", "job-alike-in-both-regions", "restore-is-isolated"],
  },
  {
    title: "a restore that reaches the database",
    stack: "dr",
    change: (declared) => {
      declared.set(networkPolicy, "verification-aws-only", "spec.egress", [
        { to: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [{ port: 5_432 }] },
      ]);
    },
    trips: ["restore-is-isolated"],
  },
  {
    title: "a drill that calls the control plane of Route 53",
    stack: "prod",
    change: jobSetting("dr-drill-disaster", `${pod}.containers.0.args`, [
      "aws route53 change-resource-record-sets",
    ]),
    trips: ["job-leaves-routing-alone"],
  },
  {
    title: "a job of another release in one region",
    stack: "dr",
    change: (declared) => {
      const path = `${pod}.containers.0.image`;
      declared.set(cronJob, "dr-check", path, `pending.invalid/x@sha256:${"f".repeat(64)}`);
    },
    trips: ["job-alike-in-both-regions"],
  },
  {
    title: "a pod as root",
    stack: "prod",
    change: (declared) => {
      declared.set(
        "kubernetes:apps/v1:StatefulSet",
        "cache-server",
        "spec.template.spec.containers.0.securityContext.allowPrivilegeEscalation",
        true,
      );
    },
    trips: ["pod-is-restricted"],
  },
  {
    title: "a job without a limit on its memory",
    stack: "dr",
    change: jobSetting(backup, `${pod}.containers.0.resources.limits`, {}),
    trips: ["pod-has-limits"],
  },
  {
    title: "an exporter by its tag",
    stack: "prod",
    change: (declared) => {
      declared.set(
        "kubernetes:apps/v1:StatefulSet",
        "cache-server",
        "spec.template.spec.containers.2.image",
        "111122223333.dkr.ecr.us-east-1.amazonaws.com/redis-exporter:1.62",
      );
    },
    trips: ["cache-alike", "image-is-pinned"],
  },
  {
    title: "a standby whose exporter is pulled from the primary region",
    stack: "dr",
    change: (declared) => {
      const path = "spec.template.spec.containers.2.image";
      declared.set(
        "kubernetes:apps/v1:StatefulSet",
        "cache-server",
        path,
        `111122223333.dkr.ecr.us-east-1.amazonaws.com/redis-exporter:1.62@sha256:${"0".repeat(64)}`,
      );
    },
    trips: ["image-of-own-region"],
  },
  {
    title: "a password among a job's variables",
    stack: "prod",
    change: (declared) => {
      const env = `${pod}.containers.0.env`;
      declared.set(cronJob, "dr-check", `${env}.8`, { name: "DATABASE_PASSWORD", value: "x" });
    },
    trips: ["secret-not-in-plain-sight"],
  },
  {
    title: "a job with a token that it does not need",
    stack: "prod",
    change: jobSetting(backup, `${pod}.automountServiceAccountToken`, true),
    trips: ["kubernetes-token-where-needed"],
  },
  {
    title: "a copy of the configuration without the token that it reads with",
    stack: "dr",
    change: jobSetting(
      "dr-snapshot-configuration-configuration",
      `${pod}.automountServiceAccountToken`,
      false,
    ),
    trips: ["kubernetes-token-where-needed"],
  },
  {
    title: "a job that may do everything in its namespace",
    stack: "dr",
    change: (declared) => {
      declared.set("kubernetes:rbac.authorization.k8s.io/v1:Role", undefined, "rules.0.verbs", [
        "*",
      ]);
    },
    trips: ["kubernetes-role-is-narrow"],
  },
  {
    title: "a job by hand whose image is named by its tag",
    stack: "prod",
    change: jobByHand(
      "spec.template.spec.containers.0.image",
      "111122223333.dkr.ecr.us-east-1.amazonaws.com/trading-dr/migration:1",
    ),
    trips: ["image-is-pinned"],
  },
  {
    title: "a job by hand that may hang for ever",
    system: "smc",
    stack: "dr",
    change: jobByHand("spec.activeDeadlineSeconds", undefined),
    // Like every job of a system whose image is pending, it names a placeholder.
    trips: ["image-is-pinned", "job-run-is-bounded"],
  },
];
