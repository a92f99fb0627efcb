import { z } from "zod";
import { statementsOf } from "../documents";
import { placesOf } from "../places";
import { rule } from "../rule";
import { type Stack } from "../stack";
import { listAt, numberAt, textAt } from "../values";

/** A copy that is sent is taken, and kept for as long. */
export const snapshotCopies = rule({
  id: "snapshot-copies-arrive",
  severity: "critical",
  scope: "system",
  description:
    "Every vault that a backup plan copies to is declared, takes copies from the account, and its lock takes the copy's retention.",
  serves: "a lost region, and ransomware: the copies in the other region and in the archive",
  peers: [],
  types: ["aws:backup/plan:Plan"],
  example: {
    good: "destinationVaultArn: that of a vault in the archive's stack",
    bad: "destinationVaultArn: that of a vault which no stack declares",
  },
  settings: z.strictObject({
    /** The account that the copies come from. */
    account: z.string(),
  }),
  settingsFor: (environment) => {
    const places = placesOf(environment);
    return places && { account: places.own.account };
  },
  *check({ inputs }, { settings: { account }, others }) {
    const vaults = others.flatMap(vaultsIn);
    for (const [index, series] of listAt(inputs, "rules").entries()) {
      for (const [position, copy] of listAt(series, "copyActions").entries()) {
        const setting = `rules.${String(index)}.copyActions.${String(position)}`;
        const arn = textAt(copy, "destinationVaultArn") ?? "";
        const [, , , region, owner, , name] = arn.split(":");
        const vault = vaults.find((other) => other.region === region && other.name === name);
        if (vault === undefined) {
          yield {
            setting: `${setting}.destinationVaultArn`,
            found: arn,
            required: "a vault that another stack of the system declares in that region",
            mend: "declare the vault there, or correct the ARN",
          };
          continue;
        }
        const days = numberAt(copy, "lifecycle", "deleteAfter") ?? Infinity;
        if (days < vault.shortest || days > vault.longest) {
          yield {
            setting: `${setting}.lifecycle.deleteAfter`,
            found: days,
            required: `between ${String(vault.shortest)} and ${String(vault.longest)}, which is all that the lock of ${vault.name} takes`,
            mend: "give the copy and the lock the retention of the tier",
          };
        }
        if (owner !== account && !vault.copiesFrom.includes(`arn:aws:iam::${account}:root`)) {
          yield {
            setting: `${setting}.destinationVaultArn`,
            found: arn,
            required: `a vault whose policy lets account ${account} copy into it`,
            mend: "name the account in the vault's copiesFromAccounts",
          };
        }
      }
    }
  },
});

/** The vaults of a stack, with what their locks and policies take. */
function vaultsIn(stack: Stack) {
  const of = (type: string, vault: string | undefined) =>
    stack.ofType(type).find(({ inputs }) => textAt(inputs, "backupVaultName") === vault)?.inputs;
  return stack.ofType("aws:backup/vault:Vault").map(({ inputs, region }) => {
    const name = textAt(inputs, "name") ?? "";
    const lock = of("aws:backup/vaultLockConfiguration:VaultLockConfiguration", name);
    const policy = of("aws:backup/vaultPolicy:VaultPolicy", name);
    return {
      name,
      region,
      shortest: numberAt(lock, "minRetentionDays") ?? 0,
      longest: numberAt(lock, "maxRetentionDays") ?? Infinity,
      /** Who may copy into it. */
      copiesFrom: statementsOf(textAt(policy, "policy"))
        .filter(
          ({ effect, actions }) =>
            effect === "Allow" && actions.includes("backup:CopyIntoBackupVault"),
        )
        .flatMap(({ principals }) => principals),
    };
  });
}
