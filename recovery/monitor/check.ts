import {
  type Checked,
  event,
  type Judgement,
  parseVerificationName,
  type VerificationName,
  verificationName,
} from "../../contracts/events";
import { type CommandEnvironment } from "../../contracts/jobEnvironment";
import { manifestName } from "../../contracts/manifest";
import { type Progress } from "../progress";
import { type BucketPrefix } from "../storage/bucket";
import { Findings } from "./findings";
import { type Series, someOf } from "./history";
import { lastCheck } from "./lastCheck";
import { checkSeries } from "./series";
import { judgeVerifications, lastFailed, newestPassed } from "./verifications";

/** What a check looks at. */
export interface CheckRequest extends Pick<
  CommandEnvironment<"check">,
  "system" | "region" | "watched" | "verified" | "examinedBytes"
> {
  /** Where this region's checks are recorded. */
  readonly events: BucketPrefix;
  /** Objects under a prefix of a bucket of a region. */
  readonly at: (region: string, bucket: string, prefix: string) => BucketPrefix;
  readonly now: Date;
}

/** Bytes of objects that one check reads, if nobody says: some ten seconds of a job's time. */
const examinedByDefault = 1024 ** 3;

/**
 * Looks at all recovery points that have to be there. What it cannot look at does not keep it from the
 * rest.
 */
export async function checkAll(request: CheckRequest, progress: Progress): Promise<Findings> {
  const report = new Findings();
  const { events, now, watched, verified, system, region, at } = request;
  // Without it gaps are told again, and a series that is empty is given its time again: say so.
  const before =
    (await report.look("the check before this one", () => lastCheck(events, now))) ??
    new Map<string, Checked["places"][number]>();
  const places = watched.flatMap(({ locations, ...one }) =>
    locations.map((location) => ({ ...one, location })),
  );
  /** Other regions that do not answer: they are waited for once, and not again for every series. */
  const lost = new Set<string>();
  for (const { store, series: name, maximumAgeSeconds, location, copiedTo } of places) {
    const points = at(region, location.bucket, location.prefix);
    const series: Series = {
      label: name === undefined ? `of the store ${store}` : `${name} of the store ${store}`,
      url: points.urlOf(""),
      maximumAgeSeconds,
    };
    progress.say("looking at a series", { series: series.label, where: series.url });
    const isLost = copiedTo !== undefined && lost.has(copiedTo.region);
    if (isLost) {
      report.unseen.push(
        `copies ${series.label} in ${copiedTo.region}: that region did not answer before, and was not asked again`,
      );
    }
    const sawCopies = await checkSeries(
      {
        system,
        series,
        points,
        copies:
          copiedTo === undefined || isLost
            ? undefined
            : {
                region: copiedTo.region,
                points: at(copiedTo.region, copiedTo.bucket, location.prefix),
              },
        before: before.get(series.url),
        examinedBytes: Math.floor((request.examinedBytes ?? examinedByDefault) / places.length),
        now,
      },
      report,
    );
    if (copiedTo !== undefined && !sawCopies) {
      lost.add(copiedTo.region);
    }
  }
  for (const location of verified?.locations ?? []) {
    const recorded = at(region, location.bucket, location.prefix);
    const seen = await report.look(`verifications in ${recorded.urlOf("")}`, async () => {
      await checkVerifications(recorded, request, before.get(recorded.urlOf("")), report);
      return true;
    });
    const known = before.get(recorded.urlOf(""));
    if (seen !== true && known !== undefined) {
      report.places.push(known);
    }
  }
  return report;
}

/** Verifications that failed and are told of, at most, at one place. */
const mostFailed = 20;

async function checkVerifications(
  recorded: BucketPrefix,
  { verified, watched, now, at, region }: CheckRequest,
  before: Checked["places"][number] | undefined,
  report: Findings,
): Promise<void> {
  const url = recorded.urlOf("");
  const names = await recorded.names();
  const verifications = names.flatMap(({ name }) => parseVerificationName(name) ?? []);
  const newest = newestPassed(verifications)?.point;
  const emptySince = newest === undefined ? (before?.emptySince ?? now.toISOString()) : undefined;
  const { finding, note } = judgeVerifications(
    {
      url,
      recorded: verifications,
      maximumAgeSeconds: verified?.maximumAgeSeconds ?? Infinity,
      emptySince,
    },
    now,
  );
  report.add(finding);
  report.notes.push(...(note === undefined ? [] : [note]));
  const regions = new Map(
    watched.flatMap(({ locations, copiedTo }) => [
      ...locations.map(({ bucket }) => [bucket, region] as const),
      ...(copiedTo === undefined ? [] : [[copiedTo.bucket, copiedTo.region] as const]),
    ]),
  );
  for (const failed of lastFailed(verifications).slice(-mostFailed)) {
    const judged = await judgedIn(recorded, failed);
    const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]+)\/(.*)$/.exec(judged.url) ?? [];
    const regionOfPoint = regions.get(bucket);
    const isGone =
      regionOfPoint !== undefined && !(await at(regionOfPoint, bucket, prefix).has(manifestName));
    if (!isGone) {
      report.add({
        kind: "damaged",
        where: judged.url,
        since: failed.finishedAt,
        message: `The recovery point ${failed.point} in ${judged.url} failed its last verification, at ${failed.finishedAt}: ${someOf(judged.problems)}. Restore from another, and verify this one again once it is mended; it is said until that passes, or the recovery point has expired.`,
      });
    }
  }
  report.places.push({
    url,
    ...(newest === undefined ? {} : { newest }),
    ...(emptySince === undefined ? {} : { emptySince }),
    examined: [],
  });
}

/** What a verification found, by its event. */
async function judgedIn(
  recorded: BucketPrefix,
  name: VerificationName,
): Promise<Pick<Judgement, "url" | "problems">> {
  const text = (await recorded.get(verificationName(name))).toString();
  try {
    const read = event.parse(JSON.parse(text));
    if (read.kind === "verification" && read.judged !== undefined) {
      return read.judged;
    }
  } catch {
    // The event's name says enough for it not to be lost.
  }
  return { url: recorded.urlOf(verificationName(name)), problems: ["its event cannot be read"] };
}
