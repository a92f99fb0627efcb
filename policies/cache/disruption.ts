import { z } from "zod";
import { cacheObjectives } from "../../config/cacheSettings";
import { cacheTimings } from "../../contracts/cacheTimings";
import { type Finding, rule } from "../rule";
import { isSet, listAt, numberAt, textAt, valueAt } from "../values";
import { cachesIn, membershipOf, statefulSet, textsAt } from "./groups";
import { podLabels, selects } from "./selectors";

const budget = "kubernetes:policy/v1:PodDisruptionBudget";

/** How long Redis waits for its replicas when it is told to stop: `shutdown-timeout`, by default. */
const stopSeconds = 10;

/** Drained nodes and updates take one member at a time, and no write along. */
export const disruption = rule({
  id: "cache-disruption",
  severity: "high",
  scope: "stack",
  description:
    "Evictions take one server and one Sentinel of a cache at a time, and a server that is primary hands over before it stops.",
  serves: "the node scenario",
  peers: [
    "compliance poddisruptionbudget-disallow-zero-voluntary-disruption",
    "kyverno require-pdb",
    "kyverno require-reasonable-pdbs",
  ],
  types: [statefulSet],
  example: {
    good: "new PodDisruptionBudget(…, { spec: { maxUnavailable: 1, selector } })",
    bad: "new PodDisruptionBudget(…, { spec: { maxUnavailable: 2, selector } })",
  },
  settings: z.strictObject({
    caches: z.array(
      z.strictObject({
        /** Name of the cache in the system's file. */
        store: z.string(),
        /** Seconds after which Sentinel gives a failover up: `failover-timeout`. */
        failoverTimeoutSeconds: z.number(),
      }),
    ),
  }),
  settingsFor: (environment) =>
    cachesIn(environment, (store, cache) => {
      const objectives = cacheObjectives(environment.configuration.system, store, cache);
      const { failoverTimeoutMilliseconds } = cacheTimings(objectives);
      return { store, failoverTimeoutSeconds: failoverTimeoutMilliseconds / 1_000 };
    }),
  *check({ inputs }, { settings: { caches }, stack }) {
    const membership = membershipOf({ inputs });
    const cache = caches.find(({ store }) => store === membership?.store);
    if (membership === undefined || cache === undefined) {
      return;
    }
    const labels = podLabels(inputs);
    const namespace = textAt(inputs, "metadata", "namespace");
    const budgets = stack
      .ofType(budget)
      .filter(
        (candidate) =>
          textAt(candidate.inputs, "metadata", "namespace") === namespace &&
          selects(valueAt(candidate.inputs, "spec", "selector"), labels),
      );
    if (budgets.length !== 1) {
      yield {
        setting: "PodDisruptionBudgets that select its pods",
        found: budgets.length,
        required: "1: without any all go at once, and with several none may go",
        mend: "declare it by declareMemberSet of components/cache",
      };
    }
    for (const { name, inputs: own } of budgets) {
      const away = numberAt(own, "spec", "maxUnavailable");
      if (away !== 1 || isSet(own, "spec", "minAvailable")) {
        yield {
          setting: `maxUnavailable of PodDisruptionBudget "${name}"`,
          ...(away === undefined ? {} : { found: away }),
          required: "1",
          mend: "set it: two away leave no majority, and with 0 no node can be drained",
        };
      }
    }
    if (membership.part === "server") {
      yield* handOverFindings(
        valueAt(inputs, "spec", "template", "spec"),
        cache.failoverTimeoutSeconds + stopSeconds,
      );
    }
  },
});

function* handOverFindings(pod: unknown, shortestSeconds: number): Iterable<Finding> {
  const hooks = listAt(pod, "containers").map((container) =>
    textsAt(container, "lifecycle", "preStop", "exec", "command").join(" "),
  );
  if (!hooks.some((hook) => hook.endsWith("hand-over.sh"))) {
    yield {
      setting: "lifecycle.preStop of a server",
      required: "hand-over.sh",
      mend: "run it before a server stops: a primary that is evicted takes acknowledged writes along",
    };
  }
  const grace = numberAt(pod, "terminationGracePeriodSeconds");
  if (grace === undefined || grace < shortestSeconds) {
    yield {
      setting: "spec.template.spec.terminationGracePeriodSeconds",
      ...(grace === undefined ? {} : { found: grace }),
      required: `${String(shortestSeconds)} seconds at least, for a failover and a stop`,
      mend: "set it by gracePeriodSeconds of components/cache/handOver.ts: a hand-over is killed otherwise",
    };
  }
}
