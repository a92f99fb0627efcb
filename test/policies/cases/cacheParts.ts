import { configMap, statefulSet } from "../../../policies/cache/groups";
import { type Resource } from "../../../policies/stack";
import { resource } from "../ruleCases";

/** Kubernetes objects of a cache, for the cases of its rules. */

/** Name, namespace and labels of an object of a part. */
export const metadata = (part: string, store = "cache", changes: object = {}) => ({
  name: `${store}-${part}-us-east-1`,
  namespace: "trading",
  labels: {
    "app.kubernetes.io/name": `cache-${part}`,
    "app.kubernetes.io/instance": store,
    ...(part === "client" ? {} : { "app.kubernetes.io/component": "cache" }),
  },
  ...changes,
});

/** A ConfigMap of a part. */
export const files = (part: string, data: unknown, store = "cache"): Resource =>
  resource(configMap, { metadata: metadata(part, store), data });

/** Text of a configuration file, with some directives changed; those that are undefined are left out. */
export const lines = (
  directives: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | undefined>> = {},
): string =>
  Object.entries({ ...directives, ...changes })
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}\n`]))
    .join("");

/** Names of zones, as nodes are labelled with them. */
export const zone = "topology.kubernetes.io/zone";

/** The labels that select the pods of a part. */
export const selected = (part: string, store = "cache") => ({
  "app.kubernetes.io/name": `cache-${part}`,
  "app.kubernetes.io/instance": store,
});

/** The pods of a part, with some of their template's specification, and of the set's. */
export const pods = (
  part: string,
  { store = "cache", spec = {}, pod = {}, changes = {} } = {},
): Resource =>
  resource(
    statefulSet,
    {
      metadata: metadata(part, store),
      spec: {
        replicas: 3,
        template: {
          metadata: {
            labels: { ...selected(part, store), "app.kubernetes.io/component": "cache" },
          },
          spec: pod,
        },
        ...spec,
      },
    },
    changes,
  );
