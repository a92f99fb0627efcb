import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { type CommandEnvironment, variableName } from "../../contracts/jobEnvironment";
import { messageOf, RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { recorded } from "../record";
import { BucketPrefix, s3Client } from "../storage/bucket";
import { environmentOf, journalOf, placesOf, whose } from "../surroundings";
import { chooseCachePoint } from "./cachePoint";
import { addressText, type CacheLogin, parseAddress } from "./connection";
import { type RestoredGroup } from "./group";
import { sumOf } from "./ownServer";
import { restoreCache, stateBefore } from "./restore";
import { recordedSnapshot } from "./recordedSnapshot";
import { type SnapshotRequest } from "./snapshot";
import { type CacheGroupAccess, chooseSource } from "./source";

/**
 * Has memory collected early rather than late. A snapshot that passes through is hardly anything but
 * memory to collect: without this it is 144 MiB in place of 113.
 */
function spareMemory(): void {
  setFlagsFromString("--optimize-for-size");
}

/** `trading-dr snapshot cache` */
export async function snapshotCacheCommand(
  { dryRun }: { dryRun?: true },
  progress: Progress,
): Promise<string> {
  spareMemory();
  const told = environmentOf("snapshot-cache");
  const client = s3Client(told.region);
  const points = new BucketPrefix(client, told.recoveryPoints);
  const request: SnapshotRequest = { ...told, group: groupOf(told), points };
  if (dryRun) {
    const { server, role, reason } = await chooseSource(request.group, 0, progress);
    const why = reason === undefined ? "" : ` (${reason})`;
    return `Would read the ${role} ${addressText(server)}${why} and write a recovery point to ${points.urlOf("")}.\n`;
  }
  const { id, keyspaces } = await recordedSnapshot(
    request,
    "scheduled",
    journalOf(client, told),
    progress,
  );
  return `${id} ${String(sumOf(keyspaces).keys)} keys\n`;
}

/** What `trading-dr restore cache` is asked for. */
export interface CacheRestoreOptions {
  readonly point: string;
  readonly into: string;
  readonly replace?: string;
  readonly dryRun?: true;
}

/** `trading-dr restore cache` */
export async function restoreCacheCommand(
  options: CacheRestoreOptions,
  progress: Progress,
): Promise<string> {
  spareMemory();
  const told = environmentOf("restore-cache");
  const { into, replace, dryRun } = options;
  if (into !== told.store) {
    throw new RecoveryFailure(
      "usage",
      `--into ${into} is not the store that TRADING_DR_STORE names, which is ${told.store}`,
    );
  }
  if (replace !== undefined && replace !== into) {
    throw new RecoveryFailure(
      "usage",
      `--replace ${replace} is not --into ${into}: a store whose keys are replaced has to be named twice`,
    );
  }
  const certificate = (name: string) => `${told.cacheCertificates}/${name}`;
  const authority = Buffer.from(textIn("cacheCertificates", certificate("ca.crt")));
  // Redis would say that it cannot read them when everything else is ready.
  textIn("cacheCertificates", certificate("tls.crt"));
  textIn("cacheCertificates", certificate("tls.key"));
  const secret = (name: string) => secretIn("cacheCredentials", `${told.cacheCredentials}/${name}`);
  const loginOf = (user: string): CacheLogin => ({ user, password: secret(user), authority });
  const backup = loginOf("backup");
  const client = s3Client(told.region);
  const sentinels = told.sentinels.map(parseAddress);
  const group: RestoredGroup = {
    ...told,
    servers: told.servers.map(parseAddress),
    sentinels,
    login: loginOf("promotion"),
    sentinelPassword: secret("sentinel"),
  };
  const loader = {
    address: parseAddress(told.loader),
    certificates: told.cacheCertificates,
    users: `${secret("replication.acl")}\n`,
  };
  const find = () => chooseCachePoint(placesOf(client, told.recoveryPoints), options.point, told);
  if (dryRun) {
    const point = await find();
    await point.checkObjects();
    const { primary, silent } = await stateBefore({ group, loader });
    return `Would restore ${point.url} into ${addressText(primary)}.\n${silentText(silent)}`;
  }
  const points = new BucketPrefix(client, told.emergency);
  const journal = journalOf(client, told);
  const live = { masterName: told.masterName, sentinels, login: backup };
  const restored = await recorded(
    { kind: "restoration", of: "cache", ...whose(told), choice: options.point, into },
    journal,
    progress,
    async (found) => {
      const point = await find();
      const done = await restoreCache(
        {
          point,
          group,
          loader,
          hooks: told,
          ...(replace === undefined
            ? {}
            : {
                replace: (server) =>
                  recordedSnapshot(
                    {
                      ...told,
                      group: live,
                      points,
                      source: { server, role: "primary", reason: "it is replaced", lagBytes: 0 },
                    },
                    "emergency",
                    journal,
                    progress,
                  ),
              }),
        },
        progress,
      );
      found({ restored: { point: done.point, url: point.url } });
      return done;
    },
  );
  const before =
    restored.emergency === undefined
      ? ""
      : ` What was there before is ${points.urlOf(`${restored.emergency}/`)}.`;
  return `${into} is restored from ${restored.point}: ${String(restored.keys)} keys, primary ${restored.primary}.${before}\n${silentText(restored.silent)}`;
}

function silentText(silent: readonly string[]): string {
  return silent
    .map((server) => `Does not answer, and has to copy it when it does: ${server}\n`)
    .join("");
}

/** How the environment says that a group is found. */
function groupOf(
  told: Pick<
    CommandEnvironment<"snapshot-cache">,
    "masterName" | "sentinels" | "cacheUser" | "cachePasswordFile" | "cacheAuthorityFile"
  >,
): CacheGroupAccess {
  const login: CacheLogin = {
    user: told.cacheUser,
    password: secretIn("cachePasswordFile", told.cachePasswordFile),
    authority: Buffer.from(textIn("cacheAuthorityFile", told.cacheAuthorityFile)),
  };
  return { masterName: told.masterName, sentinels: told.sentinels.map(parseAddress), login };
}

/** A password, without the line end that editors add. */
function secretIn(key: string, file: string): string {
  const secret = textIn(key, file).replace(/\r?\n$/, "");
  if (secret === "") {
    throw new RecoveryFailure("usage", `${variableName(key)} is ${file}, which is empty`);
  }
  return secret;
}

/** The text of a file that a variable names. */
function textIn(key: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new RecoveryFailure(
      "usage",
      `${variableName(key)} is ${file}, which cannot be read: ${messageOf(error)}`,
    );
  }
}
