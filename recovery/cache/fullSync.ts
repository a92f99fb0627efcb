import { RecoveryFailure } from "../failure";
import {
  addressText,
  type CacheAddress,
  CacheConnection,
  type CacheLogin,
  CacheRefusal,
} from "./connection";

/** A snapshot that a server is sending. */
export interface FullSync {
  /** Identifies the history of writes that the snapshot is of. */
  readonly replicationId: string;
  /** Position in it. */
  readonly offset: number;
  /**
   * The snapshot as RDB, once. It ends when all of it has come.
   *
   * @throws RecoveryFailure `database` when it breaks off.
   */
  readonly bytes: AsyncGenerator<Buffer>;
  /** Lets go of the server. */
  close(): void;
}

/** Milliseconds without a byte after which a server is given up: it sends a line end now and then. */
const silentMilliseconds = 60_000;

/** Bytes of the mark that ends a snapshot whose length was not known when it began. */
const markBytes = 40;

/**
 * Has a server send a snapshot, as it would to a new replica, but for the writes that come after it. No file
 * is written on either side, if the server sends its snapshots without a disk (Redis's own default).
 *
 * @throws RecoveryFailure `database` when the server does not answer or will not.
 */
export async function requestFullSync(server: CacheAddress, login: CacheLogin): Promise<FullSync> {
  const connection = await CacheConnection.open(server, login);
  try {
    // A snapshot whose end is marked, of unknown length; and nothing after it.
    await connection.ask("REPLCONF", "capa", "eof");
    await connection.ask("REPLCONF", "rdb-only", "1");
    connection.waitLonger(silentMilliseconds);
    connection.send(["PSYNC", "?", "-1"]);
    const answer = await lineOf(connection);
    const [, replicationId, offset] = /^\+FULLRESYNC ([0-9a-f]{40}) (\d+)$/.exec(answer) ?? [];
    if (replicationId === undefined || offset === undefined) {
      throw new CacheRefusal(
        `${addressText(server)} sends no snapshot: ${answer.slice(1)}`,
        answer.slice(1).split(" ", 1)[0] ?? "",
      );
    }
    return {
      replicationId,
      offset: Number(offset),
      bytes: bytesOf(connection, server),
      close: () => {
        connection.close();
      },
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function* bytesOf(connection: CacheConnection, server: CacheAddress): AsyncGenerator<Buffer> {
  const announced = await lineOf(connection);
  const [, length, mark] = /^\$(?:(\d+)|EOF:(.{40}))$/.exec(announced) ?? [];
  if (length !== undefined) {
    yield* bytesOfLength(connection, Number(length), server);
  } else if (mark !== undefined) {
    yield* bytesUntil(connection, Buffer.from(mark), server);
  } else {
    throw new RecoveryFailure(
      "database",
      `${addressText(server)} announces no snapshot: ${announced}`,
    );
  }
}

/** The next line with something in it: while it prepares, a server sends ends of lines. */
async function lineOf(connection: CacheConnection): Promise<string> {
  for (;;) {
    const line = await connection.line();
    if (line !== "") {
      return line;
    }
  }
}

async function* bytesOfLength(
  connection: CacheConnection,
  length: number,
  server: CacheAddress,
): AsyncGenerator<Buffer> {
  let missing = length;
  while (missing > 0) {
    const chunk = await connection.chunk();
    if (chunk === undefined) {
      throw brokenOff(server);
    }
    const wanted = chunk.subarray(0, missing);
    missing -= wanted.length;
    yield wanted;
  }
}

/** All before the mark, which is the last that comes. */
async function* bytesUntil(
  connection: CacheConnection,
  mark: Buffer,
  server: CacheAddress,
): AsyncGenerator<Buffer> {
  // What may be the mark, or its beginning, is held back.
  let held: Buffer = Buffer.alloc(0);
  while (!held.equals(mark)) {
    const chunk = await connection.chunk();
    if (chunk === undefined) {
      throw brokenOff(server);
    }
    // Most chunks are long, and go on as they are: copies of all would be most of our memory.
    const safe = chunk.length - markBytes;
    if (safe >= 0) {
      yield held;
      yield chunk.subarray(0, safe);
      held = Buffer.from(chunk.subarray(safe));
    } else {
      const all = Buffer.concat([held, chunk]);
      const end = Math.max(0, all.length - markBytes);
      yield all.subarray(0, end);
      held = all.subarray(end);
    }
  }
}

function brokenOff(server: CacheAddress): RecoveryFailure {
  return new RecoveryFailure(
    "database",
    `${addressText(server)} broke off in the middle of its snapshot; its log says why`,
  );
}
