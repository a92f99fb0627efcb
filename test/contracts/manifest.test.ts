import assert from "node:assert/strict";
import { manifest, objectName } from "../../contracts/manifest";
import { sampleManifest } from "../recovery/sampleManifest";

const segment = { ...sampleManifest.tables[0]?.segments[0] };

describe("a manifest", () => {
  it("is read as it was written", () => {
    assert.deepEqual(manifest.parse(JSON.parse(JSON.stringify(sampleManifest))), sampleManifest);
  });

  const wrong: readonly (readonly [string, object])[] = [
    ["another format", { format: 2 }],
    ["an id that does not sort by time", { id: "latest" }],
    ["an id that leaves its place", { id: "../20261129T155543Z-0badcafe" }],
    ["a time without a zone", { startedAt: "2026-11-29T15:55:43" }],
    ["a key that nobody knows", { compressed: true }],
    ["an object of nothing", { objects: [{ bytes: 0, sha256: "a".repeat(64) }] }],
    ["a checksum that is cut off", { objects: [{ bytes: 1, sha256: "a".repeat(63) }] }],
    ["a checksum in capitals", { objects: [{ bytes: 1, sha256: "A".repeat(64) }] }],
    [
      "a digest that is no number",
      { largeObjects: { count: 0, digest: "none", declared: [], segments: [] } },
    ],
    [
      "a count below zero",
      { largeObjects: { count: -1, digest: "0".repeat(16), declared: [], segments: [] } },
    ],
    [
      "a sequence's value as a number",
      {
        sequences: [{ schema: "a", name: "b", lastValue: 1, isCalled: true }],
      },
    ],
    ["a segment of object 0", { roles: { segments: [{ ...segment, object: 0 }] } }],
    ["a segment before its object's start", { roles: { segments: [{ ...segment, offset: -1 }] } }],
    ["another compression", { roles: { segments: [{ ...segment, encoding: "gzip" }] } }],
    [
      "a segment that does not go on, said twice",
      {
        roles: { segments: [{ ...segment, continues: false }] },
      },
    ],
    [
      "a privilege that a database has not",
      {
        properties: {
          owner: "a",
          connectionLimit: -1,
          grants: [{ privilege: "SELECT", isGrantable: false }],
        },
      },
    ],
  ];
  for (const [what, change] of wrong) {
    it(`with ${what} is refused`, () => {
      assert.equal(manifest.safeParse({ ...sampleManifest, ...change }).success, false);
    });
  }

  for (const key of Object.keys(sampleManifest)) {
    it(`without its ${key} is refused`, () => {
      assert.equal(manifest.safeParse({ ...sampleManifest, [key]: undefined }).success, false);
    });
  }

  // Pinned: recovery points of years are read by these names.
  it("names objects so that they sort by their numbers", () => {
    assert.equal(objectName(1), "content/000001");
    assert.equal(objectName(999_999), "content/999999");
    assert.equal(objectName(1_000_000), "content/1000000");
  });
});
