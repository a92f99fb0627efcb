import assert from "node:assert/strict";
import {
  eventPrefix,
  recordPrefix,
  recoveryPointPrefix,
  seriesPrefix,
} from "../../contracts/objectKeys";

// Pinned: lifecycles, roles and jobs of all regions meet at these keys.
describe("object keys", () => {
  it("hold recovery points by tier, store, series and the region that took them", () => {
    assert.equal(recoveryPointPrefix("daily"), "recovery-points/daily/");
    assert.equal(
      seriesPrefix("daily", "database", "weekly", "us-east-1"),
      "recovery-points/daily/database/weekly/us-east-1/",
    );
    assert.equal(
      seriesPrefix("frequent", "cache", undefined, "us-west-2"),
      "recovery-points/frequent/cache/us-west-2/",
    );
  });

  it("hold events within the store that takes them, by region and kind of job", () => {
    assert.equal(recordPrefix("audit-records"), "records/audit-records/");
    assert.equal(
      eventPrefix("audit-records", "us-east-1", "drill-disaster"),
      "records/audit-records/events/us-east-1/drill-disaster/",
    );
  });
});
