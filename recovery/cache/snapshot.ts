import { createHash, randomBytes } from "node:crypto";
import {
  type CacheManifest,
  cacheManifestText,
  type Keyspace,
} from "../../contracts/cacheManifest";
import { manifestFormat, manifestName, type Segment } from "../../contracts/manifest";
import { messageOf, RecoveryFailure } from "../failure";
import { ContentWriter, WrittenObjects } from "../point/contentWriter";
import { contentOf } from "../point/content";
import { type Progress } from "../progress";
import { type BucketPrefix } from "../storage/bucket";
import { version } from "../version";
import { addressText } from "./connection";
import { type FullSync, requestFullSync } from "./fullSync";
import { OwnServer, sumOf } from "./ownServer";
import { RdbCheck, type RdbFindings } from "./rdbCheck";
import { type CacheGroupAccess, chooseSource, type SnapshotSource } from "./source";

/** What a snapshot is of, and where it goes. */
export interface SnapshotRequest {
  readonly system: string;
  readonly account: string;
  readonly region: string;
  readonly store: string;
  readonly tier: string;
  readonly retentionDays: number;
  readonly group: CacheGroupAccess;
  /** Where the cache's recovery points are. */
  readonly points: BucketPrefix;
  /** What is read. @default - chosen by what Sentinels and servers say */
  readonly source?: SnapshotSource;
  /** How long a failover, or a replica that is being filled, is waited for, in seconds. @default 30 */
  readonly patienceSeconds?: number;
}

/**
 * Bytes of a piece before compression, and of an object, about: less than of a database, so that the
 * command stays within 128 MiB beside the server that it loads a snapshot into. A cache is never so
 * large that objects are too many.
 */
const pieceBytes = 1024 * 1024;
const objectBytes = 3 * 1024 * 1024;

/** A failover is over in less (docs/cache.md), and a job that waits is not late for that. */
const defaultPatienceSeconds = 30;

/**
 * Takes a recovery point of a cache. A replica sends a snapshot, which is checked by Redis's own program
 * while it is written into the bucket; then it is read back from there and loaded by a server of our own,
 * which has to have every key. The manifest is written last; whatever ends this before leaves objects
 * that nobody takes for a recovery point.
 *
 * @throws RecoveryFailure `database` when the cache does not give a snapshot, `damaged` when what it
 *   gives is none.
 */
export async function snapshotCache(
  request: SnapshotRequest,
  progress: Progress,
): Promise<CacheManifest> {
  const { group, points } = request;
  const startedAt = new Date();
  const id = `${startedAt.toISOString().replace(/[-:]|\.\d+/g, "")}-${randomBytes(4).toString("hex")}`;
  const source =
    request.source ??
    (await chooseSource(group, request.patienceSeconds ?? defaultPatienceSeconds, progress));
  const server = addressText(source.server);
  progress.say("reading a snapshot", { point: id, server, role: source.role });
  const point = points.within(`${id}/`);
  const objects = new WrittenObjects(point);
  const sync = await requestFullSync(source.server, group.login);
  let written: Written;
  try {
    written = await writeSnapshot(sync, objects, progress);
  } finally {
    sync.close();
  }
  const { findings, segments, rawBytes, sha256 } = written;
  progress.say("written, loading it into a server of our own", {
    keys: findings.keys,
    bytes: rawBytes,
    stored: objects.bytes,
  });
  const loaded = await loadBack(point, written);
  const { encryption } = objects;
  const manifest: CacheManifest = {
    format: manifestFormat,
    kind: "cache",
    id,
    system: request.system,
    account: request.account,
    region: request.region,
    store: request.store,
    tier: request.tier,
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    retainUntil: new Date(
      findings.writtenAt.getTime() + request.retentionDays * 24 * 60 * 60 * 1000,
    ).toISOString(),
    source: {
      masterName: group.masterName,
      server,
      role: source.role,
      ...(source.reason === undefined ? {} : { reason: source.reason }),
      lagBytes: source.lagBytes,
      replicationId: sync.replicationId,
      offset: sync.offset,
      redisVersion: findings.redisVersion,
      snapshotAt: findings.writtenAt.toISOString(),
    },
    tools: { tradingDr: version, redis: loaded.version },
    encryption,
    objects: objects.complete(),
    segments,
    rawBytes,
    sha256,
    keyspaces: loaded.keyspaces,
    digest: loaded.digest,
  };
  await point.put(manifestName, Buffer.from(cacheManifestText(manifest)));
  progress.say("recovery point written", { point: id, bytes: objects.bytes });
  return manifest;
}

interface Written {
  readonly segments: Segment[];
  readonly rawBytes: number;
  readonly sha256: string;
  readonly findings: RdbFindings;
}

/** Writes what comes, and has it checked as it comes. */
async function writeSnapshot(
  sync: FullSync,
  objects: WrittenObjects,
  progress: Progress,
): Promise<Written> {
  const check = new RdbCheck();
  try {
    const writer = new ContentWriter(objects, objectBytes);
    const segments: Segment[] = [];
    const hash = createHash("sha256");
    let rawBytes = 0;
    for await (const piece of piecesOf(sync.bytes)) {
      hash.update(piece);
      rawBytes += piece.length;
      const [segment] = await Promise.all([writer.add(piece), check.add(piece)]);
      segments.push(segment);
      progress.at("reading", { bytes: rawBytes, stored: objects.bytes });
    }
    await writer.close();
    return { segments, rawBytes, sha256: hash.digest("hex"), findings: await check.findings() };
  } finally {
    check.abandon();
  }
}

/**
 * Cuts a snapshot into pieces. All of them are in one place, so that nothing has to be collected: each
 * is good until the next is asked for.
 */
export async function* piecesOf(
  chunks: AsyncIterable<Buffer>,
  bytes = pieceBytes,
): AsyncGenerator<Buffer> {
  const piece = Buffer.alloc(bytes);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let taken = 0; taken < chunk.length;) {
      const copied = chunk.copy(piece, filled, taken);
      taken += copied;
      filled += copied;
      if (filled === bytes) {
        yield piece;
        filled = 0;
      }
    }
  }
  if (filled > 0) {
    yield piece.subarray(0, filled);
  }
}

interface Loaded {
  readonly keyspaces: Keyspace[];
  readonly digest: string;
  readonly version: string;
}

/**
 * Reads what was written, from the bucket, and loads it. The source has moved on meanwhile: what is
 * loaded is compared with what was counted while the snapshot passed, by another program.
 *
 * @throws RecoveryFailure `damaged` when it is not the same.
 */
async function loadBack(
  point: BucketPrefix,
  { segments, rawBytes, sha256, findings }: Written,
): Promise<Loaded> {
  const hash = createHash("sha256");
  const server = await OwnServer.load({
    length: rawBytes,
    content: async function* () {
      for await (const piece of contentOf(point, segments)) {
        hash.update(piece);
        yield piece;
      }
    },
  }).catch((error: unknown) => {
    const reason = error instanceof RecoveryFailure ? error.reason : "unforeseen";
    throw new RecoveryFailure(
      reason,
      `what was written to ${point.urlOf("")} was not loaded again, and is no recovery point: ${messageOf(error)}`,
      { cause: error },
    );
  });
  try {
    const keyspaces = await server.keyspaces();
    const { keys, expiring } = sumOf(keyspaces);
    const read = hash.digest("hex");
    if (keys !== findings.keys || expiring !== findings.expiring || read !== sha256) {
      throw new RecoveryFailure(
        "damaged",
        `what was written to ${point.urlOf("")} is no recovery point: the snapshot has ${String(findings.keys)} keys, ${String(findings.expiring)} of them expiring, and SHA-256 ${sha256}; loaded again, it has ${String(keys)}, ${String(expiring)} and ${read}`,
      );
    }
    return { keyspaces, digest: await server.digest(), version: await server.version() };
  } finally {
    await server.close();
  }
}
