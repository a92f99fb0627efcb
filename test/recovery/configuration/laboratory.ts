import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import {
  type ConfigurationManifest,
  configurationManifest,
} from "../../../contracts/configurationManifest";
import { manifestName, unsealed } from "../../../contracts/manifest";
import { seriesPrefix } from "../../../contracts/objectKeys";
import { KubernetesApi, kubernetesCommands } from "../../support/kubernetesApi";
import { minioCommand, ObjectStore, objectStoreRegion } from "../../support/objectStore";
import { type Outcome, startCommand, type Started, useStarted } from "../laboratory";
import { account, fillNamespace, namespace } from "./namespace";

const bucket = "lab-operational-records";

/** Where recovery points go. */
export const points = {
  bucket,
  prefix: seriesPrefix("frequent", "configuration", undefined, objectStoreRegion),
};

/** A recovery key: its secret part in a file, and its public one. */
export interface RecoveryKey {
  readonly file: string;
  readonly recipient: string;
  /** What is in the file. */
  readonly identity: string;
}

/** An object of the bucket, with what is in it. */
export interface Content {
  readonly key: string;
  readonly body: Buffer;
}

/** A Kubernetes API with a namespace that is saved, and a bucket that locks what is put into it: both real. */
export class ConfigurationLaboratory {
  /** Everything that the command has printed. */
  public readonly printed: string[] = [];
  private readonly directory = mkdtempSync(join(tmpdir(), "trading-dr-configuration-"));

  private constructor(
    public readonly api: KubernetesApi,
    public readonly store: ObjectStore,
    /** The keys that Secrets are encrypted for. */
    public readonly keys: RecoveryKey[],
  ) {}

  public static async start(): Promise<ConfigurationLaboratory> {
    const [api, store] = await Promise.all([
      KubernetesApi.start([account, `${namespace}:operator`]),
      ObjectStore.start(),
    ]);
    const lab = new ConfigurationLaboratory(api, store, []);
    try {
      await store.makeBucket(bucket, 30);
      await fillNamespace(api);
      lab.keys.push(await lab.makeKey("first"), await lab.makeKey("second"));
      return lab;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  public async makeKey(name: string): Promise<RecoveryKey> {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    const file = join(this.directory, `${name}.txt`);
    writeFileSync(file, `# public key: ${recipient}\n${identity}\n`, { mode: 0o600 });
    return { file, recipient, identity };
  }

  public async close(): Promise<void> {
    await Promise.all([this.api.close(), this.store.close()]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** What the job is told. */
  public snapshotting(recipients = this.keys.map(({ recipient }) => recipient)) {
    return {
      TRADING_DR_EVENTS: `s3://${bucket}/records/audit/events/us-east-1/snapshot-configuration/`,
      TRADING_DR_STORE: "configuration",
      TRADING_DR_TIER: "frequent",
      TRADING_DR_RETENTION_DAYS: "35",
      TRADING_DR_RECOVERY_POINTS: `s3://${points.bucket}/${points.prefix}`,
      TRADING_DR_NAMESPACE: namespace,
      TRADING_DR_RECOVERY_RECIPIENTS: recipients.join(" "),
      KUBECONFIG: this.api.kubeconfig(account),
    };
  }

  /** What a list is told: all that the bucket has. */
  public get listing() {
    return {
      TRADING_DR_EVENTS: `s3://${bucket}/records/audit/events/us-east-1/verify/`,
      TRADING_DR_RECOVERY_POINTS: `s3://${bucket}/recovery-points/`,
    };
  }

  /** What an operator's restore is told. */
  public restoring() {
    return {
      TRADING_DR_EVENTS: `s3://${bucket}/records/audit/events/us-east-1/operators/`,
      TRADING_DR_RECOVERY_POINTS: `s3://${points.bucket}/${points.prefix}`,
      TRADING_DR_NAMESPACE: namespace,
      KUBECONFIG: this.api.kubeconfig(),
    };
  }

  /** Starts the command as it is shipped, and leaves it running. */
  public start(
    words: readonly string[],
    environment: Readonly<Record<string, string | undefined>>,
  ): Started {
    const told = {
      TRADING_DR_SYSTEM: "lab",
      TRADING_DR_REGION: objectStoreRegion,
      TRADING_DR_ACCOUNT: "111122223333",
      ...this.store.environment,
      ...environment,
    };
    const { child, ended } = startCommand(words, told, { directory: this.directory });
    const kept = ended.then((outcome) => {
      this.printed.push(outcome.output, outcome.log);
      return outcome;
    });
    return { child, ended: kept };
  }

  /** Runs `snapshot configuration`. */
  public snapshot(environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return this.start(["snapshot", "configuration"], { ...this.snapshotting(), ...environment })
      .ended;
  }

  /** Takes a recovery point, which has to end well. */
  public async taken(environment: Readonly<Record<string, string>> = {}): Promise<string> {
    const { status, output, errors } = await this.snapshot(environment);
    assert.equal(status, 0, errors);
    return output.trim();
  }

  /** Runs `restore configuration` of the newest recovery point, by the first key. */
  public restore(
    words: string,
    environment: Readonly<Record<string, string>> = {},
    identity = this.keys[0]?.file ?? "",
  ): Promise<Outcome> {
    return this.start(
      [
        ...["restore", "configuration", "--point", "latest", "--identity", identity],
        ...words.split(" ").filter(Boolean),
      ],
      { ...this.restoring(), ...environment },
    ).ended;
  }

  /** The manifest of a recovery point. */
  public async manifestOf(point: string): Promise<ConfigurationManifest> {
    const { Body } = await this.store.client.send(
      new GetObjectCommand({ Bucket: bucket, Key: `${points.prefix}${point}/${manifestName}` }),
    );
    return configurationManifest.parse(unsealed((await Body?.transformToString()) ?? "").fields);
  }

  /** Keys of all that is in the bucket, all versions. */
  public async keysThere(): Promise<string[]> {
    return (await this.versions()).map(({ Key = "" }) => Key);
  }

  /** All that is in the bucket, all versions. */
  public async everything(): Promise<Content[]> {
    return Promise.all(
      (await this.versions()).map(async ({ Key = "", VersionId }) => {
        const { Body } = await this.store.client.send(
          new GetObjectCommand({ Bucket: bucket, Key, VersionId }),
        );
        return { key: Key, body: Buffer.from((await Body?.transformToByteArray()) ?? []) };
      }),
    );
  }

  /** Puts another version of an object, which a bucket that locks does not prevent. */
  public async overwrite(key: string, body: Buffer): Promise<void> {
    await this.store.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  private async versions() {
    const found = [];
    let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await this.store.client.send(
        new ListObjectVersionsCommand({ Bucket: bucket, ...marker }),
      );
      found.push(...(page.Versions ?? []));
      if (page.IsTruncated !== true) {
        return found;
      }
      marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  }
}

/** Gives a suite a laboratory of its own: see {@link useStarted}. */
export function useConfigurationLaboratory(): () => ConfigurationLaboratory {
  return useStarted(
    "CONFIGURATION",
    async () => {
      await minioCommand();
      await kubernetesCommands();
    },
    () => ConfigurationLaboratory.start(),
  );
}
