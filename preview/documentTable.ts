/** Tables of documents that are written by a command, in Markdown. */

/** A table with a head, one line a row. */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/** A text out of a file may have several lines, and what ends a cell. */
function cell(text: string): string {
  return text.trim().replace(/\s+/g, " ").replace(/[\\|]/g, "\\$&");
}
