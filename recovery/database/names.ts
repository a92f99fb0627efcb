import { RecoveryFailure } from "../failure";

/** Longest name that PostgreSQL keeps whole, in bytes. */
const longestName = 63;

/**
 * @param option The option that the names are made from.
 * @throws RecoveryFailure `usage` when PostgreSQL would cut one of them off.
 */
export function refuseLongNames(option: string, names: readonly string[]): void {
  const tooLong = names.find((name) => Buffer.byteLength(name) > longestName);
  if (tooLong !== undefined) {
    throw new RecoveryFailure(
      "usage",
      `${option} is too long: ${tooLong} would have more than ${String(longestName)} bytes`,
    );
  }
}
