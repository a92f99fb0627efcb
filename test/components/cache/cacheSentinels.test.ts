import assert from "node:assert/strict";
import { CacheSentinels } from "../../../components/cache/cacheSentinels";
import { type Declared, declared } from "../../support/declared";
import { countsByType } from "../inspection";
import { cacheImages, cacheSentinelsArgs } from "../minimalArgs";
import { manifest, podsOf, restrictedProblems, types } from "./types";

const labels = {
  "app.kubernetes.io/name": "cache-sentinel",
  "app.kubernetes.io/instance": "cache",
};

describe("CacheSentinels", () => {
  let sentinels: Declared;

  before(async () => {
    sentinels = await declare(true);
  });

  async function declare(serving: boolean): Promise<Declared> {
    return declared((options) => {
      new CacheSentinels("cache-sentinel", { ...cacheSentinelsArgs, serving }, options);
    });
  }

  it("declares configuration, a name for each pod, a disruption budget and the set", () => {
    assert.deepEqual(countsByType(sentinels.resources), {
      "trading-dr:cache:CacheSentinels": 1,
      [types.configMap]: 1,
      [types.service]: 1,
      [types.disruption]: 1,
      [types.statefulSet]: 1,
    });
  });

  it("has three Sentinels with volumes of their own, for what they find out", () => {
    const { template, ...spec } = manifest(sentinels.only(types.statefulSet)).spec;
    assert.ok(template);
    assert.deepEqual(spec, {
      serviceName: "cache-sentinel-us-east-1",
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
            resources: { requests: { storage: "1Gi" } },
          },
        },
      ],
    });
  });

  it("keeps Sentinels in different zones, apart from what servers do", () => {
    assert.deepEqual(podsOf(sentinels).spec["affinity"], {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: labels }, topologyKey: "topology.kubernetes.io/zone" },
        ],
      },
    });
    assert.deepEqual(manifest(sentinels.only(types.disruption)).spec, {
      maxUnavailable: 1,
      selector: { matchLabels: labels },
    });
  });

  it("answers on its port under names that are known before it is ready", () => {
    assert.deepEqual(manifest(sentinels.only(types.service)).spec, {
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: labels,
      ports: [{ name: "sentinel", port: 26379, targetPort: 26379 }],
    });
  });

  it("looks names up whole, and gives up soon: it promotes nobody meanwhile", () => {
    assert.deepEqual(podsOf(sentinels).spec["dnsConfig"], {
      options: [
        { name: "ndots", value: "1" },
        { name: "timeout", value: "1" },
        { name: "attempts", value: "2" },
      ],
    });
  });

  it("is not replaced for more memory or another storage class: the set is protected", () => {
    const { options } = sentinels.only(types.statefulSet);
    assert.equal(options.protect, true);
    assert.deepEqual(options.ignoreChanges, ["spec.volumeClaimTemplates"]);
  });

  it("has its exporter read a rotated password, by a probe, since its image has no shell", () => {
    const exporter = podsOf(sentinels).spec.containers.find(({ name }) => name === "metrics");
    assert.deepEqual(exporter?.livenessProbe, {
      httpGet: { path: "/-/reload", port: 9121 },
      periodSeconds: 30,
      timeoutSeconds: 5,
      failureThreshold: 3,
    });
  });

  it("meets the restricted Pod Security Standard", () => {
    const { spec } = podsOf(sentinels);
    assert.deepEqual(restrictedProblems(spec), []);
    assert.equal(spec["automountServiceAccountToken"], false);
  });

  it("runs a Sentinel and what offers its metrics, without environment values", () => {
    assert.deepEqual(
      podsOf(sentinels).spec.containers.map(({ name, image, command, args, env }) => ({
        name,
        image,
        start: command ?? args?.[0],
        env,
      })),
      [
        {
          name: "sentinel",
          image: cacheImages.redis,
          start: ["sh", "/configuration/start.sh"],
          env: undefined,
        },
        {
          name: "metrics",
          image: cacheImages.exporter,
          start: "--redis.addr=rediss://localhost:26379",
          env: undefined,
        },
      ],
    );
  });

  it("restarts nothing when the active region changes, and watches nobody at first there", async () => {
    const idle = await declare(false);
    assert.deepEqual(podsOf(idle), podsOf(sentinels));
    const first = (from: Declared) => manifest(from.only(types.configMap)).data["first-primary"];
    assert.equal(first(idle), "");
    assert.match(String(first(sentinels)), /^cache-server-us-east-1-0\.\S+ 6379\n$/);
  });
});
