import { z } from "zod";
import { type Finding, rule } from "../rule";
import { type Resource } from "../stack";
import { listAt, textAt } from "../values";
import { membershipOf, statefulSet, textsAt } from "./groups";
import { cachesInRegion, membersOf } from "./regions";

const issuerKeys = ["kind", "name", "group"] as const;

/** Members and clients know whom they speak to. */
export const certificates = rule({
  id: "cache-certificates",
  severity: "critical",
  scope: "stack",
  description:
    "The certificate that a cache's servers, and its Sentinels, mount is declared, by the issuer of the stack's file, for the names of all of them and for both ends of a connection.",
  serves: "encrypted connections that outlive a failover and a renewal",
  peers: ["CKV_AWS_30"],
  types: [statefulSet],
  example: {
    good: 'usages: ["server auth", "client auth"], dnsNames: [/* every member */, "localhost"]',
    bad: 'usages: ["server auth"]',
  },
  settings: z.strictObject({
    /** `certificateIssuer` of the stack's file. */
    issuer: z.strictObject({ kind: z.string(), name: z.string(), group: z.string() }),
    caches: z.array(
      z.strictObject({
        /** Name of the cache in the system's file. */
        store: z.string(),
        /** Names that the certificate of servers has to have. */
        server: z.array(z.string()),
        /** Names that the certificate of Sentinels has to have. */
        sentinel: z.array(z.string()),
      }),
    ),
  }),
  settingsFor: (environment) => {
    const { settings } = environment.configuration;
    const caches = cachesInRegion(environment).map((cache) => ({
      store: cache.store,
      // Probes and metrics ask their own pod.
      server: [
        ...membersOf("server", cache),
        "localhost",
        ...(cache.link === undefined ? [] : [cache.link.feedHost]),
      ],
      sentinel: [...membersOf("sentinel", cache), "localhost"],
    }));
    return caches.length === 0 || !("cache" in settings) || settings.cache === undefined
      ? undefined
      : { issuer: settings.cache.certificateIssuer, caches };
  },
  *check({ inputs }, { settings: { issuer, caches }, stack }) {
    const membership = membershipOf({ inputs });
    const cache = caches.find(({ store }) => store === membership?.store);
    if (membership === undefined || cache === undefined) {
      return;
    }
    const mounted = listAt(inputs, "spec", "template", "spec", "volumes").map((volume) =>
      textAt(volume, "secret", "secretName"),
    );
    const certificate = stack
      .ofType("kubernetes:cert-manager.io/v1:Certificate")
      .find(
        (candidate) =>
          textAt(candidate.inputs, "metadata", "namespace") ===
            textAt(inputs, "metadata", "namespace") &&
          mounted.includes(textAt(candidate.inputs, "spec", "secretName") ?? ""),
      );
    if (certificate === undefined) {
      yield {
        setting: "the certificate that it mounts",
        found: "none that is declared",
        required: "declared, so that cert-manager makes and renews it",
        mend: "declare it by components/cache/cacheCertificates.ts",
      };
      return;
    }
    yield* certificateFindings(certificate, cache[membership.part], issuer);
  },
});

function* certificateFindings(
  { name, inputs }: Pick<Resource, "name" | "inputs">,
  hosts: readonly string[],
  issuer: Readonly<Record<(typeof issuerKeys)[number], string>>,
): Iterable<Finding> {
  const names = textsAt(inputs, "spec", "dnsNames");
  const missing = hosts.filter((host) => !names.includes(host)).length;
  if (missing > 0) {
    yield {
      setting: `names missing in spec.dnsNames of Certificate "${name}"`,
      found: missing,
      required: "0",
      mend: "name every member, localhost and the feed: who connects to another name is refused",
    };
  }
  for (const usage of ["server auth", "client auth"]) {
    if (!textsAt(inputs, "spec", "usages").includes(usage)) {
      yield {
        setting: `spec.usages of Certificate "${name}"`,
        found: "another",
        required: usage,
        mend: "add it: members are servers to clients, and clients to each other",
      };
    }
  }
  if (issuerKeys.some((key) => textAt(inputs, "spec", "issuerRef", key) !== issuer[key])) {
    yield {
      setting: `spec.issuerRef of Certificate "${name}"`,
      found: "another issuer",
      required: "certificateIssuer of the stack's file",
      mend: "set it: the regions trust each other by the root of their issuers",
    };
  }
}
