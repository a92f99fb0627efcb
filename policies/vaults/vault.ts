import { z } from "zod";
import { roleArn } from "../../contracts/names";
import { statementsOf } from "../documents";
import { outsideSandbox } from "../environment";
import { placesOf } from "../places";
import { protectionFindings } from "../protection";
import { rule } from "../rule";
import { isSet, isTrueAt, listAt, textAt } from "../values";

/** Vaults hold snapshots that nobody can remove, and say when one failed. */

const vaultType = "aws:backup/vault:Vault";
const lockType = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const policyType = "aws:backup/vaultPolicy:VaultPolicy";
const noticesType = "aws:backup/vaultNotifications:VaultNotifications";

/** What a vault is made with. */
export const vaultSettings = rule({
  id: "vault-encrypted-and-kept",
  severity: "critical",
  scope: "resource",
  description:
    "A vault is encrypted with the region's own key for snapshots, is never destroyed with what is in it, and is protected.",
  serves: "retention of snapshots",
  peers: [
    "CKV_AWS_166",
    "CKV_AWS_245",
    "BACKUP_RECOVERY_POINT_ENCRYPTED",
    "backup_vaults_encrypted",
  ],
  types: [vaultType],
  example: { good: "kmsKeyArn: key.arn, forceDestroy: false", bad: "forceDestroy: true" },
  settingsFor: outsideSandbox,
  *check({ inputs, protect }) {
    if (!isSet(inputs, "kmsKeyArn")) {
      yield {
        setting: "kmsKeyArn",
        required: "the region's key for snapshots",
        mend: "pass the key's ARN; it can be set only when the vault is made",
      };
    }
    if (isTrueAt(inputs, "forceDestroy")) {
      yield { setting: "forceDestroy", found: true, required: "false", mend: "remove it" };
    }
    yield* protectionFindings({ protect });
  },
});

/** What belongs to every vault. */
export const vaultComplete = rule({
  id: "vault-complete",
  severity: "critical",
  scope: "stack",
  description: "Every vault has a lock, a policy and notices.",
  serves: "retention of snapshots",
  peers: ["BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED", "CKV2_AWS_8"],
  types: [vaultType],
  example: {
    good: "new aws.backup.VaultLockConfiguration(…, { backupVaultName: vault.name, … })",
    bad: "a vault alone",
  },
  settingsFor: outsideSandbox,
  *check({ inputs }, { stack }) {
    const vault = textAt(inputs, "name");
    for (const [type, what] of [
      [lockType, "its lock"],
      [policyType, "its policy"],
      [noticesType, "its notices"],
    ] as const) {
      const found = stack
        .ofType(type)
        .filter((other) => textAt(other.inputs, "backupVaultName") === vault).length;
      if (found !== 1) {
        yield {
          setting: what,
          found: `declared ${String(found)} times`,
          required: "declared once",
          mend: "declare the vault by BackupVault",
        };
      }
    }
  },
});

/** What a governance lock does not refuse, a vault's policy does. */
export const vaultPolicy = rule({
  id: "vault-policy-refuses-removal",
  severity: "critical",
  scope: "resource",
  description:
    "A vault's policy refuses removing snapshots to all but the break-glass role, and lets no other account do more than copy into it.",
  serves: "ransomware: an administrator's login is not enough",
  peers: ["BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED"],
  types: [policyType],
  example: {
    good: 'Deny backup:DeleteRecoveryPoint to "*", but for the break-glass role',
    bad: 'Allow backup:* to "*"',
  },
  settings: z.strictObject({
    /** ARN of the region's break-glass role. */
    breakGlassRole: z.string(),
    /** Accounts that may copy into the vault, beside its own. */
    copiesFromAccounts: z.array(z.string()),
  }),
  settingsFor: (environment) => {
    const places = placesOf(environment);
    if (places === undefined) {
      return undefined;
    }
    const { own, configuration } = places;
    const { trading } = configuration.settings.accounts;
    return {
      breakGlassRole: roleArn("break-glass", own),
      copiesFromAccounts: own.account === trading ? [] : [trading],
    };
  },
  *check({ inputs, protect }, { settings: { breakGlassRole, copiesFromAccounts } }) {
    const statements = statementsOf(textAt(inputs, "policy"));
    const isRefused = (action: string) =>
      statements.some(
        ({ effect, principals, actions, conditions }) =>
          effect === "Deny" &&
          principals.includes("*") &&
          actions.includes(action) &&
          [
            "{}",
            JSON.stringify({ ArnNotEquals: { "aws:PrincipalArn": [breakGlassRole] } }),
          ].includes(JSON.stringify(conditions)),
      );
    for (const action of [
      "backup:DeleteRecoveryPoint",
      "backup:DisassociateRecoveryPoint",
      "backup:UpdateRecoveryPointLifecycle",
    ]) {
      if (!isRefused(action)) {
        yield {
          setting: "policy",
          required: `a refusal of ${action} to all but the region's break-glass role`,
          mend: "take the policy of BackupVault",
        };
      }
    }
    const copiers = copiesFromAccounts.map((account) => `arn:aws:iam::${account}:root`);
    const isTooMuch = statements.some(
      ({ effect, principals, actions }) =>
        effect === "Allow" &&
        (principals.length === 0 ||
          principals.some((principal) => !copiers.includes(principal)) ||
          actions.length === 0 ||
          actions.some((action) => action !== "backup:CopyIntoBackupVault")),
    );
    if (isTooMuch) {
      yield {
        setting: "policy",
        found: "one that allows more",
        required: "one that allows copying into the vault alone, from the trading account alone",
        mend: "remove what allows more",
      };
    }
    yield* protectionFindings({ protect });
  },
});

/**
 * What a vault has to tell. AWS no longer sends BACKUP_JOB_FAILED: a backup that failed is one that
 * completed in another state than COMPLETED.
 */
const neededEvents = ["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"];

/** A snapshot that failed is told. */
export const vaultNotices = rule({
  id: "vault-tells-failures",
  severity: "high",
  scope: "resource",
  description: "A vault tells a topic of backups, copies and restores that failed.",
  serves: "the recovery point: a series that has stopped is noticed",
  peers: [],
  types: [noticesType],
  example: {
    good: 'backupVaultEvents: ["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"]',
    bad: 'backupVaultEvents: ["BACKUP_JOB_FAILED"]',
  },
  *check({ inputs }) {
    const events = listAt(inputs, "backupVaultEvents");
    const missing = neededEvents.filter((event) => !events.includes(event));
    if (missing.length > 0) {
      yield {
        setting: "backupVaultEvents",
        ...(events.length === 0 ? {} : { found: `without ${missing.join(", ")}` }),
        required: `a list with ${neededEvents.join(", ")}`,
        mend: "add what is missing; BACKUP_JOB_FAILED is not sent any more",
      };
    }
    if (!isSet(inputs, "snsTopicArn")) {
      yield {
        setting: "snsTopicArn",
        required: "the region's topic for notices",
        mend: "pass the topic's ARN",
      };
    }
  },
});
