import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place, type Purpose, roleArn } from "../../contracts/names";
import { accountRoot, policyDocument, type PolicyStatement } from "../../contracts/policyDocument";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData, keepWhenReplaced } from "../dataProtection";
import { rejectProblems } from "../problems";

/**
 * Days in which a new compliance lock can still be taken off. AWS wants 3 at least; a week lets
 * somebody notice a wrong period over a long weekend.
 */
const coolingOffDays = 7;

/** Inputs of {@link BackupVault}. */
export interface BackupVaultArgs {
  readonly place: Place;
  readonly purpose: Purpose;
  /** ARN of this region's key for snapshots. */
  readonly kmsKeyArn: pulumi.Input<string>;
  /** ARN of the topic that failed jobs are reported to. */
  readonly noticeTopicArn: pulumi.Input<string>;
  /** The lock: its mode, and the shortest and longest retention that a snapshot may have. */
  readonly lock: {
    readonly mode: "GOVERNANCE" | "COMPLIANCE";
    readonly minimumDays: number;
    readonly maximumDays: number;
  };
  /** Other accounts that may copy snapshots into this vault. */
  readonly copiesFromAccounts: readonly string[];
  readonly tags: Tags;
  /**
   * A sandbox's vault: no lock, and deleted with everything in it.
   * @default false
   */
  readonly disposable?: boolean;
}

/** The vault for the snapshots of one lock class in one region. */
export class BackupVault extends pulumi.ComponentResource {
  /** Name of the vault. */
  public readonly vaultName: pulumi.Output<string>;
  /** ARN of the vault. */
  public readonly arn: pulumi.Output<string>;

  public constructor(name: string, args: BackupVaultArgs, opts?: pulumi.ComponentResourceOptions) {
    rejectProblems("BackupVault", name, backupVaultProblems(args));
    super("trading-dr:vaults:BackupVault", name, {}, opts);
    const disposable = args.disposable ?? false;
    const child = { parent: this, ...keepData(disposable) };
    const replaceable = { parent: this, ...keepWhenReplaced(disposable) };
    const vault = new aws.backup.Vault(
      name,
      {
        name: physicalName("vault", args.purpose, args.place),
        kmsKeyArn: args.kmsKeyArn,
        forceDestroy: disposable,
        tags: purposeTags(args.tags, "vault"),
      },
      child,
    );
    if (!disposable) {
      new aws.backup.VaultLockConfiguration(
        `${name}-lock`,
        {
          backupVaultName: vault.name,
          minRetentionDays: args.lock.minimumDays,
          maxRetentionDays: args.lock.maximumDays,
          // With this argument the lock is of compliance mode, without it of governance mode.
          ...(args.lock.mode === "COMPLIANCE" ? { changeableForDays: coolingOffDays } : {}),
        },
        replaceable,
      );
    }
    const statements = vaultStatements(args, disposable);
    if (statements.length > 0) {
      new aws.backup.VaultPolicy(
        `${name}-policy`,
        { backupVaultName: vault.name, policy: policyDocument(statements) },
        child,
      );
    }
    new aws.backup.VaultNotifications(
      `${name}-notices`,
      {
        backupVaultName: vault.name,
        snsTopicArn: args.noticeTopicArn,
        // BACKUP_JOB_FAILED and BACKUP_JOB_EXPIRED exist, but AWS no longer sends them: a failed
        // backup is one that completed in another state than COMPLETED.
        backupVaultEvents: [
          "BACKUP_JOB_COMPLETED",
          "COPY_JOB_FAILED",
          "RESTORE_JOB_COMPLETED",
          "RECOVERY_POINT_MODIFIED",
        ],
      },
      replaceable,
    );
    this.vaultName = vault.name;
    this.arn = vault.arn;
    this.registerOutputs({ vaultName: this.vaultName, arn: this.arn });
  }
}

/** Everything wrong with a vault's inputs; empty when they are sound. */
export function backupVaultProblems({ lock }: BackupVaultArgs): string[] {
  return lock.minimumDays >= 1 && lock.maximumDays >= lock.minimumDays
    ? []
    : [
        `lock must have 1 <= minimumDays <= maximumDays, got ${String(lock.minimumDays)} and ${String(lock.maximumDays)}`,
      ];
}

/** In a vault's policy the resource `*` means the snapshots in the vault; there is no other. */
function vaultStatements(args: BackupVaultArgs, disposable: boolean): PolicyStatement[] {
  const refusal: PolicyStatement = {
    Sid: "RefuseRemovingSnapshots",
    Effect: "Deny",
    Principal: "*",
    Action: [
      "backup:DeleteRecoveryPoint",
      "backup:DisassociateRecoveryPoint",
      "backup:UpdateRecoveryPointLifecycle",
    ],
    Resource: "*",
    Condition: { ArnNotEquals: { "aws:PrincipalArn": roleArn("break-glass", args.place) } },
  };
  return [
    ...(disposable ? [] : [refusal]),
    ...args.copiesFromAccounts.map((account): PolicyStatement => ({
      Sid: `TakeCopiesFrom${account}`,
      Effect: "Allow",
      Principal: accountRoot(account),
      Action: "backup:CopyIntoBackupVault",
      Resource: "*",
    })),
  ];
}
