import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type CachePasswords,
  type CacheUser,
  cacheUsers,
  passwordHash,
} from "../../components/cache/accessControl";
import { sentinelSecret, serverSecret } from "../../components/cache/cacheCredentials";
import { replicationContents } from "../../components/cache/replicationSecret";
import { type Address, type CacheLayout } from "../../components/cache/layout";
import { sentinelFiles, serverFiles } from "../../components/cache/files";
import { secretFileMode } from "../../components/cache/podParts";
import { type SentinelSettings, firstPrimary } from "../../components/cache/sentinelConfiguration";
import { firstUpstream, type ServerSettings } from "../../components/cache/serverConfiguration";

/** How a script ended. */
export interface ScriptResult {
  readonly status: number | null;
  readonly output: string;
}

/** Settings of a group beside its addresses, which the lab gives it. */
export type GroupSettings = Omit<ServerSettings & SentinelSettings, "servers" | "sentinels"> & {
  /** Whether its Sentinels watch server 0 from the start. */
  readonly serving: boolean;
};

type Part = "server" | "sentinel";

/**
 * Real servers and Sentinels on this machine, started by the scripts that run in pods. Every member
 * has directories of its own in place of a pod's volumes, and a port in place of a host name.
 */
export class Lab {
  private readonly directory = mkdtempSync(join(tmpdir(), "trading-dr-cache-"));
  private readonly children: ChildProcess[] = [];
  private nextPort = 20_000 + (process.pid % 120) * 100;

  public constructor() {
    this.openssl(
      "req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.crt -subj /CN=lab",
    );
    this.newCertificate();
  }

  /** Makes another certificate, which members get from now on. */
  public newCertificate(): void {
    this.openssl("req -newkey rsa:2048 -nodes -keyout tls.key -out tls.csr -subj /CN=localhost");
    this.openssl(
      "x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out tls.crt",
    );
  }

  /** Path of a file of the lab itself. */
  public path(name: string): string {
    return join(this.directory, name);
  }

  /** Puts the current certificate where a member finds it, as cert-manager would. */
  public installCertificate(directory: string): void {
    mkdirSync(directory, { recursive: true });
    for (const file of ["tls.crt", "tls.key", "ca.crt"]) {
      replaceFile(join(directory, file), readFileSync(this.path(file), "utf8"));
    }
  }

  public takePorts(count: number): Address[] {
    return Array.from({ length: count }, () => ({ host: "localhost", port: this.nextPort++ }));
  }

  /**
   * Starts a program; it is killed when the lab is closed.
   *
   * @param log File of the lab that takes what it says. @default - the test reads it itself
   */
  public spawn(
    command: string,
    args: string[],
    environment: NodeJS.ProcessEnv = {},
    log?: string,
  ): ChildProcess {
    const output = log === undefined ? "pipe" : openSync(this.path(log), "a");
    const child = spawn(command, args, {
      stdio: ["ignore", output, output],
      env: { ...process.env, ...environment },
    });
    this.children.push(child);
    return child;
  }

  /** Kills every process that the lab has started, and removes its files. */
  public async close(): Promise<void> {
    await Promise.all(this.children.map(ended));
    rmSync(this.directory, { recursive: true, force: true });
  }

  private openssl(words: string): void {
    execFileSync("openssl", words.split(" "), { cwd: this.directory, stdio: "ignore" });
  }
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

/** One group of servers and Sentinels. */
export class Group {
  public readonly servers: readonly Address[];
  public readonly sentinels: readonly Address[];
  /** Those that are in use first, then those that still hold. */
  public accepted: CachePasswords[] = [newPasswords()];
  private readonly running = new Map<string, ChildProcess>();

  /**
   * @param replicationPasswords The same in both regions, so that either can follow the other.
   */
  public constructor(
    private readonly lab: Lab,
    private readonly name: string,
    private settings: GroupSettings,
    public replicationPasswords: readonly string[],
  ) {
    this.servers = lab.takePorts(3);
    this.sentinels = lab.takePorts(3);
    for (const part of ["server", "sentinel"] as const) {
      for (const ordinal of [0, 1, 2]) {
        const layout = this.layout(part, ordinal);
        Object.values(layout).forEach((directory: string) => {
          mkdirSync(directory, { recursive: true });
        });
        this.install(part, ordinal);
      }
    }
  }

  /** Changes settings, as an update of the stack would; members take them on when they restart. */
  public change(changes: Partial<GroupSettings>): void {
    this.settings = { ...this.settings, ...changes };
    for (const part of ["server", "sentinel"] as const) {
      [0, 1, 2].forEach((ordinal) => {
        this.install(part, ordinal);
      });
    }
  }

  /** The directories of a member. */
  public layout(part: Part, ordinal: number): CacheLayout {
    const at = (name: string) => this.lab.path(join(this.name, `${part}-${String(ordinal)}`, name));
    return {
      configuration: at("configuration"),
      credentials: at("credentials"),
      certificates: at("certificates"),
      data: at("data"),
    };
  }

  /** Puts a member's files where a pod would have them mounted. */
  public install(part: Part, ordinal: number): void {
    const layout = this.layout(part, ordinal);
    const settings = { ...this.settings, servers: this.servers, sentinels: this.sentinels };
    const files =
      part === "server" ? serverFiles(settings, layout) : sentinelFiles(settings, layout);
    const first =
      part === "server"
        ? { "first-upstream": firstUpstream(settings.serving ? undefined : settings.upstream) }
        : { "first-primary": firstPrimary(settings, settings.serving) };
    for (const [file, text] of Object.entries({ ...files, ...first })) {
      writeFileSync(join(layout.configuration, file), text);
    }
    this.lab.installCertificate(layout.certificates);
    // The tests' own eyes and hands; no such user is in a pod.
    const admin = `user admin on #${passwordHash("admin")} ~* &* +@all\n`;
    const secret =
      part === "server"
        ? { ...serverSecret(this.accepted), ...replicationContents(this.replicationPasswords) }
        : sentinelSecret(this.accepted, this.sentinel(ordinal).port);
    const users = String(secret["users.acl"]) + admin;
    for (const [file, text] of Object.entries({ ...secret, "users.acl": users })) {
      replaceFile(join(layout.credentials, file), text);
    }
  }

  /** Makes new passwords; the old ones still hold. Members have them once they are installed. */
  public rotate(): void {
    this.accepted = [newPasswords(), this.passwords];
    this.replicationPasswords = [
      randomBytes(20).toString("hex"),
      this.replicationPasswords[0] ?? "",
    ];
  }

  /** The passwords that are in use. */
  public get passwords(): CachePasswords {
    const [inUse] = this.accepted;
    if (inUse === undefined) {
      throw new RangeError("there are no passwords");
    }
    return inUse;
  }

  /** Starts a member, or starts it again on the data that it has. */
  public start(part: Part, ordinal: number): void {
    const script = join(this.layout(part, ordinal).configuration, "start.sh");
    const child = this.lab.spawn(
      "sh",
      [script],
      { HOSTNAME: `cache-${String(ordinal)}` },
      join(this.name, `${part}-${String(ordinal)}`, "log"),
    );
    this.running.set(`${part}-${String(ordinal)}`, child);
  }

  /** Starts everything and waits until replicas are in step and Sentinels know each other. */
  public async startAll(): Promise<void> {
    [0, 1, 2].forEach((ordinal) => {
      this.start("server", ordinal);
    });
    await until("servers are of use", () =>
      [0, 1, 2].every((ordinal) => this.run("server", ordinal, "ready.sh").status === 0),
    );
    [0, 1, 2].forEach((ordinal) => {
      this.start("sentinel", ordinal);
    });
    await until("Sentinels answer", () =>
      [0, 1, 2].every((ordinal) => this.run("sentinel", ordinal, "ready.sh").status === 0),
    );
    if (this.settings.serving) {
      await this.agreed();
    }
  }

  /** Waits until all Sentinels know each other and two replicas. */
  public async agreed(): Promise<void> {
    await until("Sentinels know each other and the replicas", () =>
      this.sentinels.every(
        (sentinel) =>
          this.ask(sentinel, "SENTINEL", "CKQUORUM", "mymaster").startsWith("OK 3") &&
          this.field(this.ask(sentinel, "SENTINEL", "MASTER", "mymaster"), "num-slaves") === "2",
      ),
    );
  }

  public process(part: Part, ordinal: number): ChildProcess {
    const child = this.running.get(`${part}-${String(ordinal)}`);
    if (child === undefined) {
      throw new Error(`${part} ${String(ordinal)} was never started`);
    }
    return child;
  }

  public async kill(part: Part, ordinal: number): Promise<void> {
    await ended(this.process(part, ordinal));
  }

  /** Runs one of a member's scripts to its end. */
  public run(part: Part, ordinal: number, script: string, ...words: string[]): ScriptResult {
    const path = join(this.layout(part, ordinal).configuration, script);
    const { status, stdout, stderr } = spawnSync("sh", [path, ...words], {
      encoding: "utf8",
      env: { ...process.env, HOSTNAME: `cache-${String(ordinal)}` },
    });
    return { status, output: stdout + stderr };
  }

  /** Runs a script beside the tests, as a container's own process or a hook does. */
  public runBeside(ordinal: number, script: string, environment: NodeJS.ProcessEnv = {}) {
    const path = join(this.layout("server", ordinal).configuration, script);
    const child = this.lab.spawn("sh", [path], {
      HOSTNAME: `cache-${String(ordinal)}`,
      ...environment,
    });
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const end = new Promise<ScriptResult>((resolve) => {
      child.on("close", (status) => {
        resolve({ status, output });
      });
    });
    return { child, end, output: () => output };
  }

  /** Asks a member something as a user, the tests' own unless said otherwise. */
  public ask(address: Address, ...words: string[]): string {
    return this.askAs("admin", address, ...words);
  }

  public askAs(user: CacheUser | "admin", address: Address, ...words: string[]) {
    const { certificates } = this.layout("server", 0);
    const password = { ...this.passwords, admin: "admin" }[user];
    const script = `exec redis-cli -h localhost -p ${String(address.port)} --tls --cacert ${certificates}/ca.crt --user ${user} --no-auth-warning "$@"`;
    const { stdout, stderr } = spawnSync("sh", ["-c", script, "sh", ...words], {
      encoding: "utf8",
      timeout: 10_000,
      env: { ...process.env, REDISCLI_AUTH: password },
    });
    return (stdout === "" ? stderr : stdout).trim();
  }

  /** A field of INFO, or of what lists fields and values line by line. */
  public field(answer: string, name: string): string | undefined {
    const lines = answer.split(/\r?\n/);
    const inline = lines.find((line) => line.startsWith(`${name}:`));
    return inline?.slice(name.length + 1) ?? lines[lines.indexOf(name) + 1];
  }

  public info(ordinal: number, name: string): string | undefined {
    return this.field(this.ask(this.server(ordinal), "INFO", "replication"), name);
  }

  public server(ordinal: number): Address {
    return at(this.servers, ordinal);
  }

  public sentinel(ordinal: number): Address {
    return at(this.sentinels, ordinal);
  }

  /** Ordinal of the server that a Sentinel calls the primary; undefined when it watches none. */
  public primary(sentinel = 0): number | undefined {
    const answer = this.ask(
      this.sentinel(sentinel),
      "SENTINEL",
      "GET-MASTER-ADDR-BY-NAME",
      "mymaster",
    );
    const ordinal = this.servers.findIndex(({ port }) => answer.split("\n")[1] === String(port));
    return ordinal === -1 ? undefined : ordinal;
  }
}

/** A password for each user. */
function newPasswords(): CachePasswords {
  return Object.fromEntries(
    cacheUsers.map((user) => [user, randomBytes(20).toString("hex")]),
  ) as unknown as CachePasswords;
}

/** Puts a file in the place of another with the permissions of a pod's secrets. */
function replaceFile(path: string, text: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode: secretFileMode });
}

function at(addresses: readonly Address[], ordinal: number): Address {
  const found = addresses[ordinal];
  if (found === undefined) {
    throw new RangeError(`there is no member ${String(ordinal)}`);
  }
  return found;
}
