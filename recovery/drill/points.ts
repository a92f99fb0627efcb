import { candidatesIn, openIfWhole } from "../point/choice";
import { DamagedManifest } from "../point/recoveryPoint";
import { type BucketPrefix } from "../storage/bucket";
import { type Finding, type Question } from "./checks";

/**
 * Recovery points that are looked at until one has a manifest. Those without are being written, or
 * on their way from the other region, or were ended: more of them in a row are no accident.
 */
const mostUnfinished = 10;

/** Whether recovery points can be read in this region, each series and region that took them. */
export function pointQuestions(places: readonly BucketPrefix[]): Question[] {
  return places.map((place) => ({
    name: `recovery points in ${place.urlOf("")}`,
    unanswered: "see that the drill's role may read it, and its key, in this region",
    ask: () => newestIn(place),
  }));
}

async function newestIn(place: BucketPrefix): Promise<Finding> {
  const candidates = await candidatesIn([place]);
  for (const candidate of candidates.slice(0, mostUnfinished)) {
    const url = place.urlOf(`${candidate.id}/`);
    try {
      const point = await openIfWhole(candidate);
      if (point !== undefined) {
        const { source, objects } = point.manifest;
        return {
          found: `the manifest of the newest, ${url}, is intact: snapshot at ${source.snapshotAt}, ${String(objects.length)} objects`,
        };
      }
    } catch (error) {
      if (error instanceof DamagedManifest) {
        return {
          found: error.message,
          mend: "restore an earlier one instead, and find out who changed this one: locked versions are still there",
        };
      }
      throw error;
    }
  }
  return candidates.length === 0
    ? {
        found:
          "nothing was taken yet that is kept here; whether something should be, the monitor of missing backups says",
      }
    : {
        found: `none of the newest ${String(Math.min(candidates.length, mostUnfinished))} has a manifest`,
        mend: "see that backups end well, and that copies arrive from the other region",
      };
}
