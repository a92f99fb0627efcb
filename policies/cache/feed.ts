import { z } from "zod";
import { cacheName, cachePort } from "../../contracts/cacheNames";
import { type Finding, rule } from "../rule";
import { type Resource, type Stack, stackType } from "../stack";
import { listAt, numberAt, textAt, valueAt } from "../values";
import { belongsTo, statefulSet, textsAt } from "./groups";
import { policiesFor } from "./network";
import { cachesInRegion } from "./regions";
import { podLabels, selects } from "./selectors";

const feedSettings = z.strictObject({
  caches: z.array(
    z.strictObject({
      /** Name of the cache in the system's file. */
      store: z.string(),
      /** Name by which the other region reaches the feed. */
      host: z.string(),
      /** The pod that feeds: the last server, which is promoted last. */
      pod: z.string(),
      /** Addresses of the other region's network. */
      otherRegionCidr: z.string(),
    }),
  ),
});

type Feed = z.output<typeof feedSettings>["caches"][number];

/** Either region can feed the other, from the first day. */
export const feed = rule({
  id: "cache-feed",
  severity: "critical",
  scope: "stack",
  description:
    "Where the system's file says standby: replication, the other region reaches the last server of each cache by its name and through the network policies, and nobody else does.",
  serves: "standby of the cache, for the region scenario",
  peers: [],
  types: [stackType],
  example: {
    good: 'loadBalancerSourceRanges: ["10.1.0.0/16"] // the other region',
    bad: '"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"',
  },
  settings: feedSettings,
  settingsFor: (environment) => {
    const caches = cachesInRegion(environment).flatMap(({ store, place, servers, link }) =>
      link === undefined
        ? []
        : [
            {
              store,
              host: link.feedHost,
              pod: `${cacheName("server", place)}-${String(servers - 1)}`,
              otherRegionCidr: link.otherRegionCidr,
            },
          ],
    );
    return caches.length === 0 ? undefined : { caches };
  },
  *check(_, { settings: { caches }, stack }) {
    for (const cache of caches) {
      yield* serviceFindings(cache, stack);
      for (const set of stack.ofType(statefulSet)) {
        if (belongsTo({ part: "server", store: cache.store }, set)) {
          yield* networkFindings(cache, set, stack);
        }
      }
    }
  },
});

function* serviceFindings(cache: Feed, stack: Stack): Iterable<Finding> {
  const { store } = cache;
  const services = stack
    .ofType("kubernetes:core/v1:Service")
    .filter(
      ({ inputs }) =>
        textAt(inputs, "metadata", "annotations", "external-dns.alpha.kubernetes.io/hostname") ===
        cache.host,
    );
  if (services.length !== 1) {
    yield {
      setting: `Services with the name of ${store}'s feed`,
      found: services.length,
      required: "1",
      mend: "declare it by components/cache/feedService.ts in both regions: after a failover nothing has to be built",
    };
  }
  for (const { inputs } of services) {
    for (const { what, holds, required, mend } of serviceDemands) {
      if (!holds(inputs, cache)) {
        yield {
          setting: `${what} of ${store}'s feed`,
          found: "another",
          required,
          mend,
        };
      }
    }
  }
}

const serviceDemands: readonly {
  readonly what: string;
  readonly holds: (inputs: unknown, feed: Feed) => boolean;
  readonly required: string;
  readonly mend: string;
}[] = [
  {
    what: "the load balancer's scheme",
    holds: (inputs) =>
      textAt(inputs, "spec", "type") === "LoadBalancer" &&
      textAt(
        inputs,
        "metadata",
        "annotations",
        "service.beta.kubernetes.io/aws-load-balancer-scheme",
      ) === "internal",
    required: "internal",
    mend: "set it: the cache is nobody's on the internet",
  },
  {
    what: "loadBalancerSourceRanges",
    holds: (inputs, { otherRegionCidr }) => {
      const ranges = textsAt(inputs, "spec", "loadBalancerSourceRanges");
      return ranges.length === 1 && ranges[0] === otherRegionCidr;
    },
    required: "the other region's network alone",
    mend: "set it to betweenRegions.otherRegionCidr of the stack's file",
  },
  {
    what: "the selector",
    holds: (inputs, { store, pod }) =>
      selects(
        { matchLabels: valueAt(inputs, "spec", "selector") ?? {} },
        {
          "app.kubernetes.io/name": "cache-server",
          "app.kubernetes.io/instance": store,
          "statefulset.kubernetes.io/pod-name": pod,
        },
      ) && textAt(inputs, "spec", "selector", "statefulset.kubernetes.io/pod-name") === pod,
    required: "the last server alone",
    mend: "select it: a standby that hung on the primary would count for min-replicas-to-write",
  },
  {
    what: "the port",
    holds: (inputs) =>
      listAt(inputs, "spec", "ports").some((port) => numberAt(port, "port") === cachePort),
    required: String(cachePort),
    mend: "set it from contracts/cacheNames.ts",
  },
];

function* networkFindings(
  { store, otherRegionCidr }: Feed,
  { inputs }: Pick<Resource, "inputs">,
  stack: Stack,
): Iterable<Finding> {
  const policies = policiesFor(stack, podLabels(inputs), textAt(inputs, "metadata", "namespace"));
  for (const [rules, peers] of [
    ["ingress", "from"],
    ["egress", "to"],
  ] as const) {
    const isLetThrough = policies.some((policy) =>
      listAt(policy.inputs, "spec", rules).some(
        (allowed) =>
          listAt(allowed, peers).some(
            (peer) => textAt(peer, "ipBlock", "cidr") === otherRegionCidr,
          ) && listAt(allowed, "ports").some((port) => numberAt(port, "port") === cachePort),
      ),
    );
    if (!isLetThrough) {
      yield {
        setting: `${rules} of the network policies of ${store}'s servers`,
        found: "without the other region",
        required: `betweenRegions.otherRegionCidr, at port ${String(cachePort)}`,
        mend: "let it through: the regions do not follow each other otherwise",
      };
    }
  }
}
