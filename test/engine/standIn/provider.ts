import { randomBytes } from "node:crypto";
import * as provider from "@pulumi/pulumi/provider";
import replacement from "./replacement.json";
import { World } from "./world";

/**
 * A stand-in for the providers of AWS and of random values: what an engine talks to where there is
 * no cloud. It speaks Pulumi's provider protocol, keeps what it "makes" in a directory, and knows
 * which changes AWS answers with a replacement.
 *
 * It is no AWS: it checks no permissions, refuses no bad input, and nothing happens in its world but
 * what the engine asks for. What passes here shows that the engine accepts the program and plans
 * what it should, not that AWS accepts the resources.
 */

type Properties = Record<string, unknown>;

/** What forces a new resource in terraform-provider-aws and -random, beside AWS's own schemas. */
const providersOwn: Readonly<Record<string, readonly string[]>> = {
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": [
    "backupVaultName",
    "changeableForDays",
    "maxRetentionDays",
    "minRetentionDays",
  ],
  "aws:backup/vaultNotifications:VaultNotifications": [
    "backupVaultEvents",
    "backupVaultName",
    "snsTopicArn",
  ],
  "aws:rds/cluster:Cluster": ["engine", "masterUsername"],
  "aws:rds/globalCluster:GlobalCluster": ["databaseName"],
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": [
    "kmsKeyId",
    "retentionPeriod",
    "sourceDbInstanceArn",
  ],
  "aws:s3/bucket:Bucket": ["objectLockEnabled"],
  "aws:secretsmanager/secretVersion:SecretVersion": ["secretId", "secretString"],
  "random:index/randomId:RandomId": ["byteLength", "keepers"],
  "random:index/randomPassword:RandomPassword": ["keepers", "length", "overrideSpecial"],
};

const world = new World(String(process.env["STAND_IN_WORLD"]));

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").pop() ?? "";
}

/** Properties of a type whose change makes a new resource. */
function replacesOn(type: string): readonly string[] {
  const fromSchema = (replacement.types as Record<string, { replaces: string[] } | undefined>)[
    type
  ];
  return [...(fromSchema?.replaces ?? []), ...(providersOwn[type] ?? [])];
}

/** What only a cloud, or chance, can know. Everything of these names is unknown in a preview. */
function computed(urn: string): Properties {
  const [type, name] = [typeOf(urn), String(urn.split("::").pop())];
  const arn = `arn:aws:stand-in:::${name}`;
  switch (type) {
    case "aws:sns/topicPolicy:TopicPolicy":
      return {};
    case "random:index/randomId:RandomId":
      return { hex: randomBytes(4).toString("hex") };
    case "random:index/randomPassword:RandomPassword":
      return { result: randomBytes(16).toString("hex") };
    default:
      return {
        arn,
        address: `${name}.stand-in`,
        endpoint: `${name}.stand-in`,
        keyId: name,
        readerEndpoint: `${name}.reader.stand-in`,
      };
  }
}

const standIn: provider.Provider = {
  // Newer than any version that the libraries ask for.
  version: "1000.0.0",
  check: (_urn, _olds, news) => Promise.resolve({ inputs: news as Properties }),
  diff: (_id, urn, olds, news) => {
    const [before, after] = [olds as Properties, news as Properties];
    const changed = Object.keys(after).filter(
      (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
    );
    const replaces = replacesOn(typeOf(urn));
    return Promise.resolve({
      changes: changed.length > 0,
      replaces: changed.filter((key) => replaces.includes(key)),
    });
  },
  create: (urn, inputs) => {
    const id = `${String(urn.split("::").pop())}-${randomBytes(4).toString("hex")}`;
    const outs = { ...(inputs as Properties), ...computed(urn) };
    world.put(id, { urn, properties: outs });
    return Promise.resolve({ id, outs });
  },
  update: (id, urn, olds, news) => {
    const outs = { ...(olds as Properties), ...(news as Properties) };
    world.put(id, { urn, properties: outs });
    return Promise.resolve({ outs });
  },
  read: (id) => {
    const found = world.get(id);
    return Promise.resolve(found === undefined ? { id: "" } : { id, props: found.properties });
  },
  delete: (id) => {
    world.remove(id);
    return Promise.resolve();
  },
};

void provider.main(standIn, process.argv.slice(2));
