import * as aws from "@pulumi/aws";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type LoginPurpose, physicalName, type Place } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData, keepRunning, keepWhenReplaced } from "../dataProtection";
import { rejectProblems } from "../problems";

/** Inputs of {@link DatabaseLogin}. */
export interface DatabaseLoginArgs {
  /** Name of the role in PostgreSQL. */
  readonly roleName: string;
  /** The only database that the role connects to. */
  readonly databaseName: pulumi.Input<string>;
  /** How many sessions it may have at once. */
  readonly connectionLimit: number;
  /** Roles whose privileges it has, such as `pg_read_all_data`. @default - none */
  readonly memberOf?: readonly string[];
  readonly authentication: LoginAuthentication;
  /** @default false */
  readonly disposable?: boolean;
}

/**
 * How a role proves who it is.
 *
 * - `iam`: by a token that its IAM role signs. Membership in `rds_iam` rules a password out.
 * - `password`: by one that is made here and kept in Secrets Manager.
 */
export type LoginAuthentication =
  | { readonly kind: "iam" }
  | {
      readonly kind: "password";
      /** Where the secret is. */
      readonly place: Place;
      readonly purpose: LoginPurpose;
      /** A date; another one makes a new password. */
      readonly rotated: string;
      /** Alias of the place's key for secrets. */
      readonly keyAlias: string;
      /** Region that gets a replica of the secret, and the alias of its key for secrets. */
      readonly replica: { readonly region: string; readonly keyAlias: string };
      readonly tags: Tags;
    };

type PasswordAuthentication = Extract<LoginAuthentication, { kind: "password" }>;

/** The role of PostgreSQL for logins by IAM, which RDS makes in every database. */
const iamRole = "rds_iam";

/** A role that logs in to one database, with what it needs for that and nothing else. */
export class DatabaseLogin extends pulumi.ComponentResource {
  public readonly roleName: string;
  /**
   * The database, once the role may connect: PostgreSQL refuses two changes of one database's
   * privileges at the same time, so whatever makes the next one takes its name from here.
   */
  public readonly databaseName: pulumi.Output<string>;
  /** ARN of the secret with the login; absent where there is no password. */
  public readonly secretArn: pulumi.Output<string> | undefined;

  public constructor(
    name: string,
    args: DatabaseLoginArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    rejectProblems("DatabaseLogin", name, databaseLoginProblems(args));
    super("trading-dr:access:DatabaseLogin", name, {}, opts);
    const { roleName, databaseName, authentication, memberOf = [] } = args;
    const disposable = args.disposable ?? false;
    const password =
      authentication.kind === "password" ? this.password(name, authentication) : undefined;
    const role = new postgresql.Role(
      `${name}-role`,
      {
        name: roleName,
        login: true,
        connectionLimit: args.connectionLimit,
        roles: authentication.kind === "iam" ? [...memberOf, iamRole] : [...memberOf],
        ...(password === undefined || authentication.kind === "iam"
          ? {}
          : { passwordWo: password, passwordWoVersion: authentication.rotated }),
      },
      { parent: this, ...keepData(disposable) },
    );
    const connect = new postgresql.Grant(
      `${name}-connect`,
      {
        role: role.name,
        database: databaseName,
        objectType: "database",
        privileges: ["CONNECT"],
      },
      { parent: this, ...keepRunning(disposable) },
    );
    this.roleName = roleName;
    this.databaseName = connect.database;
    this.secretArn =
      password === undefined || authentication.kind === "iam"
        ? undefined
        : this.secret(name, role, password, authentication, disposable);
    this.registerOutputs({
      databaseName: this.databaseName,
      ...(this.secretArn === undefined ? {} : { secretArn: this.secretArn }),
    });
  }

  private password(name: string, { rotated }: PasswordAuthentication): pulumi.Output<string> {
    const { result } = new random.RandomPassword(
      `${name}-password`,
      { length: 40, special: false, keepers: { rotated } },
      { parent: this },
    );
    return pulumi.secret(result);
  }

  private secret(
    name: string,
    role: postgresql.Role,
    password: pulumi.Output<string>,
    { place, purpose, keyAlias, replica, tags }: PasswordAuthentication,
    disposable: boolean,
  ): pulumi.Output<string> {
    const secret = new aws.secretsmanager.Secret(
      `${name}-secret`,
      {
        name: physicalName("secret", purpose, place),
        description: `Login to the database of ${place.system}`,
        kmsKeyId: keyAlias,
        recoveryWindowInDays: disposable ? 0 : 30,
        forceOverwriteReplicaSecret: false,
        replicas: [{ region: replica.region, kmsKeyId: replica.keyAlias }],
        tags: purposeTags(tags, "secrets"),
      },
      {
        parent: this,
        ...keepData(disposable),
        // When this region is lost the replica is promoted, and is no replica any more.
        ignoreChanges: ["replicas"],
      },
    );
    new aws.secretsmanager.SecretVersion(
      `${name}-value`,
      {
        secretId: secret.id,
        // The name is the role's output, so that the database is changed first: if it does not answer,
        // the secret goes on holding what works.
        secretString: pulumi.jsonStringify({ username: role.name, password }),
      },
      {
        parent: this,
        // Another password is another version: the old one is kept, not deleted.
        ...keepWhenReplaced(disposable),
      },
    );
    return secret.arn;
  }
}

/** Every reason why a login cannot be declared. */
export function databaseLoginProblems({
  roleName,
  connectionLimit,
  memberOf = [],
  authentication,
}: DatabaseLoginArgs): string[] {
  const problems: string[] = [];
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(roleName)) {
    problems.push(
      `roleName must be lower-case letters, digits and underscores, at most 63, got "${roleName}"`,
    );
  }
  if (!Number.isInteger(connectionLimit) || connectionLimit < 1) {
    problems.push(
      `connectionLimit must be a whole number of sessions, at least 1, got ${String(connectionLimit)}`,
    );
  }
  if (memberOf.includes(iamRole)) {
    problems.push(
      `memberOf must not name ${iamRole}, which authentication of kind iam adds, and which a password does not go with`,
    );
  }
  if (
    authentication.kind === "password" &&
    authentication.replica.region === authentication.place.region
  ) {
    problems.push(
      `authentication.replica.region must differ from the secret's own, got "${authentication.replica.region}"`,
    );
  }
  return problems;
}
