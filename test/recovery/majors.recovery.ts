import assert from "node:assert/strict";
import { delimiter } from "node:path";
import { DatabaseServer } from "../support/databaseServer";
import { type Major, MajorPrograms, majors } from "../support/postgresqlMajors";
import { dataSetFor } from "./adaptedDataSet";
import { assertSame, assertSameRows } from "./comparison";
import { type Outcome, useLaboratory } from "./laboratory";

/** Extensions whose functions have other arguments since 15: pg_dump writes privileges on the old ones. */
const changedSince15 = ["postgres_fdw"];

/** What a major version has that those before it have not. */
const features: Readonly<Record<Major, string>> = {
  16: `CREATE ROLE newcomer; GRANT trader TO newcomer WITH INHERIT FALSE, SET FALSE;
       CREATE TABLE market.since_16 (id int, t text STORAGE EXTERNAL COMPRESSION pglz);
       INSERT INTO market.since_16 VALUES (1, repeat('long', 10000))`,
  17: `CREATE ROLE newcomer; GRANT trader TO newcomer WITH INHERIT FALSE, SET FALSE;
       GRANT MAINTAIN ON market.desk TO auditor;
       CREATE TABLE market.since_17 (id int GENERATED ALWAYS AS IDENTITY, day date) PARTITION BY RANGE (day);
       CREATE TABLE market.since_17_part PARTITION OF market.since_17 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
       INSERT INTO market.since_17 (day) SELECT '2026-03-01' FROM generate_series(1, 9);
       CREATE VIEW market.of_json AS SELECT n FROM JSON_TABLE('[1, 2]', '$[*]' COLUMNS (n int PATH '$'));
       CREATE COLLATION market.built_in (provider = builtin, locale = 'C.UTF-8')`,
  18: `CREATE ROLE newcomer; GRANT trader TO newcomer WITH INHERIT FALSE, SET FALSE;
       CREATE TABLE market.since_18 (n int, doubled int GENERATED ALWAYS AS (n * 2), stored int GENERATED ALWAYS AS (n * 3) STORED);
       INSERT INTO market.since_18 VALUES (1), (NULL);
       CREATE TABLE market.during (id int4range, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS));
       INSERT INTO market.during VALUES ('[1,2)', '[2026-01-01,2026-02-01)'), ('[1,2)', '[2026-02-01,)');
       ALTER TABLE market.late ADD CONSTRAINT given NOT NULL n NOT VALID;
       ALTER TABLE market.late ADD CONSTRAINT hoped CHECK (n < 5) NOT ENFORCED;
       CREATE COLLATION market.built_in (provider = builtin, locale = 'PG_UNICODE_FAST')`,
};

for (const major of majors) {
  describe(`recovery points and PostgreSQL ${String(major)}`, () => {
    const laboratory = useLaboratory();
    let programs: MajorPrograms | undefined;
    let source: DatabaseServer;
    let scratch: DatabaseServer;

    before(async function () {
      this.timeout("10m");
      try {
        programs = await MajorPrograms.of(major);
      } catch (error) {
        if (process.env["CI"] !== undefined) {
          throw error;
        }
        process.stderr.write(
          `\nTESTS ON POSTGRESQL ${String(major)} SKIPPED: ${String(error)}\n\n`,
        );
        this.skip();
      }
      const { directory } = programs;
      source = await DatabaseServer.start("localhost", directory);
      scratch = await DatabaseServer.start("localhost", directory);
      // The laboratory's has it, and a restore brings it along.
      source.asSuperuser("postgres", "CREATE ROLE rds_iam");
    });
    after(async () => {
      if (programs !== undefined) {
        await Promise.all([source.close(), scratch.close()]);
        programs.remove();
      }
    });

    /** Runs the command with the client programs of the major version. */
    function run(words: string, environment: Readonly<Record<string, string>>): Promise<Outcome> {
      assert(programs !== undefined);
      const PATH = [programs.directory, process.env["PATH"]].join(delimiter);
      return laboratory().run(words, { ...environment, PATH });
    }

    const onSource = (database: string) => ({
      ...laboratory().backupOf(database),
      TRADING_DR_DATABASE_HOST: source.socketDirectory,
      PGPORT: String(source.port),
    });

    /** Backs a database up, restores it on another server of the major version, and verifies that there. */
    async function roundTrip(
      environment: Readonly<Record<string, string>>,
      into: string,
    ): Promise<void> {
      const taken = await run("backup database", environment);
      assert.equal(taken.status, 0, taken.errors);
      const point = taken.output.trim();
      const restored = await run(
        `restore database --point ${point} --into ${into}`,
        laboratory().restoreOn(scratch),
      );
      assert.equal(restored.status, 0, restored.errors);
      const verified = await run(`verify --point ${point}`, {
        ...laboratory().verification,
        TRADING_DR_SCRATCH_SOCKET_DIRECTORY: scratch.socketDirectory,
        PGPORT: String(scratch.port),
      });
      assert.equal(verified.status, 0, verified.errors);
    }

    it("brings back what was in PostgreSQL 15", async () => {
      const old = laboratory().source;
      old.asSuperuser("postgres", "CREATE DATABASE trading");
      old.asSuperuser("trading", dataSetFor(source, changedSince15));
      await roundTrip(laboratory().backupOf("trading"), "from_15");
      // What is declared cannot be held to the source: a newer version spells it otherwise.
      assertSameRows(
        { server: scratch, database: "from_15" },
        { server: old, database: "trading" },
      );
    });

    it("brings back what it has and others have not, and the server's roles", async () => {
      source.asSuperuser("postgres", "CREATE DATABASE trading");
      source.asSuperuser("trading", dataSetFor(source));
      source.asSuperuser("trading", features[major]);
      await roundTrip(onSource("trading"), "own");
      assertSame({ server: scratch, database: "own" }, { server: source, database: "trading" });
      const rolesOf = (server: DatabaseServer) =>
        server.dumpRoles().replaceAll(/^\\(un)?restrict .*$/gm, "");
      assert.equal(rolesOf(scratch), rolesOf(source));
    });

    if (major >= 17) {
      it("brings back a database whose text PostgreSQL itself sorts", async () => {
        const name = major >= 18 ? "PG_UNICODE_FAST" : "C.UTF-8";
        source.asSuperuser(
          "postgres",
          `CREATE DATABASE sorted TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE '${name}' LOCALE 'C'`,
        );
        source.asSuperuser(
          "sorted",
          "CREATE TABLE name (n text PRIMARY KEY); INSERT INTO name VALUES ('ä'), ('b'), ('A')",
        );
        await roundTrip(onSource("sorted"), "sorted_again");
        assertSame(
          { server: scratch, database: "sorted_again" },
          { server: source, database: "sorted" },
        );
      });
    }

    it("is refused by a backup whose pg_dump is older", async () => {
      const { status, errors } = await laboratory().run("backup database", onSource("trading"));
      assert.equal(status, 3, errors);
      assert.match(
        errors,
        new RegExp(
          `pg_dump is 15\\S* and the server ${String(major)}\\S*: install PostgreSQL's client programs of ${String(major)} or newer`,
        ),
      );
    });

    it("is refused by a restore whose pg_restore is older, and restores on no older server", async () => {
      const latest = "restore database --point latest --into refused";
      const older = await laboratory().run(latest, laboratory().restoreOn(scratch));
      assert.equal(older.status, 3, older.errors);
      assert.match(older.errors, /pg_restore is 15\S*, and the recovery point was written by/);
      const onto15 = await run(latest, laboratory().restoreOn(laboratory().scratch));
      assert.equal(onto15.status, 3, onto15.errors);
      assert.match(onto15.errors, /the server is PostgreSQL 15.*restore it on a server of/);
    });

    if (major >= 17) {
      it("restores nothing on a server of 15, where its pg_restore fails", async () => {
        const point = await laboratory().backup("trading");
        const { status, errors } = await run(
          `restore database --point ${point} --into refused`,
          laboratory().restoreOn(laboratory().scratch),
        );
        assert.equal(status, 3, errors);
        assert.match(errors, /cannot restore on a server of 15.*install .* client programs of 15/);
      });
    }
  });
}
