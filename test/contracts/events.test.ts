import assert from "node:assert/strict";
import fc from "fast-check";
import { parseVerificationName, verification, verificationName } from "../../contracts/events";

const point = "20261129T155543Z-0badcafe";

describe("the name of a verification's event", () => {
  // Pinned: events are kept for years in a locked bucket.
  it("says what was verified, when, and how it went", () => {
    assert.equal(
      verificationName({ point, finishedAt: "2026-11-29T16:00:00.120Z", passed: true }),
      `${point}/20261129T160000120Z-passed.json`,
    );
    assert.equal(
      verificationName({ point, finishedAt: "2026-11-29T16:00:00.120Z", passed: false }),
      `${point}/20261129T160000120Z-failed.json`,
    );
  });

  it("is read as it was written", () => {
    const time = fc
      .date({ min: new Date(0), max: new Date("9999-01-01"), noInvalidDate: true })
      .map((date) => date.toISOString());
    const compact = (at: string) => at.replaceAll(/[-:]|\.\d+/g, "");
    const hash = fc.nat(0xffff_ffff).map((number) => number.toString(16).padStart(8, "0"));
    fc.assert(
      fc.property(time, hash, time, fc.boolean(), (startedAt, random, finishedAt, passed) => {
        const name = { point: `${compact(startedAt)}-${random}`, finishedAt, passed };
        assert.deepEqual(parseVerificationName(verificationName(name)), name);
      }),
    );
  });

  for (const name of [
    "",
    "manifest.json",
    `${point}/`,
    `${point}/20261129T160000120Z-passed`,
    `${point}/20261129T160000120Z-passed.json.json`,
    `${point}/20261129T160000120Z-skipped.json`,
    `${point}/2026-11-29-passed.json`,
    `other/${point}/20261129T160000120Z-passed.json`,
    `${point.toUpperCase()}/20261129T160000120Z-passed.json`,
  ]) {
    it(`is not ${name === "" ? "empty" : name}`, () => {
      assert.equal(parseVerificationName(name), undefined);
    });
  }
});

describe("a verification", () => {
  const passed = {
    format: 1,
    kind: "verification",
    system: "lab",
    region: "us-east-1",
    point,
    url: `s3://bucket/${point}/`,
    startedAt: "2026-11-29T15:55:43.000Z",
    finishedAt: "2026-11-29T16:00:00.000Z",
    passed: true,
    problems: [],
    tables: 3,
    rows: 10,
    restoreSeconds: 1.5,
    baselineSeconds: { trades: 0.25 },
    slower: [],
  };

  it("is read as it was written", () => {
    assert.deepEqual(verification.parse(passed), passed);
  });

  for (const [key, value] of [
    ["format", 2],
    ["kind", "backup"],
    ["tables", -1],
    ["rows", 0.5],
    ["restoreSeconds", -1],
    ["finishedAt", "today"],
    ["note", "unknown"],
  ] as const) {
    it(`with ${key} ${String(value)} is refused`, () => {
      assert.equal(verification.safeParse({ ...passed, [key]: value }).success, false);
    });
  }
});
