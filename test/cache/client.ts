import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

/**
 * A client as applications are told to be (docs/cache.md): it asks Sentinels for the primary, writes
 * key after key, and remembers which writes were acknowledged, when and by whom. It runs in a pod, so
 * that it may be on either side of a cut, and in a process, so that nothing else delays its clock.
 */

/** What a client is told at its start. */
export interface ClientOrder {
  /** Prefix of its keys. */
  readonly name: string;
  readonly masterName: string;
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
  readonly password: string;
  /** File with the authority that certificates of servers and Sentinels are issued by. */
  readonly authority: string;
  /** What each writer waits after a write, in milliseconds. */
  readonly pauseMilliseconds: number;
}

/** What a client says while it writes, and at the end. */
export type ClientReport =
  | {
      readonly kind: "progress";
      /** When the last write was acknowledged, in milliseconds since 1970. */
      readonly lastAcknowledged: number;
    }
  | { readonly kind: "record"; readonly acknowledged: readonly AcknowledgedWrite[] };

/** A write that a server has acknowledged. */
export interface AcknowledgedWrite {
  readonly key: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** Address of the server. */
  readonly server: string;
}

const progressMilliseconds = 50;

/** Writes that are under way at a time. */
const writers = 4;

function connect({ sentinels, masterName, password, authority }: ClientOrder): Redis {
  const tls = { ca: readFileSync(authority) };
  const redis = new Redis({
    sentinels: [...sentinels],
    name: masterName,
    username: "application",
    password,
    sentinelUsername: "application",
    sentinelPassword: password,
    enableTLSForSentinelMode: true,
    tls,
    sentinelTLS: tls,
    // A primary that hangs or is cut off says nothing. Sentinels say that there is another.
    failoverDetector: true,
    // Then waits no longer for the old one to close the connection.
    disconnectTimeout: 100,
    connectTimeout: 1_000,
    sentinelCommandTimeout: 1_000,
    retryStrategy: () => 100,
    sentinelRetryStrategy: () => 100,
    sentinelReconnectStrategy: () => 1_000,
    // A former primary that follows another by now: asks again, and writes there.
    reconnectOnError: ({ message }) => (message.startsWith("READONLY") ? 2 : false),
    maxRetriesPerRequest: null,
  });
  // Lost connections are what the client is there for; it connects again by itself.
  redis.on("error", () => undefined);
  // But not when it hears of a failover while it connects: then it gives up for good.
  redis.on("end", () => {
    redis.connect().catch(() => undefined);
  });
  return redis;
}

async function write(redis: Redis, order: ClientOrder, writer: number, note: Note): Promise<never> {
  for (let count = 0; ; count += 1) {
    const key = `${order.name}:${String(writer)}:${String(count)}`;
    try {
      await redis.set(key, "1");
      note(key);
    } catch {
      // Refused: NOREPLICAS, or a server that is loading its data.
      await sleep(10);
    }
    if (order.pauseMilliseconds > 0) {
      await sleep(order.pauseMilliseconds);
    }
  }
}

type Note = (key: string) => void;

function begin(order: ClientOrder): void {
  const redis = connect(order);
  const acknowledged: AcknowledgedWrite[] = [];
  const note: Note = (key) => {
    acknowledged.push({ key, at: Date.now(), server: redis.stream.remoteAddress ?? "" });
  };
  for (let writer = 0; writer < writers; writer += 1) {
    void write(redis, order, writer, note);
  }
  const report = (what: ClientReport, sent?: () => void) => {
    process.send?.(what, undefined, undefined, sent);
  };
  setInterval(() => {
    const last = acknowledged.at(-1);
    if (last !== undefined) {
      report({ kind: "progress", lastAcknowledged: last.at });
    }
  }, progressMilliseconds);
  process.once("message", () => {
    // Writers go on for ever: the process ends them, once its record is with the parent.
    report({ kind: "record", acknowledged }, () => process.exit());
  });
}

process.once("message", begin);
// The parent is gone, and nobody is left to report to.
process.on("disconnect", () => process.exit());
