import type * as kubernetes from "@pulumi/kubernetes";
import { cacheName, cachePort, type CachePlace } from "../../contracts/cacheNames";
import { type Address, type CacheMembers, feedOrdinal } from "./layout";
import { objectMeta, selectorLabels } from "./podParts";

/** How one region is fed by the other, whichever of the two serves. */
export interface RegionLink {
  /** Name and port of the server in the other region that feeds this one. */
  readonly upstream: Address;
  /** Name by which the other region reaches the server here that feeds it. */
  readonly feedHost: string;
  /** Addresses of the other region's network. */
  readonly otherRegionCidr: string;
  /** Networks of the load balancer's subnets: its health checks come from there. */
  readonly loadBalancerCidrs: readonly string[];
}

/**
 * The way in for the other region: to one replica, the last, because a replica that hung on the
 * primary itself would count for `min-replicas-to-write`. In both regions from the first day: after
 * a failover nothing has to be built to be fed the other way.
 */
export function feedService(
  place: CachePlace,
  { feedHost, otherRegionCidr }: RegionLink,
  members: CacheMembers,
): kubernetes.core.v1.ServiceArgs {
  return {
    metadata: {
      ...objectMeta("feed", place),
      annotations: {
        "external-dns.alpha.kubernetes.io/hostname": feedHost,
        "service.beta.kubernetes.io/aws-load-balancer-type": "external",
        "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
        "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        // Network policies tell the other region by its addresses.
        "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes":
          "preserve_client_ip.enabled=true",
        // One server, in one zone: the load balancer's addresses in the others would lead nowhere.
        "service.beta.kubernetes.io/aws-load-balancer-attributes":
          "load_balancing.cross_zone.enabled=true",
        // The load balancer is the cluster's to make; nothing here waits for its address.
        "pulumi.com/skipAwait": "true",
      },
    },
    spec: {
      type: "LoadBalancer",
      allocateLoadBalancerNodePorts: false,
      loadBalancerSourceRanges: [otherRegionCidr],
      selector: {
        ...selectorLabels("server", place),
        "statefulset.kubernetes.io/pod-name": `${cacheName("server", place)}-${String(feedOrdinal(members))}`,
      },
      ports: [{ name: "redis", port: cachePort, targetPort: cachePort }],
    },
  };
}
