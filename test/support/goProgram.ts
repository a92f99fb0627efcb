import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** A program that tests need, and that is built from its Go module where it is not installed. */
export interface GoProgram {
  /** Name of the executable. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** Version that is built. */
  readonly version: string;
  /** Package that holds its main function. */
  readonly source: string;
  /** Version of Go that its module asks for. */
  readonly goVersion: string;
  /** Replacements that its module makes, and that a module which builds it has to make again. */
  readonly replacements?: readonly string[];
  /** Flags for the linker. */
  readonly linkerFlags?: string;
  /** How long building takes. */
  readonly buildTime: string;
  /** Arguments with which it says its version, to see that it runs. */
  readonly versionArguments: readonly string[];
  /** Where it may be installed beside the directories of PATH, and what people call that place. */
  readonly elsewhere?: { readonly directory: string; readonly title: string };
}

/**
 * The program that is installed, else one that is built and kept in the user's cache.
 *
 * @returns Path of the executable.
 * @throws Error that says what to install when there is neither the program nor Go.
 */
export async function goProgram(program: GoProgram): Promise<string> {
  const { name, version, elsewhere } = program;
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "trading-dr");
  const built = join(cache, `${name}-${version}`);
  const installed = executableIn(
    [...pathOf(process.env), ...(elsewhere === undefined ? [] : [elsewhere.directory])],
    name,
  );
  const found = installed ?? (existsSync(built) ? built : undefined);
  if (found !== undefined) {
    return found;
  }
  await build(program, cache, built);
  return built;
}

/** The directories of PATH. */
export function pathOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  return (environment["PATH"] ?? "").split(delimiter);
}

/** Path of an executable, in the first directory that has it. */
export function executableIn(directories: readonly string[], name: string): string | undefined {
  return directories.map((directory) => join(directory, name)).find((file) => existsSync(file));
}

async function build(program: GoProgram, cache: string, target: string): Promise<void> {
  const { name, title, version, source, goVersion, replacements = [], linkerFlags } = program;
  const go = executableIn(pathOf(process.env), "go");
  if (go === undefined) {
    const places = ["PATH", ...(program.elsewhere === undefined ? [] : [program.elsewhere.title])];
    throw new Error(
      `there is no ${title} on ${places.join(" or in ")}; install it, or install Go ${goVersion} or newer and this builds it`,
    );
  }
  const workspace = join(cache, `build-${name}-${String(process.pid)}`);
  mkdirSync(workspace, { recursive: true });
  try {
    writeFileSync(
      join(workspace, "go.mod"),
      [
        "module build",
        `go ${goVersion}`,
        ...replacements.map((replacement) => `replace ${replacement}`),
      ].join("\n\n"),
    );
    await step(`${title}: fetching its modules`, go, ["get", `${source}@${version}`], workspace);
    const flags = linkerFlags === undefined ? [] : ["-ldflags", linkerFlags];
    await step(
      `${title}: building it, ${program.buildTime}, once`,
      go,
      ["build", ...flags, "-o", name, source],
      workspace,
    );
    execFileSync(join(workspace, name), program.versionArguments, {
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    // Moved into place whole: a build that was interrupted never looks like a program.
    renameSync(join(workspace, name), target);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** Runs one command and says, every half minute, that it still runs. */
function step(what: string, command: string, args: string[], cwd: string): Promise<void> {
  const started = Date.now();
  const say = () => {
    process.stderr.write(`${what}: ${String(Math.round((Date.now() - started) / 1000))} s\n`);
  };
  say();
  const progress = setInterval(say, 30_000);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, CGO_ENABLED: "0" } });
    let output = "";
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (status) => {
      clearInterval(progress);
      if (status === 0) {
        resolve();
      } else {
        reject(new Error(`${what} failed with status ${String(status)}:\n${output}`));
      }
    });
  });
}
