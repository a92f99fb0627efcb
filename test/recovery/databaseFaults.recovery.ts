import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { DatabaseServer, needsPostgresql } from "../support/databaseServer";
import { FaultyStore } from "./faultyStore";
import { Laboratory, type Outcome, points } from "./laboratory";
import {
  becomes,
  contentsOf,
  databasesOf,
  fillDatabase,
  sessionsOn,
  workingDatabases,
} from "./remains";

/** Statuses that the command ends with. */
const done = 0;
const refusedByDatabase = 4;

/** Name of the database that is backed up, and the one that it is restored as. */
const database = "trading";
const copy = "copy";

/** Where Debian keeps the library that gives a process another clock. */
const anotherClock = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

describe("databases that fail", () => {
  needsPostgresql();

  let lab: Laboratory;
  let id: string;
  let contents: string;

  before(async function () {
    this.timeout(300_000);
    lab = await Laboratory.start();
    fillDatabase(lab.source, database, 60);
    contents = contentsOf(lab.source, database);
    id = idOf(await lab.run("backup database", lab.backupOf(database)));
  });

  after(async () => {
    await lab.close();
  });

  async function whole(): Promise<string[]> {
    const keys = await lab.keys(points.prefix);
    return keys.filter((key) => key.endsWith("/manifest.json"));
  }

  async function verifies(point: string): Promise<void> {
    succeeded(await lab.run(`verify --point ${point}`, lab.verification));
    assert.deepEqual(workingDatabases(lab.scratch), []);
  }

  /** Starts a command, and does something to it when it has said a certain thing. */
  async function interrupted(
    words: string,
    environment: Readonly<Record<string, string>>,
    when: string,
    act: () => Promise<unknown>,
  ): Promise<Outcome> {
    const { child, ended } = lab.start(words, environment);
    let said = "";
    await new Promise<void>((resolve, reject) => {
      child.stderr?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes(when)) {
          resolve();
        }
      });
      void ended.then(({ errors }) => {
        reject(new Error(`it never said "${when}":\n${errors}`));
      });
    });
    await act();
    return ended;
  }

  /** Somebody else, who changes tables. */
  async function somebody(): Promise<Client> {
    const client = new Client({
      host: lab.source.socketDirectory,
      port: lab.source.port,
      user: "postgres",
      database,
    });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }

  /** Sees that a run ended because of its database, and said so to whoever reads it. */
  function failed({ status, errors }: Outcome, message: RegExp): void {
    assert.equal(status, refusedByDatabase, errors);
    const [last = ""] = errors.split("\n").filter((line) => line.startsWith("trading-dr: "));
    assert.match(last, message);
    assert.doesNotMatch(errors, /^ {4}at /m);
  }

  const lostConnection = /terminat|shut|clos|connection|ECONN|see that the server runs/i;

  describe("that are restarted in the middle", () => {
    it("of a backup: there is no manifest, and the next one is whole", async () => {
      const before = await whole();
      const outcome = await interrupted(
        "backup database",
        lab.backupOf(database),
        "snapshot taken",
        () => lab.source.restart(),
      );
      failed(outcome, lostConnection);
      assert.deepEqual(await whole(), before);
      await verifies(idOf(await lab.run("backup database", lab.backupOf(database))));
    });

    for (const when of ["verifying", "tables declared", "rows restored", "comparing"]) {
      it(`of a verification, after "${when}": the next one drops what is left`, async () => {
        const outcome = await interrupted(`verify --point ${id}`, lab.verification, when, () =>
          lab.scratch.restart(),
        );
        failed(outcome, lostConnection);
        await verifies(id);
      });
    }

    for (const when of ["tables declared", "rows restored"]) {
      it(`of a restore, after "${when}": the database appears in the next one`, async () => {
        const command = `restore database --point ${id} --into ${copy}`;
        const environment = lab.restoreOn(lab.scratch);
        const outcome = await interrupted(command, environment, when, () => lab.scratch.restart());
        failed(outcome, lostConnection);
        assert.ok(!databasesOf(lab.scratch).includes(copy));
        succeeded(await lab.run(command, environment));
        assert.deepEqual(databasesOf(lab.scratch), [copy]);
        assert.ok(contentsOf(lab.scratch, copy) === contents, "it is not what was backed up");
        lab.scratch.asSuperuser("postgres", `DROP DATABASE ${copy}`);
      });
    }
  });

  describe("whose sessions are ended", () => {
    const victims = {
      "a reader in the middle of its rows":
        "application_name = 'trading-dr' AND query LIKE 'COPY %'",
      "the session that holds the snapshot":
        "application_name = 'trading-dr' AND query NOT LIKE 'COPY %'",
    };
    for (const [name, condition] of Object.entries(victims)) {
      it(`${name}: the backup ends at once, without a manifest`, async () => {
        const before = await whole();
        let ended = 0;
        const outcome = await interrupted(
          "backup database",
          lab.backupOf(database),
          "snapshot taken",
          () =>
            becomes("a session was ended", () => {
              ended = Number(
                lab.source.asSuperuser(
                  "postgres",
                  `SELECT count(pg_terminate_backend(pid)) FROM (
                     SELECT pid FROM pg_stat_activity WHERE ${condition} ORDER BY pid LIMIT 1) one`,
                ),
              );
              return ended > 0;
            }),
        );
        assert.equal(ended, 1);
        // Whichever session notices first: one that takes the snapshot may find it gone, one that
        // writes that nobody reads any more.
        failed(outcome, /terminat|invalid snapshot|the connection was lost/);
        assert.deepEqual(await whole(), before);
        await becomes("all sessions have ended", () => sessionsOn(lab.source) === 0);
      });
    }
  });

  it("end pg_dump's session: the backup ends at once, without a manifest", async () => {
    const before = await whole();
    const other = await somebody();
    await other.query("CREATE TABLE parent (one integer) PARTITION BY RANGE (one)");
    // Keeps pg_dump waiting, long enough to find it.
    await other.query("BEGIN; LOCK TABLE parent");
    const { ended } = lab.start("backup database", lab.backupOf(database));
    await becomes(
      "the session was ended",
      () =>
        lab.source.asSuperuser(
          "postgres",
          `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
           WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'`,
        ) === "1",
    );
    failed(await ended, /pg_dump ended with status 1: .*terminat/);
    assert.deepEqual(await whole(), before);
    await other.query("ROLLBACK; DROP TABLE parent");
    await other.end();
  });

  describe("whose disk is full", () => {
    for (const [room, when, rowsFit] of [
      [7, "while rows are written", false],
      [11, "while indexes are made", true],
    ] as const) {
      it(`${when}: verify says so, leaves nothing, and passes when there is room`, async () => {
        const { server, grow, close } = await serverWithSmallDisk(room);
        const verification = {
          ...lab.verification,
          TRADING_DR_SCRATCH_SOCKET_DIRECTORY: server.socketDirectory,
          PGPORT: String(server.port),
        };
        const full = /No space left on device|disk is full/;
        try {
          const outcome = await lab.run(`verify --point ${id}`, verification);
          failed(outcome, full);
          assert.equal(outcome.errors.includes("rows restored"), rowsFit, outcome.errors);
          assert.deepEqual(workingDatabases(server), []);
          failed(
            await lab.run(`restore database --point ${id} --into ${copy}`, lab.restoreOn(server)),
            full,
          );
          assert.deepEqual(workingDatabases(server), []);
          assert.deepEqual(databasesOf(server), []);
          grow();
          succeeded(await lab.run(`verify --point ${id}`, verification));
          assert.deepEqual(workingDatabases(server), []);
        } finally {
          await close();
        }
      });
    }
  });

  describe("that do not let us in", () => {
    it("by a wrong password: restore says whose, and ends", async () => {
      lab.scratch.makeDatabase("owned", "administrator", "right");
      lab.scratch.asSuperuser("postgres", "ALTER ROLE administrator SUPERUSER");
      const directory = mkdtempSync(join(tmpdir(), "trading-dr-passwords-"));
      const file = join(directory, "password");
      const restore = (password: string) => {
        writeFileSync(file, `*:*:*:*:${password}\n`, { mode: 0o600 });
        return lab.run(`restore database --point ${id} --into ${copy}`, {
          ...lab.restoreOn(lab.scratch),
          TRADING_DR_DATABASE_HOST: "localhost",
          TRADING_DR_DATABASE_USER: "administrator",
          PGSSLROOTCERT: lab.scratch.certificateFile,
          PGPASSFILE: file,
        });
      };
      failed(
        await restore("wrong"),
        /cannot log in: password authentication failed for user "administrator".*; see that the password/,
      );
      assert.deepEqual(databasesOf(lab.scratch), ["owned"]);
      succeeded(await restore("right"));
      rmSync(directory, { recursive: true });
      lab.scratch.asSuperuser("postgres", `DROP DATABASE ${copy}`);
      lab.scratch.asSuperuser("postgres", "DROP DATABASE owned");
    });

    it("by a token, where a password is wanted: backup says whose, and writes nothing", async () => {
      lab.source.makeDatabase("owned", "administrator", "right");
      lab.source.asSuperuser("postgres", "CREATE ROLE reader LOGIN SUPERUSER IN ROLE rds_iam");
      const before = await lab.keys(points.prefix);
      const backup = (user: string) =>
        lab.run("backup database", {
          ...lab.backupOf(database, user),
          TRADING_DR_DATABASE_HOST: "localhost",
          PGSSLROOTCERT: lab.source.certificateFile,
        });
      failed(
        await backup("administrator"),
        /cannot log in: password authentication failed for user "administrator"/,
      );
      assert.deepEqual(await lab.keys(points.prefix), before);
      await verifies(idOf(await backup("reader")));
    });
  });

  describe("that are changed while they are backed up", () => {
    /** How many of them wait for a lock. */
    function waiting(): number {
      return Number(
        lab.source.asSuperuser(
          "postgres",
          "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = ''",
        ),
      );
    }

    /** Drops and alters tables, and makes one, each by a session of its own. */
    async function changes() {
      const others = await Promise.all([somebody(), somebody(), somebody()]);
      const statements = [
        "DROP TABLE doomed",
        "ALTER TABLE accounts ADD COLUMN later integer DEFAULT 7",
        "CREATE TABLE made AS SELECT 2 AS two",
      ];
      return {
        begin: () =>
          Promise.all(others.map((client, index) => client.query(statements[index] ?? ""))),
        /** Sees that they came about, and undoes them. */
        end: async () => {
          await Promise.all(others.map((client) => client.end()));
          assert.equal(
            lab.source.asSuperuser(
              database,
              `SELECT to_regclass('doomed') IS NULL, to_regclass('made') IS NOT NULL,
                 (SELECT count(later) FROM accounts)`,
            ),
            "t|t|2000",
          );
          lab.source.asSuperuser(
            database,
            "DROP TABLE made; ALTER TABLE accounts DROP COLUMN later",
          );
        },
      };
    }

    it("by who waits behind our locks: the backup is whole, and they go on after it", async () => {
      const faulty = await FaultyStore.start(lab.store.port);
      // The bucket takes its time, so that they come when all locks are taken.
      faulty.inject("late", { path: /content\//, times: 2 });
      lab.source.asSuperuser(database, "CREATE TABLE doomed AS SELECT 1 AS one");
      const { begin, end } = await changes();
      let changed: Promise<unknown> = Promise.resolve();
      const outcome = await interrupted(
        "backup database",
        { ...lab.backupOf(database), ...faulty.environment },
        "snapshot taken",
        async () => {
          await sleep(2_000);
          changed = begin();
          await becomes("two of them wait for us", () => waiting() === 2);
        },
      );
      assert.equal(faulty.injected, 2);
      await faulty.close();
      succeeded(outcome);
      await changed;
      await end();
      const { output } = await lab.run(`show ${idOf(outcome)}`, lab.listing);
      assert.match(output, /public\.doomed/);
      assert.doesNotMatch(output, /public\.made/);
      await verifies(idOf(outcome));
    });

    it("by who waits behind our locks and before pg_dump's: they go first, and the backup starts over", async () => {
      const holding = await somebody();
      await holding.query("CREATE TABLE parent (one integer) PARTITION BY RANGE (one)");
      lab.source.asSuperuser(database, "CREATE TABLE doomed AS SELECT 1 AS one");
      // Keeps pg_dump from what it locks later; the snapshot does not need it.
      await holding.query("BEGIN; LOCK TABLE parent");
      const { begin, end } = await changes();
      let changed: Promise<unknown> = Promise.resolve();
      const outcome = await interrupted(
        "backup database",
        lab.backupOf(database),
        "snapshot taken",
        async () => {
          changed = begin();
          await becomes("two of them wait for us", () => waiting() === 2);
          await holding.query("ROLLBACK");
        },
      );
      await changed;
      assert.match(succeeded(outcome).errors, /goes first: starting over/);
      await end();
      const { output } = await lab.run(`show ${idOf(outcome)}`, lab.listing);
      assert.doesNotMatch(output, /public\.doomed/);
      assert.match(output, /public\.made/);
      await verifies(idOf(outcome));
      await holding.query("DROP TABLE parent");
      await holding.end();
    });

    it("by who has locks already: the backup waits, and is whole", async () => {
      const other = await somebody();
      await other.query("BEGIN; ALTER TABLE accounts ADD COLUMN earlier integer");
      const { ended } = lab.start("backup database", lab.backupOf(database));
      // Longer than it waits for one lock.
      await sleep(8_000);
      await other.query("COMMIT");
      const outcome = succeeded(await ended);
      assert.match(lab.source.asSuperuser(database, "SELECT * FROM accounts LIMIT 1"), /\|$/);
      await verifies(idOf(outcome));
      await other.query("ALTER TABLE accounts DROP COLUMN earlier");
      await other.end();
    });

    it("by who waits for locks before us: they go first, and the backup is whole", async () => {
      const [reading, altering] = [await somebody(), await somebody()];
      await reading.query("BEGIN; SELECT count(*) FROM accounts");
      const altered = altering.query("ALTER TABLE accounts ADD COLUMN queued integer");
      await becomes("somebody waits", () => waiting() === 1);
      const { ended } = lab.start("backup database", lab.backupOf(database));
      await sleep(8_000);
      await reading.query("COMMIT");
      await altered;
      await verifies(idOf(await ended));
      await altering.query("ALTER TABLE accounts DROP COLUMN queued");
      await Promise.all([reading.end(), altering.end()]);
    });

    it("by new rows: what came after the snapshot is not in it", async () => {
      const other = await somebody();
      const outcome = await interrupted(
        "backup database",
        lab.backupOf(database),
        "snapshot taken",
        () =>
          other.query(
            "INSERT INTO trades (account, note) SELECT 1, 'late' FROM generate_series(1, 5000)",
          ),
      );
      succeeded(outcome);
      await verifies(idOf(outcome));
      await other.query("DELETE FROM trades WHERE note = 'late'");
      await other.end();
    });
  });

  it("are backed up twice at once: both recovery points are whole", async () => {
    const outcomes = await Promise.all([
      lab.run("backup database", lab.backupOf(database)),
      lab.run("backup database", lab.backupOf(database)),
    ]);
    const [one, other] = outcomes.map(idOf);
    assert.notEqual(one, other);
    await verifies(one ?? "");
    await verifies(other ?? "");
  });

  describe("beside a clock that is an hour off", () => {
    for (const [offset, name] of [
      ["-1h", "behind"],
      ["+1h", "ahead"],
    ] as const) {
      it(`${name}: backup, verify and restore succeed, and the snapshot's time is the server's`, async function () {
        if (!existsSync(anotherClock)) {
          assert.equal(process.env["CI"], undefined, "on Debian: sudo apt-get install faketime");
          process.stderr.write("\nTEST OF CLOCKS SKIPPED: sudo apt-get install faketime\n\n");
          this.skip();
        }
        const clock = {
          LD_PRELOAD: anotherClock,
          FAKETIME: offset,
          FAKETIME_DONT_FAKE_MONOTONIC: "1",
        };
        const point = idOf(
          await lab.run("backup database", { ...lab.backupOf(database), ...clock }),
        );
        const hours = (timeOf(point) - Date.now()) / 3_600_000;
        assert.ok(Math.abs(hours - Number.parseInt(offset)) < 0.1, "the clock was not another");
        const { output } = succeeded(await lab.run(`show ${point} --json`, lab.listing));
        const { source } = JSON.parse(output) as { source: { snapshotAt: string } };
        assert.ok(Math.abs(new Date(source.snapshotAt).getTime() - Date.now()) < 120_000);
        succeeded(await lab.run(`verify --point ${point}`, { ...lab.verification, ...clock }));
        succeeded(
          await lab.run(`restore database --point ${point} --into ${copy}`, {
            ...lab.restoreOn(lab.scratch),
            ...clock,
          }),
        );
        lab.scratch.asSuperuser("postgres", `DROP DATABASE ${copy}`);
      });
    }
  });
});

/** Time in an id: `20261129T155543Z-0badcafe`. */
function timeOf(id: string): number {
  return new Date(
    id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, "$1-$2-$3T$4:$5:$6Z"),
  ).getTime();
}

/**
 * A server that has its databases, but not its log, on a disk of its own, which is small. The log stays
 * where there is room: a server whose log cannot grow stops, which is another fault.
 *
 * @param room MiB that are free.
 */
async function serverWithSmallDisk(room: number): Promise<{
  readonly server: DatabaseServer;
  readonly grow: () => void;
  readonly close: () => Promise<void>;
}> {
  const server = await DatabaseServer.start("localhost");
  const base = join(server.socketDirectory, "data/base");
  const disk = mkdtempSync(join(tmpdir(), "trading-dr-small-disk-"));
  const asRoot = (command: string) => {
    const words = [...(process.getuid?.() === 0 ? [] : ["sudo", "-n"]), ...command.split(" ")];
    execFileSync(words[0] ?? "", words.slice(1), { stdio: "pipe" });
  };
  server.asSuperuser("postgres", "CHECKPOINT");
  const taken = Number.parseInt(execFileSync("du", ["-sk", base], { encoding: "utf8" }));
  asRoot(`mount -t tmpfs -o size=${String(taken + room * 1024)}k tmpfs ${disk}`);
  asRoot(`cp -a ${base}/. ${disk}`);
  asRoot(`mount --bind ${disk} ${base}`);
  await server.restart();
  return {
    server,
    grow: () => {
      asRoot(`mount -o remount,size=256m ${disk}`);
    },
    close: async () => {
      // The server has files open there: the disk goes when they are closed.
      asRoot(`umount --lazy ${base}`);
      asRoot(`umount --lazy ${disk}`);
      rmSync(disk, { recursive: true });
      await server.close();
    },
  };
}

function succeeded(outcome: Outcome): Outcome {
  assert.equal(outcome.status, done, outcome.errors);
  return outcome;
}

function idOf(outcome: Outcome): string {
  succeeded(outcome);
  return outcome.output.trim();
}
