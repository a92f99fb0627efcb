import assert from "node:assert/strict";
import { CacheGroup, type CacheGroupArgs } from "../../../components/cache/cacheGroup";
import { type Declared, declared } from "../../support/declared";
import { waitsFor } from "../inspection";
import { cacheGroupArgs, cacheLink } from "../minimalArgs";
import { manifest, types } from "./types";

async function declare(changes: Partial<CacheGroupArgs> = {}): Promise<Declared> {
  return declared((options) => {
    new CacheGroup("cache", { ...cacheGroupArgs, ...changes }, options);
  });
}

describe("CacheGroup", () => {
  it("consists of servers, Sentinels, certificates, passwords and two network policies", async () => {
    const group = await declare();
    assert.deepEqual(
      group.resources
        .map(({ type, name }) => `${type} ${name}`)
        .filter((line) => line.startsWith("trading-dr:") || line.includes("NetworkPolicy"))
        .sort(),
      [
        `${types.networkPolicy} cache-sentinel-network`,
        `${types.networkPolicy} cache-server-network`,
        "trading-dr:cache:CacheCertificates cache-certificates",
        "trading-dr:cache:CacheCredentials cache-credentials",
        "trading-dr:cache:CacheGroup cache",
        "trading-dr:cache:CacheSentinels cache-sentinel",
        "trading-dr:cache:CacheServers cache-server",
        "trading-dr:cache:ReplicationSecret cache-replication",
      ],
    );
  });

  it("starts pods only once there are passwords and requests for certificates", async () => {
    const group = await declare();
    // Children are registered after their component, and that waits.
    for (const component of ["CacheServers", "CacheSentinels"]) {
      const part = group.only(`trading-dr:cache:${component}`);
      for (const awaited of [...group.all(types.certificate), ...group.all(types.secret)]) {
        assert.ok(waitsFor(part, awaited), `${part.name} ${awaited.name}`);
      }
    }
  });

  it("has a way in for the other region, to the last server, a replica at first", async () => {
    const group = await declare({ link: cacheLink });
    const feed = group.all(types.service).find(({ name }) => name === "cache-feed");
    assert.ok(feed);
    const { metadata, spec } = manifest(feed);
    assert.deepEqual(metadata.annotations, {
      "external-dns.alpha.kubernetes.io/hostname": cacheLink.feedHost,
      "service.beta.kubernetes.io/aws-load-balancer-type": "external",
      "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
      "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
      "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes":
        "preserve_client_ip.enabled=true",
      "service.beta.kubernetes.io/aws-load-balancer-attributes":
        "load_balancing.cross_zone.enabled=true",
      "pulumi.com/skipAwait": "true",
    });
    assert.deepEqual(spec, {
      type: "LoadBalancer",
      allocateLoadBalancerNodePorts: false,
      loadBalancerSourceRanges: ["10.1.0.0/16"],
      selector: {
        "app.kubernetes.io/name": "cache-server",
        "app.kubernetes.io/instance": "cache",
        "statefulset.kubernetes.io/pod-name": "cache-server-us-east-1-2",
      },
      ports: [{ name: "redis", port: 6379, targetPort: 6379 }],
    });
  });

  it("lets the load balancer of the feed check the server, and the other region in", async () => {
    const group = await declare({ link: cacheLink });
    const cidrs = (name: string) => {
      const policy = group.all(types.networkPolicy).find((found) => found.name === name);
      assert.ok(policy);
      const ingress = manifest(policy).spec["ingress"] as {
        from: { ipBlock?: { cidr: string } }[];
      }[];
      return ingress[0]?.from.flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : ipBlock.cidr));
    };
    assert.deepEqual(cidrs("cache-server-network"), ["10.1.0.0/16", "10.0.1.0/24", "10.0.2.0/24"]);
    assert.deepEqual(cidrs("cache-sentinel-network"), []);
  });

  it("has none where snapshots fill the standby", async () => {
    const group = await declare();
    assert.deepEqual(
      group.all(types.service).map(({ name }) => name),
      ["cache-server-service", "cache-sentinel-service"],
    );
  });

  it("tells an application which Secret to take", async () => {
    const group = await declare();
    assert.deepEqual(group.only("trading-dr:cache:CacheGroup").outputs, {
      applicationSecretName: "cache-application-us-east-1",
    });
  });

  it("has as many members as it is told", async () => {
    const group = await declare({ replicas: 4, sentinels: 5, quorum: 3 });
    const sizes = group.all(types.statefulSet).map((set) => manifest(set).spec["replicas"]);
    assert.deepEqual(sizes, [5, 5]);
  });

  const digest = "0123456789abcdef".repeat(4);
  const refused: readonly (readonly [string, Partial<CacheGroupArgs>, string])[] = [
    [
      "fewer replicas than min-replicas-to-write needs",
      { replicas: 1 },
      "replicas must be at least 2: after a failover one fewer is left, and min-replicas-to-write 1 refuses every write without one, got 1",
    ],
    [
      "a bound on lost writes that replicas cannot report in time for",
      { objectives: { ...cacheGroupArgs.objectives, lostWriteSeconds: 2 } },
      "lostWriteSeconds must be at least 3, because replicas report once a second and are counted once a second, got 2",
    ],
    [
      "an even number of Sentinels",
      { sentinels: 4, quorum: 3 },
      "sentinels must be odd and at least 3, so that a majority is left when one is lost, got 4",
    ],
    [
      "a quorum that is no majority",
      { quorum: 1 },
      "quorum must be 2, the majority of 3 sentinels, got 1",
    ],
    [
      "an image without a digest",
      { images: { redis: "redis:7.2", exporter: `exporter@sha256:${digest}` } },
      'images.redis must end in a digest, @sha256:..., got "redis:7.2"',
    ],
    [
      "a name that is too long for pods",
      { cache: { ...cacheGroupArgs.cache, store: "a-cache-with-a-very-long-name" } },
      'the store\'s name must have at most 24 characters, because names of pods are made from it, got "a-cache-with-a-very-long-name"',
    ],
  ];
  for (const [what, changes, message] of refused) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(declare(changes), new RangeError(`CacheGroup 'cache': ${message}`));
    });
  }
});
