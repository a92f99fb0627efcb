import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place } from "../../contracts/names";
import { awsSchedule } from "../../contracts/schedules";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData, keepUntilReleased } from "../dataProtection";

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
  /** The databases that the plan covers, by generation. */
  readonly databases: readonly {
    readonly generation: number;
    readonly arn: string;
    /** True once the database may be taken out of the program. @default false */
    readonly released?: boolean;
  }[];
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
    const disposable = args.disposable ?? false;
    const child = { parent: this, ...keepData(disposable) };
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
    // One for each, since AWS changes none: a rebuilt database gets its own beside the others'.
    for (const { generation, arn, released = false } of args.databases) {
      const suffix = generation === 1 ? "" : `-generation-${String(generation)}`;
      new aws.backup.Selection(
        `${name}-selection${suffix}`,
        {
          name: physicalName(
            "backupSelection",
            generation === 1 ? "database" : `generation-${String(generation)}`,
            args.place,
          ),
          planId: plan.id,
          iamRoleArn: args.roleArn,
          resources: [arn],
        },
        { parent: this, ...keepUntilReleased({ disposable, released }) },
      );
    }
    this.planId = plan.id;
    this.registerOutputs({ planId: this.planId });
  }
}
