import assert from "node:assert/strict";
import { event, type Event } from "../../../contracts/events";
import { projected } from "../../../recovery/audit/projection";
import { schemaDifferences } from "../../../recovery/audit/description";

const run = {
  format: 1,
  id: "20261129T160000000Z-0badcafe",
  system: "lab",
  account: "111122223333",
  region: "us-east-1",
  actor: "sre@console",
  version: "1.0.0",
  startedAt: "2026-11-29T15:55:43.000Z",
  finishedAt: "2026-11-29T16:00:00.000Z",
};
const point = "20261129T125543Z-0badcafe";
const failure = { reason: "database", message: "it does not answer" };

const rowOf = (written: object) =>
  projected("key", event.parse({ ...run, ...written }) as Exclude<Event, { kind: "load" }>);

describe("the row of an event", () => {
  it("of a backup that failed says why, and has no recovery point", () => {
    const { table, row } = rowOf({
      kind: "backup",
      store: "database",
      series: "daily",
      tier: "daily",
      database: "trading",
      failure,
    });
    assert.equal(table, "backup_audit_log");
    assert.equal(row["status"], "failed");
    assert.equal(row["error_message"], failure.message);
    assert.equal(row["backup_id"], undefined);
  });

  it("of a verification tells what failed from what could not be judged", () => {
    const judged = {
      point,
      url: `s3://bucket/${point}/`,
      problems: ["a row is missing", "a row is changed"],
      tables: 3,
      rows: 10,
      restoreSeconds: 1.5,
      baselineSeconds: {},
      slower: [],
    };
    const bad = rowOf({ kind: "verification", judged }).row;
    assert.equal(bad["status"], "failed");
    assert.equal(bad["error_message"], "a row is missing; a row is changed");
    const good = rowOf({ kind: "verification", judged: { ...judged, problems: [] } }).row;
    assert.equal(good["status"], "passed");
    assert.equal(good["error_message"], undefined);
    assert.equal(rowOf({ kind: "verification", failure }).row["status"], "not judged");
  });

  it("of a restored database has the time that it took, and the age of what was restored", () => {
    const restored = { point, url: `s3://bucket/${point}/`, kept: "trading_before" };
    const restoration = {
      kind: "restoration",
      of: "database",
      choice: "latest",
      into: "trading",
      restored,
    };
    const { table, row } = rowOf(restoration);
    assert.equal(table, "disaster_recovery_audit");
    assert.equal(row["recovery_type"], "database");
    assert.equal(row["rto_seconds"], 257);
    assert.equal(row["rpo_seconds"], 3 * 3600);
    assert.equal(row["notes"], "asked for latest; the former database is kept as trading_before");
    for (const other of [{ failure }, { tables: ["public.trades"] }]) {
      const unmeasured = rowOf({ ...restoration, ...other }).row;
      assert.equal(unmeasured["rto_seconds"], undefined);
      assert.equal(unmeasured["rpo_seconds"], undefined);
    }
    const cache = rowOf({ ...restoration, of: "cache", into: "sessions" }).row;
    assert.equal(cache["recovery_type"], "cache");
    assert.equal(cache["rto_seconds"], 257);
    const configuration = rowOf({ ...restoration, of: "configuration" }).row;
    assert.equal(configuration["recovery_type"], "configuration");
    assert.equal(configuration["rto_seconds"], undefined);
    assert.equal(configuration["duration_seconds"], 257);
  });

  it("of a snapshot says of what it is, and when it was begun", () => {
    const snapshot = { kind: "snapshot", store: "sessions", series: "scheduled", tier: "daily" };
    const taken = {
      point,
      url: `s3://bucket/${point}/`,
      retainUntil: "2027-11-29T12:55:43.000Z",
      entries: 12,
      bytes: 4096,
    };
    for (const of of ["cache", "configuration"]) {
      const { table, row } = rowOf({ ...snapshot, of, taken });
      assert.equal(table, "backup_audit_log");
      assert.equal(row["backup_type"], `${of} snapshot`);
      assert.equal(row["status"], "succeeded");
      assert.equal(row["backup_id"], point);
      assert.equal(row["snapshot_at"], "2026-11-29T12:55:43Z");
      assert.equal(row["entry_count"], 12);
      assert.equal(row["checksum"], undefined, "of a command that did not record it yet");
      const manifestSha256 = "0f".repeat(32);
      const checked = rowOf({ ...snapshot, of, taken: { ...taken, manifestSha256 } }).row;
      assert.equal(checked["checksum"], manifestSha256);
    }
    const failed = rowOf({ ...snapshot, of: "cache", failure }).row;
    assert.equal(failed["status"], "failed");
    assert.equal(failed["backup_id"], undefined);
    assert.equal(failed["snapshot_at"], undefined);
  });

  it("of a check tells what was wrong from what could not be looked at", () => {
    const checked = { findings: [], unseen: [], places: [], requests: 3, bytesExamined: 0 };
    const finding = { kind: "missing", where: "s3://bucket/points/", message: "none since noon" };
    const statusOf = (written: object) => {
      const { table, row } = rowOf({ kind: "check", ...written });
      assert.equal(table, "backup_audit_log");
      assert.equal(row["backup_type"], "check");
      return row["status"];
    };
    const wrong = { ...checked, findings: [finding] };
    const blind = { ...checked, unseen: ["a place does not answer"] };
    assert.equal(statusOf({ checked }), "passed");
    assert.equal(statusOf({ checked: wrong, failure }), "failed");
    assert.equal(statusOf({ checked: blind, failure }), "incomplete");
    assert.equal(statusOf({ failure }), "not judged");
  });

  it("of signals that were not sent says of which run, and why", () => {
    const { table, row } = rowOf({
      kind: "signals",
      of: "20261129T155000000Z-0badcafe",
      subject: ["backup", "database", "daily", "trading"],
      unsent: ["slack"],
      failure: { reason: "signals", message: "slack: it does not answer" },
    });
    assert.equal(table, "backup_audit_log");
    assert.equal(row["status"], "not sent");
    assert.equal(
      row["error_message"],
      "of run 20261129T155000000Z-0badcafe, backup database daily trading: slack: it does not answer",
    );
  });

  it("of a drill has what was measured, though the drill failed of it", () => {
    const judged = {
      point,
      url: `s3://bucket/${point}/`,
      problems: [],
      tables: 3,
      rows: 10,
      restoreSeconds: 1.5,
      baselineSeconds: {},
      slower: [],
    };
    const objective = { dataClass: "trades", objectiveSeconds: 60, met: false };
    const objectives = [
      { ...objective, kind: "rto", measuredSeconds: 90.5 },
      { ...objective, kind: "rpo", measuredSeconds: 120, accepted: "45m" },
      {
        ...objective,
        dataClass: "users",
        kind: "rto",
        objectiveSeconds: 900,
        measuredSeconds: 90.5,
        met: true,
      },
    ];
    const { table, row } = rowOf({ kind: "drill", drill: "recovery", judged, objectives, failure });
    assert.equal(table, "disaster_recovery_audit");
    assert.equal(row["event_type"], "drill");
    assert.equal(row["recovery_type"], "recovery");
    assert.equal(row["success"], false);
    assert.equal(row["backup_id"], point);
    assert.equal(row["rto_seconds"], 90.5);
    assert.equal(row["rpo_seconds"], 120);
    assert.equal(
      row["notes"],
      "rto of trades, 60 s: not met; rpo of trades, 60 s: not met, 45m accepted; rto of users, 900 s: met",
    );
    const unmeasured = rowOf({ kind: "drill", drill: "disaster", failure }).row;
    assert.equal(unmeasured["rto_seconds"], undefined);
    assert.equal(unmeasured["notes"], undefined);
  });
});

describe("what differs between schemas", () => {
  it("is named, whatever was done", () => {
    assert.deepEqual(
      schemaDifferences({ one: "1", two: "2", three: "3" }, { two: "2", three: "4", four: "4" }),
      ["four was added", "one is gone", "three was changed"],
    );
  });
});
