import { type Resource, stackItself } from "../../../policies/stack";
import { jobKeepsSchedule } from "../../../policies/schedule/backups";
import { jobLeavesRoutingAlone, jobsAlikeInBothRegions } from "../../../policies/schedule/failover";
import { imageIsPinned, imageOfOwnRegion } from "../../../policies/schedule/images";
import { restoreIsIsolated } from "../../../policies/schedule/isolation";
import {
  kubernetesRoleIsNarrow,
  kubernetesTokenWhereNeeded,
} from "../../../policies/schedule/kubernetesAccess";
import { podHasLimits, podIsRestricted } from "../../../policies/schedule/pods";
import { jobRunIsBounded, jobRunsWhereDue } from "../../../policies/schedule/runs";
import { secretNotInPlainSight } from "../../../policies/schedule/secrets";
import { jobWritesWhereDue } from "../../../policies/schedule/told";
import { backupIsVerified } from "../../../policies/schedule/verified";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";

const digest = `@sha256:${"0".repeat(64)}`;
const image = `111122223333.dkr.ecr.us-east-1.amazonaws.com/trading-dr/recovery${digest}`;

const securityContext = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};
const soundContainer = {
  image,
  securityContext,
  resources: { requests: { cpu: "250m", memory: "1Gi" }, limits: { memory: "1Gi" } },
};

/** A job of a kind: what its spec, its runs, its container and its pods have instead. */
function job(
  command: string,
  changes: {
    readonly spec?: Record<string, unknown>;
    readonly run?: Record<string, unknown>;
    readonly container?: Record<string, unknown>;
    readonly pod?: Record<string, unknown>;
    readonly env?: Readonly<Record<string, unknown>>;
    readonly metadata?: Record<string, unknown>;
  } = {},
): Resource {
  const env = Object.entries(changes.env ?? {}).map(([name, value]) => ({ name, value }));
  return resource(
    "kubernetes:batch/v1:CronJob",
    {
      metadata: { name: command, namespace: "market", ...changes.metadata },
      spec: {
        schedule: "*/15 * * * *",
        timeZone: "Etc/UTC",
        suspend: false,
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: 900,
        failedJobsHistoryLimit: 5,
        ...changes.spec,
        jobTemplate: {
          spec: {
            activeDeadlineSeconds: 900,
            backoffLimit: 0,
            ttlSecondsAfterFinished: 604_800,
            ...changes.run,
            template: {
              spec: {
                containers: [
                  {
                    ...soundContainer,
                    command: ["trading-dr", ...command.split(" ")],
                    env,
                    ...changes.container,
                  },
                ],
                ...changes.pod,
              },
            },
          },
        },
      },
    },
    { name: command },
  );
}

const container = "spec.jobTemplate.spec.template.spec.containers.0";
const pod = "spec.jobTemplate.spec.template.spec";
const path = "s3://records/recovery-points/frequent/database/us-east-1/";
const backup = (changes: Parameters<typeof job>[1] = {}) =>
  job("backup database", {
    ...changes,
    env: {
      TRADING_DR_STORE: "database",
      TRADING_DR_SERIES: "frequent",
      TRADING_DR_TIER: "frequent",
      TRADING_DR_RECOVERY_POINTS: path,
      ...changes.env,
    },
  });
const kept = (days: string) => ({ env: { TRADING_DR_RETENTION_DAYS: days } });
const snapshot = (sentinels: string) =>
  job("snapshot cache", { env: { TRADING_DR_STORE: "cache", TRADING_DR_SENTINELS: sentinels } });
const toldRegion = (region: string) => ({ env: { TRADING_DR_REGION: region } });
const theirPath = path.replace("us-east-1", "us-west-2");
const watching = (
  changes: Readonly<Record<string, unknown>> = {},
  proof: Readonly<Record<string, unknown>> = {},
) =>
  job("check", {
    env: {
      TRADING_DR_WATCHED: JSON.stringify([
        {
          ...{ store: "database", series: "frequent", maximumAgeSeconds: 4_500, locations: [path] },
          copiedTo: { region: "us-west-2", bucket: "copies" },
          ...changes,
        },
      ]),
      TRADING_DR_VERIFIED: JSON.stringify({
        ...{ maximumAgeSeconds: 90_000, locations: [path, theirPath] },
        ...proof,
      }),
    },
  });
const uncompared = `the bucket in TRADING_DR_WATCHED that ${path} is compared with`;
const missed = `the age in TRADING_DR_WATCHED at which a point in ${path} is missing`;
const restoring = (points: readonly string[], kind = "verify", namespace = "verification") =>
  job(kind, {
    env: { TRADING_DR_RECOVERY_POINTS: points.join(" ") },
    metadata: { namespace },
  });

const stack = stackItself("prod");
const promised = {
  jobs: [
    {
      ...{ kind: "backup-database", name: "dr-backup-database-frequent" },
      ...{ longestGapSeconds: 900, store: "database", series: "frequent" },
    },
  ],
};

/** A copy that no schedule starts. */
const byHand = (run: Record<string, unknown>) =>
  resource("kubernetes:batch/v1:Job", {
    spec: {
      ...{ activeDeadlineSeconds: 900, backoffLimit: 0, ttlSecondsAfterFinished: 604_800 },
      ...run,
      template: {
        spec: {
          containers: [{ ...soundContainer, command: ["trading-dr", "backup", "database"] }],
        },
      },
    },
  });

const lax = (changes: Record<string, unknown>) =>
  job("check", { container: { securityContext: { ...securityContext, ...changes } } });
const containerWith = (changes: Record<string, unknown>) => job("check", { container: changes });

const policy = (spec: Record<string, unknown>, name: string) =>
  resource(
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    { metadata: { name, namespace: "verification" }, spec },
    { name },
  );
const closed = policy({ podSelector: {}, policyTypes: ["Ingress", "Egress"] }, "closed");
const opened = (to: readonly object[], ports: readonly object[], more: object = {}) =>
  policy({ podSelector: {}, policyTypes: ["Egress"], egress: [{ to, ports }], ...more }, "open");
const namespace = (level: unknown = "restricted") =>
  resource("kubernetes:core/v1:Namespace", {
    metadata: { name: "verification", labels: { "pod-security.kubernetes.io/enforce": level } },
  });
const isolated = job("verify", { metadata: { namespace: "verification" } });
const pushing = job("verify", {
  metadata: { namespace: "verification" },
  env: { TRADING_DR_PUSHGATEWAY: "http://pushgateway.monitoring.svc:9091" },
});
const podsOf = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

const configMap = (data: Record<string, unknown>) =>
  resource("kubernetes:core/v1:ConfigMap", { data });
const role = (rule: object) =>
  resource("kubernetes:rbac.authorization.k8s.io/v1:Role", {
    rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"], ...rule }],
  });
const binding = (name: string) =>
  resource("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", {
    roleRef: { name },
    subjects: [{ kind: "ServiceAccount", name: "reader", namespace: "market" }],
  });
const account = (automount: unknown) =>
  resource("kubernetes:core/v1:ServiceAccount", {
    metadata: { name: "reader", namespace: "market" },
    automountServiceAccountToken: automount,
  });

/** Cases of the rules of jobs, and of whatever runs pods. */
export const scheduleCases: readonly RuleCases[] = [
  {
    rule: jobKeepsSchedule,
    settings: promised,
    good: [
      passes("more often", stack, { beside: [backup({ spec: { schedule: "*/5 * * * *" } })] }),
    ],
    bad: [
      breaks("less often", stack, "the longest gap of CronJob dr-backup-database-frequent", {
        beside: [backup({ spec: { schedule: "*/20 * * * *" } })],
      }),
      breaks("never", stack, "the longest gap of CronJob dr-backup-database-frequent", {
        beside: [backup({ spec: { schedule: "0 0 31 2 *" } })],
      }),
      breaks("another series", stack, "CronJob dr-backup-database-frequent", {
        beside: [backup({ env: { TRADING_DR_SERIES: "daily" } })],
      }),
      breaks("another program", stack, "CronJob dr-backup-database-frequent", {
        beside: [backup({ container: { command: ["sleep", "900"] } })],
      }),
    ],
    absent: [breaks("no job", stack, "CronJob dr-backup-database-frequent")],
    limit: [
      passes("as often", stack, { beside: [backup()] }),
      breaks(
        "16 minutes, and 12 at the hour",
        stack,
        "the longest gap of CronJob dr-backup-database-frequent",
        {
          beside: [backup({ spec: { schedule: "*/16 * * * *" } })],
        },
      ),
    ],
    unknown: [
      waits("not known how often", stack, "spec.schedule", {
        beside: [backup({ spec: { schedule: unknown } })],
      }),
    ],
  },
  {
    rule: jobWritesWhereDue,
    settings: {
      jobs: [
        {
          ...{ kind: "backup-database", store: "database", series: "frequent" },
          told: { tier: "frequent", retentionDays: "35", recoveryPoints: path },
        },
        { kind: "check", told: { region: "us-east-1" } },
        { kind: "snapshot-cache", store: "cache", told: { sentinels: "one:26379 two:26379" } },
      ],
    },
    good: [
      passes("as the file says", backup(kept("35"))),
      passes("a check, which writes no copies", job("check", toldRegion("us-east-1"))),
      passes("the Sentinels of the region", snapshot("one:26379 two:26379")),
      passes("somebody's own", job("check", { container: { command: ["sh"] } })),
    ],
    bad: [
      breaks(
        "into another tier's bucket",
        backup({
          env: { ...kept("35").env, TRADING_DR_RECOVERY_POINTS: path.replace("records", "daily") },
        }),
        "TRADING_DR_RECOVERY_POINTS",
      ),
      breaks(
        "under another region's prefix",
        backup({ env: { ...kept("35").env, TRADING_DR_RECOVERY_POINTS: `${path}x/` } }),
        "TRADING_DR_RECOVERY_POINTS",
      ),
      breaks(
        "into another tier",
        backup({ env: { ...kept("35").env, TRADING_DR_TIER: "short" } }),
        "TRADING_DR_TIER",
      ),
      breaks("for another region", job("check", toldRegion("us-west-2")), "TRADING_DR_REGION"),
      breaks("of one Sentinel alone", snapshot("one:26379"), "TRADING_DR_SENTINELS"),
      breaks(
        "of a series that the file does not have",
        backup({ env: { TRADING_DR_SERIES: "hourly" } }),
        "TRADING_DR_STORE and TRADING_DR_SERIES",
      ),
      breaks(
        "of a kind that the file does not have",
        restoring([path]),
        "TRADING_DR_STORE and TRADING_DR_SERIES",
      ),
    ],
    absent: [breaks("not told for how long", backup(), "TRADING_DR_RETENTION_DAYS")],
    limit: [
      breaks("kept for a day less", backup(kept("34")), "TRADING_DR_RETENTION_DAYS"),
      breaks("and for a day more", backup(kept("36")), "TRADING_DR_RETENTION_DAYS"),
    ],
    unknown: [
      waits(
        "not known where",
        backup({ env: { ...kept("35").env, TRADING_DR_RECOVERY_POINTS: unknown } }),
        `${container}.env.3.value`,
      ),
    ],
  },
  {
    rule: backupIsVerified,
    settings: {
      restore: { namespace: "verification", locations: [path, theirPath] },
      watched: [
        {
          store: "database",
          series: "frequent",
          location: path,
          maximumAgeSeconds: 4_500,
          copiedTo: "copies",
        },
      ],
      proof: { locations: [path, theirPath], maximumAgeSeconds: 90_000 },
    },
    good: [
      passes("watched", watching({ maximumAgeSeconds: 4_000 })),
      passes("restored, in whatever order", restoring([theirPath, path])),
    ],
    bad: [
      breaks("another series is watched", watching({ series: "daily" }), missed),
      breaks("another store is", watching({ store: "cache" }), missed),
      breaks("another region's points are", watching({ locations: [theirPath] }), missed),
      breaks("any region's points do", watching({ locations: [path, theirPath] }), missed),
      breaks(
        "another bucket is taken for the copies",
        watching({ copiedTo: { region: "us-west-2", bucket: "records" } }),
        uncompared,
      ),
      breaks(
        "one region's proof will do",
        watching({}, { locations: [path] }),
        "TRADING_DR_VERIFIED",
      ),
      breaks("what no monitor can read", watching({ maximumAgeSeconds: "1h" }), missed),
      ...["verify", "drill recovery", "drill disaster"].flatMap((kind) => [
        breaks(`${kind}: others are restored`, restoring([path, "s3://records/others/"], kind), [
          "TRADING_DR_RECOVERY_POINTS",
          "TRADING_DR_RECOVERY_POINTS",
        ]),
        breaks(
          `${kind}: restored beside what it is of`,
          restoring([path, theirPath], kind, "market"),
          "metadata.namespace",
        ),
      ]),
    ],
    absent: [
      breaks("nothing is watched, nor proven", job("check"), [
        missed,
        "TRADING_DR_VERIFIED",
        "TRADING_DR_VERIFIED",
      ]),
      breaks("no copies are looked at", watching({ copiedTo: undefined }), uncompared),
      breaks("nothing is restored", job("verify", { metadata: { namespace: "verification" } }), [
        "TRADING_DR_RECOVERY_POINTS",
        "TRADING_DR_RECOVERY_POINTS",
      ]),
      passes("neither watches nor restores", backup()),
    ],
    limit: [
      passes("missed in time", watching()),
      breaks("a second late", watching({ maximumAgeSeconds: 4_501 }), missed),
      breaks(
        "proof that is a second late",
        watching({}, { maximumAgeSeconds: 90_001 }),
        "the age in TRADING_DR_VERIFIED at which a verification is missing",
      ),
      breaks("of one region alone", restoring([path]), "TRADING_DR_RECOVERY_POINTS"),
      breaks(
        "one more than there are",
        restoring([path, theirPath, `${path}x/`]),
        "TRADING_DR_RECOVERY_POINTS",
      ),
    ],
    unknown: [
      waits(
        "not known what is watched",
        job("check", { env: { TRADING_DR_WATCHED: unknown } }),
        `${container}.env.0.value`,
      ),
      waits(
        "not known what is restored",
        job("verify", { env: { TRADING_DR_RECOVERY_POINTS: unknown } }),
        `${container}.env.0.value`,
      ),
    ],
  },
  {
    rule: jobRunIsBounded,
    settings: { timeZone: "Etc/UTC", keptSeconds: 3_600 },
    good: [
      passes("a backup", backup()),
      passes(
        "a check that takes longer than its gap",
        job("check", { run: { activeDeadlineSeconds: 9_999 } }),
      ),
      passes("a job by hand", byHand({ activeDeadlineSeconds: 9_999 })),
    ],
    bad: [
      breaks(
        "two at once",
        backup({ spec: { concurrencyPolicy: "Allow" } }),
        "spec.concurrencyPolicy",
      ),
      breaks("another time zone", backup({ spec: { timeZone: "Europe/Berlin" } }), "spec.timeZone"),
      breaks(
        "a schedule that never fires",
        backup({ spec: { schedule: "0 0 31 2 *" } }),
        "spec.schedule",
      ),
    ],
    absent: [
      breaks("nothing said of a job by hand", resource("kubernetes:batch/v1:Job", {}), [
        "spec.activeDeadlineSeconds",
        "spec.backoffLimit",
        "spec.ttlSecondsAfterFinished",
      ]),
      breaks(
        "nothing said",
        backup({
          spec: {
            ...{ concurrencyPolicy: undefined, timeZone: undefined },
            ...{ startingDeadlineSeconds: undefined, failedJobsHistoryLimit: undefined },
          },
          run: {
            ...{ activeDeadlineSeconds: undefined, backoffLimit: undefined },
            ttlSecondsAfterFinished: undefined,
          },
        }),
        [
          "spec.concurrencyPolicy",
          "spec.timeZone",
          "spec.startingDeadlineSeconds",
          "spec.failedJobsHistoryLimit",
          "spec.jobTemplate.spec.activeDeadlineSeconds",
          "spec.jobTemplate.spec.backoffLimit",
          "spec.jobTemplate.spec.ttlSecondsAfterFinished",
        ],
      ),
    ],
    limit: [
      passes("11 seconds late", backup({ spec: { startingDeadlineSeconds: 11 } })),
      breaks(
        "10 seconds late",
        backup({ spec: { startingDeadlineSeconds: 10 } }),
        "spec.startingDeadlineSeconds",
      ),
      breaks(
        "later than the next",
        backup({ spec: { startingDeadlineSeconds: 901 } }),
        "spec.startingDeadlineSeconds",
      ),
      breaks(
        "longer than until the next",
        backup({ run: { activeDeadlineSeconds: 901 } }),
        "spec.jobTemplate.spec.activeDeadlineSeconds",
      ),
      passes(
        "three failures kept, for an hour",
        backup({ spec: { failedJobsHistoryLimit: 3 }, run: { ttlSecondsAfterFinished: 3_600 } }),
      ),
      breaks("two", backup({ spec: { failedJobsHistoryLimit: 2 } }), "spec.failedJobsHistoryLimit"),
      breaks(
        "for less",
        backup({ run: { ttlSecondsAfterFinished: 3_599 } }),
        "spec.jobTemplate.spec.ttlSecondsAfterFinished",
      ),
      passes("a job by hand kept for an hour", byHand({ ttlSecondsAfterFinished: 3_600 })),
      breaks(
        "and for less",
        byHand({ ttlSecondsAfterFinished: 3_599 }),
        "spec.ttlSecondsAfterFinished",
      ),
      breaks("without an end", byHand({ activeDeadlineSeconds: 0 }), "spec.activeDeadlineSeconds"),
      breaks(
        "tried again less than never",
        backup({ run: { backoffLimit: -1 } }),
        "spec.jobTemplate.spec.backoffLimit",
      ),
    ],
    unknown: [
      waits(
        "not known",
        backup({ spec: { concurrencyPolicy: unknown } }),
        "spec.concurrencyPolicy",
      ),
      waits("not known of a job by hand", byHand({ backoffLimit: unknown }), "spec.backoffLimit"),
    ],
  },
  {
    rule: jobRunsWhereDue,
    settings: { running: ["backup-database"] },
    good: [
      passes("runs here", backup()),
      passes("waits here", job("verify", { spec: { suspend: true } })),
      passes("somebody's own", job("verify", { container: { command: ["sh"] } })),
    ],
    bad: [
      breaks("switched off", backup({ spec: { suspend: true } }), "spec.suspend"),
      breaks("runs in both regions", job("verify"), "spec.suspend"),
    ],
    absent: [
      passes("not suspended, where it is due", backup({ spec: { suspend: undefined } })),
      breaks(
        "not suspended, where it is not",
        job("verify", { spec: { suspend: undefined } }),
        "spec.suspend",
      ),
    ],
    limit: { none: "there is no figure" },
    unknown: [waits("not known", backup({ spec: { suspend: unknown } }), "spec.suspend")],
  },
  {
    rule: restoreIsIsolated,
    good: [
      passes("a job in its own namespace", isolated, { beside: [namespace()] }),
      passes(
        "its namespace, with names, also of the node's own server, the agent and HTTPS",
        namespace(),
        {
          beside: [
            isolated,
            closed,
            opened([{ ipBlock: { cidr: "169.254.170.23/32" } }], [{ port: 80 }]),
            opened([{ ipBlock: { cidr: "0.0.0.0/0" } }], [{ port: 443 }, { port: 53 }]),
            opened([{ ipBlock: { cidr: "169.254.20.10/32" } }], [{ protocol: "UDP", port: 53 }]),
          ],
        },
      ),
      passes("to the Pushgateway that its jobs are told of", namespace(), {
        beside: [pushing, closed, opened([podsOf("monitoring")], [{ port: 9_091 }])],
      }),
      passes("a namespace of something else", namespace(null), { beside: [backup()] }),
    ],
    bad: [
      ...(
        [
          ["that jobs are not told of", isolated, "monitoring", 9_091],
          ["of another namespace", pushing, "market", 9_091],
          ["by another port", pushing, "monitoring", 5_432],
        ] as const
      ).map(([which, jobs, monitoring, port]) =>
        breaks(`to a Pushgateway ${which}`, namespace(), "spec.egress.0 of NetworkPolicy open", {
          beside: [jobs, closed, opened([podsOf(monitoring)], [{ port }])],
        }),
      ),
      breaks("beside the backups", job("verify"), "metadata.namespace", {
        beside: [backup(), namespace()],
      }),
      breaks(
        "of a lax standard",
        namespace("baseline"),
        "metadata.labels.pod-security.kubernetes.io/enforce",
        {
          beside: [isolated, closed],
        },
      ),
      breaks("to a database", namespace(), "spec.egress.0 of NetworkPolicy open", {
        beside: [isolated, closed, opened([{ podSelector: {} }], [{ port: 5_432 }])],
      }),
      breaks("to everything", namespace(), "spec.egress.0 of NetworkPolicy open", {
        beside: [isolated, closed, opened([], [])],
      }),
      breaks("to port 80 of anybody", namespace(), "spec.egress.0 of NetworkPolicy open", {
        beside: [isolated, closed, opened([{ podSelector: {} }], [{ port: 80 }])],
      }),
      breaks("from anybody", namespace(), "spec.ingress of NetworkPolicy open", {
        beside: [
          isolated,
          closed,
          opened([{ podSelector: {} }], [{ port: 443 }], { ingress: [{}] }),
        ],
      }),
      breaks(
        "closed for some pods",
        namespace(),
        [
          "a NetworkPolicy for all its pods and Ingress",
          "a NetworkPolicy for all its pods and Egress",
        ],
        {
          beside: [
            isolated,
            policy(
              { podSelector: { matchLabels: { a: "b" } }, policyTypes: ["Ingress", "Egress"] },
              "some",
            ),
          ],
        },
      ),
    ],
    absent: [
      breaks("a namespace that nobody declares", isolated, "metadata.namespace"),
      breaks(
        "no policy",
        namespace(),
        [
          "a NetworkPolicy for all its pods and Ingress",
          "a NetworkPolicy for all its pods and Egress",
        ],
        { beside: [isolated] },
      ),
      breaks("closed one way", namespace(), "a NetworkPolicy for all its pods and Egress", {
        beside: [isolated, policy({ podSelector: {} }, "ingress")],
      }),
    ],
    limit: [
      breaks("a range of ports", namespace(), "spec.egress.0 of NetworkPolicy open", {
        beside: [isolated, closed, opened([{ podSelector: {} }], [{ port: 443, endPort: 444 }])],
      }),
    ],
    unknown: [
      waits("not known to which port", namespace(), "spec.egress.0.ports.0.port", {
        beside: [isolated, closed, opened([{ podSelector: {} }], [{ port: unknown }])],
      }),
    ],
  },
  {
    rule: jobLeavesRoutingAlone,
    good: [passes("a drill", job("drill disaster"))],
    bad: [
      breaks(
        "a record by the command line",
        containerWith({ command: ["aws", "route53", "change-resource-record-sets"] }),
        `${container}.command`,
      ),
      breaks(
        "by an SDK",
        configMap({ "run.js": "new ChangeResourceRecordSetsCommand()" }),
        "data.run.js",
      ),
      breaks(
        "a health check",
        containerWith({ args: ["update-health-check"] }),
        `${container}.args`,
      ),
    ],
    absent: [passes("no command", containerWith({ command: undefined }))],
    limit: { none: "there is no figure" },
    unknown: [waits("not known", configMap({ "run.js": unknown }), "data.run.js")],
  },
  {
    rule: jobsAlikeInBothRegions,
    settings: { isStandby: true },
    good: [
      passes("the same", backup(), { others: { prod: [backup()], archive: [] } }),
      passes("one that is told of in the standby", backup(), {
        settings: { isStandby: false },
        others: { dr: [backup({ spec: { schedule: "0 * * * *" } })] },
      }),
    ],
    bad: [
      breaks("another schedule", backup(), "spec.schedule", {
        others: { prod: [backup({ spec: { schedule: "0 * * * *" } })] },
      }),
      breaks("another time zone", backup(), "spec.timeZone", {
        others: { prod: [backup({ spec: { timeZone: "Europe/Berlin" } })] },
      }),
      breaks("another release", backup(), "the digests of its images", {
        others: { prod: [backup({ container: { image: `x@sha256:${"1".repeat(64)}` } })] },
      }),
    ],
    absent: [
      breaks("not in the primary", backup(), "its counterpart in stack prod", {
        others: { prod: [restoring([path])] },
      }),
      breaks("not in the standby", backup(), "its counterpart in stack dr", {
        settings: { isStandby: false },
        others: { dr: [restoring([path])] },
      }),
    ],
    limit: { none: "there is no figure" },
    unknown: [
      waits("not known", backup(), "spec.schedule", {
        others: { dr: [backup({ spec: { schedule: unknown } })] },
      }),
    ],
  },
  {
    rule: podIsRestricted,
    good: [
      passes("as the components make them", job("check")),
      passes(
        "by the pod's own context",
        job("check", {
          container: {
            securityContext: {
              ...securityContext,
              ...{ runAsNonRoot: undefined, seccompProfile: undefined },
            },
          },
          pod: { securityContext: { runAsNonRoot: true, seccompProfile: { type: "Localhost" } } },
        }),
      ),
      passes(
        "a volume of its own",
        job("check", { pod: { volumes: [{ name: "x", emptyDir: {} }] } }),
      ),
    ],
    bad: [
      breaks("root", lax({ runAsUser: 0 }), `${container}.securityContext.runAsUser`),
      breaks(
        "as root if it likes",
        lax({ runAsNonRoot: false }),
        `${container}.securityContext.runAsNonRoot`,
      ),
      breaks(
        "escalating",
        lax({ allowPrivilegeEscalation: true }),
        `${container}.securityContext.allowPrivilegeEscalation`,
      ),
      breaks("privileged", lax({ privileged: true }), `${container}.securityContext.privileged`),
      breaks(
        "keeping capabilities",
        lax({ capabilities: { drop: ["NET_RAW"] } }),
        `${container}.securityContext.capabilities.drop`,
      ),
      breaks(
        "with one more",
        lax({ capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] } }),
        `${container}.securityContext.capabilities.add`,
      ),
      breaks(
        "any system call",
        lax({ seccompProfile: { type: "Unconfined" } }),
        `${container}.securityContext.seccompProfile.type`,
      ),
      breaks(
        "writing its root",
        lax({ readOnlyRootFilesystem: false }),
        `${container}.securityContext.readOnlyRootFilesystem`,
      ),
      breaks(
        "on the node's port",
        containerWith({ ports: [{ hostPort: 80 }] }),
        `${container}.ports.hostPort`,
      ),
      breaks(
        "the node's disk",
        job("check", { pod: { volumes: [{ name: "x", hostPath: { path: "/" } }] } }),
        `${pod}.volumes.0`,
      ),
      ...["hostNetwork", "hostPID", "hostIPC"].map((setting) =>
        breaks(setting, job("check", { pod: { [setting]: true } }), `${pod}.${setting}`),
      ),
    ],
    absent: [
      breaks(
        "nothing said, of a pod",
        resource("kubernetes:core/v1:Pod", { spec: { containers: [{}] } }),
        [
          "spec.containers.0.securityContext.runAsNonRoot",
          "spec.containers.0.securityContext.allowPrivilegeEscalation",
          "spec.containers.0.securityContext.capabilities.drop",
          "spec.containers.0.securityContext.seccompProfile.type",
          "spec.containers.0.securityContext.readOnlyRootFilesystem",
        ],
      ),
    ],
    limit: [
      passes(
        "the one capability that the standard allows",
        lax({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }),
      ),
    ],
    unknown: [
      waits(
        "not known",
        lax({ runAsNonRoot: unknown }),
        `${container}.securityContext.runAsNonRoot`,
      ),
    ],
  },
  {
    rule: podHasLimits,
    good: [
      passes("all three", job("check")),
      passes(
        "limits stand for requests",
        containerWith({ resources: { limits: { cpu: 1, memory: "1Gi" } } }),
      ),
    ],
    bad: [
      breaks(
        "no limit on memory",
        containerWith({ resources: { requests: { cpu: "1", memory: "1Gi" } } }),
        `${container}.resources.limits.memory`,
      ),
    ],
    absent: [
      breaks("nothing", containerWith({ resources: undefined }), [
        `${container}.resources.requests.cpu`,
        `${container}.resources.requests.memory`,
        `${container}.resources.limits.memory`,
      ]),
      breaks("nothing, of what runs first", job("check", { pod: { initContainers: [{}] } }), [
        `${pod}.initContainers.0.resources.requests.cpu`,
        `${pod}.initContainers.0.resources.requests.memory`,
        `${pod}.initContainers.0.resources.limits.memory`,
      ]),
    ],
    limit: { none: "how much is enough, no rule can say" },
    unknown: [waits("not known", containerWith({ resources: unknown }), `${container}.resources`)],
  },
  {
    rule: imageIsPinned,
    good: [
      passes("by digest", job("check")),
      passes(
        "a placeholder, suspended",
        job("check", {
          spec: { suspend: true },
          container: { image: `pending.invalid/x${digest}` },
        }),
      ),
    ],
    bad: [
      breaks("by tag", containerWith({ image: "redis:7.2" }), `${container}.image`),
      breaks(
        "a placeholder that would run",
        containerWith({ image: `pending.invalid/x${digest}` }),
        `${container}.image`,
      ),
    ],
    absent: [breaks("no image", containerWith({ image: undefined }), `${container}.image`)],
    limit: [
      breaks("a digit less", containerWith({ image: image.slice(0, -1) }), `${container}.image`),
    ],
    unknown: [waits("not known", containerWith({ image: unknown }), `${container}.image`)],
  },
  {
    rule: imageOfOwnRegion,
    settings: { region: "us-east-1" },
    good: [
      passes("its own", job("check")),
      passes("a placeholder", containerWith({ image: `pending.invalid/x${digest}` })),
    ],
    bad: [
      breaks(
        "the other region's",
        containerWith({ image: image.replace("us-east-1", "us-west-2") }),
        `${container}.image`,
      ),
      breaks(
        "from the internet",
        containerWith({ image: `docker.io/redis${digest}` }),
        `${container}.image`,
      ),
    ],
    absent: [breaks("no image", containerWith({ image: undefined }), `${container}.image`)],
    limit: { none: "there is no figure" },
    unknown: [waits("not known", containerWith({ image: unknown }), `${container}.image`)],
  },
  {
    rule: secretNotInPlainSight,
    good: [
      passes(
        "a file",
        job("check", { env: { CACHE_PASSWORD_FILE: "/x", SECRET_ARN: "arn", KEY_ID: "x" } }),
      ),
      passes("a substitution", configMap({ "start.sh": 'echo "requirepass $password"' })),
      passes(
        "an argument that names a file",
        containerWith({ args: ["--redis.password-file=/x"] }),
      ),
    ],
    bad: [
      breaks("a variable", job("check", { env: { CACHE_PASSWORD: "x" } }), `${container}.env.0`),
      breaks(
        "a variable out of a Secret",
        containerWith({ env: [{ name: "A", valueFrom: { secretKeyRef: {} } }] }),
        `${container}.env.0`,
      ),
      breaks(
        "a whole Secret",
        containerWith({ envFrom: [{ secretRef: { name: "x" } }] }),
        `${container}.envFrom.0`,
      ),
      breaks(
        "in a command",
        containerWith({ command: ["psql", "postgres://a:b@c/d"] }),
        `${container}.command`,
      ),
      breaks("a private key", configMap({ "a.pem": "-----BEGIN PRIVATE KEY-----" }), "data.a.pem"),
      breaks(
        "a password of Redis",
        configMap({ "redis.conf": "requirepass letmein" }),
        "data.redis.conf",
      ),
      breaks(
        "a user of Redis",
        configMap({ "users.acl": "user default on >letmein" }),
        "data.users.acl",
      ),
      breaks("by its name", configMap({ password: "" }), "data.password"),
    ],
    absent: [passes("nothing", configMap({})), passes("no variables", job("check"))],
    limit: { none: "there is no figure" },
    unknown: [waits("not known", configMap({ "redis.conf": unknown }), "data.redis.conf")],
  },
  {
    rule: kubernetesTokenWhereNeeded,
    good: [
      passes("none", job("check", { pod: { automountServiceAccountToken: false } })),
      passes("by its account", job("check", { pod: { serviceAccountName: "reader" } }), {
        beside: [account(false)],
      }),
      passes("where a role is bound", job("check", { pod: { serviceAccountName: "reader" } }), {
        beside: [binding("x")],
      }),
    ],
    bad: [
      breaks(
        "though no role is bound",
        job("check", { pod: { serviceAccountName: "reader", automountServiceAccountToken: true } }),
        `${pod}.automountServiceAccountToken`,
        { beside: [account(false)] },
      ),
      breaks(
        "though a role is bound to another",
        job("check", { pod: { serviceAccountName: "other" } }),
        `${pod}.automountServiceAccountToken`,
        { beside: [binding("x")] },
      ),
      breaks(
        "none, though a role is bound",
        job("check", {
          pod: { serviceAccountName: "reader", automountServiceAccountToken: false },
        }),
        `${pod}.automountServiceAccountToken`,
        { beside: [binding("x")] },
      ),
      breaks(
        "none by the account, though a role is bound",
        job("check", { pod: { serviceAccountName: "reader" } }),
        `${pod}.automountServiceAccountToken`,
        { beside: [account(false), binding("x")] },
      ),
    ],
    absent: [breaks("nothing said", job("check"), `${pod}.automountServiceAccountToken`)],
    limit: { none: "there is no figure" },
    unknown: [
      waits(
        "not known",
        job("check", { pod: { automountServiceAccountToken: unknown } }),
        `${pod}.automountServiceAccountToken`,
      ),
      waits("not known who a role is bound to", job("check"), "subjects", {
        beside: [
          resource("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", { subjects: unknown }),
        ],
      }),
    ],
  },
  {
    rule: kubernetesRoleIsNarrow,
    good: [passes("reads", role({})), passes("bound", binding("reader"))],
    bad: [
      breaks("every verb", role({ verbs: ["*"] }), "rules.0.verbs"),
      breaks("every kind", role({ resources: ["*"] }), "rules.0.resources"),
      breaks("every group", role({ apiGroups: ["*"] }), "rules.0.apiGroups"),
      breaks("more than itself", role({ verbs: ["get", "escalate"] }), "rules.0.verbs"),
      ...["admin", "cluster-admin", "edit"].map((name) =>
        breaks(name, binding(name), "roleRef.name"),
      ),
    ],
    absent: [passes("nothing", resource("kubernetes:rbac.authorization.k8s.io/v1:Role", {}))],
    limit: { none: "there is no figure" },
    unknown: [waits("not known", role({ verbs: unknown }), "rules.0.verbs")],
  },
];
