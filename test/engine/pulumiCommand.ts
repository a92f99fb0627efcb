import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Version that is built where there is no Pulumi CLI. */
const version = "v3.257.0";

/** A fork that the CLI's module asks for, and that a module which builds it has to name again. */
const clipboard = "github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e";

/** Version of Go that the CLI's module asks for. */
const goVersion = "1.25";

/**
 * A real Pulumi CLI: the one on PATH, else the one in PULUMI_HOME, else one that is built from its
 * Go module. That takes about five minutes, once; it is kept in the user's cache.
 *
 * @returns Path of the executable.
 * @throws Error that says what to install when there is neither a CLI nor Go.
 */
export async function pulumiCommand(): Promise<string> {
  const home = process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "trading-dr");
  const built = join(cache, `pulumi-${version}`);
  const found = [findOnPath("pulumi"), join(home, "bin", "pulumi"), built].find(
    (candidate) => candidate !== undefined && existsSync(candidate),
  );
  if (found !== undefined) {
    return found;
  }
  await build(cache, built);
  return built;
}

function findOnPath(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((candidate) => existsSync(candidate));
}

async function build(cache: string, target: string): Promise<void> {
  const go = findOnPath("go");
  if (go === undefined) {
    throw new Error(
      `there is no Pulumi CLI on PATH or in PULUMI_HOME; install it, or install Go ${goVersion} or newer and this builds it`,
    );
  }
  const workspace = join(cache, `build-${String(process.pid)}`);
  mkdirSync(workspace, { recursive: true });
  try {
    writeFileSync(
      join(workspace, "go.mod"),
      `module build\n\ngo ${goVersion}\n\nreplace github.com/atotto/clipboard => ${clipboard}\n`,
    );
    const module = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
    const linked = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
    const get = ["get", `${module}@${version}`];
    await step("fetching the Pulumi CLI's modules", go, get, workspace);
    const compile = ["build", "-ldflags", linked, "-o", "pulumi", module];
    await step("building the Pulumi CLI, about four minutes, once", go, compile, workspace);
    execFileSync(join(workspace, "pulumi"), ["version"], {
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    // Moved into place whole: a build that was interrupted never looks like a CLI.
    renameSync(join(workspace, "pulumi"), target);
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
