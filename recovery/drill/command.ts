import { type Progress } from "../progress";
import { recorded } from "../record";
import { s3Client } from "../storage/bucket";
import { environmentOf, journalOf, verificationOf, whose } from "../surroundings";
import { drillRecovery } from "./recovery";
import { drillReport } from "./report";

/** `trading-dr drill recovery` */
export async function drillRecoveryCommand(
  { json }: { json?: true },
  progress: Progress,
): Promise<string> {
  const told = environmentOf("drill-recovery");
  const client = s3Client(told.region);
  const request = verificationOf(client, told);
  const { objectives, maximumAgeSeconds } = told;
  let report = "";
  try {
    await recorded(
      { kind: "drill", drill: "recovery", ...whose(told) },
      journalOf(client, told),
      progress,
      (found) => drillRecovery({ ...request, objectives, maximumAgeSeconds }, found, progress),
      (happened) => {
        report = json ? `${JSON.stringify(happened, undefined, 2)}\n` : drillReport(happened);
      },
    );
    return report;
  } catch (error) {
    // Of a drill that failed, people want to read what it found above all.
    process.stdout.write(report);
    throw error;
  }
}
