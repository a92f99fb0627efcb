import { cacheFeedHost, cacheHost, cachePort, type CachePlace } from "../../contracts/cacheNames";
import { cachesOf } from "../../config/cacheSettings";
import { type Environment } from "../environment";
import { tradingRegionOf } from "../places";

/** A cache in a trading region, and how the other region's is joined to it. */
export interface CacheInRegion {
  readonly store: string;
  readonly place: CachePlace;
  /** Number of servers and of Sentinels. */
  readonly servers: number;
  readonly sentinels: number;
  /** True in the region that serves. */
  readonly serving: boolean;
  /** Absent where `standby: snapshots` leaves the regions unjoined. */
  readonly link?: {
    /** Host by which this region is reached, and where the other one is. */
    readonly feedHost: string;
    readonly upstreamHost: string;
    /** Networks that the other region's servers come from. */
    readonly otherRegionCidr: string;
  };
}

/**
 * The caches of a trading region's stack; none of any other, of a standby that has landed in part, and of
 * a sandbox, whose settings fit a stack of any role.
 */
export function cachesInRegion(environment: Environment): readonly CacheInRegion[] {
  const region = tradingRegionOf(environment);
  if (region === undefined) {
    return [];
  }
  const { system, own, other } = region;
  const { settings } = environment.configuration;
  const between = "cache" in settings ? settings.cache?.betweenRegions : undefined;
  return Object.entries(cachesOf(system)).map(([store, cache]) => {
    const place = { store, namespace: system.namespace, region: own.region };
    return {
      store,
      place,
      servers: cache.replicas + 1,
      sentinels: cache.sentinels,
      serving: system.regions.active === own.region,
      ...(cache.standby === "snapshots" || between === undefined
        ? {}
        : {
            link: {
              feedHost: cacheFeedHost(place, between.privateDomain),
              upstreamHost: cacheFeedHost(
                { ...place, region: other.region },
                between.privateDomain,
              ),
              otherRegionCidr: between.otherRegionCidr,
            },
          }),
    };
  });
}

/** Hosts of the members of a part of a cache. */
export function membersOf(part: "server" | "sentinel", cache: CacheInRegion): string[] {
  const count = part === "server" ? cache.servers : cache.sentinels;
  return Array.from({ length: count }, (_, ordinal) => cacheHost(part, ordinal, cache.place));
}

/** A server's address as Redis writes it. */
export function serverAt(host: string): string {
  return `${host} ${String(cachePort)}`;
}
