import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { databaseInstanceArn, databasePurpose, physicalName } from "../../contracts/names";
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
import { warnWhenUnprotected } from "./protection";
import { finalSnapshotIdentifier, logGroup } from "./sharedResources";

/** Inputs of {@link RdsDatabase}. */
export interface RdsDatabaseArgs extends DatabaseArgs {
  /**
   * `primary`: a new database with an administrator.
   * `standby`: a replica of the other region's instance, which it knows by name, and a copy of that
   * instance's automated backups. `promoted` says that it is, or has been, the writer: only then is
   * there anything of its own to keep in a final snapshot.
   */
  readonly member:
    | {
        readonly kind: "primary";
        readonly databaseName: string;
        readonly storageGibibytes: number;
        readonly administrator: AdministratorLogin;
      }
    | {
        readonly kind: "standby";
        readonly source: { readonly region: string; readonly generation: number };
        readonly promoted: boolean;
        /**
         * This region's earlier generation of the same source, whose copies of backups this one takes
         * over: AWS allows one copy.
         * @default - there was none
         */
        readonly successorOf?: number;
      };
}

/** PostgreSQL's logs that RDS exports. */
const logKinds = ["postgresql", "upgrade"];

/**
 * One region's plain RDS PostgreSQL: in two availability zones, with continuous backup. The standby
 * region has a replica and copies of the primary's automated backups.
 */
export class RdsDatabase extends pulumi.ComponentResource implements Database {
  public readonly arn: pulumi.Output<string>;
  public readonly endpoint: pulumi.Output<string>;
  public readonly readerEndpoint: pulumi.Output<string>;
  public readonly globalEndpoint = undefined;
  public readonly subnetGroupName: pulumi.Output<string>;
  public readonly securityGroupId: pulumi.Output<string>;
  public readonly parameterGroupName: pulumi.Output<string>;

  public constructor(name: string, args: RdsDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    rejectProblems("RdsDatabase", name, databaseProblems(args));
    super("trading-dr:database:RdsDatabase", name, {}, opts);
    const { member, place } = args;
    const disposable = args.disposable ?? false;
    const child = { parent: this, ...keepUntilReleased(args) };
    const network = new DatabaseNetwork(`${name}-network`, args, { parent: this });
    const identifier = physicalName("databaseInstance", databasePurpose(args.generation), place);
    const logs = logKinds.map((kind) =>
      logGroup(`${name}-logs-${kind}`, `/aws/rds/instance/${identifier}/${kind}`, args, child),
    );
    const parameterGroup = parameterGroupOf(name, args, this);
    // RDS takes no final snapshot of a replica, and refuses to delete one that asks for it.
    const skipFinalSnapshot = disposable || (member.kind === "standby" && !member.promoted);
    const instance = new aws.rds.Instance(
      name,
      {
        identifier,
        instanceClass: args.instanceClass,
        ...originOf(args),
        storageType: "gp3",
        ...safeStorage(args),
        multiAz: true,
        publiclyAccessible: false,
        dbSubnetGroupName: network.subnetGroupName,
        vpcSecurityGroupIds: [network.securityGroupId],
        parameterGroupName: parameterGroup.name,
        enabledCloudwatchLogsExports: logKinds,
        autoMinorVersionUpgrade: false,
        backupWindow: args.backupWindow,
        maintenanceWindow: args.maintenanceWindow,
        skipFinalSnapshot,
        finalSnapshotIdentifier: finalSnapshotIdentifier(name, args, this),
        tags: purposeTags(args.tags, "database"),
      },
      {
        ...child,
        dependsOn: logs,
        // A promoted replica has no source any more, and the provider fails to give it one again.
        ignoreChanges: ["replicateSourceDb"],
      },
    );
    // Once the replica has been promoted, its source is no longer ours to copy backups from.
    if (member.kind === "standby" && !member.promoted) {
      new aws.rds.InstanceAutomatedBackupsReplication(
        `${name}-automated-backups`,
        {
          sourceDbInstanceArn: sourceArn(args, member.source),
          kmsKeyId: args.kmsKeyArn,
          retentionPeriod: args.pointInTimeRecoveryDays,
        },
        // Another retention makes a new copy, of which AWS allows one; what the old one copied
        // stays until its own retention ends.
        {
          parent: this,
          deleteBeforeReplace: true,
          dependsOn: [instance],
          aliases: copiesOf(member.successorOf),
        },
      );
    }
    if (args.superseded !== true) {
      const replicated = isReplicated(args, instance);
      if (replicated !== undefined) {
        warnWhenUnprotected(this, identifier, place, replicated);
      }
    }
    this.arn = instance.arn;
    this.endpoint = instance.address;
    this.readerEndpoint = instance.address;
    this.subnetGroupName = network.subnetGroupName;
    this.securityGroupId = network.securityGroupId;
    this.parameterGroupName = parameterGroup.name;
    this.registerOutputs({
      arn: this.arn,
      endpoint: this.endpoint,
      readerEndpoint: this.readerEndpoint,
      subnetGroupName: this.subnetGroupName,
      securityGroupId: this.securityGroupId,
      parameterGroupName: this.parameterGroupName,
    });
  }
}

/** Where an earlier generation of the region has its copies of backups. */
function copiesOf(generation: number | undefined): pulumi.Alias[] {
  if (generation === undefined) {
    return [];
  }
  const former = databasePurpose(generation);
  const parent = pulumi.createUrn(former, "trading-dr:database:RdsDatabase");
  return [{ name: `${former}-automated-backups`, parent }];
}

/**
 * Whether AWS reports that the instance is one of a pair; undefined for the very first, whose replica
 * is made after it, and which would be said to stand alone until the next refresh.
 */
function isReplicated(
  { member, laterGenerations = [] }: RdsDatabaseArgs,
  instance: aws.rds.Instance,
): pulumi.Output<boolean> | undefined {
  if (laterGenerations.length > 0) {
    return instance.replicas.apply((replicas) => Array.isArray(replicas) && replicas.length > 0);
  }
  // Empty once it has been promoted.
  return member.kind === "standby" ? instance.replicateSourceDb.apply(Boolean) : undefined;
}

/** Where the data comes from: a new database, or the other region's. */
function originOf(args: RdsDatabaseArgs) {
  const { member, engineVersion } = args;
  return member.kind === "primary"
    ? {
        engine: "postgres",
        engineVersion,
        dbName: member.databaseName,
        allocatedStorage: member.storageGibibytes,
        maxAllocatedStorage: member.storageGibibytes * 5,
        username: member.administrator.userName,
        password: member.administrator.password,
      }
    : {
        // A new replica takes its source's version; an upgrade begins with the replica.
        engineVersion,
        replicateSourceDb: sourceArn(args, member.source),
      };
}

function sourceArn(
  { place }: RdsDatabaseArgs,
  source: { readonly region: string; readonly generation: number },
): string {
  return databaseInstanceArn({ ...place, region: source.region }, source.generation);
}

function parameterGroupOf(
  name: string,
  args: RdsDatabaseArgs,
  parent: pulumi.Resource,
): aws.rds.ParameterGroup {
  const major = majorVersion(args.engineVersion);
  return new aws.rds.ParameterGroup(
    `${name}-parameters`,
    {
      // The major version is part of the name: an upgrade needs a second group beside the first.
      name: physicalName("parameterGroup", databasePurpose(args.generation, major), args.place),
      family: `postgres${major}`,
      description: `PostgreSQL ${major} of ${args.place.system}`,
      parameters: [...tlsParameters],
      tags: purposeTags(args.tags, "database"),
    },
    { parent, ...keepWhenReplaced(args.disposable ?? false) },
  );
}
