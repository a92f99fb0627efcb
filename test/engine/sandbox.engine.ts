import assert from "node:assert/strict";
import { Deployment } from "./deployment";
import { assertOnly, pulumi, needsEngine } from "./engine";

describe("a sandbox on a real engine", function () {
  this.timeout("5m");
  needsEngine();

  for (const system of ["market-scanning", "smc"]) {
    it(`of ${system} is taken down and leaves nothing but the account's opt-in`, async () => {
      const deployment = new Deployment(system, pulumi());
      try {
        deployment.editStacks(
          "trading-dr:accounts:",
          "trading-dr:profile: sandbox\n  trading-dr:accounts:",
        );
        await deployment.firstDeployment();
        for (const stack of ["dr", "prod", "archive"]) {
          assertOnly(await deployment.destroy(stack), "delete");
        }
        const left = deployment.world.everything().map(({ type }) => type);
        const optIn = "aws:backup/regionSettings:RegionSettings";
        assert.deepEqual(left, system === "market-scanning" ? [optIn, optIn, optIn] : []);
      } finally {
        deployment.close();
      }
    });
  }
});
