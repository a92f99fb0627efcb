import assert from "node:assert/strict";
import { outageSeconds, percentile, primariesAtOnce } from "./measures";

/** Writes that servers acknowledged, by the second: "aab" is a at 0 s and 1 s, b at 2 s, "-" nobody. */
const writes = (seconds: string, offset = 0) =>
  Array.from(seconds).flatMap((server, second) =>
    server === "-" ? [] : [{ key: String(second), server, at: second * 1_000 + offset }],
  );

describe("what clients saw of a failure", () => {
  it("is an outage from the last acknowledged write before it to the next", () => {
    assert.equal(outageSeconds(writes("aaa----bb"), 2_500, 8_000), 5);
  });

  it("is an outage that began later, too, and none that was over before", () => {
    assert.equal(outageSeconds(writes("a-----aaaa---bb"), 7_000, 14_000), 4);
  });

  it("is no outage when nothing was missed", () => {
    assert.equal(outageSeconds(writes("aaaa"), 1_500, 3_000), 1);
  });

  it("is an outage until the client was stopped, when it never wrote again", () => {
    assert.equal(outageSeconds(writes("aaa"), 1_500, 9_000), 7);
    assert.equal(outageSeconds(writes("aaa"), 5_000, 9_000), 7);
    assert.equal(outageSeconds([], 1_500, 9_000), 7.5);
  });

  it("may be measured on as many writes as minutes at full speed bring", () => {
    const many = Array.from({ length: 300_000 }, (_, at) => ({ key: "", server: "a", at }));
    assert.equal(outageSeconds(many, 10, 300_000), 0.001);
    assert.equal(primariesAtOnce(many), 1);
  });

  it("is one primary at a time when one takes over from the other", () => {
    assert.equal(primariesAtOnce(writes("aaa---bbb---aa")), 1);
  });

  it("is two primaries when both go on, whichever client wrote to them", () => {
    assert.equal(primariesAtOnce([...writes("aaaa"), ...writes("--bb", 500)]), 2);
    assert.equal(primariesAtOnce([...writes("a--aaa"), ...writes("-bb", 500)]), 1);
    assert.equal(primariesAtOnce([...writes("aaa"), ...writes("bbb", 1), ...writes("cc", 2)]), 3);
  });

  it("counts a server that acknowledged one write only, and nobody when there was none", () => {
    assert.equal(primariesAtOnce(writes("a")), 1);
    assert.equal(primariesAtOnce([]), 0);
  });

  it("is the nineteenth of twenty at 95 %", () => {
    const values = Array.from({ length: 20 }, (_, index) => 20 - index);
    assert.equal(percentile(values, 0.95), 19);
    assert.equal(percentile([7], 0.95), 7);
    assert.equal(percentile(values, 0.5), 10);
  });
});
