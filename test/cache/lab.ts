import { type ChildProcess, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { secretFileMode } from "../../components/cache/podParts";
import { Network } from "./network";
import { Pod } from "./pod";
import { labDirectory } from "./requirements";

/**
 * Pods on this machine: each has a network of its own and its volumes where pods have them, and runs
 * what a pod would run. Their names lead to their addresses, their certificates have one authority.
 */
export class Lab {
  public readonly network: Network;
  private readonly directory: string;
  private readonly children: ChildProcess[] = [];
  private readonly pods: Pod[] = [];

  /** @throws Error outside of the namespaces that `inNamespaces.sh` makes. */
  public constructor() {
    const shared = labDirectory();
    if (shared === undefined) {
      throw new Error(
        "pods need namespaces of their own; run this by npm run test:cache or npm run lab:cache",
      );
    }
    this.network = new Network(shared);
    this.directory = mkdtempSync(join(shared, "pods-"));
    this.openssl(
      "req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.crt -subj /CN=lab",
    );
  }

  /** Path of a file of the lab itself. */
  public path(name: string): string {
    return join(this.directory, name);
  }

  /**
   * Makes another certificate, and puts it where a pod finds it, as cert-manager would.
   *
   * @param names Host names that it is for, with which clients compare it.
   */
  public issueCertificate(directory: string, names: readonly string[]): void {
    mkdirSync(directory, { recursive: true });
    const alternatives = names.map((name) => `DNS:${name}`).join(",");
    this.openssl(
      `req -newkey rsa:2048 -nodes -keyout tls.key -out tls.csr -subj /CN=lab -addext subjectAltName=${alternatives}`,
    );
    this.openssl(
      "x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -copy_extensions copy -days 2 -out tls.crt",
    );
    for (const file of ["tls.crt", "tls.key", "ca.crt"]) {
      replaceFile(join(directory, file), readFileSync(this.path(file), "utf8"));
    }
  }

  /** Starts a pod, which is in the network under its names. */
  public async addPod(name: string, hosts: readonly string[] = []): Promise<Pod> {
    const pod = await Pod.start(name, this.path(name));
    this.pods.push(pod);
    this.network.attach(pod, hosts);
    return pod;
  }

  /** Opens a file of the lab that takes what a process says. */
  public log(name: string): number {
    return openSync(this.path(name), "a");
  }

  /**
   * Starts a program in a pod; it is killed when the lab is closed.
   *
   * @param log File of the lab that takes what it says. @default - the test reads it itself
   */
  public spawn(pod: Pod, command: string, args: readonly string[], log?: string): ChildProcess {
    const output = log === undefined ? "pipe" : this.log(log);
    return this.keep(pod.spawn(command, args, { stdio: ["ignore", output, output] }));
  }

  /** Has a process killed when the lab is closed. */
  public keep(child: ChildProcess): ChildProcess {
    this.children.push(child);
    return child;
  }

  /** Kills every process that the lab has started, and removes its files. */
  public async close(): Promise<void> {
    await Promise.all(this.children.map(ended));
    this.pods.forEach((pod) => {
      pod.stop();
    });
    rmSync(this.directory, { recursive: true, force: true });
  }

  private openssl(words: string): void {
    execFileSync("openssl", words.split(" "), { cwd: this.directory, stdio: "ignore" });
  }
}

/** Puts a file in the place of another with the permissions of a pod's secrets. */
export function replaceFile(path: string, text: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode: secretFileMode });
}

/** Kills a process for good, frozen or not, and waits until it is gone. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }
}

/** Tells a reader of the report what was measured. */
export function seen(what: string): void {
  process.stdout.write(`      ${what}\n`);
}

/** Waits until something holds, and says how long that took, in milliseconds. */
export async function until(
  what: string,
  holds: () => boolean,
  limitMilliseconds = 30_000,
): Promise<number> {
  const started = Date.now();
  while (!holds()) {
    if (Date.now() - started > limitMilliseconds) {
      throw new Error(`not within ${String(limitMilliseconds)} ms: ${what}`);
    }
    await sleep(100);
  }
  return Date.now() - started;
}
