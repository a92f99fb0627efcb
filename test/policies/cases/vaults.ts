import { snapshotCopies } from "../../../policies/vaults/copies";
import { vaultLock } from "../../../policies/vaults/lock";
import {
  backupOptIn,
  snapshotPlan,
  snapshotsProtected,
  snapshotsRehearsed,
} from "../../../policies/vaults/snapshots";
import {
  vaultComplete,
  vaultNotices,
  vaultPolicy,
  vaultSettings,
} from "../../../policies/vaults/vault";
import { type Resource, stackItself } from "../../../policies/stack";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";

const vault = (inputs: Record<string, unknown>, changes: Partial<Resource> = {}) =>
  resource("aws:backup/vault:Vault", inputs, changes);
const lock = (inputs: Record<string, unknown>) =>
  resource("aws:backup/vaultLockConfiguration:VaultLockConfiguration", {
    backupVaultName: "daily",
    ...inputs,
  });
const policy = (...statements: readonly object[]) =>
  resource("aws:backup/vaultPolicy:VaultPolicy", {
    backupVaultName: "daily",
    policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  });
const notices = (backupVaultEvents: unknown, snsTopicArn: unknown = unknown) =>
  resource("aws:backup/vaultNotifications:VaultNotifications", {
    backupVaultName: "daily",
    backupVaultEvents,
    snsTopicArn,
  });

const breakGlassRole = "arn:aws:iam::111122223333:role/hft-break-glass-us-east-1";
const removal = [
  "backup:DeleteRecoveryPoint",
  "backup:DisassociateRecoveryPoint",
  "backup:UpdateRecoveryPointLifecycle",
];
const refusal = {
  Effect: "Deny",
  Principal: "*",
  Action: removal,
  Resource: "*",
  Condition: { ArnNotEquals: { "aws:PrincipalArn": breakGlassRole } },
};
const copying = {
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::111122223333:root" },
  Action: "backup:CopyIntoBackupVault",
  Resource: "*",
};
const events = ["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"];

const stack = stackItself("prod");
const copyArn = "arn:aws:backup:us-west-2:111122223333:backup-vault:daily-west";
const series = {
  ruleName: "daily",
  schedule: "cron(0 4 * * ? *)",
  scheduleExpressionTimezone: "Etc/UTC",
  targetVaultName: "daily",
  lifecycle: { deleteAfter: 90 },
  copyActions: [{ destinationVaultArn: copyArn, lifecycle: { deleteAfter: 90 } }],
};
const plan = (...rules: readonly unknown[]) =>
  resource("aws:backup/plan:Plan", { rules }, { name: "plan" });
const planned = (changes: Record<string, unknown>) => ({
  beside: [plan({ ...series, ...changes })],
});
const planSettings = {
  series: {
    daily: { longestGap: 86_400, retentionDays: 90, vault: "daily", copies: [copyArn] },
  },
};

const database = "arn:aws:rds:us-east-1:111122223333:cluster:database";
const ownVault = "arn:aws:backup:us-east-1:111122223333:backup-vault:daily";
const rehearsal = (
  changes: Record<string, unknown> = {},
  protectedResourceArns: unknown = [database],
) => ({
  beside: [
    resource("aws:backup/restoreTestingPlan:RestoreTestingPlan", {
      scheduleExpression: "cron(0 5 ? * SAT *)",
      scheduleExpressionTimezone: "Etc/UTC",
      recoveryPointSelection: { includeVaults: [ownVault] },
      ...changes,
    }),
    resource("aws:backup/restoreTestingSelection:RestoreTestingSelection", {
      protectedResourceArns,
    }),
  ],
});

/** The other region's stack, whose vault is as the changes say. */
const west = (
  lockInputs: Record<string, unknown> = { minRetentionDays: 90, maxRetentionDays: 90 },
  name: unknown = "daily-west",
  statements: readonly object[] = [],
) => ({
  others: {
    dr: [
      vault({ name }, { region: "us-west-2" }),
      resource("aws:backup/vaultLockConfiguration:VaultLockConfiguration", {
        backupVaultName: "daily-west",
        ...lockInputs,
      }),
      resource("aws:backup/vaultPolicy:VaultPolicy", {
        backupVaultName: "daily-west",
        policy: JSON.stringify({ Statement: statements }),
      }),
    ],
  },
});

/** Cases of the rules of vaults. */
export const vaultsCases: readonly RuleCases[] = [
  {
    rule: vaultSettings,
    good: [passes("a key, even one that is not known yet", vault({ kmsKeyArn: unknown }))],
    bad: [
      breaks(
        "destroyed with what is in it",
        vault({ kmsKeyArn: "key", forceDestroy: true }),
        "forceDestroy",
      ),
      breaks("not protected", vault({ kmsKeyArn: "key" }, { protect: false }), "protect"),
    ],
    absent: [breaks("AWS's own key", vault({}), "kmsKeyArn")],
    limit: { none: "there is no figure" },
    unknown: [
      waits(
        "not known whether it is destroyed",
        vault({ kmsKeyArn: "key", forceDestroy: unknown }),
        "forceDestroy",
      ),
    ],
  },
  {
    rule: vaultComplete,
    good: [
      passes("a lock, a policy and notices", vault({ name: "daily" }), {
        beside: [lock({}), policy(), notices(events)],
      }),
    ],
    bad: [
      breaks("without a lock", vault({ name: "daily" }), "its lock", {
        beside: [policy(), notices(events)],
      }),
      breaks("without a policy", vault({ name: "daily" }), "its policy", {
        beside: [lock({}), notices(events)],
      }),
      breaks("without notices", vault({ name: "daily" }), "its notices", {
        beside: [lock({}), policy()],
      }),
      breaks(
        "those of another vault",
        vault({ name: "monthly" }),
        ["its lock", "its policy", "its notices"],
        {
          beside: [lock({}), policy(), notices(events)],
        },
      ),
      breaks("two locks, of which one would win", vault({ name: "daily" }), "its lock", {
        beside: [lock({}), lock({}), policy(), notices(events)],
      }),
    ],
    absent: [breaks("alone", vault({ name: "daily" }), ["its lock", "its policy", "its notices"])],
    limit: { none: "there is no figure" },
    unknown: [
      waits("a lock of nobody knows which vault", vault({ name: "daily" }), "backupVaultName", {
        beside: [lock({ backupVaultName: unknown })],
      }),
    ],
  },
  {
    rule: vaultLock,
    settings: {
      locks: {
        daily: { minimumDays: 90, maximumDays: 120, compliance: false },
        monthly: { minimumDays: 2_557, maximumDays: 2_557, compliance: true },
      },
    },
    good: [
      passes("of governance mode", lock({ minRetentionDays: 100, maxRetentionDays: 200 })),
      passes("without a longest retention", lock({ minRetentionDays: 90 })),
      passes(
        "of compliance mode, signed for",
        lock({ backupVaultName: "monthly", minRetentionDays: 2_557, changeableForDays: 7 }),
      ),
    ],
    bad: [
      breaks(
        "of compliance mode, which nobody signed for",
        lock({ minRetentionDays: 90, changeableForDays: 7 }),
        "changeableForDays",
      ),
      breaks(
        "of governance mode, where somebody signed for compliance",
        lock({ backupVaultName: "monthly", minRetentionDays: 2_557 }),
        "changeableForDays",
      ),
      breaks(
        "of a vault that no class has",
        lock({ backupVaultName: "weekly", minRetentionDays: 90 }),
        "backupVaultName",
      ),
    ],
    absent: [breaks("no shortest retention", lock({}), "minRetentionDays")],
    limit: [
      passes("the very terms", lock({ minRetentionDays: 90, maxRetentionDays: 120 })),
      breaks("a day less of each", lock({ minRetentionDays: 89, maxRetentionDays: 119 }), [
        "minRetentionDays",
        "maxRetentionDays",
      ]),
      passes(
        "three days to take it off",
        lock({ backupVaultName: "monthly", minRetentionDays: 2_557, changeableForDays: 3 }),
      ),
      breaks(
        "two days",
        lock({ backupVaultName: "monthly", minRetentionDays: 2_557, changeableForDays: 2 }),
        "changeableForDays",
      ),
    ],
    unknown: [waits("not known", lock({ minRetentionDays: unknown }), "minRetentionDays")],
  },
  {
    rule: vaultPolicy,
    settings: { breakGlassRole, copiesFromAccounts: ["111122223333"] },
    good: [
      passes("refuses removal, takes copies", policy(refusal, copying)),
      passes("refuses it to everybody", policy({ ...refusal, Condition: {} })),
    ],
    bad: [
      breaks("refuses it to one role", policy({ ...refusal, Principal: { AWS: breakGlassRole } }), [
        "policy",
        "policy",
        "policy",
      ]),
      breaks(
        "leaves another role out",
        policy({
          ...refusal,
          Condition: { ArnNotEquals: { "aws:PrincipalArn": [breakGlassRole, "x"] } },
        }),
        ["policy", "policy", "policy"],
      ),
      breaks(
        "refuses one kind of removal less",
        policy({ ...refusal, Action: removal.slice(1) }),
        "policy",
      ),
      breaks("allows everybody to copy", policy(refusal, { ...copying, Principal: "*" }), "policy"),
      breaks(
        "allows another account to copy",
        policy(refusal, { ...copying, Principal: { AWS: "arn:aws:iam::999988887777:root" } }),
        "policy",
      ),
      breaks(
        "allows more than to copy",
        policy(refusal, { ...copying, Action: "backup:*" }),
        "policy",
      ),
      breaks(
        "allows all but something",
        policy(refusal, { ...copying, Action: undefined, NotAction: "backup:StartCopyJob" }),
        "policy",
      ),
      breaks(
        "allows all principals but one",
        policy(refusal, { ...copying, Principal: undefined, NotPrincipal: { AWS: "x" } }),
        "policy",
      ),
      breaks("not protected", { ...policy(refusal, copying), protect: false }, "protect"),
    ],
    absent: [breaks("says nothing", policy(), ["policy", "policy", "policy"])],
    limit: { none: "there is no figure" },
    unknown: [
      waits(
        "not known",
        resource("aws:backup/vaultPolicy:VaultPolicy", { policy: unknown }),
        "policy",
      ),
    ],
  },
  {
    rule: vaultNotices,
    good: [
      passes("what has to be told, and more", notices([...events, "RECOVERY_POINT_MODIFIED"])),
    ],
    bad: [
      breaks("what is not sent any more", notices(["BACKUP_JOB_FAILED"]), "backupVaultEvents"),
      breaks("to nobody", notices(events, null), "snsTopicArn"),
    ],
    absent: [breaks("nothing", notices(undefined), "backupVaultEvents")],
    limit: [
      passes("exactly these", notices(events)),
      ...events.map((event) =>
        breaks(
          `without ${event}`,
          notices(events.filter((other) => other !== event)),
          "backupVaultEvents",
        ),
      ),
    ],
    unknown: [waits("not known", notices(unknown), "backupVaultEvents")],
  },
  {
    rule: snapshotPlan,
    settings: planSettings,
    good: [
      passes("more often, longer, and to more places", stack, {
        beside: [
          plan({
            ...series,
            schedule: "cron(0 */6 * * ? *)",
            lifecycle: { deleteAfter: 91 },
            copyActions: [{ destinationVaultArn: "another" }, ...series.copyActions],
          }),
        ],
      }),
      passes("kept for ever", stack, planned({ lifecycle: undefined })),
    ],
    bad: [
      breaks(
        "weekly",
        stack,
        "schedule of snapshots.daily",
        planned({ schedule: "cron(0 4 ? * SUN *)" }),
      ),
      breaks(
        "in New York, where a night in spring has none at 02:30",
        stack,
        "schedule of snapshots.daily",
        planned({ schedule: "cron(30 2 * * ? *)", scheduleExpressionTimezone: "America/New_York" }),
      ),
      breaks(
        "continuous",
        stack,
        "enableContinuousBackup of snapshots.daily",
        planned({ enableContinuousBackup: true }),
      ),
      breaks(
        "into a vault of another class",
        stack,
        "targetVaultName of snapshots.daily",
        planned({ targetVaultName: "short" }),
      ),
      breaks("to nowhere", stack, "copyActions of snapshots.daily", planned({ copyActions: [] })),
      breaks(
        "to another vault",
        stack,
        "copyActions of snapshots.daily",
        planned({ copyActions: [{ destinationVaultArn: "another" }] }),
      ),
    ],
    absent: [
      breaks("no plan", stack, "snapshots.daily"),
      breaks("another series", stack, "snapshots.daily", planned({ ruleName: "weekly" })),
      breaks("no schedule", stack, "schedule of snapshots.daily", planned({ schedule: undefined })),
      breaks(
        "no time zone",
        stack,
        "scheduleExpressionTimezone of snapshots.daily",
        planned({ scheduleExpressionTimezone: undefined }),
      ),
      breaks(
        "no vault",
        stack,
        "targetVaultName of snapshots.daily",
        planned({ targetVaultName: undefined }),
      ),
    ],
    limit: [
      passes("as promised", stack, planned({})),
      breaks(
        "kept a day less",
        stack,
        "lifecycle.deleteAfter of snapshots.daily",
        planned({ lifecycle: { deleteAfter: 89 } }),
      ),
      breaks(
        "its copy kept a day less",
        stack,
        `lifecycle.deleteAfter of the copy to ${copyArn} of snapshots.daily`,
        planned({
          copyActions: [{ destinationVaultArn: copyArn, lifecycle: { deleteAfter: 89 } }],
        }),
      ),
    ],
    unknown: [
      waits("not known how often", stack, "schedule", planned({ schedule: unknown })),
      waits("not known at all", stack, "rules", {
        beside: [resource("aws:backup/plan:Plan", { rules: unknown })],
      }),
    ],
  },
  {
    rule: snapshotsProtected,
    good: [passes("protected", plan())],
    bad: [breaks("not protected", { ...plan(), protect: false }, "protect")],
    absent: [
      breaks(
        "a rehearsal that is not",
        resource("aws:backup/restoreTestingPlan:RestoreTestingPlan", {}, { protect: false }),
        "protect",
      ),
    ],
    limit: { none: "there is no figure" },
    unknown: { none: "options are always known" },
  },
  {
    rule: snapshotsRehearsed,
    settings: { longestGap: 604_800, database, vaults: [ownVault] },
    good: [
      passes("every day", stack, rehearsal({ scheduleExpression: "cron(0 5 * * ? *)" })),
      passes(
        "more vaults and databases",
        stack,
        rehearsal({ recoveryPointSelection: { includeVaults: ["more", ownVault] } }, [
          "more",
          database,
        ]),
      ),
    ],
    bad: [
      breaks("of an earlier database", stack, "protectedResourceArns", rehearsal({}, ["earlier"])),
      breaks(
        "of another vault",
        stack,
        "recoveryPointSelection.includeVaults",
        rehearsal({ recoveryPointSelection: { includeVaults: ["another"] } }),
      ),
    ],
    absent: [
      breaks("none", stack, "RestoreTestingPlan"),
      breaks("of nothing", stack, "protectedResourceArns", {
        beside: rehearsal().beside.slice(0, 1),
      }),
      breaks(
        "no schedule",
        stack,
        "scheduleExpression",
        rehearsal({ scheduleExpression: undefined }),
      ),
    ],
    limit: [
      passes("every week", stack, rehearsal()),
      breaks(
        "every month",
        stack,
        "scheduleExpression",
        rehearsal({ scheduleExpression: "cron(0 5 1 * ? *)" }),
      ),
    ],
    unknown: [
      waits(
        "not known how often",
        stack,
        "scheduleExpression",
        rehearsal({ scheduleExpression: unknown }),
      ),
      waits("not known of what", stack, "protectedResourceArns", rehearsal({}, unknown)),
    ],
  },
  {
    rule: snapshotCopies,
    settings: { account: "111122223333" },
    good: [
      passes("to a vault without a lock", plan(series), west({})),
      passes(
        "to another account, which takes them",
        plan({
          ...series,
          copyActions: [
            {
              destinationVaultArn: copyArn.replace("111122223333", "444455556666"),
              lifecycle: { deleteAfter: 90 },
            },
          ],
        }),
        west(undefined, undefined, [copying]),
      ),
      passes("nowhere", plan({ ...series, copyActions: undefined })),
    ],
    bad: [
      breaks(
        "to another account, which does not take them",
        plan({
          ...series,
          copyActions: [
            {
              destinationVaultArn: copyArn.replace("111122223333", "444455556666"),
              lifecycle: { deleteAfter: 90 },
            },
          ],
        }),
        "rules.0.copyActions.0.destinationVaultArn",
        west(undefined, undefined, [
          { ...copying, Principal: { AWS: "arn:aws:iam::999988887777:root" } },
          { ...copying, Effect: "Deny" },
        ]),
      ),
      breaks(
        "to a vault of another name",
        plan({ ...series, copyActions: [] }, series),
        "rules.1.copyActions.0.destinationVaultArn",
        west(undefined, "monthly-west"),
      ),
      breaks(
        "to a region where there is none",
        plan({
          ...series,
          copyActions: [{ destinationVaultArn: copyArn.replace("us-west-2", "eu-west-1") }],
        }),
        "rules.0.copyActions.0.destinationVaultArn",
        west(),
      ),
    ],
    absent: [
      breaks("no other stack", plan(series), "rules.0.copyActions.0.destinationVaultArn"),
      breaks(
        "kept for ever, which the lock does not take",
        plan({ ...series, copyActions: [{ destinationVaultArn: copyArn }] }),
        "rules.0.copyActions.0.lifecycle.deleteAfter",
        west(),
      ),
    ],
    limit: [
      passes("exactly what the lock takes", plan(series), west()),
      breaks(
        "a day below the lock",
        plan(series),
        "rules.0.copyActions.0.lifecycle.deleteAfter",
        west({ minRetentionDays: 91 }),
      ),
      breaks(
        "a day above it",
        plan(series),
        "rules.0.copyActions.0.lifecycle.deleteAfter",
        west({ maxRetentionDays: 89 }),
      ),
    ],
    unknown: [
      waits(
        "not known what the lock takes",
        plan(series),
        "minRetentionDays",
        west({ minRetentionDays: unknown }),
      ),
    ],
  },
  {
    rule: backupOptIn,
    good: [
      passes(
        "both kinds",
        resource("aws:backup/regionSettings:RegionSettings", {
          resourceTypeOptInPreference: { Aurora: true, RDS: true, EFS: false },
        }),
      ),
    ],
    bad: [
      breaks(
        "one turned off, one left out",
        resource("aws:backup/regionSettings:RegionSettings", {
          resourceTypeOptInPreference: { Aurora: false },
        }),
        ["resourceTypeOptInPreference.Aurora", "resourceTypeOptInPreference.RDS"],
      ),
    ],
    absent: [
      breaks("nothing", resource("aws:backup/regionSettings:RegionSettings", {}), [
        "resourceTypeOptInPreference.Aurora",
        "resourceTypeOptInPreference.RDS",
      ]),
    ],
    limit: { none: "there is no figure" },
    unknown: [
      waits(
        "not known",
        resource("aws:backup/regionSettings:RegionSettings", {
          resourceTypeOptInPreference: unknown,
        }),
        "resourceTypeOptInPreference",
      ),
    ],
  },
];
