/**
 * Whether a pod meets the restricted Pod Security Standard, and what this project asks beyond it.
 * Written from the standard's own table, not from what the program does.
 */

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly ports?: readonly unknown[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly privileged?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly runAsNonRoot?: boolean;
    readonly runAsUser?: number;
    readonly procMount?: string;
    readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
    readonly seccompProfile?: { readonly type?: string };
  };
}

/** A pod's specification, as far as the standard looks at it. */
export interface PodSpec {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[];
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean;
    readonly runAsUser?: number;
    readonly seccompProfile?: { readonly type?: string };
    readonly sysctls?: readonly unknown[];
  };
}

const allowedVolumes = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** Everything that the restricted standard refuses about a pod; empty when it is accepted. */
export function restrictedViolations(pod: PodSpec): string[] {
  const shared = (["hostNetwork", "hostPID", "hostIPC"] as const).filter(
    (key) => pod[key] === true,
  );
  const volumes = (pod.volumes ?? []).filter((volume) =>
    Object.keys(volume).some((key) => key !== "name" && !allowedVolumes.includes(key)),
  );
  return [
    ...shared,
    ...volumes.map(({ name }) => `volume ${name}`),
    ...(pod.securityContext?.sysctls === undefined ? [] : ["sysctls"]),
    ...containersOf(pod).flatMap((container) => containerViolations(container, pod)),
  ];
}

function containerViolations({ name, securityContext, ports }: Container, pod: PodSpec): string[] {
  const own = securityContext ?? {};
  const outer = pod.securityContext ?? {};
  const seccomp = own.seccompProfile?.type ?? outer.seccompProfile?.type;
  const checks: Readonly<Record<string, boolean>> = {
    privileged: own.privileged !== true,
    "privilege escalation": own.allowPrivilegeEscalation === false,
    "capabilities not dropped": own.capabilities?.drop?.includes("ALL") === true,
    "capabilities added": (own.capabilities?.add ?? []).every((one) => one === "NET_BIND_SERVICE"),
    "may be root": (own.runAsNonRoot ?? outer.runAsNonRoot) === true,
    "is root": (own.runAsUser ?? outer.runAsUser) !== 0,
    seccomp: seccomp === "RuntimeDefault" || seccomp === "Localhost",
    "proc mount": own.procMount === undefined || own.procMount === "Default",
    "host ports": (ports ?? []).every((port) => !Object.hasOwn(port as object, "hostPort")),
  };
  return failed(name, checks);
}

/** What the standard leaves open: a root that cannot be written, limits, and an image by digest. */
export function hardeningViolations(pod: PodSpec): string[] {
  const kinds = ["cpu", "memory", "ephemeral-storage"];
  return containersOf(pod).flatMap(({ name, image, resources, securityContext }) =>
    failed(name, {
      "writable root": securityContext?.readOnlyRootFilesystem === true,
      "image without digest": /@sha256:[0-9a-f]{64}$/.test(image ?? ""),
      requests: kinds.every((kind) => resources?.requests?.[kind] !== undefined),
      limits: kinds.every((kind) => resources?.limits?.[kind] !== undefined),
    }),
  );
}

function containersOf(pod: PodSpec): Container[] {
  return [...(pod.initContainers ?? []), ...pod.containers];
}

function failed(name: string, checks: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(checks)
    .filter(([, passed]) => !passed)
    .map(([what]) => `${name}: ${what}`);
}
