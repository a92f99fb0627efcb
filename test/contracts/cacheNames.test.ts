import assert from "node:assert/strict";
import { join } from "node:path";
import { cachesOf } from "../../config/cacheSettings";
import { loadSystem, systemIds } from "../../config/configuration";
import {
  cacheFeedHost,
  cacheHost,
  cacheName,
  type CachePart,
  type CachePlace,
  longestCacheStore,
} from "../../contracts/cacheNames";
import { projectDirectory } from "../support/projectCopy";

const place: CachePlace = {
  store: "cache",
  namespace: "market-scanning-prod",
  region: "us-east-1",
};

describe("names of a cache's objects", () => {
  // Pinned: a name that changes replaces or orphans what bears it, volumes included.
  const pinned: readonly (readonly [CachePart, string])[] = [
    ["server", "cache-server-us-east-1"],
    ["sentinel", "cache-sentinel-us-east-1"],
    ["feed", "cache-feed-us-east-1"],
    ["replication", "cache-replication-us-east-1"],
    ["application", "cache-application-us-east-1"],
    ["backup", "cache-backup-us-east-1"],
  ];
  for (const [part, expected] of pinned) {
    it(`call the ${part} part ${expected}`, () => {
      assert.equal(cacheName(part, place), expected);
    });
  }

  it("give a pod a host name of its own in each region", () => {
    assert.equal(
      cacheHost("server", 2, place),
      "cache-server-us-east-1-2.cache-server-us-east-1.market-scanning-prod.svc.cluster.local",
    );
    assert.notEqual(
      cacheHost("server", 2, { ...place, region: "us-west-2" }),
      cacheHost("server", 2, place),
    );
  });

  it("give each region's feed a name that the other knows", () => {
    assert.equal(
      cacheFeedHost(place, "trading.internal"),
      "cache-feed.market-scanning-prod.us-east-1.trading.internal",
    );
  });

  it("fit, with the longest store's name and region, what Kubernetes allows", () => {
    const longest = { ...place, store: "s".repeat(longestCacheStore), region: "ap-southeast-1" };
    for (const [part] of pinned) {
      assert.ok(cacheName(part, longest).length <= 52);
    }
  });

  it("are refused when they do not", () => {
    assert.throws(
      () => cacheName("sentinel", { ...place, store: "s".repeat(35) }),
      new RangeError(
        `Kubernetes name "${"s".repeat(35)}-sentinel-us-east-1" is not allowed: at most 52 characters that match /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/; shorten the store's name`,
      ),
    );
  });

  it("differ between the caches of one system, and fit for every system", () => {
    const systems = join(projectDirectory, "systems");
    for (const id of systemIds(systems)) {
      const stores = Object.keys(cachesOf(loadSystem(id, systems)));
      assert.ok(stores.length > 0);
      const names = stores.flatMap((store) =>
        pinned.map(([part]) => cacheName(part, { ...place, store })),
      );
      assert.equal(new Set(names).size, names.length);
    }
  });
});
