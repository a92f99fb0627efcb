import { type Finding, rule } from "../rule";
import { textAt } from "../values";
import { configMap, runsCaches, statefulSet } from "./groups";

/** What Kubernetes does with a set's volumes. */
const retention = ["spec", "persistentVolumeClaimRetentionPolicy"] as const;

/** Nothing that a cache runs by goes by mistake, and its data stays whatever goes. */
export const retained = rule({
  id: "cache-retained",
  severity: "critical",
  scope: "resource",
  description:
    "Everything of a cache is protected against deletion, because a refused destroy would take what is not first; and the volumes of its servers and Sentinels stay when a pod, or all of them, go.",
  serves: "the operator-error scenario",
  peers: [],
  types: [
    statefulSet,
    configMap,
    "kubernetes:core/v1:Service",
    "kubernetes:core/v1:Secret",
    "kubernetes:policy/v1:PodDisruptionBudget",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "kubernetes:cert-manager.io/v1:Certificate",
    "kubernetes:external-secrets.io/v1:ExternalSecret",
  ],
  example: {
    good: 'persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" }',
    bad: 'persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" }',
  },
  // A sandbox leaves nothing behind.
  settingsFor: (environment) =>
    environment.name !== "sandbox" && runsCaches(environment) ? {} : undefined,
  *check({ type, inputs, protect }): Iterable<Finding> {
    if (textAt(inputs, "metadata", "labels", "app.kubernetes.io/component") !== "cache") {
      return;
    }
    if (!protect) {
      yield {
        setting: "protect",
        found: false,
        required: "true",
        mend: "pass keepRunning of components/dataProtection.ts in its options",
      };
    }
    if (type !== statefulSet) {
      return;
    }
    for (const when of ["whenDeleted", "whenScaled"]) {
      // Kubernetes retains them unless it is told otherwise.
      if ((textAt(inputs, ...retention, when) ?? "Retain") !== "Retain") {
        yield {
          setting: [...retention, when].join("."),
          found: "Delete",
          required: "Retain",
          mend: "set it: the volumes hold all data, and what Sentinels know",
        };
      }
    }
  },
});
