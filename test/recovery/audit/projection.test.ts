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
    const restoration = { kind: "restoration", choice: "latest", into: "trading", restored };
    const { table, row } = rowOf(restoration);
    assert.equal(table, "disaster_recovery_audit");
    assert.equal(row["rto_seconds"], 257);
    assert.equal(row["rpo_seconds"], 3 * 3600);
    assert.equal(row["notes"], "asked for latest; the former database is kept as trading_before");
    for (const other of [{ failure }, { tables: ["public.trades"] }]) {
      const unmeasured = rowOf({ ...restoration, ...other }).row;
      assert.equal(unmeasured["rto_seconds"], undefined);
      assert.equal(unmeasured["rpo_seconds"], undefined);
    }
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
