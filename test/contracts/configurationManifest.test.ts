import assert from "node:assert/strict";
import {
  configurationManifest,
  configurationManifestText,
  contentDay,
  contentName,
  contentPrefix,
} from "../../contracts/configurationManifest";
import { unsealed } from "../../contracts/manifest";
import { sampleConfigurationManifest } from "../recovery/sampleManifest";

describe("the manifest of configuration", () => {
  it("is read as it was written, and its seal tells of every change", () => {
    const text = configurationManifestText(sampleConfigurationManifest);
    const { fields, isIntact } = unsealed(text);
    assert.ok(isIntact);
    assert.deepEqual(configurationManifest.parse(fields), sampleConfigurationManifest);
    assert.ok(!unsealed(text.replace('"broker"', '"brokes"')).isIntact);
  });

  for (const field of Object.keys(sampleConfigurationManifest)) {
    it(`without its ${field} is refused`, () => {
      assert.ok(
        !configurationManifest.safeParse({ ...sampleConfigurationManifest, [field]: undefined })
          .success,
      );
    });
  }

  it("names contents by the day in UTC, and by their checksum", () => {
    assert.equal(contentDay(new Date("2026-11-29T23:59:59.999-02:00")), "20261130");
    assert.equal(contentPrefix("20261130"), "content/20261130/");
    assert.equal(contentName("ab", true), "ab.age");
    assert.equal(contentName("ab", false), "ab.json");
  });
});
