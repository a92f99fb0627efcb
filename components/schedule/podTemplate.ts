import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { jobUserId, scratchSocketDirectory, secretsDirectory } from "../../contracts/jobs";
import { type JobLimits } from "./jobLimits";

/** A throw-away PostgreSQL beside a job, for restores. */
export interface ScratchDatabase {
  /** Image by digest, with PostgreSQL's programs on its path and a user 999: the official one has. */
  readonly image: string;
  /** Largest size of its data; a pod that needs more is evicted. */
  readonly sizeGibibytes: number;
}

/** Keys of a Kubernetes Secret that become files of the same names. */
export interface SecretFiles {
  readonly secretName: string;
  readonly keys: readonly string[];
  /**
   * True for what a job can do without: its pods start while the Secret is not there.
   * @default false
   */
  readonly optional?: boolean;
}

/** What a job's pods are made of. */
export interface PodArgs {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: readonly { readonly name: string; readonly value: pulumi.Input<string> }[];
  readonly serviceAccountName: string;
  /** Whether the job talks to the Kubernetes API, which takes a token. */
  readonly readsCluster: boolean;
  /** Where the job's secrets come from. */
  readonly secrets?: readonly SecretFiles[];
  readonly scratchDatabase?: ScratchDatabase;
  readonly limits: JobLimits;
  readonly labels: Readonly<Record<string, string>>;
}

/** User of the official PostgreSQL image. */
const postgresUserId = 999;

const scratchDataDirectory = "/var/lib/scratch";

/** What every container gives up: the restricted Pod Security Standard, and a root that it cannot write. */
const containerSecurity = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};

/** The pods of a job: restricted, with a limit on all that they use, and no retry inside the pod. */
export function podTemplate(args: PodArgs): kubernetes.types.input.core.v1.PodTemplateSpec {
  const { limits, scratchDatabase, secrets = [] } = args;
  return {
    metadata: { labels: args.labels },
    spec: {
      serviceAccountName: args.serviceAccountName,
      // AWS credentials come as a token of their own; this one is for the Kubernetes API.
      automountServiceAccountToken: args.readsCluster,
      enableServiceLinks: false,
      restartPolicy: "Never",
      securityContext: {
        runAsNonRoot: true,
        runAsUser: jobUserId,
        runAsGroup: jobUserId,
        fsGroup: jobUserId,
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...(scratchDatabase === undefined ? {} : { initContainers: [scratch(scratchDatabase)] }),
      containers: [
        {
          name: "job",
          image: args.image,
          command: [...args.command],
          env: [...args.environment],
          resources: resourcesOf(limits),
          securityContext: containerSecurity,
          // The last lines of a failed run show in `kubectl describe`.
          terminationMessagePolicy: "FallbackToLogsOnError",
          volumeMounts: [
            { name: "temporary", mountPath: "/tmp" },
            ...(secrets.length === 0
              ? []
              : [{ name: "secrets", mountPath: secretsDirectory, readOnly: true }]),
            ...(scratchDatabase === undefined
              ? []
              : [{ name: "scratch-socket", mountPath: scratchSocketDirectory }]),
          ],
        },
      ],
      volumes: [
        { name: "temporary", emptyDir: { sizeLimit: limits.temporary } },
        ...(secrets.length === 0 ? [] : [secretVolume(secrets)]),
        ...(scratchDatabase === undefined ? [] : scratchVolumes(scratchDatabase)),
      ],
    },
  };
}

/** All secrets in one directory, each no more than the keys that are asked for. */
function secretVolume(secrets: readonly SecretFiles[]): kubernetes.types.input.core.v1.Volume {
  return {
    name: "secrets",
    projected: {
      defaultMode: 0o440,
      sources: secrets.map(({ secretName, keys, optional = false }) => ({
        secret: {
          name: secretName,
          items: keys.map((key) => ({ key, path: key })),
          ...(optional ? { optional } : {}),
        },
      })),
    },
  };
}

function resourcesOf({ cpu, memory, temporary }: JobLimits) {
  const storage = { "ephemeral-storage": temporary };
  return {
    requests: { cpu: cpu.request, memory: memory.request, ...storage },
    limits: { cpu: cpu.limit, memory: memory.limit, ...storage },
  };
}

/**
 * PostgreSQL as a sidecar: it is there before the job starts and goes when the job ends. It listens
 * on a socket alone, which only this pod's containers see, so it needs no password; and what is
 * thrown away needs no care for a crash. The images' own entry point is not used: it first runs a
 * server that answers the probe and is gone a moment later.
 */
function scratch({
  image,
  sizeGibibytes,
}: ScratchDatabase): kubernetes.types.input.core.v1.Container {
  const settings = {
    listen_addresses: "",
    unix_socket_directories: scratchSocketDirectory,
    fsync: "off",
    full_page_writes: "off",
    synchronous_commit: "off",
  };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const size = `${String(sizeGibibytes)}Gi`;
  return {
    name: "scratch-database",
    image,
    restartPolicy: "Always",
    command: [
      "sh",
      "-c",
      'rm -rf "$PGDATA" && initdb --username=postgres --auth=trust --encoding=UTF8 --no-sync && ' +
        `exec postgres ${options.join(" ")}`,
    ],
    env: [{ name: "PGDATA", value: `${scratchDataDirectory}/data` }],
    startupProbe: {
      exec: { command: ["pg_isready", "--host", scratchSocketDirectory, "--username", "postgres"] },
      periodSeconds: 2,
      failureThreshold: 60,
    },
    resources: {
      requests: { cpu: "500m", memory: "2Gi", "ephemeral-storage": size },
      limits: { cpu: "4", memory: "4Gi", "ephemeral-storage": size },
    },
    securityContext: { ...containerSecurity, runAsUser: postgresUserId },
    volumeMounts: [
      { name: "scratch-data", mountPath: scratchDataDirectory },
      { name: "scratch-socket", mountPath: scratchSocketDirectory },
      { name: "scratch-temporary", mountPath: "/tmp" },
      { name: "scratch-memory", mountPath: "/dev/shm" },
    ],
  };
}

function scratchVolumes({
  sizeGibibytes,
}: ScratchDatabase): kubernetes.types.input.core.v1.Volume[] {
  return [
    { name: "scratch-data", emptyDir: { sizeLimit: `${String(sizeGibibytes)}Gi` } },
    { name: "scratch-socket", emptyDir: { sizeLimit: "1Mi" } },
    { name: "scratch-temporary", emptyDir: { sizeLimit: "64Mi" } },
    // Parallel index builds share memory, for which a container's own 64 MiB are too few.
    { name: "scratch-memory", emptyDir: { medium: "Memory", sizeLimit: "512Mi" } },
  ];
}
