import { z } from "zod";
import {
  count,
  encryption,
  manifestFormat,
  pointId,
  sealed,
  segment,
  sha256,
  storedObject,
  time,
} from "./manifest";

/**
 * The manifest of a cache's recovery point: a snapshot of all databases of one Redis server, as its own
 * replication writes it. As with a database, it is written last, and without it there is no recovery point.
 */

/** Keys of one of a server's numbered databases. */
const keyspace = z.strictObject({
  /** Its number. */
  database: count,
  keys: count,
  /** Those of them that have a time at which they end. */
  expiring: count,
});

export type Keyspace = z.output<typeof keyspace>;

export const cacheManifest = z.strictObject({
  format: z.literal(manifestFormat),
  kind: z.literal("cache"),
  id: pointId,
  system: z.string(),
  account: z.string(),
  /** Region that took it. */
  region: z.string(),
  store: z.string(),
  tier: z.string(),
  startedAt: time,
  finishedAt: time,
  /** When the tier lets go of it. The bucket's lock may keep it longer. */
  retainUntil: time,
  source: z.strictObject({
    /** Name under which Sentinels know the group. */
    masterName: z.string(),
    /** Server that was read, and its port. */
    server: z.string(),
    role: z.enum(["replica", "primary"]),
    /** Why it was the primary, which is read only when no replica will do. */
    reason: z.string().optional(),
    /** Bytes of the primary's writes that the server did not have yet. */
    lagBytes: count,
    /** Identifies the history of writes, which goes on through failovers. */
    replicationId: z.string().regex(/^[0-9a-f]{40}$/),
    /** Position in that history. */
    offset: count,
    redisVersion: z.string(),
    /** Time of the snapshot, by the server's clock, in whole seconds. */
    snapshotAt: time,
  }),
  /** Versions of the programs that wrote and checked it. */
  tools: z.strictObject({ tradingDr: z.string(), redis: z.string() }),
  encryption,
  /** The objects, by their numbers from 1. */
  objects: z.array(storedObject),
  /** The snapshot, in this order: a file of RDB. */
  segments: z.array(segment).min(1),
  /** Bytes of the snapshot. */
  rawBytes: count,
  /** Checksum of the snapshot as a whole. */
  sha256,
  /** Databases that have keys. */
  keyspaces: z.array(keyspace),
  /**
   * `DEBUG DIGEST` of a server that has loaded it: every key, its value, and whether it ends. It does not
   * depend on the order of keys, nor on how a server stores them.
   */
  digest: z.string().regex(/^[0-9a-f]{40}$/),
});

export type CacheManifest = z.output<typeof cacheManifest>;

/** A manifest of a cache's recovery point as it is written, sealed. */
export function cacheManifestText(written: CacheManifest): string {
  return sealed(cacheManifest.parse(written));
}
