import assert from "node:assert/strict";
import {
  type CacheManifest,
  cacheManifest,
  cacheManifestText,
} from "../../contracts/cacheManifest";
import { manifest, unsealed } from "../../contracts/manifest";

const sample: CacheManifest = {
  format: 1,
  kind: "cache",
  id: "20260101T000000Z-0badcafe",
  system: "market-scanning",
  account: "111122223333",
  region: "us-east-1",
  store: "cache",
  tier: "frequent",
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: "2026-01-01T00:00:09.000Z",
  retainUntil: "2026-02-05T00:00:01.000Z",
  source: {
    masterName: "mymaster",
    server:
      "cache-server-us-east-1-1.cache-server-us-east-1.market-scanning.svc.cluster.local:6379",
    role: "replica",
    lagBytes: 0,
    replicationId: "0123456789012345678901234567890123456789",
    offset: 123_456,
    redisVersion: "7.0.15",
    snapshotAt: "2026-01-01T00:00:01.000Z",
  },
  tools: { tradingDr: "0.1.0", redis: "7.0.15" },
  encryption: { algorithm: "aws:kms", key: "arn:aws:kms:us-east-1:111122223333:key/1" },
  objects: [{ bytes: 99, sha256: "a".repeat(64) }],
  segments: [{ object: 1, offset: 0, bytes: 99, rawBytes: 200, sha256: "b".repeat(64) }],
  rawBytes: 200,
  sha256: "c".repeat(64),
  keyspaces: [{ database: 0, keys: 3, expiring: 1 }],
  digest: "d".repeat(40),
};

describe("manifest of a cache's recovery point", () => {
  it("is read as it was written, and sealed", () => {
    const { fields, isIntact } = unsealed(cacheManifestText(sample));
    assert.ok(isIntact);
    assert.deepEqual(cacheManifest.parse(fields), sample);
  });

  it("is none any more when a figure in it is another", () => {
    const text = cacheManifestText(sample).replace('"keys":3', '"keys":4');
    assert.equal(unsealed(text).isIntact, false);
  });

  it("is not taken for that of a database, nor written when it is wrong", () => {
    assert.equal(manifest.safeParse(sample).success, false);
    assert.throws(() => cacheManifestText({ ...sample, segments: [] }), /segments/);
    assert.throws(() => cacheManifestText({ ...sample, digest: "" }), /digest/);
  });
});
