import { type CommandEnvironment, parseEnvironment } from "../contracts/jobEnvironment";
import { type DatabaseAddress } from "./database/session";
import { messageOf, RecoveryFailure } from "./failure";
import { progressOn } from "./progress";

/** What all commands are told in the same way. */

/** Where every command says how far it is. */
export const progress = progressOn(process.stderr);

/** Reads the environment of a command. */
export function environmentOf<Kind extends Parameters<typeof parseEnvironment>[0]>(
  kind: Kind,
): CommandEnvironment<Kind> {
  try {
    return parseEnvironment(kind, process.env);
  } catch (error) {
    throw new RecoveryFailure("usage", messageOf(error));
  }
}

/** Where a server is, by what PostgreSQL's own programs read beside what we are told. */
export function addressOf(
  told: Pick<DatabaseAddress, "host" | "user" | "database" | "login" | "region">,
): DatabaseAddress {
  const port = Number(process.env["PGPORT"] ?? "5432");
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new RecoveryFailure(
      "usage",
      `PGPORT is ${process.env["PGPORT"] ?? ""}, and has to be a port`,
    );
  }
  const authorityFile = process.env["PGSSLROOTCERT"];
  if (told.host.startsWith("/")) {
    return { ...told, port };
  }
  if (authorityFile === undefined) {
    throw new RecoveryFailure(
      "usage",
      `PGSSLROOTCERT is missing: name the file with the certificate of the authority that ${told.host} is recognised by`,
    );
  }
  return { ...told, port, authorityFile };
}

/** A database of the server that an operator names. */
export function operatorAddress(
  told: Pick<
    CommandEnvironment<"restore">,
    "databaseHost" | "databaseUser" | "databaseLogin" | "region"
  >,
  database: string,
): DatabaseAddress {
  const { databaseHost: host, databaseUser: user, databaseLogin: login, region } = told;
  return addressOf({ host, user, database, login, region });
}

/** Whose events a command leaves. */
export function whose({
  system,
  account,
  region,
}: Pick<CommandEnvironment<"list">, "system" | "account" | "region">) {
  return { system, account, region };
}
