import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { event, type Event, eventName, subjectOf } from "../../../contracts/events";
import { type JobKind } from "../../../contracts/jobs";
import { freePort } from "../../support/freePort";
import { needsPushgateway, Pushgateway } from "../../support/pushgateway";
import { useLaboratory } from "../laboratory";
import { seededRandom } from "../seededRandom";
import { sampleEvents } from "../signals/sampleEvents";
import { AuditLaboratory, database } from "./auditLaboratory";

const schema = "disaster_recovery";

describe("the tables of the audit", () => {
  needsPushgateway();
  const laboratory = useLaboratory();
  let audit: AuditLaboratory;

  before(() => {
    audit = new AuditLaboratory(laboratory());
    audit.declareAccess();
  });

  const count = (table: string) => audit.sql(`SELECT count(*) FROM ${schema}.${table}`);

  it("are said to be missing by a load", async () => {
    const { status, errors } = await audit.load();
    assert.equal(status, 3);
    assert.match(errors, /there are no tables in disaster_recovery: .* audit migrate/);
  });

  it("are made by an administrator, once, and shown before", async () => {
    const planned = await audit.migrate(" --dry-run");
    assert.equal(planned.status, 0, planned.errors);
    assert.match(planned.output, /^-- 0001-tables\n[^]*CREATE TABLE disaster_recovery\.event/);
    assert.equal(audit.sql(`SELECT to_regclass('${schema}.event')`), "");
    const made = await audit.migrate();
    assert.equal(made.status, 0, made.errors);
    assert.equal(made.output, "Made by 0001-tables.\n");
    const again = await audit.migrate();
    assert.equal(again.output, "Nothing was to be done: the tables are what they have to be.\n");
    assert.equal((await audit.migrate(" --dry-run")).output, "-- nothing is to be done\n");
    assert.equal(
      audit.sql(
        `SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = '${schema}'::regnamespace`,
      ),
      "lab_audit_owner",
    );
  });

  it("get a row of each run that leaves an event", async () => {
    const point = await laboratory().backup(database);
    await laboratory().verify(point);
    await laboratory().restore(point, "copy");
    assert.match(await audit.loadWell(), /^Epoch \S+ was opened: nothing .*\n6 events loaded\.\n$/);
    assert.equal(
      audit.sql(
        `SELECT backup_id, status, tier, backup_size > 0, length(checksum), retention_date > now() + '89 days', verified_at IS NOT NULL,
           backup_location LIKE 's3://%' || backup_id || '/' FROM ${schema}.backup_catalog`,
      ),
      `${point}|verified|daily|t|64|t|t|t`,
    );
    assert.equal(
      audit.sql(`SELECT backup_type, status FROM ${schema}.backup_audit_log ORDER BY "timestamp"`),
      "backup|succeeded\nverification|passed",
    );
    assert.equal(
      audit.sql(
        `SELECT event_type, success, recovery_type, target, backup_id, rto_seconds > 0, rpo_seconds > 0
         FROM ${schema}.disaster_recovery_audit WHERE event_type = 'restoration'`,
      ),
      `restoration|t|database|copy|${point}|t|t`,
    );
    assert.equal(
      audit.sql(
        `SELECT bool_and(retain_until - (event ->> 'finishedAt')::timestamptz = '2557 days') FROM ${schema}.event`,
      ),
      "t",
    );
    assert.equal(await audit.verifyWell(), "6 events are rows.\n");
    assert.equal(await audit.loadWell(), "0 events loaded.\n");
  });

  describe("can be changed by nobody who runs jobs", () => {
    const tables = ["event", "load", "backup_audit_log", "disaster_recovery_audit", "epoch"];
    const roles = ["lab_backup", "lab_verify", "lab_event_writer", "lab_audit_reader"];
    const changes = (table: string) => [
      `UPDATE ${schema}.${table} SET ${table === "load" ? "epoch" : "object_key"} = 'x'`,
      `DELETE FROM ${schema}.${table}`,
      `TRUNCATE ${schema}.${table} CASCADE`,
      `ALTER TABLE ${schema}.${table} DISABLE TRIGGER ALL`,
      `DROP TABLE ${schema}.${table} CASCADE`,
    ];
    for (const role of roles) {
      it(role, () => {
        for (const statement of tables.flatMap(changes)) {
          const { status, errors } = audit.server.as({ role, database }, statement);
          assert.notEqual(status, 0, statement);
          assert.match(errors, /permission denied|must be owner/, statement);
        }
        const { status } = audit.server.as(
          { role, database },
          `DELETE FROM ${schema}.backup_catalog`,
        );
        assert.notEqual(status, 0);
      });
    }

    it("nor by the application's owner, who is refused by triggers even as the tables' owner", () => {
      for (const table of tables) {
        for (const statement of changes(table).slice(0, 3)) {
          for (const before of ["", "SET session_replication_role = replica;"]) {
            const { errors } = ((): { errors: string } => {
              try {
                audit.sql(`${before} ${statement}`);
                return { errors: "" };
              } catch (error) {
                return { errors: String(error) };
              }
            })();
            assert.match(errors, /are added, and neither changed nor removed/, statement);
          }
          const owner = audit.server.as(
            { role: "administrator", database },
            `SET ROLE lab_audit_owner; ${statement}`,
          );
          assert.match(owner.errors, /are added, and neither changed nor removed/, statement);
        }
      }
    });

    it("and a writer reads no more than what is loaded, a reader adds nothing", () => {
      const writes = (statement: string) =>
        audit.server.as({ role: "lab_event_writer", database }, statement).status;
      assert.equal(writes(`SELECT object_key, load FROM ${schema}.event`), 0);
      assert.notEqual(writes(`SELECT body FROM ${schema}.event`), 0);
      assert.notEqual(writes(`SELECT * FROM ${schema}.backup_catalog`), 0);
      assert.notEqual(writes(`INSERT INTO ${schema}.migration VALUES ('x')`), 0);
      const { status } = audit.server.as(
        { role: "lab_audit_reader", database },
        `INSERT INTO ${schema}.load VALUES (99, 'x', now(), 1)`,
      );
      assert.notEqual(status, 0);
    });
  });

  it("lose no backup that was taken while the database was down", async () => {
    await audit.putBackup(new Date());
    const dead = { ...audit.loading, PGPORT: "1" };
    const { status, errors } = await laboratory().run("catalog load", dead);
    assert.equal(status, 4);
    assert.match(errors, /see that the server runs/);
    const [one, other] = await Promise.all([audit.load(), audit.load()]);
    assert.deepEqual(
      [one.output, other.output].sort(),
      ["0 events loaded.\n", "1 events loaded.\n"],
      one.errors + other.errors,
    );
    assert.equal(await audit.verifyWell(), "7 events are rows.\n");
  });

  it("push how a load went, and lose nothing when there is no Pushgateway", async () => {
    const pushgateway = await Pushgateway.start();
    try {
      const pushing = { ...audit.loading, TRADING_DR_PUSHGATEWAY: pushgateway.url };
      const well = await laboratory().run("catalog load", pushing);
      assert.equal(well.status, 0, well.errors);
      const values = (name: string) => pushgateway.values(`trading_dr_${name}`, "system", "kind");
      const lastSuccess = await values("last_success_timestamp_seconds");
      assert.deepEqual(await values("last_run_success"), { "lab load": 1 });
      assert.ok(Date.now() / 1000 - Number(lastSuccess["lab load"]) < 60);
      const dead = await laboratory().run("catalog load", { ...pushing, PGPORT: "1" });
      assert.equal(dead.status, 4);
      assert.deepEqual(await values("last_run_success"), { "lab load": 0 });
      assert.deepEqual(await values("last_success_timestamp_seconds"), lastSuccess);
    } finally {
      await pushgateway.close();
    }
    const nobody = { TRADING_DR_PUSHGATEWAY: `http://127.0.0.1:${String(await freePort())}` };
    const unheard = await laboratory().run("catalog load", { ...audit.loading, ...nobody });
    assert.equal(unheard.status, 0, unheard.errors);
    assert.match(unheard.log, /metrics of this run could not be pushed/);
  });

  it("keep what a newer command left, and name what is no event, without losing others", async () => {
    await audit.put(
      "us-east-1/drill-disaster/20270101T000000000Z-0badcafe.json",
      '{"kind":"drill","format":2}',
    );
    const broken = await audit.put("us-east-1/verify/broken.json", "{");
    const forged = await audit.put(
      "us-east-1/verify/20270101T000000000Z-0badcaff.json",
      JSON.stringify({ kind: "backup", format: 1 }),
    );
    const zero = await audit.put(
      "us-east-1/drill-disaster/zero.json",
      '{"kind":"drill","format":2,"note":"\\u0000"}',
    );
    await audit.putBackup(new Date(), "us-west-2");
    const before = Number(count("event"));
    const { status, errors } = await audit.load();
    assert.equal(status, 6);
    assert.match(errors, /drill, format 2: kept as it is, for a newer command/);
    for (const key of [broken, forged, zero]) {
      assert.ok(errors.includes(key), key);
    }
    assert.equal(Number(count("event")), before + 2);
    assert.equal(count("event WHERE kind = 'drill' AND projection IS NULL"), "1");
    const verified = await audit.verify();
    assert.equal(verified.status, 6);
    assert.match(verified.errors, /^trading-dr: there are objects among the events that are none/);
    for (const key of [broken, forged, zero]) {
      await audit.remove(key);
    }
    await audit.verifyWell();
  });

  it("have rows of snapshots, checks, drills and signals, of those alone whose jobs they are", async () => {
    const { drill } = sampleEvents;
    const { format, id, system, account, region, actor, version, startedAt, finishedAt } = drill;
    const own = { format, id, system, account, region, actor, version, startedAt, finishedAt };
    const point = "20261129T155543Z-0badcafe";
    const snapshot = event.parse({
      ...own,
      kind: "snapshot",
      of: "cache",
      store: "sessions",
      series: "scheduled",
      tier: "daily",
      taken: {
        point,
        url: `s3://bucket/${point}/`,
        manifestSha256: "0f".repeat(32),
        retainUntil: "2027-02-27T15:55:44.000Z",
        entries: 12,
        bytes: 1024,
      },
    });
    const check = event.parse({
      ...own,
      kind: "check",
      checked: { findings: [], unseen: [], places: [], requests: 3, bytesExamined: 0 },
    });
    const unsent = event.parse({
      ...own,
      kind: "signals",
      of: id,
      subject: [...subjectOf(drill)],
      unsent: ["slack"],
      failure: { reason: "signals", message: "slack: it does not answer" },
    });
    const put = (job: JobKind, happened: Event) =>
      audit.put(`us-east-1/${job}/${eventName(happened)}`, JSON.stringify(happened));
    await put("snapshot-cache", snapshot);
    await put("check", check);
    await put("drill-recovery", drill);
    await put("drill-recovery", unsent);
    const forged = [
      await put("snapshot-configuration", snapshot),
      await put("drill-disaster", drill),
      await put("verify", check),
      await put("catalog-load", unsent),
    ];
    const { status, errors } = await audit.load();
    assert.equal(status, 6);
    assert.match(errors, /4 events loaded/);
    for (const key of forged) {
      assert.ok(errors.includes(`${key} says that it is of a `), errors);
      await audit.remove(key);
    }
    assert.equal(
      audit.sql(
        `SELECT status, entry_count, checksum FROM ${schema}.backup_catalog WHERE store = 'sessions'`,
      ),
      `unverified|12|${"0f".repeat(32)}`,
    );
    assert.equal(
      audit.sql(
        `SELECT backup_type, status FROM ${schema}.backup_audit_log
         WHERE backup_type NOT IN ('backup', 'verification') ORDER BY backup_type`,
      ),
      "cache snapshot|succeeded\ncheck|passed\nsignals|not sent",
    );
    assert.equal(
      audit.sql(
        `SELECT success, recovery_type, rto_seconds, rpo_seconds FROM ${schema}.disaster_recovery_audit
         WHERE event_type = 'drill'`,
      ),
      "t|recovery|2|137",
    );
    assert.equal(await audit.loadWell(), "0 events loaded.\n");
    await audit.verifyWell();
  });

  it("tell the bucket later of a load that it could not be told of", async () => {
    const key = await audit.putBackup(new Date());
    const { status, errors } = await laboratory().run("catalog load", {
      ...audit.loading,
      TRADING_DR_EVENTS: "s3://no-such-bucket/events/",
    });
    assert.equal(status, 5, errors);
    assert.equal(count(`event WHERE object_key = '${key}'`), "1");
    assert.match(await audit.verifyWell(), /loads \d+ are not told of in the bucket yet/);
    assert.equal(await audit.loadWell(), "0 events loaded.\n");
    assert.match(await audit.verifyWell(), /^\d+ events are rows\.\n$/);
  });

  it("are whole after a load that was killed at any moment", async () => {
    const random = seededRandom(Number(process.env["SEED"] ?? "7"));
    let killed = 0;
    for (let round = 0; round < 6; round += 1) {
      await Promise.all(
        Array.from({ length: 30 }, (_, i) => audit.putBackup(new Date(Date.now() - i * 1000))),
      );
      const { child, ended } = laboratory().start("catalog load", audit.loading);
      await sleep(250 + random.below(350));
      child.kill("SIGKILL");
      killed += (await ended).status === null ? 1 : 0;
      await audit.loadWell();
      assert.match(await audit.verifyWell(), /^\d+ events are rows\.\n$/);
    }
    assert.ok(killed > 0, "no run was killed before its end");
    assert.equal(count("event WHERE kind = 'backup'"), String(2 + 1 + 1 + 6 * 30));
    // And a snapshot of a cache.
    assert.equal(count("backup_catalog"), String(2 + 1 + 1 + 6 * 30 + 1));
  });
});
