import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type TableComparison } from "../../recovery/restoreTables";
import { emergencies, events, otherEvents, useLaboratory } from "./laboratory";

describe("what operators do", () => {
  const laboratory = useLaboratory();
  let point: string;

  before(async () => {
    const { source } = laboratory();
    source.asSuperuser("postgres", "CREATE DATABASE trading");
    source.asSuperuser(
      "trading",
      `CREATE TYPE side AS ENUM ('buy', 'sell');
       CREATE TABLE trades (id bigint PRIMARY KEY, side side, price numeric, details json);
       CREATE TABLE orders (id bigint PRIMARY KEY, trade bigint REFERENCES trades);
       CREATE FUNCTION forget() RETURNS void LANGUAGE sql AS 'DELETE FROM public.orders';
       INSERT INTO trades SELECT i, 'buy', i, '{}' FROM generate_series(1, 1000) i;
       INSERT INTO orders SELECT i, i FROM generate_series(1, 1000) i`,
    );
    point = await laboratory().backup("trading");
  });

  describe("restoring tables beside the live ones", () => {
    const beside = (options: string) =>
      laboratory().run(
        `restore tables --point ${point} --database trading ${options}`,
        laboratory().restoreOn(laboratory().source),
      );

    it("counts the rows that only one side has, and changes nothing that is live", async () => {
      const { source } = laboratory();
      source.asSuperuser(
        "trading",
        `DELETE FROM orders WHERE id <= 10; DELETE FROM trades WHERE id <= 5;
         UPDATE trades SET price = 0 WHERE id = 100;
         INSERT INTO trades VALUES (1001, 'sell', 1, NULL), (1002, 'sell', 2, NULL)`,
      );
      const live = () => source.asSuperuser("trading", "SELECT t::text FROM trades t ORDER BY id");
      const before = live();
      const { status, output, errors } = await beside(
        "--schema before_the_bug --tables public.trades public.orders --json",
      );
      assert.equal(status, 0, errors);
      assert.deepEqual(JSON.parse(output) as TableComparison[], [
        { table: "public.trades", restoredRows: 1000, live: { rows: 997, missing: 6, added: 3 } },
        { table: "public.orders", restoredRows: 1000, live: { rows: 990, missing: 10, added: 0 } },
      ]);
      assert.equal(live(), before);
      assert.equal(
        source.asSuperuser("trading", "SELECT count(*) FROM before_the_bug.trades"),
        "1000",
      );
      assert.doesNotMatch(
        source.asSuperuser("postgres", "SELECT datname FROM pg_database"),
        /restoring/,
      );
    });

    it("says so when the live table is gone", async () => {
      laboratory().source.asSuperuser("trading", "ALTER TABLE orders RENAME TO orders_of_today");
      const { output } = await beside("--schema of_a_dropped_one --tables public.orders");
      assert.match(output, /^public\.orders +1000 +no such table, or other columns$/m);
      laboratory().source.asSuperuser("trading", "ALTER TABLE orders_of_today RENAME TO orders");
    });

    describe("as a dry run", () => {
      const everything = async () => {
        const { source } = laboratory();
        const databases = source.asSuperuser("postgres", "SELECT oid, datname FROM pg_database");
        const schemas = source.asSuperuser("trading", "SELECT oid, nspname FROM pg_namespace");
        return [databases, schemas, ...(await laboratory().keys(""))].join("\n");
      };

      /** Runs it, and sees that nothing was changed. */
      const tried = async (options: string, environment: Record<string, string> = {}) => {
        const before = await everything();
        const outcome = await laboratory().run(
          `restore tables --database trading --dry-run ${options}`,
          { ...laboratory().restoreOn(laboratory().source), ...environment },
        );
        assert.equal(await everything(), before);
        return outcome;
      };

      it("says what it would do", async () => {
        const { status, output, errors } = await tried(
          `--point ${point} --schema dry --tables public.trades public.orders`,
        );
        assert.equal(status, 0, errors);
        assert.match(
          output,
          new RegExp(
            `^Would restore public\\.trades, public\\.orders of s3://.*/${point}/ into a new schema dry of trading on /.*, and compare them with the live ones\\.\n$`,
          ),
        );
      });

      for (const [what, options, status, complaint] of [
        [
          "a schema that is there",
          "--schema public --tables public.trades",
          3,
          /schema public already/,
        ],
        ["a table that was not backed up", "--schema s --tables public.no", 3, /has no table/],
        [
          "two tables of one name",
          "--schema s --tables public.trades public.trades",
          3,
          /two tables are called trades/,
        ],
        ["an output for machines", "--schema s --tables public.trades --json", 2, /--json/],
      ] as const) {
        it(`refuses ${what}`, async () => {
          const { status: ended, errors, log } = await tried(`--point ${point} ${options}`);
          assert.equal(ended, status, errors);
          assert.match(log, complaint);
        });
      }

      it("refuses a database that somebody else has made", async () => {
        const { source } = laboratory();
        source.asSuperuser("postgres", "CREATE DATABASE trading_tables_restoring");
        source.asSuperuser("trading_tables_restoring", "CREATE TABLE theirs (id integer)");
        const { status, errors } = await tried(
          `--point ${point} --schema s --tables public.trades`,
        );
        source.asSuperuser("postgres", "DROP DATABASE trading_tables_restoring");
        assert.equal(status, 3, errors);
        assert.match(errors, /there is a database trading_tables_restoring, .*: rename it/);
      });

      it("drops nothing that an earlier run has left, as the restore would", async () => {
        const { source } = laboratory();
        source.asSuperuser("postgres", "CREATE DATABASE trading_tables_restoring");
        const { status, errors } = await tried(
          `--point ${point} --schema s --tables public.trades`,
        );
        source.asSuperuser("postgres", "DROP DATABASE trading_tables_restoring");
        assert.equal(status, 0, errors);
      });
    });

    for (const [title, options, complaint] of [
      ["a schema that is there", "--schema public --tables public.trades", /schema public already/],
      ["a table without a schema", "--schema s --tables trades", /has no table trades; write it/],
      [
        "a table that was not backed up",
        "--schema s --tables public.no",
        /has no table public\.no/,
      ],
    ] as const) {
      it(`refuses ${title}`, async () => {
        const { status, errors } = await beside(options);
        assert.equal(status, 3, errors);
        assert.match(errors, complaint);
        assert.equal(
          laboratory().source.asSuperuser(
            "trading",
            "SELECT count(*) FROM pg_namespace WHERE nspname = 's'",
          ),
          "0",
        );
      });
    }
  });

  describe("hooks around a restore", () => {
    let directory: string;

    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), "trading-dr-hooks-"));
    });
    afterEach(() => {
      rmSync(directory, { recursive: true });
    });

    const restore = (into: string, quiesce: string) =>
      laboratory().run(`restore database --point ${point} --into ${into}`, {
        ...laboratory().restoreOn(laboratory().scratch),
        TRADING_DR_QUIESCE: JSON.stringify(["bash", "-c", quiesce]),
        TRADING_DR_RESUME: JSON.stringify(["bash", "-c", `echo resumed >> ${directory}/calls`]),
      });
    const calls = () => readFileSync(join(directory, "calls"), "utf8");

    it("are called before and after", async () => {
      const { status, errors } = await restore("hooked", `echo quiet >> ${directory}/calls`);
      assert.equal(status, 0, errors);
      assert.equal(calls(), "quiet\nresumed\n");
    });

    it("let writers go on when the restore fails", async () => {
      laboratory().scratch.asSuperuser("postgres", "CREATE DATABASE busy");
      const makeBusy = `psql --host=${laboratory().scratch.socketDirectory} --port=${String(laboratory().scratch.port)} --username=postgres --command="SELECT pg_sleep(20)" busy >/dev/null & sleep 1`;
      const { status, errors } = await restore("busy", makeBusy);
      assert.equal(status, 3, errors);
      assert.match(errors, /1 sessions are connected to busy: postgres \(psql\)/);
      assert.equal(calls(), "resumed\n");
    });

    it("are not called for what is refused anyway", async () => {
      laboratory().scratch.asSuperuser("postgres", "CREATE DATABASE lively");
      laboratory().scratch.asSuperuser("lively", "CREATE TABLE used (id integer)");
      const { status } = await restore("lively", `echo quiet >> ${directory}/calls`);
      assert.equal(status, 3);
      assert.ok(!existsSync(join(directory, "calls")));
    });

    for (const [what, quiesce, heard] of [
      ["its hook", "trap 'echo told >> $0; exit 1' TERM; sleep 30 & wait", "told\n"],
      ["its hook, which ignores it,", "trap '' TERM; sleep 30", ""],
    ] as const) {
      it(`let writers go on when the restore is ended with ${what}`, async () => {
        const events = (await laboratory().keys(otherEvents.operators.prefix)).length;
        const { child, ended } = laboratory().start(
          `restore database --point ${point} --into ended`,
          {
            ...laboratory().restoreOn(laboratory().scratch),
            TRADING_DR_QUIESCE: JSON.stringify([
              "bash",
              "-c",
              `touch ${directory}/begun; ${quiesce}`,
              `${directory}/calls`,
            ]),
            TRADING_DR_RESUME: JSON.stringify(["bash", "-c", `echo resumed >> ${directory}/calls`]),
          },
        );
        while (!existsSync(`${directory}/begun`)) {
          await sleep(20);
        }
        // Its trap is set.
        await sleep(300);
        child.kill("SIGTERM");
        const { status, errors } = await ended;
        assert.equal(status, 143, errors);
        assert.equal(calls(), `${heard}resumed\n`);
        const happened = await laboratory().lastEvent(otherEvents.operators);
        assert.equal(happened.kind, "restoration");
        assert.deepEqual(happened.failure, { reason: "interrupted", message: "ended by SIGTERM" });
        assert.equal((await laboratory().keys(otherEvents.operators.prefix)).length, events + 1);
      });
    }

    it("are ended when their time is over", async () => {
      const { status, errors } = await laboratory().run(
        `restore database --point ${point} --into waiting`,
        {
          ...laboratory().restoreOn(laboratory().scratch),
          TRADING_DR_QUIESCE: JSON.stringify(["sleep", "30"]),
          TRADING_DR_RESUME: JSON.stringify(["bash", "-c", `echo resumed >> ${directory}/calls`]),
          TRADING_DR_HOOK_SECONDS: "1",
        },
      );
      assert.equal(status, 3, errors);
      assert.match(errors, /the quiesce hook, sleep, was ended, .* within 1 s: .*; nothing was/);
      assert.equal(calls(), "resumed\n");
    });

    it("keep a restore from beginning when writers cannot be stopped, and let them go on", async () => {
      const { status, errors } = await restore("never", "exit 7");
      assert.equal(status, 3);
      assert.match(errors, /the quiesce hook, bash, ended with status 7/);
      assert.equal(calls(), "resumed\n");
      assert.equal(
        laboratory().scratch.asSuperuser(
          "postgres",
          "SELECT count(*) FROM pg_database WHERE datname LIKE 'never%'",
        ),
        "0",
      );
    });
  });

  for (const [what, statement] of [
    ["function", "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'"],
    ["schema", "CREATE SCHEMA prepared"],
    ["type", "CREATE TYPE side AS ENUM ('buy', 'sell')"],
    ["large object", "SELECT lo_create(0)"],
    ["extension", "CREATE EXTENSION hstore"],
  ] as const) {
    it(`takes no database for empty that has a ${what} alone`, async () => {
      const { scratch } = laboratory();
      const name = `only_${what.replace(" ", "_")}`;
      scratch.asSuperuser("postgres", `CREATE DATABASE ${name}`);
      scratch.asSuperuser(name, statement);
      const { status, errors } = await laboratory().run(
        `restore database --point ${point} --into ${name}`,
        laboratory().restoreOn(scratch),
      );
      assert.equal(status, 3);
      assert.match(errors, new RegExp(`${name} is not empty: restore into another name`));
    });
  }

  describe("the database that a restore works in", () => {
    const restore = () =>
      laboratory().run(
        `restore database --point ${point} --into claimed`,
        laboratory().restoreOn(laboratory().scratch),
      );
    const databases = () =>
      laboratory().scratch.asSuperuser(
        "postgres",
        "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE datname LIKE 'claimed%'",
      );

    it("is left alone when somebody else has made it", async () => {
      const { scratch } = laboratory();
      scratch.asSuperuser("postgres", "CREATE DATABASE claimed_restoring");
      scratch.asSuperuser("claimed_restoring", "CREATE TABLE theirs (id integer)");
      const { status, errors } = await restore();
      assert.equal(status, 3);
      assert.match(
        errors,
        /there is a database claimed_restoring, .* was not made by one: rename it/,
      );
      assert.equal(databases(), "claimed_restoring");
    });

    it("is dropped when an earlier run left it, with its mark", async () => {
      laboratory().scratch.asSuperuser(
        "postgres",
        "COMMENT ON DATABASE claimed_restoring IS 'Made by trading-dr, and not whole'",
      );
      const { status, errors } = await restore();
      assert.equal(status, 0, errors);
      assert.equal(databases(), "claimed");
    });

    it("belongs to one run at a time", async () => {
      laboratory().scratch.asSuperuser("postgres", "DROP DATABASE claimed");
      const outcomes = await Promise.all([restore(), restore()]);
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), [0, 3]);
      const refused = outcomes.find(({ status }) => status === 3)?.errors ?? "";
      assert.match(refused, /another run is restoring into claimed_restoring|claimed is not empty/);
      assert.equal(databases(), "claimed");
    });
  });

  it("restores as an administrator who is no superuser", async () => {
    const { scratch } = laboratory();
    scratch.asSuperuser(
      "postgres",
      "CREATE ROLE rds_iam; CREATE ROLE administrator LOGIN CREATEDB CREATEROLE NOSUPERUSER IN ROLE rds_iam",
    );
    const { source } = laboratory();
    source.asSuperuser(
      "postgres",
      `CREATE ROLE administrator LOGIN CREATEDB CREATEROLE NOSUPERUSER;
       CREATE ROLE trader NOLOGIN;
       CREATE DATABASE owned OWNER administrator;
       ALTER DATABASE owned SET app.mode = 'live'`,
    );
    source.asSuperuser(
      "owned",
      `SET ROLE administrator;
       CREATE SCHEMA desk;
       CREATE TABLE desk.trades AS SELECT 1 AS id;
       GRANT USAGE ON SCHEMA desk TO trader;
       COMMENT ON DATABASE owned IS 'of the desk'`,
    );
    const taken = await laboratory().backup("owned");
    const { status, output, errors } = await laboratory().run(
      `restore database --point ${taken} --into owned`,
      {
        ...laboratory().restoreOn(scratch),
        TRADING_DR_DATABASE_HOST: "localhost",
        TRADING_DR_DATABASE_USER: "administrator",
        TRADING_DR_DATABASE_LOGIN: "iam",
        PGSSLROOTCERT: scratch.certificateFile,
      },
    );
    assert.equal(status, 0, errors);
    assert.equal(output, `owned is restored from ${taken}.\n`);
    assert.match(errors, /"a setting was left out, .*","setting":"app\.mode"/);
    assert.equal(scratch.asSuperuser("owned", "SELECT id FROM desk.trades"), "1");
    assert.equal(
      scratch.asSuperuser(
        "postgres",
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'owned'",
      ),
      "of the desk",
    );
  });

  it("takes the recovery point of the database that was asked for", async () => {
    const { source, scratch } = laboratory();
    source.asSuperuser("postgres", "CREATE DATABASE another");
    const newest = await laboratory().backup("another");
    const { status, output, errors } = await laboratory().run(
      "restore database --point latest --into newest_of_trading",
      laboratory().restoreOn(scratch),
    );
    assert.equal(status, 0, errors);
    assert.equal(output, `newest_of_trading is restored from ${point}.\n`);
    const foreign = await laboratory().run(
      `restore database --point ${newest} --into foreign_one`,
      {
        ...laboratory().restoreOn(scratch),
        TRADING_DR_SYSTEM: "hft",
      },
    );
    assert.equal(foreign.status, 3);
    assert.match(foreign.errors, /is of lab, and TRADING_DR_SYSTEM is hft/);
  });

  it("takes an emergency backup of every database of the server, each with the roles", async () => {
    const { source } = laboratory();
    source.asSuperuser("postgres", "CREATE DATABASE positions");
    const environment = laboratory().emergencyOf(source);
    const planned = await laboratory().run("backup emergency --dry-run", environment);
    assert.match(
      planned.output,
      /^Would write recovery points of another, owned, positions, postgres, trading to /,
    );
    assert.deepEqual(await laboratory().keys(emergencies.prefix), []);
    const { status, output, errors } = await laboratory().run("backup emergency", environment);
    assert.equal(status, 0, errors);
    const taken = output.trim().split("\n");
    assert.deepEqual(
      taken.map((line) => line.split(" ")[1]),
      ["another", "owned", "positions", "postgres", "trading"],
    );
    const keys = await laboratory().keys(emergencies.prefix);
    for (const line of taken) {
      assert.ok(keys.includes(`${emergencies.prefix}${line.split(" ")[0] ?? ""}/manifest.json`));
    }
  });

  describe("asking a restored database", () => {
    const verify = (queries: Record<string, Record<string, string>>) =>
      laboratory().run(`verify --point ${point}`, {
        ...laboratory().verification,
        ...Object.fromEntries(
          Object.entries(queries).map(([name, value]) => [name, JSON.stringify(value)]),
        ),
      });

    it("passes when no row is there that must not be", async () => {
      const { status, errors } = await verify({
        TRADING_DR_INTEGRITY_QUERIES: { positive: "SELECT id FROM trades WHERE price <= 0" },
      });
      assert.equal(status, 0, errors);
    });

    it("fails, and records it, when one is", async () => {
      const { status, errors } = await verify({
        TRADING_DR_INTEGRITY_QUERIES: { cheap: "SELECT id FROM trades WHERE price <= 3" },
      });
      assert.equal(status, 6);
      assert.match(errors, /integrity query cheap finds 3 rows, and must find none/);
      const recorded = await laboratory().keys(`${events.prefix}${point}/`);
      assert.equal(recorded.filter((key) => key.endsWith("-failed.json")).length, 1);
    });

    it("fails when a query cannot be asked, and names it", async () => {
      const { status, errors } = await verify({
        TRADING_DR_INTEGRITY_QUERIES: { lost: "SELECT id FROM quotes" },
        TRADING_DR_BASELINE_QUERIES: { slow: "SELECT count(*) FROM quotes" },
      });
      assert.equal(status, 6);
      assert.match(errors, /integrity query lost: .*"quotes" does not exist/);
      assert.match(errors, /baseline query slow: .*"quotes" does not exist/);
    });

    it("lets no query change anything", async () => {
      const { status, errors } = await verify({
        TRADING_DR_INTEGRITY_QUERIES: { change: "SELECT forget()" },
        TRADING_DR_BASELINE_QUERIES: { write: "SELECT forget()" },
      });
      assert.equal(status, 6);
      assert.match(errors, /integrity query change: .*read-only transaction/);
      assert.match(errors, /baseline query write: .*read-only transaction/);
    });

    it("says which query took longer than the time before", async () => {
      const timed = (seconds: number) =>
        verify({ TRADING_DR_BASELINE_QUERIES: { sleep: `SELECT pg_sleep(${String(seconds)})` } });
      assert.doesNotMatch((await timed(0.3)).output, /baseline/);
      const { status, output } = await timed(0.6);
      assert.equal(status, 0);
      assert.match(
        output,
        /^baseline query sleep took 0\.6\d s, and 0\.3\d s after the restore of/,
      );
    });
  });
});
