import { members } from "../../../policies/cache/members";
import { retained } from "../../../policies/cache/retained";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";
import { metadata, pods, selected, zone } from "./cacheParts";

const apart = (labelSelector: unknown, topologyKey: unknown = zone) => ({
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey }],
    },
  },
});
const spread = apart({ matchLabels: selected("server") });
const affinity =
  "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution";

const labelled = (type: string, changes = {}) =>
  resource(type, { metadata: { labels: { "app.kubernetes.io/component": "cache" } } }, changes);
const kept = (policy: object | undefined, changes: object = {}) =>
  pods("server", {
    spec: { persistentVolumeClaimRetentionPolicy: policy },
    changes,
  });

/** Cases of the rules of a cache's pods. */
export const cachePodCases: readonly RuleCases[] = [
  {
    rule: members,
    settings: {
      caches: [
        { store: "other", server: 4, sentinel: 5 },
        { store: "cache", server: 3, sentinel: 5 },
      ],
    },
    good: [
      passes("as many as the file says, one in each zone", pods("server", { pod: spread })),
      passes(
        "Sentinels",
        pods("sentinel", {
          spec: { replicas: 5 },
          pod: apart({
            matchExpressions: [
              { key: "app.kubernetes.io/name", operator: "In", values: ["cache-sentinel"] },
              { key: "app.kubernetes.io/instance", operator: "Exists" },
              { key: "app.kubernetes.io/name", operator: "NotIn", values: ["cache-server"] },
              { key: "retired", operator: "DoesNotExist" },
            ],
          }),
        }),
      ),
      passes("a cache of another system", pods("server", { store: "sessions" })),
      passes("something else", pods("client")),
    ],
    bad: [
      breaks(
        "preferred, not required",
        pods("server", {
          pod: {
            affinity: {
              podAntiAffinity: {
                preferredDuringSchedulingIgnoredDuringExecution: [
                  {
                    weight: 100,
                    podAffinityTerm: {
                      topologyKey: zone,
                      labelSelector: { matchLabels: selected("server") },
                    },
                  },
                ],
              },
            },
          },
        }),
        affinity,
      ),
      breaks(
        "one on each node",
        pods("server", {
          pod: apart({ matchLabels: selected("server") }, "kubernetes.io/hostname"),
        }),
        affinity,
      ),
      breaks(
        "apart from others",
        pods("server", { pod: apart({ matchLabels: selected("sentinel") }) }),
        affinity,
      ),
      breaks(
        "apart from others, by an expression",
        pods("server", {
          pod: apart({
            matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values: ["api"] }],
          }),
        }),
        affinity,
      ),
      breaks(
        "apart from those without a name",
        pods("server", {
          pod: apart({
            matchExpressions: [{ key: "app.kubernetes.io/name", operator: "DoesNotExist" }],
          }),
        }),
        affinity,
      ),
      breaks(
        "apart from those with another name",
        pods("server", {
          pod: apart({
            matchExpressions: [
              { key: "app.kubernetes.io/name", operator: "NotIn", values: ["cache-server"] },
            ],
          }),
        }),
        affinity,
      ),
      breaks(
        "apart from what has a label that they have not",
        pods("server", {
          pod: apart({ matchExpressions: [{ key: "retired", operator: "Exists" }] }),
        }),
        affinity,
      ),
    ],
    absent: [
      breaks(
        "one member, Kubernetes' default, anywhere",
        pods("server", { spec: { replicas: undefined } }),
        ["spec.replicas", affinity],
      ),
      breaks("apart from nobody", pods("server", { pod: apart(undefined) }), affinity),
    ],
    limit: [
      breaks("one fewer", pods("server", { spec: { replicas: 2 }, pod: spread }), "spec.replicas"),
      breaks("one more", pods("server", { spec: { replicas: 4 }, pod: spread }), "spec.replicas"),
    ],
    unknown: [
      waits("how many", pods("server", { spec: { replicas: unknown } }), "spec.replicas"),
      waits("apart from whom", pods("server", { pod: apart(unknown) }), "labelSelector"),
    ],
  },
  {
    rule: retained,
    good: [
      passes("protected, volumes retained", kept({ whenDeleted: "Retain", whenScaled: "Retain" })),
      passes("a protected Secret", labelled("kubernetes:core/v1:Secret")),
      passes(
        "something else",
        resource("kubernetes:core/v1:Secret", { metadata: metadata("client") }, { protect: false }),
      ),
    ],
    bad: [
      breaks(
        "a set that may go",
        kept({ whenDeleted: "Retain", whenScaled: "Retain" }, { protect: false }),
        "protect",
      ),
      ...retained.types
        .filter((type) => !type.endsWith("StatefulSet"))
        .map((type) =>
          breaks(`a ${type} that may go`, labelled(type, { protect: false }), "protect"),
        ),
      breaks(
        "volumes that go with the set",
        kept({ whenDeleted: "Delete", whenScaled: "Retain" }),
        "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
      ),
      breaks(
        "volumes that go with a pod",
        kept({ whenScaled: "Delete" }),
        "spec.persistentVolumeClaimRetentionPolicy.whenScaled",
      ),
    ],
    absent: [passes("Kubernetes' default, which retains them", kept(undefined))],
    limit: { none: "volumes stay or go" },
    unknown: [
      waits(
        "not known",
        kept({ whenDeleted: unknown }),
        "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
      ),
    ],
  },
];
