import { type Rule } from "../rule";
import { backupRetention } from "./backupRetention";
import { survivesZone } from "./instances";

/** Rules of databases. */
export const databaseRules: readonly Rule[] = [backupRetention, survivesZone];
