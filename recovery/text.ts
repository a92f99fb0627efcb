import { type Manifest } from "../contracts/manifest";
import { type PointList } from "./list";
import { type TableComparison } from "./restoreTables";

/** A table of recovery points, for people. */
export function pointListText({ points, unfinished, damaged }: PointList): string {
  const rows = points.map((point) => [
    point.id,
    point.database,
    durationText(point.ageSeconds),
    size(point.bytes),
    durationText(point.durationSeconds),
    point.retainUntil.slice(0, 10),
    point.isDamaged ? "DAMAGED" : (point.verifiedAt?.replace(/\.\d+/, "") ?? "not verified"),
  ]);
  const header = ["recovery point", "database", "age", "size", "took", "kept until", "verified"];
  const table = points.length === 0 ? "There is no recovery point.\n" : aligned([header, ...rows]);
  return [
    table,
    ...damaged.map((problem) => `DAMAGED: ${problem}\n`),
    ...unfinished.map((url) => `Begun and not finished: ${url}\n`),
  ].join("");
}

/** One recovery point, for people. */
export function pointText(manifest: Manifest, url: string): string {
  const { source, tools, encryption } = manifest;
  const bytes = manifest.objects.reduce((sum, object) => sum + object.bytes, 0);
  const facts = [
    ["recovery point", manifest.id],
    ["where", url],
    ["of", `${manifest.system}, store ${manifest.store}, series ${manifest.series}`],
    ["database", `${source.database}, PostgreSQL ${source.serverVersion}`],
    ["snapshot at", source.snapshotAt],
    ["read from", source.isReader ? "a reader" : "the writer"],
    ["position", source.position ?? "not known"],
    ["kept until", manifest.retainUntil],
    ["size", `${size(bytes)} in ${String(manifest.objects.length)} objects`],
    ["encryption", [encryption.algorithm ?? "none", encryption.key ?? ""].join(" ").trim()],
    ["written by", `trading-dr ${tools.tradingDr}, pg_dump ${tools.pgDump}`],
    ...manifest.leftOut.map((what) => ["left out", what]),
  ];
  const tables = manifest.tables.map((table) => [
    `${table.schema}.${table.name}`,
    String(table.rows),
    size(table.rawBytes),
    table.digest,
  ]);
  return `${aligned(facts)}\n${aligned([["table", "rows", "as text", "digest"], ...tables])}`;
}

/** One recovery point, for machines: the manifest without where each piece lies. */
export function pointJson(manifest: Manifest, url: string): string {
  const withoutSegments = (key: string, value: unknown) => (key === "segments" ? undefined : value);
  return `${JSON.stringify({ url, ...manifest }, withoutSegments, 2)}\n`;
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

function aligned(cells: readonly (readonly string[])[]): string {
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
