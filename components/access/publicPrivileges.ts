import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import { keepRunning } from "../dataProtection";
import { rejectProblems } from "../problems";

/** Inputs of {@link PublicPrivileges}. */
export interface PublicPrivilegesArgs {
  readonly databaseName: pulumi.Input<string>;
  /** Roles of applications, which are there already and go on connecting. */
  readonly applicationRoles: readonly string[];
  /** @default false */
  readonly disposable?: boolean;
}

/** PostgreSQL's name for every role there is, now or later. */
const everybody = "public";

/**
 * What everybody may do in a database: nothing, but for using what others have made in the schema
 * `public`. PostgreSQL lets everybody connect, and make temporary tables, and, in databases that were
 * made before version 15, tables in that schema; here it is granted to the roles that need it.
 */
export class PublicPrivileges extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: PublicPrivilegesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    rejectProblems("PublicPrivileges", name, publicPrivilegesProblems(args));
    super("trading-dr:access:PublicPrivileges", name, {}, opts);
    const options = { parent: this, ...keepRunning(args.disposable ?? false) };
    // One after another, as PostgreSQL wants changes of one object's privileges; and the applications
    // first, so that none of them is shut out for a moment.
    let latest: pulumi.Resource[] = [];
    const ofDatabase = (suffix: string, role: string, privileges: readonly string[]) => {
      latest = [
        new postgresql.Grant(
          `${name}-${suffix}`,
          {
            role,
            database: args.databaseName,
            objectType: "database",
            privileges: [...privileges],
          },
          { ...options, dependsOn: latest },
        ),
      ];
    };
    for (const role of args.applicationRoles) {
      ofDatabase(`role-${role}`, role, ["CONNECT", "TEMPORARY"]);
    }
    ofDatabase("database", everybody, []);
    new postgresql.Grant(
      `${name}-schema`,
      {
        role: everybody,
        database: args.databaseName,
        schema: "public",
        objectType: "schema",
        privileges: ["USAGE"],
      },
      { ...options, dependsOn: latest },
    );
    this.registerOutputs({});
  }
}

/** Every reason why privileges cannot be declared. */
export function publicPrivilegesProblems({ applicationRoles }: PublicPrivilegesArgs): string[] {
  const problems: string[] = [];
  if (applicationRoles.length === 0) {
    problems.push("applicationRoles must name at least one role, or no application could connect");
  }
  if (new Set(applicationRoles).size < applicationRoles.length) {
    problems.push(`applicationRoles must name each role once, got ${applicationRoles.join(", ")}`);
  }
  if (applicationRoles.includes(everybody)) {
    problems.push(`applicationRoles must not name "${everybody}", which stands for every role`);
  }
  return problems;
}
