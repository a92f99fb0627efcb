import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type PreviewedResource } from "../../preview/inProcess";
import { previewReport } from "../../preview/report";
import { readRegionStacks } from "../support/regionStacks";
import { copyOfProject, editCopy, projectDirectory, removeCopy } from "../support/projectCopy";

const setType = "kubernetes:apps/v1:StatefulSet";
const configType = "kubernetes:core/v1:ConfigMap";

/** What is looked at of a job that takes snapshots. */
interface SnapshotJob {
  readonly spec: {
    readonly jobTemplate: {
      readonly spec: {
        readonly template: {
          readonly metadata: { readonly labels: Readonly<Record<string, string>> };
          readonly spec: {
            readonly containers: readonly {
              readonly resources: { readonly limits: { readonly memory: string } };
            }[];
            readonly volumes: readonly {
              readonly name: string;
              readonly projected?: {
                readonly sources: readonly {
                  readonly secret: { readonly name: string; readonly optional?: boolean };
                }[];
              };
            }[];
          };
        };
      };
    };
  };
}

/** What is looked at of a network policy. */
interface Policy {
  readonly spec: {
    readonly ingress: readonly {
      readonly from: readonly {
        readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
      }[];
    }[];
  };
}

describe("wiring of the caches", () => {
  let stacks: Record<string, readonly PreviewedResource[]>;

  const previewed = async (system: string, directory = projectDirectory) => {
    // The program reads the systems that are beside it.
    const program = createRequire(__filename)(join(directory, "index")) as () => unknown;
    const report = await previewReport(program, readRegionStacks({ directory, system }));
    return Object.fromEntries(report.stacks.map(({ name, resources }) => [name, resources]));
  };

  before(async () => {
    stacks = await previewed("market-scanning");
  });

  const inputs = (stack: string, type: string, name: string) => {
    const found = stacks[stack]?.find(
      (resource) => resource.type === type && resource.name === name,
    );
    assert.ok(found, `${stack} has no ${type} ${name}`);
    return found.inputs as Record<string, Record<string, unknown>>;
  };
  const configuration = (stack: string, name: string) =>
    inputs(stack, configType, name)["data"] as Record<string, string>;

  it("puts a group into each trading region's own cluster, and none into the archive", () => {
    const sets = Object.entries(stacks).flatMap(([stack, resources]) =>
      resources
        .filter(({ type }) => type === setType)
        .map(
          ({ inputs: { metadata } }) =>
            `${stack} ${(metadata as unknown as { name: string }).name}`,
        ),
    );
    assert.deepEqual(sets.sort(), [
      "dr cache-sentinel-us-west-2",
      "dr cache-server-us-west-2",
      "prod cache-sentinel-us-east-1",
      "prod cache-server-us-east-1",
    ]);
  });

  it("changes configuration and passwords in place, where pods have them mounted", () => {
    for (const stack of ["prod", "dr"]) {
      const provider = inputs(stack, "pulumi:providers:kubernetes", "kubernetes");
      assert.equal(provider["enableConfigMapMutable"], "true");
      assert.equal(provider["enableSecretMutable"], "true");
    }
  });

  it("has prod serve at its first start, and dr follow prod's feed with idle Sentinels", () => {
    const prodFeed = "cache-feed.market-scanning.us-east-1.trading.internal 6379\n";
    assert.equal(configuration("prod", "cache-server-configuration")["first-upstream"], "");
    assert.equal(configuration("dr", "cache-server-configuration")["first-upstream"], prodFeed);
    assert.match(
      String(configuration("prod", "cache-sentinel-configuration")["first-primary"]),
      /^cache-server-us-east-1-0\./,
    );
    assert.equal(configuration("dr", "cache-sentinel-configuration")["first-primary"], "");
  });

  it("lets either region stand by for the other later", () => {
    assert.match(
      String(configuration("prod", "cache-server-configuration")["stand-by.sh"]),
      /following="cache-feed\.market-scanning\.us-west-2\.trading\.internal 6379"/,
    );
  });

  it("derives the settings from the system's objectives", () => {
    // detection 5s; lost writes 10s; the strictest data in the cache may be away for 1m
    const sentinel = String(configuration("prod", "cache-sentinel-configuration")["start.sh"]);
    assert.match(sentinel, /sentinel down-after-milliseconds mymaster 5000"/);
    assert.match(sentinel, /sentinel failover-timeout mymaster 22000"/);
    const redis = String(configuration("prod", "cache-server-configuration")["redis.conf"]);
    assert.match(redis, /^min-replicas-max-lag 8$/m);
    assert.match(redis, /^maxmemory 4096mb$/m);
  });

  it("shares one password between the regions, by a replica that dr reads", () => {
    const types = (stack: string) =>
      (stacks[stack] ?? [])
        .filter(({ name }) => name.startsWith("cache-replication"))
        .map(({ type }) => type)
        .sort();
    assert.deepEqual(types("prod"), [
      "aws:secretsmanager/secret:Secret",
      "aws:secretsmanager/secretVersion:SecretVersion",
      "kubernetes:core/v1:Secret",
      "random:index/randomPassword:RandomPassword",
      "trading-dr:cache:ReplicationSecret",
    ]);
    assert.deepEqual(types("dr"), [
      "kubernetes:external-secrets.io/v1:ExternalSecret",
      "trading-dr:cache:ReplicationSecret",
    ]);
  });

  it("keeps all passwords of the date before a rotation beside the new ones", async () => {
    const passwords = (of: readonly PreviewedResource[] = []) =>
      of.flatMap(({ type, name }) =>
        type === "random:index/randomPassword:RandomPassword" && name.startsWith("cache-")
          ? [name]
          : [],
      );
    const copy = copyOfProject();
    try {
      editCopy(
        copy,
        "systems/market-scanning.yaml",
        'passwordsRotated: "2026-11-01"',
        'passwordsRotatedBefore: "2026-11-01"\n    passwordsRotated: "2027-02-01"',
      );
      const rotated = await previewed("market-scanning", copy);
      for (const stack of ["prod", "dr"]) {
        const old = passwords(stacks[stack]);
        assert.equal(old.length, stack === "prod" ? 9 : 8);
        assert.deepEqual(
          passwords(rotated[stack]).sort(),
          [...old, ...old.map((name) => name.replace("2026-11-01", "2027-02-01"))].sort(),
        );
      }
    } finally {
      removeCopy(copy);
    }
  });

  it("lets the jobs of snapshots in, with secrets that are there and by the label that is asked for", async () => {
    for (const [stack, resources] of Object.entries(await previewed("trademaster"))) {
      const made = resources.flatMap(({ type, inputs: { metadata, spec } }) =>
        type === "kubernetes:core/v1:Secret"
          ? [(metadata as unknown as { name: string }).name]
          : type === "kubernetes:cert-manager.io/v1:Certificate"
            ? [(spec as unknown as { secretName: string }).secretName]
            : [],
      );
      const jobs = resources.filter(
        ({ type, name }) =>
          type === "kubernetes:batch/v1:CronJob" && name.startsWith("dr-snapshot-cache-"),
      );
      assert.equal(jobs.length, stack === "archive" ? 0 : 2);
      for (const { name, inputs: job } of jobs) {
        const { template } = (job as unknown as SnapshotJob).spec.jobTemplate.spec;
        const store = name.slice("dr-snapshot-cache-".length);
        // 1 GiB as every job that streams, and 1.25 times the cache's own, which it loads.
        assert.equal(template.spec.containers[0]?.resources.limits.memory, "2304Mi");
        const [volume] = template.spec.volumes.filter((found) => found.name === "secrets");
        // What is optional is made by hand.
        const wanted = (volume?.projected?.sources ?? [])
          .filter(({ secret }) => secret.optional !== true)
          .map(({ secret }) => secret.name);
        assert.equal(wanted.length, 2);
        assert.deepEqual(
          wanted.filter((secret) => !made.includes(secret)),
          [],
        );
        const policies = resources.filter(({ name: policy }) =>
          [`${store}-server-network`, `${store}-sentinel-network`].includes(policy),
        );
        assert.equal(policies.length, 2);
        for (const { inputs: policy } of policies) {
          const { ingress } = (policy as unknown as Policy).spec;
          const peers = ingress[0]?.from.map(({ podSelector }) => podSelector?.matchLabels);
          assert.ok(
            peers?.some((labels) =>
              Object.entries(labels ?? {}).every(
                ([key, value]) => template.metadata.labels[key] === value,
              ),
            ),
            `${policies.map(({ name: found }) => found).join()} do not let ${name} in`,
          );
        }
      }
    }
  });

  it("declares every cache of a system that has two, under names of their own", async () => {
    const { prod = [] } = await previewed("trademaster");
    assert.deepEqual(
      prod.filter(({ type }) => type === "trading-dr:cache:CacheGroup").map(({ name }) => name),
      ["cache", "session-store"],
    );
    const sentinels = prod.find(({ name }) => name === "session-store-sentinel-configuration");
    const { data } = sentinels?.inputs as unknown as { data: Record<string, string> };
    assert.match(String(data["start.sh"]), /sentinel monitor sessions \$primary 2"/);
  });
});
