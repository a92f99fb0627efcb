import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** Directory of the project. */
export const projectDirectory = join(__dirname, "..", "..");

const leftOut = [".git", "node_modules", "test", "bench", "docs"];

/**
 * Copies what a preview needs to a temporary directory, where files may be changed at will.
 *
 * @returns The directory; the caller removes it with {@link removeCopy}.
 */
export function copyOfProject(): string {
  const copy = mkdtempSync(join(tmpdir(), "trading-dr-"));
  cpSync(projectDirectory, copy, {
    recursive: true,
    filter: (source) => !leftOut.includes(basename(source)),
  });
  symlinkSync(join(projectDirectory, "node_modules"), join(copy, "node_modules"), "dir");
  return copy;
}

/** Removes a copy made by {@link copyOfProject}. */
export function removeCopy(copy: string): void {
  rmSync(copy, { recursive: true, force: true });
}

/**
 * Replaces a text in a file of a copy.
 *
 * @throws Error when the text is not there.
 */
export function editCopy(copy: string, file: string, find: string, replace: string): void {
  const path = join(copy, file);
  const before = readFileSync(path, "utf8");
  if (!before.includes(find)) {
    throw new Error(`${file} does not contain ${find}`);
  }
  writeFileSync(path, before.replace(find, replace));
}
