import assert from "node:assert/strict";
import {
  isKnown,
  isSet,
  isTrueAt,
  listAt,
  notKnown,
  NotKnownYet,
  numberAt,
  textAt,
  valueAt,
} from "../../policies/values";

const inputs = {
  name: "database",
  days: 35,
  digits: "60",
  protect: true,
  off: null,
  rules: [{ status: "Enabled" }, notKnown],
  key: notKnown,
  nested: { key: notKnown },
};

describe("values of inputs", () => {
  it("are read by their kind, and anything else is none", () => {
    assert.equal(textAt(inputs, "name"), "database");
    assert.equal(textAt(inputs, "days"), undefined);
    assert.equal(numberAt(inputs, "days"), 35);
    assert.equal(numberAt(inputs, "digits"), 60);
    assert.equal(numberAt(inputs, "name"), undefined);
    assert.equal(isTrueAt(inputs, "protect"), true);
    assert.equal(isTrueAt(inputs, "name"), false);
    assert.equal(textAt(inputs, "rules", 0, "status"), "Enabled");
    assert.equal(listAt(inputs, "rules").length, 2);
    assert.deepEqual(listAt(inputs, "name"), []);
  });

  it("are none where there is nothing, whatever a structure inherits", () => {
    for (const path of [
      ["absent"],
      ["absent", "deeper"],
      ["name", "deeper"],
      ["constructor"],
      ["off"],
    ]) {
      assert.equal(valueAt(inputs, ...path), undefined);
      assert.equal(isSet(inputs, ...path), false);
    }
  });

  it("that are not known yet are an error that names them", () => {
    for (const [path, setting] of [
      [["key"], "key"],
      [["key", "deeper"], "key"],
      [["nested", "key"], "nested.key"],
      [["rules", 1, "status"], "rules.1"],
    ] as const) {
      assert.throws(() => valueAt(inputs, ...path), new NotKnownYet(setting));
    }
  });

  it("that are not known yet are set; what would be inside of one is not known", () => {
    assert.equal(isSet(inputs, "key"), true);
    assert.equal(isSet(inputs, "days"), true);
    assert.equal(isKnown(inputs, "key"), false);
    assert.equal(isKnown(inputs, "nested", "key"), false);
    assert.equal(isKnown(inputs, "rules", 0, "status"), true);
    assert.equal(isKnown(inputs, "absent"), false);
    assert.throws(() => isSet(inputs, "key", "deeper"), new NotKnownYet("key"));
  });
});
