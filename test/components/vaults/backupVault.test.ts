import assert from "node:assert/strict";
import {
  BackupVault,
  type BackupVaultArgs,
  backupVaultProblems,
} from "../../../components/vaults/backupVault";
import { type Declared, declared, primary, tags } from "../../support/declared";
import { countsByType, deletable, kept, ofAws, statementsOf } from "../inspection";
import { backupVaultArgs, keyArn } from "../minimalArgs";

const vaultName = "market-scanning-regulated-vault-us-east-1";
const types = {
  vault: "aws:backup/vault:Vault",
  lock: "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
  policy: "aws:backup/vaultPolicy:VaultPolicy",
  notices: "aws:backup/vaultNotifications:VaultNotifications",
};

const refusal = {
  Sid: "RefuseRemovingSnapshots",
  Effect: "Deny",
  Principal: "*",
  Action: [
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
  ],
  Resource: "*",
  Condition: {
    ArnNotEquals: {
      "aws:PrincipalArn": "arn:aws:iam::111122223333:role/market-scanning-break-glass-us-east-1",
    },
  },
};

const copiesFromTrading = {
  Sid: "TakeCopiesFrom777788889999",
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::777788889999:root" },
  Action: "backup:CopyIntoBackupVault",
  Resource: "*",
};

/** Events that AWS Backup lists as supported; for the others it sends nothing any more. */
const eventsThatAreSent = [
  "BACKUP_JOB_STARTED",
  "BACKUP_JOB_COMPLETED",
  "COPY_JOB_STARTED",
  "COPY_JOB_SUCCESSFUL",
  "COPY_JOB_FAILED",
  "RESTORE_JOB_STARTED",
  "RESTORE_JOB_COMPLETED",
  "RECOVERY_POINT_MODIFIED",
  "S3_BACKUP_OBJECT_FAILED",
  "S3_RESTORE_OBJECT_FAILED",
];

function vaultOf(args: BackupVaultArgs): Promise<Declared> {
  return declared((options) => {
    new BackupVault("regulated-vault", args, options);
  });
}

describe("BackupVault", () => {
  let governance: Declared;
  let compliance: Declared;
  let sandbox: Declared;
  let events: string[];

  before(async () => {
    governance = await vaultOf(backupVaultArgs);
    compliance = await vaultOf({
      ...backupVaultArgs,
      lock: { mode: "COMPLIANCE", minimumDays: 2557, maximumDays: 2922 },
    });
    sandbox = await vaultOf({ ...backupVaultArgs, disposable: true });
    events = governance.only(types.notices).inputs["backupVaultEvents"] as string[];
  });

  it("declares the vault, its lock, its policy and its notices", () => {
    assert.deepEqual(countsByType(governance.resources), {
      "trading-dr:vaults:BackupVault": 1,
      ...Object.fromEntries(Object.values(types).map((type) => [type, 1])),
    });
  });

  it("has a name that other regions can work out, and the key of its region", () => {
    assert.deepEqual(governance.only(types.vault).inputs, {
      name: vaultName,
      kmsKeyArn: keyArn(primary),
      forceDestroy: false,
      tags: { ...tags, "trading-dr:purpose": "vault" },
    });
  });

  it("has a governance lock unless compliance is asked for: no days to change it, so no end", () => {
    assert.deepEqual(governance.only(types.lock).inputs, {
      backupVaultName: vaultName,
      minRetentionDays: 90,
      maxRetentionDays: 2557,
    });
  });

  it("leaves a week to take a compliance lock off again", () => {
    assert.deepEqual(compliance.only(types.lock).inputs, {
      backupVaultName: vaultName,
      minRetentionDays: 2557,
      maxRetentionDays: 2922,
      changeableForDays: 7,
    });
  });

  it("refuses everybody but the break-glass role to remove or shorten snapshots", () => {
    const { inputs } = governance.only(types.policy);
    assert.equal(inputs["backupVaultName"], vaultName);
    assert.deepEqual(statementsOf(inputs["policy"]), [refusal]);
  });

  it("takes copies from the other accounts that it is told of", async () => {
    const shared = await vaultOf({
      ...backupVaultArgs,
      copiesFromAccounts: ["777788889999", "888899990000"],
    });
    assert.deepEqual(statementsOf(shared.only(types.policy).inputs["policy"]), [
      refusal,
      copiesFromTrading,
      {
        ...copiesFromTrading,
        Sid: "TakeCopiesFrom888899990000",
        Principal: { AWS: "arn:aws:iam::888899990000:root" },
      },
    ]);
  });

  it("reports to the topic", () => {
    const { inputs } = governance.only(types.notices);
    assert.equal(inputs["backupVaultName"], vaultName);
    assert.equal(
      inputs["snsTopicArn"],
      "arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1",
    );
  });

  it("asks only for events that AWS Backup still sends", () => {
    assert.deepEqual(
      events.filter((event) => !eventsThatAreSent.includes(event)),
      [],
    );
  });

  it("hears of the end of every backup job, failed and expired ones among them", () => {
    assert.equal(events.includes("BACKUP_JOB_COMPLETED"), true);
  });

  it("hears of failed copies, of restores and of changes to snapshots", () => {
    assert.deepEqual(
      ["COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED", "RECOVERY_POINT_MODIFIED"].filter(
        (event) => !events.includes(event),
      ),
      [],
    );
  });

  it("protects the vault and everything that configures it", () => {
    assert.deepEqual(deletable(ofAws(governance.resources)), []);
  });

  it("has neither a lock nor a policy in a sandbox, and can be deleted with everything in it", () => {
    assert.equal(sandbox.only(types.vault).inputs["forceDestroy"], true);
    assert.deepEqual(countsByType(sandbox.resources), {
      "trading-dr:vaults:BackupVault": 1,
      [types.vault]: 1,
      [types.notices]: 1,
    });
    assert.deepEqual(kept(sandbox.resources), []);
  });

  it("makes no compliance lock in a sandbox, even where one is asked for", async () => {
    const asked = await vaultOf({
      ...backupVaultArgs,
      lock: { mode: "COMPLIANCE", minimumDays: 2557, maximumDays: 2557 },
      disposable: true,
    });
    assert.deepEqual(asked.all(types.lock), []);
  });

  it("takes copies from other accounts in a sandbox too", async () => {
    const shared = await vaultOf({
      ...backupVaultArgs,
      copiesFromAccounts: ["777788889999"],
      disposable: true,
    });
    assert.deepEqual(statementsOf(shared.only(types.policy).inputs["policy"]), [copiesFromTrading]);
  });

  it("offers its name", () => {
    assert.equal(
      governance.only("trading-dr:vaults:BackupVault").outputs?.["vaultName"],
      vaultName,
    );
  });
});

describe("inputs of a vault", () => {
  function problemsOf(minimumDays: number, maximumDays: number): string[] {
    return backupVaultProblems({
      ...backupVaultArgs,
      lock: { mode: "GOVERNANCE", minimumDays, maximumDays },
    });
  }

  it("are sound from one day on, with a longest retention as short as the shortest", () => {
    assert.deepEqual(problemsOf(1, 1), []);
    assert.deepEqual(problemsOf(90, 2557), []);
  });

  it("are refused with a shortest retention below a day", () => {
    assert.deepEqual(problemsOf(0, 90), [
      "lock must have 1 <= minimumDays <= maximumDays, got 0 and 90",
    ]);
  });

  it("are refused with a longest retention below the shortest, before anything is registered", () => {
    const args: BackupVaultArgs = {
      ...backupVaultArgs,
      lock: { mode: "GOVERNANCE", minimumDays: 91, maximumDays: 90 },
    };
    assert.throws(() => new BackupVault("daily-vault", args), {
      name: "RangeError",
      message:
        "BackupVault 'daily-vault': lock must have 1 <= minimumDays <= maximumDays, got 91 and 90",
    });
  });
});
