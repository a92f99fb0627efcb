import { z } from "zod";
import { wholeDays } from "../../config/duration";
import { physicalName, vaultArn, vaultPurpose } from "../../contracts/names";
import { fiveFields, scheduleGaps } from "../../contracts/schedules";
import { currentDatabase } from "../database/current";
import { type Environment, outsideSandbox } from "../environment";
import { placesOf, tradingRegionOf } from "../places";
import { databaseOf } from "../../config/generations";
import { protectionFindings } from "../protection";
import { type Finding, rule } from "../rule";
import { stackType } from "../stack";
import { isTrueAt, listAt, numberAt, textAt } from "../values";

/** Snapshots are taken as often, kept as long and copied as far as the system's file says. */

const planType = "aws:backup/plan:Plan";
const testingType = "aws:backup/restoreTestingPlan:RestoreTestingPlan";
const testedType = "aws:backup/restoreTestingSelection:RestoreTestingSelection";

/** One series of snapshots, as the system's file asks for it. */
const seriesSettings = z.strictObject({
  /** Longest time between two snapshots, in seconds. */
  longestGap: z.int(),
  retentionDays: z.int(),
  /** Name of the vault. */
  vault: z.string(),
  /** ARNs of the vaults that get a copy. */
  copies: z.array(z.string()),
});

type Series = z.output<typeof seriesSettings>;

/** The series of the database's snapshots in a stack's region; undefined where there are none. */
function seriesOf(environment: Environment): Record<string, Series> | undefined {
  const places = placesOf(environment);
  if (tradingRegionOf(environment) === undefined || places === undefined) {
    return undefined;
  }
  const { system } = places.configuration;
  return Object.fromEntries(
    Object.entries(databaseOf(system)?.snapshots ?? {}).flatMap(([name, { schedule, tier }]) => {
      const kept = system.tiers[tier];
      return kept === undefined
        ? []
        : [
            [
              name,
              {
                longestGap: scheduleGaps(schedule, system.schedules.timeZone).longestSeconds,
                retentionDays: wholeDays(kept.retention),
                vault: physicalName("vault", vaultPurpose(kept.lockClass), places.own),
                copies: places.copiesTo.map((place) =>
                  vaultArn(vaultPurpose(kept.lockClass), place),
                ),
              },
            ],
          ];
    }),
  );
}

/** The plan has every series. */
export const snapshotPlan = rule({
  id: "snapshot-plan-as-promised",
  severity: "critical",
  scope: "stack",
  description:
    "A backup plan takes every series of snapshots as often as the system's file says, keeps it as long, and copies it to both other places, to be kept there as long.",
  serves: "retention beyond 35 days, and a copy in the archive",
  peers: [
    "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
    "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
    "crossRegionList of AURORA_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
  ],
  types: [stackType],
  example: {
    good: "schedule: cron(0 4 * * ? *), lifecycle: { deleteAfter: 90 }, copyActions: [dr, archive]",
    bad: "lifecycle: { deleteAfter: 30 }, copyActions: []",
  },
  settings: z.strictObject({
    /** By the name of the plan's rule. */
    series: z.record(z.string(), seriesSettings),
  }),
  settingsFor: (environment) => {
    const series = seriesOf(environment);
    return series && { series };
  },
  *check(_, { settings: { series }, stack }) {
    const rules = stack.ofType(planType).flatMap(({ inputs }) => listAt(inputs, "rules"));
    for (const [name, wanted] of Object.entries(series)) {
      const found = rules.find((one) => textAt(one, "ruleName") === name);
      if (found === undefined) {
        yield {
          setting: `snapshots.${name}`,
          required: "a rule of the backup plan",
          mend: "declare the series that the system's file has",
        };
      } else {
        yield* seriesFindings(name, found, wanted);
      }
    }
  },
});

function* seriesFindings(name: string, found: unknown, wanted: Series): Iterable<Finding> {
  const at = (setting: string) => `${setting} of snapshots.${name}`;
  const schedule = textAt(found, "schedule");
  const zone = textAt(found, "scheduleExpressionTimezone");
  const gap =
    schedule === undefined ? Infinity : scheduleGaps(fiveFields(schedule), zone).longestSeconds;
  if (gap > wanted.longestGap) {
    yield {
      setting: at("schedule"),
      ...(schedule === undefined ? {} : { found: schedule }),
      required: `one that fires every ${String(wanted.longestGap)} seconds at least`,
      mend: "take the schedule of the system's file",
    };
  }
  if (zone === undefined) {
    yield {
      setting: at("scheduleExpressionTimezone"),
      required: "the system's time zone",
      mend: "set it, or AWS Backup reads the schedule in UTC",
    };
  }
  if (isTrueAt(found, "enableContinuousBackup")) {
    yield {
      setting: at("enableContinuousBackup"),
      found: true,
      required: "false: it would take over the database's own point in time",
      mend: "remove it",
    };
  }
  const vault = textAt(found, "targetVaultName");
  if (vault !== wanted.vault) {
    yield {
      setting: at("targetVaultName"),
      ...(vault === undefined ? {} : { found: vault }),
      required: `${wanted.vault}, which is locked for its retention`,
      mend: "take the vault of the tier's lock class",
    };
  }
  yield* keptFinding(at("lifecycle.deleteAfter"), found, wanted);
  const copies = listAt(found, "copyActions");
  for (const destination of wanted.copies) {
    const copy = copies.find((action) => textAt(action, "destinationVaultArn") === destination);
    if (copy === undefined) {
      yield {
        setting: at("copyActions"),
        required: `one to ${destination}`,
        mend: "copy to the other trading region and to the archive",
      };
    } else {
      yield* keptFinding(
        `lifecycle.deleteAfter of the copy to ${destination} of snapshots.${name}`,
        copy,
        wanted,
      );
    }
  }
}

/** Left out, `deleteAfter` keeps for ever. */
function* keptFinding(
  setting: string,
  from: unknown,
  { retentionDays }: Series,
): Iterable<Finding> {
  const days = numberAt(from, "lifecycle", "deleteAfter");
  if (days !== undefined && days < retentionDays) {
    yield {
      setting,
      found: days,
      required: `${String(retentionDays)} days at least`,
      mend: "take the retention of the tier",
    };
  }
}

/** Plans, selections and rehearsals stay. */
export const snapshotsProtected = rule({
  id: "snapshot-plan-protected",
  severity: "high",
  scope: "resource",
  description: "Backup plans and rehearsals of restores are protected.",
  serves: "the recovery point: no change ends a series unnoticed",
  peers: [],
  types: [planType, testingType],
  example: { good: "protect: true", bad: "protect: false" },
  settingsFor: outsideSandbox,
  *check({ protect }) {
    yield* protectionFindings({ protect });
  },
});

/** A snapshot is restored every so often, by AWS Backup itself. */
export const snapshotsRehearsed = rule({
  id: "snapshots-restored-in-rehearsal",
  severity: "high",
  scope: "stack",
  description:
    "AWS Backup restores the latest snapshot of the current database as often as the system's file says, out of the region's own vaults.",
  serves: "recovery that is proven, not declared",
  peers: ["AURORA_MEETS_RESTORE_TIME_TARGET", "AURORA_LAST_BACKUP_RECOVERY_POINT_CREATED"],
  types: [stackType],
  example: {
    good: "scheduleExpression: cron(0 5 ? * SAT *), protectedResourceArns: [database]",
    bad: "no RestoreTestingPlan",
  },
  settings: z.strictObject({
    /** Longest time between two rehearsals, in seconds. */
    longestGap: z.int(),
    /** ARN of the database of the newest generation. */
    database: z.string(),
    /** ARNs of the vaults. */
    vaults: z.array(z.string()),
  }),
  settingsFor: (environment) => {
    const series = seriesOf(environment);
    const region = tradingRegionOf(environment);
    const database = region && currentDatabase(region.system, region.own);
    if (series === undefined || region === undefined || database === undefined) {
      return undefined;
    }
    const { system, own } = region;
    return {
      longestGap: scheduleGaps(system.schedules.recoveryTest, system.schedules.timeZone)
        .longestSeconds,
      database: database.arn,
      vaults: [
        ...new Set(
          Object.values(databaseOf(system)?.snapshots ?? {}).flatMap(({ tier }) => {
            const kept = system.tiers[tier];
            return kept === undefined ? [] : [vaultArn(vaultPurpose(kept.lockClass), own)];
          }),
        ),
      ],
    };
  },
  *check(_, { settings: { longestGap, database, vaults }, stack }) {
    const [plan] = stack.ofType(testingType);
    if (plan === undefined) {
      yield {
        setting: "RestoreTestingPlan",
        required: "declared",
        mend: "declare RestoreTesting",
      };
      return;
    }
    const schedule = textAt(plan.inputs, "scheduleExpression");
    const zone = textAt(plan.inputs, "scheduleExpressionTimezone");
    if (
      schedule === undefined ||
      scheduleGaps(fiveFields(schedule), zone).longestSeconds > longestGap
    ) {
      yield {
        setting: "scheduleExpression",
        ...(schedule === undefined ? {} : { found: schedule }),
        required: `one that fires every ${String(longestGap)} seconds at least`,
        mend: "take schedules.recoveryTest of the system's file",
      };
    }
    const included = listAt(plan.inputs, "recoveryPointSelection", "includeVaults");
    if (!vaults.every((vault) => included.includes(vault))) {
      yield {
        setting: "recoveryPointSelection.includeVaults",
        required: `a list with ${vaults.join(", ")}`,
        mend: "name all vaults of the region",
      };
    }
    const tested = stack
      .ofType(testedType)
      .flatMap(({ inputs }) => listAt(inputs, "protectedResourceArns"));
    if (!tested.includes(database)) {
      yield {
        setting: "protectedResourceArns",
        required: `a list with ${database}`,
        mend: "select the database of the newest generation",
      };
    }
  },
});

/** AWS Backup is asked to back databases up at all. */
export const backupOptIn = rule({
  id: "backup-opted-in",
  severity: "critical",
  scope: "resource",
  description: "A region's settings of AWS Backup have it back up databases.",
  serves: "the recovery point: without it a plan that names a database does nothing",
  peers: [],
  types: ["aws:backup/regionSettings:RegionSettings"],
  example: {
    good: "resourceTypeOptInPreference: { Aurora: true, RDS: true }",
    bad: "resourceTypeOptInPreference: { Aurora: false }",
  },
  *check({ inputs }) {
    for (const kind of ["Aurora", "RDS"]) {
      if (!isTrueAt(inputs, "resourceTypeOptInPreference", kind)) {
        yield {
          setting: `resourceTypeOptInPreference.${kind}`,
          required: "true",
          mend: "set it; the settings are those of the whole account in the region",
        };
      }
    }
  },
});
