import { type CacheObjectives } from "../../contracts/cacheTimings";
import { type FailureCase } from "./cases";
import { percentile } from "./measures";
import { type Measured } from "./round";

/** What was seen of one case, and where it passed what the objectives allow. */
export interface CaseReport {
  readonly name: string;
  readonly title: string;
  readonly outageSeconds: readonly number[];
  /** The value that 95 % of the rounds are not above. */
  readonly p95Seconds: number;
  readonly acknowledgedWrites: number;
  readonly lostWrites: number;
  /** When lost writes were acknowledged, counted from the failure; before it is negative. */
  readonly lostFromSeconds?: number;
  readonly lostToSeconds?: number;
  readonly primariesAtOnce: number;
  /** The longest of the rounds. */
  readonly redundancySeconds: number;
  readonly recoveredSeconds?: number;
  /** The fewest and the most of a round. */
  readonly failovers?: readonly [number, number];
  readonly missingKeys?: number;
  /** A sentence for each limit that was passed. */
  readonly problems: readonly string[];
}

/** Sums up the rounds of a case and compares them with its limits. */
export function caseReport(
  { name, title, limits }: FailureCase,
  rounds: readonly Measured[],
  objectives: CacheObjectives,
): CaseReport {
  const all = (field: keyof Measured) => rounds.flatMap((round) => round[field] ?? []);
  const most = (field: keyof Measured) =>
    all(field).length === 0 ? {} : { [field]: Math.max(...all(field)) };
  const sum = (field: keyof Measured) => all(field).reduce((total, value) => total + value, 0);
  const report = {
    name,
    title,
    outageSeconds: all("outageSeconds"),
    p95Seconds: percentile(all("outageSeconds"), 0.95),
    acknowledgedWrites: sum("acknowledgedWrites"),
    lostWrites: sum("lostWrites"),
    ...(all("lostFromSeconds").length === 0
      ? {}
      : { lostFromSeconds: Math.min(...all("lostFromSeconds")) }),
    ...most("lostToSeconds"),
    primariesAtOnce: Math.max(...all("primariesAtOnce")),
    redundancySeconds: Math.max(...all("redundancySeconds")),
    ...most("recoveredSeconds"),
    ...(all("failovers").length === 0
      ? {}
      : { failovers: [Math.min(...all("failovers")), Math.max(...all("failovers"))] as const }),
    ...most("missingKeys"),
  };
  return { ...report, problems: problemsOf(report, limits(objectives)) };
}

function problemsOf(
  report: Omit<CaseReport, "problems">,
  limits: ReturnType<FailureCase["limits"]>,
): string[] {
  const { outageSeconds, usualOutageSeconds = Infinity, recoveredSeconds = Infinity } = limits;
  const { lostWriteSeconds = Infinity, primariesAtOnce = 1, failovers } = limits;
  const [fewest, most] = report.failovers ?? [0, 0];
  const lost = Math.max(-(report.lostFromSeconds ?? 0), report.lostToSeconds ?? 0);
  const compare = (what: string, found: number, allowed: number, unit = " s") =>
    found <= allowed
      ? []
      : [`${what}: ${rounded(found)}${unit}, allowed ${rounded(allowed)}${unit}`];
  return [
    ...compare("longest outage", Math.max(...report.outageSeconds), outageSeconds),
    // Fewer rounds say nothing of one in twenty.
    ...(report.outageSeconds.length < 20
      ? []
      : compare("outage in 19 of 20 rounds", report.p95Seconds, usualOutageSeconds)),
    ...(lostWriteSeconds === 0 ? compare("lost writes", report.lostWrites, 0, "") : []),
    ...compare("lost writes from the failure", lost, lostWriteSeconds),
    ...compare("writes after the last failure", report.recoveredSeconds ?? 0, recoveredSeconds),
    ...compare("primaries at once", report.primariesAtOnce, primariesAtOnce, ""),
    ...(failovers === 0 ? compare("failovers that nothing called for", most, 0, "") : []),
    ...(failovers !== undefined && fewest < failovers
      ? [`failovers: ${String(fewest)}, so that nothing was seen of what is asked`]
      : []),
    ...compare("keys of the snapshot missing", report.missingKeys ?? 0, 0, ""),
  ];
}

/** The reports as a table for people. */
export function reportTable(reports: readonly CaseReport[]): string {
  const header = [
    "case",
    "rounds",
    "outage",
    "p95",
    "lost of written",
    "lost at",
    "at once",
    "whole",
  ];
  const rows = reports.map((report) => [
    report.title,
    String(report.outageSeconds.length),
    range(report.outageSeconds),
    rounded(report.p95Seconds),
    `${String(report.lostWrites)} of ${String(report.acknowledgedWrites)}`,
    report.lostFromSeconds === undefined
      ? "-"
      : `${rounded(report.lostFromSeconds)} to ${rounded(report.lostToSeconds ?? 0)}`,
    String(report.primariesAtOnce),
    rounded(report.redundancySeconds),
  ]);
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const problems = reports.flatMap(({ title, problems }) =>
    problems.map((problem) => `NOT MET  ${title}: ${problem}`),
  );
  return [
    line(header),
    ...rows.map(line),
    "",
    ...reports.flatMap(notes),
    ...(problems.length === 0 ? ["Every limit of these cases is met."] : problems),
    "",
  ].join("\n");
}

function notes(report: CaseReport): string[] {
  return [
    ...(report.recoveredSeconds === undefined
      ? []
      : [
          `${report.title}: writes again ${rounded(report.recoveredSeconds)} s after the first failure`,
        ]),
    ...(report.missingKeys === undefined
      ? []
      : [`${report.title}: ${String(report.missingKeys)} keys of the snapshot missing`]),
  ];
}

function range(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? rounded(least) : `${rounded(least)} to ${rounded(most)}`;
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
