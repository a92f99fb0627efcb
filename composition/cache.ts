import type * as pulumi from "@pulumi/pulumi";
import {
  CacheGroup,
  type CacheGroupArgs,
  type CacheGroupSettings,
} from "../components/cache/cacheGroup";
import { type ReplicationPassword } from "../components/cache/replicationSecret";
import { cacheObjectives, cachesOf } from "../config/cacheSettings";
import { type Configuration } from "../config/configuration";
import { type StoreOf } from "../config/stores";
import { cacheFeedHost, cachePort } from "../contracts/cacheNames";
import { physicalName } from "../contracts/names";
import { type Keys } from "./keys";
import { type Landscape } from "./places";

/** Declares the caches of a trading region, by store; none in the archive. */
export function declareCaches(
  configuration: Configuration,
  landscape: Landscape,
  keys: Keys,
  options: pulumi.ComponentResourceOptions,
): Record<string, CacheGroup> {
  const { settings, system } = configuration;
  const { cache } = settings;
  if (cache === undefined) {
    return {};
  }
  return Object.fromEntries(
    Object.entries(cachesOf(system)).map(([name, store]) => {
      const group = new CacheGroup(
        name,
        {
          ...cacheGroupSettings(configuration, name, store),
          place: landscape.own,
          images: { redis: cache.redisImage, exporter: cache.exporterImage },
          issuer: cache.certificateIssuer,
          storageClass: cache.storageClass,
          monitoringNamespace: cache.monitoringNamespace,
          passwordsRotated: rotationDates(store),
          replicationPassword: replicationPassword(configuration, landscape, keys, store),
          tags: landscape.tags,
          disposable: landscape.disposable,
        },
        options,
      );
      return [name, group];
    }),
  );
}

/** What a cache's servers and Sentinels are told in a region, by the system's file and the stack's. */
export function cacheGroupSettings(
  configuration: Configuration,
  name: string,
  store: StoreOf<"cache">,
): CacheGroupSettings & Pick<CacheGroupArgs, "link"> {
  const { system, region } = configuration;
  const { masterName, replicas, sentinels, quorum, sentinelPort, memoryMebibytes } = store;
  return {
    cache: { store: name, namespace: system.namespace, region },
    masterName,
    replicas,
    sentinels,
    quorum,
    sentinelPort,
    memoryMebibytes,
    objectives: cacheObjectives(system, name, store),
    minimumTlsVersion: system.minimumTlsVersion,
    serving: system.regions.active === region,
    ...linkOf(configuration, name, store),
  };
}

/** The two regions agree on one password where either may follow the other. */
function replicationPassword(
  { settings }: Configuration,
  { standby }: Landscape,
  keys: Keys,
  store: StoreOf<"cache">,
): ReplicationPassword {
  const rotated = rotationDates(store);
  const secretStore = settings.cache?.betweenRegions?.secretStore;
  if (store.standby === "snapshots" || keys.secrets === undefined) {
    return { kind: "own", rotated };
  }
  return settings.role === "dr" && secretStore !== undefined
    ? { kind: "read", secretStore }
    : {
        kind: "shared",
        rotated,
        secretsKeyArn: keys.secrets.arn,
        replica: {
          region: standby.region,
          keyAlias: physicalName("keyAlias", "secrets", standby),
        },
      };
}

/** Dates of the passwords that are accepted, the one in use first. */
function rotationDates({
  passwordsRotated,
  passwordsRotatedBefore,
}: StoreOf<"cache">): [string, ...string[]] {
  return [
    passwordsRotated,
    ...(passwordsRotatedBefore === undefined ? [] : [passwordsRotatedBefore]),
  ];
}

/** Each region's feed is known by name to the other, before and after it exists. */
function linkOf(
  { settings, system, region }: Configuration,
  name: string,
  { standby: kind }: StoreOf<"cache">,
): Pick<CacheGroupArgs, "link"> {
  const between = settings.cache?.betweenRegions;
  if (kind === "snapshots" || between === undefined) {
    return {};
  }
  const { primary, standby } = system.regions;
  const other = region === primary ? standby : primary;
  const feedOf = (where: string) =>
    cacheFeedHost(
      { store: name, namespace: system.namespace, region: where },
      between.privateDomain,
    );
  return {
    link: {
      upstream: { host: feedOf(other), port: cachePort },
      feedHost: feedOf(region),
      otherRegionCidr: between.otherRegionCidr,
      loadBalancerCidrs: between.loadBalancerCidrs,
    },
  };
}
