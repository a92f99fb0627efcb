import { spawn } from "node:child_process";
import { RecoveryFailure } from "../failure";

/** What Redis's own program says of a snapshot. */
export interface RdbFindings {
  readonly keys: number;
  /** Keys that have a time at which they end. */
  readonly expiring: number;
  /** Version of the server that wrote it. */
  readonly redisVersion: string;
  /** When, in whole seconds. */
  readonly writtenAt: Date;
}

/** What a shell ends with when there is no such program. */
const notFound = 127;

/** Lines that are kept of what it says: the first few have the version, the last the findings. */
const keptCharacters = 16_384;

/**
 * Has Redis's own program read a snapshot while it passes: it decodes every key and compares the
 * checksum at the end. It reads from a pipe, so nothing has to be on disk, and holds one value at a time.
 */
export class RdbCheck {
  // What Node gives a child as its standard input is a socket, which cannot be opened by a name.
  private readonly child = spawn("sh", ["-c", "cat | redis-check-rdb /dev/stdin"], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  private readonly ended: Promise<number | null>;
  private beginning = "";
  private end = "";

  public constructor() {
    const take = (chunk: Buffer) => {
      const text = chunk.toString();
      this.beginning = (this.beginning + text).slice(0, keptCharacters);
      this.end = (this.end + text).slice(-keptCharacters);
    };
    this.child.stdout.on("data", take);
    this.child.stderr.on("data", take);
    // It stops reading at the first fault, which its status tells.
    this.child.stdin.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      this.child.on("close", resolve);
    });
  }

  /** Gives it what comes next, and waits until it is gone: the memory may then be used again. */
  public add(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      // One that has ended takes nothing, which its status tells.
      this.child.stdin.write(bytes, () => {
        resolve();
      });
    });
  }

  /**
   * Waits for what it says.
   *
   * @throws RecoveryFailure `damaged` when the snapshot is no good, `refused` when the program is
   *   missing or older than the snapshot.
   */
  public async findings(): Promise<RdbFindings> {
    this.child.stdin.end();
    const status = await this.ended;
    if (status === notFound) {
      throw new RecoveryFailure(
        "refused",
        "there is no redis-check-rdb on PATH: install Redis's server programs, on Debian by: sudo apt-get install redis-server",
      );
    }
    const found = (pattern: RegExp, text = this.end) => pattern.exec(text)?.[1];
    const keys = found(/^\[info\] (\d+) keys read$/m);
    const expiring = found(/^\[info\] (\d+) expires$/m);
    const redisVersion = found(/redis-ver = '([^']+)'/, this.beginning);
    const writtenAt = found(/ctime = '(\d+)'/, this.beginning);
    if (this.beginning.includes("Can't handle RDB format version")) {
      throw new RecoveryFailure(
        "refused",
        `redis-check-rdb is older than the cache's servers: install Redis's programs of their version or newer`,
      );
    }
    if (
      status !== 0 ||
      keys === undefined ||
      expiring === undefined ||
      redisVersion === undefined ||
      writtenAt === undefined
    ) {
      throw new RecoveryFailure(
        "damaged",
        `what the server sent is no sound snapshot; redis-check-rdb says:\n${this.end.trim().slice(-2_000)}`,
      );
    }
    return {
      keys: Number(keys),
      expiring: Number(expiring),
      redisVersion,
      writtenAt: new Date(Number(writtenAt) * 1_000),
    };
  }

  /** Ends it, when the snapshot is not to be had. */
  public abandon(): void {
    this.child.stdin.destroy();
  }
}
