import assert from "node:assert/strict";
import { newExceptions } from "../../../preview/against/newExceptions";

const exception = {
  rule: "bucket-locked",
  system: "hft",
  stack: "prod",
  resource: "records-audit",
  reason: "it is moved",
  expires: "2026-12-31",
};
const path = "bucket-locked for records-audit in prod";

function changes(before: unknown, after: unknown) {
  return newExceptions({ exceptions: before }, { exceptions: after });
}

describe("exceptions since another commit", () => {
  it("are told when there was none", () => {
    const told = {
      system: "hft",
      path,
      change: "none before, until 2026-12-31 now: it is moved",
    };
    assert.deepEqual(changes([], [exception]), [told]);
    for (const before of [undefined, null, "none", [1]]) {
      assert.deepEqual(changes(before, [exception]), [told]);
    }
    assert.deepEqual(newExceptions(null, { exceptions: [exception] }), [told]);
  });

  it("are told when they last longer than the longest of before", () => {
    const earlier = { ...exception, expires: "2026-11-30" };
    const later = { ...exception, expires: "2027-01-31" };
    assert.deepEqual(
      changes([earlier, exception], [later]).map(({ change }) => change),
      ["until 2026-12-31 before, until 2027-01-31 now: it is moved"],
    );
    assert.deepEqual(changes([exception, earlier], [exception]), []);
    assert.deepEqual(changes([later], [exception]), []);
  });

  for (const [key, value] of [
    ["rule", "bucket-versioned"],
    ["system", "smc"],
    ["stack", "dr"],
    ["resource", "records-*"],
  ] as const) {
    it(`are told when there was one of another ${key}`, () => {
      assert.equal(changes([{ ...exception, [key]: value }], [exception]).length, 1);
    });
  }

  it("are not told when they are gone, or say something else of why", () => {
    assert.deepEqual(changes([exception], []), []);
    assert.deepEqual(changes([exception], [{ ...exception, reason: "it will be moved" }]), []);
  });
});
