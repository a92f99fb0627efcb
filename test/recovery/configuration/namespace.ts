import { configurationResources } from "../../../contracts/configurationKinds";
import { type KubernetesApi } from "../../support/kubernetesApi";

/** Namespace that is saved. */
export const namespace = "trading";

/** Account of the job that saves it, as `namespace:name`. */
export const account = `${namespace}:dr-snapshot-configuration`;

/** What is planted in Secrets: it may be found nowhere but in the cluster. */
export const planted = {
  password: "kPz7-planted-password-Qw3",
  helm: "kPz7-planted-in-a-release-Xv9",
  annotation: "kPz7-planted-in-an-annotation-Lm4",
  changed: "kPz7-planted-later-Rt6",
} as const;

type Fields = Readonly<Record<string, unknown>>;

/** An object, and where its kind is in the API. */
export interface Sample {
  /** Path of the kind, without a namespace's part: `/apis/apps/v1 deployments`. */
  readonly path: string;
  readonly object: Fields & { readonly metadata: Fields & { readonly name: string } };
}

const labels = { app: "engine" };

/** Pods' part of a workload. */
const template = {
  metadata: { labels },
  spec: {
    containers: [
      {
        name: "engine",
        image: "registry.example.com/engine:1.7",
        env: [{ name: "MODE", value: "live" }],
      },
    ],
  },
};

function sample(
  root: string,
  resource: string,
  name: string,
  rest: Fields,
  metadata: Fields = {},
): Sample {
  return {
    path: `${root}/namespaces/${namespace}/${resource}`,
    object: { metadata: { name, ...metadata }, ...rest },
  };
}

/** An object of every kind that is saved, and what is left out. */
export const samples: readonly Sample[] = [
  sample("/api/v1", "resourcequotas", "quota", {
    spec: { hard: { pods: "100", "requests.cpu": "40" } },
  }),
  sample("/api/v1", "limitranges", "limits", {
    spec: {
      limits: [{ type: "Container", default: { cpu: "500m" }, defaultRequest: { cpu: "100m" } }],
    },
  }),
  sample("/api/v1", "serviceaccounts", "engine", { automountServiceAccountToken: false }),
  sample(
    "/api/v1",
    "secrets",
    "broker",
    { type: "Opaque", stringData: { password: planted.password, user: "engine" } },
    {
      annotations: {
        "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({
          data: planted.annotation,
        }),
      },
    },
  ),
  sample("/api/v1", "secrets", "sh.helm.release.v1.engine.v7", {
    type: "helm.sh/release.v1",
    stringData: { release: planted.helm.repeat(200) },
  }),
  sample(
    "/api/v1",
    "secrets",
    "engine-token-x7k2p",
    { type: "kubernetes.io/service-account-token", stringData: { extra: "1" } },
    { annotations: { "kubernetes.io/service-account.name": "engine" } },
  ),
  sample("/api/v1", "configmaps", "settings", {
    data: { "settings.yaml": "limit: 5\nname: \u00fcber\n", "risk.limits": "low" },
    binaryData: { logo: "AAECAw==" },
  }),
  sample("/api/v1", "configmaps", "kube-root-ca.crt", { data: { "ca.crt": "the cluster's own" } }),
  sample("/apis/rbac.authorization.k8s.io/v1", "roles", "reader", {
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
  }),
  sample("/apis/rbac.authorization.k8s.io/v1", "rolebindings", "reads", {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
    subjects: [{ kind: "ServiceAccount", name: "engine", namespace }],
  }),
  sample("/apis/networking.k8s.io/v1", "networkpolicies", "closed", {
    spec: { podSelector: { matchLabels: labels }, policyTypes: ["Ingress"] },
  }),
  sample("/api/v1", "persistentvolumeclaims", "data", {
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "gp3",
      volumeName: "pvc-0001",
      resources: { requests: { storage: "8Gi" } },
    },
  }),
  sample("/api/v1", "services", "engine", {
    spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: 8080 }] },
  }),
  sample("/api/v1", "services", "members", {
    spec: { clusterIP: "None", selector: labels, ports: [{ port: 6379 }] },
  }),
  sample("/apis/policy/v1", "poddisruptionbudgets", "engine", {
    spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
  }),
  sample("/apis/apps/v1", "statefulsets", "members", {
    spec: { serviceName: "members", replicas: 3, selector: { matchLabels: labels }, template },
  }),
  sample(
    "/apis/apps/v1",
    "deployments",
    "engine",
    { spec: { replicas: 2, selector: { matchLabels: labels }, template } },
    {
      annotations: { "deployment.kubernetes.io/revision": "7", owner: "desk 4" },
      ownerReferences: [
        {
          apiVersion: "engines.example.com/v1",
          kind: "Engine",
          name: "engine",
          uid: "4f1d3f0a-0000-4000-8000-000000000001",
          controller: true,
        },
      ],
    },
  ),
  sample("/apis/apps/v1", "daemonsets", "agent", {
    spec: { selector: { matchLabels: labels }, template },
  }),
  sample("/apis/autoscaling/v2", "horizontalpodautoscalers", "engine", {
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "engine" },
      minReplicas: 2,
      maxReplicas: 6,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
        },
      ],
    },
  }),
  sample("/apis/batch/v1", "cronjobs", "report", {
    spec: {
      schedule: "0 2 * * *",
      jobTemplate: {
        spec: { template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } } },
      },
    },
  }),
  sample("/apis/networking.k8s.io/v1", "ingresses", "front", {
    spec: {
      rules: [
        {
          host: "engine.example.com",
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: "engine", port: { name: "http" } } },
              },
            ],
          },
        },
      ],
    },
  }),
];

/** Makes a namespace with an object of every kind, and the job's account with its role. */
export async function fillNamespace(api: KubernetesApi): Promise<void> {
  await api.done("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  for (const { path, object } of samples) {
    await api.done("POST", path, object);
  }
  const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  await api.done("POST", `${roles}/roles`, jobRole());
  await api.done("POST", `${roles}/rolebindings`, {
    metadata: { name: "dr-snapshot-configuration" },
    roleRef: {
      apiGroup: "rbac.authorization.k8s.io",
      kind: "Role",
      name: "dr-snapshot-configuration",
    },
    subjects: [{ kind: "ServiceAccount", name: "dr-snapshot-configuration", namespace }],
  });
}

/** What the stacks let the job do, but for some kinds. */
export function jobRole(without: readonly string[] = []): Fields {
  return {
    metadata: { name: "dr-snapshot-configuration" },
    rules: configurationResources().map(({ group, kinds }) => ({
      apiGroups: [group],
      resources: kinds.filter((kind) => !without.includes(kind)),
      verbs: ["get", "list"],
    })),
  };
}

/** All that somebody wanted of all samples, as the server has them now, by their paths. */
export async function wantedState(api: KubernetesApi): Promise<Record<string, unknown>> {
  const state: Record<string, unknown> = {};
  for (const { path, object } of samples) {
    const { status, body } = await api.ask("GET", `${path}/${object.metadata.name}`);
    state[`${path}/${object.metadata.name}`] = status === 200 ? stripped(body as Fields) : status;
  }
  return state;
}

/** An object without its life in one cluster: written anew here, so as not to trust what is tested. */
function stripped(object: Fields): unknown {
  const { name, labels: ownLabels, annotations } = object["metadata"] as Fields;
  const { clusterIP, ...spec } = (object["spec"] ?? {}) as Fields;
  const but = (fields: Fields, ...names: readonly string[]) =>
    Object.fromEntries(Object.entries(fields).filter(([field]) => !names.includes(field)));
  return {
    ...but(object, "metadata", "spec", "status"),
    name,
    labels: ownLabels,
    annotations: but((annotations ?? {}) as Fields, "deployment.kubernetes.io/revision"),
    spec: but(spec, "clusterIPs", "volumeName"),
    isHeadless: clusterIP === "None",
  };
}

/**
 * Deletes all samples, for good: there is no controller to take off what holds them back.
 *
 * @param which All of them have to be there, or those that are.
 */
export async function emptyNamespace(
  api: KubernetesApi,
  which: "all" | "present" = "all",
): Promise<void> {
  for (const { path, object } of samples) {
    const one = `${path}/${object.metadata.name}`;
    if (which === "present" && (await api.ask("GET", one)).status === 404) {
      continue;
    }
    await api.done("DELETE", one);
    if ((await api.ask("GET", one)).status === 200) {
      await api.done("PATCH", one, { metadata: { finalizers: null } });
    }
  }
}
