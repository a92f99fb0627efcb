import assert from "node:assert/strict";
import {
  type CacheNetwork,
  sentinelPolicy,
  serverPolicy,
} from "../../../components/cache/networkPolicies";
import { cachePlace } from "../minimalArgs";

const network: CacheNetwork = {
  place: cachePlace,
  sentinelPort: 26379,
  monitoringNamespace: "monitoring",
};

const pods = (name: string) => ({
  podSelector: {
    matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": "cache" },
  },
});
const labelled = (label: string) => ({ podSelector: { matchLabels: { [label]: "cache" } } });
const namespace = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
const tcp = (port: number) => [{ protocol: "TCP", port }];

const members = [pods("cache-server"), pods("cache-sentinel")];
const client = labelled("trading-dr/cache-client");
const metrics = { from: [namespace("monitoring")], ports: tcp(9121) };
const names = {
  to: [
    {
      ...namespace("kube-system"),
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
    { ipBlock: { cidr: "169.254.20.10/32" } },
  ],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

describe("network policies of a cache", () => {
  it("let members, clients and Prometheus in to servers, and servers out to members", () => {
    assert.deepEqual(serverPolicy(network), {
      ...pods("cache-server"),
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [...members, client], ports: tcp(6379) }, metrics],
      egress: [
        {
          to: [pods("cache-server"), labelled("trading-dr/cache-loader")],
          ports: tcp(6379),
        },
        { to: [pods("cache-sentinel")], ports: tcp(26379) },
        names,
      ],
    });
  });

  it("let the other region's network in and out too, where replication joins them", () => {
    const other = { ipBlock: { cidr: "10.1.0.0/16" } };
    const checks = { ipBlock: { cidr: "10.0.1.0/24" } };
    const { ingress, egress } = serverPolicy({
      ...network,
      otherRegionCidr: "10.1.0.0/16",
      loadBalancerCidrs: ["10.0.1.0/24"],
    });
    assert.deepEqual(ingress, [
      { from: [...members, client, other, checks], ports: tcp(6379) },
      metrics,
    ]);
    assert.deepEqual((egress as unknown[])[0], {
      to: [pods("cache-server"), labelled("trading-dr/cache-loader"), other],
      ports: tcp(6379),
    });
  });

  it("let nobody from another region in to Sentinels, nor Sentinels out of theirs", () => {
    const expected = {
      ...pods("cache-sentinel"),
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [...members, client], ports: tcp(26379) }, metrics],
      egress: [
        { to: [pods("cache-server")], ports: tcp(6379) },
        { to: [pods("cache-sentinel")], ports: tcp(26379) },
        names,
      ],
    };
    assert.deepEqual(sentinelPolicy(network), expected);
    assert.deepEqual(sentinelPolicy({ ...network, otherRegionCidr: "10.1.0.0/16" }), expected);
  });
});
