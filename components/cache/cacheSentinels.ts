import * as pulumi from "@pulumi/pulumi";
import { cacheName, type CachePlace } from "../../contracts/cacheNames";
import { keepRunning } from "../dataProtection";
import { type CacheImages } from "./cacheServers";
import { type ConfigurationFiles, sentinelFiles } from "./files";
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
    const files = sentinelFiles(settings, podLayout);
    declareMemberSet(
      name,
      {
        part: "sentinel",
        place,
        port: { name: "sentinel", number: args.sentinelPort },
        count: settings.sentinels.length,
        files: { ...files, "first-primary": firstPrimary(settings, args.serving) },
        template: podTemplate(args, files),
        storageClass: args.storageClass,
        storageGibibytes: 1,
      },
      { parent: this, ...keepRunning(args.disposable ?? false) },
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
