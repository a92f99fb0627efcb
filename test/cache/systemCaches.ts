import { cacheObjectives, cachesOf } from "../../config/cacheSettings";
import { cacheFeedHost, cachePort, type CachePlace } from "../../contracts/cacheNames";
import { type CacheObjectives, cacheTimings } from "../../contracts/cacheTimings";
import { projectDirectory } from "../support/projectCopy";
import { readRegionStacks, type RegionStack } from "../support/regionStacks";
import { type GroupSettings } from "./group";

/** A cache of a trading system in one of its two regions, as that region's stack declares it. */
export interface CacheInRegion {
  readonly place: CachePlace;
  readonly settings: GroupSettings;
  readonly objectives: CacheObjectives;
}

/** Every cache that a stack declares, by store. */
export function cachesOfStack({ configuration }: RegionStack): Record<string, CacheInRegion> {
  const { system, settings, region } = configuration;
  const between = settings.cache?.betweenRegions;
  const { primary, standby } = system.regions;
  return Object.fromEntries(
    Object.entries(settings.cache === undefined ? {} : cachesOf(system)).map(([store, cache]) => {
      const place = { store, namespace: system.namespace, region };
      const objectives = cacheObjectives(system, store, cache);
      const other = { ...place, region: region === primary ? standby : primary };
      const link =
        cache.standby === "snapshots" || between === undefined
          ? {}
          : {
              feedHost: cacheFeedHost(place, between.privateDomain),
              upstream: { host: cacheFeedHost(other, between.privateDomain), port: cachePort },
            };
      const { masterName, quorum, sentinelPort, memoryMebibytes } = cache;
      return [
        store,
        {
          place,
          objectives,
          settings: {
            masterName,
            quorum,
            sentinelPort,
            memoryMebibytes,
            timings: cacheTimings(objectives),
            minimumTlsVersion: system.minimumTlsVersion,
            serving: system.regions.active === region,
            ...link,
          },
        },
      ];
    }),
  );
}

/**
 * A system's cache in the region that serves, and in the one that stands by.
 *
 * @throws Error that names the system's caches, when this is none of them.
 */
export function cacheInBothRegions(system: string, store: string): [CacheInRegion, CacheInRegion] {
  const caches = readRegionStacks({ directory: projectDirectory, system }).map(cachesOfStack);
  const found = caches.flatMap((byStore) => byStore[store] ?? []);
  const serving = found.find(({ settings }) => settings.serving);
  const standingBy = found.find(({ settings }) => !settings.serving);
  if (serving === undefined || standingBy === undefined) {
    const known = [...new Set(caches.flatMap((byStore) => Object.keys(byStore)))].join(", ");
    throw new Error(`--store ${store}: ${system} has no such cache in two regions; use ${known}`);
  }
  return [serving, standingBy];
}
