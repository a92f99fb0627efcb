import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { physicalName, type Place } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData, keepWhenReplaced } from "../dataProtection";

/** Inputs of {@link Administrator}. */
export interface AdministratorArgs {
  readonly place: Place;
  readonly userName: string;
  /** A date; another one makes a new password. */
  readonly passwordRotated: string;
  /** ARN of this region's key for secrets. */
  readonly secretsKeyArn: pulumi.Input<string>;
  /** Region that gets a replica of the secret, and the alias of its key for secrets. */
  readonly replica: { readonly region: string; readonly keyAlias: string };
  readonly tags: Tags;
  /** @default false */
  readonly disposable?: boolean;
}

/**
 * The administrator's password, made here because RDS cannot manage it in a global database, and
 * the secret that holds it, with a replica in the standby region. The replica can be read there at
 * once; it is promoted when the primary region is lost.
 */
export class Administrator extends pulumi.ComponentResource {
  public readonly userName: string;
  /** ARN of the secret. */
  public readonly secretArn: pulumi.Output<string>;
  /** The password, a secret. No output of the component: that would store it once more. */
  public readonly password: () => pulumi.Output<string>;

  public constructor(
    name: string,
    args: AdministratorArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:database:Administrator", name, {}, opts);
    const disposable = args.disposable ?? false;
    const password = new random.RandomPassword(
      `${name}-password`,
      {
        length: 32,
        // RDS refuses slash, at sign, quotes and space.
        overrideSpecial: "!#$%&*()-_=+[]{}<>:?",
        keepers: { rotated: args.passwordRotated },
      },
      { parent: this },
    );
    const secretPassword = pulumi.secret(password.result);
    this.password = () => secretPassword;
    const secret = new aws.secretsmanager.Secret(
      name,
      {
        name: physicalName("secret", "database-administrator", args.place),
        description: `Administrator of the database of ${args.place.system}`,
        kmsKeyId: args.secretsKeyArn,
        recoveryWindowInDays: disposable ? 0 : 30,
        forceOverwriteReplicaSecret: false,
        replicas: [{ region: args.replica.region, kmsKeyId: args.replica.keyAlias }],
        tags: purposeTags(args.tags, "secrets"),
      },
      {
        parent: this,
        ...keepData(disposable),
        // When us-east-1 is lost the replica is promoted, and is no replica any more.
        ignoreChanges: ["replicas"],
        // A destroy that is refused has deleted what nothing protected waits for: not the password.
        dependsOn: [password],
      },
    );
    new aws.secretsmanager.SecretVersion(
      `${name}-value`,
      {
        secretId: secret.id,
        secretString: pulumi.jsonStringify({
          username: args.userName,
          password: secretPassword,
        }),
      },
      // Another password is another version: the old one is kept, not deleted.
      { parent: this, ...keepWhenReplaced(disposable) },
    );
    this.userName = args.userName;
    this.secretArn = secret.arn;
    this.registerOutputs({ secretArn: this.secretArn });
  }
}
