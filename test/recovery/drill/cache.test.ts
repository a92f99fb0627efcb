import assert from "node:assert/strict";
import { checkOf, primaryIn } from "../../../recovery/drill/cache";

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

  it("names the pod of the primary that Sentinels watch, and none of a group that stands by", () => {
    assert.equal(primaryIn(serving), "cache-server-1");
    assert.equal(primaryIn(["Sentinel cache-sentinel-0:26379 watches nothing"]), undefined);
  });
});
