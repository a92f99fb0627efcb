import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateBucketCommand,
  ListBucketsCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { freePort } from "./freePort";
import { goProgram } from "./goProgram";

/** A server of S3's API that enforces Object Lock, checksums and conditional puts. */
export function minioCommand(): Promise<string> {
  return goProgram({
    name: "minio",
    title: "MinIO",
    version: "v0.0.0-20260212201848-7aac2a2c5b7c",
    source: "github.com/minio/minio",
    goVersion: "1.24",
    buildTime: "about three minutes",
    versionArguments: ["--version"],
  });
}

// As the command does: the SDK's advice on versions of Node is nothing that a test's reader can act on.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/** Region that it says it is in. */
export const objectStoreRegion = "us-east-1";

/** A real S3 API on this machine's loopback, with a directory, a port and credentials of its own. */
export class ObjectStore {
  /** For tests that look at what there is, or change it behind the command's back. */
  public readonly client: S3Client;
  private readonly directory = mkdtempSync(join(tmpdir(), "trading-dr-objects-"));
  private readonly user = `root-${randomBytes(4).toString("hex")}`;
  private readonly password = randomBytes(16).toString("hex");
  private server: ChildProcess | undefined;

  private constructor(public readonly port: number) {
    this.client = new S3Client({
      region: objectStoreRegion,
      endpoint: this.endpoint,
      credentials: { accessKeyId: this.user, secretAccessKey: this.password },
    });
  }

  /** @returns A server that answers; the caller closes it. */
  public static async start(): Promise<ObjectStore> {
    const store = new ObjectStore(await freePort());
    try {
      await store.serve();
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  public get endpoint(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** What AWS's programs find their way by. */
  public get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL_S3: this.endpoint,
      AWS_ACCESS_KEY_ID: this.user,
      AWS_SECRET_ACCESS_KEY: this.password,
    };
  }

  /**
   * Credentials for an hour that may do what a policy of IAM says, and nothing else.
   *
   * @param policy Its text, of actions of S3 alone: MinIO refuses what it does not know.
   */
  public async assume(policy: string): Promise<Record<string, string>> {
    const client = new STSClient({
      region: objectStoreRegion,
      endpoint: this.endpoint,
      credentials: { accessKeyId: this.user, secretAccessKey: this.password },
    });
    try {
      const { Credentials } = await client.send(
        // MinIO has no roles, and looks at the policy alone.
        new AssumeRoleCommand({
          RoleArn: "arn:aws:iam::111122223333:role/any",
          RoleSessionName: "test",
          Policy: policy,
        }),
      );
      return {
        AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? "",
        AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? "",
        AWS_SESSION_TOKEN: Credentials?.SessionToken ?? "",
      };
    } finally {
      client.destroy();
    }
  }

  /** Makes a bucket that keeps versions, and locks what is put into it for some days. */
  public async makeBucket(name: string, lockDays: number): Promise<void> {
    await this.client.send(
      new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: true }),
    );
    await this.client.send(
      new PutObjectLockConfigurationCommand({
        Bucket: name,
        ObjectLockConfiguration: {
          ObjectLockEnabled: "Enabled",
          Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: lockDays } },
        },
      }),
    );
  }

  /** Stops the server and removes its files. */
  public async close(): Promise<void> {
    const { server } = this;
    if (server?.exitCode === null) {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGKILL");
      await ended;
    }
    this.client.destroy();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async serve(): Promise<void> {
    const address = `127.0.0.1:${String(this.port)}`;
    const server = spawn(
      await minioCommand(),
      ["server", "--quiet", "--address", address, join(this.directory, "data")],
      {
        env: {
          PATH: process.env["PATH"],
          HOME: this.directory,
          MINIO_ROOT_USER: this.user,
          MINIO_ROOT_PASSWORD: this.password,
          MINIO_BROWSER: "off",
          MINIO_UPDATE: "off",
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.server = server;
    let log = "";
    for (const stream of [server.stdout, server.stderr]) {
      stream.on("data", (chunk: Buffer) => (log += chunk.toString()));
    }
    for (let attempt = 0; attempt < 100 && server.exitCode === null; attempt += 1) {
      try {
        await this.client.send(new ListBucketsCommand({}));
        return;
      } catch {
        await sleep(100);
      }
    }
    throw new Error(`MinIO did not start:\n${log}`);
  }
}
