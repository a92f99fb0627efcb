import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { databasePurpose, physicalName } from "../../contracts/names";
import { purposeTags } from "../../contracts/tags";
import { type DatabaseArgs, logGroupRetentionDays } from "./database";

/**
 * A log group for PostgreSQL's log. RDS would make one that is kept for ever and not encrypted with
 * a key of ours, so it is made before the database.
 */
export function logGroup(
  name: string,
  logGroupName: string,
  args: DatabaseArgs,
  child: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogGroup {
  return new aws.cloudwatch.LogGroup(
    name,
    {
      name: logGroupName,
      retentionInDays: logGroupRetentionDays(args.logRetentionDays),
      kmsKeyId: args.kmsKeyArn,
      tags: purposeTags(args.tags, "database"),
    },
    child,
  );
}

/** Name of the snapshot taken on deletion: unique, since an earlier database's may still be there. */
export function finalSnapshotIdentifier(
  name: string,
  args: DatabaseArgs,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const suffix = new random.RandomId(
    `${name}-final-snapshot-suffix`,
    { byteLength: 4 },
    { parent },
  );
  const prefix = physicalName("finalSnapshot", databasePurpose(args.generation), args.place);
  return pulumi.interpolate`${prefix}-final-${suffix.hex}`;
}
