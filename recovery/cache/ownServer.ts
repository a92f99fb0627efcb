import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Keyspace } from "../../contracts/cacheManifest";
import { messageOf, RecoveryFailure } from "../failure";
import { CacheConnection } from "./connection";
import { infoOf } from "./replies";
import { roleOf } from "./roles";
import { type FedSnapshot, SnapshotFeed } from "./snapshotFeed";

/** What directories of servers of our own are called, and nothing else is. */
const directoryPrefix = "trading-dr-cache-";

/** Milliseconds that a command may take which goes through all keys: hundreds of gibibytes. */
const longMilliseconds = 3_600_000;

const pauseMilliseconds = 50;

/** The user that we are there. */
const ownUser = "trading-dr";

/** Characters of the server's log that are kept, for messages. */
const keptLog = 4_000;

/**
 * Runs a server, and ends it with us: whatever ends this program closes the pipe, and the shell then ends
 * the server and removes its directory. Arguments: the directory.
 */
const guarded = `exec 3<&0
redis-server "$1/redis.conf" </dev/null 3<&- & server=$!
{ cat >/dev/null; kill -KILL $server; } <&3 2>/dev/null &
guard=$!
wait $server
status=$?
kill $guard 2>/dev/null
rm -rf "$1"
exit $status`;

/**
 * A Redis server of our own that has loaded a snapshot. It keeps nothing on disk, and answers on a
 * socket in a directory that is its user's alone.
 */
export class OwnServer {
  private log = "";
  private ending: string | undefined;

  private constructor(
    private readonly directory: string,
    private readonly child: ChildProcess,
    private readonly password: string,
  ) {
    const take = (chunk: Buffer) => {
      this.log = (this.log + chunk.toString()).slice(-keptLog);
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.on("error", (error) => {
      this.ending = messageOf(error);
    });
    child.on("close", (status, signal) => {
      this.ending ??= `status ${String(status ?? signal)}`;
      child.stdin?.end();
    });
    // It may have ended before we let go of it.
    child.stdin?.on("error", () => undefined);
  }

  /**
   * Starts one, and has it load a snapshot.
   *
   * @param directives Lines of its configuration beside ours. @default - it listens on its socket alone
   * @param users Lines of its users' file beside our own. @default - none
   * @throws RecoveryFailure `damaged` when it cannot load the snapshot, `refused` when there is no such
   *   program, `database` when it ends for another reason.
   */
  public static async load(
    snapshot: FedSnapshot,
    directives: readonly string[] = ["port 0"],
    users = "",
  ): Promise<OwnServer> {
    removeLeftovers();
    const feed = await SnapshotFeed.start(snapshot);
    const directory = mkdtempSync(join(tmpdir(), directoryPrefix));
    writeFileSync(join(directory, ownerFile), String(process.pid));
    const password = randomBytes(24).toString("hex");
    writeFileSync(
      join(directory, "users.acl"),
      `user default off\nuser ${ownUser} on >${password} ~* &* +@all\n${users}`,
      { mode: 0o600 },
    );
    const configuration = [
      `dir ${directory}`,
      `unixsocket ${socketIn(directory)}`,
      "unixsocketperm 700",
      'save ""',
      "appendonly no",
      // Straight from the feed into memory.
      "repl-diskless-load on-empty-db",
      // Every value's inner form is gone through while it is loaded.
      "sanitize-dump-payload yes",
      // The bucket may be asked again for a while.
      "repl-timeout 600",
      "enable-debug-command yes",
      "maxmemory-policy noeviction",
      `aclfile ${join(directory, "users.acl")}`,
      ...directives,
      `masterauth ${feed.password}`,
      `replicaof 127.0.0.1 ${String(feed.port)}`,
      "",
    ].join("\n");
    writeFileSync(join(directory, "redis.conf"), configuration, { mode: 0o600 });
    const server = new OwnServer(
      directory,
      spawn("sh", ["-c", guarded, "sh", directory], { stdio: ["pipe", "pipe", "pipe"] }),
      password,
    );
    try {
      await server.loaded(feed);
      return server;
    } catch (error) {
      await server.close();
      throw error;
    } finally {
      feed.close();
    }
  }

  /** Keys by database. */
  public keyspaces(): Promise<Keyspace[]> {
    return this.with(keyspacesOf);
  }

  /** A digest of all that it has: see the manifest of a cache. */
  public digest(): Promise<string> {
    return this.with(async (connection) => String(await connection.ask("DEBUG", "DIGEST")));
  }

  /** The server's version. */
  public version(): Promise<string> {
    return this.with(
      async (connection) =>
        infoOf(await connection.ask("INFO", "server")).get("redis_version") ?? "unknown",
    );
  }

  /** Makes it a primary, which others may follow. */
  public async lead(): Promise<void> {
    await this.with((connection) => connection.ask("REPLICAOF", "NO", "ONE"));
  }

  /** Ends it, and removes all that it has. */
  public async close(): Promise<void> {
    if (this.ending === undefined) {
      const ended = new Promise((resolve) => this.child.once("close", resolve));
      this.child.stdin?.end();
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async with<Answer>(
    ask: (connection: CacheConnection) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      const path = socketIn(this.directory);
      const connection = await CacheConnection.openSocket(path, ownUser, this.password);
      try {
        connection.waitLonger(longMilliseconds);
        return await ask(connection);
      } finally {
        connection.close();
      }
    } catch (error) {
      throw this.ending === undefined ? error : this.endedEarly();
    }
  }

  /** Waits until it has all of the snapshot. */
  private async loaded(feed: SnapshotFeed): Promise<void> {
    for (;;) {
      if (this.ending !== undefined) {
        throw this.endedEarly();
      }
      if (feed.failure !== undefined) {
        // What is damaged, or cannot be read, is said by whoever reads it.
        throw feed.failure instanceof RecoveryFailure
          ? feed.failure
          : new RecoveryFailure("damaged", `${messageOf(feed.failure)}\n${this.log.trim()}`);
      }
      // It may not listen yet, and while it loads a large value it does not answer.
      const role = await this.with(roleOf).catch(() => undefined);
      if (role?.kind === "replica" && role.link === "connected") {
        return;
      }
      await sleep(pauseMilliseconds);
    }
  }

  private endedEarly(): RecoveryFailure {
    const ending = this.ending ?? "";
    const log = this.log.trim();
    if (/not found|ENOENT/.test(log + ending) && !log.includes("Redis")) {
      return new RecoveryFailure(
        "refused",
        "there is no redis-server on PATH; on Debian: sudo apt-get install redis-server",
      );
    }
    return /RDB (loading|format)|rdb/i.test(log)
      ? new RecoveryFailure("damaged", `a server cannot load the snapshot:\n${log.slice(-2_000)}`)
      : new RecoveryFailure(
          "database",
          `the server that loads the snapshot ended (${ending}); killed with 137, it needs more memory:\n${log.slice(-2_000)}`,
        );
  }
}

/** Keys by database, as a server says. */
export async function keyspacesOf(connection: CacheConnection): Promise<Keyspace[]> {
  const info = infoOf(await connection.ask("INFO", "keyspace"));
  return [...info].flatMap(([name, facts]) => {
    const [, database] = /^db(\d+)$/.exec(name) ?? [];
    const [, keys, expiring] = /^keys=(\d+),expires=(\d+)/.exec(facts) ?? [];
    return database === undefined
      ? []
      : [{ database: Number(database), keys: Number(keys), expiring: Number(expiring) }];
  });
}

/** All keys together, and all that end. */
export function sumOf(keyspaces: readonly Keyspace[]): { keys: number; expiring: number } {
  return {
    keys: keyspaces.reduce((sum, { keys }) => sum + keys, 0),
    expiring: keyspaces.reduce((sum, { expiring }) => sum + expiring, 0),
  };
}

/** File that says which process a directory belongs to. */
const ownerFile = "owner";

function socketIn(directory: string): string {
  return join(directory, "socket");
}

/** Removes directories of runs that were killed together with the shell that would have done it. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(directoryPrefix)) {
      continue;
    }
    const directory = join(tmpdir(), name);
    try {
      const owner = Number(readFileSync(join(directory, ownerFile), "utf8"));
      process.kill(owner, 0);
    } catch (error) {
      // Somebody else's, or a run's that has only just made it.
      const isGone = error instanceof Error && "code" in error && error.code === "ESRCH";
      if (isGone) {
        rmSync(directory, { recursive: true, force: true });
      }
    }
  }
}
