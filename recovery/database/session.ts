import { readFileSync } from "node:fs";
import { Signer } from "@aws-sdk/rds-signer";
import { Client, type ClientConfig, type QueryResultRow } from "pg";
import { from, to } from "pg-copy-streams";
import { messageOf, RecoveryFailure } from "../failure";

/** A database, and who logs in to it. */
export interface DatabaseAddress {
  /** Name of a server, or directory of its socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /**
   * `iam`: the password is a token that the process's role in AWS signs, good for 15 minutes. `file`:
   * whatever the password file of PostgreSQL's own programs says, or none.
   */
  readonly login: "iam" | "file";
  /** Region of the database, which tokens are signed for. */
  readonly region: string;
  /**
   * Certificate of the authority that signed the server's, whose name is checked.
   *
   * @default - no TLS, which is for sockets and for servers on this machine
   */
  readonly authorityFile?: string;
}

/**
 * Makes what is read, and how it is written, the same in every session, whatever the server, the
 * database or the user have as their own settings.
 */
const sessionSettings = {
  // Not search_path by SET: an empty list has no spelling there.
  datestyle: "ISO, MDY",
  intervalstyle: "postgres",
  extra_float_digits: "3",
  bytea_output: "hex",
  lc_monetary: "C",
  timezone: "UTC",
  xmloption: "content",
  row_security: "off",
  synchronize_seqscans: "off",
  statement_timeout: "0",
  idle_in_transaction_session_timeout: "0",
} as const;

/** Milliseconds of silence after which it is asked whether the server is still there. */
const keepAliveDelay = 30_000;

/** Milliseconds in which a server has to answer. */
const connectionTimeout = 15_000;

/** The password that somebody logs in with, where it is a token. */
export async function tokenFor(address: DatabaseAddress): Promise<string | undefined> {
  if (address.login === "file") {
    return undefined;
  }
  const { host: hostname, port, user: username, region } = address;
  try {
    return await new Signer({ hostname, port, username, region }).getAuthToken();
  } catch (error) {
    throw new RecoveryFailure(
      "database",
      `cannot sign a login for ${username}: ${messageOf(error)}`,
    );
  }
}

/** A connection to a database. */
export class DatabaseSession {
  private lost: Error | undefined;
  private streaming: { destroy(error: Error): void } | undefined;

  private constructor(
    private readonly client: Client,
    private readonly address: DatabaseAddress,
  ) {
    client.on("error", (error) => {
      this.lost = error;
      // Nobody else tells a COPY that its connection is gone: it would wait for ever.
      this.streaming?.destroy(error);
    });
    client.on("end", () => {
      this.streaming?.destroy(new Error("the connection was closed"));
    });
  }

  /** @throws RecoveryFailure `database` when the server does not answer, or does not let us in. */
  public static async open(address: DatabaseAddress): Promise<DatabaseSession> {
    const { host, port, database, user, authorityFile } = address;
    const password = await tokenFor(address);
    const settings: ClientConfig = {
      host,
      port,
      database,
      user,
      ...(password === undefined ? {} : { password }),
      ssl: authorityFile === undefined ? false : { ca: readFileSync(authorityFile, "utf8") },
      application_name: "trading-dr",
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveDelay,
      connectionTimeoutMillis: connectionTimeout,
    };
    const client = new Client(settings);
    const session = new DatabaseSession(client, address);
    try {
      await client.connect();
      const chosen = Object.entries(sessionSettings).map(
        ([name, value]) => `set_config('${name}', '${value}', false)`,
      );
      await client.query(
        `SELECT ${["set_config('search_path', '', false)", ...chosen].join(", ")}`,
      );
      return session;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw session.failure("cannot log in", error);
    }
  }

  /** Rows that a statement gives. */
  public async rows<Row extends QueryResultRow>(
    statement: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    try {
      return (await this.client.query<Row>(statement, [...values])).rows;
    } catch (error) {
      throw this.failure("a statement failed", error);
    }
  }

  /** The only row that a statement gives. */
  public async row<Row extends QueryResultRow>(
    statement: string,
    values: readonly unknown[] = [],
  ): Promise<Row> {
    const [only, ...others] = await this.rows<Row>(statement, values);
    if (only === undefined || others.length > 0) {
      throw new Error(`one row was expected from: ${statement}`);
    }
    return only;
  }

  /** Runs statements that give nothing. Several have to be without values. */
  public async run(statements: string, values: readonly unknown[] = []): Promise<void> {
    try {
      // With values, even none, only one statement may be sent at once.
      await (values.length === 0
        ? this.client.query(statements)
        : this.client.query(statements, [...values]));
    } catch (error) {
      throw this.failure("a statement failed", error);
    }
  }

  /** What a COPY to the client writes. It has to be read to its end, or the session be closed. */
  public async *copyOut(statement: string): AsyncGenerator<Buffer> {
    const stream = this.client.query(to(statement, { highWaterMark: 1024 * 1024 }));
    this.streaming = stream;
    try {
      for await (const chunk of stream) {
        yield chunk as Buffer;
      }
    } catch (error) {
      throw this.failure("reading rows failed", error);
    } finally {
      this.streaming = undefined;
    }
  }

  /**
   * Sends rows to a COPY from the client. When they end in an error, none of them is there.
   *
   * @returns How many there were.
   */
  public async copyIn(statement: string, chunks: AsyncIterable<Buffer>): Promise<number> {
    const stream = this.client.query(from(statement));
    this.streaming = stream;
    const server: { refusal?: Error } = {};
    const ended = new Promise<void>((resolve, reject) => {
      stream.once("finish", resolve);
      // Not once: another error after the first would end the process.
      stream.on("error", (error: Error) => {
        server.refusal ??= error;
        reject(error);
      });
      stream.once("close", () => {
        reject(this.lost ?? new Error("the connection was closed"));
      });
    });
    // It may fail while we wait for the next chunk, and is waited for at the end.
    ended.catch(() => undefined);
    try {
      for await (const chunk of chunks) {
        if (server.refusal !== undefined) {
          throw server.refusal;
        }
        if (!stream.write(chunk)) {
          await Promise.race([new Promise((resolve) => stream.once("drain", resolve)), ended]);
        }
      }
      stream.end();
      await ended;
      return stream.rowCount;
    } catch (error) {
      // What the server has refused is over, and has no connection left to be ended on.
      if (server.refusal === undefined) {
        stream.destroy(error instanceof Error ? error : new Error(messageOf(error)));
      }
      throw error instanceof RecoveryFailure
        ? error
        : this.failure("writing rows failed", server.refusal ?? error);
    } finally {
      this.streaming = undefined;
    }
  }

  /** Ends the connection, whatever it is doing. */
  public async close(): Promise<void> {
    if (this.streaming === undefined) {
      await this.client.end().catch(() => undefined);
    } else {
      // The server notices that nobody reads, and ends the statement.
      (
        this.client as unknown as { connection: { stream: { destroy(): void } } }
      ).connection.stream.destroy();
    }
  }

  private failure(what: string, error: unknown): Error {
    if (error instanceof RecoveryFailure) {
      return error;
    }
    const { host, port, database, user } = this.address;
    const code = codeOf(error);
    const advice = code === undefined ? undefined : adviceOn[code];
    return new DatabaseFailure(
      `${what}: ${messageOf(this.lost ?? error)} (database ${database} on ${host}:${String(port)}, as ${user})${advice === undefined ? "" : `; ${advice}`}`,
      code,
      error,
    );
  }
}

/** What the database said no to. */
export class DatabaseFailure extends RecoveryFailure {
  public constructor(
    message: string,
    /** PostgreSQL's code of the error, of five characters, or the operating system's. */
    public readonly code: string | undefined,
    cause: unknown,
  ) {
    super("database", message, { cause });
  }

  /** True where the statement is at fault: the connection goes on. */
  public get isOfStatement(): boolean {
    // Classes 08, 53, 57 and 58 are of connections, resources, operators and the system.
    return this.code !== undefined && /^(?!08|53|57|58)[0-9A-Z]{5}$/.test(this.code);
  }
}

function codeOf(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "code" in error
    ? String(error.code)
    : undefined;
}

/** By PostgreSQL's codes of errors: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const adviceOn: Readonly<Record<string, string>> = {
  "28P01": "see that the password, or the role that signs the token, is the user's",
  "28000": "see that the server lets this user in, from here, over TLS",
  "3D000": "see that the database's name is right",
  "40001":
    "the reader had to give way to its writer: raise max_standby_streaming_delay, or turn hot_standby_feedback on",
  "53100": "the server's disk is full",
  "53200": "raise max_locks_per_transaction: each table that is read takes a lock in each session",
  "57P01": "the server was stopped, or somebody ended the session",
  ENOENT: "see that the server runs, and that this is the directory of its socket",
  EPIPE: "the connection was lost: see that the server runs",
  ECONNRESET: "the connection was lost: see that the server runs",
  ECONNREFUSED: "see that the server runs, and that this address and port are its own",
};
