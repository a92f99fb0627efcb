import { type Resource } from "./stack";
import { isSet, listAt, type Path, textAt, valueAt } from "./values";

/** Reads what runs pods in Kubernetes, whatever type it is of. */

const podPaths: Readonly<Record<string, Path>> = {
  "kubernetes:core/v1:Pod": ["spec"],
  "kubernetes:apps/v1:DaemonSet": ["spec", "template", "spec"],
  "kubernetes:apps/v1:Deployment": ["spec", "template", "spec"],
  "kubernetes:apps/v1:ReplicaSet": ["spec", "template", "spec"],
  "kubernetes:apps/v1:StatefulSet": ["spec", "template", "spec"],
  "kubernetes:batch/v1:CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
  "kubernetes:batch/v1:Job": ["spec", "template", "spec"],
};

/** Types that run pods. */
export const workloadTypes: readonly string[] = Object.keys(podPaths);

export const configMapType = "kubernetes:core/v1:ConfigMap";
export const cronJobType = "kubernetes:batch/v1:CronJob";
export const jobType = "kubernetes:batch/v1:Job";
export const namespaceType = "kubernetes:core/v1:Namespace";
export const networkPolicyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
export const statefulSetType = "kubernetes:apps/v1:StatefulSet";

/** Where a workload's inputs have the specification of its pods. */
export function podOf({ type }: Pick<Resource, "type">): Path {
  const path = podPaths[type];
  if (path === undefined) {
    throw new RangeError(`${type} runs no pods`);
  }
  return path;
}

/** Where a workload's inputs have each container of its pods, those that run first included. */
export function containersOf({ type, inputs }: Resource): readonly Path[] {
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((kind) => {
    const path = [...podOf({ type }), kind];
    return listAt(inputs, ...path).map((_, index) => [...path, index]);
  });
}

/** A list of texts inside of a structure; what is no text is left out. */
export function textsAt(structure: unknown, ...path: Path): readonly string[] {
  return listAt(structure, ...path).flatMap((_, index) => {
    const text = textAt(structure, ...path, index);
    return text === undefined ? [] : [text];
  });
}

/** The keys of a record inside of a structure that have a value; none where there is no record. */
export function keysAt(structure: unknown, ...path: Path): readonly string[] {
  const value = valueAt(structure, ...path);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.keys(value).filter((key) => isSet(structure, ...path, key))
    : [];
}

/** Name of an object in its namespace. */
export function objectName({ inputs }: Pick<Resource, "inputs">): string | undefined {
  return textAt(inputs, "metadata", "name");
}

/** Namespace of an object. Kubernetes puts into `default` what names none. */
export function namespaceIn({ inputs }: Pick<Resource, "inputs">): string {
  return textAt(inputs, "metadata", "namespace") ?? "default";
}

/** Labels of a workload's pods. */
export function podLabels(workload: Resource): Readonly<Record<string, string | undefined>> {
  const path = [...podOf(workload).slice(0, -1), "metadata", "labels"];
  return Object.fromEntries(
    keysAt(workload.inputs, ...path).map((key) => [key, textAt(workload.inputs, ...path, key)]),
  );
}

/**
 * True where a label selector picks pods with some labels. One without conditions picks all pods; one
 * with expressions is taken to pick none, since it can name what it leaves out.
 */
export function selects(
  structure: unknown,
  path: Path,
  labels: Readonly<Record<string, string | undefined>>,
): boolean {
  return (
    valueAt(structure, ...path) !== undefined &&
    listAt(structure, ...path, "matchExpressions").length === 0 &&
    keysAt(structure, ...path, "matchLabels").every(
      (key) => textAt(structure, ...path, "matchLabels", key) === labels[key],
    )
  );
}

/** True where a label selector picks every pod. */
export function selectsAll(structure: unknown, path: Path): boolean {
  return selects(structure, path, {});
}

/** The digest that an image is named by: `sha256:` and 64 digits. */
export function digestOf(image: string | undefined): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(image ?? "")?.[1];
}

/** The digests of a workload's images, in the order of its containers. */
export function digestsOf(workload: Resource): string {
  return containersOf(workload)
    .map((container) => digestOf(textAt(workload.inputs, ...container, "image")))
    .join(" ");
}

/** Whether network policies of a direction hold for what a policy selects. */
export function governs({ inputs }: Resource, direction: "Ingress" | "Egress"): boolean {
  const types = textsAt(inputs, "spec", "policyTypes");
  // Without types a policy is for what comes in and, if it has rules for it, for what goes out.
  return types.length > 0
    ? types.includes(direction)
    : direction === "Ingress" || listAt(inputs, "spec", "egress").length > 0;
}
