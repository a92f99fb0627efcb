import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { cacheName, type CachePlace } from "../../contracts/cacheNames";
import { keepRunning } from "../dataProtection";
import { type CacheImages } from "./cacheServers";
import { type ConfigurationFiles, sentinelFiles } from "./files";
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
import { firstPrimary, type SentinelSettings } from "./sentinelConfiguration";

/** Inputs of {@link CacheSentinels}. */
export interface CacheSentinelsArgs {
  readonly place: CachePlace;
  readonly settings: SentinelSettings;
  readonly sentinelPort: number;
  readonly images: CacheImages;
  readonly storageClass: string;
  /** Whether Sentinels that start for the first time watch server 0, or nobody. */
  readonly serving: boolean;
  /** @default false */
  readonly disposable?: boolean;
}

/** The Sentinels of a group. What they know is on their volumes and survives rescheduling. */
export class CacheSentinels extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: CacheSentinelsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-dr:cache:CacheSentinels", name, {}, opts);
    const { place, settings } = args;
    const metadata = objectMeta("sentinel", place);
    const labels = selectorLabels("sentinel", place);
    const files = sentinelFiles(settings, podLayout);
    const child = { parent: this, ...keepRunning(args.disposable ?? false) };
    const configuration = new kubernetes.core.v1.ConfigMap(
      `${name}-configuration`,
      { metadata, data: { ...files, "first-primary": firstPrimary(settings, args.serving) } },
      child,
    );
    const service = new kubernetes.core.v1.Service(
      `${name}-service`,
      {
        metadata,
        spec: {
          clusterIP: "None",
          publishNotReadyAddresses: true,
          selector: labels,
          ports: [{ name: "sentinel", port: args.sentinelPort, targetPort: args.sentinelPort }],
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
        metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          ...setBehaviour,
          serviceName: cacheName("sentinel", place),
          replicas: settings.sentinels.length,
          selector: { matchLabels: labels },
          template: podTemplate(args, files),
          volumeClaimTemplates: [dataClaim(args.storageClass, 1)],
        },
      },
      { ...child, ...unchangedClaims, dependsOn: [configuration, service] },
    );
    this.registerOutputs();
  }
}

function podTemplate(
  { place, sentinelPort, images }: CacheSentinelsArgs,
  files: ConfigurationFiles,
) {
  const labels = selectorLabels("sentinel", place);
  return {
    metadata: {
      labels: { ...labels, ...objectMeta("sentinel", place).labels },
      annotations: { ...metricsAnnotations, "trading-dr/configuration": checksumOf(files) },
    },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      dnsConfig: lookUps,
      securityContext: podSecurity,
      affinity: oneInEachZone(labels),
      containers: [
        {
          name: "sentinel",
          image: images.redis,
          command: ["sh", `${podLayout.configuration}/start.sh`],
          ports: [{ name: "sentinel", containerPort: sentinelPort }],
          readinessProbe: scriptProbe("ready.sh", 1),
          livenessProbe: scriptProbe("live.sh", 3),
          volumeMounts: commonMounts,
          resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } },
          securityContext: containerSecurity,
        },
        metricsContainer(images.exporter, sentinelPort),
      ],
      volumes: [
        ...commonVolumes("sentinel", place),
        {
          name: "credentials",
          secret: { secretName: cacheName("sentinel", place), defaultMode: secretFileMode },
        },
      ],
    },
  };
}
