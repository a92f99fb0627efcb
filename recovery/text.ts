import { type ListedPoint, type PointList } from "./list";
import { type TableComparison } from "./restoreTables";

/** A table of recovery points of all kinds, for people. */
export function pointListText(list: PointList): string {
  const rows = list.points.map((point) => [
    point.id,
    point.kind,
    point.store,
    point.subject,
    durationText(point.ageSeconds),
    size(point.bytes),
    durationText(point.durationSeconds),
    point.retainUntil.slice(0, 10),
    verifiedText(point),
  ]);
  const header = [
    "recovery point",
    "kind",
    "store",
    "of",
    "age",
    "size",
    "took",
    "kept until",
    "verified",
  ];
  const none =
    list.others === 0
      ? "There is no recovery point.\n"
      : `There is no such recovery point; of other kinds or stores there are ${String(list.others)}.\n`;
  const named = [
    ...list.damaged.map((problem) => `DAMAGED: ${problem}`),
    ...list.unreadable.map((problem) => `UNREADABLE: ${problem}`),
    ...list.foreign.map((problem) => `Foreign: ${problem}`),
    ...list.unfinished.map((url) => `Begun and not finished: ${url}`),
  ];
  const table = rows.length === 0 ? none : aligned([header, ...rows]);
  return table + named.map((line) => `${onOneLine(line)}\n`).join("");
}

/** A cache's snapshot is loaded and compared before it becomes a recovery point, and by no job afterwards. */
function verifiedText({ kind, isDamaged, judgedAt }: ListedPoint): string {
  return judgedAt === undefined
    ? kind === "cache"
      ? "when taken"
      : "not verified"
    : `${isDamaged ? "DAMAGED " : ""}${judgedAt.replace(/\.\d+/, "")}`;
}

/** How tables that were restored beside the live ones differ from them, for people. */
export function comparisonText(compared: readonly TableComparison[], schema: string): string {
  const header = ["table", "restored rows", "live rows", "missing from live", "only in live"];
  const rows = compared.map(({ table, restoredRows, live }) => [
    table,
    String(restoredRows),
    ...(live === undefined
      ? ["no such table, or other columns", "", ""]
      : [String(live.rows), String(live.missing), String(live.added)]),
  ]);
  return `${aligned([header, ...rows])}They are in schema ${schema}; nothing live was changed.\n`;
}

/** Cells in columns, each as wide as its widest. */
export function aligned(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map(onOneLine));
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** Names may hold line ends, and what moves a terminal's cursor: they are shown as JSON writes them. */
export function onOneLine(cell: string): string {
  return cell.replace(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** `1.5 GiB` */
export function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 ? String(value) : value.toFixed(1)} ${units[power] ?? ""}`;
}

/** A duration for people, by its two largest units: `1h 5m`. */
export function durationText(given: number): string {
  const seconds = Math.round(given);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return first === -1
    ? "0s"
    : parts
        .slice(first, first + 2)
        .filter(([count]) => count > 0)
        .map(([count, unit]) => `${String(count)}${unit}`)
        .join(" ");
}
