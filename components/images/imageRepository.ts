import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Place, repositoryName } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData, keepWhenReplaced } from "../dataProtection";
import { rejectProblems } from "../problems";
import {
  type ImageLifecycle,
  imageLifecyclePolicy,
  imageLifecycleProblems,
} from "./imageLifecycle";
import { repositoryPolicy } from "./imagePolicies";

/** Inputs of {@link ImageRepository}. */
export interface ImageRepositoryArgs {
  readonly place: Place;
  /** Last part of the repository's name: `api`. */
  readonly repository: string;
  /** ARN of this region's key for images. */
  readonly kmsKeyArn: pulumi.Input<string>;
  readonly lifecycle: ImageLifecycle;
  readonly tags: Tags;
  /**
   * A sandbox's repository: deleted with every image in it.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * The repository of one image in one region: encrypted with a customer-managed key, tags never
 * overwritten, scanned on push, so many releases kept, and nothing deleted by hand. The other region
 * has one with the same name and settings, because replication carries images and no settings.
 */
export class ImageRepository extends pulumi.ComponentResource {
  /** ARN of the repository. */
  public readonly arn: pulumi.Output<string>;
  /** Where the image is pushed to and pulled from, without a tag. */
  public readonly url: pulumi.Output<string>;

  public constructor(
    name: string,
    args: ImageRepositoryArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    rejectProblems("ImageRepository", name, imageLifecycleProblems(args.lifecycle));
    super("trading-dr:images:ImageRepository", name, {}, opts);
    const { place } = args;
    const disposable = args.disposable ?? false;
    const child = { parent: this, ...keepData(disposable) };
    const repository = new aws.ecr.Repository(
      name,
      {
        name: repositoryName(args.repository, place),
        imageTagMutability: "IMMUTABLE",
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: args.kmsKeyArn }],
        // Where the registry's own settings say otherwise, they hold, and this is without effect.
        imageScanningConfiguration: { scanOnPush: true },
        forceDelete: disposable,
        tags: purposeTags(args.tags, "images"),
      },
      child,
    );
    new aws.ecr.LifecyclePolicy(
      `${name}-lifecycle`,
      { repository: repository.name, policy: imageLifecyclePolicy(args.lifecycle) },
      // A repository has one lifecycle: deleting the old one last would take the new one with it.
      { parent: this, deleteBeforeReplace: true, ...keepWhenReplaced(disposable) },
    );
    if (!disposable) {
      new aws.ecr.RepositoryPolicy(
        `${name}-policy`,
        { repository: repository.name, policy: repositoryPolicy(place) },
        child,
      );
    }
    this.arn = repository.arn;
    // Spelt out, so that a preview knows it before the repository exists.
    this.url = pulumi.interpolate`${place.account}.dkr.ecr.${place.region}.amazonaws.com/${repository.name}`;
    this.registerOutputs({ arn: this.arn, url: this.url });
  }
}
