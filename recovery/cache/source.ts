import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { addressText, type CacheAddress, type CacheLogin } from "./connection";
import { type CacheRole, roleAt } from "./roles";
import { askSentinels, knownReplicas, namedPrimaries, type SentinelAnswer } from "./sentinels";

/** How a group is found. */
export interface CacheGroupAccess {
  /** Name under which Sentinels know the group. */
  readonly masterName: string;
  readonly sentinels: readonly CacheAddress[];
  readonly login: CacheLogin;
}

/** A server that a snapshot is read from. */
export interface SnapshotSource {
  readonly server: CacheAddress;
  readonly role: "replica" | "primary";
  /** Why it is the primary. */
  readonly reason?: string;
  /** Bytes of the primary's writes that it did not have yet. */
  readonly lagBytes: number;
}

/** A replica, and what it says of itself, or why it says nothing. */
export interface ReplicaState {
  readonly server: CacheAddress;
  readonly role: CacheRole | string;
}

/**
 * Bytes of writes that a replica may lack. The smallest backlog that a group has (16 MiB, see
 * docs/cache.md): a replica that lacks more is not in step but about to need a full copy.
 */
const mostLagBytes = 16 * 1024 * 1024;

const pauseMilliseconds = 500;

/**
 * Chooses the server that a snapshot is read from: the replica that is closest to its primary. The
 * primary itself only when no replica has been of use for a while, because the fork that a snapshot
 * takes holds up whoever writes; but a group that has lost its replicas needs a snapshot more than any.
 *
 * @param patienceSeconds How long a failover, or a replica that is being filled, is waited for.
 * @throws RecoveryFailure `database` when no server says that it is the primary, or several do;
 *   `refused` when no Sentinel watches the group.
 */
export async function chooseSource(
  group: CacheGroupAccess,
  patienceSeconds: number,
  progress: Progress,
): Promise<SnapshotSource> {
  const deadline = Date.now() + patienceSeconds * 1_000;
  for (;;) {
    const answers = await askSentinels(group.sentinels, group.masterName, group.login);
    const found = await primaryOf(answers, group);
    const isLate = Date.now() >= deadline;
    if (typeof found !== "string") {
      const replicas = await statesOf(knownReplicas(answers, found), group.login);
      // Asked for last: what a replica lacks is never taken for less than it is.
      const primary = await roleAt(found, group.login);
      const chosen = chooseReplica(found, primary.offset, replicas);
      if (typeof chosen !== "string") {
        return chosen;
      }
      if (isLate && primary.kind === "primary") {
        progress.say("reading the primary", { reason: chosen });
        return { server: found, role: "primary", reason: chosen, lagBytes: 0 };
      }
    } else if (isLate) {
      throw new RecoveryFailure("database", `${found}; try again when the group has settled`);
    }
    progress.at("waiting for a replica that is in step", {});
    await sleep(pauseMilliseconds);
  }
}

/** The one server that Sentinels name and that says so itself, or why there is none. */
async function primaryOf(
  answers: readonly SentinelAnswer[],
  { masterName, login }: CacheGroupAccess,
): Promise<CacheAddress | string> {
  const named = namedPrimaries(answers, masterName);
  const states = await statesOf(named, login);
  const primaries = states.filter(
    ({ role }) => typeof role !== "string" && role.kind === "primary",
  );
  const [only] = primaries;
  if (only !== undefined && primaries.length === 1) {
    return only.server;
  }
  const said = states.map(
    ({ server, role }) =>
      `${addressText(server)} ${typeof role === "string" ? role : `is a ${role.kind}`}`,
  );
  return `Sentinels name no server that is the only primary of ${masterName}: ${said.join(", ")}`;
}

/** Asks servers what they are. */
export function statesOf(
  servers: readonly CacheAddress[],
  login: CacheLogin,
): Promise<ReplicaState[]> {
  return Promise.all(
    servers.map(async (server) => ({
      server,
      role: await roleAt(server, login).catch((error: unknown) => messageOf(error)),
    })),
  );
}

/** The replica that lacks least, or why none will do. */
export function chooseReplica(
  primary: CacheAddress,
  primaryOffset: number,
  replicas: readonly ReplicaState[],
): SnapshotSource | string {
  const usable: SnapshotSource[] = [];
  const problems: string[] = [];
  for (const { server, role } of replicas) {
    const problem = problemOf(role, primary, primaryOffset);
    if (typeof problem === "string") {
      problems.push(`${addressText(server)} ${problem}`);
    } else {
      usable.push({ server, role: "replica", lagBytes: problem });
    }
  }
  const [closest] = usable.sort((one, other) => one.lagBytes - other.lagBytes);
  return (
    closest ??
    `no replica is in step: ${problems.length === 0 ? "Sentinels know of none" : problems.join(", ")}`
  );
}

/** What keeps a server from being read, or how many bytes it lacks. */
function problemOf(
  role: CacheRole | string,
  primary: CacheAddress,
  primaryOffset: number,
): string | number {
  if (typeof role === "string") {
    return `says nothing (${role})`;
  }
  if (role.kind === "primary") {
    return "is a primary";
  }
  if (addressText(role.follows) !== addressText(primary)) {
    return `follows ${addressText(role.follows)}`;
  }
  if (role.link !== "connected") {
    return `is not connected (${role.link})`;
  }
  const lag = Math.max(0, primaryOffset - role.offset);
  return lag > mostLagBytes ? `lacks ${String(lag)} bytes` : lag;
}
