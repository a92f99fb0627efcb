import { spawnSync } from "node:child_process";
import { programPath } from "../../support/postgresqlPrograms";
import { type Properties } from "./protocol";

/**
 * What the PostgreSQL provider does to a real server, for a stand-in of it: the statements that it
 * documents, sent by `psql`. But for dropping a role it grants itself no membership for a while, as the
 * provider does where it lacks one: what passes here needs no more than the program declares.
 */
export class PostgresqlServer {
  private readonly environment: NodeJS.ProcessEnv;

  /** @param args The provider's settings. */
  public constructor(args: Properties) {
    const settings: Readonly<Record<string, string>> = {
      PGHOST: "host",
      PGPORT: "port",
      PGDATABASE: "database",
      PGUSER: "username",
      PGPASSWORD: "password",
      PGSSLMODE: "sslmode",
      PGSSLROOTCERT: "sslrootcert",
      PGCONNECT_TIMEOUT: "connectTimeout",
    };
    this.environment = {
      ...process.env,
      ...Object.fromEntries(
        Object.entries(settings).flatMap(([name, setting]) =>
          args[setting] === undefined ? [] : [[name, String(args[setting])]],
        ),
      ),
    };
  }

  public create(type: string, inputs: Properties): void {
    this.run(makerOf(type).create(inputs));
  }

  public update(type: string, olds: Properties, news: Properties): void {
    this.run(makerOf(type).update(olds, news));
  }

  public delete(type: string, properties: Properties): void {
    this.run(makerOf(type).delete(properties));
  }

  /** What is really there of a thing, beside what it was made from; undefined if it is not there. */
  public read(type: string, properties: Properties): Properties | undefined {
    const [answer] = this.run([makerOf(type).read(properties)]);
    return answer === undefined ? undefined : (JSON.parse(answer) as Properties);
  }

  /** Runs statements in one transaction, and returns the lines that they answer. */
  private run(statements: readonly string[]): string[] {
    if (statements.length === 0) {
      return [];
    }
    const options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"];
    const { status, stdout, stderr, error } = spawnSync(
      programPath("psql"),
      [...options, "--set=ON_ERROR_STOP=1", "--single-transaction", "--file=-"],
      {
        // By its input: a password must not be seen in the list of processes.
        input: statements.map((statement) => `${statement};\n`).join(""),
        env: this.environment,
        encoding: "utf8",
      },
    );
    if (error !== undefined || status !== 0) {
      throw new Error(error?.message ?? stderr.trim());
    }
    return stdout.split("\n").filter((line) => line !== "");
  }
}

/** True for what a provider makes in a database. */
export function isInDatabase(type: string): boolean {
  return type.startsWith("postgresql:");
}

/** Inputs that a provider passes on and then forgets. */
export function isForgotten(type: string, property: string): boolean {
  return type === "postgresql:index/role:Role" && property === "passwordWo";
}

/** The statements for one type. */
interface Maker {
  create(inputs: Properties): string[];
  update(olds: Properties, news: Properties): string[];
  delete(properties: Properties): string[];
  /** Answers one line of JSON, or none when the thing is not there. */
  read(properties: Properties): string;
}

function makerOf(type: string): Maker {
  const maker = makers[type];
  if (maker === undefined) {
    throw new Error(`the stand-in makes no ${type} in a database`);
  }
  return maker;
}

function identifier(name: unknown): string {
  return `"${String(name).replaceAll('"', '""')}"`;
}

function literal(value: unknown): string {
  return `'${String(value).replaceAll("'", "''")}'`;
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

const role: Maker = {
  create: (inputs) => [
    `CREATE ROLE ${identifier(inputs["name"])} ${roleOptions(inputs)}`,
    ...passwordStatements(inputs),
    ...listOf(inputs["roles"]).map((other) => membership("GRANT", other, inputs["name"])),
  ],
  update: (olds, news) => {
    const [before, after] = [listOf(olds["roles"]), listOf(news["roles"])];
    return [
      `ALTER ROLE ${identifier(news["name"])} ${roleOptions(news)}`,
      ...(olds["passwordWoVersion"] === news["passwordWoVersion"] ? [] : passwordStatements(news)),
      ...before
        .filter((other) => !after.includes(other))
        .map((other) => membership("REVOKE", other, news["name"])),
      ...after
        .filter((other) => !before.includes(other))
        .map((other) => membership("GRANT", other, news["name"])),
    ];
  },
  delete: ({ name }) => [
    `GRANT ${identifier(name)} TO CURRENT_USER`,
    `REASSIGN OWNED BY ${identifier(name)} TO CURRENT_USER`,
    `DROP OWNED BY ${identifier(name)}`,
    `DROP ROLE ${identifier(name)}`,
  ],
  read: ({ name }) => `
    SELECT json_build_object(
      'login', rolcanlogin,
      'connectionLimit', rolconnlimit,
      'createDatabase', rolcreatedb,
      'createRole', rolcreaterole,
      'roles', (
        SELECT coalesce(json_agg(roleid::regrole::text ORDER BY roleid::regrole::text), '[]')
        FROM pg_auth_members WHERE member = pg_roles.oid))
    FROM pg_roles WHERE rolname = ${literal(name)}`,
};

function roleOptions(inputs: Properties): string {
  const login = inputs["login"] === true ? "LOGIN" : "NOLOGIN";
  return `${login} NOCREATEDB NOCREATEROLE CONNECTION LIMIT ${String(inputs["connectionLimit"] ?? -1)}`;
}

function passwordStatements({ name, passwordWo }: Properties): string[] {
  return passwordWo === undefined
    ? []
    : [`ALTER ROLE ${identifier(name)} PASSWORD ${literal(passwordWo)}`];
}

function membership(verb: "GRANT" | "REVOKE", granted: unknown, member: unknown): string {
  return `${verb} ${identifier(granted)} ${verb === "GRANT" ? "TO" : "FROM"} ${identifier(member)}`;
}

const grantRole: Maker = {
  create: ({ role: member, grantRole: granted }) => [
    membership("REVOKE", granted, member),
    membership("GRANT", granted, member),
  ],
  update: () => [],
  delete: ({ role: member, grantRole: granted }) => [membership("REVOKE", granted, member)],
  read: ({ role: member, grantRole: granted }) => `
    SELECT '{}' FROM pg_auth_members
    WHERE roleid::regrole::text = ${literal(granted)} AND member::regrole::text = ${literal(member)}`,
};

const schema: Maker = {
  create: ({ name, owner }) => [
    `CREATE SCHEMA ${identifier(name)} AUTHORIZATION ${identifier(owner)}`,
  ],
  update: (_, { name, owner }) => [
    `ALTER SCHEMA ${identifier(name)} OWNER TO ${identifier(owner)}`,
  ],
  delete: ({ name }) => [`DROP SCHEMA ${identifier(name)} RESTRICT`],
  read: ({ name }) => `
    SELECT json_build_object('owner', nspowner::regrole::text)
    FROM pg_namespace WHERE nspname = ${literal(name)}`,
};

const grant: Maker = {
  create: (inputs) => {
    const object =
      inputs["objectType"] === "database"
        ? `DATABASE ${identifier(inputs["database"])}`
        : `SCHEMA ${identifier(inputs["schema"])}`;
    return privilegeStatements("", object, inputs);
  },
  update: (_, news) => grant.create(news),
  delete: (properties) => grant.create({ ...properties, privileges: [] }),
  read: ({ role: grantee, database, schema: schemaName, objectType }) =>
    objectType === "database"
      ? privilegesRead(
          `pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))`,
          `datname = ${literal(database)}`,
          grantee,
        )
      : privilegesRead(
          `pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))`,
          `nspname = ${literal(schemaName)}`,
          grantee,
        ),
};

const defaultPrivileges: Maker = {
  create: (inputs) =>
    privilegeStatements(
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(inputs["owner"])} IN SCHEMA ${identifier(inputs["schema"])} `,
      `${String(inputs["objectType"]).toUpperCase()}S`,
      inputs,
    ),
  update: (_, news) => defaultPrivileges.create(news),
  delete: (properties) => defaultPrivileges.create({ ...properties, privileges: [] }),
  read: ({ role: grantee, owner, schema: schemaName, objectType }) =>
    privilegesRead(
      `pg_default_acl JOIN pg_namespace ON pg_namespace.oid = defaclnamespace, aclexplode(defaclacl)`,
      `nspname = ${literal(schemaName)} AND defaclrole::regrole::text = ${literal(owner)}
       AND defaclobjtype = ${literal(objectType === "table" ? "r" : "S")}`,
      grantee,
    ),
};

/** Revokes everything and grants what is wanted, as the provider does each time. */
function privilegeStatements(prefix: string, object: string, inputs: Properties): string[] {
  const grantee = identifier(inputs["role"]);
  const wanted = listOf(inputs["privileges"]);
  return [
    `${prefix}REVOKE ALL ON ${object} FROM ${grantee}`,
    ...(wanted.length === 0
      ? []
      : [`${prefix}GRANT ${wanted.join(", ")} ON ${object} TO ${grantee}`]),
  ];
}

function privilegesRead(source: string, condition: string, grantee: unknown): string {
  const who = grantee === "public" ? "grantee = 0" : `grantee::regrole::text = ${literal(grantee)}`;
  return `
    SELECT json_build_object('privileges', coalesce(json_agg(privilege_type ORDER BY privilege_type), '[]'))
    FROM ${source} WHERE ${condition} AND ${who}`;
}

const makers: Readonly<Record<string, Maker | undefined>> = {
  "postgresql:index/role:Role": role,
  "postgresql:index/grantRole:GrantRole": grantRole,
  "postgresql:index/schema:Schema": schema,
  "postgresql:index/grant:Grant": grant,
  "postgresql:index/defaultPrivileges:DefaultPrivileges": defaultPrivileges,
};
