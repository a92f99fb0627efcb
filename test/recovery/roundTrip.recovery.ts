import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type PointList } from "../../recovery/list";
import { type DatabaseServer } from "../support/databaseServer";
import { assertSame } from "./comparison";
import { points, useLaboratory } from "./laboratory";

/** Large objects of the data set. No role reads all of them: a backup's user needs each one's grant. */
const largeObjects = [7001, 7002, 7003, 7004, 7005, 4294967295];

describe("a recovery point of a database that tries hard", () => {
  const laboratory = useLaboratory();
  let point: string;

  before(async function () {
    this.timeout("2m");
    const { source } = laboratory();
    source.asSuperuser("postgres", "CREATE DATABASE trading");
    source.asSuperuser("trading", readFileSync(join(__dirname, "dataSet.sql"), "utf8"));
    laboratory().makeReader("reader");
    source.asSuperuser(
      "trading",
      [
        "GRANT CONNECT ON DATABASE trading TO reader",
        ...largeObjects.map((number) => `GRANT SELECT ON LARGE OBJECT ${String(number)} TO reader`),
      ].join(";"),
    );
    point = await laboratory().backup("trading", "reader");
  });

  it("brings back everything, by what PostgreSQL's own programs say of both", async () => {
    const { source, scratch } = laboratory();
    await laboratory().restore(point, "restored");
    assertSame(
      { server: scratch, database: "restored" },
      { server: source, database: "trading" },
      {
        // What the manifest says is left out, since a role that is no superuser cannot read it.
        lost: [
          `    "user" 'them'`,
          ");",
          "-- Name: from_afar; Type: SUBSCRIPTION; Schema: -; Owner: postgres",
          "ALTER SUBSCRIPTION from_afar OWNER TO postgres;",
          "CREATE SUBSCRIPTION from_afar CONNECTION 'host=nowhere.example' PUBLICATION all_trades WITH (connect = false, slot_name = NONE);",
          "CREATE USER MAPPING FOR trader SERVER other OPTIONS (",
        ],
        added: ["CREATE USER MAPPING FOR trader SERVER other;"],
      },
    );
    assert.deepEqual((await laboratory().manifestOf(point)).leftOut, [
      'rows of the foreign table "public"."elsewhere": they are elsewhere',
      'options of the mapping of "trader" for the server "other", if it has any: a superuser alone may read them',
      'the subscription "from_afar": a superuser alone may read where it is from',
    ]);
  });

  it("brings back the server's roles, and makes none of what they say of themselves", () => {
    const { source, scratch } = laboratory();
    const rolesOf = (server: DatabaseServer) =>
      server.dumpRoles().replaceAll(/^\\(un)?restrict .*$/gm, "");
    assert.equal(rolesOf(scratch), rolesOf(source));
    assert.equal(
      scratch.asSuperuser("postgres", "SELECT rolname FROM pg_roles WHERE rolname = 'intruder'"),
      "",
    );
  });

  it("brings back what a superuser alone may read, when a superuser takes it", async () => {
    const { source, scratch } = laboratory();
    const whole = await laboratory().backup("trading");
    await laboratory().restore(whole, "restored_whole");
    assertSame(
      { server: scratch, database: "restored_whole" },
      { server: source, database: "trading" },
    );
  });

  it("is found whole by a verification, which leaves no database behind", async () => {
    const { scratch } = laboratory();
    const databases = "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database";
    const before = scratch.asSuperuser("postgres", databases);
    const { tables } = await laboratory().manifestOf(point);
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    const said = await laboratory().verify(point);
    assert.equal(
      said.replace(/in [\d.]+ s\.\n$/, "in some time"),
      `${point} is whole: ${String(tables.length)} tables and ${String(rows)} rows are what they were, restored in some time`,
    );
    assert.equal(scratch.asSuperuser("postgres", databases), before);
  });

  it("is listed, with its verification", async () => {
    const people = await laboratory().run("list", laboratory().listing);
    assert.equal(people.status, 0, people.errors);
    assert.match(
      people.output,
      new RegExp(
        String.raw`^${point}  database  database  trading  .*  \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`,
        "m",
      ),
    );
    const { output } = await laboratory().run("list --json", laboratory().listing);
    const list = JSON.parse(output) as PointList;
    const manifest = await laboratory().manifestOf(point);
    assert.deepEqual(list.unfinished, []);
    const first = list.points.find(({ id }) => id === point);
    assert(first !== undefined);
    assert.deepEqual(
      {
        ...first,
        ageSeconds: undefined,
        durationSeconds: undefined,
        verifiedAt: undefined,
        judgedAt: undefined,
      },
      {
        kind: "database",
        store: "database",
        subject: "trading",
        database: "trading",
        id: point,
        url: `s3://${points.bucket}/${points.prefix}${point}/`,
        snapshotAt: manifest.source.snapshotAt,
        ageSeconds: undefined,
        bytes: manifest.objects.reduce((sum, { bytes }) => sum + bytes, 0),
        durationSeconds: undefined,
        retainUntil: manifest.retainUntil,
        verifiedAt: undefined,
        judgedAt: undefined,
        isDamaged: false,
      },
    );
    assert.match(first.verifiedAt ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.equal(first.judgedAt, first.verifiedAt);
    assert.equal(list.points.length, 2);
  });

  it("is shown, with what was left out", async () => {
    const people = await laboratory().run(`show ${point}`, laboratory().listing);
    assert.equal(people.status, 0, people.errors);
    assert.match(people.output, /^recovery point +\S+$/m);
    assert.match(
      people.output,
      /^left out +rows of the foreign table "public"."elsewhere": they are elsewhere$/m,
    );
    assert.match(people.output, /^market\.every_type +125 +[\d.]+ \w+ +[0-9a-f]{16}$/m);
    const { output } = await laboratory().run(`show ${point} --json`, laboratory().listing);
    const shown = JSON.parse(output) as { id: string; tables: { name: string; rows: number }[] };
    assert.equal(shown.id, point);
    assert.equal(shown.tables.find(({ name }) => name === "no_columns")?.rows, 3);
    assert.doesNotMatch(output, /"segments"/);
  });
});
