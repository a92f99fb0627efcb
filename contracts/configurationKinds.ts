/**
 * The kinds of Kubernetes objects that a namespace is rebuilt from: what the role of configuration
 * snapshots may read, and what they do read.
 */

/** One kind of object. */
export interface ConfigurationKind {
  /** API group; empty for the core one. */
  readonly group: string;
  /** Version of the group's API that is read and written: what is in a recovery point is of this version. */
  readonly version: string;
  /** Name in paths, and in roles: `configmaps`. */
  readonly resource: string;
  /** Name in objects: `ConfigMap`. */
  readonly kind: string;
}

/**
 * In the order in which they are restored: what others name comes before them. Quotas come before what
 * they count, accounts and their rights before the pods that have them, and disruption budgets before the
 * workloads that they protect. Helm keeps its releases in Secrets.
 */
export const configurationKinds = [
  { group: "", version: "v1", resource: "resourcequotas", kind: "ResourceQuota" },
  { group: "", version: "v1", resource: "limitranges", kind: "LimitRange" },
  { group: "", version: "v1", resource: "serviceaccounts", kind: "ServiceAccount" },
  { group: "", version: "v1", resource: "secrets", kind: "Secret" },
  { group: "", version: "v1", resource: "configmaps", kind: "ConfigMap" },
  { group: "rbac.authorization.k8s.io", version: "v1", resource: "roles", kind: "Role" },
  {
    group: "rbac.authorization.k8s.io",
    version: "v1",
    resource: "rolebindings",
    kind: "RoleBinding",
  },
  { group: "networking.k8s.io", version: "v1", resource: "networkpolicies", kind: "NetworkPolicy" },
  { group: "", version: "v1", resource: "persistentvolumeclaims", kind: "PersistentVolumeClaim" },
  { group: "", version: "v1", resource: "services", kind: "Service" },
  { group: "policy", version: "v1", resource: "poddisruptionbudgets", kind: "PodDisruptionBudget" },
  { group: "apps", version: "v1", resource: "statefulsets", kind: "StatefulSet" },
  { group: "apps", version: "v1", resource: "deployments", kind: "Deployment" },
  { group: "apps", version: "v1", resource: "daemonsets", kind: "DaemonSet" },
  {
    group: "autoscaling",
    version: "v2",
    resource: "horizontalpodautoscalers",
    kind: "HorizontalPodAutoscaler",
  },
  { group: "batch", version: "v1", resource: "cronjobs", kind: "CronJob" },
  { group: "networking.k8s.io", version: "v1", resource: "ingresses", kind: "Ingress" },
] as const satisfies readonly ConfigurationKind[];

/** Name of a kind in objects. */
export type ConfigurationKindName = (typeof configurationKinds)[number]["kind"];

/** The names of all kinds, in the order in which they are restored. */
export const configurationKindNames: readonly ConfigurationKindName[] = configurationKinds.map(
  ({ kind }) => kind,
);

/** What objects of a kind say of their API: `apps/v1`. */
export function apiVersionOf({ group, version }: ConfigurationKind): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The kinds as a role allows them: the names of each group's, both in alphabetical order. */
export function configurationResources(): { readonly group: string; readonly kinds: string[] }[] {
  const groups = [...new Set<string>(configurationKinds.map(({ group }) => group))].sort();
  return groups.map((group) => ({
    group,
    kinds: configurationKinds
      .filter((one) => one.group === group)
      .map(({ resource }) => resource)
      .sort(),
  }));
}
