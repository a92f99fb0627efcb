import { type Rule } from "../rule";
import { keyAlias, keyPolicy, keySettings } from "./keys";
import { auditTrail, logGroupKept } from "./logs";
import { noticesEncrypted, noticesSenders } from "./notices";
import { secretKept } from "./secrets";

/** Rules of keys, and of what is kept under them beside records: notices, secrets and logs. */
export const encryptionRules: readonly Rule[] = [
  keySettings,
  keyPolicy,
  keyAlias,
  noticesEncrypted,
  noticesSenders,
  secretKept,
  logGroupKept,
  auditTrail,
];
