import assert from "node:assert/strict";
import { CacheServers, storageGibibytes } from "../../../components/cache/cacheServers";
import { type Declared, declared } from "../../support/declared";
import { countsByType, waitsFor } from "../inspection";
import { cacheImages, cacheLink, cacheServersArgs } from "../minimalArgs";
import { manifest, podsOf, restrictedProblems, types } from "./types";

const labels = {
  "app.kubernetes.io/name": "cache-server",
  "app.kubernetes.io/instance": "cache",
};
const metadata = {
  name: "cache-server-us-east-1",
  namespace: "market-scanning-prod",
  labels: {
    ...labels,
    "app.kubernetes.io/component": "cache",
    "app.kubernetes.io/managed-by": "pulumi",
  },
};

describe("CacheServers", () => {
  let servers: Declared;

  before(async () => {
    servers = await declare(cacheServersArgs);
  });

  async function declare(args: ConstructorParameters<typeof CacheServers>[1]): Promise<Declared> {
    return declared((options) => {
      new CacheServers("cache-server", args, options);
    });
  }

  const container = (name: string, from = servers) => {
    const found = podsOf(from).spec.containers.find((candidate) => candidate.name === name);
    assert.ok(found);
    return found as typeof found & Record<string, unknown>;
  };

  it("declares configuration, a name for each pod, a disruption budget and the set", () => {
    assert.deepEqual(countsByType(servers.resources), {
      "trading-dr:cache:CacheServers": 1,
      [types.configMap]: 1,
      [types.service]: 1,
      [types.disruption]: 1,
      [types.statefulSet]: 1,
    });
  });

  it("gives its pods names that are known before they are ready", () => {
    assert.deepEqual(manifest(servers.only(types.service)), {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        clusterIP: "None",
        publishNotReadyAddresses: true,
        selector: labels,
        ports: [{ name: "redis", port: 6379, targetPort: 6379 }],
      },
    });
  });

  it("lets one pod at a time be disrupted", () => {
    assert.deepEqual(manifest(servers.only(types.disruption)), {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    });
  });

  it("has three servers, which start together, and volumes that outlive pods and set", () => {
    const { template, ...spec } = manifest(servers.only(types.statefulSet)).spec;
    assert.ok(template);
    assert.deepEqual(spec, {
      serviceName: "cache-server-us-east-1",
      replicas: 3,
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "RollingUpdate" },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      selector: { matchLabels: labels },
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName: "gp3-encrypted",
            resources: { requests: { storage: "5Gi" } },
          },
        },
      ],
    });
  });

  it("is not waited for: a region that stands by is applied while the other one is gone", () => {
    assert.deepEqual(manifest(servers.only(types.statefulSet)).metadata, {
      ...metadata,
      annotations: { "pulumi.com/skipAwait": "true" },
    });
  });

  it("keeps its pods in different zones, whatever that costs", () => {
    assert.deepEqual(podsOf(servers).spec["affinity"], {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: labels }, topologyKey: "topology.kubernetes.io/zone" },
        ],
      },
    });
  });

  it("looks names up whole, and gives up soon: it stands still meanwhile", () => {
    assert.deepEqual(podsOf(servers).spec["dnsConfig"], {
      options: [
        { name: "ndots", value: "1" },
        { name: "timeout", value: "1" },
        { name: "attempts", value: "2" },
      ],
    });
  });

  it("is not replaced for more memory or another storage class: the set is protected", () => {
    const { options } = servers.only(types.statefulSet);
    assert.equal(options.protect, true);
    assert.deepEqual(options.ignoreChanges, ["spec.volumeClaimTemplates"]);
  });

  it("has its exporter read a rotated password, by a probe, since its image has no shell", () => {
    const exporter = podsOf(servers).spec.containers.find(({ name }) => name === "metrics");
    assert.deepEqual(exporter?.livenessProbe, {
      httpGet: { path: "/-/reload", port: 9121 },
      periodSeconds: 30,
      timeoutSeconds: 5,
      failureThreshold: 3,
    });
  });

  it("meets the restricted Pod Security Standard, and reads from root files only", () => {
    const { spec } = podsOf(servers);
    assert.deepEqual(restrictedProblems(spec), []);
    assert.equal(spec["automountServiceAccountToken"], false);
    for (const { securityContext } of spec.containers) {
      assert.equal(securityContext["readOnlyRootFilesystem"], true);
    }
  });

  it("runs a server, what reloads its certificates, and what offers its metrics", () => {
    assert.deepEqual(
      podsOf(servers).spec.containers.map(({ name, image, command }) => ({ name, image, command })),
      [
        { name: "server", image: cacheImages.redis, command: ["sh", "/configuration/start.sh"] },
        { name: "reload", image: cacheImages.redis, command: ["sh", "/configuration/reload.sh"] },
        { name: "metrics", image: cacheImages.exporter, command: undefined },
      ],
    );
  });

  it("hands over before it stops, and is given the time for it", () => {
    const { lifecycle } = container("server");
    assert.deepEqual(lifecycle, {
      preStop: { exec: { command: ["sh", "/configuration/hand-over.sh"] } },
    });
    // 10 to catch up, 20 to find a Sentinel, 37 for it, 30 to ask all three, 10 to stop, 5 to spare
    assert.equal(podsOf(servers).spec["terminationGracePeriodSeconds"], 112);
  });

  it("is probed by scripts that know its role", () => {
    const probe = (script: string, failureThreshold: number) => ({
      exec: { command: ["sh", `/configuration/${script}`] },
      periodSeconds: 10,
      timeoutSeconds: 7,
      failureThreshold,
    });
    const { readinessProbe, livenessProbe } = container("server");
    assert.deepEqual(readinessProbe, probe("ready.sh", 1));
    assert.deepEqual(livenessProbe, probe("live.sh", 6));
  });

  it("has memory for its data twice over, which a fork may need", () => {
    assert.deepEqual(container("server").resources, {
      requests: { cpu: "250m", memory: "2304Mi" },
      limits: { memory: "2304Mi" },
    });
  });

  const storage: readonly (readonly [number, number])[] = [
    [64, 2],
    [1_024, 5],
    [1_025, 6],
    [4_096, 17],
  ];
  for (const [memory, gibibytes] of storage) {
    it(`has a volume of ${String(gibibytes)} GiB for ${String(memory)} MiB of data`, () => {
      assert.equal(storageGibibytes(memory), gibibytes);
    });
  }

  it("takes passwords from files only, its own and that of replication, closed to others", () => {
    assert.deepEqual(
      podsOf(servers).spec.containers.filter(({ env }) => env !== undefined),
      [],
    );
    assert.deepEqual(
      podsOf(servers).spec.volumes.find(({ name }) => name === "credentials"),
      {
        name: "credentials",
        projected: {
          defaultMode: 0o440,
          sources: [
            { secret: { name: "cache-server-us-east-1" } },
            { secret: { name: "cache-replication-us-east-1" } },
          ],
        },
      },
    );
  });

  it("lets the exporter read its own password and the issuer's certificate, not the rest", () => {
    assert.deepEqual(
      container("metrics").volumeMounts.map(({ name }) => name),
      ["metrics", "certificates"],
    );
    assert.deepEqual(
      podsOf(servers).spec.volumes.find(({ name }) => name === "metrics"),
      {
        name: "metrics",
        secret: {
          secretName: "cache-server-us-east-1",
          defaultMode: 0o440,
          items: [{ key: "metrics.json", path: "metrics.json" }],
        },
      },
    );
    assert.deepEqual(container("metrics").args, [
      "--redis.addr=rediss://localhost:6379",
      "--redis.user=metrics",
      "--redis.password-file=/metrics/metrics.json",
      "--tls-ca-cert-file=/certificates/ca.crt",
      "--web.listen-address=:9121",
      "--config-command=-",
    ]);
  });

  it("carries a checksum of its configuration, so that a change restarts it, one by one", async () => {
    const checksum = (from: Declared) =>
      podsOf(from).metadata.annotations["trading-dr/configuration"];
    const { settings } = cacheServersArgs;
    const larger = await declare({
      ...cacheServersArgs,
      settings: { ...settings, memoryMebibytes: 2048 },
    });
    assert.match(String(checksum(servers)), /^[0-9a-f]{64}$/);
    assert.notEqual(checksum(larger), checksum(servers));
  });

  it("restarts nothing when the active region changes: only a first start asks for that", async () => {
    const settings = { ...cacheServersArgs.settings, upstream: cacheLink.upstream };
    const serving = await declare({ ...cacheServersArgs, settings });
    const standingBy = await declare({ ...cacheServersArgs, settings, serving: false });
    assert.deepEqual(podsOf(standingBy), podsOf(serving));
    const first = (from: Declared) => manifest(from.only(types.configMap)).data["first-upstream"];
    assert.equal(first(serving), "");
    assert.equal(
      first(standingBy),
      "cache-feed.market-scanning-prod.us-west-2.trading.internal 6379\n",
    );
  });

  it("waits for its configuration and names", () => {
    const set = servers.only(types.statefulSet);
    assert.ok(waitsFor(set, servers.only(types.configMap)));
    assert.ok(waitsFor(set, servers.only(types.service)));
  });
});
