import { type CacheManifest } from "../../contracts/cacheManifest";
import { type ConfigurationManifest } from "../../contracts/configurationManifest";
import { type Manifest, manifestFormat } from "../../contracts/manifest";

/** The manifest of a small recovery point, with one of each thing. */
export const sampleManifest: Manifest = {
  format: manifestFormat,
  id: "20261129T155543Z-0badcafe",
  system: "lab",
  account: "111122223333",
  region: "us-east-1",
  store: "database",
  series: "daily",
  tier: "daily",
  startedAt: "2026-11-29T15:55:43.000Z",
  finishedAt: "2026-11-29T15:56:44.000Z",
  retainUntil: "2027-02-27T15:55:43.500Z",
  source: {
    database: "trading",
    serverVersion: "15.12",
    systemIdentifier: "7570000000000000001",
    isReader: true,
    snapshotAt: "2026-11-29T15:55:43.500Z",
    position: "0/1A2B3C4D",
    encoding: "UTF8",
    collation: "en_US.UTF-8",
    characterType: "en_US.UTF-8",
    locale: { provider: "icu", name: "en-US" },
  },
  tools: { tradingDr: "0.1.0", pgDump: "15.12" },
  encryption: { algorithm: "aws:kms", key: "arn:aws:kms:us-east-1:111122223333:key/one" },
  objects: [{ bytes: 1536, sha256: "a".repeat(64) }],
  roles: { segments: [] },
  structure: { segments: [] },
  largeObjects: { count: 0, digest: "0".repeat(16), declared: [], segments: [] },
  tables: [
    {
      schema: "market",
      name: "trade",
      columns: ["id"],
      condition: "WHERE id > 1",
      rows: 1000,
      digest: "0123456789abcdef",
      rawBytes: 3 * 1024 * 1024,
      segments: [
        {
          object: 1,
          offset: 0,
          bytes: 1536,
          rawBytes: 3 * 1024 * 1024,
          sha256: "b".repeat(64),
        },
      ],
    },
  ],
  sequences: [
    { schema: "market", name: "trade_id", lastValue: "9223372036854775807", isCalled: true },
  ],
  properties: {
    owner: "desk",
    connectionLimit: -1,
    grants: [{ privilege: "CONNECT", isGrantable: false }],
  },
  settings: [{ role: "trader", name: "work_mem", value: "7MB" }],
  leftOut: ['rows of the foreign table "a"."b": they are elsewhere'],
};

/** The manifest of a small snapshot of a cache. */
export const sampleCacheManifest: CacheManifest = {
  format: manifestFormat,
  kind: "cache",
  id: "20260101T000000Z-0badcafe",
  system: "lab",
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

/** The manifest of a small snapshot of configuration. */
export const sampleConfigurationManifest: ConfigurationManifest = {
  format: manifestFormat,
  kind: "configuration",
  id: "20261129T100000Z-0badcafe",
  system: "lab",
  account: "111122223333",
  region: "us-east-1",
  store: "configuration",
  tier: "frequent",
  startedAt: "2026-11-29T10:00:00.000Z",
  finishedAt: "2026-11-29T10:00:02.000Z",
  retainUntil: "2027-01-03T10:00:00.000Z",
  namespace: "trading",
  tools: { tradingDr: "0.1.0" },
  encryption: {},
  recipients: ["age1mhu6d3yca9nwtdxyknyzvunmt99865m3u0gj2e8e5nhpqcpfkgwsnauyp8"],
  objects: [
    {
      kind: "Secret",
      name: "broker",
      content: { day: "20261129", sha256: "0".repeat(64), bytes: 400 },
      state: { uid: "4f1d", resourceVersion: "7" },
    },
  ],
  leftOut: [],
};
