import { z } from "zod";
import { wholeDays } from "../../config/duration";
import { type System } from "../../config/system";
import { physicalName, vaultPurpose } from "../../contracts/names";
import { type Places, placesOf } from "../places";
import { databaseOf } from "../../config/generations";
import { rule } from "../rule";
import { numberAt, textAt } from "../values";

/** The lock of one vault. */
const lockSettings = z.strictObject({
  /** The shortest retention that the vault takes, at least. */
  minimumDays: z.int(),
  /** The longest retention of what is put into it. */
  maximumDays: z.int(),
  /** Whether somebody has signed for a lock that nobody can take off. */
  compliance: z.boolean(),
});

/** A lock keeps snapshots from being removed early, and lets in what has to go in. */
export const vaultLock = rule({
  id: "vault-locked-for-its-class",
  severity: "critical",
  scope: "resource",
  description:
    "A vault's lock keeps snapshots for the period of its lock class, takes the longest retention that is put into it, and is a compliance lock exactly where somebody has signed for one.",
  serves: "retention, and ransomware: nobody removes what is locked",
  peers: ["backupVaultLockCheck of AURORA_RESOURCES_PROTECTED_BY_BACKUP_PLAN"],
  types: ["aws:backup/vaultLockConfiguration:VaultLockConfiguration"],
  example: {
    good: "minRetentionDays: 2557, maxRetentionDays: 2557, changeableForDays: 7",
    bad: "minRetentionDays: 30",
  },
  settings: z.strictObject({
    /** By the vault's name. */
    locks: z.record(z.string(), lockSettings),
  }),
  settingsFor: (environment) => {
    const places = placesOf(environment);
    return places && { locks: locksOf(places) };
  },
  *check({ inputs }, { settings: { locks } }) {
    const vault = textAt(inputs, "backupVaultName");
    const wanted = vault === undefined ? undefined : locks[vault];
    if (wanted === undefined) {
      yield {
        setting: "backupVaultName",
        ...(vault === undefined ? {} : { found: vault }),
        required: "a vault of a lock class that has snapshots",
        mend: "name the lock class in a tier of the database's snapshots",
      };
      return;
    }
    const [shortest, longest, changeable] = [
      "minRetentionDays",
      "maxRetentionDays",
      "changeableForDays",
    ].map((setting) => numberAt(inputs, setting));
    if (shortest === undefined || shortest < wanted.minimumDays) {
      yield {
        setting: "minRetentionDays",
        ...(shortest === undefined ? {} : { found: shortest }),
        required: `${String(wanted.minimumDays)} at least`,
        mend: "set it to the period of the lock class",
      };
    }
    if (longest !== undefined && longest < wanted.maximumDays) {
      yield {
        setting: "maxRetentionDays",
        found: longest,
        required: `${String(wanted.maximumDays)} at least, or AWS Backup would refuse what is to be kept so long`,
        mend: "set it to the longest retention of the tiers in the lock class",
      };
    }
    if ((changeable !== undefined) !== wanted.compliance) {
      yield {
        setting: "changeableForDays",
        ...(changeable === undefined ? {} : { found: changeable }),
        required: wanted.compliance
          ? "set, which makes the lock one of compliance mode"
          : "left out: nobody has signed for a lock that cannot be taken off",
        mend: "let it follow complianceLocks of the stack's file",
      };
    }
    // The shortest that AWS takes.
    if (wanted.compliance && changeable !== undefined && changeable < 3) {
      yield {
        setting: "changeableForDays",
        found: changeable,
        required: "3 at least",
        mend: "set it to 7, so that a mistake can be noticed over a weekend",
      };
    }
  },
});

function locksOf({ own, configuration }: Places): Record<string, z.output<typeof lockSettings>> {
  const { settings, system } = configuration;
  return Object.fromEntries(
    Object.entries(longestRetentions(system)).flatMap(([name, maximumDays]) => {
      const lockClass = system.lockClasses[name];
      if (lockClass?.period === undefined) {
        return [];
      }
      const compliance =
        lockClass.mode === "compliance" && settings.complianceLocks?.kind === "acknowledged";
      const vault = physicalName("vault", vaultPurpose(name), own);
      return [[vault, { minimumDays: wholeDays(lockClass.period), maximumDays, compliance }]];
    }),
  );
}

/** The lock classes of the database's snapshots, and the longest retention in each, in days. */
function longestRetentions(system: System): Record<string, number> {
  const longest: Record<string, number> = {};
  for (const { tier } of Object.values(databaseOf(system)?.snapshots ?? {})) {
    const kept = system.tiers[tier];
    if (kept !== undefined) {
      const days = wholeDays(kept.retention);
      longest[kept.lockClass] = Math.max(longest[kept.lockClass] ?? 0, days);
    }
  }
  return longest;
}
