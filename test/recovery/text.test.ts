import assert from "node:assert/strict";
import { type ListedPoint } from "../../recovery/list";
import { pointJson, pointListText, pointText } from "../../recovery/text";
import { sampleManifest } from "./sampleManifest";

const url = "s3://bucket/points/20261129T155543Z-0badcafe/";

const listed: ListedPoint = {
  id: "20261129T155543Z-0badcafe",
  url,
  database: "trading",
  snapshotAt: "2026-11-29T15:55:43.500Z",
  ageSeconds: 90_061,
  bytes: 1536,
  durationSeconds: 61,
  retainUntil: "2027-02-27T15:55:43.500Z",
  verifiedAt: "2026-11-29T16:00:00Z",
  isDamaged: false,
};

describe("recovery points as text", () => {
  it("are a table, of which a column begins where its heading begins", () => {
    const damaged = { ...listed, id: "20261128T155543Z-0badcafe", database: "a", isDamaged: true };
    const { verifiedAt, ...unverified } = { ...listed, id: "20261127T155543Z-0badcafe" };
    assert(verifiedAt !== undefined);
    assert.equal(
      pointListText({
        points: [listed, damaged, { ...unverified, durationSeconds: 0 }],
        unfinished: ["s3://bucket/points/20261126T155543Z-0badcafe/"],
        damaged: ["s3://bucket/points/20261125T155543Z-0badcafe/manifest.json is no JSON"],
      }),
      [
        "recovery point             database  age    size     took   kept until  verified",
        "20261129T155543Z-0badcafe  trading   1d 1h  1.5 KiB  1m 1s  2027-02-27  2026-11-29T16:00:00Z",
        "20261128T155543Z-0badcafe  a         1d 1h  1.5 KiB  1m 1s  2027-02-27  DAMAGED",
        "20261127T155543Z-0badcafe  trading   1d 1h  1.5 KiB  0s     2027-02-27  not verified",
        "DAMAGED: s3://bucket/points/20261125T155543Z-0badcafe/manifest.json is no JSON",
        "Begun and not finished: s3://bucket/points/20261126T155543Z-0badcafe/",
        "",
      ].join("\n"),
    );
  });

  it("say that there is none", () => {
    assert.equal(
      pointListText({ points: [], unfinished: [], damaged: [] }),
      "There is no recovery point.\n",
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
        points: [{ ...listed, bytes, durationSeconds: seconds }],
        unfinished: [],
        damaged: [],
      });
      const [, row = ""] = text.split("\n");
      assert.deepEqual(row.split(/ {2,}/).slice(3, 5), [size, took]);
    });
  }

  it("are shown one at a time, with what was left out, and each table", () => {
    assert.equal(
      pointText(sampleManifest, url),
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

  it("show names that would move a terminal's cursor, or begin a line, as what they are", () => {
    const [table] = sampleManifest.tables;
    assert(table !== undefined);
    const text = pointText(
      { ...sampleManifest, tables: [{ ...table, name: "two\nlines\u001b[2J" }] },
      url,
    );
    assert.match(text, /^market\.two\\u000alines\\u001b\[2J {2}1000 /m);
  });

  it("are whole for machines, but for where each piece lies", () => {
    const { tables, ...rest } = JSON.parse(pointJson(sampleManifest, url)) as Record<
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
    assert.deepEqual(rest["structure"], {});
  });
});
