import assert from "node:assert/strict";
import { type ListedPoint } from "../../recovery/list";
import { type KindOfManifest } from "../../recovery/point/anyPoint";
import { pointJson, pointText } from "../../recovery/pointText";
import { pointListText } from "../../recovery/text";
import { sampleCacheManifest, sampleConfigurationManifest, sampleManifest } from "./sampleManifest";

const url = "s3://bucket/points/20261129T155543Z-0badcafe/";

const listed: ListedPoint = {
  kind: "database",
  store: "database",
  subject: "trading",
  id: "20261129T155543Z-0badcafe",
  url,
  snapshotAt: "2026-11-29T15:55:43.500Z",
  ageSeconds: 90_061,
  bytes: 1536,
  durationSeconds: 61,
  retainUntil: "2027-02-27T15:55:43.500Z",
  verifiedAt: "2026-11-29T16:00:00.120Z",
  judgedAt: "2026-11-29T16:00:00.120Z",
  isDamaged: false,
};

const nothing = {
  points: [],
  others: 0,
  unfinished: [],
  damaged: [],
  unreadable: [],
  foreign: [],
};

const database: KindOfManifest = { kind: "database", manifest: sampleManifest };

describe("recovery points as text", () => {
  it("are a table, of which a column begins where its heading begins", () => {
    const { verifiedAt, judgedAt, ...unverified } = listed;
    assert(verifiedAt !== undefined && judgedAt !== undefined);
    assert.equal(
      pointListText({
        points: [
          listed,
          {
            ...listed,
            id: "20261128T155543Z-0badcafe",
            subject: "a",
            judgedAt: "2026-11-30T16:00:00.000Z",
            isDamaged: true,
          },
          { ...unverified, id: "20261127T155543Z-0badcafe", durationSeconds: 0 },
          { ...unverified, kind: "cache", store: "sessions", subject: "mymaster" },
          { ...unverified, kind: "configuration", store: "settings", subject: "engine" },
        ],
        others: 2,
        unfinished: ["s3://bucket/points/20261126T155543Z-0badcafe/"],
        damaged: ["s3://bucket/points/20261125T155543Z-0badcafe/manifest.json is no JSON"],
        unreadable: ["cannot read s3://bucket/points/20261124T155543Z-0badcafe/manifest.json"],
        foreign: ["s3://bucket/points/20261123T155543Z-0badcafe/ is of hft"],
      }),
      [
        "recovery point             kind           store     of        age    size     took   kept until  verified",
        "20261129T155543Z-0badcafe  database       database  trading   1d 1h  1.5 KiB  1m 1s  2027-02-27  2026-11-29T16:00:00Z",
        "20261128T155543Z-0badcafe  database       database  a         1d 1h  1.5 KiB  1m 1s  2027-02-27  DAMAGED 2026-11-30T16:00:00Z",
        "20261127T155543Z-0badcafe  database       database  trading   1d 1h  1.5 KiB  0s     2027-02-27  not verified",
        "20261129T155543Z-0badcafe  cache          sessions  mymaster  1d 1h  1.5 KiB  1m 1s  2027-02-27  when taken",
        "20261129T155543Z-0badcafe  configuration  settings  engine    1d 1h  1.5 KiB  1m 1s  2027-02-27  not verified",
        "DAMAGED: s3://bucket/points/20261125T155543Z-0badcafe/manifest.json is no JSON",
        "UNREADABLE: cannot read s3://bucket/points/20261124T155543Z-0badcafe/manifest.json",
        "Foreign: s3://bucket/points/20261123T155543Z-0badcafe/ is of hft",
        "Begun and not finished: s3://bucket/points/20261126T155543Z-0badcafe/",
        "",
      ].join("\n"),
    );
  });

  it("say that there is none", () => {
    assert.equal(pointListText(nothing), "There is no recovery point.\n");
    assert.equal(
      pointListText({ ...nothing, others: 3 }),
      "There is no such recovery point; of other kinds or stores there are 3.\n",
    );
  });

  for (const [bytes, seconds, size, took] of [
    [0, 59, "0 B", "59s"],
    [1023, 60, "1023 B", "1m"],
    [1024, 3599, "1.0 KiB", "59m 59s"],
    [1024 ** 3, 3600, "1.0 GiB", "1h"],
    [5.5 * 1024 ** 4, 86_399, "5.5 TiB", "23h 59m"],
    [2000 * 1024 ** 4, 86_400, "2000.0 TiB", "1d"],
  ] as const) {
    it(`show ${String(bytes)} bytes as ${size} and ${String(seconds)} s as ${took}`, () => {
      const text = pointListText({
        ...nothing,
        points: [{ ...listed, bytes, durationSeconds: seconds }],
      });
      const [, row = ""] = text.split("\n");
      assert.deepEqual(row.split(/ {2,}/).slice(5, 7), [size, took]);
    });
  }

  it("are shown one at a time, with what was left out, and each table", () => {
    assert.equal(
      pointText({ found: database, url }),
      `recovery point  20261129T155543Z-0badcafe
where           s3://bucket/points/20261129T155543Z-0badcafe/
of              lab, store database, series daily
database        trading, PostgreSQL 15.12
snapshot at     2026-11-29T15:55:43.500Z
read from       a reader
position        0/1A2B3C4D
kept until      2027-02-27T15:55:43.500Z
size            1.5 KiB in 1 objects
encryption      aws:kms arn:aws:kms:us-east-1:111122223333:key/one
written by      trading-dr 0.1.0, pg_dump 15.12
left out        rows of the foreign table "a"."b": they are elsewhere

table         rows  as text  digest
market.trade  1000  3.0 MiB  0123456789abcdef
`,
    );
  });

  it("of a cache are shown with the server that was read, keys and checksums", () => {
    const source = { ...sampleCacheManifest.source, server: "cache-1:6379", lagBytes: 2048 };
    const manifest = { ...sampleCacheManifest, source };
    const shown = `recovery point  20260101T000000Z-0badcafe
where           s3://bucket/points/20261129T155543Z-0badcafe/
of              lab, store cache, tier frequent
cache           mymaster, Redis 7.0.15
snapshot at     2026-01-01T00:00:01.000Z
read from       the replica cache-1:6379
lacked then     2.0 KiB of the primary's writes
position        123456 of the history 0123456789012345678901234567890123456789
kept until      2026-02-05T00:00:01.000Z
size            99 B in 1 objects
snapshot        200 B, SHA-256 ${"c".repeat(64)}
keys            3, digest ${"d".repeat(40)}
encryption      aws:kms arn:aws:kms:us-east-1:111122223333:key/1
written by      trading-dr 0.1.0, proven by loading it into Redis 7.0.15

database  keys  that end
0         3     1
`;
    assert.equal(pointText({ found: { kind: "cache", manifest }, url }), shown);
    const reason = "no replica answers";
    const primary = { ...manifest, source: { ...source, role: "primary" as const, reason } };
    assert.match(
      pointText({ found: { kind: "cache", manifest: primary }, url }),
      /^read from {7}the primary cache-1:6379 \(no replica answers\)$/m,
    );
    const json = pointJson({ found: { kind: "cache", manifest }, url });
    const { segments, ...facts } = manifest;
    assert.equal(segments.length, 1);
    assert.deepEqual(JSON.parse(json), { url, ...facts });
  });

  it("of configuration are shown with what is saved, where, and which keys open its Secrets", () => {
    const [secret] = sampleConfigurationManifest.objects;
    assert(secret !== undefined);
    const content = { day: "20261129", sha256: "1".repeat(64), bytes: 624 };
    const manifest = {
      ...sampleConfigurationManifest,
      objects: [
        secret,
        { kind: "ConfigMap" as const, name: "limits", content },
        { kind: "ConfigMap" as const, name: "settings", content },
      ],
      leftOut: ["ConfigMap kube-root-ca.crt: the cluster's own authority"],
    };
    assert.equal(
      pointText({ found: { kind: "configuration", manifest }, url }),
      `recovery point      20261129T100000Z-0badcafe
where               s3://bucket/points/20261129T155543Z-0badcafe/
of                  lab, store configuration, tier frequent
namespace           trading
snapshot at         2026-11-29T10:00:00.000Z
kept until          2027-01-03T10:00:00.000Z
size                1.6 KiB in 3 contents, shared within a day
objects             1 Secret, 2 ConfigMap
Secrets sealed for  age1mhu6d3yca9nwtdxyknyzvunmt99865m3u0gj2e8e5nhpqcpfkgwsnauyp8
encryption          as the day's recovery points before, or none
written by          trading-dr 0.1.0
left out            ConfigMap kube-root-ca.crt: the cluster's own authority

kind       name      size   content, beside the recovery point
Secret     broker    400 B  content/20261129/${"0".repeat(64)}.age
ConfigMap  limits    624 B  content/20261129/${"1".repeat(64)}.json
ConfigMap  settings  624 B  content/20261129/${"1".repeat(64)}.json
`,
    );
    assert.deepEqual(JSON.parse(pointJson({ found: { kind: "configuration", manifest }, url })), {
      url,
      ...manifest,
    });
  });

  it("show names that would move a terminal's cursor, or begin a line, as what they are", () => {
    const [table] = sampleManifest.tables;
    assert(table !== undefined);
    const foreign = ["s3://bucket/points/two\nlines\u001b[2J/ is of hft"];
    assert.match(
      pointListText({ ...nothing, foreign }),
      /^Foreign: s3:\/\/bucket\/points\/two\\u000alines\\u001b\[2J\/ is of hft$/m,
    );
    const tables = [{ ...table, name: "two\nlines\u001b[2J" }];
    const text = pointText({
      found: { kind: "database", manifest: { ...sampleManifest, tables } },
      url,
    });
    assert.match(text, /^market\.two\\u000alines\\u001b\[2J {2}1000 /m);
  });

  it("are whole for machines, but for where each piece lies", () => {
    const { tables, ...rest } = JSON.parse(pointJson({ found: database, url })) as Record<
      string,
      unknown
    >;
    const [table] = sampleManifest.tables;
    assert(table !== undefined);
    const { segments, ...facts } = table;
    assert.equal(segments.length, 1);
    assert.deepEqual(tables, [facts]);
    assert.deepEqual(rest["sequences"], sampleManifest.sequences);
    assert.equal(rest["url"], url);
    assert.equal(rest["kind"], "database");
    assert.deepEqual(rest["structure"], {});
  });
});
