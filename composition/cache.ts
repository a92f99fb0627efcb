import type * as pulumi from "@pulumi/pulumi";
import { CacheGroup, type CacheGroupArgs } from "../components/cache/cacheGroup";
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
  const { settings, system, region } = configuration;
  const { cache } = settings;
  if (cache === undefined) {
    return {};
  }
  return Object.fromEntries(
    Object.entries(cachesOf(system)).map(([name, store]) => {
      const group = new CacheGroup(
        name,
        {
          cache: { store: name, namespace: system.namespace, region },
          place: landscape.own,
          masterName: store.masterName,
          replicas: store.replicas,
          sentinels: store.sentinels,
          quorum: store.quorum,
          sentinelPort: store.sentinelPort,
          objectives: cacheObjectives(system, name, store),
          memoryMebibytes: store.memoryMebibytes,
          minimumTlsVersion: system.minimumTlsVersion,
          images: { redis: cache.redisImage, exporter: cache.exporterImage },
          issuer: cache.certificateIssuer,
          storageClass: cache.storageClass,
          monitoringNamespace: cache.monitoringNamespace,
          passwordsRotated: rotationDates(store),
          replicationPassword: replicationPassword(configuration, landscape, keys, store),
          serving: system.regions.active === region,
          ...linkOf(configuration, landscape, name, store),
          tags: landscape.tags,
          disposable: landscape.disposable,
        },
        options,
      );
      return [name, group];
    }),
  );
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
  { primary, standby }: Landscape,
  name: string,
  { standby: kind }: StoreOf<"cache">,
): Pick<CacheGroupArgs, "link"> {
  const between = settings.cache?.betweenRegions;
  if (kind === "snapshots" || between === undefined) {
    return {};
  }
  const other = settings.role === "prod" ? standby : primary;
  const feedOf = (where: string) =>
    cacheFeedHost(
      { store: name, namespace: system.namespace, region: where },
      between.privateDomain,
    );
  return {
    link: {
      upstream: { host: feedOf(other.region), port: cachePort },
      feedHost: feedOf(region),
      otherRegionCidr: between.otherRegionCidr,
      loadBalancerCidrs: between.loadBalancerCidrs,
    },
  };
}
