import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { databasePurpose, physicalName } from "../../contracts/names";
import { purposeTags } from "../../contracts/tags";
import { keepUntilReleased } from "../dataProtection";
import { type DatabaseArgs } from "./database";

/** The global database of a generation, empty: its members name it. None once it is retired. */
export function globalDatabase(
  name: string,
  args: DatabaseArgs,
  databaseName: string,
  parent: pulumi.Resource,
): aws.rds.GlobalCluster | undefined {
  const options = optionsOf(args, args.generation, parent);
  if (options === undefined) {
    return undefined;
  }
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
    options,
  );
}

/**
 * The global database of a later generation, made around a cluster that stands alone. It takes its
 * engine, its version and its encryption from the cluster; AWS refuses to be told them. None once it
 * is retired.
 */
export function globalDatabaseAround(
  name: string,
  args: DatabaseArgs,
  generation: number,
  cluster: aws.rds.Cluster,
  parent: pulumi.Resource,
): aws.rds.GlobalCluster | undefined {
  const options = optionsOf(args, generation, parent);
  if (options === undefined) {
    return undefined;
  }
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
    { ...options, ignoreChanges: ["databaseName"] },
  );
}

/** Name of a generation's global database, which its members in both regions know. */
export function globalDatabaseIdentifier({ place }: DatabaseArgs, generation: number): string {
  return physicalName("globalCluster", databasePurpose(generation), place);
}

/** None where the pair of the generation is retired. */
function optionsOf(
  args: DatabaseArgs,
  generation: number,
  parent: pulumi.Resource,
): pulumi.CustomResourceOptions | undefined {
  const fate = args.cutPairs?.[generation];
  const released = args.released === true || fate === "released";
  return fate === "retired" ? undefined : { parent, ...keepUntilReleased({ ...args, released }) };
}
