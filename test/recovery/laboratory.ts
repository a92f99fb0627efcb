import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { event, type Event } from "../../contracts/events";
import { type Location } from "../../contracts/variables";
import { type Manifest, manifest, manifestName, unsealed } from "../../contracts/manifest";
import { seriesPrefix } from "../../contracts/objectKeys";
import { DatabaseServer, needsPostgresql } from "../support/databaseServer";
import { executableIn, pathOf } from "../support/goProgram";
import { minioCommand, ObjectStore, objectStoreRegion } from "../support/objectStore";
import { projectDirectory } from "../support/projectCopy";

/** What a run of the command came to. */
export interface Outcome {
  readonly status: number | null;
  readonly output: string;
  /** The log: see {@link shown}. */
  readonly errors: string;
  /** What was written to the standard error, which is no terminal: lines of JSON. */
  readonly log: string;
}

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

/** Where the events of backups go, and those of operators. */
export const otherEvents = {
  backups: { bucket, prefix: "records/audit/events/us-east-1/backup-database/" },
  operators: { bucket, prefix: "records/audit/events/us-east-1/operators/" },
};

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
    // Whoever is in it is let in over TLS by a token, as on RDS.
    source.asSuperuser("postgres", "CREATE ROLE rds_iam");
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
  ): Started {
    return startCommand(
      words.split(" "),
      { ...this.everyone, ...this.store.environment, ...environment },
      { detached },
    );
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
      TRADING_DR_EVENTS: urlOf(otherEvents.backups),
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

  /** What a backup is told that logs in over TLS, as somebody who is no superuser. */
  public backupAs(user: string, database: string): Record<string, string> {
    return {
      ...this.backupOf(database, user),
      TRADING_DR_DATABASE_HOST: "localhost",
      PGSSLROOTCERT: this.source.certificateFile,
    };
  }

  /** Makes a role that may log in and read all tables, and nothing else: what a backup needs. */
  public makeReader(name: string): void {
    this.source.asSuperuser(
      "postgres",
      `CREATE ROLE ${name} LOGIN IN ROLE pg_read_all_data, rds_iam`,
    );
  }

  /**
   * Takes a recovery point of a database, which has to end well.
   *
   * @returns Its id.
   */
  public async backup(database: string, user?: string): Promise<string> {
    const outcome = await this.run(
      "backup database",
      user === undefined ? this.backupOf(database) : this.backupAs(user, database),
    );
    assert.equal(outcome.status, 0, outcome.errors);
    return outcome.output.trim();
  }

  /** Restores a recovery point on the server for scratch databases, which has to end well. */
  public async restore(point: string, into: string): Promise<void> {
    const outcome = await this.run(
      `restore database --point ${point} --into ${into}`,
      this.restoreOn(this.scratch),
    );
    assert.equal(outcome.status, 0, outcome.errors);
    assert.equal(outcome.output, `${into} is restored from ${point}.\n`);
  }

  /** Verifies a recovery point, which has to be whole. */
  public async verify(point: string): Promise<string> {
    const outcome = await this.run(`verify --point ${point}`, this.verification);
    assert.equal(outcome.status, 0, outcome.errors);
    return outcome.output;
  }

  /** The manifest of a recovery point. */
  public async manifestOf(point: string): Promise<Manifest> {
    const { Body } = await this.store.client.send(
      new GetObjectCommand({ Bucket: bucket, Key: `${points.prefix}${point}/${manifestName}` }),
    );
    return manifest.parse(unsealed((await Body?.transformToString()) ?? "").fields);
  }

  /** The event that a run left last. */
  public async lastEvent({ prefix }: Location): Promise<Event> {
    const last = (await this.eventsIn(prefix)).at(-1);
    assert.ok(last !== undefined, `there is no event in ${prefix}`);
    return last;
  }

  /** All events under a prefix, in the order of their names. */
  public async eventsIn(prefix: string): Promise<Event[]> {
    return Promise.all(
      (await this.keys(prefix)).map(async (Key) => {
        const { Body } = await this.store.client.send(
          new GetObjectCommand({ Bucket: bucket, Key }),
        );
        return event.parse(JSON.parse((await Body?.transformToString()) ?? ""));
      }),
    );
  }

  /** What a verification is told. */
  public get verification(): Record<string, string> {
    return {
      TRADING_DR_EVENTS: urlOf(events),
      TRADING_DR_RECOVERY_POINTS: urlOf(points),
      TRADING_DR_DATABASE_NAME: "trading",
      TRADING_DR_SCRATCH_SOCKET_DIRECTORY: this.scratch.socketDirectory,
      TRADING_DR_INTEGRITY_QUERIES: "{}",
      TRADING_DR_BASELINE_QUERIES: "{}",
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
      TRADING_DR_EVENTS: urlOf(otherEvents.operators),
      TRADING_DR_STORE: "database",
      TRADING_DR_TIER: "daily",
      TRADING_DR_RETENTION_DAYS: "90",
      TRADING_DR_RECOVERY_POINTS: urlOf(points),
      TRADING_DR_VERIFICATIONS: urlOf(events),
      TRADING_DR_EMERGENCY: urlOf(emergencies),
      TRADING_DR_DATABASE_NAME: "trading",
      TRADING_DR_DATABASE_HOST: server.socketDirectory,
      TRADING_DR_DATABASE_USER: "postgres",
      TRADING_DR_DATABASE_LOGIN: "file",
      PGPORT: String(server.port),
    };
  }

  /** What an emergency backup of a server is told. */
  public emergencyOf(server: DatabaseServer): Record<string, string> {
    return {
      TRADING_DR_EVENTS: urlOf(otherEvents.operators),
      TRADING_DR_STORE: "database",
      TRADING_DR_TIER: "daily",
      TRADING_DR_RETENTION_DAYS: "90",
      TRADING_DR_RECOVERY_POINTS: urlOf(emergencies),
      TRADING_DR_DATABASE_HOST: server.socketDirectory,
      TRADING_DR_DATABASE_USER: "postgres",
      TRADING_DR_DATABASE_LOGIN: "file",
      PGPORT: String(server.port),
    };
  }

  /** What every command is told. */
  public readonly everyone = {
    TRADING_DR_SYSTEM: "lab",
    TRADING_DR_REGION: objectStoreRegion,
    TRADING_DR_ACCOUNT: "111122223333",
  };

  /** Keys of all objects that tell of no run: one that is refused leaves an event, and nothing else. */
  public async keysBesideEvents(): Promise<string[]> {
    return (await this.keys("")).filter((key) => !key.includes("/events/"));
  }

  /** Keys of all objects under a prefix of the bucket. */
  public async keys(prefix: string): Promise<string[]> {
    return (await this.sizes(prefix)).map(({ key }) => key);
  }

  /** Keys and sizes of all objects under a prefix of the bucket. */
  public async sizes(prefix: string): Promise<{ readonly key: string; readonly bytes: number }[]> {
    const { Contents = [] } = await this.store.client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }),
    );
    return Contents.map(({ Key = "", Size = 0 }) => ({ key: Key, bytes: Size }));
  }
}

function urlOf({ bucket: name, prefix }: typeof points): string {
  return `s3://${name}/${prefix}`;
}

/** A run of the command, and what it comes to. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
}

/**
 * Starts the command as it is shipped, and leaves it running: see buildOnce.ts.
 *
 * @param environment All that it is told, but for PATH.
 */
export function startCommand(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  {
    directory = projectDirectory,
    detached = false,
  }: { readonly directory?: string; readonly detached?: boolean } = {},
): Started {
  const child = spawn(join(projectDirectory, "recovery/bin/trading-dr.js"), words, {
    cwd: directory,
    detached,
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let log = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const ended = new Promise<Outcome>((resolve) => {
    child.on("close", (status) => {
      resolve({ status, output, errors: shown(log), log });
    });
  });
  return { child, ended };
}

/** A log in which what the command failed of is as a terminal shows it, and all else as it is. */
export function shown(log: string): string {
  return log.replaceAll(/^\{.*"level":"error".*\}$/gm, (line) => {
    const { message } = JSON.parse(line) as { readonly message: string };
    return `trading-dr: ${message}`;
  });
}

/** Programs that the command runs, and that it looks for on PATH alone. */
const clientPrograms = ["pg_dump", "pg_dumpall", "pg_restore"];

/**
 * Gives a suite something of its own, from its first test to its last. On a user's machine that lacks what
 * it is made of, the suite is skipped, and says so; in CI that is an error.
 *
 * @param title What is skipped, in capital letters.
 * @param prepare Builds what has to be built, and throws where something is missing.
 * @returns It, once a test or a later hook runs.
 */
export function useStarted<Kept extends { close(): Promise<void> }>(
  title: string,
  prepare: () => Promise<void>,
  start: () => Promise<Kept>,
): () => Kept {
  let kept: Kept | undefined;
  before(async function () {
    // Servers may have to be built.
    this.timeout("30m");
    try {
      await prepare();
    } catch (error) {
      if (process.env["CI"] !== undefined) {
        throw error;
      }
      process.stderr.write(`\nTESTS OF ${title} SKIPPED: ${String(error)}\n\n`);
      this.skip();
    }
    kept = await start();
  });
  after(async () => {
    await kept?.close();
  });
  return () => {
    assert(kept !== undefined, "it is there only while tests run");
    return kept;
  };
}

/** @throws Error naming the programs that are not on PATH, and Debian's packages that have them. */
export function needPrograms(names: readonly string[], packages: string): void {
  const missing = names.filter((name) => executableIn(pathOf(process.env), name) === undefined);
  if (missing.length > 0) {
    throw new Error(
      `there is no ${missing.join(", ")} on PATH; on Debian: sudo apt-get install ${packages}`,
    );
  }
}

/** Gives a suite a laboratory of its own: see {@link useStarted}. */
export function useLaboratory(): () => Laboratory {
  needsPostgresql();
  return useStarted(
    "RECOVERY",
    async () => {
      needPrograms(clientPrograms, "postgresql-client");
      await minioCommand();
    },
    () => Laboratory.start(),
  );
}
