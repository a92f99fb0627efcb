import { exceptionText } from "../policies/exceptions";
import { weakeningText } from "./against/text";
import { countsText } from "./policies/text";
import { type PreviewReport, type StackReport, type Totals } from "./report";
import { shortType } from "./text";

/** Characters of one summary. A comment on GitHub holds 65,536, and several summaries share one. */
const longestSummary = 10_000;

/** Characters of one text out of a file. */
const longestText = 300;

/** The preview as a summary for a pull request: short, and as safe to show as any other text. */
export function previewMarkdown(report: PreviewReport): string {
  return bounded([
    ...stackTable(report),
    ...list("Refused", report.problems.map(code)),
    ...list("Policies", policyLines(report.stacks)),
    ...list("Objectives", [...report.remarks.map(code), ...objectiveLines(report)]),
    ...list("Weaker, and allowed", allowedLines(report)),
    ...list("Remarks", remarkLines(report.stacks)),
    ...list(
      "Declared in the system file, but not built yet",
      report.notBuiltYet.map(({ path, what }) => `${code(path)}: ${code(what)}`),
    ),
    ...kindTable(report.stacks),
  ]);
}

/** Why there is no preview, for a pull request. */
export function refusalMarkdown(message: string): string {
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  return bounded(list("Refused", lines.map(code)));
}

/**
 * Text out of a file as a code span, in which nothing is markup, a link or a mention. What could end
 * the span or the cell of a table around it is replaced by its like.
 */
function code(text: string): string {
  const plain = text
    .replace(/\p{C}|\p{Zl}|\p{Zp}/gu, " ")
    .replaceAll("`", "'")
    .replaceAll("|", "¦")
    .trim();
  const characters = Array.from(plain === "" ? "(empty)" : plain);
  const shown = characters.slice(0, longestText).join("");
  return `\`${shown}${characters.length > longestText ? "…" : ""}\``;
}

function stackTable({ stacks, totals }: PreviewReport): string[] {
  return table(["Stack", "System", "Role", "Region", "Resources", "Components", "Protected"], 4, [
    ...stacks.map((stack) => [
      ...[stack.name, stack.system, stack.role, stack.region].map(code),
      ...numbers(stack.totals),
    ]),
    ["**Total**", "", "", "", ...numbers(totals)],
  ]);
}

function numbers({ resources, components, protected: kept }: Totals): string[] {
  return [resources, components, kept].map(String);
}

/** What the rules say of each stack. What blocks is refused above. */
function policyLines(stacks: readonly StackReport[]): string[] {
  return stacks.flatMap(({ name, policies }) => [
    `${code(name)}: ${countsText(policies)}`,
    ...policies.violations
      .filter(({ level }) => level === "advisory")
      .map(({ message }) => `${code(name)}: ${code(message)}`),
    ...policies.exceptions.map((exception) => `${code(name)}: ${code(exceptionText(exception))}`),
  ]);
}

/** How many objectives of each system are met. */
function objectiveLines({ objectives }: PreviewReport): string[] {
  return [...new Set(objectives.map(({ system }) => system))].map((system) => {
    const own = objectives.filter((objective) => objective.system === system);
    const unmet = own.filter(({ met }) => !met);
    const accepted = unmet.filter(({ acknowledged }) => acknowledged !== undefined);
    const [met, all] = [own.length - unmet.length, own.length].map(String);
    return `${code(system)}: ${String(met)} of ${String(all)} met, ${String(accepted.length)} of the others accepted`;
  });
}

/** What is weaker than in the commit compared with, and allowed there. What is not is refused above. */
function allowedLines({ against }: PreviewReport): string[] {
  return [
    ...(against?.weakenings.filter(({ allowed }) => allowed).map(weakeningText) ?? []),
    ...(against?.remarks ?? []),
  ].map(code);
}

/** Stacks of one system mostly share their remarks: each is told once. */
function remarkLines(stacks: readonly StackReport[]): string[] {
  const remarks = [...new Set(stacks.flatMap((stack) => stack.remarks))];
  return remarks.map((remark) => {
    const names = stacks.filter((stack) => stack.remarks.includes(remark));
    return `${names.map(({ name }) => code(name)).join(", ")}: ${code(remark)}`;
  });
}

function kindTable(stacks: readonly StackReport[]): string[] {
  const kinds = [...new Set(stacks.flatMap(({ counts }) => Object.keys(counts)))].sort();
  const rows = kinds.map((kind) => [
    code(shortType(kind)),
    ...stacks.map(({ counts }) => String(counts[kind] ?? 0)),
  ]);
  return table(["Kind", ...stacks.map(({ name }) => code(name))], 1, rows);
}

/** @param texts How many columns hold text; the others hold numbers. */
function table(
  head: readonly string[],
  texts: number,
  rows: readonly (readonly string[])[],
): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const ruler = head.map((_, column) => (column < texts ? "---" : "---:"));
  return [line(head), line(ruler), ...rows.map(line), ""];
}

function list(title: string, entries: readonly string[]): string[] {
  return entries.length === 0
    ? []
    : [`**${title}**`, "", ...entries.map((entry) => `- ${entry}`), ""];
}

/** Whole lines, as many as fit. */
function bounded(lines: readonly string[]): string {
  let length = 0;
  const fitting = lines.filter((line) => (length += line.length + 1) <= longestSummary);
  const left = lines.length - fitting.length;
  const note = left === 0 ? [] : ["", `**${String(left)} more lines were left out**`, ""];
  return [...fitting, ...note].join("\n");
}
