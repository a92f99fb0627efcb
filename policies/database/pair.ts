import { z } from "zod";
import { wholeDays } from "../../config/duration";
import { currentPair } from "./current";
import { tradingRegionOf } from "../places";
import { stackIn } from "../placement/otherStack";
import { rule } from "../rule";
import { type Resource, type Stack, stackType } from "../stack";
import { isSet, isTrueAt, listAt, numberAt, textAt } from "../values";
import { textsAt } from "../workloads";

const clusterType = "aws:rds/cluster:Cluster";
const instanceType = "aws:rds/instance:Instance";
const globalType = "aws:rds/globalCluster:GlobalCluster";

/** What AWS moves in a failover is not moved back by the next update. */
const movedByAws: Readonly<Record<string, readonly string[]>> = {
  [clusterType]: ["globalClusterIdentifier", "replicationSourceIdentifier"],
  [instanceType]: ["replicateSourceDb"],
};

/** A failover is not undone by an update. */
export const outlivesFailover = rule({
  id: "database-outlives-failover",
  severity: "critical",
  scope: "resource",
  description:
    "An update does not take back what a failover has moved, and members of a pair keep the password that they share.",
  serves: "the region scenario: after a failover nothing destructive is planned",
  peers: [],
  types: [clusterType, instanceType],
  example: {
    good: 'ignoreChanges: ["globalClusterIdentifier", "replicationSourceIdentifier"]',
    bad: "manageMasterUserPassword: true",
  },
  *check({ type, inputs, ignoreChanges }) {
    for (const setting of movedByAws[type] ?? []) {
      if (!ignoreChanges.includes(setting)) {
        yield {
          setting: "ignoreChanges",
          required: `${setting} among them`,
          mend: "add it, or an update after a failover replaces the database",
        };
      }
    }
    if (isTrueAt(inputs, "manageMasterUserPassword")) {
      yield {
        setting: "manageMasterUserPassword",
        found: true,
        required: "false",
        mend: "remove it: RDS manages no password in a global database, and none that a replica knows",
      };
    }
  },
});

/** A snapshot for whatever has to be kept longer than point in time reaches back. */
export const longRetention = rule({
  id: "database-retention-beyond-point-in-time",
  severity: "critical",
  scope: "stack",
  description:
    "Where data in the database is to be kept for longer than RDS keeps backups, a backup plan keeps snapshots for that long.",
  serves: "retention of the data classes: SOX 802, 7 years",
  peers: ["BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK"],
  types: [stackType],
  example: { good: "lifecycle: { deleteAfter: 2557 }", bad: "a daily series alone" },
  settings: z.strictObject({
    /** The longest retention of a data class in the database. */
    days: z.int(),
  }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    if (region === undefined) {
      return undefined;
    }
    const { stores, dataClasses } = region.system;
    const classes = Object.values(dataClasses).filter(({ stores: names }) =>
      names.some((name) => stores[name]?.kind === "database"),
    );
    return { days: Math.max(0, ...classes.map(({ retention }) => wholeDays(retention))) };
  },
  *check(_, { settings: { days }, stack }) {
    const kept = stack
      .ofType("aws:backup/plan:Plan")
      .flatMap(({ inputs }) => listAt(inputs, "rules"))
      // Left out, it keeps for ever.
      .map((one) => numberAt(one, "lifecycle", "deleteAfter") ?? Infinity);
    const longest = Math.max(0, ...kept);
    // 35: the longest that RDS keeps automated backups.
    if (days > 35 && longest < days) {
      yield {
        setting: "the longest lifecycle.deleteAfter of the backup plans",
        found: longest,
        required: `${String(days)} days at least`,
        mend: "add a series of snapshots whose tier is kept as long",
      };
    }
  },
});

/** What can leave out what a backup selection names: by tags, or by pattern. */
const narrowing = ["conditions", "notResources", "selectionTags"];

/** The database that counts is the one that is backed up. */
export const inBackupPlan = rule({
  id: "database-in-backup-plan",
  severity: "critical",
  scope: "stack",
  description:
    "A backup plan covers the database that counts, by its ARN, and no tag or pattern leaves it out again.",
  serves: "retention beyond point in time, and the copy in the archive",
  peers: [
    "CKV2_AWS_8",
    "AURORA_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
    "rds_cluster_protected_by_backup_plan",
  ],
  types: [stackType],
  example: { good: "resources: [database.arn]", bad: 'notResources: ["arn:aws:rds:*"]' },
  settings: z.strictObject({
    /** ARN of the database of the newest generation. */
    database: z.string(),
  }),
  settingsFor: (environment) => {
    const pair = currentPair(environment);
    return pair && { database: pair.own.arn };
  },
  *check(_, { settings: { database }, stack }) {
    const selections = stack
      .ofType("aws:backup/selection:Selection")
      .filter(({ inputs }) => textsAt(inputs, "resources").includes(database));
    if (selections.length === 0) {
      yield {
        setting: "the resources of the backup selections",
        required: `a list with ${database}`,
        mend: "select the database of the newest generation",
      };
    }
    for (const { name, inputs } of selections) {
      for (const setting of narrowing.filter((one) => listAt(inputs, one).length > 0)) {
        yield {
          setting: `${setting} of ${name}`,
          found: "set",
          required: `left out, so that ${database} is selected whatever its tags are`,
          mend: "remove it: the ARN is enough",
        };
      }
    }
  },
});

/** There is a standby, and it is this database's. */
export const standbyFollows = rule({
  id: "database-standby-follows",
  severity: "critical",
  scope: "system",
  description:
    "The database of the other trading region is declared, and follows this one or is followed by it.",
  serves: "the region scenario: RPO and RTO of the database",
  peers: [],
  types: [stackType],
  example: {
    good: "globalClusterIdentifier: that of both members",
    bad: "a cluster of its own in the standby region",
  },
  settings: z.strictObject({
    /** The other trading region. */
    region: z.string(),
    /** Identifiers of the databases that count, here and there. */
    own: z.string(),
    other: z.string(),
  }),
  settingsFor: (environment) => {
    const pair = currentPair(environment);
    const region = tradingRegionOf(environment)?.other.region;
    return pair === undefined || region === undefined
      ? undefined
      : { region, own: pair.own.identifier, other: pair.other.identifier };
  },
  *check(_, { settings, stack, others }) {
    const otherStack = stackIn(settings.region, others);
    const [own, other] = [
      databaseIn(stack, settings.own),
      otherStack && databaseIn(otherStack, settings.other),
    ];
    if (own === undefined) {
      yield missing(settings.own);
    } else if (other === undefined || otherStack === undefined) {
      yield missing(settings.other);
    } else {
      if (!arePaired([stack, own], [otherStack, other])) {
        yield {
          setting: `what ${settings.other} follows`,
          required: `${settings.own}, or the other way round`,
          mend: "name the same global database in both regions, or the primary as replicateSourceDb",
        };
      }
    }
  },
});

function missing(identifier: string) {
  return {
    setting: identifier,
    required: "declared",
    mend: "declare the database of each trading region",
  };
}

function databaseIn(stack: Stack, identifier: string): Resource | undefined {
  return [
    ...stack
      .ofType(clusterType)
      .filter(({ inputs }) => textAt(inputs, "clusterIdentifier") === identifier),
    ...stack
      .ofType(instanceType)
      .filter(({ inputs }) => textAt(inputs, "identifier") === identifier),
  ][0];
}

type Placed = readonly [stack: Stack, database: Resource];

/**
 * True for members of one global database, and for a replica and its source. A survivor goes on naming
 * its first global database; the one that was made around it is declared beside it.
 */
function arePaired(one: Placed, another: Placed): boolean {
  const globals = ([stack, { inputs }]: Placed) => [
    ...[textAt(inputs, "globalClusterIdentifier") ?? []].flat(),
    ...stack
      .ofType(globalType)
      .filter((other) => isSet(other.inputs, "sourceDbClusterIdentifier"))
      .flatMap((other) => textAt(other.inputs, "globalClusterIdentifier") ?? []),
  ];
  const replicates = ([, replica]: Placed, [, source]: Placed) =>
    textAt(replica.inputs, "replicateSourceDb")?.endsWith(
      `:${textAt(source.inputs, "identifier") ?? ""}`,
    ) === true;
  return (
    globals(one).some((name) => globals(another).includes(name)) ||
    replicates(one, another) ||
    replicates(another, one)
  );
}
