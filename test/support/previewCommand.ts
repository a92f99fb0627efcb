import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PreviewReport } from "../../preview/report";
import { copyOfProject, projectDirectory, removeCopy } from "./projectCopy";

/** How a run of the preview ended. */
export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the preview as `npm run preview` does, as a process of its own. */
export function runPreview(
  args: readonly string[],
  directory = projectDirectory,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--require", "tsx/cjs", "preview/main.ts", ...args], {
      cwd: directory,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (status) => {
      resolve({ status, stdout, stderr });
    });
  });
}

/** Runs the preview and reads its JSON; fails with what it said when it did not succeed. */
export async function previewJson(args: readonly string[]): Promise<PreviewReport> {
  const { status, stdout, stderr } = await runPreview([...args, "--json"]);
  if (status !== 0) {
    throw new Error(`preview ended with ${String(status)}: ${stderr}`);
  }
  return JSON.parse(stdout) as PreviewReport;
}

/** One edit of a file: the text to find, which must be there, and what to put instead. */
export interface Edit {
  readonly file: string;
  readonly find: string | RegExp;
  readonly replace: string;
}

/** Runs the preview over a copy of the project with some edits. */
export async function runEdited(
  edits: readonly Edit[],
  args: readonly string[] = [],
): Promise<CommandResult> {
  const copy = copyOfProject();
  try {
    for (const { file, find, replace } of edits) {
      const path = join(copy, file);
      const before = readFileSync(path, "utf8");
      const after = before.replace(find, replace);
      if (after === before) {
        throw new Error(`${file} does not contain ${String(find)}`);
      }
      writeFileSync(path, after);
    }
    return await runPreview(args, copy);
  } finally {
    removeCopy(copy);
  }
}
