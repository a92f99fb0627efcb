import {
  type ChildProcess,
  type SpawnOptions,
  type SpawnSyncReturns,
  spawn,
  spawnSync,
} from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type CacheLayout } from "../../components/cache/layout";

/** A pod as far as its processes can tell: an address of its own, and its volumes where pods have them. */
export class Pod {
  private constructor(
    private readonly holder: ChildProcess,
    /** Its name, from which scripts tell which member they belong to. */
    public readonly name: string,
    /** Where the pod's volumes are on this machine. */
    public readonly volumes: CacheLayout,
  ) {}

  /** Makes a pod without an address yet. */
  public static async start(name: string, directory: string): Promise<Pod> {
    const volumes: CacheLayout = {
      configuration: join(directory, "configuration"),
      credentials: join(directory, "credentials"),
      certificates: join(directory, "certificates"),
      data: join(directory, "data"),
    };
    Object.values(volumes).forEach((volume: string) => {
      mkdirSync(volume, { recursive: true });
    });
    const script = join(__dirname, "pod.sh");
    const holder = spawn("unshare", ["--net", "--mount", "sh", script, directory], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    holder.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const ended = once(holder, "close").then(() => {
      throw new Error(`pod ${name} has not started: ${said}`);
    });
    // Once it has started, it ends when it is stopped, and nobody waits for that.
    ended.catch(() => undefined);
    await Promise.race([once(holder.stdout, "data"), ended]);
    return new Pod(holder, name, volumes);
  }

  /** Process whose namespaces are the pod's. */
  public get pid(): number {
    const { pid } = this.holder;
    if (pid === undefined) {
      throw new Error(`pod ${this.name} is gone`);
    }
    return pid;
  }

  /** Starts a process in the pod. */
  public spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    return spawn("nsenter", [...this.entered(), command, ...args], {
      ...options,
      env: { ...process.env, HOSTNAME: this.name, ...options.env },
    });
  }

  /** Runs a command in the pod to its end. */
  public run(command: string, args: readonly string[], input = ""): SpawnSyncReturns<string> {
    return spawnSync("nsenter", [...this.entered(), command, ...args], {
      encoding: "utf8",
      input,
      env: { ...process.env, HOSTNAME: this.name },
    });
  }

  /** Ends the pod; its processes are ended by whoever started them. */
  public stop(): void {
    this.holder.kill("SIGKILL");
  }

  private entered(): string[] {
    const namespaces = ["--target", String(this.pid), "--net", "--mount", "--root"];
    return [...namespaces, "env", "--chdir=/"];
  }
}
