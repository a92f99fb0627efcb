import assert from "node:assert/strict";
import { checkOf, handOverCheck, primaryIn } from "../../../recovery/drill/cache";

const serving = [
  "Sentinel cache-sentinel-0.cache-sentinel:26379 watches cache-server-1.cache-server.lab:6379, OK 3 usable Sentinels",
  "server cache-server-1.cache-server.lab:6379 is a primary, at offset 10",
  "a failover would promote one of 2 replicas",
];

describe("what a rehearsal of a cache says", () => {
  it("passes when the script ends well, and is summed up by its last line", () => {
    assert.deepEqual(checkOf("cache failover", 0, serving), {
      name: "cache failover",
      passed: true,
      found: "a failover would promote one of 2 replicas",
    });
  });

  it("does not pass with a line that says so, whatever the status, nor with another status", () => {
    const wrong = ["NOT READY: one does not answer", "NOT READY: two heads", "2 of this"];
    for (const status of [0, 1]) {
      const check = checkOf("cache failover", status, wrong);
      assert.deepEqual([check.passed, check.found], [false, "one does not answer; two heads"]);
      assert.ok(check.mend);
    }
    for (const status of [1, null]) {
      const check = checkOf("cache failover", status, serving);
      assert.deepEqual(
        [check.passed, check.found],
        [false, `rehearse.sh ended with ${String(status)}`],
      );
    }
  });

  it("says that nothing has changed only when the hand-over itself says so", () => {
    const ended = (status: number | null, lines: readonly string[], errors = "") =>
      handOverCheck({ status, lines, errors }, 1.26);
    const done = ended(0, ["hand-over: server-1:1 is the primary now"]);
    assert.deepEqual(
      [done.passed, done.found, done.mend],
      [true, "hand-over: server-1:1 is the primary now, after 1.3 s", undefined],
    );
    const same = ended(1, ["hand-over: server-1:1 is behind; writes go on here"]);
    assert.equal(same.passed, false);
    assert.match(same.mend ?? "", /^nothing is lost, and the primary is the same/);
    for (const cut of [ended(1, [], "error: connection lost\n"), ended(null, [])]) {
      assert.equal(cut.passed, false);
      assert.match(cut.mend ?? "", /^the script may go on in its pod/);
    }
    assert.match(ended(null, []).found, /^hand-over\.sh ended with null, after/);
  });

  it("names the pod of the primary that Sentinels watch, and none of a group that stands by", () => {
    assert.equal(primaryIn(serving), "cache-server-1");
    assert.equal(primaryIn(["Sentinel cache-sentinel-0:26379 watches nothing"]), undefined);
  });
});
