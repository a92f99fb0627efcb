import { setTimeout as sleep } from "node:timers/promises";
import { type Keyspace } from "../../contracts/cacheManifest";
import { messageOf, RecoveryFailure } from "../failure";
import {
  addressText,
  type CacheAddress,
  CacheConnection,
  type CacheLogin,
  CacheRefusal,
} from "./connection";
import { keyspacesOf } from "./ownServer";
import { infoOf, texts } from "./replies";
import { type CacheRole, roleOf } from "./roles";
import { statesOf } from "./source";

/** A group that is restored, and what its Sentinels are told when they watch it again. */
export interface RestoredGroup {
  /** Name under which Sentinels know the group. */
  readonly masterName: string;
  readonly servers: readonly CacheAddress[];
  readonly sentinels: readonly CacheAddress[];
  /** Sentinels that have to agree that the primary is down. */
  readonly quorum: number;
  /** `down-after-milliseconds` */
  readonly detectionMilliseconds: number;
  /** `failover-timeout`, in milliseconds. */
  readonly failoverMilliseconds: number;
  /** How long a copy of all data may not move, in seconds. @default 60 */
  readonly silentSeconds?: number;
  /** User who may have servers follow others, and Sentinels watch. */
  readonly login: CacheLogin;
  /** Password with which Sentinels log in at servers. */
  readonly sentinelPassword: string;
}

/** The servers of a group, as they are before a restore. */
export interface GroupState {
  readonly primary: CacheAddress;
  /** Servers that follow it, or will. */
  readonly replicas: readonly CacheAddress[];
  /** Servers that do not answer, with the reason. */
  readonly silent: readonly string[];
}

/** As Redis's own `repl-timeout`. */
const defaultSilentSeconds = 60;

/** How long a new append-only file or a copy may take, in seconds: an hour is enough for hundreds of gibibytes. */
const copySeconds = 3_600;

const pauseMilliseconds = 200;

/**
 * Looks which server is the primary: by what servers say themselves, because Sentinels may be at rest.
 *
 * @param loader A server that follows it was left so by a restore that was killed: it is the primary.
 * @throws RecoveryFailure `refused` when it is not clear.
 */
export async function lookAtGroup(
  { servers, login }: RestoredGroup,
  loader: CacheAddress,
): Promise<GroupState> {
  const states = await statesOf(servers, login);
  const follows = (role: CacheRole | string, whom: CacheAddress) =>
    typeof role !== "string" &&
    role.kind === "replica" &&
    addressText(role.follows) === addressText(whom);
  const primaries = states.filter(
    ({ role }) => (typeof role !== "string" && role.kind === "primary") || follows(role, loader),
  );
  const [primary] = primaries;
  const others = states.filter(({ server }) => server !== primary?.server);
  if (
    primary === undefined ||
    primaries.length > 1 ||
    others.some(({ role }) => typeof role !== "string" && !follows(role, primary.server))
  ) {
    const said = states.map(({ server, role }) => `${addressText(server)} ${roleText(role)}`);
    throw new RecoveryFailure(
      "refused",
      `the group has to have one primary, which all others follow; a standby that another region feeds is never filled, the region that serves is: ${said.join("; ")}`,
    );
  }
  return {
    primary: primary.server,
    replicas: others.flatMap(({ server, role }) => (typeof role === "string" ? [] : [server])),
    silent: others.flatMap(({ server, role }) =>
      typeof role === "string" ? [`${addressText(server)}: ${role}`] : [],
    ),
  };
}

function roleText(role: CacheRole | string): string {
  if (typeof role === "string") {
    return `says nothing (${role})`;
  }
  return role.kind === "primary" ? "is primary" : `follows ${addressText(role.follows)}`;
}

/**
 * The server that each Sentinel watches; undefined where it watches none.
 *
 * @throws RecoveryFailure `refused` when one does not answer: it could promote a replica in the middle.
 */
export function watchedBySentinels(group: RestoredGroup): Promise<(CacheAddress | undefined)[]> {
  return Promise.all(
    group.sentinels.map((sentinel) =>
      withServer(sentinel, group.login, (connection) => watchedBy(connection, group)).catch(
        (error: unknown) => {
          throw new RecoveryFailure(
            "refused",
            `every Sentinel has to answer, because one that does not could promote a replica in the middle: ${messageOf(error)}`,
          );
        },
      ),
    ),
  );
}

async function watchedBy(
  connection: CacheConnection,
  { masterName }: RestoredGroup,
): Promise<CacheAddress | undefined> {
  const [host, port] = texts(
    await connection.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", masterName),
  );
  return host === undefined ? undefined : { host, port: Number(port) };
}

/** Has no Sentinel watch the group, so that none promotes anybody. What does so already stays so. */
export async function putSentinelsToRest(group: RestoredGroup): Promise<void> {
  for (const sentinel of group.sentinels) {
    await withServer(sentinel, group.login, async (connection) => {
      if ((await watchedBy(connection, group)) !== undefined) {
        await connection.ask("SENTINEL", "REMOVE", group.masterName);
      }
    });
  }
}

/** Has every Sentinel watch a server. What does so already stays so. */
export async function haveSentinelsWatch(
  group: RestoredGroup,
  { host, port }: CacheAddress,
): Promise<void> {
  const { masterName, quorum } = group;
  for (const sentinel of group.sentinels) {
    await withServer(sentinel, group.login, async (connection) => {
      if ((await watchedBy(connection, group)) === undefined) {
        const primary = [host, String(port), String(quorum)];
        await connection.ask("SENTINEL", "MONITOR", masterName, ...primary);
      }
      // As components/cache has them watch: one replica copies at a time, so that another serves.
      const settings = {
        "auth-user": "sentinel",
        "down-after-milliseconds": String(group.detectionMilliseconds),
        "failover-timeout": String(group.failoverMilliseconds),
        "parallel-syncs": "1",
        "auth-pass": group.sentinelPassword,
      };
      await connection.ask("SENTINEL", "SET", masterName, ...Object.entries(settings).flat());
    });
  }
}

/**
 * Asks every Sentinel once more, when all have been told.
 *
 * @throws RecoveryFailure `database` when one names another server.
 */
export async function confirmAgreement(group: RestoredGroup, primary: CacheAddress): Promise<void> {
  for (const watched of await watchedBySentinels(group)) {
    const named = watched === undefined ? "nobody" : addressText(watched);
    if (named !== addressText(primary)) {
      throw new RecoveryFailure(
        "database",
        `${addressText(primary)} was restored, and a Sentinel names ${named}: run this again when the group has settled`,
      );
    }
  }
}

/** Has a server follow nobody. One that is loading is waited for. */
export async function detach(group: RestoredGroup, server: CacheAddress): Promise<void> {
  const deadline = Date.now() + copySeconds * 1_000;
  for (;;) {
    try {
      await withServer(server, group.login, (connection) =>
        connection.ask("REPLICAOF", "NO", "ONE"),
      );
      return;
    } catch (error) {
      const isLoading = error instanceof CacheRefusal && error.code === "LOADING";
      if (!isLoading || Date.now() > deadline) {
        throw error;
      }
      await sleep(pauseMilliseconds);
    }
  }
}

/**
 * Has a server copy all that the loader has, instead of what it had.
 *
 * @returns Its keys, while it still follows and takes no writes.
 * @throws RecoveryFailure `database` when nothing has moved for a while.
 */
export async function fillFrom(
  group: RestoredGroup,
  server: CacheAddress,
  { host, port }: CacheAddress,
): Promise<Keyspace[]> {
  const { silentSeconds = defaultSilentSeconds } = group;
  await withServer(server, group.login, (connection) =>
    connection.ask("REPLICAOF", host, String(port)),
  );
  let deadline = Date.now() + silentSeconds * 1_000;
  while (Date.now() < deadline) {
    const link = await linkOf(group, server);
    if (link === "connected") {
      return withServer(server, group.login, keyspacesOf);
    }
    if (link === "sync") {
      deadline = Date.now() + silentSeconds * 1_000;
    }
    await sleep(pauseMilliseconds);
  }
  throw new RecoveryFailure(
    "database",
    `${addressText(server)} copied nothing from ${host}:${String(port)} for ${String(silentSeconds)} s; its log says why: does the name lead here, does the port let it in, is the certificate of the same authority?`,
  );
}

/** How far a server is with following; while it loads what it got, it is still at that. */
async function linkOf(group: RestoredGroup, server: CacheAddress): Promise<string> {
  const role = await withServer(server, group.login, roleOf);
  return role.kind === "replica" ? role.link : role.kind;
}

/**
 * Has a server that was filled write down that it follows nobody, and waits until what it has is in its new
 * append-only file: before that, a restart would bring the old data back.
 */
export async function settlePrimary(group: RestoredGroup, server: CacheAddress): Promise<void> {
  await detach(group, server);
  await withServer(server, group.login, (connection) => connection.ask("CONFIG", "REWRITE"));
  await waitUntil(`${addressText(server)} has a new append-only file`, async () => {
    const info = await withServer(server, group.login, (connection) =>
      connection.ask("INFO", "persistence"),
    );
    const facts = infoOf(info);
    return (
      facts.get("aof_enabled") === "1" &&
      facts.get("aof_rewrite_in_progress") === "0" &&
      facts.get("aof_rewrite_scheduled") === "0" &&
      facts.get("aof_last_bgrewrite_status") === "ok"
    );
  });
}

/** Waits until servers have all that their primary has. */
export async function awaitReplicas(
  group: RestoredGroup,
  primary: CacheAddress,
  replicas: readonly CacheAddress[],
): Promise<void> {
  const { offset } = await withServer(primary, group.login, roleOf);
  for (const replica of replicas) {
    await waitUntil(`${addressText(replica)} has what ${addressText(primary)} has`, async () => {
      const role = await withServer(replica, group.login, roleOf);
      return role.kind === "replica" && role.link === "connected" && role.offset >= offset;
    });
  }
}

/** Waits for something; a server that does not answer meanwhile may be busy with loading. */
async function waitUntil(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + copySeconds * 1_000;
  let problem = "";
  while (Date.now() < deadline) {
    try {
      if (await holds()) {
        return;
      }
    } catch (error) {
      problem = `: ${messageOf(error)}`;
    }
    await sleep(pauseMilliseconds);
  }
  throw new RecoveryFailure("database", `not within ${String(copySeconds)} s: ${what}${problem}`);
}

/** Keys of a server by database. */
export function keyspacesAt(group: RestoredGroup, server: CacheAddress): Promise<Keyspace[]> {
  return withServer(server, group.login, keyspacesOf);
}

async function withServer<Answer>(
  address: CacheAddress,
  login: CacheLogin,
  ask: (connection: CacheConnection) => Promise<Answer>,
): Promise<Answer> {
  const connection = await CacheConnection.open(address, login);
  try {
    return await ask(connection);
  } finally {
    connection.close();
  }
}
