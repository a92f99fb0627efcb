import { readFileSync } from "node:fs";
import { type CommandEnvironment, variableName } from "../../contracts/jobEnvironment";
import { environmentOf, progress } from "../commands";
import { messageOf, RecoveryFailure } from "../failure";
import { BucketPrefix, s3Client } from "../storage/bucket";
import { addressText, type CacheLogin, parseAddress } from "./connection";
import { sumOf } from "./ownServer";
import { snapshotCache, type SnapshotRequest } from "./snapshot";
import { type CacheGroupAccess, chooseSource } from "./source";

/** `trading-dr snapshot cache` */
export async function snapshotCacheCommand({ dryRun }: { dryRun?: true }): Promise<string> {
  const told = environmentOf("snapshot-cache");
  const points = new BucketPrefix(s3Client(told.region), told.recoveryPoints);
  const request: SnapshotRequest = { ...told, group: groupOf(told), points };
  if (dryRun) {
    const { server, role, reason } = await chooseSource(request.group, 0, progress);
    const why = reason === undefined ? "" : ` (${reason})`;
    return `Would read the ${role} ${addressText(server)}${why} and write a recovery point to ${points.urlOf("")}.\n`;
  }
  const { id, keyspaces } = await snapshotCache(request, progress);
  return `${id} ${String(sumOf(keyspaces).keys)} keys\n`;
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
