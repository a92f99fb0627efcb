import assert from "node:assert/strict";
import { failureCases } from "./cases";
import { seen } from "./lab";
import { openLaboratory, runCase, short } from "./laboratory";
import { type Laboratory } from "./round";
import { cacheInBothRegions } from "./systemCaches";

// The short form of `npm run lab:cache`, with the settings of a system.
describe("the cache of market-scanning, when it fails", function () {
  this.timeout("5m");
  let laboratory: Laboratory;

  before(async () => {
    laboratory = await openLaboratory(...cacheInBothRegions("market-scanning", "cache"));
  });

  after(async () => {
    await laboratory.lab.close();
  });

  // Cut off, frozen or dead members of a case that failed are no beginning for the next.
  afterEach(async function () {
    if (this.currentTest?.state === "failed") {
      await laboratory.lab.close();
      laboratory = await openLaboratory(...cacheInBothRegions("market-scanning", "cache"));
    }
  });

  for (const failure of failureCases) {
    it(`keeps its objectives: ${failure.title}`, async () => {
      const report = await runCase(failure, laboratory, short);
      seen(
        `outage ${report.outageSeconds.map((seconds) => seconds.toFixed(1)).join(", ")} s; ${String(report.lostWrites)} of ${String(report.acknowledgedWrites)} writes lost`,
      );
      assert.deepEqual(report.problems, []);
      assert.ok(report.acknowledgedWrites > 100);
    });
  }
});
