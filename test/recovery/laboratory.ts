import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { seriesPrefix } from "../../contracts/objectKeys";
import { DatabaseServer } from "../support/databaseServer";
import { ObjectStore, objectStoreRegion } from "../support/objectStore";
import { projectDirectory } from "../support/projectCopy";

/** What a run of the command came to. */
export interface Outcome {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

const account = "111122223333";
const bucket = "lab-daily-records";

/** Where recovery points go. */
export const points = {
  bucket,
  prefix: seriesPrefix("daily", "database", "daily", objectStoreRegion),
};

/** Where recovery points go that are taken before a database is replaced. */
export const emergencies = {
  bucket,
  prefix: seriesPrefix("daily", "database", "emergency", objectStoreRegion),
};

/** Where verifications are recorded. */
export const events = { bucket, prefix: "records/audit/events/us-east-1/verify/" };

const everyone = `TRADING_DR_SYSTEM=lab TRADING_DR_REGION=${objectStoreRegion} TRADING_DR_ACCOUNT=${account}`;

/**
 * A database that is backed up, a server for scratch databases, and a bucket that locks what is put into
 * it: all real, on loopback. The command is run as jobs and operators run it, as a process.
 */
export class Laboratory {
  private constructor(
    /** The server that is backed up. */
    public readonly source: DatabaseServer,
    /** The server that is given for scratch databases. */
    public readonly scratch: DatabaseServer,
    public readonly store: ObjectStore,
  ) {}

  public static async start(): Promise<Laboratory> {
    const [source, scratch, store] = await Promise.all([
      DatabaseServer.start("localhost"),
      DatabaseServer.start("localhost"),
      ObjectStore.start(),
    ]);
    await store.makeBucket(bucket, 90);
    return new Laboratory(source, scratch, store);
  }

  public async close(): Promise<void> {
    await Promise.all([this.source.close(), this.scratch.close(), this.store.close()]);
  }

  /**
   * Starts the command, and leaves it running.
   *
   * @param detached Whether it leads a process group of its own, which can be ended as a whole.
   */
  public start(
    words: string,
    environment: Readonly<Record<string, string | undefined>>,
    detached = false,
  ): { readonly child: ChildProcess; readonly ended: Promise<Outcome> } {
    const child = spawn(
      process.execPath,
      ["--require", "tsx/cjs", join(projectDirectory, "recovery/main.ts"), ...words.split(" ")],
      {
        cwd: projectDirectory,
        detached,
        env: {
          PATH: process.env["PATH"],
          ...Object.fromEntries(everyone.split(" ").map((variable) => variable.split("="))),
          ...this.store.environment,
          ...environment,
        } as NodeJS.ProcessEnv,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    const ended = new Promise<Outcome>((resolve) => {
      child.on("close", (status) => {
        resolve({ status, output, errors });
      });
    });
    return { child, ended };
  }

  /** Runs the command to its end. */
  public run(
    words: string,
    environment: Readonly<Record<string, string | undefined>>,
  ): Promise<Outcome> {
    return this.start(words, environment).ended;
  }

  /** What a backup of a database is told. */
  public backupOf(database: string, user = "postgres"): Record<string, string> {
    return {
      TRADING_DR_EVENTS: urlOf(events),
      TRADING_DR_STORE: "database",
      TRADING_DR_TIER: "daily",
      TRADING_DR_SERIES: "daily",
      TRADING_DR_RETENTION_DAYS: "90",
      TRADING_DR_RECOVERY_POINTS: urlOf(points),
      TRADING_DR_DATABASE_HOST: this.source.socketDirectory,
      TRADING_DR_DATABASE_NAME: database,
      TRADING_DR_DATABASE_USER: user,
      PGPORT: String(this.source.port),
    };
  }

  /** What a verification is told. */
  public get verification(): Record<string, string> {
    return {
      TRADING_DR_EVENTS: urlOf(events),
      TRADING_DR_RECOVERY_POINTS: urlOf(points),
      TRADING_DR_DATABASE_NAME: "trading",
      TRADING_DR_SCRATCH_SOCKET_DIRECTORY: this.scratch.socketDirectory,
      PGPORT: String(this.scratch.port),
    };
  }

  /** What a list is told. */
  public get listing(): Record<string, string> {
    return { TRADING_DR_EVENTS: urlOf(events), TRADING_DR_RECOVERY_POINTS: urlOf(points) };
  }

  /** What a restore on a server is told. */
  public restoreOn(server: DatabaseServer): Record<string, string> {
    return {
      TRADING_DR_STORE: "database",
      TRADING_DR_TIER: "daily",
      TRADING_DR_RETENTION_DAYS: "90",
      TRADING_DR_RECOVERY_POINTS: urlOf(points),
      TRADING_DR_EMERGENCY: urlOf(emergencies),
      TRADING_DR_DATABASE_HOST: server.socketDirectory,
      TRADING_DR_DATABASE_USER: "postgres",
      TRADING_DR_DATABASE_LOGIN: "file",
      PGPORT: String(server.port),
    };
  }

  /** Keys of all objects under a prefix of the bucket. */
  public async keys(prefix: string): Promise<string[]> {
    const { Contents = [] } = await this.store.client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }),
    );
    return Contents.map(({ Key = "" }) => Key);
  }
}

function urlOf({ bucket: name, prefix }: typeof points): string {
  return `s3://${name}/${prefix}`;
}
