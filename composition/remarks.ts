import { smallestReplicaLagSeconds } from "../contracts/monitoring";
import { type Configuration } from "../config/configuration";
import { type StoreKind } from "../config/stores";
import { type System } from "../config/system";
import { noRecipients } from "../contracts/recoveryKey";
import { type NotBuilt } from "../contracts/outputs";
import { remarksOnDns } from "./dns";
import { databaseOf, everyGenerationOf } from "../config/generations";
import { imagesOf } from "./images";

/** Where AWS runs and logs what belongs to no region. */
const globalServicesRegion = "us-east-1";

/** Kinds of store that a component builds. The others are declared, and reported as not built. */
const builtKinds: readonly StoreKind[] = [
  "cache",
  "database",
  "objects",
  "images",
  "configuration",
];

/** What the system file declares and nothing builds yet. */
export function notBuiltYet({ system }: Configuration): NotBuilt[] {
  return Object.entries(system.stores).flatMap(([name, store]) => {
    if (!builtKinds.includes(store.kind)) {
      return [{ path: `stores.${name}`, what: `${store.kind}: ${store.description}` }];
    }
    if (store.kind === "cache" && store.standby === "snapshots") {
      return [
        {
          path: `stores.${name}.standby`,
          what: "a job that fills the standby's servers from snapshots",
        },
      ];
    }
    if (store.kind === "cache") {
      return [
        {
          path: `stores.${name}.standby`,
          what: "an alarm on a standby that no longer follows, or lags",
        },
      ];
    }
    if (store.kind === "images" && store.signed) {
      return [
        {
          path: `stores.${name}.signed`,
          what: "a job that checks the signatures, and that both regions have the images",
        },
      ];
    }
    return store.kind === "objects" && store.writtenEvery !== undefined
      ? [
          {
            path: `stores.${name}.writtenEvery`,
            what: `the writer of a copy every ${store.writtenEvery.text}`,
          },
        ]
      : [];
  });
}

/** What a reader should know before trusting the stack. */
export function remarksOn(configuration: Configuration): string[] {
  const { settings, system } = configuration;
  if (settings.profile === "sandbox") {
    return [
      "sandbox: nothing is locked or protected, and everything can be deleted",
      ...passwordRemarks(system),
    ];
  }
  const compliance = Object.entries(system.lockClasses).filter(
    ([, { mode }]) => mode === "compliance",
  );
  const locks = compliance.map(([name]) =>
    settings.complianceLocks?.kind === "acknowledged"
      ? `lock class ${name} is compliance, which nobody can undo: acknowledged ${settings.complianceLocks.date} by ${settings.complianceLocks.approver}`
      : `lock class ${name} is governance, not compliance, until trading-dr:complianceLocks acknowledges it`,
  );
  return [
    ...locks,
    ...remarksOnDns(configuration),
    ...(settings.phase === "landing"
      ? [
          "landing phase: only what other stacks copy into or name; nothing here is copied anywhere yet",
        ]
      : []),
    ...promotionRemarks(system),
    ...passwordRemarks(system),
    ...(settings.role !== "archive" && settings.accounts.archive !== settings.accounts.trading
      ? [
          "snapshots go to another region and account in one step, which AWS Backup has not always done for databases: see the first copy succeed (docs/operations.md)",
        ]
      : []),
    ...(settings.auditTrail.kind === "create"
      ? []
      : [
          `audit trail ${settings.auditTrail.name} is adopted: without its management events nobody hears of the break-glass role, and without its data events nobody sees who removes records (docs/operations.md)`,
        ]),
    ...(settings.role === "archive" && settings.accounts.archive !== settings.accounts.trading
      ? [
          "administrators of the archive's account make its break-glass role, from the output breakGlassRole",
        ]
      : []),
    ...watchRemarks(configuration),
    ...jobRemarks(settings, system),
    ...(system.owns.includes("backup-region-settings")
      ? []
      : [
          "snapshots need the account's opt-in to AWS Backup in this region, which another system's stack declares",
        ]),
    ...(settings.role === "archive" ||
    imagesOf(system) === undefined ||
    system.owns.includes("image-registry")
      ? []
      : [
          "images are copied to the other region, and scanned for vulnerabilities that become known after their push, only by the registry's settings, which another system's stack declares",
        ]),
  ];
}

/** A plain RDS replica that has become the writer has no replica of its own until one is built. */
function promotionRemarks(system: System): string[] {
  const { regions } = system;
  const store = databaseOf(system);
  const replicated = store?.rebuilds.at(-1)?.survivor ?? regions.primary;
  return store?.engine === "rds-postgresql" && replicated !== regions.active
    ? [
        `the database in ${regions.active} has been promoted and is not protected any more: rebuild the other side (docs/operations.md)`,
      ]
    : [];
}

/** The very first database alone is given the administrator's password; all others are copies. */
function passwordRemarks(system: System): string[] {
  const { active } = system.regions;
  const writer = everyGenerationOf(system, active).at(-1);
  return writer?.source === undefined
    ? []
    : [
        `do not change administratorPasswordRotated now: the secret would get a new password, and the writer in ${active} would keep the old one (docs/operations.md)`,
      ];
}

/** What the alarms and trails of a stack cannot see. */
function watchRemarks({ settings, system }: Configuration): string[] {
  const { primary, standby } = system.regions;
  const database = databaseOf(system);
  const limit = database?.replicationLagLimit;
  return [
    ...(settings.role !== "archive" &&
    database?.engine === "rds-postgresql" &&
    limit !== undefined &&
    limit.seconds < smallestReplicaLagSeconds
      ? [
          `the alarm on the replica's lag is at ${String(smallestReplicaLagSeconds)} s, not at ${limit.text}: a replica of plain RDS is up to that far behind whenever nothing is written`,
        ]
      : []),
    ...(settings.role === "prod" && ![primary, standby].includes(globalServicesRegion)
      ? [
          `calls to IAM, such as a change of the break-glass role, are logged in ${globalServicesRegion}, where no stack has a trail`,
        ]
      : []),
  ];
}

/** Jobs that are declared, but wait for an image or a key, or would fail unheard. */
function jobRemarks(
  { role, phase, signals = {} }: Configuration["settings"],
  { jobs: { image, scratchImage, recoveryRecipients }, stores }: System,
): string[] {
  if (role === "archive" || phase === "landing") {
    return [];
  }
  const silence =
    Object.keys(signals).length > 0
      ? []
      : [
          "nobody is told of a backup that failed or is late until trading-dr:signals names a Pushgateway or Slack",
        ];
  if (image === "pending") {
    return [
      ...silence,
      "all jobs are suspended, backups too, until jobs.image names an image by digest",
    ];
  }
  return [
    ...silence,
    ...(scratchImage === "pending"
      ? ["jobs that restore are suspended until jobs.scratchImage names an image by digest"]
      : []),
    ...(recoveryRecipients === noRecipients &&
    Object.values(stores).some(({ kind }) => kind === "configuration")
      ? [
          "snapshots of configuration are suspended until jobs.recoveryRecipients names recovery keys for its Secrets",
        ]
      : []),
  ];
}
