import assert from "node:assert/strict";
import {
  databaseProblems,
  logGroupRetentionDays,
  majorVersion,
  tlsParameters,
} from "../../../components/database/database";
import { primary } from "../../support/declared";
import { databaseArgs } from "../minimalArgs";

describe("log group retention", () => {
  for (const [wanted, offered] of [
    [1, 1],
    [2, 3],
    [4, 5],
    [6, 7],
    [8, 14],
    [15, 30],
    [31, 60],
    [61, 90],
    [91, 120],
    [121, 150],
    [151, 180],
    [181, 365],
    [365, 365],
    [366, 400],
    [401, 545],
    [546, 731],
    [732, 1096],
    [1097, 1827],
    [1828, 2192],
    [2193, 2557],
    [2558, 2922],
    [2923, 3288],
    [3289, 3653],
    [3653, 3653],
  ] as const) {
    it(`keeps ${String(wanted)} days of logs for ${String(offered)}, the next that CloudWatch offers`, () => {
      assert.equal(logGroupRetentionDays(wanted), offered);
    });
  }
});

describe("major version", () => {
  it("is what comes before the first point", () => {
    assert.equal(majorVersion("16.8"), "16");
  });

  it("is the version itself where there is no point", () => {
    assert.equal(majorVersion("17"), "17");
  });
});

describe("TLS parameters", () => {
  it("refuse connections without TLS, and with a version below 1.2", () => {
    assert.deepEqual(tlsParameters, [
      { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
      { name: "ssl_min_protocol_version", value: "TLSv1.2", applyMethod: "pending-reboot" },
    ]);
  });
});

describe("inputs of every database", () => {
  for (const days of [1, 35]) {
    it(`are sound with ${String(days)} days of point-in-time recovery, a limit of RDS`, () => {
      assert.deepEqual(
        databaseProblems({ ...databaseArgs(primary), pointInTimeRecoveryDays: days }),
        [],
      );
    });
  }

  for (const days of [0, 36, 1.5, Number.NaN]) {
    it(`are refused with ${String(days)} days of point-in-time recovery`, () => {
      assert.deepEqual(
        databaseProblems({ ...databaseArgs(primary), pointInTimeRecoveryDays: days }),
        [`pointInTimeRecoveryDays must be 1 to 35, the most that RDS keeps, got ${String(days)}`],
      );
    });
  }

  it("are refused with a single subnet, in a single availability zone", () => {
    assert.deepEqual(
      databaseProblems({ ...databaseArgs(primary), subnetIds: ["subnet-0a0a0a0a"] }),
      ["subnetIds must name at least 2 subnets, got 1"],
    );
  });

  it("are refused for all reasons at once", () => {
    assert.deepEqual(
      databaseProblems({ ...databaseArgs(primary), pointInTimeRecoveryDays: 0, subnetIds: [] }),
      [
        "pointInTimeRecoveryDays must be 1 to 35, the most that RDS keeps, got 0",
        "subnetIds must name at least 2 subnets, got 0",
      ],
    );
  });
});
