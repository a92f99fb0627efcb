import { type Finding, rule } from "../rule";
import { type Resource, type Stack } from "../stack";
import { isSet, listAt, textAt, valueAt } from "../values";
import { membershipOf, statefulSet, textsAt } from "./groups";
import { type Labels, podLabels, selects, selectsEverything } from "./selectors";

const networkPolicy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

const directions = [
  { type: "Ingress", rules: "ingress", peers: "from" },
  { type: "Egress", rules: "egress", peers: "to" },
] as const;

/** The widest network that is anybody's own: 10.0.0.0/8 of RFC 1918. */
const shortestPrefix = 8;

/** Only those who use a cache reach it, and it reaches nobody else. */
export const network = rule({
  id: "cache-network",
  severity: "critical",
  scope: "stack",
  description:
    "Network policies hold for the pods of a cache in both directions, and name whom they let through, and at which ports.",
  serves: "access to what the cache holds",
  peers: ["kyverno add-network-policy"],
  types: [statefulSet],
  example: {
    good: 'ingress: [{ from: [{ podSelector: { matchLabels: { "trading-dr/cache-client": "cache" } } }], ports: [{ port: 6379 }] }]',
    bad: "ingress: [{}]",
  },
  *check({ inputs }, { stack }) {
    if (membershipOf({ inputs }) === undefined) {
      return;
    }
    const policies = policiesFor(stack, podLabels(inputs), textAt(inputs, "metadata", "namespace"));
    for (const direction of directions) {
      if (!policies.some((policy) => isAbout(policy.inputs, direction.type))) {
        yield {
          setting: `NetworkPolicies for ${direction.type}`,
          found: 0,
          required: "1 at least that selects its pods",
          mend: "declare it by components/cache/networkPolicies.ts: without one everybody is let through",
        };
      }
      for (const policy of policies) {
        yield* openFindings(policy, direction);
      }
    }
  },
});

/** The network policies of a stack that hold for pods with some labels. */
export function policiesFor(
  stack: Stack,
  labels: Labels,
  namespace: string | undefined,
): readonly Resource[] {
  return stack
    .ofType(networkPolicy)
    .filter(
      ({ inputs }) =>
        textAt(inputs, "metadata", "namespace") === namespace &&
        selects(valueAt(inputs, "spec", "podSelector"), labels),
    );
}

/** Where a policy does not say, it is about what comes in, and about what goes out if it has rules for that. */
function isAbout(inputs: unknown, type: "Ingress" | "Egress"): boolean {
  return isSet(inputs, "spec", "policyTypes")
    ? textsAt(inputs, "spec", "policyTypes").includes(type)
    : type === "Ingress" || isSet(inputs, "spec", "egress");
}

function* openFindings(
  { name, inputs }: Pick<Resource, "name" | "inputs">,
  { rules, peers }: (typeof directions)[number],
): Iterable<Finding> {
  for (const [index, allowed] of listAt(inputs, "spec", rules).entries()) {
    const setting = `spec.${rules}.${String(index)} of NetworkPolicy "${name}"`;
    const named = listAt(allowed, peers);
    if (named.length === 0 || named.some(isEverybody)) {
      yield {
        setting: `${setting}: ${peers}`,
        found: "everybody",
        required: "those alone who have to do with the cache",
        mend: "name them by their labels, or by the addresses of the other region",
      };
    }
    if (listAt(allowed, "ports").length === 0) {
      yield {
        setting: `${setting}: ports`,
        required: "the ports that they need",
        mend: "name them: without any, all are let through",
      };
    }
  }
}

/** True for a peer that is all addresses, all pods of a namespace, or all of all namespaces. */
function isEverybody(peer: unknown): boolean {
  const cidr = textAt(peer, "ipBlock", "cidr");
  if (cidr !== undefined) {
    return Number(cidr.split("/")[1]) < shortestPrefix;
  }
  const [pods, namespaces] = [valueAt(peer, "podSelector"), valueAt(peer, "namespaceSelector")];
  return [pods, namespaces].every(
    (selector) => selector === undefined || selectsEverything(selector),
  );
}
