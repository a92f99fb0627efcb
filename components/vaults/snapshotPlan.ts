import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place } from "../../contracts/names";
import { awsSchedule } from "../../contracts/schedules";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";

/** One series of snapshots: when, how long kept, where, and where copied to. */
export interface SnapshotRule {
  /** Name of the rule, unique in the plan. */
  readonly name: string;
  /** Schedule of five fields. */
  readonly schedule: string;
  readonly retentionDays: number;
  readonly vaultName: pulumi.Input<string>;
  /** ARNs of the vaults of the other regions that get a copy, kept as long. */
  readonly copyToVaultArns: readonly string[];
}

/** Inputs of {@link SnapshotPlan}. */
export interface SnapshotPlanArgs {
  readonly place: Place;
  readonly rules: readonly SnapshotRule[];
  /** IANA time zone of the schedules. */
  readonly timeZone: string;
  /** ARN of the role that AWS Backup works under. */
  readonly roleArn: string;
  /** ARNs of the databases that the plan covers. */
  readonly resourceArns: readonly string[];
  readonly tags: Tags;
  /**
   * A sandbox's plan: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * A region's snapshots. Snapshot rules only: AWS Backup's continuous mode would take over the
 * cluster's own point-in-time setting, which already reaches back as far as it can.
 */
export class SnapshotPlan extends pulumi.ComponentResource {
  /** Id of the plan. */
  public readonly planId: pulumi.Output<string>;

  public constructor(name: string, args: SnapshotPlanArgs, opts?: pulumi.ComponentResourceOptions) {
    super("trading-dr:vaults:SnapshotPlan", name, {}, opts);
    const child = { parent: this, ...keepData(args.disposable ?? false) };
    const plan = new aws.backup.Plan(
      name,
      {
        name: physicalName("backupPlan", "snapshots", args.place),
        rules: args.rules.map((rule) => ({
          ruleName: rule.name,
          targetVaultName: rule.vaultName,
          schedule: awsSchedule(rule.schedule),
          scheduleExpressionTimezone: args.timeZone,
          enableContinuousBackup: false,
          // Minutes. A snapshot that has not begun an hour late counts as failed, and is reported.
          startWindow: 60,
          completionWindow: 480,
          // Databases' snapshots have no cold storage: the lifecycle is an end and nothing else.
          lifecycle: { deleteAfter: rule.retentionDays },
          copyActions: rule.copyToVaultArns.map((destinationVaultArn) => ({
            destinationVaultArn,
            lifecycle: { deleteAfter: rule.retentionDays },
          })),
        })),
        tags: purposeTags(args.tags, "snapshot-plan"),
      },
      child,
    );
    new aws.backup.Selection(
      `${name}-selection`,
      {
        name: physicalName("backupSelection", "database", args.place),
        planId: plan.id,
        iamRoleArn: args.roleArn,
        resources: [...args.resourceArns],
      },
      child,
    );
    this.planId = plan.id;
    this.registerOutputs({ planId: this.planId });
  }
}
