import { type ConfigurationKindName } from "../../contracts/configurationKinds";

/** An object as the Kubernetes API writes it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** What the server keeps of an object's life. It says nothing of what somebody wanted. */
const metadataOfServer = [
  "managedFields",
  "resourceVersion",
  "uid",
  "creationTimestamp",
  "generation",
  "selfLink",
];

/** Notes that controllers write on objects for themselves; some every few seconds. */
const annotationsOfControllers = [
  "deployment.kubernetes.io/revision",
  "deprecated.daemonset.template.generation",
  "control-plane.alpha.kubernetes.io/leader",
  "endpoints.kubernetes.io/last-change-trigger-time",
];

/** What binds a claim to a volume of one cluster. */
const annotationsOfVolumes = [
  "pv.kubernetes.io/bind-completed",
  "pv.kubernetes.io/bound-by-controller",
  "volume.kubernetes.io/selected-node",
  "volume.beta.kubernetes.io/storage-provisioner",
  "volume.kubernetes.io/storage-provisioner",
];

type Fields = Readonly<Record<string, unknown>>;

/** Why an object is not saved; undefined for one that is. */
export function leftOutReason(
  kind: ConfigurationKindName,
  object: KubernetesObject,
): string | undefined {
  const { name, deletionTimestamp, annotations } = object.metadata;
  if (kind === "Secret" && object["type"] === "kubernetes.io/service-account-token") {
    const account = annotations?.["kubernetes.io/service-account.name"] ?? "an account";
    return `Secret ${name}: a token for ${account}, which each cluster makes anew`;
  }
  if (kind === "ConfigMap" && name === "kube-root-ca.crt") {
    return `ConfigMap ${name}: the cluster's own authority, which each cluster makes anew`;
  }
  return deletionTimestamp === undefined
    ? undefined
    : `${kind} ${name}: it is being deleted since ${deletionTimestamp}`;
}

/** What somebody wanted an object to be: the object without what the server and controllers add. */
export function declaredContent(
  kind: ConfigurationKindName,
  object: KubernetesObject,
): KubernetesObject {
  const { metadata } = object;
  const rest = without(object, ["status"]);
  const declared = {
    ...rest,
    metadata: withoutAnnotations(without(metadata, metadataOfServer), annotationsOfControllers),
  } as unknown as KubernetesObject;
  if (kind !== "ServiceAccount" || !Array.isArray(rest["secrets"])) {
    return declared;
  }
  // Older clusters made a token for each account, and named it there.
  const secrets = (rest["secrets"] as readonly { readonly name?: string }[]).filter(
    ({ name = "" }) => !name.startsWith(`${metadata.name}-token-`),
  );
  return secrets.length === 0
    ? (without(declared, ["secrets"]) as unknown as KubernetesObject)
    : { ...declared, secrets };
}

/**
 * What of a saved object holds in any cluster. Owners and finalizers are of the cluster that it was saved
 * in: an object whose owner is not there is deleted as garbage, and one with a finalizer that nobody
 * serves never ends. Addresses of services and volumes of claims are given by each cluster.
 */
export function portableContent(
  kind: ConfigurationKindName,
  content: KubernetesObject,
): KubernetesObject {
  const metadata = without(content.metadata, [
    "ownerReferences",
    "finalizers",
  ]) as KubernetesObject["metadata"];
  const spec = content["spec"] as Fields | undefined;
  if (kind === "Service" && spec !== undefined && spec["clusterIP"] !== "None") {
    return {
      ...content,
      metadata,
      spec: without(spec, ["clusterIP", "clusterIPs"]),
    };
  }
  if (kind === "PersistentVolumeClaim" && spec !== undefined) {
    return {
      ...content,
      metadata: withoutAnnotations(metadata, annotationsOfVolumes) as KubernetesObject["metadata"],
      spec: without(spec, ["volumeName"]),
    };
  }
  return { ...content, metadata };
}

/** The one text of a value: the same content is the same bytes, in whatever order fields came. */
export function canonicalJson(value: unknown): Buffer {
  const sorted = (_: string, one: unknown): unknown =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([left], [right]) => (left < right ? -1 : 1)))
      : one;
  return Buffer.from(`${JSON.stringify(value, sorted)}\n`);
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function withoutAnnotations(metadata: Fields, names: readonly string[]): Fields {
  const annotations = metadata["annotations"] as Fields | undefined;
  if (annotations === undefined) {
    return metadata;
  }
  const left = without(annotations, names);
  return Object.keys(left).length === 0
    ? without(metadata, ["annotations"])
    : { ...metadata, annotations: left };
}
