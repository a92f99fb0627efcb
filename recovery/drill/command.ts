import { type EventOf } from "../../contracts/events";
import { type Progress } from "../progress";
import { recorded } from "../record";
import { s3Client } from "../storage/bucket";
import { environmentOf, journalOf, verificationOf, whose } from "../surroundings";
import { drillCache } from "./cache";
import { drillDisaster } from "./disaster";
import { drillRecovery } from "./recovery";
import { drillReport } from "./report";

/** Options of every drill. */
export interface DrillOptions {
  readonly json?: true;
}

/** `trading-dr drill recovery` */
export function drillRecoveryCommand(options: DrillOptions, progress: Progress): Promise<string> {
  const told = environmentOf("drill-recovery");
  const client = s3Client(told.region);
  const request = verificationOf(client, told);
  const { objectives, maximumAgeSeconds } = told;
  return reported(options, (report) =>
    recorded(
      { kind: "drill", drill: "recovery", ...whose(told) },
      journalOf(client, told),
      progress,
      (found) => drillRecovery({ ...request, objectives, maximumAgeSeconds }, found, progress),
      report,
    ),
  );
}

/** `trading-dr drill disaster` */
export function drillDisasterCommand(options: DrillOptions, progress: Progress): Promise<string> {
  const told = environmentOf("drill-disaster");
  const client = s3Client(told.region);
  const request = verificationOf(client, told);
  const { objectives, maximumAgeSeconds, regionDatabase, images, endpoint } = told;
  return reported(options, (report) =>
    recorded(
      { kind: "drill", drill: "disaster", ...whose(told) },
      journalOf(client, told),
      progress,
      (found) =>
        drillDisaster(
          { ...request, objectives, maximumAgeSeconds, regionDatabase, images, endpoint },
          found,
          progress,
        ),
      report,
    ),
  );
}

/** `trading-dr drill cache` */
export function drillCacheCommand(
  { failoverCache, ...options }: DrillOptions & { readonly failoverCache?: true },
  progress: Progress,
): Promise<string> {
  const told = environmentOf("drill-cache");
  return reported(options, (report) =>
    recorded(
      { kind: "drill", drill: "cache", ...whose(told) },
      journalOf(s3Client(told.region), told),
      progress,
      (found) => drillCache({ ...told, failover: failoverCache === true }, found, progress),
      report,
    ),
  );
}

/** The report of a drill; of one that failed it is printed all the same. */
async function reported(
  { json }: DrillOptions,
  drill: (report: (happened: EventOf<"drill">) => void) => Promise<unknown>,
): Promise<string> {
  let report = "";
  try {
    await drill((happened) => {
      report = json ? `${JSON.stringify(happened, undefined, 2)}\n` : drillReport(happened);
    });
    return report;
  } catch (error) {
    // Of a drill that failed, people want to read what it found above all.
    process.stdout.write(report);
    throw error;
  }
}
