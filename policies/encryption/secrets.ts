import { z } from "zod";
import { keyAliasArn, physicalName } from "../../contracts/names";
import { protectionFindings } from "../protection";
import { rule } from "../rule";
import { isSet, isTrueAt, listAt, numberAt, textAt } from "../values";

/** Secrets are there in both trading regions, and cannot be lost by a slip. */
export const secretKept = rule({
  id: "secret-replicated-and-kept",
  severity: "critical",
  scope: "resource",
  description:
    "A secret is encrypted with a key of one's own, has a replica in the other trading region under the alias of that region's key, overwrites none there, waits 30 days before it is deleted, and is protected.",
  serves: "a lost region: its passwords are in the other one",
  peers: ["CKV_AWS_149", "SECRETSMANAGER_USING_CMK", "secretsmanager_automatic_rotation_enabled"],
  types: ["aws:secretsmanager/secret:Secret"],
  example: {
    good: "kmsKeyId: key.arn, recoveryWindowInDays: 30, replicas: [{ region, kmsKeyId }]",
    bad: "recoveryWindowInDays: 0",
  },
  settings: z.strictObject({
    /** By trading region, the alias of its key for secrets, by name and as an ARN. */
    keys: z.record(z.string(), z.array(z.string())),
  }),
  settingsFor: ({ name, configuration: { system, settings } }) => {
    const keysIn = (region: string) => {
      const place = { system: system.id, region, account: settings.accounts.trading };
      return [physicalName("keyAlias", "secrets", place), keyAliasArn("secrets", place)];
    };
    const { primary, standby } = system.regions;
    return name === "sandbox"
      ? undefined
      : { keys: { [primary]: keysIn(primary), [standby]: keysIn(standby) } };
  },
  *check({ inputs, region, protect, ignoreChanges }, { settings: { keys } }) {
    if (!isSet(inputs, "kmsKeyId")) {
      yield {
        setting: "kmsKeyId",
        required: "the region's key for secrets",
        mend: "pass the key's ARN, or its alias",
      };
    }
    const wait = numberAt(inputs, "recoveryWindowInDays");
    // Left out, it is 30, the longest that there is.
    if (wait !== undefined && wait < 30) {
      yield {
        setting: "recoveryWindowInDays",
        found: wait,
        required: "30",
        mend: "set it: until then a deletion can be taken back",
      };
    }
    if (isTrueAt(inputs, "forceOverwriteReplicaSecret")) {
      yield {
        setting: "forceOverwriteReplicaSecret",
        found: true,
        required: "false",
        mend: "remove it: the secret that is there may be a promoted replica",
      };
    }
    for (const [other, aliases] of Object.entries(keys).filter(([one]) => one !== region)) {
      const replica = listAt(inputs, "replicas").find((one) => textAt(one, "region") === other);
      const key = textAt(replica, "kmsKeyId");
      // Under a key that is not there, the replica fails, and its status alone says so.
      if (key === undefined || !aliases.includes(key)) {
        yield {
          setting: "replicas",
          ...(replica === undefined
            ? {}
            : {
                found: `one in ${other} ${key === undefined ? "without kmsKeyId" : `under ${key}`}`,
              }),
          required: `one in ${other}, under ${aliases[0] ?? ""}`,
          mend: "name the region and the alias of its key for secrets",
        };
      }
    }
    if (!ignoreChanges.includes("replicas")) {
      yield {
        setting: "ignoreChanges",
        required: "replicas among them",
        mend: "add it: a replica that was promoted in a disaster is none any more",
      };
    }
    yield* protectionFindings({ protect });
  },
});
