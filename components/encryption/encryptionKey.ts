import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";
import { keyPolicy, type KeyUser } from "./keyPolicy";

/** What a customer-managed key encrypts. One key each, so that a leak or a mistake stays small. */
export type KeyPurpose =
  "database" | "records" | "snapshots" | "secrets" | "notices" | "images" | "audit-logs";

/** Inputs of {@link EncryptionKey}. */
export interface EncryptionKeyArgs {
  readonly place: Place;
  readonly purpose: KeyPurpose;
  /** Who may use the key, beside administrators, who may not. */
  readonly users: readonly KeyUser[];
  readonly tags: Tags;
  /**
   * A sandbox's key: may be deleted, after 7 days instead of 30.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * A customer-managed key and its alias. The key rotates every year and belongs to one region: S3
 * treats multi-Region keys as single-region ones anyway, and a key of its own keeps a compromised
 * region from reading the others.
 */
export class EncryptionKey extends pulumi.ComponentResource {
  /** ARN of the key. */
  public readonly arn: pulumi.Output<string>;
  /** The alias, `alias/...`, by which other stacks name the key. */
  public readonly alias: pulumi.Output<string>;

  public constructor(
    name: string,
    args: EncryptionKeyArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:encryption:EncryptionKey", name, {}, opts);
    const disposable = args.disposable ?? false;
    const key = new aws.kms.Key(
      name,
      {
        description: `${args.place.system}: ${args.purpose}`,
        enableKeyRotation: true,
        rotationPeriodInDays: 365,
        deletionWindowInDays: disposable ? 7 : 30,
        policy: keyPolicy(args.place, args.users, disposable),
        tags: purposeTags(args.tags, "encryption"),
      },
      { parent: this, ...keepData(disposable) },
    );
    const alias = new aws.kms.Alias(
      `${name}-alias`,
      { name: physicalName("keyAlias", args.purpose, args.place), targetKeyId: key.id },
      { parent: this, ...keepData(disposable) },
    );
    this.arn = key.arn;
    this.alias = alias.name;
    this.registerOutputs({ arn: this.arn, alias: this.alias });
  }
}
