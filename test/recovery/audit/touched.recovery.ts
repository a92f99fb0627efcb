import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { useLaboratory } from "../laboratory";
import { AuditLaboratory } from "./auditLaboratory";

const schema = "disaster_recovery";

describe("an audit that was touched", () => {
  const laboratory = useLaboratory();
  let audit: AuditLaboratory;
  let keys: string[];

  before(async () => {
    audit = new AuditLaboratory(laboratory());
    audit.declareAccess();
    const { status, errors } = await audit.migrate();
    assert.equal(status, 0, errors);
    keys = [];
    for (let minute = 0; minute < 12; minute += 1) {
      keys.push(await audit.putBackup(new Date(Date.now() - (60 - minute) * 60_000)));
    }
    await audit.loadWell();
    await audit.verifyWell();
  });

  /** What is found wrong. */
  async function findings(): Promise<string> {
    const { status, errors } = await audit.verify();
    assert.equal(status, 6, errors);
    assert.match(errors, /^trading-dr: the audit was touched:\n/);
    return errors;
  }

  const key = (index: number) => keys[index] ?? "";

  // Each leaves its trace: those that follow have to be found beside it.
  it("by a changed row, in whatever table", async () => {
    audit.tamper(
      "event",
      `UPDATE ${schema}.event SET body = replace(body, '"bytes":4096', '"bytes":1') WHERE object_key = '${key(0)}'`,
    );
    audit.tamper(
      "event",
      `UPDATE ${schema}.event SET retain_until = now() WHERE object_key = '${key(1)}'`,
    );
    audit.tamper(
      "backup_audit_log",
      `UPDATE ${schema}.backup_audit_log SET status = 'failed' WHERE object_key = '${key(2)}'`,
    );
    audit.tamper("epoch", `UPDATE ${schema}.epoch SET reason = 'moved'`);
    audit.tamper("load", `UPDATE ${schema}.load SET loaded_at = loaded_at - interval '1 day'`);
    audit.tamper(
      "event",
      `UPDATE ${schema}.event SET projection = NULL WHERE object_key = '${key(3)}'`,
    );
    const found = await findings();
    assert.match(found, new RegExp(`event ${key(0)} was changed: body is .*, event is `));
    assert.match(found, new RegExp(`event ${key(1)} was changed: retain_until is `));
    assert.match(
      found,
      new RegExp(`backup_audit_log ${key(2)} was changed: status is "failed", and was "succeeded"`),
    );
    assert.match(found, /epoch \S+ was changed: reason is "moved", and was "first"/);
    assert.match(found, /load 1 was changed/);
    assert.match(found, new RegExp(`event ${key(3)}: its projection was changed`));
    assert.doesNotMatch(found, new RegExp(key(4)));
  });

  it("by an added row", async () => {
    audit.sql(
      `INSERT INTO ${schema}.event (object_key, sha256, kind, format, projection, load, retain_until, body)
         SELECT object_key || '.added', sha256, kind, format, projection, load, now() + interval '1 year', body
         FROM ${schema}.event WHERE object_key = '${key(4)}';
       INSERT INTO ${schema}.backup_audit_log
         SELECT (to_record).* FROM (SELECT jsonb_populate_record(own, jsonb_build_object('object_key', own.object_key || '.added')) AS to_record
         FROM ${schema}.backup_audit_log own WHERE object_key = '${key(4)}') changed`,
    );
    const found = await findings();
    assert.ok(found.includes(`event ${key(4)}.added was added: there is no such event`), found);
    assert.ok(found.includes(`backup_audit_log ${key(4)}.added was added`), found);
  });

  it("by a removed row, also when a load has brought it back since", async () => {
    audit.tamper(
      "backup_audit_log",
      `DELETE FROM ${schema}.backup_audit_log WHERE object_key IN ('${key(5)}', '${key(6)}')`,
    );
    audit.tamper("event", `DELETE FROM ${schema}.event WHERE object_key = '${key(6)}'`);
    const found = await findings();
    assert.match(found, new RegExp(`backup_audit_log ${key(5)} was removed`));
    assert.match(found, new RegExp(`event ${key(6)} was removed: load 1 had made it a row`));
    assert.match(await audit.loadWell(), /^1 events loaded/);
    assert.match(
      await findings(),
      new RegExp(`event ${key(6)} was removed after load 1, and added again by load 2`),
    );
  });

  for (const [what, statement, sentence] of [
    [
      "trigger that is off",
      `ALTER TABLE ${schema}.event DISABLE TRIGGER append_only`,
      "trigger event.append_only was changed",
    ],
    [
      "trigger that replicas pass",
      `ALTER TABLE ${schema}.load ENABLE TRIGGER append_only`,
      "trigger load.append_only was changed",
    ],
    [
      "trigger that is gone",
      `DROP TRIGGER append_only ON ${schema}.epoch`,
      "trigger epoch.append_only is gone",
    ],
    [
      "trigger that alters what is added",
      `CREATE TRIGGER quiet BEFORE INSERT ON ${schema}.epoch FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
      "trigger epoch.quiet was added",
    ],
    [
      "function that refuses nothing",
      `CREATE OR REPLACE FUNCTION ${schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
      "function refuse_change() was changed",
    ],
    [
      "view that shows another truth",
      `CREATE OR REPLACE VIEW ${schema}.backup_catalog AS SELECT backup_id, store, series, tier, database_name, region, backup_location, checksum, backup_size, table_count, row_count, entry_count, snapshot_at, retention_date, "timestamp" AS taken_at, created_by, 'verified' AS status, "timestamp" AS verified_at, object_key FROM ${schema}.backup_audit_log`,
      "rule backup_catalog._RETURN was changed",
    ],
    ["privilege", `GRANT UPDATE ON ${schema}.event TO lab_backup`, "relation event was changed"],
    [
      "privilege on a column",
      `GRANT SELECT (body) ON ${schema}.event TO lab_verify`,
      "column event.body was changed",
    ],
    [
      "row-level security",
      `ALTER TABLE ${schema}.backup_audit_log ENABLE ROW LEVEL SECURITY`,
      "relation backup_audit_log was changed",
    ],
    [
      "rule",
      `CREATE RULE lost AS ON INSERT TO ${schema}.epoch DO INSTEAD NOTHING`,
      "rule epoch.lost was added",
    ],
    ["owner", `ALTER TABLE ${schema}.load OWNER TO administrator`, "relation load was changed"],
    [
      "constraint",
      `ALTER TABLE ${schema}.event DROP CONSTRAINT event_load_fkey`,
      "constraint event.event_load_fkey is gone",
    ],
    [
      "part",
      `CREATE TABLE ${schema}.more () INHERITS (${schema}.epoch)`,
      "relation more was added",
    ],
  ] as const) {
    it(`by a ${what}`, async () => {
      audit.sql(statement);
      const found = await findings();
      assert.ok(found.includes(`schema disaster_recovery: ${sentence}`), found);
    });
  }

  it("is refused by a migration", async () => {
    const { status, errors } = await audit.migrate();
    assert.equal(status, 6);
    assert.match(
      errors,
      /is not what the migrations make: .*trigger event\.append_only was changed/,
    );
  });

  it("is made anew from the bucket, and what was touched is kept beside", async () => {
    const { status, output, errors } = await audit.rebuild();
    assert.equal(status, 0, errors);
    const [, kept = ""] = /^What was there is kept in schema (\S+)\.\n/.exec(output) ?? [];
    assert.match(kept, /^disaster_recovery_before_/);
    assert.equal(
      audit.sql(`SELECT count(*) FROM ${kept}.event WHERE object_key LIKE '%.added'`),
      "1",
    );
    assert.match(await audit.loadWell(), /events loaded/);
    await audit.verifyWell();
    const rows = audit.sql(
      `SELECT notes FROM ${schema}.disaster_recovery_audit WHERE notes LIKE '%${kept}%'`,
    );
    assert.match(rows, /the former tables are kept in/);
  });

  it("by loads that were removed whole, which no load covers up", async () => {
    await audit.putBackup(new Date());
    await audit.loadWell();
    const last = audit.sql(`SELECT max(number) FROM ${schema}.load`);
    for (const [table, which] of [
      [
        "backup_audit_log",
        `object_key IN (SELECT object_key FROM ${schema}.event WHERE load = ${last})`,
      ],
      ["event", `load = ${last}`],
      ["load", `number = ${last}`],
    ] as const) {
      audit.tamper(table, `DELETE FROM ${schema}.${table} WHERE ${which}`);
    }
    const found = await findings();
    assert.match(found, new RegExp(`load ${last} of \\S+ was removed\nevent \\S+ was removed`));
    const { status, errors } = await audit.load();
    assert.equal(status, 6);
    assert.match(
      errors,
      /gone from the tables, though the database is the same .* catalog rebuild/,
    );
    assert.equal((await audit.rebuild()).status, 0);
    await audit.verifyWell();
  });

  it("is as it was after a rebuild that was killed", async () => {
    const before = audit.contents();
    let killed = 0;
    for (const milliseconds of [350, 450, 550, 650]) {
      const { child, ended } = laboratory().start("catalog rebuild", audit.rebuilding);
      await sleep(milliseconds);
      child.kill("SIGKILL");
      killed += (await ended).status === null ? 1 : 0;
    }
    assert.ok(killed > 0, "no rebuild was killed before its end");
    await audit.loadWell();
    await audit.verifyWell();
    const lines = new Set(audit.contents().split("\n"));
    assert.ok(before.split("\n").every((line) => lines.has(line)));
  });

  it("by a schema that is gone, which a rebuild brings back", async () => {
    const before = audit.contents();
    audit.sql(`DROP SCHEMA ${schema} CASCADE`);
    assert.equal((await audit.verify()).status, 3);
    assert.equal((await audit.rebuild()).status, 0);
    await audit.verifyWell();
    const lines = new Set(audit.contents().split("\n"));
    for (const line of before.split("\n")) {
      assert.ok(lines.has(line), line);
    }
  });
});
