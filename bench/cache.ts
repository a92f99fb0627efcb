import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { addressText, CacheConnection, parseAddress } from "../recovery/cache/connection";
import { CacheLaboratory } from "../test/recovery/cache/cacheLaboratory";
import { heldBy } from "../test/support/processTree";

/**
 * Takes a snapshot of a cache that is written to, and restores it: memory, time, and what the primary's
 * clients notice. Servers, Sentinels, the S3 server and the clients share the machine with the command.
 *
 * Argument: size of the values in mebibytes, 256 unless told.
 */

/** Mebibytes of memory that the command may hold, whatever the size of the cache. */
const mostMebibytes = 128;

/** Bytes of a value: digits of hashes, which nothing packs to less than half. */
const valueBytes = 1_000;

/** Keys that one script writes: more would hold up everybody else. */
const batch = 1_000;

const fillScript = `for i = ARGV[1], ARGV[1] + ARGV[2] - 1 do
  local parts = {}
  for n = 1, ${String(valueBytes / 40)} do parts[n] = redis.sha1hex(i .. ':' .. n) end
  redis.call('SET', 'key:' .. i, table.concat(parts))
end
return 1`;

/** Writes at a time. */
const writers = 4;

interface Used {
  readonly seconds: number;
  /** The most that the command itself ever held. */
  readonly ownMebibytes: number;
  /** With the servers of its own. */
  readonly allMebibytes: number;
}

async function main(): Promise<void> {
  const mebibytes = Number(process.argv[2] ?? 256);
  if (!Number.isInteger(mebibytes) || mebibytes < 1) {
    throw new Error(`the size must be a whole number of mebibytes, got ${String(process.argv[2])}`);
  }
  const laboratory = await CacheLaboratory.start({
    memoryMebibytes: 64 + 2 * mebibytes,
    // Everything shares two cores: nobody is to be taken for dead.
    detectionSeconds: 60,
  });
  try {
    const { group } = laboratory;
    const primary = parseAddress(addressText(group.primary));
    await fill(laboratory, Math.floor((mebibytes * 1024 * 1024) / valueBytes));
    const load = await Load.start(laboratory);
    await sleep(10_000);
    const before = load.percentile();
    const snapshot = await run(laboratory, "snapshot cache", laboratory.snapshotting);
    const during = load.percentile();
    await load.stop();
    const [id = ""] = (await laboratory.points()).slice(-1);
    const manifest = await laboratory.manifestOf(id);
    const restore = await run(
      laboratory,
      "restore cache --point latest --into cache --replace cache",
      laboratory.restoring,
    );
    assert.equal(group.digest(primary), manifest.digest, "every key is there, as it was");
    const keys = manifest.keyspaces.reduce((sum, found) => sum + found.keys, 0);
    const stored = manifest.objects.reduce((sum, { bytes }) => sum + bytes, 0) / 1024 / 1024;
    const line = (title: string, { seconds, ownMebibytes, allMebibytes }: Used) =>
      `  ${title}: ${seconds.toFixed(1)} s, ${ownMebibytes.toFixed(0)} MiB of memory, ${allMebibytes.toFixed(0)} MiB with the server that loads it`;
    process.stdout.write(
      [
        `${String(mebibytes)} MiB of values, ${String(keys)} keys; snapshot of ${(manifest.rawBytes / 1024 / 1024).toFixed(0)} MiB, stored as ${stored.toFixed(0)} MiB, read from the ${manifest.source.role}`,
        line("snapshot", snapshot),
        line("restore, after a snapshot of what was there", restore),
        `  99 % of the primary's writes: within ${before.toFixed(2)} ms before, ${during.toFixed(2)} ms during the snapshot, ${(during / before).toFixed(2)} times as long`,
        `  every key and value of the snapshot is restored`,
        "",
      ].join("\n"),
    );
    if (Math.max(snapshot.ownMebibytes, restore.ownMebibytes) > mostMebibytes) {
      process.stdout.write(`  that is more than ${String(mostMebibytes)} MiB of memory\n`);
      process.exitCode = 1;
    }
  } finally {
    await laboratory.close();
  }
}

/** A connection of a user who may do everything. */
function connect({ group }: CacheLaboratory): Promise<CacheConnection> {
  const authority = readFileSync(group.authorityFile);
  return CacheConnection.open(group.primary, { user: "admin", password: "admin", authority });
}

async function fill(laboratory: CacheLaboratory, keys: number): Promise<void> {
  const connection = await connect(laboratory);
  for (let first = 0; first < keys; first += batch) {
    const count = Math.min(batch, keys - first);
    await connection.ask("EVAL", fillScript, "0", String(first), String(count));
  }
  connection.close();
  await laboratory.group.settled();
}

/** Clients that write, one write after the other, and how long they wait for each. */
class Load {
  private waits: number[] = [];
  private isOver = false;
  private readonly running: Promise<void>[] = [];

  public static async start(laboratory: CacheLaboratory): Promise<Load> {
    const load = new Load();
    for (let writer = 0; writer < writers; writer += 1) {
      load.running.push(load.write(await connect(laboratory), writer));
    }
    return load;
  }

  /** Milliseconds within which 99 % of the writes since the last look were acknowledged. */
  public percentile(): number {
    const waits = this.waits.sort((one, other) => one - other);
    this.waits = [];
    return waits[Math.floor(waits.length * 0.99)] ?? NaN;
  }

  public async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.running);
  }

  private async write(connection: CacheConnection, writer: number): Promise<void> {
    for (let count = 0; !this.isOver; count += 1) {
      const started = performance.now();
      await connection.ask(
        "SET",
        `load:${String(writer)}:${String(count % 10_000)}`,
        "x".repeat(100),
      );
      this.waits.push(performance.now() - started);
      await sleep(2);
    }
    connection.close();
  }
}

/** Runs the command, which has to end well. */
async function run(
  laboratory: CacheLaboratory,
  words: string,
  environment: Record<string, string>,
): Promise<Used> {
  const started = performance.now();
  const { child, ended } = laboratory.start(words, environment);
  const id = child.pid ?? 0;
  let ownMebibytes = 0;
  let allMebibytes = 0;
  const timer = setInterval(() => {
    ownMebibytes = Math.max(ownMebibytes, peakOf(id));
    allMebibytes = Math.max(allMebibytes, heldBy(id));
  }, 50);
  const { status, errors } = await ended;
  clearInterval(timer);
  assert.equal(status, 0, errors);
  return { seconds: (performance.now() - started) / 1_000, ownMebibytes, allMebibytes };
}

/** The most that a process ever held, as Linux counts it; 0 when it has ended. */
function peakOf(id: number): number {
  try {
    const text = readFileSync(`/proc/${String(id)}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

void main();
