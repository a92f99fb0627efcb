import assert from "node:assert/strict";
import { cacheManifest, cacheManifestText } from "../../contracts/cacheManifest";
import { manifest, unsealed } from "../../contracts/manifest";
import { sampleCacheManifest } from "../recovery/sampleManifest";

describe("manifest of a cache's recovery point", () => {
  it("is read as it was written, and sealed", () => {
    const { fields, isIntact } = unsealed(cacheManifestText(sampleCacheManifest));
    assert.ok(isIntact);
    assert.deepEqual(cacheManifest.parse(fields), sampleCacheManifest);
  });

  it("is none any more when a figure in it is another", () => {
    const text = cacheManifestText(sampleCacheManifest).replace('"keys":3', '"keys":4');
    assert.equal(unsealed(text).isIntact, false);
  });

  it("is not taken for that of a database, nor written when it is wrong", () => {
    assert.equal(manifest.safeParse(sampleCacheManifest).success, false);
    assert.throws(() => cacheManifestText({ ...sampleCacheManifest, segments: [] }), /segments/);
    assert.throws(() => cacheManifestText({ ...sampleCacheManifest, digest: "" }), /digest/);
  });
});
