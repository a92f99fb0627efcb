import assert from "node:assert/strict";
import fc from "fast-check";
import { cacheTimingProblems, cacheTimings } from "../../contracts/cacheTimings";

const objectives = { detectionSeconds: 5, lostWriteSeconds: 10, recoverySeconds: 120 };

describe("timings of a cache", () => {
  it("come from the objectives", () => {
    assert.deepEqual(cacheTimings(objectives), {
      downAfterMilliseconds: 5_000,
      // (120 - 5 - 10) / 2
      failoverTimeoutMilliseconds: 52_000,
      minReplicasToWrite: 1,
      minReplicasMaxLagSeconds: 8,
    });
  });

  const failoverTimeouts: readonly (readonly [recovery: number, timeout: number])[] = [
    [0, 10_000],
    [35, 10_000],
    [60, 22_000],
    [135, 60_000],
    [900, 60_000],
  ];
  for (const [recoverySeconds, expected] of failoverTimeouts) {
    it(`give a failover ${String(expected)} ms when recovery may take ${String(recoverySeconds)} s`, () => {
      assert.equal(
        cacheTimings({ ...objectives, recoverySeconds }).failoverTimeoutMilliseconds,
        expected,
      );
    });
  }

  it("leave room for a second attempt wherever the shortest timeout does", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 3_600 }),
        (detectionSeconds, more) => {
          const recoverySeconds = detectionSeconds + 30 + more;
          const timings = cacheTimings({ ...objectives, detectionSeconds, recoverySeconds });
          const seconds = (2 * timings.failoverTimeoutMilliseconds) / 1_000;
          assert.ok(detectionSeconds + seconds + 10 <= recoverySeconds);
        },
      ),
    );
  });

  it("never turn the look at replicas off for a bound that is accepted", () => {
    const shortest = { ...objectives, lostWriteSeconds: 3 };
    assert.deepEqual(cacheTimingProblems(shortest, 2), []);
    assert.equal(cacheTimings(shortest).minReplicasMaxLagSeconds, 1);
  });

  it("refuse a bound below what replicas report, and too few replicas, both at once", () => {
    assert.deepEqual(cacheTimingProblems({ ...objectives, lostWriteSeconds: 2 }, 1), [
      "lostWriteSeconds must be at least 3, because replicas report once a second and are counted once a second, got 2",
      "replicas must be at least 2: after a failover one fewer is left, and min-replicas-to-write 1 refuses every write without one, got 1",
    ]);
  });
});
