import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";
import { rejectProblems } from "../problems";

/** Inputs of {@link AuditTrail}. */
export interface AuditTrailArgs {
  readonly place: Place;
  /** The locked bucket for the logs, whose policy knows this trail. */
  readonly bucketName: pulumi.Input<string>;
  /** ARN of this region's key for audit logs. */
  readonly kmsKeyArn: pulumi.Input<string>;
  /** ARNs of the buckets whose every write and deletion is logged. */
  readonly recordBucketArns: readonly string[];
  readonly tags: Tags;
  /**
   * A sandbox's trail: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * The trail of one region: every management call, keys and vaults among them, and every write to
 * and deletion from the record buckets. One in each region and none for all: a trail for all
 * regions has its home in one of them.
 */
export class AuditTrail extends pulumi.ComponentResource {
  /** ARN of the trail. */
  public readonly arn: pulumi.Output<string>;

  public constructor(name: string, args: AuditTrailArgs, opts?: pulumi.ComponentResourceOptions) {
    rejectProblems("AuditTrail", name, auditTrailProblems(args));
    super("trading-dr:monitoring:AuditTrail", name, {}, opts);
    const trail = new aws.cloudtrail.Trail(
      name,
      {
        name: physicalName("trail", "audit-trail", args.place),
        s3BucketName: args.bucketName,
        kmsKeyId: args.kmsKeyArn,
        isMultiRegionTrail: false,
        // IAM and the global STS endpoint log in us-east-1, whose trail sees them.
        includeGlobalServiceEvents: args.place.region === "us-east-1",
        enableLogFileValidation: true,
        enableLogging: true,
        advancedEventSelectors: [
          {
            // Reads too: taking on a role counts as one.
            name: "management",
            fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }],
          },
          {
            name: "writes to records",
            fieldSelectors: [
              { field: "eventCategory", equals: ["Data"] },
              { field: "resources.type", equals: ["AWS::S3::Object"] },
              { field: "readOnly", equals: ["false"] },
              {
                field: "resources.ARN",
                startsWiths: args.recordBucketArns.map((arn) => `${arn}/`),
              },
            ],
          },
        ],
        tags: purposeTags(args.tags, "audit-trail"),
      },
      { parent: this, ...keepData(args.disposable ?? false) },
    );
    this.arn = trail.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** Everything wrong with a trail's inputs; empty when they are sound. */
export function auditTrailProblems({ recordBucketArns }: AuditTrailArgs): string[] {
  return recordBucketArns.length > 0
    ? []
    : [
        "recordBucketArns must have at least one entry, or nobody would see what becomes of records",
      ];
}
