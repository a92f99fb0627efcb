import assert from "node:assert/strict";
import { events, useLaboratory } from "./laboratory";
import { workingDatabases } from "./remains";

/** What is in each row, and must be in no log, message or event of ours. */
const secret = "the-counterparty-is-secret";

describe("rows that are what was backed up, and that a server refuses", () => {
  const laboratory = useLaboratory();

  /** Takes a recovery point of a database that was changed after its rows were written. */
  async function pointOf(name: string, statements: string): Promise<string> {
    const { source } = laboratory();
    source.asSuperuser("postgres", `CREATE DATABASE ${name}`);
    source.asSuperuser(name, statements);
    return laboratory().backup(name);
  }

  const recordedOf = (point: string) => laboratory().keys(`${events.prefix}${point}/`);

  afterEach(() => {
    assert.deepEqual(workingDatabases(laboratory().scratch), []);
  });

  for (const [what, name, statements, complaint] of [
    [
      "a value that is too long for its column by now",
      "too_long",
      // As it is done where a rewrite of the table would take too long.
      `CREATE TABLE trades (id bigint, note varchar(100));
       INSERT INTO trades VALUES (1, 'short'), (2, '${secret}');
       UPDATE pg_attribute SET atttypmod = 4 + 10
       WHERE attrelid = 'trades'::regclass AND attname = 'note'`,
      `"public"."trades" has rows that are what was backed up, and the server refuses them: a value is too long for its column (SQLSTATE 22001, column "note"); the server's log says which`,
    ],
    [
      "a value that is none of its column's type",
      "of_no_type",
      `CREATE TABLE trades (details text);
       INSERT INTO trades VALUES ('${secret}');
       UPDATE pg_attribute SET atttypid = 'json'::regtype, attcollation = 0
       WHERE attrelid = 'trades'::regclass AND attname = 'details'`,
      `"public"."trades" has rows that are what was backed up, and the server refuses them: a value is none of the type of its column (SQLSTATE 22P02, column "details"); the server's log says which`,
    ],
    [
      "a row that a check does not pass any more",
      "not_passed",
      `CREATE FUNCTION is_good(note text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
       CREATE TABLE trades (note text CONSTRAINT good CHECK (is_good(note)));
       INSERT INTO trades VALUES ('${secret}');
       CREATE OR REPLACE FUNCTION is_good(note text) RETURNS boolean LANGUAGE sql AS 'SELECT false'`,
      `"public"."trades" has rows that are what was backed up, and the server refuses them: a row does not pass a check (SQLSTATE 23514, constraint "good"); the server's log says which`,
    ],
    [
      "a row that lacks a value",
      "without_value",
      `CREATE TABLE trades (id bigint, note text);
       INSERT INTO trades VALUES (NULL, '${secret}');
       UPDATE pg_attribute SET attnotnull = true WHERE attrelid = 'trades'::regclass AND attname = 'id'`,
      `"public"."trades" has rows that are what was backed up, and the server refuses them: a row has no value where one is required (SQLSTATE 23502, column "id"); the server's log says which`,
    ],
  ] as const) {
    it(`are damage, which is recorded: ${what}`, async () => {
      const point = await pointOf(name, statements);
      const { status, output, errors, log } = await laboratory().run(
        `verify --point ${point}`,
        laboratory().verification,
      );
      assert.equal(status, 6, errors);
      assert.ok(errors.includes(complaint), errors);
      const recorded = await recordedOf(point);
      assert.equal(recorded.filter((key) => key.endsWith("-failed.json")).length, 1);
      const happened = await laboratory().lastEvent({
        bucket: events.bucket,
        prefix: `${events.prefix}${point}/`,
      });
      assert.ok(happened.kind === "verification");
      assert.deepEqual(happened.judged?.problems, [complaint]);
      assert.ok(!`${output}${log}${JSON.stringify(happened)}`.includes(secret), log);
      const restored = await laboratory().run(
        `restore database --point ${point} --damaged-too --into ${name}`,
        laboratory().restoreOn(laboratory().scratch),
      );
      assert.equal(restored.status, 6, restored.errors);
      assert.ok(restored.errors.includes(complaint), restored.errors);
      assert.ok(!restored.log.includes(secret), restored.log);
    });
  }

  for (const [code, what] of [
    ["53100", "a full disk"],
    ["53200", "too little memory"],
    ["57014", "a statement that somebody has ended"],
    ["58030", "an error of the disk"],
    ["08006", "a connection that is lost"],
    ["XX000", "an internal error"],
  ] as const) {
    it(`are not taken for damage when it was ${what}`, async () => {
      const point = await pointOf(
        `trouble_${code.toLowerCase()}`,
        `CREATE FUNCTION is_good(note text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
         CREATE TABLE trades (note text CHECK (is_good(note)));
         INSERT INTO trades VALUES ('a');
         CREATE OR REPLACE FUNCTION is_good(note text) RETURNS boolean LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'no luck' USING ERRCODE = '${code}'; END $$`,
      );
      const { status, errors } = await laboratory().run(
        `verify --point ${point}`,
        laboratory().verification,
      );
      assert.equal(status, 4, errors);
      assert.match(errors, /writing rows failed: no luck/);
      assert.deepEqual(await recordedOf(point), []);
    });
  }
});
