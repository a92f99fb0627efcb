import assert from "node:assert/strict";
import { parseAnyManifest } from "../../contracts/anyManifest";
import { manifestText } from "../../contracts/manifest";
import { fieldsOf, sealedText } from "../recovery/monitor/madePoints";
import { sampleManifest } from "../recovery/sampleManifest";

const fields = fieldsOf({ at: new Date("2026-11-29T15:55:43Z"), bytes: 100, rows: 7 });
const uncounted = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== "tables"));

describe("what manifests of all kinds share", () => {
  it("is read of a database's, as it is written", () => {
    const facts = parseAnyManifest(manifestText(sampleManifest), sampleManifest.id);
    assert.deepEqual([facts.bytes, facts.rows], [1536, 1000]);
    assert.deepEqual(facts.objects, [
      {
        folder: `${sampleManifest.id}/`,
        name: "content/000001",
        isShared: false,
        bytes: 1536,
        sha256: "a".repeat(64),
      },
    ]);
  });

  it("counts keys of a cache, and nothing where nothing is counted", () => {
    const cache = { ...uncounted, keyspaces: [{ keys: 3, expiring: 1 }, { keys: 4 }] };
    assert.equal(parseAnyManifest(sealedText(cache), fields.id).rows, 7);
    assert.ok(!("rows" in parseAnyManifest(sealedText(uncounted), fields.id)));
  });

  it("finds content that recovery points share beside them", () => {
    const content = { day: "20261129", bytes: 5, sha256: "c".repeat(64) };
    const shared = { ...uncounted, objects: [{ kind: "ConfigMap", name: "a", content }] };
    assert.deepEqual(parseAnyManifest(sealedText(shared), fields.id).objects, [
      {
        folder: "content/20261129/",
        name: "c".repeat(64),
        isShared: true,
        bytes: 5,
        sha256: "c".repeat(64),
      },
    ]);
  });

  for (const [title, text, problem] of [
    ["no JSON", "{", /^is no JSON: /],
    ["no seal", JSON.stringify(fields), /^is not what was written/],
    ["one changed number", sealedText(fields).replace('"rows":7', '"rows":8'), /its seal is of/],
    [
      "another point",
      sealedText({ ...fields, id: "20261129T155543Z-ffffffff" }),
      /^is of recovery/,
    ],
    ["no times", sealedText({ ...fields, finishedAt: "" }), /^is wrong: finishedAt: /],
  ] as const) {
    it(`refuses ${title}`, () => {
      assert.throws(() => parseAnyManifest(text, fields.id), { message: problem });
    });
  }
});
