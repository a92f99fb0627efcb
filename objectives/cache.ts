import { cacheName } from "../contracts/cacheNames";
import { reportingSeconds } from "../contracts/cacheTimings";
import { assumptions } from "./assumptions";
import { boundOf, endless, type Term } from "./bound";
import { type CopiedStore, offlineRestores, restores } from "./copies";
import { type DeclaredStack, inputsOf, listAt, numberAt, textAt } from "./declared";
import {
  type Recovery,
  restoreTerm,
  type Situation,
  unrecoverable,
  untouched,
  usersMoved,
} from "./recovery";

/** How a cache comes back. */
export function cacheRecoveries(store: string, situation: Situation): Recovery[] {
  const { active } = situation.declared;
  const group = groupIn(active, store);
  if (group === undefined) {
    return [unrecoverable(`no cache ${store} is declared in ${active.region}`)];
  }
  switch (situation.scenario) {
    case "database-primary":
      return [untouched("the cache does not need the database")];
    // The worst that these can take is the primary.
    case "pod":
    case "node":
    case "zone":
    case "cache-primary":
      return [sentinelFailover(group)];
    case "corruption":
    case "operator-error":
      return restores(snapshots(store, group, situation), situation);
    case "region":
      return standby(store, group, situation);
    case "ransomware":
      return offlineRestores(snapshots(store, group, situation), situation);
  }
}

/** What a group's members are told, read from their own files. */
interface Group {
  readonly servers: number;
  readonly sentinels: number;
  readonly quorum: number;
  /** True where no zone has two servers or two Sentinels. */
  readonly spread: boolean;
  /** True where servers write down what they are told to keep. */
  readonly appendOnly: boolean;
  readonly downAfterSeconds: number;
  readonly failoverTimeoutSeconds: number;
  readonly minReplicasToWrite: number;
  readonly maxLagSeconds: number;
  readonly maxMemoryMebibytes: number;
}

function groupIn(stack: DeclaredStack, store: string): Group | undefined {
  const conf = fileOf(stack, "server", store, "redis.conf");
  const start = fileOf(stack, "sentinel", store, "start.sh");
  if (conf === undefined || start === undefined) {
    return undefined;
  }
  const setting = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? Infinity);
  const [servers, sentinels] = [setIn(stack, "server", store), setIn(stack, "sentinel", store)];
  return {
    servers: numberAt(servers, "spec", "replicas") ?? 0,
    sentinels: numberAt(sentinels, "spec", "replicas") ?? 0,
    spread: [servers, sentinels].every(isSpread),
    quorum: setting(start, /"sentinel monitor \S+ \$primary (\d+)"/),
    downAfterSeconds: setting(start, /"sentinel down-after-milliseconds \S+ (\d+)"/) / 1_000,
    failoverTimeoutSeconds: setting(start, /"sentinel failover-timeout \S+ (\d+)"/) / 1_000,
    // These two are off unless they are set: Redis' own defaults.
    appendOnly: /^appendonly yes$/m.test(conf),
    minReplicasToWrite: Number(/^min-replicas-to-write (\d+)$/m.exec(conf)?.[1] ?? 0),
    maxLagSeconds: setting(conf, /^min-replicas-max-lag (\d+)$/m),
    maxMemoryMebibytes: setting(conf, /^maxmemory (\d+)mb$/m),
  };
}

type Part = "server" | "sentinel";

function fileOf(stack: DeclaredStack, part: Part, store: string, file: string): string | undefined {
  return textAt(partOf(stack, "kubernetes:core/v1:ConfigMap", part, store), "data", file);
}

function setIn(stack: DeclaredStack, part: Part, store: string): unknown {
  return partOf(stack, "kubernetes:apps/v1:StatefulSet", part, store);
}

/** What a stack declares of a type for a part of a group. */
function partOf(stack: DeclaredStack, type: string, part: Part, store: string): unknown {
  const name = cacheName(part, { store, region: stack.region });
  return inputsOf(stack, type).find((inputs) => textAt(inputs, "metadata", "name") === name);
}

function isSpread(set: unknown): boolean {
  return listAt(
    set,
    ..."spec.template.spec.affinity.podAntiAffinity".split("."),
    "requiredDuringSchedulingIgnoredDuringExecution",
  ).some((rule) => textAt(rule, "topologyKey") === "topology.kubernetes.io/zone");
}

const emptied =
  "a primary that restarts before it is missed comes back empty, and its replicas copy that (appendonly)";

/**
 * Sentinels promote another server. A vote that nobody wins is repeated twice the failover timeout
 * after it began. A zone takes one server and one Sentinel along, if none has two.
 *
 * A primary whose container restarts at once is not missed. With an append-only file it has its data,
 * however seldom that is flushed to the disk: what a process wrote the kernel keeps when it dies, and a
 * node that dies is missed before it is back. So `appendfsync` adds nothing.
 */
function sentinelFailover(group: Group): Recovery {
  const { sentinels, quorum, servers, downAfterSeconds, failoverTimeoutSeconds } = group;
  const left = sentinels - 1;
  const needed = Math.max(quorum, Math.floor(sentinels / 2) + 1);
  const obstacle = !group.spread
    ? "one zone may take a majority along"
    : left < needed
      ? `${String(left)} Sentinels are left of ${String(sentinels)}, and ${String(needed)} have to agree`
      : servers - 2 < group.minReplicasToWrite
        ? "too few replicas are left for writes to be taken"
        : undefined;
  return {
    mechanism: "Sentinel failover",
    asynchronous: true,
    rpo: boundOf(
      group.minReplicasToWrite < 1
        ? endless("writes are taken while no replica follows")
        : [group.maxLagSeconds, "that replicas may lag (min-replicas-max-lag)"],
      [reportingSeconds, "until their lag is known"],
      ...(group.appendOnly ? [] : [endless(emptied)]),
    ),
    rto: boundOf(
      ...(obstacle === undefined ? [] : [endless(obstacle)]),
      [downAfterSeconds, "to notice"],
      [2 * failoverTimeoutSeconds, "until a vote that nobody won is repeated"],
      [assumptions.election.seconds, "to vote and promote"],
    ),
  };
}

function snapshots(
  store: string,
  { maxMemoryMebibytes }: Group,
  situation: Situation,
): CopiedStore {
  return {
    store,
    command: ["trading-dr", "snapshot", "cache"],
    title: "snapshots",
    load: [restoreTerm("cacheRestore", maxMemoryMebibytes, situation)],
  };
}

/**
 * The other region's group: promoted as it is, if it follows this region's. One that follows nobody is
 * filled from a snapshot first. One that follows is never filled: see docs/cache.md.
 */
function standby(store: string, group: Group, situation: Situation): Recovery[] {
  const { other } = situation.declared;
  const upstream = fileOf(other, "server", store, "first-upstream");
  const promote: Term = [assumptions.cachePromotion.seconds, "to promote the standby"];
  if (upstream === undefined) {
    return [unrecoverable(`no cache ${store} is declared in ${other.region}`)];
  }
  if (upstream.trim() === "") {
    const copied = snapshots(store, group, situation);
    return restores({ ...copied, load: [...copied.load, promote] }, situation, other);
  }
  return [
    {
      mechanism: "promotion of the standby cache",
      asynchronous: true,
      rpo: boundOf(endless("nothing watches or limits the standby's lag")),
      rto: boundOf(...usersMoved(situation), promote),
    },
  ];
}
