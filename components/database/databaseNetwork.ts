import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { databasePurpose, physicalName, type Place } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepUntilReleased } from "../dataProtection";

/** Inputs of {@link DatabaseNetwork}. */
export interface DatabaseNetworkArgs {
  readonly place: Place;
  /** Generation of the database, part of every name. */
  readonly generation: number;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  /** The one security group that may connect. */
  readonly clientSecurityGroupId: string;
  readonly tags: Tags;
  /** @default false */
  readonly disposable?: boolean;
  /** True once the database may be taken out of the program. @default false */
  readonly released?: boolean;
}

/** Where a database sits: its subnets, and a firewall that lets in one group on one port. */
export class DatabaseNetwork extends pulumi.ComponentResource {
  /** Name of the subnet group. */
  public readonly subnetGroupName: pulumi.Output<string>;
  /** Id of the database's security group. */
  public readonly securityGroupId: pulumi.Output<string>;

  public constructor(
    name: string,
    args: DatabaseNetworkArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:database:DatabaseNetwork", name, {}, opts);
    const child = { parent: this, ...keepUntilReleased(args) };
    const tags = purposeTags(args.tags, "database");
    const purpose = databasePurpose(args.generation);
    const subnetGroup = new aws.rds.SubnetGroup(
      name,
      {
        name: physicalName("subnetGroup", purpose, args.place),
        subnetIds: [...args.subnetIds],
        tags,
      },
      child,
    );
    const securityGroup = new aws.ec2.SecurityGroup(
      `${name}-firewall`,
      {
        name: physicalName("securityGroup", purpose, args.place),
        description: `PostgreSQL of ${args.place.system}`,
        vpcId: args.vpcId,
        tags,
      },
      child,
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-clients`,
      {
        securityGroupId: securityGroup.id,
        description: "PostgreSQL from the Kubernetes nodes",
        ipProtocol: "tcp",
        fromPort: 5432,
        toPort: 5432,
        referencedSecurityGroupId: args.clientSecurityGroupId,
        tags,
      },
      child,
    );
    this.subnetGroupName = subnetGroup.name;
    this.securityGroupId = securityGroup.id;
    this.registerOutputs({
      subnetGroupName: this.subnetGroupName,
      securityGroupId: this.securityGroupId,
    });
  }
}
