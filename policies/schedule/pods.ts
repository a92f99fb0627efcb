import { rule } from "../rule";
import { type Resource } from "../stack";
import { isSet, isTrueAt, listAt, numberAt, type Path, textAt, valueAt } from "../values";
import { containersOf, keysAt, podOf, textsAt, workloadTypes } from "../workloads";

/** Volumes that the restricted Pod Security Standard allows. */
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

const sharedWithNode = ["hostNetwork", "hostPID", "hostIPC"];

/** A container's security setting: its own or, without one, its pod's. */
function security(workload: Resource, container: Path, ...setting: Path): unknown {
  const own = valueAt(workload.inputs, ...container, "securityContext", ...setting);
  return own ?? valueAt(workload.inputs, ...podOf(workload), "securityContext", ...setting);
}

/** What is wrong with one container, as settings and what they have to be. */
function* laxIn(
  workload: Resource,
  container: Path,
): Iterable<readonly [setting: string, required: string]> {
  const { inputs } = workload;
  const own = [...container, "securityContext"];
  if (security(workload, container, "runAsNonRoot") !== true) {
    yield ["securityContext.runAsNonRoot", "true"];
  }
  if (security(workload, container, "runAsUser") === 0) {
    yield ["securityContext.runAsUser", "a user other than root"];
  }
  if (valueAt(inputs, ...own, "allowPrivilegeEscalation") !== false) {
    yield ["securityContext.allowPrivilegeEscalation", "false"];
  }
  if (isTrueAt(inputs, ...own, "privileged")) {
    yield ["securityContext.privileged", "false"];
  }
  if (!textsAt(inputs, ...own, "capabilities", "drop").includes("ALL")) {
    yield ["securityContext.capabilities.drop", "[ALL]"];
  }
  if (
    textsAt(inputs, ...own, "capabilities", "add").some((added) => added !== "NET_BIND_SERVICE")
  ) {
    yield ["securityContext.capabilities.add", "absent"];
  }
  const profile = security(workload, container, "seccompProfile", "type");
  if (profile !== "RuntimeDefault" && profile !== "Localhost") {
    yield ["securityContext.seccompProfile.type", "RuntimeDefault"];
  }
  if (!isTrueAt(inputs, ...own, "readOnlyRootFilesystem")) {
    yield ["securityContext.readOnlyRootFilesystem", "true"];
  }
  if (
    listAt(inputs, ...container, "ports").some((_, index) =>
      isSet(inputs, ...container, "ports", index, "hostPort"),
    )
  ) {
    yield ["ports.hostPort", "absent"];
  }
}

/** Whoever takes over a container gains nothing but that container. */
export const podIsRestricted = rule({
  id: "pod-is-restricted",
  severity: "high",
  scope: "resource",
  description:
    "Every pod meets the restricted Pod Security Standard, and no container can write its root file system.",
  serves: "the ransomware scenario: pods here hold passwords and write backups",
  peers: [
    "CKV_K8S_5",
    "CKV_K8S_6",
    "CKV_K8S_16",
    "CKV_K8S_20",
    "CKV_K8S_22",
    "CKV_K8S_23",
    "CKV_K8S_29",
    "CKV_K8S_30",
    "CKV_K8S_31",
    "CKV_K8S_37",
    "kyverno pod-security/baseline",
    "kyverno pod-security/restricted",
  ],
  types: workloadTypes,
  example: {
    good: 'securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true }',
    bad: "securityContext: { privileged: true }",
  },
  *check(workload) {
    const { inputs } = workload;
    const pod = podOf(workload);
    for (const setting of sharedWithNode.filter((each) => isTrueAt(inputs, ...pod, each))) {
      yield {
        setting: [...pod, setting].join("."),
        found: true,
        required: "false",
        mend: "remove it; a pod here needs nothing of its node",
      };
    }
    for (const [index] of listAt(inputs, ...pod, "volumes").entries()) {
      const volume = [...pod, "volumes", index];
      const kind = keysAt(inputs, ...volume).find(
        (key) => key !== "name" && !allowedVolumes.includes(key),
      );
      if (kind !== undefined) {
        yield {
          setting: volume.join("."),
          found: kind,
          required: "a volume that the restricted standard allows",
          mend: "use a claim, an emptyDir or a projected volume",
        };
      }
    }
    for (const container of containersOf(workload)) {
      for (const [setting, required] of laxIn(workload, container)) {
        yield {
          setting: [...container, setting].join("."),
          found: "too lax",
          required,
          mend: "give the container the security context that the others have",
        };
      }
    }
  },
});

/** What takes more than its share takes it from the cache, or from the job that restores. */
export const podHasLimits = rule({
  id: "pod-has-limits",
  severity: "medium",
  scope: "resource",
  description: "Every container asks for processor time and memory, and has a limit on its memory.",
  serves: "the node and pod scenarios: no pod pushes another off its node",
  peers: ["CKV_K8S_10", "CKV_K8S_12", "CKV_K8S_13"],
  types: workloadTypes,
  example: {
    good: 'resources: { requests: { cpu: "250m", memory: "1Gi" }, limits: { memory: "1Gi" } }',
    bad: 'resources: { requests: { cpu: "250m" } }',
  },
  *check(workload) {
    const { inputs } = workload;
    for (const container of containersOf(workload)) {
      const isThere = (kind: string, what: string) => {
        const path = [...container, "resources", kind, what];
        return textAt(inputs, ...path) !== undefined || numberAt(inputs, ...path) !== undefined;
      };
      // Kubernetes takes a limit for the request where there is none.
      const missing = [
        ...["cpu", "memory"]
          .filter((what) => !isThere("requests", what) && !isThere("limits", what))
          .map((what) => `requests.${what}`),
        ...(isThere("limits", "memory") ? [] : ["limits.memory"]),
      ];
      for (const setting of missing) {
        yield {
          setting: [...container, "resources", setting].join("."),
          required: "given",
          mend: "say what the container needs",
        };
      }
    }
  },
});
