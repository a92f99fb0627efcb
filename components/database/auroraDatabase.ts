import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { databasePurpose, physicalName } from "../../contracts/names";
import { purposeTags } from "../../contracts/tags";
import { keepUntilReleased, keepWhenReplaced } from "../dataProtection";
import { rejectProblems } from "../problems";
import {
  type AdministratorLogin,
  type Database,
  type DatabaseArgs,
  databaseProblems,
  majorVersion,
  safeStorage,
  tlsParameters,
} from "./database";
import { DatabaseNetwork } from "./databaseNetwork";
import { globalDatabase, globalDatabaseAround, globalDatabaseIdentifier } from "./globalDatabase";
import { warnWhenUnprotected } from "./protection";
import { finalSnapshotIdentifier, logGroup } from "./sharedResources";

/** Inputs of {@link AuroraDatabase}. */
export interface AuroraDatabaseArgs extends DatabaseArgs {
  /**
   * `primary`: makes the global database and its first cluster.
   * `standby`: joins the global database of its generation, which it knows by name; it is given no
   * administrator, because all that is in the primary comes over, users included.
   */
  readonly member:
    | {
        readonly kind: "primary";
        readonly databaseName: string;
        readonly administrator: AdministratorLogin;
      }
    | { readonly kind: "standby"; readonly primaryRegion: string };
  /** Instances: at least 2 in a primary, 1 in a standby. */
  readonly instances: number;
  /**
   * Seconds of lag of every standby at which Aurora stops commits in the primary; at least 20.
   * Both members carry the same value, because either may be the primary one day.
   * @default - commits are never stopped
   */
  readonly blockCommitsAtLagSeconds?: number;
}

/**
 * What AWS changes when the roles of the members change. A program that insisted on its own value
 * would detach, promote or replace a cluster after a switchover. The version is raised through the
 * global cluster, which upgrades the members.
 */
const changedByFailover = [
  "databaseName",
  "engineVersion",
  "globalClusterIdentifier",
  "masterUsername",
  "replicationSourceIdentifier",
  "sourceRegion",
];

/**
 * One region's member of an Aurora global database: PostgreSQL with continuous backup, replicated
 * to the other region with a lag of about a second.
 */
export class AuroraDatabase extends pulumi.ComponentResource implements Database {
  public readonly arn: pulumi.Output<string>;
  public readonly endpoint: pulumi.Output<string>;
  public readonly readerEndpoint: pulumi.Output<string>;
  public readonly subnetGroupName: pulumi.Output<string>;
  public readonly securityGroupId: pulumi.Output<string>;
  public readonly parameterGroupName: pulumi.Output<string>;
  public readonly globalEndpoint: pulumi.Output<string> | undefined;

  public constructor(
    name: string,
    args: AuroraDatabaseArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    rejectProblems("AuroraDatabase", name, auroraDatabaseProblems(args));
    super("trading-dr:database:AuroraDatabase", name, {}, opts);
    const { member, place } = args;
    const disposable = args.disposable ?? false;
    const child = { parent: this, ...keepUntilReleased(args) };
    const network = new DatabaseNetwork(`${name}-network`, args, { parent: this });
    const own =
      member.kind === "primary" ? globalDatabase(name, args, member.databaseName, this) : undefined;
    const clusterIdentifier = physicalName(
      "databaseCluster",
      databasePurpose(args.generation),
      place,
    );
    const logs = logGroup(
      `${name}-logs`,
      `/aws/rds/cluster/${clusterIdentifier}/postgresql`,
      args,
      child,
    );
    const parameterGroup = parameterGroupOf(name, args, this);
    const cluster = new aws.rds.Cluster(
      name,
      {
        clusterIdentifier,
        engine: "aurora-postgresql",
        engineVersion: args.engineVersion,
        globalClusterIdentifier:
          own?.globalClusterIdentifier ?? globalDatabaseIdentifier(args, args.generation),
        ...(member.kind === "primary"
          ? {
              databaseName: member.databaseName,
              masterUsername: member.administrator.userName,
              masterPassword: member.administrator.password,
            }
          : { sourceRegion: member.primaryRegion }),
        ...safeStorage(args),
        dbSubnetGroupName: network.subnetGroupName,
        vpcSecurityGroupIds: [network.securityGroupId],
        dbClusterParameterGroupName: parameterGroup.name,
        enabledCloudwatchLogsExports: ["postgresql"],
        preferredBackupWindow: args.backupWindow,
        preferredMaintenanceWindow: args.maintenanceWindow,
        skipFinalSnapshot: disposable,
        finalSnapshotIdentifier: finalSnapshotIdentifier(name, args, this),
        tags: purposeTags(args.tags, "database"),
      },
      { ...child, ignoreChanges: changedByFailover, dependsOn: [logs] },
    );
    declareInstances(name, args, cluster.clusterIdentifier, child);
    const later = (args.laterGenerations ?? []).flatMap(
      (generation) => globalDatabaseAround(name, args, generation, cluster, this) ?? [],
    );
    if (args.superseded !== true) {
      warnWhenUnprotected(this, clusterIdentifier, place, isMember(args, cluster, later.at(-1)));
    }
    this.arn = cluster.arn;
    this.endpoint = cluster.endpoint;
    this.readerEndpoint = cluster.readerEndpoint;
    this.globalEndpoint = (later.at(-1) ?? own)?.endpoint;
    this.subnetGroupName = network.subnetGroupName;
    this.securityGroupId = network.securityGroupId;
    this.parameterGroupName = parameterGroup.name;
    this.registerOutputs({
      arn: this.arn,
      endpoint: this.endpoint,
      readerEndpoint: this.readerEndpoint,
      globalEndpoint: this.globalEndpoint,
      subnetGroupName: this.subnetGroupName,
      securityGroupId: this.securityGroupId,
      parameterGroupName: this.parameterGroupName,
    });
  }
}

/** Everything wrong with a member's inputs; empty when they are sound. */
export function auroraDatabaseProblems(args: AuroraDatabaseArgs): string[] {
  const problems = databaseProblems(args);
  const fewest = args.member.kind === "primary" ? 2 : 1;
  if (args.instances < fewest) {
    problems.push(
      `instances must be at least ${String(fewest)} in a ${args.member.kind}, got ${String(args.instances)}`,
    );
  }
  const lag = args.blockCommitsAtLagSeconds;
  if (lag !== undefined && lag < 20) {
    problems.push(
      `blockCommitsAtLagSeconds must be at least 20, as rds.global_db_rpo asks, got ${String(lag)}`,
    );
  }
  return problems;
}

/** The instances, which share the cluster's storage; the first is the preferred writer. */
function declareInstances(
  name: string,
  args: AuroraDatabaseArgs,
  clusterIdentifier: pulumi.Output<string>,
  child: pulumi.CustomResourceOptions,
): void {
  for (let number = 1; number <= args.instances; number += 1) {
    new aws.rds.ClusterInstance(
      `${name}-instance-${String(number)}`,
      {
        identifier: physicalName(
          "databaseInstance",
          databasePurpose(args.generation, number),
          args.place,
        ),
        clusterIdentifier,
        engine: "aurora-postgresql",
        instanceClass: args.instanceClass,
        publiclyAccessible: false,
        // Without effect in a global database, whose members are upgraded together.
        autoMinorVersionUpgrade: false,
        copyTagsToSnapshot: true,
        // Each instance would get a window of its own by chance.
        preferredMaintenanceWindow: args.maintenanceWindow,
        promotionTier: number - 1,
        tags: purposeTags(args.tags, "database"),
      },
      { ...child, ignoreChanges: ["engineVersion"] },
    );
  }
}

/**
 * Whether AWS reports that the cluster is in the global database of its newest generation, and not
 * alone in one that was made around it.
 */
function isMember(
  args: AuroraDatabaseArgs,
  cluster: aws.rds.Cluster,
  newest: aws.rds.GlobalCluster | undefined,
): pulumi.Output<boolean> {
  return newest === undefined
    ? cluster.globalClusterIdentifier.apply(
        (identifier) => identifier === globalDatabaseIdentifier(args, args.generation),
      )
    : pulumi.all([newest.globalClusterMembers, cluster.arn]).apply(
        // A provider may leave out what is empty: a global database that has lost its last member.
        ([members, arn]) =>
          Array.isArray(members) &&
          members.length > 1 &&
          members.some(({ dbClusterArn }) => dbClusterArn === arn),
      );
}

function parameterGroupOf(
  name: string,
  args: AuroraDatabaseArgs,
  parent: pulumi.Resource,
): aws.rds.ClusterParameterGroup {
  const major = majorVersion(args.engineVersion);
  const lag = args.blockCommitsAtLagSeconds;
  return new aws.rds.ClusterParameterGroup(
    `${name}-parameters`,
    {
      // The major version is part of the name: an upgrade needs a second group beside the first.
      name: physicalName("parameterGroup", databasePurpose(args.generation, major), args.place),
      family: `aurora-postgresql${major}`,
      description: `PostgreSQL ${major} of ${args.place.system}`,
      parameters: [
        ...tlsParameters,
        ...(lag === undefined
          ? []
          : [{ name: "rds.global_db_rpo", value: String(lag), applyMethod: "immediate" }]),
      ],
      tags: purposeTags(args.tags, "database"),
    },
    { parent, ...keepWhenReplaced(args.disposable ?? false) },
  );
}
