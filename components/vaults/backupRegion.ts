import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * Every resource type that AWS Backup knows in these settings: one left out would show a difference
 * on every preview. Opting in backs up nothing by itself; opting out would stop other teams' plans.
 */
const resourceTypes = [
  "Aurora",
  "CloudFormation",
  "DSQL",
  "DocumentDB",
  "DynamoDB",
  "EBS",
  "EC2",
  "EFS",
  "FSx",
  "Neptune",
  "RDS",
  "Redshift",
  "Redshift Serverless",
  "S3",
  "SAP HANA on Amazon EC2",
  "Storage Gateway",
  "VirtualMachine",
];

/**
 * An account's opt-in to AWS Backup in one region. Without it the plan backs up nothing, even if it
 * names the database. There is one such setting for each account and region, so the system whose
 * file owns `backup-region-settings` declares it for all.
 */
export class BackupRegion extends pulumi.ComponentResource {
  public constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("trading-dr:vaults:BackupRegion", name, {}, opts);
    new aws.backup.RegionSettings(
      name,
      {
        resourceTypeOptInPreference: Object.fromEntries(
          resourceTypes.map((resourceType) => [resourceType, true]),
        ),
      },
      { parent: this, retainOnDelete: true },
    );
    this.registerOutputs({});
  }
}
