import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  cacheHost,
  cacheName,
  cachePort,
  type CachePlace,
  longestCacheStore,
} from "../../contracts/cacheNames";
import {
  type CacheObjectives,
  cacheTimingProblems,
  cacheTimings,
} from "../../contracts/cacheTimings";
import { type Place } from "../../contracts/names";
import { type Tags } from "../../contracts/tags";
import { keepRunning } from "../dataProtection";
import { rejectProblems } from "../problems";
import { CacheCertificates, type CertificateIssuer } from "./cacheCertificates";
import { CacheCredentials } from "./cacheCredentials";
import { CacheSentinels } from "./cacheSentinels";
import { type CacheImages, CacheServers } from "./cacheServers";
import { feedService, type RegionLink } from "./feedService";
import { type CacheNetwork, sentinelPolicy, serverPolicy } from "./networkPolicies";
import { objectMeta } from "./podParts";
import { type SentinelSettings } from "./sentinelConfiguration";
import { type ServerSettings } from "./serverConfiguration";
import { type ReplicationPassword, ReplicationSecret } from "./replicationSecret";

/** Inputs of {@link CacheGroup}. */
export interface CacheGroupArgs {
  readonly cache: CachePlace;
  readonly place: Place;
  /** Name under which Sentinels know the group. */
  readonly masterName: string;
  /** Replicas beside the primary. There have to be as many zones as servers. */
  readonly replicas: number;
  /** Sentinels: an odd number, and as many zones. */
  readonly sentinels: number;
  /** Sentinels that have to agree that the primary is down. */
  readonly quorum: number;
  readonly sentinelPort: number;
  readonly objectives: CacheObjectives;
  /** Memory for data of each server, in mebibytes. */
  readonly memoryMebibytes: number;
  /** Lowest TLS version accepted. */
  readonly minimumTlsVersion: "1.2" | "1.3";
  readonly images: CacheImages;
  readonly issuer: CertificateIssuer;
  readonly storageClass: string;
  /** Namespace that Prometheus runs in. */
  readonly monitoringNamespace: string;
  /** Dates of the passwords that are accepted; those of the first are in use. */
  readonly passwordsRotated: readonly [string, ...string[]];
  readonly replicationPassword: ReplicationPassword;
  /** Whether a group that starts for the first time serves. It never changes one that has data. */
  readonly serving: boolean;
  /** @default - the standby is filled from snapshots, and nothing joins the regions */
  readonly link?: RegionLink;
  readonly tags: Tags;
  /** @default false */
  readonly disposable?: boolean;
}

/** What the files of a group's servers and Sentinels are made from. */
export type CacheGroupSettings = Pick<
  CacheGroupArgs,
  | "cache"
  | "masterName"
  | "replicas"
  | "sentinels"
  | "quorum"
  | "sentinelPort"
  | "objectives"
  | "memoryMebibytes"
  | "minimumTlsVersion"
  | "serving"
> & { readonly link?: Pick<RegionLink, "feedHost" | "upstream"> };

/** A cache in one region: servers, Sentinels, and what they need to know and trust each other. */
export class CacheGroup extends pulumi.ComponentResource {
  /** Name of the Secret from which an application takes name, password and Sentinels. */
  public readonly applicationSecretName: pulumi.Output<string>;

  public constructor(name: string, args: CacheGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    rejectProblems("CacheGroup", name, cacheGroupProblems(args));
    super("trading-dr:cache:CacheGroup", name, {}, opts);
    const { cache, link } = args;
    const disposable = args.disposable ?? false;
    const child = { parent: this };
    const held = { parent: this, ...keepRunning(disposable) };
    const settings = memberSettings(args);
    const certificates = new CacheCertificates(
      `${name}-certificates`,
      {
        place: cache,
        servers: settings.servers.length,
        sentinels: settings.sentinels.length,
        ...(link === undefined ? {} : { feedHost: link.feedHost }),
        issuer: args.issuer,
        disposable,
      },
      child,
    );
    const credentials = new CacheCredentials(
      `${name}-credentials`,
      {
        place: cache,
        masterName: args.masterName,
        sentinels: settings.sentinels,
        sentinelPort: args.sentinelPort,
        passwordsRotated: args.passwordsRotated,
        disposable,
      },
      child,
    );
    const replication = new ReplicationSecret(
      `${name}-replication`,
      {
        cache,
        place: args.place,
        password: args.replicationPassword,
        tags: args.tags,
        disposable,
      },
      child,
    );
    declarePolicies(name, args, held);
    const afterSecrets = { parent: this, dependsOn: [certificates, credentials, replication] };
    const shared = {
      place: cache,
      settings,
      images: args.images,
      storageClass: args.storageClass,
      serving: args.serving,
      disposable,
    };
    new CacheServers(`${name}-server`, shared, afterSecrets);
    new CacheSentinels(
      `${name}-sentinel`,
      { ...shared, sentinelPort: args.sentinelPort },
      afterSecrets,
    );
    if (link !== undefined) {
      const service = feedService(cache, link, settings);
      new kubernetes.core.v1.Service(`${name}-feed`, service, held);
    }
    this.applicationSecretName = pulumi.output(cacheName("application", cache));
    this.registerOutputs({ applicationSecretName: this.applicationSecretName });
  }
}

/** Everything wrong with the inputs; empty when they are sound. */
export function cacheGroupProblems(args: CacheGroupArgs): string[] {
  const problems = cacheTimingProblems(args.objectives, args.replicas);
  if (args.cache.store.length > longestCacheStore) {
    problems.push(
      `the store's name must have at most ${String(longestCacheStore)} characters, because names of pods are made from it, got "${args.cache.store}"`,
    );
  }
  const majority = Math.floor(args.sentinels / 2) + 1;
  if (args.sentinels < 3 || args.sentinels % 2 === 0) {
    problems.push(
      `sentinels must be odd and at least 3, so that a majority is left when one is lost, got ${String(args.sentinels)}`,
    );
  }
  if (args.quorum !== majority) {
    problems.push(
      `quorum must be ${String(majority)}, the majority of ${String(args.sentinels)} sentinels, got ${String(args.quorum)}`,
    );
  }
  for (const [key, image] of Object.entries(args.images)) {
    if (!/@sha256:[0-9a-f]{64}$/.test(image as string)) {
      problems.push(`images.${key} must end in a digest, @sha256:..., got "${String(image)}"`);
    }
  }
  return problems;
}

/** The settings that a group's servers and Sentinels have in common, its members among them. */
export function memberSettings(args: CacheGroupSettings): ServerSettings & SentinelSettings {
  const members = (part: "server" | "sentinel", count: number, port: number) =>
    Array.from({ length: count }, (_, ordinal) => ({
      host: cacheHost(part, ordinal, args.cache),
      port,
    }));
  return {
    masterName: args.masterName,
    quorum: args.quorum,
    servers: members("server", args.replicas + 1, cachePort),
    sentinels: members("sentinel", args.sentinels, args.sentinelPort),
    timings: cacheTimings(args.objectives),
    memoryMebibytes: args.memoryMebibytes,
    minimumTlsVersion: args.minimumTlsVersion,
    ...(args.link === undefined ? {} : { upstream: args.link.upstream }),
  };
}

function declarePolicies(
  name: string,
  { cache, sentinelPort, monitoringNamespace, link }: CacheGroupArgs,
  child: pulumi.CustomResourceOptions,
): void {
  const network: CacheNetwork = {
    place: cache,
    sentinelPort,
    monitoringNamespace,
    ...(link === undefined
      ? {}
      : { otherRegionCidr: link.otherRegionCidr, loadBalancerCidrs: link.loadBalancerCidrs }),
  };
  const specs = { server: serverPolicy(network), sentinel: sentinelPolicy(network) };
  for (const part of ["server", "sentinel"] as const) {
    new kubernetes.networking.v1.NetworkPolicy(
      `${name}-${part}-network`,
      { metadata: objectMeta(part, cache), spec: specs[part] },
      child,
    );
  }
}
