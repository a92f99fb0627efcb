import { type S3Client } from "@aws-sdk/client-s3";
import { RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { recorded } from "../record";
import { BucketPrefix, s3Client } from "../storage/bucket";
import { environmentOf } from "../surroundings";
import { checkAll } from "./check";
import { reasonFor } from "./findings";
import { type CheckReport, checkText, summaryOf } from "./report";
import { Answers } from "./watchedClient";

/**
 * `trading-dr check`. Its report goes to the standard output, whatever it says.
 *
 * @throws RecoveryFailure `damaged`, `overdue` or `storage`, by the worst that was found.
 */
export async function checkCommand({ json }: { json?: true }, progress: Progress): Promise<string> {
  const told = environmentOf("check");
  const { system, account, region, watched, verified } = told;
  const answers = new Answers();
  const clients = new Map<string, S3Client>();
  const at = (place: string, bucket: string, prefix: string) => {
    const client = clients.get(place) ?? answers.listenTo(s3Client(place));
    clients.set(place, client);
    return new BucketPrefix(client, { bucket, prefix });
  };
  const events = at(region, told.events.bucket, told.events.prefix);
  const journal = { events, signals: told };
  let summary: string | undefined;
  try {
    await recorded({ kind: "check", system, account, region }, journal, progress, async (found) => {
      const { findings, unseen, notes, places, bytesExamined } = await checkAll(
        { ...told, events, at, now: new Date() },
        progress,
      );
      const clock = answers.clockFinding(events.urlOf(""));
      const checked = {
        findings: clock === undefined ? findings : [...findings, clock],
        unseen,
        places,
        bytesExamined,
        requests: answers.requests,
      };
      found({ checked });
      const report: CheckReport = {
        ...checked,
        notes,
        watched:
          watched.reduce((sum, { locations }) => sum + locations.length, 0) +
          (verified?.locations.length ?? 0),
      };
      // Here, and not at the end: it has to be seen also when its event cannot be written.
      process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : checkText(report));
      const reason = reasonFor(checked.findings, unseen);
      if (reason !== undefined) {
        summary = summaryOf(report);
        const sentences = [...checked.findings.map(({ message }) => message), ...unseen];
        throw new RecoveryFailure(reason, [summary, ...sentences].join("\n"));
      }
    });
  } catch (error) {
    // The event tells all of it; the report has just told it here.
    throw error instanceof RecoveryFailure && summary !== undefined
      ? new RecoveryFailure(error.reason, summary, { cause: error })
      : error;
  }
  return "";
}
