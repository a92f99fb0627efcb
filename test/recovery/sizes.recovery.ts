import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { type Readable } from "node:stream";
import { Client } from "pg";
import xxhash from "xxhash-wasm";
import { type DatabaseServer } from "../support/databaseServer";
import { programPath } from "../support/postgresqlPrograms";
import { heldBy } from "../support/processTree";
import { assertSame } from "./comparison";
import { type Laboratory, type Outcome, points, type Started, useLaboratory } from "./laboratory";

describe("recovery points of many and of large things", function () {
  this.timeout("5m");
  const laboratory = useLaboratory();

  before(() => {
    laboratory().makeReader("reader");
  });

  it("packs 1,000 tables into a few objects", async () => {
    const { source, scratch } = laboratory();
    source.asSuperuser("postgres", "CREATE DATABASE many");
    source.asSuperuser(
      "many",
      `DO $$ BEGIN
         FOR n IN 1..1000 LOOP
           EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, t text)', n);
           EXECUTE format('INSERT INTO t%s SELECT n, md5(n::text) FROM generate_series(1, %s) n', n, n % 50);
         END LOOP;
       END $$`,
    );
    const point = await laboratory().backup("many", "reader");
    const { tables, objects } = await laboratory().manifestOf(point);
    assert.equal(tables.length, 1000);
    assert.equal(
      tables.reduce((sum, { rows }) => sum + rows, 0),
      Array.from({ length: 1000 }, (_, index) => (index + 1) % 50).reduce((sum, n) => sum + n, 0),
    );
    // One of each session that reads, at most four, and one each of the structure and the roles.
    assert(objects.length <= 6, String(objects.length));
    const keys = await laboratory().keys(`${points.prefix}${point}/`);
    assert.equal(keys.length, objects.length + 1);
    await laboratory().restore(point, "many_again");
    assertSame({ server: scratch, database: "many_again" }, { server: source, database: "many" });
  });

  it("takes a value of 40 MB apart, and puts it together again", async () => {
    const { source, scratch } = laboratory();
    source.asSuperuser("postgres", "CREATE DATABASE long");
    source.asSuperuser(
      "long",
      `CREATE TABLE document (id int PRIMARY KEY, t text);
       INSERT INTO document VALUES (1, 'before'), (3, 'after');
       INSERT INTO document SELECT 2, string_agg(md5(n::text), '') FROM generate_series(1, 1250000) n`,
    );
    const point = await laboratory().backup("long", "reader");
    const [table] = (await laboratory().manifestOf(point)).tables;
    assert(table !== undefined);
    assert.equal(table.rows, 3);
    assert(table.segments.some(({ continues }) => continues === true));
    assert.equal(table.segments.at(-1)?.continues, undefined);
    await laboratory().restore(point, "long_again");
    const contents =
      "SELECT string_agg(concat_ws(' ', id, length(t), md5(t)), ', ' ORDER BY id) FROM document";
    assert.equal(scratch.asSuperuser("long_again", contents), source.asSuperuser("long", contents));
    await laboratory().verify(point);
  });

  it("keeps long values of a table whole that several sessions read at once", async () => {
    const { source, scratch } = laboratory();
    source.asSuperuser("postgres", "CREATE DATABASE long_and_many");
    // Several parts, and in each of them values that are cut.
    source.asSuperuser(
      "long_and_many",
      `CREATE TABLE document (id int, t text) WITH (autovacuum_enabled = false);
       ALTER TABLE document ALTER t SET STORAGE EXTERNAL;
       CREATE TABLE long AS SELECT string_agg(md5(n::text), '') AS t FROM generate_series(1, 650000) n;
       DO $$ BEGIN
         FOR part IN 1..4 LOOP
           INSERT INTO document SELECT part * 100000 + n, repeat(md5(n::text), 50) FROM generate_series(1, 10000) n;
           INSERT INTO document SELECT part * 100000, part::text || t FROM long;
           INSERT INTO document SELECT part * 100000 + n, repeat(md5(n::text), 50) FROM generate_series(10001, 20000) n;
         END LOOP;
       END $$;
       DROP TABLE long`,
    );
    const point = await laboratory().backup("long_and_many", "reader");
    const [table] = (await laboratory().manifestOf(point)).tables;
    assert((table?.segments.filter(({ continues }) => continues === true).length ?? 0) >= 4);
    await laboratory().restore(point, "long_and_many_again");
    const contents = "SELECT count(*), sum(length(t)), sum(hashtextextended(t, id)) FROM document";
    assert.equal(
      scratch.asSuperuser("long_and_many_again", contents),
      source.asSuperuser("long_and_many", contents),
    );
  });

  it("brings 1 GB back as it was, within 256 MiB of memory, child processes included", async function () {
    this.timeout("15m");
    const { source, scratch } = laboratory();
    source.asSuperuser("postgres", "CREATE DATABASE trading");
    source.asSuperuser(
      "trading",
      `CREATE TABLE trades (id int, t text);
       INSERT INTO trades SELECT n, repeat(md5(n::text), 32) FROM generate_series(1, 500000) n;
       ALTER TABLE trades ADD PRIMARY KEY (id);
       CREATE TABLE orders (id int, trade int, t text);
       INSERT INTO orders SELECT n, 1 + n % 500000, repeat(md5((-n)::text), 32) FROM generate_series(1, 500000) n;
       ALTER TABLE orders ADD PRIMARY KEY (id), ADD FOREIGN KEY (trade) REFERENCES trades`,
    );
    const backup = await peakOf(
      laboratory().start("backup database", laboratory().backupAs("reader", "trading")),
    );
    assert.equal(backup.outcome.status, 0, backup.outcome.errors);
    const restore = await peakOf(
      laboratory().start(
        `restore database --point ${backup.outcome.output.trim()} --into trading_again`,
        laboratory().restoreOn(scratch),
      ),
    );
    assert.equal(restore.outcome.status, 0, restore.outcome.errors);
    for (const { peak } of [backup, restore]) {
      // It is looked at often enough to see anything at all.
      assert.ok(peak > 50 && peak <= 256, `${String(peak)} MiB`);
    }
    assert.deepEqual(await contentOf(scratch, "trading_again"), await contentOf(source, "trading"));
  });

  describe("of a table of 200 MB", () => {
    before(() => {
      const { source } = laboratory();
      source.asSuperuser("postgres", "CREATE DATABASE large");
      // What is deleted leaves blocks without rows, what is updated moves to the end.
      source.asSuperuser(
        "large",
        `CREATE TABLE trade (id int, t text) WITH (autovacuum_enabled = false);
         INSERT INTO trade SELECT n, repeat(md5(n::text), 28) FROM generate_series(1, 200000) n;
         DELETE FROM trade WHERE id BETWEEN 50000 AND 130000 OR id % 7 = 0;
         UPDATE trade SET t = 'moved ' || t WHERE id % 5 = 0`,
      );
    });

    it("reads it in parts, and each row once", async () => {
      const { source, scratch } = laboratory();
      const blocks = source.asSuperuser("large", "SELECT pg_relation_size('trade') / 8192");
      // Four parts of 8,192 blocks at least.
      assert(Number(blocks) > 3 * 8192, blocks);
      const point = await laboratory().backup("large", "reader");
      const [table] = (await laboratory().manifestOf(point)).tables;
      const expected = await sumOf(laboratory(), "large", "trade");
      assert.deepEqual({ rows: table?.rows, digest: table?.digest }, expected);
      await laboratory().restore(point, "large_again");
      const contents =
        "SELECT count(*), count(DISTINCT id), sum(hashtextextended(t, id)), min(id), max(id) FROM trade";
      assert.equal(
        scratch.asSuperuser("large_again", contents),
        source.asSuperuser("large", contents),
      );
      await laboratory().verify(point);
    });

    it("sees one moment of a database in which money moves", async () => {
      const { source, scratch } = laboratory();
      const ledgers = Array.from({ length: 8 }, (_, number) => `ledger_${String(number)}`);
      source.asSuperuser(
        "large",
        [
          "CREATE TABLE closing ()",
          ...ledgers.map((ledger) => `CREATE TABLE ${ledger} (transfer bigint, amount bigint)`),
          // It moves money thousands of times a second, each time in a transaction.
          `CREATE PROCEDURE trade_on() LANGUAGE plpgsql AS $$
           DECLARE transfer bigint := 0;
           BEGIN
             WHILE NOT EXISTS (SELECT FROM closing) LOOP
               transfer := transfer + 1;
               EXECUTE format('INSERT INTO ledger_%s VALUES ($1, -7)', transfer % 8) USING transfer;
               EXECUTE format('INSERT INTO ledger_%s VALUES ($1, 7)', (transfer * 5 + 1) % 8) USING transfer;
               COMMIT;
             END LOOP;
           END $$`,
        ].join(";"),
      );
      const writer = new Client({
        host: source.socketDirectory,
        port: source.port,
        user: "postgres",
        database: "large",
      });
      await writer.connect();
      const trading = writer.query("CALL trade_on()");
      const { status, output, errors } = await laboratory().run(
        "backup database",
        laboratory().backupAs("reader", "large"),
      );
      source.asSuperuser("large", "INSERT INTO closing DEFAULT VALUES");
      await trading;
      await writer.end();
      assert.equal(status, 0, errors);
      await laboratory().restore(output.trim(), "moment");
      const entries = ledgers.map((ledger) => `SELECT * FROM ${ledger}`).join(" UNION ALL ");
      const last = (server: DatabaseServer, database: string) =>
        Number(server.asSuperuser(database, `SELECT max(transfer) FROM (${entries}) entry`));
      const seen = last(scratch, "moment");
      const made = last(source, "large");
      // Money moved before the snapshot, and while it was read.
      assert(seen > 0 && seen < made, `${String(seen)} of ${String(made)}`);
      assert.equal(
        scratch.asSuperuser(
          "moment",
          `SELECT sum(amount), count(*), count(DISTINCT transfer) FROM (${entries}) entry`,
        ),
        `0|${String(2 * seen)}|${String(seen)}`,
      );
    });
  });
});

/** Runs a command to its end, and says how many mebibytes it held at most, child processes included. */
async function peakOf({ child, ended }: Started): Promise<{ outcome: Outcome; peak: number }> {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, heldBy(child.pid ?? 0));
  }, 50);
  try {
    return { outcome: await ended, peak };
  } finally {
    clearInterval(timer);
  }
}

/** What is in a database's tables, row by row in the order of their keys, by nothing of the product's. */
async function contentOf(
  server: DatabaseServer,
  database: string,
): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const table of ["trades", "orders"]) {
    const hash = createHash("sha256");
    for await (const chunk of copied(server, database, `(SELECT * FROM ${table} ORDER BY id)`)) {
      hash.update(chunk as Buffer);
    }
    hashes[table] = hash.digest("hex");
  }
  return hashes;
}

/** Rows as `COPY` writes them. */
function copied(server: DatabaseServer, database: string, what: string): Readable {
  const child = spawn(
    programPath("psql"),
    ["--no-psqlrc", "--quiet", `--command=COPY ${what} TO STDOUT`],
    {
      env: {
        PATH: process.env["PATH"],
        PGHOST: server.socketDirectory,
        PGPORT: String(server.port),
        PGUSER: "postgres",
        PGDATABASE: database,
      },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  return child.stdout;
}

/** Rows of a table, and the sum of their hashes, by the manifest's own words and nothing of the product's. */
async function sumOf(
  { source }: Laboratory,
  database: string,
  table: string,
): Promise<{ rows: number; digest: string }> {
  const hash = await xxhash();
  let rows = 0;
  let sum = 0n;
  for await (const line of createInterface({ input: copied(source, database, table) })) {
    rows += 1;
    sum = BigInt.asUintN(64, sum + hash.h64Raw(Buffer.from(line)));
  }
  return { rows, digest: sum.toString(16).padStart(16, "0") };
}
