import { type CacheGroupSettings } from "../../components/cache/cacheGroup";
import { cacheGroupSettings } from "../../composition/cache";
import { cachesOf } from "../../config/cacheSettings";
import { projectDirectory } from "../support/projectCopy";
import { readRegionStacks, type RegionStack } from "../support/regionStacks";

/** The settings of every cache that a stack declares, by store. */
export function cachesOfStack({ configuration }: RegionStack): Record<string, CacheGroupSettings> {
  const caches = configuration.settings.cache === undefined ? {} : cachesOf(configuration.system);
  return Object.fromEntries(
    Object.entries(caches).map(([name, store]) => [
      name,
      cacheGroupSettings(configuration, name, store),
    ]),
  );
}

/**
 * A system's cache in the region that serves, and in the one that stands by.
 *
 * @throws Error that names the system's caches, when this is none of them.
 */
export function cacheInBothRegions(
  system: string,
  name: string,
): [CacheGroupSettings, CacheGroupSettings] {
  const caches = readRegionStacks({ directory: projectDirectory, system }).map(cachesOfStack);
  const found = caches.flatMap((byName) => byName[name] ?? []);
  const serving = found.find((settings) => settings.serving);
  const standingBy = found.find((settings) => !settings.serving);
  if (serving === undefined || standingBy === undefined) {
    const known = [...new Set(caches.flatMap((byName) => Object.keys(byName)))].join(", ");
    throw new Error(`--store ${name}: ${system} has no such cache in two regions; use ${known}`);
  }
  return [serving, standingBy];
}
