import { type Rule } from "../rule";
import { databasePrivate, databaseWatched } from "./access";
import { backupRetention, backupsCopied } from "./backupRetention";
import { survivesZone } from "./instances";
import { databaseEncrypted, databaseKept } from "./kept";
import { inBackupPlan, longRetention, outlivesFailover, standbyFollows } from "./pair";
import { databaseOwnParameters, databaseParameters } from "./parameters";

/** Rules of databases. */
export const databaseRules: readonly Rule[] = [
  backupRetention,
  backupsCopied,
  longRetention,
  inBackupPlan,
  survivesZone,
  standbyFollows,
  outlivesFailover,
  databaseKept,
  databaseEncrypted,
  databasePrivate,
  databaseOwnParameters,
  databaseParameters,
  databaseWatched,
];
