import assert from "node:assert/strict";
import { join } from "node:path";
import { type CacheSettings, cacheProblems, cacheSettings } from "../../config/cacheSettings";
import { loadSystem } from "../../config/configuration";
import { store } from "../../config/stores";
import { type System } from "../../config/system";
import { checkAgainst } from "../../config/yamlFile";
import { projectDirectory } from "../support/projectCopy";

const source = { file: "Pulumi.prod.yaml", lineOf: () => undefined };
const image = `registry.example.com/redis:7.2@sha256:${"0".repeat(64)}`;
const sound = {
  redisImage: image,
  exporterImage: image,
  certificateIssuer: { kind: "ClusterIssuer", name: "trading-ca" },
  storageClass: "gp3-encrypted",
  monitoringNamespace: "monitoring",
  betweenRegions: {
    privateDomain: "trading.internal",
    otherRegionCidr: "10.1.0.0/16",
    loadBalancerCidrs: ["10.0.1.0/24"],
  },
};

function read(changes: object): CacheSettings {
  const checked = checkAgainst(cacheSettings, { ...sound, ...changes }, source);
  assert.ok("value" in checked, JSON.stringify(checked));
  return checked.value;
}

/** The messages of what is refused, by path. */
function refused(changes: object): Record<string, string> {
  const checked = checkAgainst(cacheSettings, { ...sound, ...changes }, source);
  return "problems" in checked
    ? Object.fromEntries(checked.problems.map(({ path, message }) => [path, message]))
    : {};
}

describe("rotation of a cache's passwords", () => {
  const problems = (passwordsRotatedBefore?: string) => {
    const written = {
      kind: "cache",
      description: "prices",
      replicas: 2,
      sentinels: 3,
      quorum: 2,
      masterName: "mymaster",
      sentinelPort: 26379,
      detection: "5s",
      lostWriteBound: "10s",
      standby: "replication",
      snapshots: { schedule: "3-59/5 * * * *", tier: "frequent" },
      memoryMebibytes: 4096,
      passwordsRotated: "2027-02-01",
      ...(passwordsRotatedBefore === undefined ? {} : { passwordsRotatedBefore }),
    };
    const checked = checkAgainst(store, written, source);
    return "problems" in checked
      ? checked.problems.map(({ path, message }) => `${path}: ${message}`)
      : [];
  };

  it("names the date before, whose passwords still hold, or none", () => {
    assert.deepEqual(problems(), []);
    assert.deepEqual(problems("2026-11-01"), []);
  });

  it("is refused when that date is not before the one in force", () => {
    for (const date of ["2027-02-01", "2027-03-01"]) {
      assert.deepEqual(problems(date), [
        "passwordsRotatedBefore: must be before passwordsRotated, 2027-02-01; move the date that was there to passwordsRotatedBefore, and write today's into passwordsRotated",
      ]);
    }
  });
});

describe("settings of a stack's caches", () => {
  it("are accepted, with cert-manager's own issuers unless they say otherwise", () => {
    assert.equal(read({}).certificateIssuer.group, "cert-manager.io");
  });

  const imageRule =
    'must be an image with its digest; write it like "registry.example.com/redis:7.2@sha256:" and 64 hexadecimal digits';
  const cases: readonly (readonly [string, object, Record<string, string>])[] = [
    [
      "an image that may change under its tag",
      { redisImage: "registry.example.com/redis:7.2" },
      { redisImage: imageRule },
    ],
    [
      "a digest that is cut short",
      { exporterImage: "registry.example.com/exporter@sha256:0123" },
      { exporterImage: imageRule },
    ],
    [
      "an issuer of no known kind",
      { certificateIssuer: { kind: "Vault", name: "x" } },
      {
        "certificateIssuer.kind": "must be one of Issuer, ClusterIssuer; choose one of them",
      },
    ],
    [
      "a network that is none",
      { betweenRegions: { ...sound.betweenRegions, otherRegionCidr: "10.1.0.0" } },
      {
        "betweenRegions.otherRegionCidr":
          'must be the other region\'s network; write it like "10.1.0.0/16"',
      },
    ],
    [
      "subnets of a load balancer that are none",
      { betweenRegions: { ...sound.betweenRegions, loadBalancerCidrs: ["10.0.1.0"] } },
      {
        "betweenRegions.loadBalancerCidrs.0":
          'must be the network of a subnet; write it like "10.0.1.0/24"',
      },
    ],
    [
      "a load balancer without subnets",
      { betweenRegions: { ...sound.betweenRegions, loadBalancerCidrs: [] } },
      {
        "betweenRegions.loadBalancerCidrs":
          "must be a list with the network of each subnet that the feed's load balancer is in; write one a line",
      },
    ],
    [
      "a domain that is none",
      { betweenRegions: { ...sound.betweenRegions, privateDomain: "trading" } },
      {
        "betweenRegions.privateDomain":
          'must be a private DNS zone; write it like "trading.internal"',
      },
    ],
    [
      "a storage class that Kubernetes would refuse",
      { storageClass: "GP3" },
      {
        storageClass:
          'must be a Kubernetes name: lower-case letters, digits, hyphens and dots; write it like "trading-ca"',
      },
    ],
  ];
  for (const [what, changes, messages] of cases) {
    it(`are refused for ${what}`, () => {
      assert.deepEqual(refused(changes), messages);
    });
  }

  describe("fit the system", () => {
    const system = loadSystem("market-scanning", join(projectDirectory, "systems"));
    const problems = (role: string, cache?: CacheSettings, of: System = system) =>
      cacheProblems({ role, cache }, of, source).map(({ path, message }) => `${path}: ${message}`);

    it("when the prod stack says how the regions are joined, and dr also where secrets are", () => {
      assert.deepEqual(problems("prod", read({})), []);
      assert.deepEqual(problems("dr", read({})), [
        "cache.betweenRegions.secretStore: missing: the dr stack reads the password of replication from a replica of prod's secret; name the store that reads this region's Secrets Manager",
      ]);
      const store = { ...sound.betweenRegions, secretStore: "secrets-manager" };
      assert.deepEqual(problems("dr", read({ betweenRegions: store })), []);
    });

    it("when they are there for a system that has caches", () => {
      assert.deepEqual(problems("prod"), [
        "cache: missing: systems/market-scanning.yaml has stores.cache; add it to the stack's file (docs/configuration.md)",
      ]);
      assert.deepEqual(problems("archive"), []);
      assert.deepEqual(problems("archive", read({})), [
        "cache: the archive runs nothing; remove it",
      ]);
    });

    it("when they join the regions of a cache that is replicated, and need not otherwise", () => {
      const apart = read({ betweenRegions: undefined });
      assert.deepEqual(problems("prod", apart), [
        "cache.betweenRegions: missing: systems/market-scanning.yaml feeds the standby of stores.cache by replication; add it, or set standby to snapshots",
      ]);
      const { cache, ...others } = system.stores;
      assert.ok(cache?.kind === "cache");
      const snapshots = {
        ...system,
        stores: { ...others, cache: { ...cache, standby: "snapshots" as const } },
      };
      assert.deepEqual(problems("prod", apart, snapshots), []);
      assert.deepEqual(problems("dr", apart, snapshots), []);
      assert.deepEqual(problems("prod", undefined, { ...system, stores: others }), []);
    });
  });
});
