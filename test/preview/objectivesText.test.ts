import assert from "node:assert/strict";
import { objectivesText } from "../../preview/objectivesText";
import { type SystemObjective } from "../../preview/objectives";

const unmet: SystemObjective = {
  system: "hft",
  dataClass: "orders",
  scenario: "region",
  kind: "rpo",
  objectiveSeconds: 0,
  boundSeconds: 20,
  store: "database",
  mechanism: "global database failover",
  arithmetic: "20s of lag",
  met: false,
};
const met: SystemObjective = { ...unmet, kind: "rto", objectiveSeconds: 60, met: true };

describe("objectives on a terminal", () => {
  it("begin with those that are not met, in red, and say who accepts them", () => {
    const acknowledged = {
      reason: "trading goes on",
      approver: "Chief risk officer",
      date: "2026-11-29",
    };
    const objectives = [met, unmet, { ...unmet, scenario: "zone" as const, acknowledged }];
    const remarks = ["objectives of smc are not compared"];
    assert.deepEqual(
      objectivesText({ objectives, remarks }, (style, text) => `<${style}>${text}`),
      [
        "<yellow>! objectives of smc are not compared",
        "",
        "<bold>Objectives of hft: 2 of 3 are not met",
        "<red>  not met  orders in database, region, RPO 0s: 20s (global database failover): 20s of lag",
        "<dim>           accepted by nobody",
        "<red>  not met  orders in database, zone, RPO 0s: 20s (global database failover): 20s of lag",
        "<dim>           accepted by Chief risk officer, 2026-11-29: trading goes on",
        "  met      orders in database, region, RTO 1m: 20s (global database failover): 20s of lag",
      ],
    );
  });
});
