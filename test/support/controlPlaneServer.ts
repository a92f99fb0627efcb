import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./freePort";
import { executableIn, pathOf } from "./goProgram";

const motoVersion = "5.2.5";

/**
 * The directory of moto's packages, which is filled once from Python's registry and kept in the user's
 * cache.
 *
 * @throws Error that says what to install when there is no Python.
 */
async function motoDirectory(): Promise<string> {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "trading-dr");
  const installed = join(cache, `moto-${motoVersion}`);
  if (existsSync(installed)) {
    return installed;
  }
  if (executableIn(pathOf(process.env), "python3") === undefined) {
    throw new Error("there is no python3 on PATH; install Python 3.10 or newer with pip");
  }
  const workspace = join(cache, `build-moto-${String(process.pid)}`);
  mkdirSync(workspace, { recursive: true });
  try {
    process.stderr.write("moto: installing it, about two minutes, once\n");
    await ended(
      spawn(
        "python3",
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
          .concat(["--target", workspace, `moto[server,rds,ecr]==${motoVersion}`])
          .concat(process.env["VIRTUAL_ENV"] === undefined ? ["--break-system-packages"] : []),
        { stdio: ["ignore", "ignore", "pipe"] },
      ),
    );
    // Moved into place whole: an installation that was interrupted never looks like one.
    renameSync(workspace, installed);
    return installed;
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

async function ended(child: ChildProcess): Promise<void> {
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const status = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (status !== 0) {
    throw new Error(`moto could not be installed:\n${errors}`);
  }
}

/**
 * What stands in for the control planes of RDS and ECR, on loopback: moto, which keeps what it is asked to
 * make and answers in AWS's own protocol. It has no permissions, no time (what is made is available at
 * once), says nothing of whether copies are in step, and tells every global cluster, whichever is asked for:
 * what AWS says of those is in the unit tests of the drill.
 */
export class ControlPlaneServer {
  private server: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  /** @returns A server that answers; the caller closes it. */
  public static async start(): Promise<ControlPlaneServer> {
    const started = new ControlPlaneServer(await freePort());
    try {
      await started.serve(await motoDirectory());
      return started;
    } catch (error) {
      await started.close();
      throw error;
    }
  }

  public get endpoint(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** What AWS's programs find their way by. */
  public get environment(): Record<string, string> {
    return { AWS_ENDPOINT_URL_RDS: this.endpoint, AWS_ENDPOINT_URL_ECR: this.endpoint };
  }

  /** Forgets everything that was made. */
  public async reset(): Promise<void> {
    await fetch(`${this.endpoint}/moto-api/reset`, { method: "POST" });
  }

  public async close(): Promise<void> {
    const { server } = this;
    if (server?.exitCode === null) {
      const exited = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGKILL");
      await exited;
    }
  }

  private async serve(packages: string): Promise<void> {
    const server = spawn(
      "python3",
      ["-m", "moto.server", "--host", "127.0.0.1", "--port", String(this.port)],
      {
        env: { PATH: process.env["PATH"], PYTHONPATH: packages },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.server = server;
    let log = "";
    for (const stream of [server.stdout, server.stderr]) {
      stream.on("data", (chunk: Buffer) => (log += chunk.toString()));
    }
    for (let attempt = 0; attempt < 300 && server.exitCode === null; attempt += 1) {
      const answers = await fetch(`${this.endpoint}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (answers) {
        return;
      }
      await sleep(100);
    }
    throw new Error(`moto did not start:\n${log}`);
  }
}
