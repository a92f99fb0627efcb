import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place } from "../../contracts/names";
import { awsSchedule } from "../../contracts/schedules";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";

/** Inputs of {@link RestoreTesting}. */
export interface RestoreTestingArgs {
  readonly place: Place;
  /** Schedule of five fields. */
  readonly schedule: string;
  /** IANA time zone of the schedule. */
  readonly timeZone: string;
  /** ARNs of the vaults that a snapshot is taken from. */
  readonly vaultArns: readonly string[];
  /** Kind of database, in AWS Backup's words. */
  readonly resourceType: "Aurora" | "RDS";
  /** ARNs of the databases whose snapshots are restored. */
  readonly resourceArns: readonly string[];
  /**
   * Where a snapshot is restored to. Without them AWS Backup takes the default VPC, where there may
   * be none, and where the role may do nothing.
   */
  readonly subnetGroupName: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly parameterGroupName: pulumi.Input<string>;
  /** Only snapshots of the last so many days, so that a stale series is noticed. */
  readonly windowDays: number;
  /** ARN of the role that AWS Backup restores under. */
  readonly roleArn: string;
  readonly tags: Tags;
  /**
   * A sandbox's rehearsal: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/** AWS Backup's own rehearsal: the latest snapshot is restored, timed, and thrown away again. */
export class RestoreTesting extends pulumi.ComponentResource {
  /** ARN of the restore testing plan. */
  public readonly arn: pulumi.Output<string>;

  public constructor(
    name: string,
    args: RestoreTestingArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:vaults:RestoreTesting", name, {}, opts);
    const child = { parent: this, ...keepData(args.disposable ?? false) };
    const plan = new aws.backup.RestoreTestingPlan(
      name,
      {
        name: physicalName("restoreTestingPlan", "restore-test", args.place),
        scheduleExpression: awsSchedule(args.schedule),
        scheduleExpressionTimezone: args.timeZone,
        startWindowHours: 1,
        recoveryPointSelection: {
          algorithm: "LATEST_WITHIN_WINDOW",
          includeVaults: [...args.vaultArns],
          recoveryPointTypes: ["SNAPSHOT"],
          selectionWindowDays: args.windowDays,
        },
        tags: purposeTags(args.tags, "restore-test"),
      },
      child,
    );
    new aws.backup.RestoreTestingSelection(
      `${name}-database`,
      {
        name: "database",
        restoreTestingPlanName: plan.name,
        protectedResourceType: args.resourceType,
        protectedResourceArns: [...args.resourceArns],
        iamRoleArn: args.roleArn,
        restoreMetadataOverrides: {
          dbSubnetGroupName: args.subnetGroupName,
          [args.resourceType === "Aurora" ? "dbClusterParameterGroupName" : "dbParameterGroupName"]:
            args.parameterGroupName,
          vpcSecurityGroupIds: pulumi.jsonStringify([args.securityGroupId]),
        },
        // Hours that the restored database stays, for the checks to run on it.
        validationWindowHours: 4,
      },
      child,
    );
    this.arn = plan.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
