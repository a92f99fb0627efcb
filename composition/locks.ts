import { type Configuration } from "../config/configuration";
import { wholeDays } from "../config/duration";

/** A lock as it is put on buckets and vaults. */
export interface Lock {
  readonly mode: "GOVERNANCE" | "COMPLIANCE";
  readonly days: number;
}

/**
 * The lock of a lock class, or none. A compliance class is compliance only where it has been
 * acknowledged, and never in a sandbox.
 */
export function lockOf({ settings, system }: Configuration, lockClass: string): Lock | undefined {
  const wanted = system.lockClasses[lockClass];
  if (wanted?.period === undefined) {
    return undefined;
  }
  const compliance =
    wanted.mode === "compliance" &&
    settings.complianceLocks?.kind === "acknowledged" &&
    settings.profile === "production";
  return { mode: compliance ? "COMPLIANCE" : "GOVERNANCE", days: wholeDays(wanted.period) };
}
