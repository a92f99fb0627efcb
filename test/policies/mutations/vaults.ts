import { type Mutation } from "../mutation";

const vault = "aws:backup/vault:Vault";
const lock = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const policy = "aws:backup/vaultPolicy:VaultPolicy";
const notices = "aws:backup/vaultNotifications:VaultNotifications";
const plan = "aws:backup/plan:Plan";
const testing = "aws:backup/restoreTestingPlan:RestoreTestingPlan";
const tested = "aws:backup/restoreTestingSelection:RestoreTestingSelection";

/** Mutations of vaults, and of the snapshots in them. */
export const vaultsMutations: readonly Mutation[] = [
  {
    title: "a vault that is destroyed with what is in it",
    stack: "archive",
    change: (declared) => {
      declared.set(vault, "regulated-vault", "forceDestroy", true);
    },
    trips: ["vault-encrypted-and-kept"],
  },
  {
    title: "a vault under AWS's key",
    stack: "dr",
    change: (declared) => {
      declared.set(vault, "daily-vault", "kmsKeyArn", undefined);
    },
    trips: ["vault-encrypted-and-kept"],
  },
  {
    title: "a vault that nothing protects",
    stack: "prod",
    change: (declared) => {
      Reflect.deleteProperty(declared.one(vault).options, "protect");
    },
    trips: ["vault-encrypted-and-kept"],
  },
  {
    title: "a vault without a lock",
    stack: "archive",
    change: (declared) => {
      declared.remove(lock, "regulated-vault-lock");
    },
    trips: ["vault-complete"],
  },
  {
    title: "a vault without notices",
    stack: "prod",
    change: (declared) => {
      declared.remove(notices);
    },
    trips: ["vault-complete"],
  },
  {
    title: "a lock for 30 days",
    stack: "prod",
    change: (declared) => {
      declared.set(lock, "daily-vault-lock", "minRetentionDays", 30);
    },
    trips: ["vault-locked-for-its-class"],
  },
  {
    title: "a lock that nobody can take off, and nobody signed for",
    stack: "archive",
    change: (declared) => {
      declared.set(lock, "regulated-vault-lock", "changeableForDays", 7);
    },
    trips: ["vault-locked-for-its-class"],
  },
  {
    title: "a lock in the archive that does not take what is copied there",
    stack: "archive",
    change: (declared) => {
      declared.set(lock, "regulated-vault-lock", "maxRetentionDays", 365);
    },
    trips: ["snapshot-copies-arrive", "vault-locked-for-its-class"],
  },
  {
    title: "a vault from which everybody may remove",
    stack: "prod",
    change: (declared) => {
      declared.set(policy, "daily-vault-policy", "policy", '{"Statement":[]}');
    },
    trips: ["vault-policy-refuses-removal"],
  },
  {
    title: "a vault that no longer takes the trading account's copies",
    stack: "archive",
    change: (declared) => {
      const text = String(declared.one(policy, "daily-vault-policy").inputs["policy"]);
      const { Statement } = JSON.parse(text) as { Statement: unknown[] };
      declared.set(
        policy,
        "daily-vault-policy",
        "policy",
        JSON.stringify({ Statement: Statement.slice(0, 1) }),
      );
    },
    trips: ["snapshot-copies-arrive"],
  },
  {
    title: "a vault that tells events which AWS no longer sends",
    stack: "prod",
    change: (declared) => {
      declared.set(notices, undefined, "backupVaultEvents", ["BACKUP_JOB_FAILED"]);
    },
    trips: ["vault-tells-failures"],
  },
  {
    title: "snapshots once a week",
    stack: "prod",
    change: (declared) => {
      declared.set(plan, undefined, "rules.0.schedule", "cron(0 4 ? * SUN *)");
    },
    trips: ["snapshot-plan-as-promised"],
  },
  {
    title: "snapshots that are not copied to the archive",
    system: "smc",
    stack: "prod",
    change: (declared) => {
      const copies = declared.one(plan).inputs["rules"] as { copyActions: unknown[] }[];
      copies[0]?.copyActions.pop();
    },
    trips: ["snapshot-plan-as-promised"],
  },
  {
    title: "copies to another region's vault of another name",
    stack: "dr",
    change: (declared) => {
      declared.set(
        plan,
        undefined,
        "rules.0.copyActions.0.destinationVaultArn",
        "arn:aws:backup:us-east-1:111122223333:backup-vault:another",
      );
    },
    trips: ["snapshot-copies-arrive", "snapshot-plan-as-promised"],
  },
  {
    title: "a backup plan that nothing protects",
    stack: "dr",
    change: (declared) => {
      Reflect.deleteProperty(declared.one(plan).options, "protect");
    },
    trips: ["snapshot-plan-protected"],
  },
  {
    title: "a rehearsal once a month",
    stack: "prod",
    change: (declared) => {
      declared.set(testing, undefined, "scheduleExpression", "cron(0 5 1 * ? *)");
    },
    trips: ["snapshots-restored-in-rehearsal"],
  },
  {
    title: "no rehearsal of the database",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      declared.remove(tested);
    },
    trips: ["snapshots-restored-in-rehearsal"],
  },
  {
    title: "AWS Backup without Aurora",
    stack: "archive",
    change: (declared) => {
      declared.set(
        "aws:backup/regionSettings:RegionSettings",
        undefined,
        "resourceTypeOptInPreference.Aurora",
        false,
      );
    },
    trips: ["backup-opted-in"],
  },
];
