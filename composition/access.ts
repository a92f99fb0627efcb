import { existsSync } from "node:fs";
import * as aws from "@pulumi/aws";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { AuditSchema } from "../components/access/auditSchema";
import { DatabaseLogin, type LoginAuthentication } from "../components/access/databaseLogin";
import { PublicPrivileges } from "../components/access/publicPrivileges";
import { type AccessConfiguration } from "../config/access";
import { isMapping } from "../config/field";
import { type StoreOf } from "../config/stores";
import {
  auditSchema,
  auditTables,
  type DatabaseRole,
  databaseRoleName,
} from "../contracts/databaseRoles";
import { type LoginPurpose, physicalName, type Place } from "../contracts/names";
import { type AccessOutputs } from "../contracts/outputs";
import { stackTags } from "../contracts/tags";
import { databaseOf } from "../config/generations";

/** Declares an `access` stack: who may log in to the database, and what each may do there. */
export function declareAccess(configuration: AccessConfiguration): AccessOutputs {
  const { settings, system, region } = configuration;
  const database = databaseOf(system);
  if (database === undefined) {
    throw new RangeError("there is no database to give access to");
  }
  const disposable = settings.profile === "sandbox";
  const options = { providers: providersOf(configuration, database) };
  const name = (role: DatabaseRole) => databaseRoleName(system.id, role);
  const passwordOf = passwordsOf(configuration);
  // Each login takes the database from the one before, and so waits for it.
  let databaseName = pulumi.output(database.databaseName);
  const login = (
    role: DatabaseRole,
    connectionLimit: number,
    authentication: LoginAuthentication,
    memberOf: readonly string[] = [],
  ): DatabaseLogin => {
    const made = new DatabaseLogin(
      `login-${role}`,
      {
        roleName: name(role),
        databaseName,
        connectionLimit,
        memberOf,
        authentication,
        disposable,
      },
      options,
    );
    databaseName = made.databaseName;
    return made;
  };

  // Each series of backups may run while another still does, with a few sessions each.
  const backupSessions = 4 * Object.keys(database.logicalBackups).length;
  login("backup", backupSessions, { kind: "iam" }, ["pg_read_all_data"]);
  login("verify", 2, { kind: "iam" });
  const writer = login("event-writer", 10, { kind: "iam" });
  const reader = login("audit-reader", 5, passwordOf("database-audit-reader-login"));
  new AuditSchema(
    "audit-schema",
    {
      schemaName: auditSchema,
      databaseName,
      ownerName: name("audit-owner"),
      administrator: database.administrator,
      writerName: writer.roleName,
      readerName: reader.roleName,
      disposable,
    },
    options,
  );
  const { publicPrivileges } = settings;
  if (publicPrivileges.kind === "revoked") {
    new PublicPrivileges(
      "public-privileges",
      { databaseName, applicationRoles: publicPrivileges.applicationRoles, disposable },
      options,
    );
  }
  return {
    system: system.id,
    role: settings.role,
    region,
    profile: settings.profile,
    databaseName: database.databaseName,
    auditSchema,
    logins: {
      eventWriter: { role: writer.roleName },
      auditReader: { role: reader.roleName, secretArn: reader.secretArn },
    },
    notBuiltYet: [],
    remarks: remarksOnAccess(configuration, database),
  };
}

/** The stack's explicit providers: AWS for its secrets, random values, and the database's writer. */
function providersOf(
  { settings, system, region }: AccessConfiguration,
  database: StoreOf<"database">,
): pulumi.ProviderResource[] {
  const account = settings.accounts.trading;
  const { host, port, certificateFile } = settings.writer;
  // A preview tells what would be declared on a machine without the file too.
  if (!pulumi.runtime.isDryRun() && !existsSync(certificateFile)) {
    throw new pulumi.RunError(
      `there is no file ${certificateFile}, which trading-dr:writer.certificateFile names; download the certificates of RDS as docs/access.md says, or correct the path`,
    );
  }
  const provider = new aws.Provider("aws", {
    region: region as aws.Region,
    allowedAccountIds: [account],
  });
  const secretId = physicalName("secret", "database-administrator", {
    system: system.id,
    region,
    account,
  });
  // In this region it is the replica of the secret that `prod` holds.
  const secret = aws.secretsmanager.getSecretVersionOutput({ secretId }, { provider });
  return [
    provider,
    new random.Provider("random"),
    new postgresql.Provider("postgresql", {
      host,
      port,
      database: database.databaseName,
      username: database.administrator,
      password: pulumi.secret(secret.secretString).apply(passwordIn),
      // The administrator of RDS is none, and may not look into the catalog of passwords.
      superuser: false,
      sslmode: "verify-full",
      sslrootcert: certificateFile,
      connectTimeout: 15,
    }),
  ];
}

/** The password in a login as `Administrator` writes it. */
function passwordIn(secret: string): string {
  const password = loginIn(secret)?.["password"];
  if (typeof password !== "string" || password === "") {
    throw new pulumi.RunError(
      "the administrator's secret holds no password; pulumi up --stack prod writes it",
    );
  }
  return password;
}

/** A login's parts. What is no login is told without a word of it: it may be a password. */
function loginIn(secret: string): Partial<Record<string, unknown>> | undefined {
  try {
    const login: unknown = JSON.parse(secret);
    return isMapping(login) ? login : undefined;
  } catch {
    return undefined;
  }
}

/** What makes a password for a purpose: kept in the standby region, with a replica in the primary. */
function passwordsOf({
  settings,
  system,
  region,
}: AccessConfiguration): (purpose: LoginPurpose) => LoginAuthentication {
  const own: Place = { system: system.id, region, account: settings.accounts.trading };
  const other: Place = { ...own, region: system.regions.primary };
  const keyAlias = (place: Place) => physicalName("keyAlias", "secrets", place);
  return (purpose) => ({
    kind: "password",
    place: own,
    purpose,
    rotated: settings.passwordsRotated,
    keyAlias: keyAlias(own),
    replica: { region: other.region, keyAlias: keyAlias(other) },
    tags: stackTags(system.id, settings.role),
  });
}

/** What a reader should know before trusting the stack. */
function remarksOnAccess(
  { settings }: AccessConfiguration,
  { databaseName }: StoreOf<"database">,
): string[] {
  return [
    ...(settings.profile === "sandbox"
      ? ["sandbox: nothing is protected, and everything can be deleted"]
      : []),
    ...(settings.publicPrivileges.kind === "kept"
      ? [
          `whoever can log in at all may connect to ${databaseName} and make temporary tables, until trading-dr:publicPrivileges revokes it`,
        ]
      : []),
    `the tables of schema ${auditSchema}, ${auditTables.join(", ")}, are made by trading-dr audit migrate, as the administrator, once the stack is there`,
  ];
}
