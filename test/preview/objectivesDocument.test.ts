import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type JudgedObjective } from "../../objectives/judgement";
import { documentFile, objectivesDocument, systemSection } from "../../preview/objectivesDocument";

describe("docs/objectives.md", () => {
  it("says what the shipped systems reach now; npm run docs:objectives writes it anew", async function () {
    this.timeout("2m");
    assert.equal(readFileSync(documentFile, "utf8"), await objectivesDocument());
  });

  it("has what is not met with who accepts it, then what is met, and in each row the store", () => {
    const unmet: JudgedObjective = {
      dataClass: "orders",
      scenario: "region",
      kind: "rpo",
      objectiveSeconds: 60,
      boundSeconds: null,
      store: "database",
      mechanism: "global database failover",
      arithmetic: "nothing enforces a limit",
      met: false,
    };
    const records: JudgedObjective = {
      ...unmet,
      boundSeconds: 900,
      store: "records",
      mechanism: "replication",
      arithmetic: "15m until it is copied",
      acknowledged: {
        reason: "S3 promises | no \\ less\n\nthan that\n",
        approver: "Chief risk officer",
        date: "2026-11-29",
      },
    };
    const met: JudgedObjective = { ...records, kind: "rto", objectiveSeconds: 1_800, met: true };
    assert.deepEqual(systemSection("High frequency", "hft", [unmet, records, met]), [
      "## High frequency (`hft`)",
      "2 of 3 are not met.",
      [
        "| Not met | Store | Disaster |  | Asked | Reached | By | How | Accepted |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        "| orders | database | region | RPO | 1m | no bound | global database failover | nothing enforces a limit | by nobody |",
        "| orders | records | region | RPO | 1m | 15m | replication | 15m until it is copied | Chief risk officer, 2026-11-29: S3 promises \\| no \\\\ less than that |",
      ].join("\n"),
      [
        "| Met | Store | Disaster |  | Asked | Reached | By | How |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| orders | records | region | RTO | 30m | 15m | replication | 15m until it is copied |",
      ].join("\n"),
    ]);
  });
});
