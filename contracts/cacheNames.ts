/**
 * Names of a cache's Kubernetes objects and hosts. The namespace belongs to the system, so a name
 * carries the store and the region. The region, because a server announces its own name to the one
 * it replicates from: the same name in both regions would lead Sentinels of one region to a server
 * of their own that only bears the other's name.
 */

/** A group of servers and Sentinels: one cache of a trading system in one region. */
export interface CachePlace {
  /** Name of the store in the system file, at most 24 characters. */
  readonly store: string;
  /** Namespace of the trading system. */
  readonly namespace: string;
  /** AWS region, `us-east-1`. */
  readonly region: string;
}

/** Parts of a cache that have objects of their own. */
export type CachePart = "server" | "sentinel" | "feed" | "replication" | "application" | "backup";

/** Most characters of a store's name: with part and region, a StatefulSet takes 52. */
export const longestCacheStore = 24;

const longestName = 52;
const allowed = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Name of a part's objects.
 *
 * @throws RangeError when Kubernetes would refuse it: a StatefulSet's name and an 11-character
 * suffix have to fit a label of 63.
 */
export function cacheName(
  part: CachePart,
  { store, region }: Pick<CachePlace, "store" | "region">,
): string {
  const name = `${store}-${part}-${region}`;
  if (name.length > longestName || !allowed.test(name)) {
    throw new RangeError(
      `Kubernetes name "${name}" is not allowed: at most ${String(longestName)} characters that match ${String(allowed)}; shorten the store's name`,
    );
  }
  return name;
}

/** Name of the Secret that holds the certificate of a part's pods, and that of its issuer. */
export function cacheCertificateSecret(part: "server" | "sentinel", place: CachePlace): string {
  return `${cacheName(part, place)}-certificate`;
}

/** Label, with the store's name as its value, of pods that use a cache: others are not let in. */
export const cacheClientLabel = "trading-dr/cache-client";

/** Host name of one pod, which it keeps wherever it is scheduled. */
export function cacheHost(part: "server" | "sentinel", ordinal: number, place: CachePlace): string {
  const name = cacheName(part, place);
  return `${name}-${String(ordinal)}.${name}.${place.namespace}.svc.cluster.local`;
}

/** Host name by which the other region reaches the server that feeds it. */
export function cacheFeedHost({ store, namespace, region }: CachePlace, domain: string): string {
  return `${store}-feed.${namespace}.${region}.${domain}`;
}

/** Port of the servers; Sentinels have theirs from the system file. */
export const cachePort = 6379;
