import { type Rule } from "../rule";
import { snapshotCopies } from "./copies";
import { vaultLock } from "./lock";
import { backupOptIn, snapshotPlan, snapshotsProtected, snapshotsRehearsed } from "./snapshots";
import { vaultComplete, vaultNotices, vaultPolicy, vaultSettings } from "./vault";

/** Rules of vaults, and of the snapshots in them. */
export const vaultsRules: readonly Rule[] = [
  vaultSettings,
  vaultComplete,
  vaultLock,
  vaultPolicy,
  vaultNotices,
  snapshotPlan,
  snapshotsProtected,
  snapshotsRehearsed,
  snapshotCopies,
  backupOptIn,
];
