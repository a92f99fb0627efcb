import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Place, repositoryPrefix } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";
import { rejectProblems } from "../problems";
import {
  type ImageLifecycle,
  imageLifecyclePolicy,
  imageLifecycleProblems,
} from "./imageLifecycle";
import { repositoryPolicy } from "./imagePolicies";

/** Inputs of {@link RepositoryTemplate}. */
export interface RepositoryTemplateArgs {
  readonly place: Place;
  /** ARN of this region's key for images. */
  readonly kmsKeyArn: pulumi.Input<string>;
  /** ARN of the role that ECR makes repositories under; a key or tags need one. */
  readonly roleArn: string;
  readonly lifecycle: ImageLifecycle;
  readonly tags: Tags;
  /**
   * A sandbox's template: deleted without asking, and so are repositories made from it.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * What a repository is like that ECR makes for replicas because nobody has declared it: the same as
 * one that was. Without it ECR would take its defaults: tags that can be overwritten, a key of AWS,
 * no lifecycle, no policy.
 */
export class RepositoryTemplate extends pulumi.ComponentResource {
  /** What the names begin with of the repositories that the template is for. */
  public readonly prefix: pulumi.Output<string>;

  public constructor(
    name: string,
    args: RepositoryTemplateArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    rejectProblems("RepositoryTemplate", name, imageLifecycleProblems(args.lifecycle));
    super("trading-dr:images:RepositoryTemplate", name, {}, opts);
    const disposable = args.disposable ?? false;
    const template = new aws.ecr.RepositoryCreationTemplate(
      name,
      {
        prefix: repositoryPrefix(args.place),
        description: `Replicas of images of ${args.place.system}`,
        appliedFors: ["REPLICATION"],
        customRoleArn: args.roleArn,
        imageTagMutability: "IMMUTABLE",
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: args.kmsKeyArn }],
        lifecyclePolicy: imageLifecyclePolicy(args.lifecycle),
        ...(disposable ? {} : { repositoryPolicy: repositoryPolicy(args.place) }),
        resourceTags: purposeTags(args.tags, "images"),
      },
      { parent: this, ...keepData(disposable) },
    );
    this.prefix = template.prefix;
    this.registerOutputs({ prefix: this.prefix });
  }
}
