import { RecoveryFailure } from "../failure";
import { type CacheAddress, CacheConnection, type CacheLogin } from "./connection";
import { texts } from "./replies";

/** What a server says that it is. */
export type CacheRole =
  | { readonly kind: "primary"; readonly offset: number }
  | {
      readonly kind: "replica";
      /** Server that it follows. */
      readonly follows: CacheAddress;
      /** `connected` once it has all data and gets what is new; before that, how far it is. */
      readonly link: string;
      /** Position up to which it has the primary's writes. */
      readonly offset: number;
    };

/**
 * Asks a connection what its server is.
 *
 * @throws RecoveryFailure `database` when it is neither primary nor replica.
 */
export async function roleOf(connection: CacheConnection): Promise<CacheRole> {
  const [kind, first, second, link = "", offset] = texts(await connection.ask("ROLE"));
  if (kind === "master") {
    return { kind: "primary", offset: Number(first) };
  }
  if (kind === "slave") {
    const follows = { host: first ?? "", port: Number(second) };
    return { kind: "replica", follows, link, offset: Number(offset) };
  }
  throw new RecoveryFailure(
    "database",
    `what should be a server calls itself ${kind ?? "nothing"}`,
  );
}

/** Asks a server what it is. */
export async function roleAt(address: CacheAddress, login: CacheLogin): Promise<CacheRole> {
  const connection = await CacheConnection.open(address, login);
  try {
    return await roleOf(connection);
  } finally {
    connection.close();
  }
}
