import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place, type Purpose } from "../../contracts/names";
import { policyDocument } from "../../contracts/policyDocument";
import { purposeTags, type TaggedPurpose, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";

/** Inputs of {@link ServiceRole}. */
export interface ServiceRoleArgs {
  /** The region whose work the role does; part of its name, though roles belong to no region. */
  readonly place: Place;
  readonly purpose: Purpose;
  /** What the role is for, in a sentence. */
  readonly description: string;
  /** AWS service that takes the role on: `s3.amazonaws.com`. */
  readonly service: string;
  /** The policy's text: what the role may do. */
  readonly policy: string;
  readonly tags: Tags;
  readonly taggedPurpose: TaggedPurpose;
  /**
   * A sandbox's role: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * A role that an AWS service works under, with one policy. Roles are kept in us-east-1 by AWS, so
 * the primary region's stack declares those of both regions, and the others know their names.
 */
export class ServiceRole extends pulumi.ComponentResource {
  /** ARN of the role. */
  public readonly arn: pulumi.Output<string>;

  public constructor(name: string, args: ServiceRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("trading-dr:access:ServiceRole", name, {}, opts);
    const child = { parent: this, ...keepData(args.disposable ?? false) };
    const role = new aws.iam.Role(
      name,
      {
        name: physicalName("role", args.purpose, args.place),
        description: args.description,
        // No aws:SourceAccount: the services do not all send it, and a role that cannot be taken on
        // fails silently. Only who may pass the role in this account can put it to work.
        assumeRolePolicy: policyDocument([
          {
            Sid: "TakeOn",
            Effect: "Allow",
            Principal: { Service: args.service },
            Action: "sts:AssumeRole",
          },
        ]),
        tags: purposeTags(args.tags, args.taggedPurpose),
      },
      child,
    );
    new aws.iam.RolePolicy(`${name}-policy`, { role: role.name, policy: args.policy }, child);
    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
