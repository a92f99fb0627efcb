import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place, type Purpose } from "../../contracts/names";
import { policyDocument, type PolicyStatement } from "../../contracts/policyDocument";
import { purposeTags, type TaggedPurpose, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";
import { rejectProblems } from "../problems";

/** Inputs of {@link ServiceRole}. */
export interface ServiceRoleArgs {
  /** The region whose work the role does; part of its name, though roles belong to no region. */
  readonly place: Place;
  readonly purpose: Purpose;
  /** What the role is for, in a sentence. */
  readonly description: string;
  /** AWS service that takes the role on: `s3.amazonaws.com`. */
  readonly service: string;
  /**
   * With service `pods.eks.amazonaws.com`: the service account whose pods take the role on.
   * @default - the service itself works under the role
   */
  readonly pods?: { readonly namespace: string; readonly serviceAccount: string };
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

const podService = "pods.eks.amazonaws.com";

/** Every problem of a role's inputs; empty when there is none. */
export function serviceRoleProblems({ service, pods }: ServiceRoleArgs): string[] {
  return (service === podService) === (pods !== undefined)
    ? []
    : [`pods must be given with service ${podService} and with no other, got "${service}"`];
}

/**
 * A role that an AWS service works under, with one policy. Roles are kept in us-east-1 by AWS, so
 * the primary region's stack declares those of both regions, and the others know their names.
 */
export class ServiceRole extends pulumi.ComponentResource {
  /** ARN of the role. */
  public readonly arn: pulumi.Output<string>;

  public constructor(name: string, args: ServiceRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    rejectProblems("ServiceRole", name, serviceRoleProblems(args));
    super("trading-dr:access:ServiceRole", name, {}, opts);
    const child = { parent: this, ...keepData(args.disposable ?? false) };
    const role = new aws.iam.Role(
      name,
      {
        name: physicalName("role", args.purpose, args.place),
        description: args.description,
        assumeRolePolicy: policyDocument([trust(args)]),
        tags: purposeTags(args.tags, args.taggedPurpose),
      },
      child,
    );
    new aws.iam.RolePolicy(`${name}-policy`, { role: role.name, policy: args.policy }, child);
    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

function trust({ service, place, pods }: ServiceRoleArgs): PolicyStatement {
  const takeOn = { Sid: "TakeOn", Effect: "Allow", Principal: { Service: service } } as const;
  // No aws:SourceAccount: the services do not all send it, and a role that cannot be taken on
  // fails silently. Only who may pass the role in this account can put it to work.
  return pods === undefined
    ? { ...takeOn, Action: "sts:AssumeRole" }
    : {
        ...takeOn,
        Action: ["sts:AssumeRole", "sts:TagSession"],
        // EKS says by session tags whose pod it is. Any cluster of the account and region: a cluster
        // that is rebuilt under another name needs no change to IAM, which may be out of reach then.
        Condition: {
          StringEquals: {
            "aws:RequestTag/kubernetes-namespace": pods.namespace,
            "aws:RequestTag/kubernetes-service-account": pods.serviceAccount,
          },
          StringLike: {
            "aws:RequestTag/eks-cluster-arn": `arn:aws:eks:${place.region}:${place.account}:cluster/*`,
          },
        },
      };
}
