import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { cacheName, type CachePlace } from "../../contracts/cacheNames";
import { physicalName, type Place, type Purpose } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData, keepRunning, keepWhenReplaced } from "../dataProtection";
import { replicationUser } from "./accessControl";
import { objectMeta } from "./podParts";
import { passwordRefreshMinutes } from "./serverReload";

/** Dates of the passwords that are accepted; that of the first is in use. */
type RotationDates = readonly [string, ...string[]];

/** Where the password of replication comes from. */
export type ReplicationPassword =
  /** Made for this region alone: the other one is filled from snapshots. */
  | { readonly kind: "own"; readonly rotated: RotationDates }
  /** Made here for both regions, and given to the other in a replica of a secret. */
  | {
      readonly kind: "shared";
      readonly rotated: RotationDates;
      readonly secretsKeyArn: pulumi.Input<string>;
      readonly replica: { readonly region: string; readonly keyAlias: string };
    }
  /** Made in the other region; read from the replica of its secret in this region. */
  | { readonly kind: "read"; readonly secretStore: string };

/** Inputs of {@link ReplicationSecret}. */
export interface ReplicationSecretArgs {
  readonly cache: CachePlace;
  readonly place: Place;
  readonly password: ReplicationPassword;
  readonly tags: Tags;
  /** @default false */
  readonly disposable?: boolean;
}

/**
 * The password that replicas show to the server that they copy from. It is the only one that both
 * regions have to agree on, so that either can follow the other, and neither reads the other's state:
 * it travels in a replicated secret, which an operator in the cluster makes a Kubernetes Secret of.
 */
export class ReplicationSecret extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: ReplicationSecretArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:cache:ReplicationSecret", name, {}, opts);
    const { password } = args;
    if (password.kind === "read") {
      readPassword(name, args, password.secretStore, this);
    } else {
      const made = password.rotated.map(
        (date) =>
          new random.RandomPassword(
            `${name}-password-${date}`,
            { length: 40, special: false },
            { parent: this },
          ).result,
      );
      const contents = pulumi.secret(pulumi.all(made).apply(replicationContents));
      new kubernetes.core.v1.Secret(
        name,
        { metadata: objectMeta("replication", args.cache), stringData: contents },
        { parent: this, ...keepRunning(args.disposable ?? false) },
      );
      if (password.kind === "shared") {
        share(name, args, password, contents, this);
      }
    }
    this.registerOutputs();
  }
}

/** What servers read: the password that is in use, and the user with all that are accepted. */
export function replicationContents(accepted: readonly string[]) {
  return { replication: accepted[0] ?? "", "replication.acl": replicationUser(accepted) };
}

function purposeOf({ cache }: ReplicationSecretArgs): Purpose {
  return `${cache.store}-replication`;
}

/** The secret that the other region reads a replica of. */
function share(
  name: string,
  args: ReplicationSecretArgs,
  { secretsKeyArn, replica }: Extract<ReplicationPassword, { kind: "shared" }>,
  contents: pulumi.Output<ReturnType<typeof replicationContents>>,
  parent: pulumi.Resource,
): void {
  const disposable = args.disposable ?? false;
  const secret = new aws.secretsmanager.Secret(
    `${name}-shared`,
    {
      name: physicalName("secret", purposeOf(args), args.place),
      description: `Replication between the regions of ${args.cache.store} of ${args.place.system}`,
      kmsKeyId: secretsKeyArn,
      recoveryWindowInDays: disposable ? 0 : 30,
      forceOverwriteReplicaSecret: false,
      replicas: [{ region: replica.region, kmsKeyId: replica.keyAlias }],
      tags: purposeTags(args.tags, "secrets"),
    },
    // When this region is lost the replica is promoted, and is no replica any more.
    { parent, ...keepData(disposable), ignoreChanges: ["replicas"] },
  );
  const value = pulumi.jsonStringify({
    password: contents.replication,
    user: contents["replication.acl"],
  });
  new aws.secretsmanager.SecretVersion(
    `${name}-shared-value`,
    { secretId: secret.id, secretString: value },
    { parent, ...keepWhenReplaced(disposable) },
  );
}

/** Has the External Secrets operator make the Kubernetes Secret from the replica. */
function readPassword(
  name: string,
  args: ReplicationSecretArgs,
  secretStore: string,
  parent: pulumi.Resource,
): void {
  const key = physicalName("secret", purposeOf(args), args.place);
  new kubernetes.apiextensions.CustomResource(
    name,
    {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: objectMeta("replication", args.cache),
      spec: {
        refreshInterval: `${String(passwordRefreshMinutes)}m`,
        secretStoreRef: { kind: "ClusterSecretStore", name: secretStore },
        target: {
          name: cacheName("replication", args.cache),
          creationPolicy: "Owner",
          // What is there stays in use when the secret cannot be read.
          deletionPolicy: "Retain",
        },
        data: [
          { secretKey: "replication", remoteRef: { key, property: "password" } },
          { secretKey: "replication.acl", remoteRef: { key, property: "user" } },
        ],
      },
    },
    { parent, ...keepRunning(args.disposable ?? false) },
  );
}
