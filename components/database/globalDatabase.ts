import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { databasePurpose, physicalName } from "../../contracts/names";
import { purposeTags } from "../../contracts/tags";
import { type DatabaseArgs } from "./database";

/** The global database of a generation, empty: its members name it. */
export function globalDatabase(
  name: string,
  args: DatabaseArgs,
  databaseName: string,
  child: pulumi.CustomResourceOptions,
): aws.rds.GlobalCluster {
  return new aws.rds.GlobalCluster(
    `${name}-global`,
    {
      globalClusterIdentifier: globalDatabaseIdentifier(args, args.generation),
      engine: "aurora-postgresql",
      engineVersion: args.engineVersion,
      databaseName,
      storageEncrypted: true,
      deletionProtection: args.disposable !== true,
      forceDestroy: false,
      tags: purposeTags(args.tags, "database"),
    },
    child,
  );
}

/**
 * The global database of a later generation, made around a cluster that stands alone. It takes its
 * engine, its version and its encryption from the cluster; AWS refuses to be told them.
 */
export function globalDatabaseAround(
  name: string,
  args: DatabaseArgs,
  generation: number,
  cluster: aws.rds.Cluster,
  child: pulumi.CustomResourceOptions,
): aws.rds.GlobalCluster {
  return new aws.rds.GlobalCluster(
    `${name}-global-generation-${String(generation)}`,
    {
      globalClusterIdentifier: globalDatabaseIdentifier(args, generation),
      sourceDbClusterIdentifier: cluster.arn,
      deletionProtection: args.disposable !== true,
      // The provider demands it beside a source. Deletion protection and protect stand before it.
      forceDestroy: true,
      tags: purposeTags(args.tags, "database"),
    },
    // AWS reports the name that came with the cluster, and insisting on none would replace it.
    { ...child, ignoreChanges: ["databaseName"] },
  );
}

/** Name of a generation's global database, which its members in both regions know. */
export function globalDatabaseIdentifier({ place }: DatabaseArgs, generation: number): string {
  return physicalName("globalCluster", databasePurpose(generation), place);
}
