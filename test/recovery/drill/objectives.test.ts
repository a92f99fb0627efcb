import assert from "node:assert/strict";
import {
  measuredObjectives,
  type Promised,
  shortcomings,
} from "../../../recovery/drill/objectives";

const promised: readonly Promised[] = [
  { dataClass: "critical", kind: "rto", objectiveSeconds: 60 },
  { dataClass: "critical", kind: "rpo", objectiveSeconds: 0, accepted: 3_600 },
  { dataClass: "standard", kind: "rto", objectiveSeconds: 60, accepted: 600 },
  { dataClass: "old", kind: "rto", objectiveSeconds: 60, accepted: "none" },
];

describe("what a drill measured", () => {
  it("is shown beside each objective, whether it is met or not, and what was accepted", () => {
    assert.deepEqual(
      measuredObjectives(promised, { recoverySeconds: 61, lossSeconds: 0 }).map(
        ({ dataClass, kind, measuredSeconds, met, accepted }) =>
          [dataClass, kind, measuredSeconds, met, accepted] as const,
      ),
      [
        ["critical", "rto", 61, false, undefined],
        ["critical", "rpo", 0, true, "1h"],
        ["standard", "rto", 61, false, "10m"],
        ["old", "rto", 61, false, "none"],
      ],
    );
  });

  it("falls short where it is later than was promised, and accepted", () => {
    const late = (recoverySeconds: number) =>
      shortcomings(promised, { recoverySeconds, lossSeconds: 0 }, 3_600);
    assert.deepEqual(late(60), []);
    assert.deepEqual(late(61), ["recovery took 1m 1s, and critical is promised 1m"]);
    assert.deepEqual(late(601), [
      "recovery took 10m 1s, and critical is promised 1m",
      "recovery took 10m 1s, and standard is promised 1m, or 10m as somebody accepted",
    ]);
  });

  it("falls short where a backup is missing, and not where the plan allows the loss", () => {
    const lost = (lossSeconds: number) =>
      shortcomings(promised, { recoverySeconds: 1, lossSeconds }, 3_600);
    assert.deepEqual(lost(3_600), []);
    assert.deepEqual(lost(3_700), [
      "the newest recovery point was 1h 1m old, and by its schedule it may be 1h: a backup is missing",
    ]);
  });
});
