import type { types } from "@pulumi/kubernetes";
import { cacheClientLabel, cachePort, type CachePlace } from "../../contracts/cacheNames";
import { metricsPort, selectorLabels } from "./podParts";

type Spec = types.input.networking.v1.NetworkPolicySpec;
type Ingress = types.input.networking.v1.NetworkPolicyIngressRule;
type Egress = types.input.networking.v1.NetworkPolicyEgressRule;

/** What network policies are made from. */
export interface CacheNetwork {
  readonly place: CachePlace;
  readonly sentinelPort: number;
  /** Namespace that Prometheus runs in. */
  readonly monitoringNamespace: string;
  /**
   * Addresses of the other region's network, for the replication between regions.
   * @default - no replication between the regions
   */
  readonly otherRegionCidr?: string;
  /**
   * Networks from which the load balancer checks whether the feed is there.
   * @default - no replication between the regions
   */
  readonly loadBalancerCidrs?: readonly string[];
}

/** Label of the pods of jobs that fill a cache from a snapshot: servers copy from them. */
export const loaderLabel = "trading-dr/cache-loader";

/** Who may reach the servers, and whom they may reach. */
export function serverPolicy(network: CacheNetwork): Spec {
  const { place, sentinelPort, otherRegionCidr, loadBalancerCidrs = [] } = network;
  const otherRegion = otherRegionCidr === undefined ? [] : [addresses(otherRegionCidr)];
  return {
    podSelector: { matchLabels: selectorLabels("server", place) },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      {
        from: [
          ...members(place),
          ...labelled(cacheClientLabel, place),
          ...otherRegion,
          ...loadBalancerCidrs.map(addresses),
        ],
        ports: [port(cachePort)],
      },
      metrics(network),
    ],
    egress: [
      {
        to: [...podsOf("server", place), ...labelled(loaderLabel, place), ...otherRegion],
        ports: [port(cachePort)],
      },
      { to: podsOf("sentinel", place), ports: [port(sentinelPort)] },
      nameService,
    ],
  };
}

/** Who may reach the Sentinels, and whom they may reach. */
export function sentinelPolicy(network: CacheNetwork): Spec {
  const { place, sentinelPort } = network;
  return {
    podSelector: { matchLabels: selectorLabels("sentinel", place) },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      {
        from: [...members(place), ...labelled(cacheClientLabel, place)],
        ports: [port(sentinelPort)],
      },
      metrics(network),
    ],
    egress: [
      { to: podsOf("server", place), ports: [port(cachePort)] },
      { to: podsOf("sentinel", place), ports: [port(sentinelPort)] },
      nameService,
    ],
  };
}

/** Where the cache of look-ups on each node, NodeLocal DNSCache, listens by default. */
const nodeNameCache = "169.254.20.10/32";

const nameService: Egress = {
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
    addresses(nodeNameCache),
  ],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

function metrics({ monitoringNamespace }: CacheNetwork): Ingress {
  return {
    from: [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": monitoringNamespace } },
      },
    ],
    ports: [port(metricsPort)],
  };
}

function port(number: number) {
  return { protocol: "TCP", port: number };
}

function addresses(cidr: string) {
  return { ipBlock: { cidr } };
}

function members(place: CachePlace) {
  return [...podsOf("server", place), ...podsOf("sentinel", place)];
}

function podsOf(part: "server" | "sentinel", place: CachePlace) {
  return [{ podSelector: { matchLabels: selectorLabels(part, place) } }];
}

function labelled(label: string, { store }: CachePlace) {
  return [{ podSelector: { matchLabels: { [label]: store } } }];
}
