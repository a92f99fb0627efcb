import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import { keepData, keepRunning } from "../dataProtection";
import { rejectProblems } from "../problems";

/** Inputs of {@link AuditSchema}. */
export interface AuditSchemaArgs {
  readonly schemaName: string;
  readonly databaseName: pulumi.Input<string>;
  /** Role that owns the schema and what is made in it. */
  readonly ownerName: string;
  /** The database's administrator, who makes tables on the owner's behalf. */
  readonly administrator: string;
  /** Role that adds rows. */
  readonly writerName: string;
  /** Role that reads them. */
  readonly readerName: string;
  /** @default false */
  readonly disposable?: boolean;
}

/**
 * A schema whose tables are added to by one role and read by another, and which neither can change.
 * Its tables come later: privileges are granted in advance on whatever the owner makes.
 */
export class AuditSchema extends pulumi.ComponentResource {
  public constructor(name: string, args: AuditSchemaArgs, opts?: pulumi.ComponentResourceOptions) {
    rejectProblems("AuditSchema", name, auditSchemaProblems(args));
    super("trading-dr:access:AuditSchema", name, {}, opts);
    const disposable = args.disposable ?? false;
    const { databaseName, schemaName, writerName, readerName } = args;
    const data = { parent: this, ...keepData(disposable) };
    const owner = new postgresql.Role(
      `${name}-owner`,
      { name: args.ownerName, login: false },
      data,
    );
    const membership = new postgresql.GrantRole(
      `${name}-administrator`,
      { role: args.administrator, grantRole: owner.name },
      {
        parent: this,
        ...keepRunning(disposable),
        // From PostgreSQL 16 on, whoever makes a role is its member in another, administrative way
        // too, and the provider may find that one: it would then grant this one anew each time.
        ignoreChanges: ["withAdminOption"],
      },
    );
    const schema = new postgresql.Schema(
      name,
      { name: schemaName, database: databaseName, owner: owner.name },
      { ...data, dependsOn: [membership] },
    );
    // PostgreSQL refuses two changes of one object's privileges at the same time, and the provider
    // makes them at the same time: each waits for the one before.
    let latest: pulumi.Resource = schema;
    const grant = (suffix: string, role: string) => {
      latest = new postgresql.Grant(
        `${name}-${suffix}`,
        {
          role,
          database: databaseName,
          schema: schema.name,
          objectType: "schema",
          privileges: ["USAGE"],
        },
        { parent: this, ...keepRunning(disposable), dependsOn: [latest] },
      );
    };
    const grantLater = (suffix: string, role: string, objectType: string, privilege: string) => {
      latest = new postgresql.DefaultPrivileges(
        `${name}-${suffix}`,
        {
          role,
          database: databaseName,
          schema: schema.name,
          owner: owner.name,
          objectType,
          privileges: [privilege],
        },
        { parent: this, ...keepRunning(disposable), dependsOn: [latest] },
      );
    };
    grant("writer", writerName);
    grantLater("writer-tables", writerName, "table", "INSERT");
    grantLater("writer-sequences", writerName, "sequence", "USAGE");
    grant("reader", readerName);
    grantLater("reader-tables", readerName, "table", "SELECT");
    this.registerOutputs({});
  }
}

/** Every reason why a schema cannot be declared. */
export function auditSchemaProblems({
  schemaName,
  ownerName,
  administrator,
  writerName,
  readerName,
}: AuditSchemaArgs): string[] {
  const problems: string[] = [];
  if (!/^(?!pg_|public$)[a-z_][a-z0-9_]{0,62}$/.test(schemaName)) {
    problems.push(
      `schemaName must be lower-case letters, digits and underscores, at most 63, and neither "public" nor beginning with pg_, got "${schemaName}"`,
    );
  }
  const roles = { ownerName, administrator, writerName, readerName };
  const names = Object.values(roles);
  if (new Set(names).size < names.length) {
    problems.push(
      `${Object.keys(roles).join(", ")} must be four different roles, or one could undo what another did, got ${names.join(", ")}`,
    );
  }
  return problems;
}
