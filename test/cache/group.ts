import { type ChildProcess, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type CachePasswords,
  type CacheUser,
  cacheUsers,
  passwordHash,
} from "../../components/cache/accessControl";
import { type CacheGroupSettings, memberSettings } from "../../components/cache/cacheGroup";
import { sentinelSecret, serverSecret } from "../../components/cache/cacheCredentials";
import { sentinelFiles, serverFiles } from "../../components/cache/files";
import { type Address, podLayout } from "../../components/cache/layout";
import { replicationContents } from "../../components/cache/replicationSecret";
import { firstPrimary } from "../../components/cache/sentinelConfiguration";
import { firstUpstream } from "../../components/cache/serverConfiguration";
import { requestFullSync } from "../../recovery/cache/fullSync";
import { ended, type Lab, replaceFile, until } from "./lab";
import { type Pod } from "./pod";

/** How a script ended. */
export interface ScriptResult {
  readonly status: number | null;
  readonly output: string;
}

/** Ordinals of a part's members. */
export const ordinals: readonly number[] = [0, 1, 2];

type Part = "server" | "sentinel";

const parts: readonly Part[] = ["server", "sentinel"];

/** A member's files in its directory for configuration. */
export function renderedFiles(
  part: Part,
  settings: CacheGroupSettings,
): Readonly<Record<string, string>> {
  const members = memberSettings(settings);
  const upstream = settings.serving ? undefined : members.upstream;
  return part === "server"
    ? { ...serverFiles(members, podLayout), "first-upstream": firstUpstream(upstream) }
    : {
        ...sentinelFiles(members, podLayout),
        "first-primary": firstPrimary(members, settings.serving),
      };
}

/** One group of servers and Sentinels: the files, names and scripts of pods, started by the scripts. */
export class Group {
  public readonly servers: readonly Address[];
  public readonly sentinels: readonly Address[];
  /** Those that are in use first, then those that still hold. */
  public accepted: CachePasswords[] = [newPasswords()];
  private readonly pods = new Map<string, Pod>();
  private readonly running = new Map<string, ChildProcess>();
  private readonly reloads = new Map<number, ChildProcess>();

  private constructor(
    private readonly lab: Lab,
    private settings: CacheGroupSettings,
    public replicationPasswords: readonly string[],
  ) {
    ({ servers: this.servers, sentinels: this.sentinels } = memberSettings(settings));
  }

  /**
   * Makes the pods of a group, in which nothing runs yet.
   *
   * @param replicationPasswords The same in both regions, so that either can follow the other.
   */
  public static async create(
    lab: Lab,
    settings: CacheGroupSettings,
    replicationPasswords: readonly string[] = [randomBytes(20).toString("hex")],
  ): Promise<Group> {
    const group = new Group(lab, settings, replicationPasswords);
    for (const part of parts) {
      for (const ordinal of ordinals) {
        const { host } = group.address(part, ordinal);
        const feeds = part === "server" && ordinal === ordinals.length - 1;
        const names = [host, ...(feeds ? group.feedHosts : [])];
        const pod = await lab.addPod(host.split(".")[0] ?? host, names);
        group.pods.set(`${part}-${String(ordinal)}`, pod);
        group.install(part, ordinal);
        group.renewCertificate(part, ordinal);
      }
    }
    return group;
  }

  /** Changes settings, as an update of the stack would; members take them on when they restart. */
  public change(changes: Partial<CacheGroupSettings>): void {
    this.settings = { ...this.settings, ...changes };
    for (const part of parts) {
      ordinals.forEach((ordinal) => {
        this.install(part, ordinal);
      });
    }
  }

  /** Puts a member's files where a pod has them mounted. */
  public install(part: Part, ordinal: number): void {
    const { configuration, credentials } = this.pod(part, ordinal).volumes;
    for (const [file, text] of Object.entries(renderedFiles(part, this.settings))) {
      writeFileSync(join(configuration, file), text);
    }
    this.installCredentials(credentials, part);
  }

  /** Puts a part's Secret where a pod has it mounted. */
  public installCredentials(directory: string, part: Part): void {
    // The tests' own eyes and hands; no such user is in a pod.
    const admin = `user admin on #${passwordHash("admin")} ~* &* +@all\n`;
    const secret =
      part === "server"
        ? { ...serverSecret(this.accepted), ...replicationContents(this.replicationPasswords) }
        : sentinelSecret(this.accepted, this.settings.sentinelPort);
    const users = String(secret["users.acl"]) + admin;
    for (const [file, text] of Object.entries({ ...secret, "users.acl": users })) {
      replaceFile(join(directory, file), text);
    }
  }

  /** Gives a member another certificate. */
  public renewCertificate(part: Part, ordinal: number): void {
    const { certificates } = this.pod(part, ordinal).volumes;
    const hosts = (part === "server" ? this.servers : this.sentinels).map(({ host }) => host);
    this.lab.issueCertificate(certificates, [
      ...hosts,
      "localhost",
      ...(part === "server" ? this.feedHosts : []),
    ]);
  }

  private get feedHosts(): string[] {
    return this.settings.link === undefined ? [] : [this.settings.link.feedHost];
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

  public get masterName(): string {
    return this.settings.masterName;
  }

  /** Starts a member, or starts it again on the data that it has. */
  public start(part: Part, ordinal: number): void {
    if (isRunning(this.running.get(`${part}-${String(ordinal)}`))) {
      throw new Error(`${part} ${String(ordinal)} runs already`);
    }
    const pod = this.pod(part, ordinal);
    const child = this.lab.spawn(
      pod,
      "sh",
      [`${podLayout.configuration}/start.sh`],
      `${pod.name}.log`,
    );
    this.running.set(`${part}-${String(ordinal)}`, child);
    if (part === "server" && !isRunning(this.reloads.get(ordinal))) {
      this.startReload(ordinal);
    }
  }

  /** Starts the container beside a server; it goes on when the server's own is restarted. */
  public startReload(ordinal: number): void {
    const pod = this.pod("server", ordinal);
    const script = `${podLayout.configuration}/reload.sh`;
    this.reloads.set(ordinal, this.lab.spawn(pod, "sh", [script], `${pod.name}-reload.log`));
  }

  /** Ends the container beside a server as a kubelet does, and returns its status. */
  public async stopReload(ordinal: number): Promise<number | null> {
    const child = this.reloads.get(ordinal);
    if (child === undefined || !isRunning(child)) {
      throw new Error(`nothing runs beside server ${String(ordinal)}`);
    }
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
    return child.exitCode;
  }

  /** What the container beside a server has said from now on. */
  public reloadSays(ordinal: number): () => string {
    const file = this.lab.path(`${this.pod("server", ordinal).name}-reload.log`);
    const said = readFileSync(file).length;
    return () => readFileSync(file).subarray(said).toString();
  }

  /** Starts every process of the group, all at once, as a StatefulSet's pods are. */
  public startProcesses(): void {
    for (const part of parts) {
      ordinals.forEach((ordinal) => {
        this.start(part, ordinal);
      });
    }
  }

  /** Starts everything and waits until all are of use and, in a group that serves, agree. */
  public async startAll(): Promise<void> {
    this.startProcesses();
    await until("all members are of use", () =>
      parts.every((part) =>
        ordinals.every((ordinal) => this.run(part, ordinal, "ready.sh").status === 0),
      ),
    );
    if (this.settings.serving) {
      await this.settled();
    }
  }

  /** Waits until both replicas are in step and every Sentinel knows it and the same primary. */
  public async settled(limitMilliseconds?: number): Promise<void> {
    await until(
      "both replicas are in step and all Sentinels agree",
      () => {
        const primary = this.primary();
        return (
          // Just started, no Sentinel may know of one yet.
          primary !== undefined &&
          this.info(primary, "min_slaves_good_slaves") === "2" &&
          ordinals.every((ordinal) => this.run("server", ordinal, "ready.sh").status === 0) &&
          ordinals.every((ordinal) => this.primary(ordinal) === primary)
        );
      },
      limitMilliseconds,
    );
    await this.agreed();
  }

  /** Waits until all Sentinels know each other and two replicas. */
  public async agreed(): Promise<void> {
    await until("Sentinels know each other and the replicas", () =>
      this.sentinels.every(
        (sentinel) =>
          this.ask(sentinel, "SENTINEL", "CKQUORUM", this.masterName).startsWith("OK 3") &&
          this.field(this.ask(sentinel, "SENTINEL", "MASTER", this.masterName), "num-slaves") ===
            "2",
      ),
    );
  }

  public pod(part: Part, ordinal: number): Pod {
    const pod = this.pods.get(`${part}-${String(ordinal)}`);
    if (pod === undefined) {
      throw new RangeError(`there is no ${part} ${String(ordinal)}`);
    }
    return pod;
  }

  /** Pods of a part, or of both. */
  public podsOf(...which: readonly Part[]): Pod[] {
    return which.flatMap((part) => ordinals.map((ordinal) => this.pod(part, ordinal)));
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

  /** Kills every process of the group. */
  public async killAll(): Promise<void> {
    await Promise.all([
      ...parts.flatMap((part) => ordinals.map((ordinal) => this.kill(part, ordinal))),
      ...[...this.reloads.values()].map(ended),
    ]);
  }

  /** Runs one of a member's scripts to its end. */
  public run(part: Part, ordinal: number, script: string, ...words: string[]): ScriptResult {
    const { status, stdout, stderr } = this.pod(part, ordinal).run("sh", [
      `${podLayout.configuration}/${script}`,
      ...words,
    ]);
    return { status, output: stdout + stderr };
  }

  /** Runs one of a member's scripts, which has to succeed. */
  public carryOut(part: Part, ordinal: number, script: string, ...words: string[]): void {
    const { status, output } = this.run(part, ordinal, script, ...words);
    if (status !== 0) {
      throw new Error(`${script} at ${part} ${String(ordinal)}: ${output}`);
    }
  }

  /** Runs a script of every member of a part, which has to succeed everywhere. */
  public carryOutAll(part: Part, script: string, ...words: string[]): void {
    ordinals.forEach((ordinal) => {
      this.carryOut(part, ordinal, script, ...words);
    });
  }

  /** Runs a script beside the tests, as a container's own process or a hook does. */
  public runBeside(ordinal: number, script: string, ...words: string[]) {
    const child = this.lab.spawn(this.pod("server", ordinal), "sh", [
      `${podLayout.configuration}/${script}`,
      ...words,
    ]);
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

  public askAs(user: CacheUser | "admin", address: Address, ...words: string[]): string {
    const { stdout, stderr } = this.redisCli(user, address, words, "");
    return (stdout === "" ? stderr : stdout).trim();
  }

  /** Saves a snapshot of a server as the user of backups, in the way that the jobs take one. */
  public async saveSnapshot(address: Address, file: string): Promise<void> {
    const authority = readFileSync(this.lab.path("ca.crt"));
    const password = this.passwords.backup;
    const sync = await requestFullSync(address, { user: "backup", password, authority });
    await writeFile(file, sync.bytes);
    sync.close();
  }

  /** Sends commands, one a line, as the application, and returns their answers, one a line. */
  public askAll(address: Address, commands: readonly string[]): string[] {
    const { stdout } = this.redisCli("application", address, [], `${commands.join("\n")}\n`);
    return commands.length === 0 ? [] : stdout.trimEnd().split("\n");
  }

  private redisCli(
    user: CacheUser | "admin",
    { host, port }: Address,
    words: readonly string[],
    input: string,
  ) {
    const authority = this.lab.path("ca.crt");
    const connection = `-h ${host} -p ${String(port)} --tls --cacert ${authority} --user ${user} --no-auth-warning`;
    return spawnSync("redis-cli", [...connection.split(" "), ...words], {
      encoding: "utf8",
      input,
      timeout: 30_000,
      maxBuffer: 1 << 28,
      env: { ...process.env, REDISCLI_AUTH: { ...this.passwords, admin: "admin" }[user] },
    });
  }

  /** A field of INFO, or of what lists fields and values line by line. */
  public field(answer: string, name: string): string | undefined {
    const lines = answer.split(/\r?\n/);
    const inline = lines.find((line) => line.startsWith(`${name}:`));
    const heading = lines.indexOf(name);
    return inline?.slice(name.length + 1) ?? (heading === -1 ? undefined : lines[heading + 1]);
  }

  public info(ordinal: number, name: string): string | undefined {
    return this.field(this.ask(this.server(ordinal), "INFO", "replication"), name);
  }

  public server(ordinal: number): Address {
    return this.address("server", ordinal);
  }

  public sentinel(ordinal: number): Address {
    return this.address("sentinel", ordinal);
  }

  /** Number of the configuration that a Sentinel knows: each failover makes a higher one. */
  public epoch(sentinel = 0): number {
    const watched = this.ask(this.sentinel(sentinel), "SENTINEL", "MASTER", this.masterName);
    return Number(this.field(watched, "config-epoch"));
  }

  /** Ordinal of the server that a Sentinel calls the primary; undefined when it watches none. */
  public primary(sentinel = 0): number | undefined {
    const [host] = this.ask(
      this.sentinel(sentinel),
      "SENTINEL",
      "GET-MASTER-ADDR-BY-NAME",
      this.masterName,
    ).split("\n");
    const ordinal = this.servers.findIndex((server) => server.host === host);
    return ordinal === -1 ? undefined : ordinal;
  }

  private address(part: Part, ordinal: number): Address {
    const found = (part === "server" ? this.servers : this.sentinels)[ordinal];
    if (found === undefined) {
      throw new RangeError(`there is no ${part} ${String(ordinal)}`);
    }
    return found;
  }
}

function isRunning(child: ChildProcess | undefined): boolean {
  return child?.exitCode === null && child.signalCode === null;
}

/** A password for each user. */
function newPasswords(): CachePasswords {
  return Object.fromEntries(
    cacheUsers.map((user) => [user, randomBytes(20).toString("hex")]),
  ) as unknown as CachePasswords;
}
