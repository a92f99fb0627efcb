import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { podTemplate } from "../../components/schedule/podTemplate";
import { programPath } from "../support/postgresqlPrograms";
import { type Outcome, shown } from "./laboratory";

/** A container, as far as a pod is run here. */
interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly securityContext: {
    readonly readOnlyRootFilesystem: boolean;
    readonly runAsUser?: number;
  };
  readonly startupProbe?: {
    readonly exec: { readonly command: readonly string[] };
    readonly periodSeconds: number;
    readonly failureThreshold: number;
  };
  readonly volumeMounts: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
  }[];
}

interface Spec {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly [Container];
  readonly volumes: readonly { readonly name: string }[];
  readonly securityContext: {
    readonly runAsUser: number;
    readonly runAsGroup: number;
    readonly fsGroup: number;
  };
}

/** What an image gives its containers, as far as they are run here. */
export interface Image {
  /** What it has beside the system's own programs: a tree that is laid below the container's root. */
  readonly tree?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Lines of its `/etc/passwd`. */
  readonly users: readonly string[];
}

const runner = join(__dirname, "inContainer.sh");

const isRoot = process.getuid?.() === 0;

/** What runs a command that mounts: root, or sudo without a password. */
const asRoot: readonly [string, ...string[]] = isRoot ? ["env"] : ["sudo", "--non-interactive"];

/** Why pods cannot be run on this machine. Undefined where they can. */
export function whyNoPods(): string | undefined {
  const [program, ...words] = [...asRoot, "unshare", "--mount", "true"];
  const { status, stderr, error } = spawnSync(program, words, { encoding: "utf8" });
  return status === 0 ? undefined : (error?.message ?? stderr).trim();
}

/**
 * A pod of a job, run as its template says with what the machine has: its commands, environment, users,
 * group, read-only roots, volumes and probes. Its containers share the machine's network; limits, and
 * how Kubernetes orders containers, are not looked at.
 */
export class Pod {
  private readonly directory = mkdtempSync(join(tmpdir(), "trading-dr-pod-"));
  private readonly spec: Spec;
  private readonly sidecars: { readonly child: ChildProcess; readonly ended: Promise<Outcome> }[] =
    [];
  private containers = 0;

  /** @param images By the name of the container. */
  public constructor(
    args: Parameters<typeof podTemplate>[0],
    private readonly images: Readonly<Record<string, Image>>,
    /** Files and directories of this machine that the job's container sees, and may not write. */
    private readonly shared: Readonly<Record<string, string>> = {},
  ) {
    this.spec = podTemplate(args).spec as unknown as Spec;
    chmodSync(this.directory, 0o755);
    for (const { name } of this.spec.volumes) {
      // As Kubernetes makes an emptyDir: everybody's, and what is in it is of the pod's group.
      mkdirSync(this.volume(name));
      if (isRoot) {
        chownSync(this.volume(name), 0, this.spec.securityContext.fsGroup);
      }
      chmodSync(this.volume(name), 0o2777);
    }
  }

  /** Directory of this machine that a volume's files are in. */
  public volume(name: string): string {
    return join(this.directory, `volume-${name}`);
  }

  /** Starts the containers that run beside the job, and waits until their probes say that they are there. */
  public async startSidecars(): Promise<void> {
    for (const sidecar of this.spec.initContainers ?? []) {
      const started = this.start(sidecar, sidecar.command);
      this.sidecars.push(started);
      const probe = sidecar.startupProbe;
      const longest = (probe?.periodSeconds ?? 0) * (probe?.failureThreshold ?? 0) * 1_000;
      const latest = Date.now() + longest;
      while (probe !== undefined) {
        const { status } = await this.start(sidecar, probe.exec.command).ended;
        if (status === 0) {
          break;
        }
        if (Date.now() > latest || started.child.exitCode !== null) {
          end(started.child, "KILL");
          throw new Error(`${sidecar.name} does not start: ${(await started.ended).errors}`);
        }
        await sleep(100);
      }
    }
  }

  /** Ends what runs beside the job as Kubernetes does, and gives what became of each. */
  public async stopSidecars(): Promise<Outcome[]> {
    const stopped = this.sidecars.splice(0);
    for (const { child } of stopped) {
      end(child, "TERM");
    }
    return Promise.all(stopped.map(({ ended }) => ended));
  }

  /**
   * Runs the job to its end.
   *
   * @param command What is run in its container. @default - what the template says
   */
  public async run(command?: readonly string[]): Promise<Outcome> {
    const [job] = this.spec.containers;
    return this.start(job, command ?? job.command).ended;
  }

  /** Runs a command in the container beside the job. */
  public async runBeside(command: readonly string[]): Promise<Outcome> {
    const [sidecar] = this.spec.initContainers ?? [];
    if (sidecar === undefined) {
      throw new Error("nothing runs beside this job");
    }
    return this.start(sidecar, command).ended;
  }

  /** Ends all that runs, and removes the pod's files. */
  public async close(): Promise<void> {
    await this.stopSidecars();
    const [program, ...words] = [...asRoot, "rm", "-rf", this.directory];
    execFileSync(program, words);
  }

  private start(
    container: Container,
    command: readonly string[],
  ): { readonly child: ChildProcess; readonly ended: Promise<Outcome> } {
    const image = this.images[container.name];
    if (image === undefined || !container.securityContext.readOnlyRootFilesystem) {
      throw new Error(`${container.name} has no image here, or a root that can be written`);
    }
    this.containers += 1;
    const root = join(this.directory, `root-${String(this.containers)}`);
    mkdirSync(root);
    if (image.tree !== undefined) {
      cpSync(image.tree, root, { recursive: true, verbatimSymlinks: true });
    }
    const fileOf = (what: string, text: string) => {
      const path = join(this.directory, `${what}-${String(this.containers)}`);
      writeFileSync(path, text);
      return path;
    };
    const environment = {
      ...image.environment,
      ...Object.fromEntries(container.env.map(({ name, value }) => [name, value])),
    };
    const { runAsUser, runAsGroup } = {
      ...this.spec.securityContext,
      ...container.securityContext,
    };
    const mounts = [
      [fileOf("users", image.users.map((line) => `${line}\n`).join("")), "/etc/passwd", "ro"],
      [process.execPath, "/usr/local/bin/node", "ro"],
      ...Object.entries(this.shared).map(([source, target]) => [source, target, "ro"]),
      ...container.volumeMounts.map(({ name, mountPath, readOnly }) => [
        this.volume(name),
        mountPath,
        readOnly === true ? "ro" : "rw",
      ]),
    ].flat();
    const [program, ...words] = [
      ...asRoot,
      ...["bash", runner, root, String(runAsUser), String(runAsGroup)],
      fileOf(
        "environment",
        Object.entries(environment)
          .map((pair) => `${pair.join("=")}\0`)
          .join(""),
      ),
      ...[...mounts, "--", ...command],
    ];
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    const ended = new Promise<Outcome>((resolve) => {
      child.on("close", (status) => {
        resolve({ status, output, errors: shown(errors), log: errors });
      });
    });
    return { child, ended };
  }
}

/** Sends a signal to what {@link asRoot} started, which is nothing that any user may. */
function end({ pid, exitCode }: ChildProcess, signal: "TERM" | "KILL"): void {
  if (exitCode === null) {
    const [program, ...words] = [...asRoot, "kill", `-${signal}`, String(pid)];
    spawnSync(program, words);
  }
}

/**
 * PATH of an image, with the directory of PostgreSQL's programs that this machine has. Those that Debian has
 * on PATH are links to a script, which needs more than the image has.
 */
export function pathHere(path: string): string {
  return path.replace(
    /\/usr\/lib\/postgresql\/[^:]*/,
    dirname(realpathSync(programPath("initdb"))),
  );
}
