import { createHash } from "node:crypto";
import type { types } from "@pulumi/kubernetes";
import {
  cacheCertificateSecret,
  cacheName,
  type CachePart,
  type CachePlace,
} from "../../contracts/cacheNames";
import { type ConfigurationFiles } from "./files";
import { podLayout } from "./layout";

/** Parts of pods and objects that servers and Sentinels have in common. */

type Container = types.input.core.v1.Container;
type PodSpec = types.input.core.v1.PodSpec;
type Volume = types.input.core.v1.Volume;

/** User and group of Redis in its published images. */
const redisId = 999;

/** Files of Secrets: readable by the group that the pod's volumes belong to, and by nobody else. */
export const secretFileMode = 0o440;

/** Labels that select the pods of a part: they never change. */
export function selectorLabels(part: CachePart, place: CachePlace): Record<string, string> {
  return {
    "app.kubernetes.io/name": `cache-${part}`,
    "app.kubernetes.io/instance": place.store,
  };
}

/** Name, namespace and labels of a part's objects. */
export function objectMeta(part: CachePart, place: CachePlace) {
  return {
    name: cacheName(part, place),
    namespace: place.namespace,
    labels: {
      ...selectorLabels(part, place),
      "app.kubernetes.io/component": "cache",
      "app.kubernetes.io/managed-by": "pulumi",
    },
  };
}

/** A number that differs when what pods read at their start differs: their template carries it. */
export function checksumOf(files: ConfigurationFiles): string {
  return createHash("sha256").update(JSON.stringify(files)).digest("hex");
}

/** What the restricted Pod Security Standard asks of a pod, and of each of its containers. */
export const podSecurity = {
  runAsNonRoot: true,
  runAsUser: redisId,
  runAsGroup: redisId,
  fsGroup: redisId,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/**
 * How pods look names up. Redis and Sentinel stand still meanwhile: a Sentinel whose look-ups take a
 * second promotes nobody. All names here are whole, so none is tried with the search list's endings.
 */
export const lookUps = {
  options: [
    { name: "ndots", value: "1" },
    { name: "timeout", value: "1" },
    { name: "attempts", value: "2" },
  ],
};

export const containerSecurity = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
};

/**
 * Keeps the pods of a part in different zones. Required, not preferred: two servers in one zone are
 * lost together, and two Sentinels are a majority. There have to be as many zones as members.
 */
export function oneInEachZone(labels: Readonly<Record<string, string>>): PodSpec["affinity"] {
  return {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          labelSelector: { matchLabels: labels },
          topologyKey: "topology.kubernetes.io/zone",
        },
      ],
    },
  };
}

/** A probe that runs one of the scripts. */
export function scriptProbe(script: string, failureThreshold: number) {
  return {
    exec: { command: ["sh", `${podLayout.configuration}/${script}`] },
    periodSeconds: 10,
    // A script gives up by itself after five seconds without an answer.
    timeoutSeconds: 7,
    failureThreshold,
  };
}

/** Where the volumes of {@link commonVolumes} and the data are mounted. */
export const commonMounts = [
  { name: "configuration", mountPath: podLayout.configuration, readOnly: true },
  { name: "credentials", mountPath: podLayout.credentials, readOnly: true },
  { name: "certificates", mountPath: podLayout.certificates, readOnly: true },
  { name: "data", mountPath: podLayout.data },
];

/** Configuration and certificates of a part. */
export function commonVolumes(part: "server" | "sentinel", place: CachePlace): Volume[] {
  return [
    { name: "configuration", configMap: { name: cacheName(part, place) } },
    {
      name: "certificates",
      secret: { secretName: cacheCertificateSecret(part, place), defaultMode: secretFileMode },
    },
    {
      name: "metrics",
      secret: {
        secretName: cacheName(part, place),
        defaultMode: secretFileMode,
        items: [{ key: "metrics.json", path: "metrics.json" }],
      },
    },
  ];
}

/** Port on which metrics are offered. */
export const metricsPort = 9121;

/** The container that offers metrics of the server or Sentinel beside it. */
export function metricsContainer(image: string, port: number): Container {
  return {
    name: "metrics",
    image,
    args: [
      `--redis.addr=${metricsTarget(port)}`,
      "--redis.user=metrics",
      "--redis.password-file=/metrics/metrics.json",
      `--tls-ca-cert-file=${podLayout.certificates}/ca.crt`,
      `--web.listen-address=:${String(metricsPort)}`,
      // It may not read the configuration, which holds passwords.
      "--config-command=-",
    ],
    ports: [{ name: "metrics", containerPort: metricsPort }],
    // It reads its password when it is told to, by this request, and there is no shell in its image.
    livenessProbe: {
      httpGet: { path: "/-/reload", port: metricsPort },
      periodSeconds: 30,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    volumeMounts: [
      { name: "metrics", mountPath: "/metrics", readOnly: true },
      { name: "certificates", mountPath: podLayout.certificates, readOnly: true },
    ],
    resources: {
      requests: { cpu: "10m", memory: "32Mi" },
      limits: { memory: "64Mi" },
    },
    securityContext: containerSecurity,
  };
}

function metricsTarget(port: number): string {
  return `rediss://localhost:${String(port)}`;
}

/** The exporter's file of passwords: it looks for its target with the user's name in front. */
export function metricsPasswords(port: number, password: string): string {
  return JSON.stringify({ [`rediss://metrics@localhost:${String(port)}`]: password });
}

/** Where Prometheus finds a pod's metrics. */
export const metricsAnnotations = {
  "prometheus.io/scrape": "true",
  "prometheus.io/port": String(metricsPort),
};
