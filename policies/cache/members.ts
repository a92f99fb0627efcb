import { z } from "zod";
import { type Finding, rule } from "../rule";
import { listAt, numberAt, textAt, valueAt } from "../values";
import { cachesIn, membershipOf, statefulSet } from "./groups";
import { podLabels, selects } from "./selectors";

const zone = "topology.kubernetes.io/zone";

/** A zone takes one server and one Sentinel along, and enough of both are left. */
export const members = rule({
  id: "cache-members",
  severity: "critical",
  scope: "resource",
  description:
    "A cache has as many servers and Sentinels as the system's file says, an odd number of Sentinels, and no zone has two servers or two Sentinels.",
  serves: "the zone, node and cache-primary scenarios",
  peers: ["kyverno spread-pods-across-topology"],
  types: [statefulSet],
  example: {
    good: 'replicas: 3 // and required: [{ topologyKey: "topology.kubernetes.io/zone", … }]',
    bad: 'replicas: 3 // and preferred: [{ topologyKey: "kubernetes.io/hostname", … }]',
  },
  settings: z.strictObject({
    caches: z.array(
      z.strictObject({
        /** Name of the cache in the system's file. */
        store: z.string(),
        /** Servers: `replicas`, and the primary. */
        server: z.int().min(3),
        /** `sentinels`, which the file is held to be an odd number of. */
        sentinel: z.int().min(3),
      }),
    ),
  }),
  settingsFor: (environment) =>
    cachesIn(environment, (store, { replicas, sentinels }) => ({
      store,
      server: replicas + 1,
      sentinel: sentinels,
    })),
  *check({ inputs }: { readonly inputs: unknown }, { settings: { caches } }): Iterable<Finding> {
    const membership = membershipOf({ inputs });
    const cache = caches.find(({ store }) => store === membership?.store);
    if (membership === undefined || cache === undefined) {
      return;
    }
    const count = numberAt(inputs, "spec", "replicas");
    const demanded = cache[membership.part];
    if (count !== demanded) {
      yield {
        setting: "spec.replicas",
        ...(count === undefined ? {} : { found: count }),
        required: String(demanded),
        mend: `set it from ${membership.part === "server" ? "replicas" : "sentinels"} in the system's file`,
      };
    }
    if (!areSpread(inputs)) {
      yield {
        setting:
          "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution",
        found: "none that keeps these pods in different zones",
        required: `one with topologyKey ${zone} that selects the pods themselves`,
        mend: "require it: two in one zone are lost together, and two Sentinels are a majority",
      };
    }
  },
});

/** True where each of a set's pods keeps the others out of its zone. */
function areSpread(inputs: unknown): boolean {
  const labels = podLabels(inputs);
  return listAt(
    valueAt(inputs, "spec", "template", "spec", "affinity", "podAntiAffinity"),
    "requiredDuringSchedulingIgnoredDuringExecution",
  ).some(
    (term) =>
      textAt(term, "topologyKey") === zone && selects(valueAt(term, "labelSelector"), labels),
  );
}
