import assert from "node:assert/strict";
import { ImageRegistry, type ImageRegistryArgs } from "../../../components/images/imageRegistry";
import { repositoryName } from "../../../contracts/names";
import { type Declared, declared, primary, standby } from "../../support/declared";
import { countsByType, deletable, kept, ofAws } from "../inspection";

const types = {
  scanning: "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
  replication: "aws:ecr/replicationConfiguration:ReplicationConfiguration",
};

function registryOf(args: ImageRegistryArgs): Promise<Declared> {
  return declared((options) => {
    new ImageRegistry("image-registry", args, options);
  });
}

describe("ImageRegistry", () => {
  let registry: Declared;

  before(async () => {
    registry = await registryOf({ copiesTo: standby });
  });

  it("declares how the registry is scanned, and where it replicates to", () => {
    assert.deepEqual(countsByType(registry.resources), {
      "trading-dr:images:ImageRegistry": 1,
      [types.scanning]: 1,
      [types.replication]: 1,
    });
  });

  it("scans the trading systems' images continuously, and everybody's on push", () => {
    assert.deepEqual(registry.only(types.scanning).inputs, {
      scanType: "ENHANCED",
      rules: [
        {
          scanFrequency: "CONTINUOUS_SCAN",
          repositoryFilters: [{ filter: "trading-dr/*", filterType: "WILDCARD" }],
        },
        {
          scanFrequency: "SCAN_ON_PUSH",
          repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }],
        },
      ],
    });
  });

  it("copies to the other region of the account", () => {
    assert.deepEqual(registry.only(types.replication).inputs, {
      replicationConfiguration: {
        rules: [
          {
            destinations: [{ region: "us-west-2", registryId: "111122223333" }],
            repositoryFilters: [{ filter: "trading-dr/", filterType: "PREFIX_MATCH" }],
          },
        ],
      },
    });
  });

  it("covers the repositories of every system, whichever of them owns the registry", () => {
    for (const system of ["market-scanning", "hft", "a"]) {
      assert.ok(repositoryName("api", { ...primary, system }).startsWith("trading-dr/"));
    }
  });

  it("copies nothing where no other region is named", async () => {
    const alone = await registryOf({});
    assert.deepEqual(countsByType(alone.resources), {
      "trading-dr:images:ImageRegistry": 1,
      [types.scanning]: 1,
    });
  });

  it("is kept, for every system relies on it", () => {
    assert.deepEqual(deletable(ofAws(registry.resources)), []);
  });

  it("leaves nothing behind in a sandbox", async () => {
    const sandbox = await registryOf({ copiesTo: standby, disposable: true });
    assert.deepEqual(kept(sandbox.resources), []);
  });
});
