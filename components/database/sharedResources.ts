import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { physicalName } from "../../contracts/names";
import { purposeTags } from "../../contracts/tags";
import { Administrator } from "./administrator";
import { type AdministratorArgs, type DatabaseArgs, logGroupRetentionDays } from "./database";

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
  return pulumi.interpolate`${physicalName("finalSnapshot", "database", args.place)}-final-${suffix.hex}`;
}

/** The administrator of a primary; a standby gets the primary's with the data. */
export function administratorOf(
  name: string,
  args: DatabaseArgs,
  member:
    | { readonly kind: "primary"; readonly administrator: AdministratorArgs }
    | { readonly kind: "standby" },
  parent: pulumi.Resource,
): Administrator | undefined {
  return member.kind === "primary"
    ? new Administrator(`${name}-administrator`, { ...args, ...member.administrator }, { parent })
    : undefined;
}
