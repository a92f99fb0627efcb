import { z } from "zod";
import { databaseRoleName, databaseRoles } from "../contracts/databaseRoles";
import { hostName } from "./dns";
import { account, date, identifier, oneOf, section, text, whole } from "./field";
import { type Problem } from "./problem";
import { type StoreOf } from "./stores";
import { type System } from "./system";
import { problemAt, type SourceFile } from "./yamlFile";

/**
 * The schema of the `access` stack's settings: where the writer is, and who may connect to it. That
 * stack declares what is inside the database, and shares nothing with the other three but names.
 */

/** How the stack reaches the database's writer. */
const writer = section({
  /** Aurora: the global database's writer endpoint, which follows the writer from region to region. */
  host: hostName(),
  port: whole(1, 65_535, "a TCP port").default(5432),
  /** Certificates of Amazon's authorities for RDS, against which the writer's own is checked. */
  certificateFile: text(
    'must be the file of RDS certificate authorities, as seen from the project\'s directory; write it like "global-bundle.pem"',
    /^\S.*\.pem$/,
  ),
});

const roleName = text(
  'must be a role of PostgreSQL: lower-case letters, digits and underscores, at most 63, and neither "public" nor beginning with pg_ or rds; write it like "market_scanner"',
  /^(?!pg_|rds|public$)[a-z_][a-z0-9_]{0,62}$/,
);

/** What every role may do that can log in to the database: PostgreSQL calls all of them PUBLIC. */
const publicPrivileges = z.discriminatedUnion(
  "kind",
  [
    section({
      kind: z.literal("revoked"),
      /** Roles of the applications, which are there already, and go on connecting. */
      applicationRoles: z
        .array(roleName, { error: "must be a list of roles; write one a line" })
        .min(1, {
          error: "must name at least one role, or no application could connect; name those that do",
        })
        .refine((roles) => new Set(roles).size === roles.length, {
          error: "names a role twice; name each role once",
        }),
    }),
    section({ kind: z.literal("kept") }),
  ],
  {
    error:
      "must have a kind: revoked (with applicationRoles, who alone may then connect beside this stack's roles) or kept (everybody who can log in may connect, for now); set kind to one of them",
  },
);

/** The keys of `trading-dr:` in the file of an `access` stack. */
export const accessShape = section({
  system: identifier(15),
  /** What tells this schema from that of the other stacks. */
  role: oneOf("access"),
  /** `sandbox` is for trying things out: nothing that cannot be deleted again. */
  profile: oneOf("production", "sandbox").default("production"),
  /** AWS accounts, as in the other stacks; the database is in the trading system's. */
  accounts: section({ trading: account(), archive: account() }),
  writer,
  publicPrivileges,
  /** Change this date to have the next `pulumi up` make new passwords. */
  passwordsRotated: date(),
});

/** Settings of an `access` stack, validated. */
export type AccessSettings = z.output<typeof accessShape>;

/** All that an `access` stack is declared from, validated. */
export interface AccessConfiguration {
  readonly settings: AccessSettings;
  readonly system: System;
  /**
   * Region of the stack's secrets. It does not follow the writer, or a failover would replace them all;
   * and it is the standby region, so that the stack can be applied when the primary is gone.
   */
  readonly region: string;
}

/** What must hold between an `access` stack's settings and its system. */
export function accessProblems(
  settings: AccessSettings,
  system: System,
  source: Omit<SourceFile, "data">,
): Problem[] {
  const database = Object.values(system.stores).find((store) => store.kind === "database");
  if (database === undefined) {
    return [
      problemAt(
        source,
        ["role"],
        settings.role,
        `systems/${system.id}.yaml has no store of kind database, so there is nothing to give access to; remove this stack's file`,
      ),
    ];
  }
  const { host } = settings.writer;
  const isRegional =
    database.engine === "aurora-postgresql" &&
    host.endsWith(".rds.amazonaws.com") &&
    !host.endsWith(".global.rds.amazonaws.com");
  return [
    ...(isRegional
      ? [
          problemAt(
            source,
            ["writer", "host"],
            host,
            "must be the global database's writer endpoint, since this one stays behind when the writer moves to the other region; take globalEndpoint of pulumi stack output database --stack prod",
          ),
        ]
      : []),
    ...takenRoles(settings, database, source),
  ];
}

function takenRoles(
  { system, publicPrivileges }: AccessSettings,
  { administrator }: StoreOf<"database">,
  source: Omit<SourceFile, "data">,
): Problem[] {
  const roles = publicPrivileges.kind === "revoked" ? publicPrivileges.applicationRoles : [];
  const taken = [...databaseRoles.map((role) => databaseRoleName(system, role)), administrator];
  return roles.flatMap((role, index) =>
    taken.includes(role)
      ? [
          problemAt(
            source,
            ["publicPrivileges", "applicationRoles", index],
            role,
            `must be an application's own role; ${role} is ${role === administrator ? "the administrator" : "one that this stack makes"}, and may connect in any case: remove it`,
          ),
        ]
      : [],
  );
}
