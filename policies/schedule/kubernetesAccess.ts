import { rule } from "../rule";
import { type Resource, type Stack } from "../stack";
import { listAt, textAt, valueAt } from "../values";
import { namespaceIn, objectName, podOf, textsAt, workloadTypes } from "../workloads";

const roleTypes = ["Role", "ClusterRole"].map(
  (kind) => `kubernetes:rbac.authorization.k8s.io/v1:${kind}`,
);
const bindingTypes = ["RoleBinding", "ClusterRoleBinding"].map(
  (kind) => `kubernetes:rbac.authorization.k8s.io/v1:${kind}`,
);

/** A service account: every namespace has one called `default`. */
interface Account {
  readonly name: string;
  readonly namespace: string;
}

function isBound({ name, namespace }: Account, stack: Stack): boolean {
  return stack
    .ofType(...bindingTypes)
    .some(({ inputs }) =>
      listAt(inputs, "subjects").some(
        (_, index) =>
          textAt(inputs, "subjects", index, "kind") === "ServiceAccount" &&
          textAt(inputs, "subjects", index, "name") === name &&
          textAt(inputs, "subjects", index, "namespace") === namespace,
      ),
    );
}

/** Whether pods are given the account's token: the pods' own setting counts before the account's. */
function mountsToken(workload: Resource, account: Account, stack: Stack): boolean {
  const own = valueAt(workload.inputs, ...podOf(workload), "automountServiceAccountToken");
  const declared = stack
    .ofType("kubernetes:core/v1:ServiceAccount")
    .find((one) => objectName(one) === account.name && namespaceIn(one) === account.namespace);
  return (own ?? valueAt(declared?.inputs, "automountServiceAccountToken")) !== false;
}

/** A pod that is taken over has no way to the cluster's API, and one that has to read there can. */
export const kubernetesTokenWhereNeeded = rule({
  id: "kubernetes-token-where-needed",
  severity: "high",
  scope: "stack",
  description:
    "Pods have a token of the Kubernetes API where a role is bound to their service account, and nowhere else.",
  serves:
    "the ransomware scenario: a pod that is taken over cannot go on from there; and copies of what is read there",
  peers: ["CKV_K8S_38"],
  types: workloadTypes,
  example: {
    good: "automountServiceAccountToken: false",
    bad: "automountServiceAccountToken: true, and no RoleBinding for the service account",
  },
  *check(workload, { stack }) {
    const pod = podOf(workload);
    const account = {
      name: textAt(workload.inputs, ...pod, "serviceAccountName") ?? "default",
      namespace: namespaceIn(workload),
    };
    const isNeeded = isBound(account, stack);
    if (mountsToken(workload, account, stack) !== isNeeded) {
      const setting = [...pod, "automountServiceAccountToken"];
      const found = valueAt(workload.inputs, ...setting);
      yield {
        setting: setting.join("."),
        ...(typeof found === "boolean" ? { found } : {}),
        required: isNeeded
          ? "true, as a role is bound to the service account"
          : "false, as no role is bound to the service account",
        mend: isNeeded
          ? "set it to true, or remove the binding, which nothing can use"
          : "set it to false, or bind a role of what the pod reads",
      };
    }
  },
});

/** Verbs that make more of a role than it says. */
const escalating = ["bind", "escalate", "impersonate"];

/** Roles of Kubernetes' own that allow whatever there is, or every change. */
const wideRoles = ["admin", "cluster-admin", "edit"];

/** A job's service account can do what the job does. */
export const kubernetesRoleIsNarrow = rule({
  id: "kubernetes-role-is-narrow",
  severity: "high",
  scope: "resource",
  description:
    "Roles in the cluster name what they allow, do not make more of themselves, and none of Kubernetes' own that allow every change is bound.",
  serves: "the ransomware scenario: a job that is taken over reads what it backs up and no more",
  peers: [],
  types: [...roleTypes, ...bindingTypes],
  example: {
    good: 'rules: [{ apiGroups: ["apps"], resources: ["statefulsets"], verbs: ["get", "list"] }]',
    bad: 'rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]',
  },
  *check({ type, inputs }) {
    if (bindingTypes.includes(type)) {
      const bound = textAt(inputs, "roleRef", "name");
      if (bound !== undefined && wideRoles.includes(bound)) {
        yield {
          setting: "roleRef.name",
          found: bound,
          required: "a role that names what it allows",
          mend: "declare a role of what is needed, and bind that",
        };
      }
      return;
    }
    for (const [index] of listAt(inputs, "rules").entries()) {
      for (const key of ["apiGroups", "resources", "verbs"]) {
        const wide = textsAt(inputs, "rules", index, key).find(
          (entry) => entry.includes("*") || (key === "verbs" && escalating.includes(entry)),
        );
        if (wide !== undefined) {
          yield {
            setting: `rules.${String(index)}.${key}`,
            found: wide,
            required: "a list of what is needed",
            mend: "name each entry that the job needs",
          };
        }
      }
    }
  },
});
