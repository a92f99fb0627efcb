import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { type CacheManifest, cacheManifest } from "../../../contracts/cacheManifest";
import { event, type Event } from "../../../contracts/events";
import { manifestName, unsealed } from "../../../contracts/manifest";
import { seriesPrefix } from "../../../contracts/objectKeys";
import { type Address } from "../../../components/cache/layout";
import { CacheServers, type CacheSize } from "../../support/cacheServers";
import { freePort } from "../../support/freePort";
import { minioCommand, ObjectStore, objectStoreRegion } from "../../support/objectStore";
import { needPrograms, type Outcome, startCommand, type Started, useStarted } from "../laboratory";

const bucket = "lab-cache-records";

const prefix = seriesPrefix("daily", "cache", undefined, objectStoreRegion);
const eventPrefix = "records/audit/events/us-east-1/snapshot-cache/";
const emergencyPrefix = seriesPrefix("daily", "cache", "emergency", objectStoreRegion);

/** A cache with Sentinels, and a bucket that locks what is put into it: all real, on loopback. */
export class CacheLaboratory {
  /** Temporary files of the command: nothing else is in it. */
  public readonly temporary = mkdtempSync(join(tmpdir(), "trading-dr-lab-"));

  private constructor(
    public readonly group: CacheServers,
    public readonly store: ObjectStore,
    private readonly loaderPort: number,
  ) {}

  public static async start(size?: CacheSize): Promise<CacheLaboratory> {
    const [group, store] = await Promise.all([CacheServers.start(size), ObjectStore.start()]);
    await store.makeBucket(bucket, 90);
    return new CacheLaboratory(group, store, await freePort());
  }

  public async close(): Promise<void> {
    await Promise.all([this.group.close(), this.store.close()]);
    rmSync(this.temporary, { recursive: true, force: true });
  }

  /**
   * Starts the command as it is shipped, and leaves it running.
   *
   * @param detached Whether it leads a process group of its own, which can be ended as a whole.
   */
  public start(
    words: string,
    environment: Readonly<Record<string, string>>,
    detached = false,
  ): Started {
    return startCommand(
      words.split(" "),
      { TMPDIR: this.temporary, ...this.store.environment, ...environment },
      { detached },
    );
  }

  /** Runs the command to its end. */
  public run(words: string, environment: Readonly<Record<string, string>>): Promise<Outcome> {
    return this.start(words, environment).ended;
  }

  /** What a snapshot is told. */
  public get snapshotting(): Record<string, string> {
    return {
      TRADING_DR_SYSTEM: "lab",
      TRADING_DR_REGION: objectStoreRegion,
      TRADING_DR_ACCOUNT: "111122223333",
      TRADING_DR_EVENTS: `s3://${bucket}/${eventPrefix}`,
      TRADING_DR_STORE: "cache",
      TRADING_DR_TIER: "daily",
      TRADING_DR_RETENTION_DAYS: "90",
      TRADING_DR_RECOVERY_POINTS: `s3://${bucket}/${prefix}`,
      TRADING_DR_MASTER_NAME: this.group.masterName,
      TRADING_DR_SENTINELS: listed(this.group.sentinels),
      TRADING_DR_CACHE_USER: "backup",
      TRADING_DR_CACHE_PASSWORD_FILE: this.group.passwordFile("backup"),
      TRADING_DR_CACHE_AUTHORITY_FILE: this.group.authorityFile,
    };
  }

  /** What a list is told: all that the bucket has. */
  public get listing(): Record<string, string> {
    return {
      TRADING_DR_SYSTEM: "lab",
      TRADING_DR_REGION: objectStoreRegion,
      TRADING_DR_ACCOUNT: "111122223333",
      TRADING_DR_EVENTS: `s3://${bucket}/records/audit/events/us-east-1/verify/`,
      TRADING_DR_RECOVERY_POINTS: `s3://${bucket}/recovery-points/`,
    };
  }

  /** What a restore is told. */
  public get restoring(): Record<string, string> {
    const { masterName, servers, sentinels, settings } = this.group;
    return {
      TRADING_DR_SYSTEM: "lab",
      TRADING_DR_REGION: objectStoreRegion,
      TRADING_DR_ACCOUNT: "111122223333",
      TRADING_DR_EVENTS: `s3://${bucket}/records/audit/events/us-east-1/operators/`,
      TRADING_DR_STORE: "cache",
      TRADING_DR_TIER: "daily",
      TRADING_DR_RETENTION_DAYS: "90",
      TRADING_DR_RECOVERY_POINTS: `s3://${bucket}/${prefix}`,
      TRADING_DR_EMERGENCY: `s3://${bucket}/${emergencyPrefix}`,
      TRADING_DR_MASTER_NAME: masterName,
      TRADING_DR_SERVERS: listed(servers),
      TRADING_DR_SENTINELS: listed(sentinels),
      TRADING_DR_QUORUM: String(settings.quorum),
      TRADING_DR_DETECTION_MILLISECONDS: String(settings.timings.downAfterMilliseconds),
      TRADING_DR_FAILOVER_MILLISECONDS: String(settings.timings.failoverTimeoutMilliseconds),
      TRADING_DR_CACHE_CREDENTIALS: this.group.operatorCredentials(),
      TRADING_DR_CACHE_CERTIFICATES: this.group.certificateDirectory,
      TRADING_DR_LOADER: `localhost:${String(this.loaderPort)}`,
    };
  }

  /**
   * Takes a snapshot, which has to end well.
   *
   * @returns Its id.
   */
  public async snapshot(): Promise<string> {
    const { status, output, errors } = await this.run("snapshot cache", this.snapshotting);
    assert.equal(status, 0, errors);
    return output.split(" ")[0] ?? "";
  }

  /** The manifest of a recovery point. */
  public async manifestOf(id: string): Promise<CacheManifest> {
    const { fields, isIntact } = unsealed(await this.manifestTextOf(id));
    assert.ok(isIntact);
    return cacheManifest.parse(fields);
  }

  /** The same as it lies in the bucket. */
  public async manifestTextOf(id: string): Promise<string> {
    return (await this.get(`${prefix}${id}/${manifestName}`)).toString();
  }

  /** The event that the last snapshot left. */
  public async lastEvent(): Promise<Event> {
    const key = (await this.keys(eventPrefix)).at(-1) ?? "";
    return event.parse(JSON.parse((await this.get(key)).toString()));
  }

  /** Ids of what has a manifest. */
  public async points(): Promise<string[]> {
    return (await this.keys())
      .filter((key) => key.endsWith(manifestName))
      .map((key) => key.split("/").at(-2) ?? "");
  }

  /** Keys of all objects under the prefix of the cache's recovery points. */
  public async keys(under = prefix): Promise<string[]> {
    const { Contents = [] } = await this.store.client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: under }),
    );
    return Contents.map(({ Key = "" }) => Key);
  }

  /** Ids of recovery points that were taken before something was replaced. */
  public async emergencies(): Promise<string[]> {
    const keys = await this.keys(emergencyPrefix);
    return keys
      .filter((key) => key.endsWith(manifestName))
      .map((key) => key.split("/").at(-2) ?? "");
  }

  /** Changes one bit in the middle of an object of a recovery point, as damage would. */
  public async damage(id: string): Promise<void> {
    const key = (await this.keys(`${prefix}${id}/content/`))[0] ?? "";
    const bytes = await this.get(key);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    await this.store.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
  }

  /** Servers of the command's own, and what watches them. */
  public servers(): string[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(commandLine)
      .filter((line) => line.includes(this.temporary));
  }

  /** What the command has left: files, and servers of its own. */
  public remains(): string[] {
    return [...readdirSync(this.temporary), ...this.servers()];
  }

  private async get(key: string): Promise<Buffer> {
    const { Body } = await this.store.client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key }),
    );
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }
}

/** Addresses as a variable holds them. */
export function listed(addresses: readonly Address[]): string {
  return addresses.map(({ host, port }) => `${host}:${String(port)}`).join(" ");
}

/** Gives a suite a laboratory of its own: see {@link useStarted}. */
export function useCacheLaboratory(): () => CacheLaboratory {
  return useStarted(
    "CACHES",
    async () => {
      needPrograms(
        ["redis-server", "redis-sentinel", "redis-check-rdb", "redis-cli"],
        "redis-server redis-sentinel",
      );
      await minioCommand();
    },
    () => CacheLaboratory.start(),
  );
}

function commandLine(processId: string): string {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, "utf8");
  } catch {
    // It has ended meanwhile.
    return "";
  }
}
