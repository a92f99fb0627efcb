import { type EventOf } from "../../contracts/events";
import { durationText } from "../text";

/** The report of a drill, in Markdown, for people and for the file that auditors keep. */
export function drillReport(drill: EventOf<"drill">): string {
  const { judged, failure, objectives = [], checks = [] } = drill;
  const facts: (readonly [string, string])[] = [
    ["Result", failure === undefined ? "passed" : "FAILED"],
    ["System", drill.system],
    ["Region", drill.region],
    ["From", drill.startedAt],
    ["To", drill.finishedAt],
    ["Run by", `${drill.actor}, trading-dr ${drill.version}`],
    ["Event", drill.id],
  ];
  const sections = [
    `# Drill: ${drill.drill} of ${drill.system}, ${drill.startedAt.slice(0, 10)}`,
    table(["", ""], facts),
    ...(failure === undefined ? [] : [`## Why it failed\n\n${quoted(failure.message)}`]),
    ...(checks.length === 0
      ? []
      : [
          drill.drill === "cache" ? "## The cache" : `## What ${drill.region} would take over with`,
          table(
            ["Check", "Passed", "Found", "What to do"],
            checks.map(({ name, passed, found, mend = "" }) => [
              name,
              passed ? "yes" : "NO",
              found,
              mend,
            ]),
          ),
        ]),
    ...(judged === undefined
      ? []
      : [
          "## What was restored",
          table(
            ["", ""],
            [
              ["Recovery point", judged.url],
              ["Snapshot at", judged.snapshotAt ?? "not known"],
              ["Tables and rows", `${String(judged.tables)} and ${String(judged.rows)}`],
              ["Restored in", durationText(judged.restoreSeconds)],
              ...Object.entries(judged.baselineSeconds).map(
                ([name, seconds]) => [`Baseline query ${name}`, `${seconds.toFixed(3)} s`] as const,
              ),
            ],
          ),
          ...(judged.problems.length === 0 ? [] : [list(judged.problems)]),
          ...(judged.slower.length === 0 ? [] : [list(judged.slower)]),
        ]),
    ...(objectives.length === 0
      ? []
      : [
          "## Objectives, and what was measured",
          table(
            ["Data class", "", "Asked", "Measured", "Met", "Accepted"],
            objectives.map((objective) => [
              objective.dataClass,
              objective.kind.toUpperCase(),
              durationText(objective.objectiveSeconds),
              durationText(objective.measuredSeconds),
              objective.met ? "yes" : "NO",
              objective.accepted ?? "",
            ]),
          ),
          "The time is that of restoring and comparing, on a server that was there; docs/objectives.md adds what else a recovery takes. The loss is the age of the newest recovery point: point-in-time recovery loses less, where the server's own log is left.",
        ]),
  ];
  return `${sections.join("\n\n")}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}

function list(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${cell(sentence)}`).join("\n");
}

function quoted(text: string): string {
  return text
    .split("\n")
    .map((line) => `> ${line.trim()}`)
    .join("\n>\n");
}
