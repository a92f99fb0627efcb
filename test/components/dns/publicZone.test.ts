import assert from "node:assert/strict";
import { PublicZone } from "../../../components/dns/publicZone";
import { type Declared, declared, tags } from "../../support/declared";
import { countsByType } from "../inspection";
import { publicZoneArgs } from "../minimalArgs";

const zoneType = "aws:route53/zone:Zone";

describe("PublicZone", () => {
  let found: Declared;

  before(async () => {
    found = await declared((options) => {
      new PublicZone("zone", publicZoneArgs, options);
    });
  });

  it("declares one zone, public, whose records stay changeable without us-east-1", () => {
    assert.deepEqual(countsByType(found.resources), {
      "trading-dr:dns:PublicZone": 1,
      [zoneType]: 1,
    });
    assert.deepEqual(found.only(zoneType).inputs, {
      name: "example.com",
      comment: "Managed by Pulumi",
      enableAcceleratedRecovery: true,
      forceDestroy: false,
      tags: { ...tags, "trading-dr:purpose": "failover" },
    });
  });

  it("goes with all its records in a sandbox", async () => {
    const sandbox = await declared((options) => {
      new PublicZone("zone", { ...publicZoneArgs, disposable: true }, options);
    });
    assert.equal(sandbox.only(zoneType).inputs["forceDestroy"], true);
  });

  it("offers its id and its name servers", () => {
    assert.deepEqual(Object.keys(found.only("trading-dr:dns:PublicZone").outputs ?? {}).sort(), [
      "nameServers",
      "zoneId",
    ]);
  });
});
