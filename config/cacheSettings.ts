import { z } from "zod";
import { type CacheObjectives } from "../contracts/cacheTimings";
import { type Problem } from "./problem";
import { identifier, oneOf, section, text } from "./field";
import { type StoreOf } from "./stores";
import { type System } from "./system";
import { problemAt, type SourceFile } from "./yamlFile";

/** What a stack of a trading region says about its cluster for caches: images, issuers, networks. */

const image = () =>
  text(
    'must be an image with its digest; write it like "registry.example.com/redis:7.2@sha256:" and 64 hexadecimal digits',
    /^[a-z0-9][a-z0-9./:_-]*@sha256:[0-9a-f]{64}$/,
  );

const objectName = () =>
  text(
    'must be a Kubernetes name: lower-case letters, digits, hyphens and dots; write it like "trading-ca"',
    /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
  );

const loadBalancerRule =
  "must be a list with the network of each subnet that the feed's load balancer is in; write one a line";

/** The keys of `trading-dr:cache` in a stack file. */
export const cacheSettings = section({
  /** Redis, from this region's registry: nothing else may be needed when the other region is gone. */
  redisImage: image(),
  /** Prometheus exporter for Redis. */
  exporterImage: image(),
  /** Issuer of cert-manager for servers and Sentinels; both regions' have the same root. */
  certificateIssuer: section({
    kind: oneOf("Issuer", "ClusterIssuer"),
    name: objectName(),
    /** API group: that of cert-manager, or of an external issuer. */
    group: objectName().default("cert-manager.io"),
  }),
  /** Class of the volumes: encrypted, and bound once a pod's zone is known. */
  storageClass: objectName(),
  /** Namespace that Prometheus runs in, which alone may read metrics. */
  monitoringNamespace: identifier(63),
  /** What joins the two regions; needed when a cache's standby is fed by replication. */
  betweenRegions: section({
    /** Private DNS zone, seen in both regions, in which ExternalDNS publishes each region's feed. */
    privateDomain: text(
      'must be a private DNS zone; write it like "trading.internal"',
      /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
    ),
    /** Addresses of the other region's network. */
    otherRegionCidr: z.cidrv4({
      error: 'must be the other region\'s network; write it like "10.1.0.0/16"',
    }),
    /** Networks of the subnets here that the feed's load balancer is in: its health checks come from them. */
    loadBalancerCidrs: z
      .array(z.cidrv4({ error: 'must be the network of a subnet; write it like "10.0.1.0/24"' }), {
        error: loadBalancerRule,
      })
      .min(1, { error: loadBalancerRule }),
    /** The External Secrets operator's store that reads this region's Secrets Manager. */
    secretStore: objectName().optional(),
  }).optional(),
});

export type CacheSettings = z.output<typeof cacheSettings>;

/** A system's caches by name. */
export function cachesOf(system: System): Record<string, StoreOf<"cache">> {
  return Object.fromEntries(
    Object.entries(system.stores).flatMap(([name, store]) =>
      store.kind === "cache" ? [[name, store] as const] : [],
    ),
  );
}

/** What must hold between a stack's settings and its system's caches. */
export function cacheProblems(
  { role, cache }: { readonly role: string; readonly cache?: CacheSettings | undefined },
  system: System,
  source: Omit<SourceFile, "data">,
): Problem[] {
  const caches = Object.entries(cachesOf(system));
  if (role === "archive") {
    return cache === undefined
      ? []
      : [problemAt(source, ["cache"], cache, "the archive runs nothing; remove it")];
  }
  if (caches.length === 0) {
    return [];
  }
  const named = caches.map(([name]) => `stores.${name}`).join(", ");
  if (cache === undefined) {
    return [
      problemAt(
        source,
        ["cache"],
        undefined,
        `missing: systems/${system.id}.yaml has ${named}; add it to the stack's file (docs/configuration.md)`,
      ),
    ];
  }
  const replicated = caches.filter(([, { standby }]) => standby === "replication");
  if (replicated.length === 0) {
    return [];
  }
  if (cache.betweenRegions === undefined) {
    return [
      problemAt(
        source,
        ["cache", "betweenRegions"],
        undefined,
        `missing: systems/${system.id}.yaml feeds the standby of ${replicated.map(([name]) => `stores.${name}`).join(", ")} by replication; add it, or set standby to snapshots`,
      ),
    ];
  }
  return role === "dr" && cache.betweenRegions.secretStore === undefined
    ? [
        problemAt(
          source,
          ["cache", "betweenRegions", "secretStore"],
          undefined,
          "missing: the dr stack reads the password of replication from a replica of prod's secret; name the store that reads this region's Secrets Manager",
        ),
      ]
    : [];
}

/**
 * What a cache's settings are derived from. Clients may be without its primary for as long as the
 * system's plan says of that disaster or, where it says nothing, the strictest of the data in it.
 */
export function cacheObjectives(
  { scenarios, dataClasses }: System,
  name: string,
  { detection, lostWriteBound }: StoreOf<"cache">,
): CacheObjectives {
  const planned = scenarios["cache-primary"]?.rto.seconds;
  const needed = Object.values(dataClasses).flatMap(({ stores, rto }) =>
    stores.includes(name) ? [rto.seconds] : [],
  );
  return {
    detectionSeconds: detection.seconds,
    lostWriteSeconds: lostWriteBound.seconds,
    recoverySeconds: planned ?? Math.min(...needed),
  };
}
