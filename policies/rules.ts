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

/** All rules, in the order of the reference page. */
export const rules: readonly Rule[] = [
  ...placementRules,
  ...databaseRules,
  ...vaultsRules,
  ...storageRules,
  ...encryptionRules,
  ...imagesRules,
  ...cacheRules,
  ...scheduleRules,
  ...dnsRules,
  ...monitoringRules,
  ...accessRules,
];
