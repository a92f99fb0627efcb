import { accessRules } from "./access/rules";
import { cacheRules } from "./cache/rules";
import { databaseRules } from "./database/rules";
import { dnsRules } from "./dns/rules";
import { encryptionRules } from "./encryption/rules";
import { imagesRules } from "./images/rules";
import { monitoringRules } from "./monitoring/rules";
import { placementRules } from "./placement/rules";
import { type Rule } from "./rule";
import { scheduleRules } from "./schedule/rules";
import { storageRules } from "./storage/rules";
import { vaultsRules } from "./vaults/rules";

/** Rules by what they are about, in the order of the reference page. */
export const rulesByConcern: Readonly<Record<string, readonly Rule[]>> = {
  Placement: placementRules,
  Databases: databaseRules,
  "Vaults and snapshots": vaultsRules,
  "Record buckets": storageRules,
  "Keys, secrets, topics and trails": encryptionRules,
  Images: imagesRules,
  Cache: cacheRules,
  "Jobs and pods": scheduleRules,
  "Failover of users": dnsRules,
  "Alarms and budgets": monitoringRules,
  Access: accessRules,
};

/** All rules. */
export const rules: readonly Rule[] = Object.values(rulesByConcern).flat();
