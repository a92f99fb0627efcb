import assert from "node:assert/strict";
import { type DatabaseServer } from "../../support/databaseServer";
import { useLaboratory } from "../laboratory";
import { AuditLaboratory, database } from "./auditLaboratory";

const schema = "disaster_recovery";

describe("the audit of a database that was restored or has failed over", () => {
  const laboratory = useLaboratory();
  let audit: AuditLaboratory;
  let yesterday: string;
  let standby: DatabaseServer | undefined;

  after(async () => {
    await standby?.close();
  });

  const epochs = (of: AuditLaboratory) =>
    of.sql(`SELECT reason FROM ${schema}.epoch ORDER BY id`).split("\n");

  /** That each epoch but the first goes on from one that was there. */
  const areLinked = (of: AuditLaboratory) => {
    assert.equal(
      of.sql(
        `SELECT count(*) FROM ${schema}.epoch later LEFT JOIN ${schema}.epoch earlier ON earlier.id = later.former
         WHERE later.reason <> 'first' AND earlier.id IS NULL`,
      ),
      "0",
    );
  };

  before(async () => {
    audit = new AuditLaboratory(laboratory());
    audit.declareAccess();
    assert.equal((await audit.migrate()).status, 0);
    await audit.putBackup(new Date());
    await audit.loadWell();
    yesterday = await laboratory().backup(database);
    for (let load = 0; load < 3; load += 1) {
      await audit.putBackup(new Date());
      await audit.loadWell();
    }
    await audit.verifyWell();
  });

  it("says what a restore has taken, is whole after a reload, and cries no tampering", async () => {
    const before = audit.contents();
    const { status, errors } = await laboratory().run(
      `restore database --point ${yesterday} --into ${database} --replace ${database}`,
      laboratory().restoreOn(audit.server),
    );
    assert.equal(status, 0, errors);
    assert.equal(audit.sql(`SELECT count(*) FROM ${schema}.load`), "1");
    const seen = await audit.verifyWell();
    // Of the four events that were loaded since, one is of the backup itself.
    assert.match(seen, /^3 events are rows\.\nThe database was restored: 4 events to reload\.\n/);
    assert.match(await audit.loadWell(), /^Epoch \S+ was opened: the database was restored/);
    const after = await audit.verifyWell();
    assert.match(after, /^\d+ events are rows\.\n$/);
    assert.deepEqual(epochs(audit), ["first", "restored"]);
    areLinked(audit);
    const lines = new Set(audit.contents().split("\n"));
    for (const line of before.split("\n")) {
      assert.ok(lines.has(line), line);
    }
  });

  it("finds a row that was removed from what was reloaded, and from what was not forgotten", async () => {
    const [old, reloaded] = ["ASC", "DESC"].map((order) =>
      audit.sql(
        `SELECT object_key FROM ${schema}.event WHERE kind = 'backup' ORDER BY load ${order} LIMIT 1`,
      ),
    );
    for (const key of [old, reloaded]) {
      audit.tamper(
        "backup_audit_log",
        `DELETE FROM ${schema}.backup_audit_log WHERE object_key = '${key ?? ""}'`,
      );
      audit.tamper("event", `DELETE FROM ${schema}.event WHERE object_key = '${key ?? ""}'`);
    }
    const { status, errors } = await audit.verify();
    assert.equal(status, 6);
    assert.ok(errors.includes(`event ${old ?? ""} was removed`), errors);
    assert.ok(errors.includes(`event ${reloaded ?? ""} was removed`), errors);
    assert.equal((await audit.rebuild()).status, 0);
    await audit.verifyWell();
  });

  it("goes on in a new epoch on a standby that was promoted, with what it had not received", async () => {
    await audit.loadWell();
    standby = await audit.server.startStandby();
    const promoted = audit.on(standby);
    assert.equal((await promoted.verify()).status, 3);
    assert.equal((await promoted.load()).status, 3);
    standby.asSuperuser("postgres", "SELECT pg_promote()");
    // What the lost writer still loads, the standby never gets.
    await audit.putBackup(new Date());
    await audit.loadWell();
    assert.match(await promoted.verifyWell(), /The database was restored: 1 events to reload\.\n/);
    assert.match(await promoted.loadWell(), /^Epoch \S+ was opened: the database was restored/);
    assert.match(await promoted.verifyWell(), /^\d+ events are rows\.\n$/);
    areLinked(promoted);
  });

  it("opens an epoch on a server that took over with everything", async () => {
    const promoted = audit.on(standby ?? audit.server);
    const copy = promoted.on(promoted.server, "copied");
    promoted.server.asSuperuser("postgres", `CREATE DATABASE copied TEMPLATE ${database}`);
    await copy.verifyWell();
    assert.match(
      await copy.loadWell(),
      /^Epoch \S+ was opened: the tables are in another database/,
    );
    assert.match(await copy.loadWell(), /^0 events loaded/);
    assert.match(await copy.verifyWell(), /^\d+ events are rows\.\n$/);
    areLinked(copy);
  });

  it("says of a database that was restored before it had tables what there is to do", async () => {
    const { scratch } = laboratory();
    scratch.asSuperuser("postgres", "CREATE ROLE rds_iam");
    const empty = audit.on(scratch);
    empty.declareAccess();
    assert.equal((await empty.verify()).status, 3);
    assert.equal((await empty.migrate()).status, 0);
    assert.match(await empty.verifyWell(), /^0 events are rows\.\nThe database was restored: /);
    await empty.loadWell();
    await empty.loadWell();
    assert.match(await empty.verifyWell(), /^\d+ events are rows\.\n$/);
  });

  it("a server that was only started again, and has forgotten nothing, goes on as before", async () => {
    await audit.loadWell();
    const before = epochs(audit).length;
    await audit.server.restart();
    await audit.putBackup(new Date());
    await audit.loadWell();
    await audit.verifyWell();
    assert.equal(epochs(audit).length, before);
  });
});
