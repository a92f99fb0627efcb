import { configMap, statefulSet } from "../../../policies/cache/groups";
import { type Declared, type Mutation } from "../mutation";

const service = "kubernetes:core/v1:Service";
const budget = "kubernetes:policy/v1:PodDisruptionBudget";
const networkPolicy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const certificate = "kubernetes:cert-manager.io/v1:Certificate";

/** Changes the text of a file of a ConfigMap, which must be in it. */
function rewrite(
  declared: Declared,
  part: "server" | "sentinel",
  file: string,
  find: string | RegExp,
  replacement: string,
): void {
  const { inputs } = declared.one(configMap, `cache-${part}-configuration`);
  const data = inputs["data"] as Record<string, string>;
  const before = data[file] ?? "";
  const after = before.replace(find, replacement);
  if (after === before) {
    throw new Error(`there is no ${String(find)} in ${file}`);
  }
  data[file] = after;
}

/** A mutation that changes the text of a file. */
function rewritten(
  title: string,
  trips: readonly string[],
  ...change: [part: "server" | "sentinel", file: string, find: string | RegExp, replacement: string]
): Mutation {
  return {
    title,
    stack: "prod",
    change: (declared) => {
      rewrite(declared, ...change);
    },
    trips,
  };
}

/** Mutations of caches. */
export const cacheMutations: readonly Mutation[] = [
  rewritten(
    "a cache that keeps nothing",
    ["cache-durability"],
    "server",
    "redis.conf",
    "appendonly yes",
    "appendonly no",
  ),
  rewritten(
    "a cache that drops data when it is full",
    ["cache-durability"],
    "server",
    "redis.conf",
    "noeviction",
    "allkeys-lru",
  ),
  rewritten(
    "a cache that takes writes without replicas",
    ["cache-durability"],
    "server",
    "redis.conf",
    /min-replicas-to-write.*\n/,
    "",
  ),
  rewritten(
    "a cache that keeps nothing, by its start script",
    ["cache-durability"],
    "server",
    "start.sh",
    "exec redis-server /data/redis.conf",
    "exec redis-server /data/redis.conf --appendonly no",
  ),
  rewritten(
    "one Sentinel alone promotes",
    ["cache-quorum"],
    "sentinel",
    "start.sh",
    "$primary 2",
    "$primary 1",
  ),
  rewritten(
    "one Sentinel alone promotes, after a change of regions",
    ["cache-quorum"],
    "sentinel",
    "promote.sh",
    "$primary 2",
    "$primary 1",
  ),
  rewritten(
    "a primary that is missed after half a minute",
    ["cache-quorum"],
    "sentinel",
    "start.sh",
    "down-after-milliseconds mymaster 5000",
    "down-after-milliseconds mymaster 30000",
  ),
  rewritten(
    "a cache that listens in plain text, too",
    ["cache-encrypted-connections"],
    "server",
    "redis.conf",
    "port 0",
    "port 6379",
  ),
  rewritten(
    "Sentinels without users",
    ["cache-encrypted-connections"],
    "sentinel",
    "sentinel.conf",
    /aclfile.*\n/,
    "",
  ),
  rewritten(
    "a cache that accepts TLS 1.2",
    ["cache-encrypted-connections"],
    "server",
    "redis.conf",
    '"TLSv1.3"',
    '"TLSv1.2 TLSv1.3"',
  ),
  rewritten(
    "a password in a cache's configuration",
    ["secret-not-in-plain-sight"],
    "server",
    "redis.conf",
    "port 0",
    "requirepass swordfish\nport 0",
  ),
  {
    title: "a password in the environment of a cache's pods",
    stack: "dr",
    change: (declared) => {
      declared.set(statefulSet, "cache-server", "spec.template.spec.containers.2.env", [
        { name: "REDIS_PASSWORD", value: "swordfish" },
      ]);
    },
    trips: ["secret-not-in-plain-sight"],
  },
  {
    title: "a cache with a replica less",
    stack: "prod",
    change: (declared) => {
      declared.set(statefulSet, "cache-server", "spec.replicas", 2);
    },
    trips: ["cache-members", "placement-symmetry"],
  },
  {
    title: "two Sentinels",
    stack: "dr",
    change: (declared) => {
      declared.set(statefulSet, "cache-sentinel", "spec.replicas", 2);
    },
    trips: ["cache-members", "placement-symmetry"],
  },
  {
    title: "Sentinels that may share a zone",
    stack: "prod",
    change: (declared) => {
      declared.set(
        statefulSet,
        "cache-sentinel",
        "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution.0.topologyKey",
        "kubernetes.io/hostname",
      );
    },
    trips: ["cache-members"],
  },
  {
    title: "a standby cache that nothing feeds",
    stack: "dr",
    change: (declared) => {
      rewrite(declared, "server", "first-upstream", /.+\n/, "");
    },
    trips: ["cache-standby"],
  },
  {
    title: "volumes that go with a cache's pods",
    stack: "prod",
    change: (declared) => {
      declared.set(
        statefulSet,
        "cache-server",
        "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
        "Delete",
      );
    },
    trips: ["cache-retained"],
  },
  {
    title: "a cache's Secret that may be deleted",
    stack: "prod",
    change: (declared) => {
      const secret = declared.one("kubernetes:core/v1:Secret", "cache-replication");
      Reflect.deleteProperty(secret.options, "protect");
    },
    trips: ["cache-retained"],
  },
  {
    title: "no Sentinels",
    stack: "dr",
    change: (declared) => {
      declared.remove(statefulSet, "cache-sentinel");
    },
    trips: ["cache-complete", "placement-symmetry"],
  },
  {
    title: "servers that start without their script",
    stack: "prod",
    change: (declared) => {
      declared.set(statefulSet, "cache-server", "spec.template.spec.containers.0.command", [
        "redis-server",
      ]);
    },
    trips: ["cache-complete"],
  },
  {
    title: "a cache's data in its pods",
    stack: "prod",
    change: (declared) => {
      const set = declared.one(statefulSet, "cache-server");
      const { spec } = set.inputs as { spec: { template: { spec: { volumes: unknown[] } } } };
      spec.template.spec.volumes.push({ name: "data", emptyDir: {} });
      declared.set(statefulSet, "cache-server", "spec.volumeClaimTemplates", undefined);
    },
    trips: ["cache-complete"],
  },
  {
    title: "what Sentinels know, on a volume that they may not write to",
    stack: "dr",
    change: (declared) => {
      declared.set(
        statefulSet,
        "cache-sentinel",
        "spec.template.spec.containers.0.volumeMounts.3.readOnly",
        true,
      );
    },
    trips: ["cache-complete"],
  },
  {
    title: "a cache whose servers all go at once",
    stack: "prod",
    change: (declared) => {
      declared.remove(budget, "cache-server-disruption");
    },
    trips: ["cache-disruption"],
  },
  {
    title: "Sentinels of which two may go",
    stack: "prod",
    change: (declared) => {
      declared.set(budget, "cache-sentinel-disruption", "spec.maxUnavailable", 2);
    },
    trips: ["cache-disruption"],
  },
  {
    title: "a primary that is evicted without handing over",
    stack: "prod",
    change: (declared) => {
      declared.set(
        statefulSet,
        "cache-server",
        "spec.template.spec.containers.0.lifecycle",
        undefined,
      );
    },
    trips: ["cache-disruption"],
  },
  {
    title: "a cache that everybody reaches",
    stack: "prod",
    change: (declared) => {
      declared.set(networkPolicy, "cache-server-network", "spec.ingress.0.from", [
        { podSelector: {} },
        { ipBlock: { cidr: "10.1.0.0/16" } },
      ]);
    },
    trips: ["cache-network"],
  },
  {
    title: "Sentinels without a network policy",
    stack: "dr",
    change: (declared) => {
      declared.remove(networkPolicy, "cache-sentinel-network");
    },
    trips: ["cache-network"],
  },
  {
    title: "a network policy that lets all pods of the namespace out",
    stack: "prod",
    change: (declared) => {
      const { inputs } = declared.copy(networkPolicy, "cache-sentinel-network", "open");
      inputs["spec"] = { podSelector: {}, policyTypes: ["Egress"], egress: [{}] };
    },
    trips: ["cache-network"],
  },
  {
    title: "a feed on the internet",
    stack: "prod",
    change: (declared) => {
      const annotations = declared.one(service, "cache-feed").inputs["metadata"] as {
        annotations: Record<string, string>;
      };
      annotations.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"] =
        "internet-facing";
    },
    trips: ["cache-feed"],
  },
  {
    title: "no feed for the way back",
    stack: "dr",
    change: (declared) => {
      declared.remove(service, "cache-feed");
    },
    trips: ["cache-feed"],
  },
  {
    title: "a network policy that keeps the other region out",
    stack: "prod",
    change: (declared) => {
      declared.set(networkPolicy, "cache-server-network", "spec.ingress.0.from.3", {
        ipBlock: { cidr: "10.2.0.0/16" },
      });
    },
    trips: ["cache-feed"],
  },
  {
    title: "servers whose certificate is no client's",
    stack: "prod",
    change: (declared) => {
      declared.set(certificate, "cache-certificates-server", "spec.usages", ["server auth"]);
    },
    trips: ["cache-certificates"],
  },
  {
    title: "servers whose certificate lacks the name of the feed",
    stack: "prod",
    change: (declared) => {
      const { inputs } = declared.one(certificate, "cache-certificates-server");
      (inputs as { spec: { dnsNames: string[] } }).spec.dnsNames.pop();
    },
    trips: ["cache-certificates"],
  },
  {
    title: "Sentinels without a certificate",
    stack: "dr",
    change: (declared) => {
      declared.remove(certificate, "cache-certificates-sentinel");
    },
    trips: ["cache-certificates"],
  },
  {
    title: "an older image in the standby region",
    stack: "dr",
    change: (declared) => {
      declared.set(
        statefulSet,
        "cache-server",
        "spec.template.spec.containers.0.image",
        `111122223333.dkr.ecr.us-west-2.amazonaws.com/redis:7.0@sha256:${"2".repeat(64)}`,
      );
    },
    trips: ["cache-alike"],
  },
  rewritten("probes that differ", ["cache-alike"], "server", "live.sh", "LOADING* | ", ""),
  {
    title: "a cache on volumes of another class",
    stack: "prod",
    change: (declared) => {
      declared.set(
        statefulSet,
        "cache-server",
        "spec.volumeClaimTemplates.0.spec.storageClassName",
        "gp2",
      );
    },
    trips: ["cache-storage-class"],
  },
];
