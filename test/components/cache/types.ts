import { type PreviewedResource } from "../../../preview/inProcess";
import { type Declared } from "../../support/declared";

/** Types of a cache's resources. */
export const types = {
  certificate: "kubernetes:cert-manager.io/v1:Certificate",
  configMap: "kubernetes:core/v1:ConfigMap",
  disruption: "kubernetes:policy/v1:PodDisruptionBudget",
  externalSecret: "kubernetes:external-secrets.io/v1:ExternalSecret",
  networkPolicy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  password: "random:index/randomPassword:RandomPassword",
  secret: "kubernetes:core/v1:Secret",
  service: "kubernetes:core/v1:Service",
  statefulSet: "kubernetes:apps/v1:StatefulSet",
} as const;

/** A Kubernetes object's inputs, as far as the tests look into them. */
export interface Manifest {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly data: Record<string, string>;
  readonly spec: Record<string, unknown>;
}

export function manifest(resource: PreviewedResource): Manifest {
  return resource.inputs as unknown as Manifest;
}

/** The spec of the pods of the only StatefulSet, and their metadata. */
export function podsOf(declared: Declared) {
  const { spec } = manifest(declared.only(types.statefulSet));
  return spec["template"] as {
    metadata: { labels: Record<string, string>; annotations: Record<string, string> };
    spec: Record<string, unknown> & { containers: Container[]; volumes: { name: string }[] };
  };
}

/** A container, as far as the tests look into it. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: string[];
  readonly args?: string[];
  readonly env?: unknown;
  readonly livenessProbe?: object;
  readonly securityContext: Record<string, unknown>;
  readonly volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
  readonly resources: { requests: object; limits: object };
}

/** Volume types that the restricted Pod Security Standard allows. */
const allowedVolumes = ["configMap", "emptyDir", "projected", "secret"];

/** What the restricted Pod Security Standard (v1.32) would refuse in a pod. */
export function restrictedProblems(pod: ReturnType<typeof podsOf>["spec"]): string[] {
  const security = pod["securityContext"] as Record<string, unknown>;
  const seccomp = security["seccompProfile"] as { type: string } | undefined;
  const refused = ["hostNetwork", "hostPID", "hostIPC"].filter((key) => pod[key] === true);
  return [
    ...refused,
    ...(seccomp?.type === "RuntimeDefault" ? [] : ["seccompProfile"]),
    ...(security["runAsNonRoot"] === true && security["runAsUser"] !== 0 ? [] : ["runAsNonRoot"]),
    ...pod.volumes.flatMap(({ name, ...source }) =>
      Object.keys(source).every((kind) => allowedVolumes.includes(kind)) ? [] : [`volume ${name}`],
    ),
    ...pod.containers.flatMap(({ name, securityContext }) => {
      const { allowPrivilegeEscalation, capabilities, privileged } = securityContext;
      const { drop, add } = capabilities as { drop?: string[]; add?: string[] };
      return allowPrivilegeEscalation === false &&
        privileged !== true &&
        drop?.includes("ALL") === true &&
        add === undefined
        ? []
        : [`container ${name}`];
    }),
  ];
}
