import { z } from "zod";
import { statementsOf, type Statement } from "../documents";
import { outsideSandbox } from "../environment";
import { protectionFindings } from "../protection";
import { type Finding, rule } from "../rule";
import { isSet, isTrueAt, numberAt, textAt, valueAt } from "../values";

/** Keys outlast the data that they encrypt. */

const keyType = "aws:kms/key:Key";

/** The longest wait that KMS offers before a key is deleted. */
const longestWaitDays = 30;

/** How a key is managed. */
export const keySettings = rule({
  id: "key-rotated-and-kept",
  severity: "critical",
  scope: "resource",
  description:
    "A key is rotated every year at least, is enabled, is of one region, waits 30 days before it is deleted, and is protected.",
  serves: "locked records that stay readable; PCI DSS 3.7: keys are changed",
  peers: [
    "CKV_AWS_7",
    "CKV_AWS_227",
    "awsguard cmk-backing-key-rotation-enabled",
    "KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
    "kms_cmk_not_multi_region",
  ],
  types: [keyType],
  example: {
    good: "enableKeyRotation: true, rotationPeriodInDays: 365, deletionWindowInDays: 30",
    bad: "deletionWindowInDays: 7",
  },
  settingsFor: outsideSandbox,
  *check({ inputs, protect }) {
    if (!isTrueAt(inputs, "enableKeyRotation")) {
      yield {
        setting: "enableKeyRotation",
        required: "true",
        mend: "set it; what an earlier rotation encrypted stays readable",
      };
    }
    const period = numberAt(inputs, "rotationPeriodInDays");
    if (period !== undefined && period > 366) {
      yield {
        setting: "rotationPeriodInDays",
        found: period,
        required: "a year at most",
        mend: "set it to 365",
      };
    }
    const wait = numberAt(inputs, "deletionWindowInDays");
    // Left out, it is 30.
    if (wait !== undefined && wait < longestWaitDays) {
      yield {
        setting: "deletionWindowInDays",
        found: wait,
        required: `${String(longestWaitDays)}, the longest that there is`,
        mend: "set it: with a key goes all that it has encrypted",
      };
    }
    if (valueAt(inputs, "isEnabled") === false) {
      yield {
        setting: "isEnabled",
        found: false,
        required: "true",
        mend: "remove it: nothing can be read under a key that is disabled",
      };
    }
    // S3 treats such keys as keys of one region all the same, and each would depend on its first region.
    if (isTrueAt(inputs, "multiRegion")) {
      yield {
        setting: "multiRegion",
        found: true,
        required: "false",
        mend: "give each region a key of its own",
      };
    }
    yield* protectionFindings({ protect });
  },
});

/** Replaces the policy that its key is declared with, which is what rules look at. */
const separatePolicyType = "aws:kms/keyPolicy:KeyPolicy";

/** With these, somebody takes away all that a key has encrypted. */
const destructive = ["kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:DeleteImportedKeyMaterial"];

/** Who may do what with a key. */
export const keyPolicy = rule({
  id: "key-policy-names-users",
  severity: "critical",
  scope: "resource",
  description:
    "A key's policy is part of the key, names its users and their actions, lets no other account but the system's two use it, and lets nobody disable or delete it.",
  serves: "ransomware: a key that is gone takes every copy with it",
  peers: ["CKV_AWS_33", "CKV2_AWS_64"],
  types: [keyType, separatePolicyType],
  example: {
    good: "Principal: the account's root, Condition: ArnEquals aws:PrincipalArn of one role",
    bad: 'Principal: "*", Action: "kms:*"',
  },
  settings: z.strictObject({
    /** Accounts of the system. */
    accounts: z.array(z.string()),
  }),
  settingsFor: (environment) => {
    const { trading, archive } = environment.configuration.settings.accounts;
    return environment.name === "sandbox" ? undefined : { accounts: [trading, archive] };
  },
  *check({ type, inputs }, { settings: { accounts } }) {
    if (type === separatePolicyType) {
      yield {
        setting: "its type",
        found: type,
        required: "part of the key: it replaces the policy there, which other rules look at",
        mend: "write it into the key's own policy",
      };
    }
    if (!isSet(inputs, "policy")) {
      yield {
        setting: "policy",
        required: "set",
        mend: "give the key a policy: AWS's own lets every administrator delete it",
      };
      return;
    }
    for (const statement of statementsOf(textAt(inputs, "policy"))) {
      if (statement.effect === "Allow") {
        yield* allowanceFindings(statement, accounts);
      }
    }
    if (isTrueAt(inputs, "bypassPolicyLockoutSafetyCheck")) {
      yield {
        setting: "bypassPolicyLockoutSafetyCheck",
        found: true,
        required: "false",
        mend: "remove it, or nobody may be able to change the policy again",
      };
    }
  },
});

function* allowanceFindings(
  { principals, actions }: Statement,
  accounts: readonly string[],
): Iterable<Finding> {
  const setting = "policy";
  const isKnown = (principal: string) =>
    /^[a-z0-9.-]+\.amazonaws\.com$/.test(principal) ||
    accounts.some((account) => principal.startsWith(`arn:aws:iam::${account}:`));
  if (principals.length === 0 || !principals.every(isKnown)) {
    yield {
      setting,
      found: "one that allows others",
      required: "one that allows AWS services and principals of the system's accounts alone",
      mend: "name the account's root, and the roles in a condition",
    };
  }
  if (actions.length === 0 || actions.some((action) => action.includes("*"))) {
    yield {
      setting,
      found: "one with a wildcard for actions",
      required: "one that names every action",
      mend: "list what the user needs",
    };
  }
  const taken = destructive.filter((action) => actions.includes(action));
  if (taken.length > 0) {
    yield {
      setting,
      found: taken.join(", "),
      required: "without these, which would take all copies at once",
      mend: "remove them; who must do it changes the policy first, in the open",
    };
  }
}

/** Other stacks name a key by its alias. */
export const keyAlias = rule({
  id: "key-has-alias",
  severity: "high",
  scope: "stack",
  description: "Every key has an alias, which other stacks name it by, and which is protected.",
  serves: "a standby that is declared while the primary region is gone",
  peers: [],
  types: [keyType],
  example: {
    good: 'new aws.kms.Alias("key-records-alias", { targetKeyId: key.keyId, … })',
    bad: "a key alone",
  },
  settingsFor: outsideSandbox,
  *check({ urn }, { stack }) {
    const aliases = stack
      .ofType("aws:kms/alias:Alias")
      .filter(({ dependencies }) => dependencies.includes(urn));
    if (aliases.length === 0) {
      yield {
        setting: "its number of aliases",
        found: 0,
        required: "1 at least",
        mend: "declare the key by EncryptionKey",
      };
    }
    for (const { name, protect } of aliases) {
      if (!protect) {
        yield {
          setting: `protect of alias "${name}"`,
          found: false,
          required: "true",
          mend: "give it the options of keepData",
        };
      }
    }
  },
});
