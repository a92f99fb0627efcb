import { type Manifest, manifestText, textChecksum } from "../contracts/manifest";
import { backupDatabase, type BackupRequest } from "./backup";
import { type Progress } from "./progress";
import { type Journal, recorded } from "./record";

/** Takes a recovery point of a database, and leaves an event of it: see {@link backupDatabase}. */
export function recordedBackup(
  request: BackupRequest,
  journal: Journal,
  progress: Progress,
): Promise<Manifest> {
  const { system, account, region, store, series, tier } = request;
  const { database } = request.source;
  return recorded(
    { kind: "backup", system, account, region, store, series, tier, database },
    journal,
    progress,
    async (found) => {
      const manifest = await backupDatabase(request, progress);
      const { id: point, source, retainUntil, tables, objects } = manifest;
      found({
        taken: {
          point,
          url: request.points.urlOf(`${point}/`),
          manifestSha256: textChecksum(manifestText(manifest)),
          snapshotAt: source.snapshotAt,
          retainUntil,
          tables: tables.length,
          rows: tables.reduce((sum, { rows }) => sum + rows, 0),
          bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
        },
      });
      return manifest;
    },
  );
}
