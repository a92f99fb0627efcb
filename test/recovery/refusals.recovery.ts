import assert from "node:assert/strict";
import { Client } from "pg";
import { emergencies, type Outcome, points, useLaboratory } from "./laboratory";

describe("what recovery refuses", () => {
  const laboratory = useLaboratory();

  before(() => {
    const { source } = laboratory();
    source.asSuperuser("postgres", "CREATE DATABASE trading");
    source.asSuperuser(
      "trading",
      "CREATE TABLE trade (id int PRIMARY KEY, t text); INSERT INTO trade VALUES (1, 'one'), (2, 'two')",
    );
    laboratory().makeReader("reader");
    laboratory().source.asSuperuser("postgres", "CREATE ROLE stranger LOGIN IN ROLE rds_iam");
  });

  /** Statements that make something in a database of its own, and what a backup of it says. */
  async function backupOf(name: string, user: string, statements: string): Promise<Outcome> {
    const { source } = laboratory();
    source.asSuperuser("postgres", `CREATE DATABASE ${name}`);
    source.asSuperuser(name, statements);
    const keys = await laboratory().keysBesideEvents();
    const outcome = await laboratory().run("backup database", laboratory().backupAs(user, name));
    assert.deepEqual(await laboratory().keysBesideEvents(), keys, "nothing is written");
    return outcome;
  }

  const unreadable: readonly {
    readonly what: string;
    readonly user: string;
    readonly statements: string;
    readonly says: readonly string[];
  }[] = [
    {
      what: "rows that row-level security hides",
      user: "reader",
      statements: `CREATE SCHEMA "Desk 1"; CREATE TABLE "Desk 1"."secret ""rows""" (n int);
        ALTER TABLE "Desk 1"."secret ""rows""" ENABLE ROW LEVEL SECURITY`,
      says: [
        `"Desk 1"."secret ""rows""" has row-level security, which hides rows from reader: ALTER ROLE reader BYPASSRLS`,
      ],
    },
    {
      what: "a table and a sequence without a privilege",
      user: "stranger",
      statements: `CREATE TABLE public.closed (n int); CREATE SEQUENCE public.closed_too;
        GRANT USAGE ON SCHEMA public TO stranger; CREATE TABLE public.open (n int); GRANT SELECT ON public.open TO stranger`,
      says: [
        "public.closed may not be read by stranger: GRANT pg_read_all_data TO stranger",
        "public.closed_too may not be read by stranger: GRANT pg_read_all_data TO stranger",
      ],
    },
    {
      what: "a schema without a privilege",
      user: "stranger",
      statements:
        "CREATE SCHEMA hidden; CREATE TABLE hidden.away (n int); GRANT SELECT ON hidden.away TO stranger",
      says: [
        "hidden.away is in a schema that stranger may not use: GRANT pg_read_all_data TO stranger",
      ],
    },
    {
      what: "a large object without a privilege",
      user: "reader",
      statements:
        "SELECT lo_from_bytea(4711, 'x'); SELECT lo_create(4712); GRANT SELECT ON LARGE OBJECT 4712 TO reader",
      says: [
        "large object 4711 of postgres may not be read by reader: GRANT SELECT ON LARGE OBJECT 4711 TO reader",
      ],
    },
    {
      what: "a partition that hides rows, though not its parent, whose own security is not asked",
      user: "reader",
      statements: `CREATE TABLE parent (n int) PARTITION BY LIST (n); CREATE TABLE part PARTITION OF parent DEFAULT;
        ALTER TABLE parent ENABLE ROW LEVEL SECURITY; ALTER TABLE part ENABLE ROW LEVEL SECURITY`,
      says: [
        "public.part has row-level security, which hides rows from reader: ALTER ROLE reader BYPASSRLS",
      ],
    },
  ];
  for (const [number, { what, user, statements, says }] of unreadable.entries()) {
    it(`refuses to back up ${what}, and says how to mend it`, async () => {
      const outcome = await backupOf(`unreadable_${String(number)}`, user, statements);
      assert.equal(outcome.status, 3, outcome.errors);
      assert.equal(outcome.output, "");
      assert.equal(
        outcome.errors,
        `trading-dr: this backup would not be whole:\n  ${says.join("\n  ")}\n`,
      );
    });
  }

  it("backs up what it refused, once its order was followed", async () => {
    const { source } = laboratory();
    source.asSuperuser(
      "postgres",
      "CREATE ROLE mended LOGIN BYPASSRLS IN ROLE rds_iam, pg_read_all_data",
    );
    const point = await laboratory().backup("unreadable_0", "mended");
    assert.equal((await laboratory().manifestOf(point)).tables.length, 1);
  });

  it("names ten of many, and counts the others", async () => {
    const { status, errors } = await backupOf(
      "many_closed",
      "stranger",
      "DO $$ BEGIN FOR n IN 10..24 LOOP EXECUTE format('CREATE TABLE t%s ()', n); END LOOP; END $$; GRANT USAGE ON SCHEMA public TO stranger",
    );
    assert.equal(status, 3);
    const lines = errors.trimEnd().split("\n");
    assert.equal(lines.length, 12);
    assert.match(lines[10] ?? "", /^ {2}public\.t19 /);
    assert.equal(lines[11], "  and 5 more");
  });

  it("refuses the server that was backed up as the one for scratch databases", async () => {
    const { source } = laboratory();
    const point = await laboratory().backup("trading");
    const keys = await laboratory().keysBesideEvents();
    const outcome = await laboratory().run(`verify --point ${point}`, {
      ...laboratory().verification,
      TRADING_DR_SCRATCH_SOCKET_DIRECTORY: source.socketDirectory,
      PGPORT: String(source.port),
    });
    assert.equal(outcome.status, 3, outcome.errors);
    const identifier = source.asSuperuser(
      "postgres",
      "SELECT system_identifier FROM pg_control_system()",
    );
    assert(
      outcome.errors.endsWith(
        `trading-dr: the server at ${source.socketDirectory} is the one that was backed up, or a replica or a copy of it (its system identifier is ${identifier}): give a server of its own for scratch databases\n`,
      ),
      outcome.errors,
    );
    assert.deepEqual(await laboratory().keysBesideEvents(), keys);
  });

  it("names every variable of its environment that is wrong", async () => {
    const outcome = await laboratory().run("backup database", {
      ...laboratory().backupOf("trading"),
      TRADING_DR_STORE: undefined,
      TRADING_DR_RETENTION_DAYS: "ninety",
      TRADING_DR_RECOVERY_POINTS: "https://example.com/",
      TRADING_DR_ACCOUNT: "12",
      TRADING_DR_COLOUR: "red",
    });
    assert.equal(outcome.status, 2);
    assert.equal(
      outcome.errors,
      "trading-dr: the environment of trading-dr backup database is wrong: TRADING_DR_COLOUR is no variable of trading-dr backup database; TRADING_DR_ACCOUNT must be 12 digits; TRADING_DR_STORE is missing; TRADING_DR_RETENTION_DAYS must be a whole number; TRADING_DR_RECOVERY_POINTS must be like s3://bucket/prefix/\n",
    );
  });

  it("does not log in without TLS to a server that is elsewhere", async () => {
    const { PGSSLROOTCERT, ...without } = laboratory().backupAs("reader", "trading");
    assert(PGSSLROOTCERT !== undefined);
    const { status, errors } = await laboratory().run("backup database", without);
    assert.equal(status, 2);
    assert.equal(
      errors,
      "trading-dr: PGSSLROOTCERT is missing: name the file with the certificate of the authority that localhost is recognised by\n",
    );
  });

  it("does not log in to a server whose certificate is another authority's", async () => {
    const { status, errors } = await laboratory().run("backup database", {
      ...laboratory().backupAs("reader", "trading"),
      PGSSLROOTCERT: laboratory().scratch.certificateFile,
    });
    assert.equal(status, 4);
    assert.match(errors, /^trading-dr: cannot log in: .*certificate.*as reader\)\n$/);
  });

  it("says that a password is wrong, and says no password", async () => {
    const { source } = laboratory();
    source.asSuperuser(
      "postgres",
      "CREATE ROLE by_password LOGIN PASSWORD 'the right one' IN ROLE pg_read_all_data",
    );
    const { status, output, errors } = await laboratory().run(
      "backup database",
      laboratory().backupAs("by_password", "trading"),
    );
    assert.equal(status, 4);
    assert.equal(output, "");
    assert.equal(
      errors,
      `trading-dr: cannot log in: password authentication failed for user "by_password" (database trading on localhost:${String(source.port)}, as by_password); see that the password, or the role that signs the token, is the user's\n`,
    );
  });

  it("says that there is no such database", async () => {
    const { status, errors } = await laboratory().run(
      "backup database",
      laboratory().backupOf("elsewhere"),
    );
    assert.equal(status, 4);
    assert.match(
      errors,
      /database "elsewhere" does not exist.*see that the database's name is right\n$/,
    );
  });

  it("says that the bucket is not there, or that nobody is let in", async () => {
    const gone = await laboratory().run("backup database", {
      ...laboratory().backupOf("trading"),
      TRADING_DR_RECOVERY_POINTS: "s3://no-such-bucket/recovery-points/",
    });
    assert.equal(gone.status, 5, gone.errors);
    assert.match(
      lastLine(gone),
      /^trading-dr: cannot write s3:\/\/no-such-bucket\/recovery-points\/\S+: there is no bucket no-such-bucket; see that its name and its region are right$/,
    );
    const unlisted = await laboratory().run("list", {
      ...laboratory().listing,
      TRADING_DR_RECOVERY_POINTS: "s3://no-such-bucket/recovery-points/",
    });
    assert.equal(unlisted.status, 5, unlisted.errors);
    for (const words of [
      "list",
      "show latest",
      "verify",
      "restore database --point latest --into anything",
    ]) {
      const secret = "1234567890abcdef1234567890abcdef";
      const stranger = await laboratory().run(words, {
        ...(words === "verify"
          ? laboratory().verification
          : words.startsWith("restore")
            ? laboratory().restoreOn(laboratory().scratch)
            : laboratory().listing),
        AWS_SECRET_ACCESS_KEY: secret,
      });
      assert.equal(stranger.status, 5, `${words}: ${stranger.errors}`);
      assert.match(
        lastLine(stranger),
        /^trading-dr: cannot read s3:\/\/lab-daily-records\/.*role may do this/,
      );
      assert.doesNotMatch(stranger.errors, new RegExp(secret));
    }
  });

  it("says that there is no such recovery point, or none at all", async () => {
    const id = "20200101T000000Z-00000000";
    for (const [words, environment] of [
      [`show ${id}`, laboratory().listing],
      [`verify --point ${id}`, laboratory().verification],
      [`restore database --point ${id} --into new`, laboratory().restoreOn(laboratory().scratch)],
    ] as const) {
      const { status, errors } = await laboratory().run(words, environment);
      assert.equal(status, 7, errors);
      assert.equal(
        errors,
        `trading-dr: there is no recovery point ${id} in s3://${points.bucket}/${points.prefix}; what is there, \`trading-dr list\` shows\n`,
      );
    }
    const { status, errors } = await laboratory().run("show latest", {
      ...laboratory().listing,
      TRADING_DR_RECOVERY_POINTS: `s3://${points.bucket}/recovery-points/none/`,
    });
    assert.equal(status, 7);
    assert.equal(
      errors,
      `trading-dr: there is no recovery point in s3://${points.bucket}/recovery-points/none/\n`,
    );
  });

  describe("of a restore", () => {
    let point: string;

    before(async () => {
      point = await laboratory().backup("trading");
      const { scratch } = laboratory();
      scratch.asSuperuser("postgres", "CREATE DATABASE live");
      scratch.asSuperuser("live", "CREATE TABLE old (n int); INSERT INTO old VALUES (7)");
    });

    /** Runs a restore on the scratch server. */
    const restore = (words: string) =>
      laboratory().run(
        `restore database --point ${point} ${words}`,
        laboratory().restoreOn(laboratory().scratch),
      );

    const databases = () =>
      laboratory()
        .scratch.asSuperuser("postgres", "SELECT datname FROM pg_database ORDER BY datname")
        .split("\n");

    it("leaves a live database alone, unless it is named twice", async () => {
      const there = databases();
      const keys = await laboratory().keysBesideEvents();
      const once = await restore("--into live");
      assert.equal(once.status, 3);
      assert.equal(
        once.errors,
        "trading-dr: live is not empty: restore into another name, or replace it by naming it twice, with --into live --replace live\n",
      );
      const otherwise = await restore("--into live --replace other");
      assert.equal(otherwise.status, 2);
      assert.equal(
        otherwise.errors,
        "trading-dr: --replace other is not --into live: a database that is replaced has to be named twice\n",
      );
      assert.deepEqual(databases(), there);
      assert.deepEqual(await laboratory().keysBesideEvents(), keys);
      assert.equal(laboratory().scratch.asSuperuser("live", "SELECT n FROM old"), "7");
    });

    it("refuses while others are connected, and names them", async () => {
      const { scratch } = laboratory();
      const there = databases();
      const keys = await laboratory().keysBesideEvents();
      const other = new Client({
        host: scratch.socketDirectory,
        port: scratch.port,
        user: "postgres",
        database: "live",
        application_name: "order entry",
      });
      await other.connect();
      try {
        const { status, errors } = await restore("--into live --replace live");
        assert.equal(status, 3, errors);
        assert.equal(
          errors,
          "trading-dr: 1 sessions are connected to live: postgres (order entry); stop what they belong to, and run this again\n",
        );
      } finally {
        await other.end();
      }
      assert.deepEqual(databases(), there);
      assert.deepEqual(await laboratory().keysBesideEvents(), keys);
    });

    it("refuses a name that would be cut off", async () => {
      const name = "n".repeat(60);
      const { status, errors } = await restore(`--into ${name}`);
      assert.equal(status, 2);
      assert.match(errors, /is too long: n+_restoring would have more than 63 bytes\n$/);
    });

    it("changes nothing in a dry run", async () => {
      const there = databases();
      const { status, output } = await restore("--into new --dry-run");
      assert.equal(status, 0);
      assert.equal(
        output,
        `Would restore s3://${points.bucket}/${points.prefix}${point}/ into new on ${laboratory().scratch.socketDirectory}.\n`,
      );
      assert.deepEqual(databases(), there);
    });

    it("keeps what it replaces, after a recovery point of it, and is done only once", async () => {
      const { scratch } = laboratory();
      const { status, output, errors } = await restore("--into live --replace live");
      assert.equal(status, 0, errors);
      const [sentence, kept = ""] =
        /^live is restored from .+\. What had the name before is kept as (live_before_\d{8}T\d{6}Z)\.\n$/.exec(
          output,
        ) ?? [];
      assert.notEqual(sentence, undefined, output);
      assert.equal(scratch.asSuperuser(kept, "SELECT n FROM old"), "7");
      assert.equal(scratch.asSuperuser("live", "SELECT string_agg(t, ' ') FROM trade"), "one two");

      const taken = await laboratory().run("list --json", {
        ...laboratory().listing,
        TRADING_DR_RECOVERY_POINTS: `s3://${emergencies.bucket}/${emergencies.prefix}`,
      });
      const { points: safe } = JSON.parse(taken.output) as {
        points: { id: string; database: string }[];
      };
      assert.deepEqual(
        safe.map(({ database }) => database),
        ["live"],
      );
      const said = errors.split("\n").map((line) => JSON.parse(line || "{}") as Said);
      const safeAt = said.findIndex(({ message }) => message === "what is there now is safe");
      const begunAt = said.findIndex(({ message }) => message === "tables declared");
      assert(safeAt >= 0 && safeAt < begunAt, errors);
      assert.equal(said[safeAt]?.point, safe[0]?.id);

      const there = databases();
      const keys = await laboratory().keysBesideEvents();
      const again = await restore("--into live");
      assert.equal(again.status, 0, again.errors);
      assert.equal(
        again.output,
        `live had been restored from ${point} before; nothing was done.\n`,
      );
      // What was written since is not given up without a word, and not taken for what was restored.
      const replaced = await restore("--into live --replace live");
      assert.equal(replaced.status, 3);
      assert.match(
        replaced.errors,
        /live was restored from \S+ before, and may have been written to/,
      );
      assert.deepEqual(databases(), there);
      assert.deepEqual(await laboratory().keysBesideEvents(), keys);
    });

    it("brings back what it replaced, by the recovery point that it took", async () => {
      const { scratch } = laboratory();
      const outcome = await laboratory().run("restore database --point latest --into undone", {
        ...laboratory().restoreOn(scratch),
        TRADING_DR_RECOVERY_POINTS: `s3://${emergencies.bucket}/${emergencies.prefix}`,
        TRADING_DR_DATABASE_NAME: "live",
      });
      assert.equal(outcome.status, 0, outcome.errors);
      assert.equal(scratch.asSuperuser("undone", "SELECT n FROM old"), "7");
    });

    it("says which rows the server refuses, and leaves nothing half restored behind", async () => {
      const { source, scratch } = laboratory();
      source.asSuperuser("postgres", "CREATE DATABASE contradictory");
      // Its rows were good when they came, and are not by today's rule.
      source.asSuperuser(
        "contradictory",
        `CREATE FUNCTION is_good(n int) RETURNS boolean LANGUAGE sql AS 'SELECT true';
         CREATE TABLE rated (n int, t text, CHECK (public.is_good(n)));
         INSERT INTO rated SELECT n, repeat(md5(n::text), 10) FROM generate_series(1, 50000) n;
         CREATE OR REPLACE FUNCTION is_good(n int) RETURNS boolean LANGUAGE sql AS 'SELECT n < 5'`,
      );
      const contradictory = await laboratory().backup("contradictory");
      const there = databases();
      const outcome = await laboratory().run(
        `restore database --point ${contradictory} --into contradictory`,
        laboratory().restoreOn(scratch),
      );
      assert.equal(outcome.status, 6);
      assert.match(
        outcome.errors,
        /"rated" has rows that are what was backed up, and the server refuses them: .* \(SQLSTATE 23514, constraint "rated_n_check"\)/,
      );
      assert.deepEqual(databases(), there);
      const verified = await laboratory().run(
        `verify --point ${contradictory}`,
        laboratory().verification,
      );
      assert.equal(verified.status, 6);
      assert.deepEqual(databases(), there);
    });

    it("takes the name of a database that has nothing in it", async () => {
      const { scratch } = laboratory();
      scratch.asSuperuser("postgres", "CREATE DATABASE prepared");
      const { status, output, errors } = await restore("--into prepared");
      assert.equal(status, 0, errors);
      assert.equal(output, `prepared is restored from ${point}.\n`);
      assert.deepEqual(
        databases().filter((name) => name.startsWith("prepared")),
        ["prepared"],
      );
    });
  });
});

interface Said {
  readonly message?: string;
  readonly point?: string;
}

function lastLine({ errors }: Outcome): string {
  return errors.trimEnd().split("\n").at(-1) ?? "";
}
