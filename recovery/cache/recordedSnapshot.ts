import { type CacheManifest, cacheManifestText } from "../../contracts/cacheManifest";
import { type EventOf } from "../../contracts/events";
import { textChecksum } from "../../contracts/manifest";
import { type Progress } from "../progress";
import { type Journal, recorded } from "../record";
import { sumOf } from "./ownServer";
import { snapshotCache, type SnapshotRequest } from "./snapshot";

/** Takes a recovery point of a cache, and leaves an event of it: see {@link snapshotCache}. */
export function recordedSnapshot(
  request: SnapshotRequest,
  series: EventOf<"snapshot">["series"],
  journal: Journal,
  progress: Progress,
): Promise<CacheManifest> {
  const { system, account, region, store, tier } = request;
  return recorded(
    { kind: "snapshot", of: "cache", system, account, region, store, series, tier },
    journal,
    progress,
    async (found) => {
      const manifest = await snapshotCache(request, progress);
      const { id: point, retainUntil, objects, keyspaces } = manifest;
      found({
        taken: {
          point,
          url: request.points.urlOf(`${point}/`),
          manifestSha256: textChecksum(cacheManifestText(manifest)),
          retainUntil,
          entries: sumOf(keyspaces).keys,
          bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
        },
      });
      return manifest;
    },
  );
}
