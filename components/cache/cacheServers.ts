import * as pulumi from "@pulumi/pulumi";
import { cacheName, cachePort, type CachePlace } from "../../contracts/cacheNames";
import { keepRunning } from "../dataProtection";
import { type ConfigurationFiles, serverFiles } from "./files";
import { gracePeriodSeconds } from "./handOver";
import { podLayout } from "./layout";
import { declareMemberSet } from "./memberSet";
import {
  checksumOf,
  commonMounts,
  commonVolumes,
  containerSecurity,
  lookUps,
  metricsAnnotations,
  metricsContainer,
  objectMeta,
  oneInEachZone,
  podSecurity,
  scriptProbe,
  secretFileMode,
  selectorLabels,
} from "./podParts";
import { firstUpstream, type ServerSettings } from "./serverConfiguration";

/** Images of the containers, each with its digest. */
export interface CacheImages {
  readonly redis: string;
  readonly exporter: string;
}

/** Inputs of {@link CacheServers}. */
export interface CacheServersArgs {
  readonly place: CachePlace;
  readonly settings: ServerSettings;
  readonly images: CacheImages;
  readonly storageClass: string;
  /** Whether a group that starts for the first time serves, or follows the other region. */
  readonly serving: boolean;
  /** @default false */
  readonly disposable?: boolean;
}

/** The servers of a group: one is primary, the others are replicas, and Sentinels say which. */
export class CacheServers extends pulumi.ComponentResource {
  public constructor(name: string, args: CacheServersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("trading-dr:cache:CacheServers", name, {}, opts);
    const { place, settings } = args;
    const files = serverFiles(settings, podLayout);
    const upstream = args.serving ? undefined : settings.upstream;
    declareMemberSet(
      name,
      {
        part: "server",
        place,
        port: { name: "redis", number: cachePort },
        count: settings.servers.length,
        files: { ...files, "first-upstream": firstUpstream(upstream) },
        template: podTemplate(args, files),
        storageClass: args.storageClass,
        storageGibibytes: storageGibibytes(settings.memoryMebibytes),
      },
      // Everything: a refused destroy would delete what is not protected first, and stop the cache.
      { parent: this, ...keepRunning(args.disposable ?? false) },
    );
    this.registerOutputs();
  }
}

/**
 * Size of a server's volume: the append-only file, up to twice the data before it is rewritten; the
 * new one while it is; and a snapshot.
 */
export function storageGibibytes(memoryMebibytes: number): number {
  return Math.ceil((4 * memoryMebibytes) / 1_024) + 1;
}

/**
 * Memory limit of a server's container: the data once more, which a fork that saves it may copy in
 * the worst case, and what Redis and its clients take beside the data.
 */
function memoryLimit(memoryMebibytes: number): string {
  return `${String(2 * memoryMebibytes + 256)}Mi`;
}

function podTemplate({ place, settings, images }: CacheServersArgs, files: ConfigurationFiles) {
  const labels = selectorLabels("server", place);
  const script = (file: string) => ["sh", `${podLayout.configuration}/${file}`];
  return {
    metadata: {
      labels: { ...labels, ...objectMeta("server", place).labels },
      annotations: { ...metricsAnnotations, "trading-dr/configuration": checksumOf(files) },
    },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      dnsConfig: lookUps,
      securityContext: podSecurity,
      affinity: oneInEachZone(labels),
      terminationGracePeriodSeconds: gracePeriodSeconds(settings),
      containers: [
        {
          name: "server",
          image: images.redis,
          command: script("start.sh"),
          ports: [{ name: "redis", containerPort: cachePort }],
          lifecycle: { preStop: { exec: { command: script("hand-over.sh") } } },
          readinessProbe: scriptProbe("ready.sh", 1),
          livenessProbe: scriptProbe("live.sh", 6),
          volumeMounts: commonMounts,
          resources: {
            requests: { cpu: "250m", memory: memoryLimit(settings.memoryMebibytes) },
            limits: { memory: memoryLimit(settings.memoryMebibytes) },
          },
          securityContext: containerSecurity,
        },
        {
          name: "reload",
          image: images.redis,
          command: script("reload.sh"),
          volumeMounts: commonMounts,
          resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "32Mi" } },
          securityContext: containerSecurity,
        },
        metricsContainer(images.exporter, cachePort),
      ],
      volumes: [
        ...commonVolumes("server", place),
        {
          name: "credentials",
          projected: {
            defaultMode: secretFileMode,
            sources: [
              { secret: { name: cacheName("server", place) } },
              { secret: { name: cacheName("replication", place) } },
            ],
          },
        },
      ],
    },
  };
}
