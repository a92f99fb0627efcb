import { type Findings } from "./findings";
import { size } from "../text";

/** What a check came to, for machines. */
export interface CheckReport extends Pick<
  Findings,
  "findings" | "unseen" | "notes" | "places" | "bytesExamined"
> {
  /** Series and verifications that were to be looked at. */
  readonly watched: number;
  readonly requests: number;
}

/** The same for people. */
export function checkText(report: CheckReport): string {
  const { findings, unseen, notes, places, bytesExamined, watched, requests } = report;
  const examined = places.reduce((sum, place) => sum + place.examined.length, 0);
  const lines = [
    ...findings.map(({ kind, message }) => `WRONG (${kind}): ${message}`),
    ...unseen.map((sentence) => `NOT LOOKED AT: ${sentence}`),
    ...notes.map((sentence) => `note: ${sentence}`),
    `${summaryOf(report)} ${String(watched)} places were watched, ${String(examined)} recovery points were compared with their manifests, ${size(bytesExamined)} of them by checksum, with ${String(requests)} requests.`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** How it came out, in a sentence. */
export function summaryOf({ findings, unseen }: Pick<Findings, "findings" | "unseen">): string {
  const parts = [
    ...(findings.length === 0 ? [] : [`${String(findings.length)} wrong`]),
    ...(unseen.length === 0 ? [] : [`${String(unseen.length)} that could not be looked at`]),
  ];
  return parts.length === 0 ? "All is well." : `Not all is well: ${parts.join(", ")}.`;
}
