import assert from "node:assert/strict";
import { CacheCertificates } from "../../../components/cache/cacheCertificates";
import { declared } from "../../support/declared";
import { cacheCertificatesArgs, cacheLink } from "../minimalArgs";
import { manifest, types } from "./types";

describe("CacheCertificates", () => {
  const specs = async (feedHost?: string) => {
    const certificates = await declared((options) => {
      new CacheCertificates(
        "certificates",
        { ...cacheCertificatesArgs, ...(feedHost === undefined ? {} : { feedHost }) },
        options,
      );
    });
    return Object.fromEntries(
      certificates
        .all(types.certificate)
        .map((resource) => [resource.name, manifest(resource).spec]),
    );
  };
  const namesOf = (part: string) =>
    [0, 1, 2].map(
      (ordinal) =>
        `cache-${part}-us-east-1-${String(ordinal)}.cache-${part}-us-east-1.market-scanning-prod.svc.cluster.local`,
    );

  it("ask the issuer for one certificate each for servers and Sentinels, by all their names", async () => {
    const shared = {
      duration: "2160h0m0s",
      renewBefore: "720h0m0s",
      privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
      usages: ["server auth", "client auth"],
      issuerRef: { kind: "ClusterIssuer", name: "trading-ca", group: "cert-manager.io" },
    };
    assert.deepEqual(await specs(), {
      "certificates-server": {
        ...shared,
        secretName: "cache-server-us-east-1-certificate",
        dnsNames: [...namesOf("server"), "localhost"],
      },
      "certificates-sentinel": {
        ...shared,
        secretName: "cache-sentinel-us-east-1-certificate",
        dnsNames: [...namesOf("sentinel"), "localhost"],
      },
    });
  });

  it("name the feed too, by which the other region knows a server", async () => {
    const found = await specs(cacheLink.feedHost);
    assert.deepEqual(found["certificates-server"]?.["dnsNames"], [
      ...namesOf("server"),
      "localhost",
      cacheLink.feedHost,
    ]);
    assert.deepEqual(found["certificates-sentinel"]?.["dnsNames"], [
      ...namesOf("sentinel"),
      "localhost",
    ]);
  });
});
