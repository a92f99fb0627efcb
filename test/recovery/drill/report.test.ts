import assert from "node:assert/strict";
import { event, type EventOf } from "../../../contracts/events";
import { drillReport } from "../../../recovery/drill/report";

const judged = {
  point: "20261129T155543Z-0badcafe",
  url: "s3://bucket/points/20261129T155543Z-0badcafe/",
  snapshotAt: "2026-11-29T15:55:44.000Z",
  problems: [],
  tables: 3,
  rows: 10,
  restoreSeconds: 61,
  baselineSeconds: { trades: 0.25 },
  slower: [],
};

function drill(given: object): EventOf<"drill"> {
  const parsed = event.parse({
    format: 1,
    kind: "drill",
    drill: "recovery",
    id: "20261129T160000000Z-0badcafe",
    system: "lab",
    account: "111122223333",
    region: "us-east-1",
    actor: "dr-drill-recovery-1",
    version: "1.0.0",
    startedAt: "2026-11-29T15:57:00.000Z",
    finishedAt: "2026-11-29T16:00:00.000Z",
    ...given,
  });
  assert.ok(parsed.kind === "drill");
  return parsed;
}

describe("the report of a drill", () => {
  it("says what was restored, and what was measured beside what was asked", () => {
    const objective = { dataClass: "signals", measuredSeconds: 90.4 };
    const report = drillReport(
      drill({
        judged,
        objectives: [
          { ...objective, kind: "rto", objectiveSeconds: 120, met: true },
          { ...objective, kind: "rpo", objectiveSeconds: 0, met: false, accepted: "1h" },
        ],
      }),
    );
    assert.match(report, /^# Drill: recovery of lab, 2026-11-29\n/);
    assert.match(report, /\| Result \| passed \|/);
    assert.match(report, /\| Restored in \| 1m 1s \|/);
    assert.match(report, /\| Baseline query trades \| 0\.250 s \|/);
    assert.match(report, /\| signals \| RTO \| 2m \| 1m 30s \| yes \| {2}\|/);
    assert.match(report, /\| signals \| RPO \| 0s \| 1m 30s \| NO \| 1h \|/);
  });

  it("says why it failed, in one table's cells and lines whatever the words are", () => {
    const report = drillReport(
      drill({
        judged: { ...judged, problems: ["table a|b has\n1 row"] },
        failure: { reason: "damaged", message: "it is no good:\n  table a|b" },
      }),
    );
    assert.match(report, /\| Result \| FAILED \|/);
    assert.match(report, /> it is no good:\n>\n> table a\|b/);
    assert.match(report, /- table a\\\|b has 1 row/);
    assert.doesNotMatch(report, /Objectives/);
  });

  it("says of every check what was found, and of one that did not pass what to do", () => {
    const report = drillReport(
      drill({
        drill: "disaster",
        checks: [
          { name: "database", passed: true, found: "it is there" },
          { name: "endpoint", passed: false, found: "it is silent", mend: "start it" },
        ],
      }),
    );
    assert.match(report, /## What us-east-1 would take over with/);
    assert.match(report, /\| database \| yes \| it is there \| {2}\|/);
    assert.match(report, /\| endpoint \| NO \| it is silent \| start it \|/);
  });

  it("is there for a drill that came to nothing", () => {
    const report = drillReport(drill({ failure: { reason: "absent", message: "there is none" } }));
    assert.match(report, /FAILED/);
    assert.doesNotMatch(report, /What was restored/);
  });
});
