import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { cacheName, cachePort, type CachePlace } from "../../contracts/cacheNames";
import { keepRunning } from "../dataProtection";
import { type ConfigurationFiles, serverFiles } from "./files";
import { gracePeriodSeconds } from "./handOver";
import { podLayout } from "./layout";
import {
  checksumOf,
  commonMounts,
  commonVolumes,
  containerSecurity,
  dataClaim,
  lookUps,
  metricsAnnotations,
  metricsContainer,
  objectMeta,
  oneInEachZone,
  podSecurity,
  scriptProbe,
  secretFileMode,
  selectorLabels,
  setBehaviour,
  unchangedClaims,
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
    const metadata = objectMeta("server", place);
    const labels = selectorLabels("server", place);
    const files = serverFiles(settings, podLayout);
    // Everything: a refused destroy would delete what is not protected first, and stop the cache.
    const child = { parent: this, ...keepRunning(args.disposable ?? false) };
    const configuration = new kubernetes.core.v1.ConfigMap(
      `${name}-configuration`,
      {
        metadata,
        data: {
          ...files,
          "first-upstream": firstUpstream(args.serving ? undefined : settings.upstream),
        },
      },
      child,
    );
    const service = new kubernetes.core.v1.Service(
      `${name}-service`,
      {
        metadata,
        spec: {
          clusterIP: "None",
          // Members have to find each other before they are ready, and while they are not.
          publishNotReadyAddresses: true,
          selector: labels,
          ports: [{ name: "redis", port: cachePort, targetPort: cachePort }],
        },
      },
      child,
    );
    new kubernetes.policy.v1.PodDisruptionBudget(
      `${name}-disruption`,
      { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: labels } } },
      child,
    );
    new kubernetes.apps.v1.StatefulSet(
      name,
      {
        // A region that stands by is applied while the one that it follows is gone: not waited for.
        metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          ...setBehaviour,
          serviceName: cacheName("server", place),
          replicas: settings.servers.length,
          selector: { matchLabels: labels },
          template: podTemplate(args, files),
          volumeClaimTemplates: [
            dataClaim(args.storageClass, storageGibibytes(settings.memoryMebibytes)),
          ],
        },
      },
      { ...child, ...unchangedClaims, dependsOn: [configuration, service] },
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
