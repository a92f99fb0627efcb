import assert from "node:assert/strict";
import { replicationUser } from "../../../components/cache/accessControl";
import {
  replicationContents,
  ReplicationSecret,
} from "../../../components/cache/replicationSecret";
import { type Declared, declared, tags } from "../../support/declared";
import { countsByType, deletable, kept, ofAws, registered } from "../inspection";
import { keyArn, replicationSecretArgs } from "../minimalArgs";
import { primary } from "../../support/declared";
import { manifest, types } from "./types";

const awsSecret = "aws:secretsmanager/secret:Secret";
const awsValue = "aws:secretsmanager/secretVersion:SecretVersion";

async function declare(changes: Partial<typeof replicationSecretArgs> = {}): Promise<Declared> {
  return declared((options) => {
    new ReplicationSecret("replication", { ...replicationSecretArgs, ...changes }, options);
  });
}

describe("ReplicationSecret", () => {
  it("of a region alone is a password in the cluster, and nothing else", async () => {
    const own = await declare({ password: { kind: "own", rotated: ["2026-11-01"] } });
    assert.deepEqual(countsByType(own.resources), {
      "trading-dr:cache:ReplicationSecret": 1,
      [types.password]: 1,
      [types.secret]: 1,
    });
    assert.equal(manifest(own.only(types.secret)).metadata.name, "cache-replication-us-east-1");
    const { name, inputs } = own.only(types.password);
    assert.equal(name, "replication-password-2026-11-01");
    assert.deepEqual(inputs, { length: 40, special: false });
  });

  it("of two regions is also a secret with a replica in the other, under its key", async () => {
    const shared = await declare();
    assert.deepEqual(shared.only(awsSecret).inputs, {
      name: "market-scanning/cache-replication",
      description: "Replication between the regions of cache of market-scanning",
      kmsKeyId: keyArn(primary),
      recoveryWindowInDays: 30,
      forceOverwriteReplicaSecret: false,
      replicas: [{ region: "us-west-2", kmsKeyId: "alias/market-scanning-secrets-us-west-2" }],
      tags: { ...tags, "trading-dr:purpose": "secrets" },
    });
    assert.deepEqual(shared.only(awsSecret).options.ignoreChanges, ["replicas"]);
    assert.deepEqual(deletable(ofAws(shared.resources)), []);
    assert.deepEqual(kept((await declare({ disposable: true })).resources), []);
  });

  it("in the other region is read from the replica there, by name, into the same Secret", async () => {
    const read = await declare({
      cache: { ...replicationSecretArgs.cache, region: "us-west-2" },
      password: { kind: "read", secretStore: "secrets-manager" },
    });
    assert.deepEqual(countsByType(read.resources), {
      "trading-dr:cache:ReplicationSecret": 1,
      [types.externalSecret]: 1,
    });
    assert.deepEqual(manifest(read.only(types.externalSecret)).spec, {
      refreshInterval: "5m",
      secretStoreRef: { kind: "ClusterSecretStore", name: "secrets-manager" },
      target: {
        name: "cache-replication-us-west-2",
        creationPolicy: "Owner",
        deletionPolicy: "Retain",
      },
      data: [
        {
          secretKey: "replication",
          remoteRef: { key: "market-scanning/cache-replication", property: "password" },
        },
        {
          secretKey: "replication.acl",
          remoteRef: { key: "market-scanning/cache-replication", property: "user" },
        },
      ],
    });
  });

  it("keeps the password of the date before, which still holds", async () => {
    const rotated = await declare({
      password: { kind: "own", rotated: ["2027-02-01", "2026-11-01"] },
    });
    assert.deepEqual(
      rotated.all(types.password).map(({ name }) => name),
      ["replication-password-2027-02-01", "replication-password-2026-11-01"],
    );
    assert.deepEqual(replicationContents(["new", "old"]), {
      replication: "new",
      "replication.acl": replicationUser(["new", "old"]),
    });
  });

  it("shows the password nowhere once it is known", async () => {
    const password = "Tr0ub4dor3andahorse";
    const resources = await registered(
      () => {
        new ReplicationSecret("replication", replicationSecretArgs);
      },
      { [types.password]: { result: password } },
    );
    assert.equal(JSON.stringify(resources).includes(password), false);
    const value = resources.find(({ type }) => type === awsValue);
    assert.deepEqual(value?.inputs, {
      secretId: "replication-shared-id",
      secretString: "[secret]",
    });
  });
});
