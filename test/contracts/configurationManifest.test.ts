import assert from "node:assert/strict";
import {
  type ConfigurationManifest,
  configurationManifest,
  configurationManifestText,
  contentDay,
  contentName,
  contentPrefix,
} from "../../contracts/configurationManifest";
import { unsealed } from "../../contracts/manifest";

const written: ConfigurationManifest = {
  format: 1,
  kind: "configuration",
  id: "20261129T100000Z-0badcafe",
  system: "market-scanning",
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

describe("the manifest of configuration", () => {
  it("is read as it was written, and its seal tells of every change", () => {
    const text = configurationManifestText(written);
    const { fields, isIntact } = unsealed(text);
    assert.ok(isIntact);
    assert.deepEqual(configurationManifest.parse(fields), written);
    assert.ok(!unsealed(text.replace('"broker"', '"brokes"')).isIntact);
  });

  for (const field of Object.keys(written)) {
    it(`without its ${field} is refused`, () => {
      assert.ok(!configurationManifest.safeParse({ ...written, [field]: undefined }).success);
    });
  }

  it("names contents by the day in UTC, and by their checksum", () => {
    assert.equal(contentDay(new Date("2026-11-29T23:59:59.999-02:00")), "20261130");
    assert.equal(contentPrefix("20261130"), "content/20261130/");
    assert.equal(contentName("ab", true), "ab.age");
    assert.equal(contentName("ab", false), "ab.json");
  });
});
