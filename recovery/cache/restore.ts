import { type CacheManifest, type Keyspace } from "../../contracts/cacheManifest";
import { messageOf, RecoveryFailure } from "../failure";
import { type Hooks, whileQuiet } from "../hooks";
import { type Progress } from "../progress";
import { type CachePoint } from "./cachePoint";
import { addressText, type CacheAddress } from "./connection";
import {
  confirmAgreement,
  awaitReplicas,
  detach,
  fillFrom,
  type GroupState,
  haveSentinelsWatch,
  keyspacesAt,
  lookAtGroup,
  putSentinelsToRest,
  type RestoredGroup,
  settlePrimary,
  watchedBySentinels,
} from "./group";
import { OwnServer, sumOf } from "./ownServer";

/** What is restored, and where. */
export interface CacheRestoreRequest {
  readonly point: CachePoint;
  readonly group: RestoredGroup;
  /** What the group's servers copy from: a server of our own. */
  readonly loader: {
    /** Under which they reach it. */
    readonly address: CacheAddress;
    /** Directory with `tls.crt`, `tls.key` and `ca.crt`. */
    readonly certificates: string;
    /** Lines of a users' file: who may copy. */
    readonly users: string;
  };
  readonly hooks?: Hooks;
  /**
   * Takes a recovery point of a primary that has keys, before they are replaced.
   * @default - such a primary is refused
   */
  readonly replace?: (primary: CacheAddress) => Promise<CacheManifest>;
}

/** What a restore came to. */
export interface CacheRestoration {
  /** Id of the recovery point. */
  readonly point: string;
  /** `host:port` of the server that has it now, and that others follow. */
  readonly primary: string;
  readonly keys: number;
  /** Id of the recovery point of what was there before; absent where nothing was. */
  readonly emergency?: string;
  /** Servers that did not answer, with the reason: they copy it when they come back. */
  readonly silent: readonly string[];
}

/**
 * Restores a cache: a server of our own loads the recovery point and proves it, the group's primary copies
 * that server, and its replicas copy the primary. Sentinels are at rest meanwhile. Whatever ends this in
 * between, running it again ends in the same state.
 *
 * @throws RecoveryFailure `refused` for a group that must not be restored, or not yet; then, and when the
 *   recovery point is `damaged`, nothing was changed.
 */
export async function restoreCache(
  request: CacheRestoreRequest,
  progress: Progress,
): Promise<CacheRestoration> {
  const { point, group, loader, replace } = request;
  const state = await stateBefore(request);
  const had = await keysBefore(group, state.primary);
  if (had !== 0 && replace === undefined) {
    throw new RecoveryFailure(
      "refused",
      `${addressText(state.primary)} has ${had === undefined ? "keys, or is loading them" : `${String(had)} keys`}: to replace them, name the store twice, by --replace; a recovery point of them is taken first`,
    );
  }
  await point.checkObjects();
  // A run that was killed left it following a loader, which ours would be taken for.
  await detach(group, state.primary);
  progress.say("loading it into a server of our own", { point: point.url });
  const own = await startLoader(point, loader);
  try {
    return await whileQuiet(
      request.hooks ?? {},
      async () => {
        // Asked again: a server that was left in the middle has ended its copy by now.
        const isEmpty = (await keysBefore(group, state.primary)) === 0;
        const emergency = isEmpty ? undefined : await replace?.(state.primary);
        const keys = await fillGroup(request, state, own, progress);
        return {
          point: point.manifest.id,
          primary: addressText(state.primary),
          keys,
          ...(emergency === undefined ? {} : { emergency: emergency.id }),
          silent: state.silent,
        };
      },
      progress,
    );
  } finally {
    await own.close();
  }
}

/**
 * Looks at the group, and changes nothing.
 *
 * @throws RecoveryFailure `refused` when it must not be restored.
 */
export async function stateBefore({
  group,
  loader,
}: Pick<CacheRestoreRequest, "group" | "loader">): Promise<GroupState> {
  const state = await lookAtGroup(group, loader.address);
  for (const watched of await watchedBySentinels(group)) {
    if (watched !== undefined && addressText(watched) !== addressText(state.primary)) {
      throw new RecoveryFailure(
        "refused",
        `a Sentinel names ${addressText(watched)} as primary, and ${addressText(state.primary)} says that it is: wait until the group has settled`,
      );
    }
  }
  return state;
}

/** How many keys a server has; undefined while it loads them. */
async function keysBefore(group: RestoredGroup, server: CacheAddress): Promise<number | undefined> {
  const keyspaces = await keyspacesAt(group, server).catch(() => undefined);
  return keyspaces && sumOf(keyspaces).keys;
}

/** A server that has the recovery point, compared with its manifest, and that others may copy. */
async function startLoader(
  point: CachePoint,
  { address, certificates, users }: CacheRestoreRequest["loader"],
): Promise<OwnServer> {
  const { keyspaces, digest } = point.manifest;
  const own = await OwnServer.load(
    point,
    [
      "port 0",
      `tls-port ${String(address.port)}`,
      `tls-cert-file ${certificates}/tls.crt`,
      `tls-key-file ${certificates}/tls.key`,
      `tls-ca-cert-file ${certificates}/ca.crt`,
      "tls-auth-clients no",
      "repl-diskless-sync-delay 0",
    ],
    users,
  );
  try {
    const loaded = await own.keyspaces();
    const found = await own.digest();
    if (JSON.stringify(loaded) !== JSON.stringify(keyspaces) || found !== digest) {
      throw new RecoveryFailure(
        "damaged",
        `${point.url} was loaded, and is not what was taken: it has ${JSON.stringify(loaded)} and digest ${found}, and has to have ${JSON.stringify(keyspaces)} and ${digest}`,
      );
    }
    await own.lead();
    return own;
  } catch (error) {
    await own.close();
    throw error;
  }
}

/** Replaces what the group has. */
async function fillGroup(
  { group, loader }: CacheRestoreRequest,
  { primary, replicas }: GroupState,
  own: OwnServer,
  progress: Progress,
): Promise<number> {
  progress.say("Sentinels rest, filling", { primary: addressText(primary) });
  let keyspaces: Keyspace[];
  try {
    await putSentinelsToRest(group);
    keyspaces = await fillFrom(group, primary, loader.address);
    refuseFewer(keyspaces, await own.keyspaces(), primary);
  } catch (error) {
    throw await asBefore(group, primary, error);
  }
  progress.say("filled, waiting for the disk and the replicas", { ...sumOf(keyspaces) });
  await settlePrimary(group, primary);
  await awaitReplicas(group, primary, replicas);
  await haveSentinelsWatch(group, primary);
  await confirmAgreement(group, primary);
  return sumOf(keyspaces).keys;
}

/**
 * What does not end is the same at both; what ends may have ended meanwhile.
 *
 * @throws RecoveryFailure `database` when it is not.
 */
function refuseFewer(
  copied: readonly Keyspace[],
  wanted: readonly Keyspace[],
  server: CacheAddress,
): void {
  const lasting = (keyspaces: readonly Keyspace[]) =>
    JSON.stringify(
      keyspaces
        .map(({ database, keys, expiring }) => [database, keys - expiring])
        .filter(([, keys]) => keys !== 0),
    );
  if (lasting(copied) !== lasting(wanted)) {
    throw new RecoveryFailure(
      "database",
      `${addressText(server)} copied ${lasting(copied)}, and has to have ${lasting(wanted)}: keys that do not end, by database`,
    );
  }
}

/** Lets the group serve as it did: with what it had, or with all of the copy. */
async function asBefore(
  group: RestoredGroup,
  primary: CacheAddress,
  error: unknown,
): Promise<unknown> {
  try {
    await detach(group, primary);
    await haveSentinelsWatch(group, primary);
    return error;
  } catch (another) {
    return new RecoveryFailure(
      "database",
      `${messageOf(error)}\nand the group could not be put back: ${messageOf(another)}\nIts Sentinels may rest, and nobody be promoted: run this again`,
      { cause: error },
    );
  }
}
