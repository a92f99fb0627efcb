import { jobKinds, restoresToScratch } from "../../contracts/jobs";
import { type Pushgateway, pushgatewayAt } from "../../contracts/signalTargets";
import { type Finding, rule } from "../rule";
import { type Resource, type Stack } from "../stack";
import { isSet, listAt, numberAt, type Path, textAt } from "../values";
import {
  cronJobType,
  governs,
  namespaceIn,
  namespaceType,
  networkPolicyType,
  objectName,
  selectsAll,
} from "../workloads";
import { copyingKinds, jobsOfKind, told } from "./jobs";

const restoringKinds = jobKinds.filter(restoresToScratch);

/** Where the agent of EKS Pod Identity listens on every node. */
const podIdentityAgent = "169.254.170.23/32";

/** What a pod may open that restores: names and HTTPS, which no store of the system speaks. */
const openPorts = [53, 443];

function namespacesOf(jobs: readonly Resource[]): readonly string[] {
  return jobs.map(namespaceIn);
}

/** The Pushgateways that jobs are told of: which those have to be, `job-writes-where-due` says. */
function pushgatewaysOf(jobs: readonly Resource[]): readonly Pushgateway[] {
  return jobs.flatMap((job) => pushgatewayAt(told(job, "pushgateway") ?? "") ?? []);
}

/** Whether a target of a rule is all or some pods of one namespace. */
function isNamespace(inputs: unknown, target: Path, namespace: string): boolean {
  const label = "kubernetes.io/metadata.name";
  return textAt(inputs, ...target, "namespaceSelector", "matchLabels", label) === namespace;
}

/** True for a rule of egress that leads to none of the system's stores. */
function isHarmless(inputs: unknown, egress: Path, pushgateways: readonly Pushgateway[]): boolean {
  const targets = listAt(inputs, ...egress, "to").map((_, index) => [...egress, "to", index]);
  const ports = listAt(inputs, ...egress, "ports").map((_, index) => [...egress, "ports", index]);
  const toAgent = targets.every(
    (target) => textAt(inputs, ...target, "ipBlock", "cidr") === podIdentityAgent,
  );
  const toPushgateway = (port: number) =>
    pushgateways.some(
      (one) =>
        one.port === port && targets.every((target) => isNamespace(inputs, target, one.namespace)),
    );
  return (
    targets.length > 0 &&
    ports.length > 0 &&
    ports.every((path) => {
      const port = numberAt(inputs, ...path, "port");
      return (
        port !== undefined &&
        !isSet(inputs, ...path, "endPort") &&
        (openPorts.includes(port) || (toAgent && port === 80) || toPushgateway(port))
      );
    })
  );
}

/** What the network policies of a namespace leave open. */
function* openings(
  namespace: string | undefined,
  stack: Stack,
  pushgateways: readonly Pushgateway[],
): Iterable<Finding> {
  const policies = stack
    .ofType(networkPolicyType)
    .filter((policy) => namespaceIn(policy) === namespace);
  for (const direction of ["Ingress", "Egress"] as const) {
    const isClosed = policies.some(
      (policy) => governs(policy, direction) && selectsAll(policy.inputs, ["spec", "podSelector"]),
    );
    if (!isClosed) {
      yield {
        setting: `a NetworkPolicy for all its pods and ${direction}`,
        required: "declared",
        mend: "close the namespace by a policy for all pods, and open what restores need by another",
      };
    }
  }
  for (const policy of policies) {
    const name = objectName(policy) ?? policy.name;
    if (listAt(policy.inputs, "spec", "ingress").length > 0) {
      yield {
        setting: `spec.ingress of NetworkPolicy ${name}`,
        found: "open",
        required: "empty",
        mend: "remove it; nothing has to reach what restores",
      };
    }
    const egress = listAt(policy.inputs, "spec", "egress").map((_, index) => [
      "spec",
      "egress",
      index,
    ]);
    for (const path of egress.filter((one) => !isHarmless(policy.inputs, one, pushgateways))) {
      yield {
        setting: `${path.join(".")} of NetworkPolicy ${name}`,
        found: "too wide",
        required:
          "names, the agent of EKS Pod Identity, the Pushgateway that jobs are told of, or port 443 alone",
        mend: "close the port; what restores must not reach what was backed up",
      };
    }
  }
}

/** A restore, and whatever is hidden in a backup, cannot touch what the backup is of. */
export const restoreIsIsolated = rule({
  id: "restore-is-isolated",
  severity: "high",
  scope: "stack",
  description:
    "Verification and drills run in a namespace of their own, which holds pods to the restricted standard and whose network policies lead to no store.",
  serves: "the ransomware scenario: a restore cannot harm its source",
  peers: ["add-network-policy"],
  types: [cronJobType, namespaceType],
  example: {
    good: "spec: { podSelector: {}, policyTypes: [Ingress, Egress] }",
    bad: "egress: [{ to: [{ podSelector: {} }] }]",
  },
  *check(subject, { stack }) {
    const restoring = jobsOfKind(stack, ...restoringKinds);
    if (subject.type === cronJobType) {
      const namespace = namespaceIn(subject);
      const isOwn =
        stack.ofType(namespaceType).some((one) => objectName(one) === namespace) &&
        !namespacesOf(jobsOfKind(stack, ...copyingKinds)).includes(namespace);
      if (restoring.includes(subject) && !isOwn) {
        yield {
          setting: "metadata.namespace",
          found: namespace,
          required: "a namespace that the stack declares, and no backup runs in",
          mend: "run it in the namespace for verification",
        };
      }
      return;
    }
    const namespace = objectName(subject);
    if (namespace === undefined || !namespacesOf(restoring).includes(namespace)) {
      return;
    }
    const label = "pod-security.kubernetes.io/enforce";
    const standard = textAt(subject.inputs, "metadata", "labels", label);
    if (standard !== "restricted") {
      yield {
        setting: `metadata.labels.${label}`,
        ...(standard === undefined ? {} : { found: standard }),
        required: "restricted",
        mend: "set it",
      };
    }
    yield* openings(namespace, stack, pushgatewaysOf(restoring));
  },
});
