import assert from "node:assert/strict";
import { parseDuration } from "../../config/duration";
import { type System } from "../../config/system";
import { type Objective } from "../../objectives/assessment";
import { judge } from "../../objectives/judgement";

const unmet: Objective = {
  dataClass: "orders",
  scenario: "region",
  kind: "rpo",
  objectiveSeconds: 300,
  boundSeconds: 2_400,
  store: "database",
  mechanism: "logical backups, dr-backup",
  arithmetic: "15m between firings + 10m to be done + 15m until it is copied = 40m",
  met: false,
};
const met: Objective = { ...unmet, kind: "rto", boundSeconds: 60, met: true };

type Entry = System["unmetObjectives"][number];

function entry(accepted: string, changes: Partial<Entry> = {}): Entry {
  const bound = parseDuration(accepted);
  assert.ok(accepted === "none" || bound !== undefined);
  return {
    dataClasses: ["orders"],
    stores: ["database"],
    scenarios: ["region"],
    kinds: ["rpo"],
    accepted: bound ?? "none",
    reason: "trading goes on",
    approver: "Chief risk officer",
    date: "2026-11-29",
    ...changes,
  };
}

function judged(...unmetObjectives: Entry[]) {
  return judge([unmet, met], { id: "hft", unmetObjectives });
}

describe("objectives that are not met", () => {
  it("are problems, told with what is reached and how, unless somebody accepts them", () => {
    assert.deepEqual(judged(), {
      objectives: [unmet, met],
      problems: [
        "systems/hft.yaml: orders in database, region, RPO 5m is not met: 40m (logical backups, dr-backup): 15m between firings + 10m to be done + 15m until it is copied = 40m; strengthen what it says, or have somebody accept it under unmetObjectives",
      ],
    });
  });

  it("are accepted up to a bound", () => {
    for (const accepted of ["40m", "1h"]) {
      assert.deepEqual(judged(entry(accepted)), {
        objectives: [
          {
            ...unmet,
            acknowledged: {
              reason: "trading goes on",
              approver: "Chief risk officer",
              date: "2026-11-29",
            },
          },
          met,
        ],
        problems: [],
      });
    }
  });

  it("are problems again once they are worse than what was accepted", () => {
    assert.deepEqual(judged(entry("2399s")).problems, [
      "systems/hft.yaml: orders in database, region, RPO 5m is not met: 40m (logical backups, dr-backup): 15m between firings + 10m to be done + 15m until it is copied = 40m; Chief risk officer has accepted 2399s and no more: strengthen what it says, or have it accepted anew",
    ]);
  });

  it("are problems once something bounds what was accepted without a bound", () => {
    assert.deepEqual(judged(entry("none")).problems, [
      "systems/hft.yaml: orders in database, region, RPO 5m is not met: 40m (logical backups, dr-backup): 15m between firings + 10m to be done + 15m until it is copied = 40m; Chief risk officer has accepted that nothing bounds it, and now something does: strengthen what it says, or have it accepted anew",
    ]);
  });

  it("without any bound are accepted by none alone", () => {
    const boundless = { ...unmet, boundSeconds: null };
    const problems = (accepted: string) =>
      judge([boundless], { id: "hft", unmetObjectives: [entry(accepted)] }).problems.length;
    assert.deepEqual([problems("99y"), problems("none")], [1, 0]);
  });

  const others: readonly (readonly [string, Partial<Entry>])[] = [
    ["another class", { dataClasses: ["quotes"] }],
    ["another store", { stores: ["records"] }],
    ["another disaster", { scenarios: ["zone"] }],
  ];
  for (const [what, changes] of others) {
    it(`are not accepted by an entry for ${what}`, () => {
      assert.equal(judged(entry("1h", changes)).problems.length, 1);
    });
  }

  it("in one store are problems though somebody accepts them in another, by however much", () => {
    const records = { ...unmet, store: "records", boundSeconds: 43_500 };
    const entries = [entry("43500s", { stores: ["records"] })];
    const told = judge([records, unmet], { id: "hft", unmetObjectives: entries });
    assert.deepEqual(
      told.objectives.map(({ store, acknowledged }) => [store, acknowledged !== undefined]),
      [
        ["records", true],
        ["database", false],
      ],
    );
    assert.deepEqual(
      told.problems.map((problem) => problem.split(" is not met")[0]),
      ["systems/hft.yaml: orders in database, region, RPO 5m"],
    );
  });

  it("are accepted for every store that an entry names, each up to the bound", () => {
    const records = { ...unmet, store: "records", boundSeconds: 2_401 };
    const entries = [entry("40m", { stores: ["records", "database"] })];
    assert.deepEqual(
      judge([records, unmet], { id: "hft", unmetObjectives: entries }).problems.map(
        (problem) => problem.split(" is not met")[0],
      ),
      ["systems/hft.yaml: orders in records, region, RPO 5m"],
    );
  });

  it("that are met in one of the stores are to be taken out of the entry", () => {
    const records = { ...unmet, store: "records", boundSeconds: 60, met: true };
    const entries = [entry("40m", { stores: ["records", "database"] })];
    assert.deepEqual(judge([unmet, records], { id: "hft", unmetObjectives: entries }).problems, [
      "systems/hft.yaml: unmetObjectives.0 acknowledges what is met: orders in records, region, RPO 5m. Remove it from the entry",
    ]);
  });

  it("that are met are not to be acknowledged any more", () => {
    assert.deepEqual(judged(entry("1h", { kinds: ["rpo", "rto"] })).problems, [
      "systems/hft.yaml: unmetObjectives.0 acknowledges what is met: orders in database, region, RTO 5m. Remove it from the entry",
    ]);
  });
});
