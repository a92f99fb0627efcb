import { availableParallelism } from "node:os";
import { type S3Client } from "@aws-sdk/client-s3";
import { type CommandEnvironment, parseEnvironment } from "../contracts/jobEnvironment";
import { type Location } from "../contracts/variables";
import { type DatabaseAddress } from "./database/session";
import { messageOf, RecoveryFailure } from "./failure";
import { type Journal } from "./record";
import { type SignalTargets } from "./signals/signals";
import { BucketPrefix } from "./storage/bucket";
import { type VerifyRequest } from "./verify";

/** What every command takes from its surroundings. */

/** Sessions that read or write at once, at most: more would weigh on the server. */
const mostSessions = 4;

/** How many sessions there are, if nobody says: a core each. */
export const sessions = Math.min(availableParallelism(), mostSessions);

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

/** Where recovery points are. */
export function placesOf(client: S3Client, locations: readonly Location[]): BucketPrefix[] {
  return locations.map((location) => new BucketPrefix(client, location));
}

/** Where the runs of a command are told of. */
export function journalOf(
  client: S3Client,
  told: SignalTargets & { readonly events: Location },
): Journal {
  return { events: new BucketPrefix(client, told.events), signals: told };
}

/** Whose events a command leaves. */
export function whose({
  system,
  account,
  region,
}: {
  readonly system: string;
  readonly account: string;
  readonly region: string;
}) {
  return { system, account, region };
}

/** What a verification is told, and a drill. */
export function verificationOf(
  client: S3Client,
  told: CommandEnvironment<"verify">,
): Omit<VerifyRequest, "choice"> {
  const { system, region, databaseName, scratchSocketDirectory, integrityQueries } = told;
  return {
    system,
    region,
    database: databaseName,
    points: placesOf(client, told.recoveryPoints),
    events: new BucketPrefix(client, told.events),
    server: addressOf({
      host: scratchSocketDirectory,
      user: "postgres",
      database: "postgres",
      login: "file",
      region,
    }),
    sessions,
    integrityQueries,
    baselineQueries: told.baselineQueries,
  };
}
