import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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
import { type Address, type CacheLayout } from "../../components/cache/layout";
import { replicationContents } from "../../components/cache/replicationSecret";
import {
  firstPrimary,
  sentinelConf,
  type SentinelSettings,
  sentinelStart,
} from "../../components/cache/sentinelConfiguration";
import {
  firstUpstream,
  redisConf,
  type ServerSettings,
  serverStart,
} from "../../components/cache/serverConfiguration";
import { cacheTimings } from "../../contracts/cacheTimings";
import { freePort } from "./freePort";

type Part = "server" | "sentinel";

/** How large a group is, and how patient. */
export interface CacheSize {
  /** Memory for data of each server. */
  readonly memoryMebibytes: number;
  /** Silence after which a Sentinel believes the primary down. */
  readonly detectionSeconds: number;
}

const parts: readonly Part[] = ["server", "sentinel"];

const members = [0, 1, 2] as const;

/**
 * A cache on loopback: a primary, two replicas and three Sentinels, each on a port of its own, with TLS, users
 * and passwords, started by the scripts that pods start by. It needs no namespaces, unlike the laboratory
 * in test/cache, and so cannot cut networks.
 */
export class CacheServers {
  public readonly masterName = "mymaster";
  public readonly passwords = Object.fromEntries(
    cacheUsers.map((user) => [user, randomBytes(20).toString("hex")]),
  ) as unknown as CachePasswords;
  private readonly replication = randomBytes(20).toString("hex");
  private readonly processes = new Map<string, ChildProcess>();

  private constructor(
    private readonly directory: string,
    public readonly servers: readonly Address[],
    public readonly sentinels: readonly Address[],
    private readonly size: CacheSize,
  ) {}

  /** @returns A group that serves and agrees; the caller closes it. */
  public static async start(
    size: CacheSize = { memoryMebibytes: 256, detectionSeconds: 2 },
  ): Promise<CacheServers> {
    const ports = new Set<number>();
    while (ports.size < parts.length * members.length) {
      ports.add(await freePort());
    }
    const addresses = [...ports].map((port) => ({ host: "localhost", port }));
    const group = new CacheServers(
      mkdtempSync(join(tmpdir(), "trading-dr-group-")),
      addresses.slice(0, members.length),
      addresses.slice(members.length),
      size,
    );
    try {
      group.makeCertificate();
      for (const part of parts) {
        for (const ordinal of members) {
          group.install(part, ordinal);
          group.startMember(part, ordinal);
        }
      }
      await group.settled();
      return group;
    } catch (error) {
      await group.close();
      throw error;
    }
  }

  /** File with the certificate of the authority. */
  public get authorityFile(): string {
    return join(this.directory, "ca.crt");
  }

  /** Certificate and key that all members have. */
  public get certificateDirectory(): string {
    return this.directory;
  }

  /** A directory with the passwords that a restore needs, and who may copy from a loader. */
  public operatorCredentials(): string {
    const directory = join(this.directory, "operator");
    mkdirSync(directory, { recursive: true });
    const { promotion, backup, sentinel } = this.passwords;
    const replication = replicationContents([this.replication])["replication.acl"];
    const files = { promotion, backup, sentinel, "replication.acl": replication };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(directory, name), text, { mode: 0o600 });
    }
    return directory;
  }

  /** A file with a password. */
  public passwordFile(user: CacheUser): string {
    const file = join(this.directory, `${user}.password`);
    writeFileSync(file, `${this.passwords[user]}\n`, { mode: 0o600 });
    return file;
  }

  public get settings(): ServerSettings & SentinelSettings {
    return {
      servers: this.servers,
      sentinels: this.sentinels,
      masterName: this.masterName,
      quorum: 2,
      timings: cacheTimings({
        detectionSeconds: this.size.detectionSeconds,
        lostWriteSeconds: 10,
        recoverySeconds: 60,
      }),
      memoryMebibytes: this.size.memoryMebibytes,
      minimumTlsVersion: "1.2",
    };
  }

  /** Starts a member, or starts it again on what it has. */
  public startMember(part: Part, ordinal: number): void {
    const log = openSync(this.logOf(part, ordinal), "a");
    const child = spawn("sh", [join(this.layoutOf(part, ordinal).configuration, "start.sh")], {
      stdio: ["ignore", log, log],
      env: { PATH: process.env["PATH"], HOSTNAME: `${part}-${String(ordinal)}` },
    });
    this.processes.set(`${part}-${String(ordinal)}`, child);
  }

  /** Kills a member. */
  public async kill(part: Part, ordinal: number): Promise<void> {
    const child = this.process(part, ordinal);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    }
  }

  /** Freezes a member, or lets it go on. */
  public signal(part: Part, ordinal: number, signal: "SIGSTOP" | "SIGCONT"): void {
    this.process(part, ordinal).kill(signal);
  }

  /** What a member has said. */
  public said(part: Part, ordinal: number): string {
    return readFileSync(this.logOf(part, ordinal), "utf8");
  }

  /** Waits until every Sentinel names the same primary, and both replicas are in step. */
  public async settled(): Promise<void> {
    await this.until("all agree and are in step", () => {
      const named = this.sentinels.map((sentinel) => this.named(sentinel));
      const primary = this.servers.find(({ port }) => String(port) === named[0]);
      return (
        primary !== undefined &&
        named.every((port) => port === named[0]) &&
        this.info(primary, "min_slaves_good_slaves") === "2" &&
        this.sentinels.every((sentinel) =>
          this.ask(sentinel, "SENTINEL", "MASTER", this.masterName).includes(
            "\nnum-slaves\n2\nnum-other-sentinels\n2\n",
          ),
        )
      );
    });
  }

  /** Waits until something holds. */
  public async until(what: string, holds: () => boolean, seconds = 40): Promise<void> {
    const end = performance.now() + seconds * 1_000;
    while (!holds()) {
      if (performance.now() > end) {
        throw new Error(`not within ${String(seconds)} s: ${what}`);
      }
      await sleep(100);
    }
  }

  /** The server that Sentinels call the primary. */
  public get primary(): Address {
    const port = this.named(this.sentinel(0));
    const found = this.servers.find((server) => String(server.port) === port);
    if (found === undefined) {
      throw new Error("Sentinels know of no primary");
    }
    return found;
  }

  /** The other servers. */
  public get replicas(): Address[] {
    const { port } = this.primary;
    return this.servers.filter((server) => server.port !== port);
  }

  public ordinalOf(server: Address): number {
    return this.servers.findIndex(({ port }) => port === server.port);
  }

  /** Asks as a user who may do everything, and is in tests alone. */
  public ask(address: Address, ...words: readonly string[]): string {
    return this.askAs("admin", address, words);
  }

  /** Sends commands, one a line, as redis-cli reads them. */
  public askAll(address: Address, commands: readonly string[]): string {
    return this.askAs("admin", address, [], `${commands.join("\n")}\n`);
  }

  public askAs(
    user: CacheUser | "admin",
    { host, port }: Address,
    words: readonly string[],
    input = "",
  ): string {
    const { stdout, stderr } = spawnSync(
      "redis-cli",
      [
        ...["-h", host, "-p", String(port), "--tls", "--cacert", this.authorityFile],
        ...["--user", user, "--no-auth-warning", ...words],
      ],
      {
        encoding: "utf8",
        input,
        timeout: 60_000,
        maxBuffer: 1 << 28,
        env: { ...process.env, REDISCLI_AUTH: { ...this.passwords, admin: "admin" }[user] },
      },
    );
    return (stdout === "" ? stderr : stdout).trim();
  }

  /** A line of INFO. */
  public info(server: Address, name: string): string | undefined {
    return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(this.ask(server, "INFO", "everything"))?.[1];
  }

  /** A digest of all that a server has. */
  public digest(server: Address): string {
    return this.ask(server, "DEBUG", "DIGEST");
  }

  public async close(): Promise<void> {
    for (const part of parts) {
      for (const ordinal of members) {
        if (this.processes.has(`${part}-${String(ordinal)}`)) {
          await this.kill(part, ordinal);
        }
      }
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private sentinel(ordinal: number): Address {
    const found = this.sentinels[ordinal];
    if (found === undefined) {
      throw new RangeError(`there is no Sentinel ${String(ordinal)}`);
    }
    return found;
  }

  private named(sentinel: Address): string | undefined {
    return this.ask(sentinel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", this.masterName).split(
      "\n",
    )[1];
  }

  private process(part: Part, ordinal: number): ChildProcess {
    const child = this.processes.get(`${part}-${String(ordinal)}`);
    if (child === undefined) {
      throw new RangeError(`there is no ${part} ${String(ordinal)}`);
    }
    return child;
  }

  private logOf(part: Part, ordinal: number): string {
    return join(this.directory, `${part}-${String(ordinal)}.log`);
  }

  private layoutOf(part: Part, ordinal: number): CacheLayout {
    const own = join(this.directory, `${part}-${String(ordinal)}`);
    return {
      configuration: join(own, "configuration"),
      credentials: join(own, "credentials"),
      certificates: this.directory,
      data: join(own, "data"),
    };
  }

  /** Puts a member's files where its scripts look. */
  private install(part: Part, ordinal: number): void {
    const layout = this.layoutOf(part, ordinal);
    const { configuration, credentials, data } = layout;
    for (const directory of [configuration, credentials, data]) {
      mkdirSync(directory, { recursive: true });
    }
    const files =
      part === "server"
        ? {
            // Digests of all keys are what tests compare; no such command is in a pod.
            "redis.conf": `${redisConf(this.settings, layout)}enable-debug-command yes\n`,
            "first-upstream": firstUpstream(undefined),
            "start.sh": serverStart(this.settings, layout),
          }
        : {
            "sentinel.conf": sentinelConf(this.settings, layout),
            "first-primary": firstPrimary(this.settings, true),
            "start.sh": sentinelStart(this.settings, layout),
          };
    const secret =
      part === "server"
        ? { ...serverSecret([this.passwords]), ...replicationContents([this.replication]) }
        : sentinelSecret([this.passwords], 26_379);
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(configuration, name), text);
    }
    for (const [name, text] of Object.entries(secret)) {
      writeFileSync(join(credentials, name), text, { mode: 0o600 });
    }
    const admin = `user admin on #${passwordHash("admin")} ~* &* +@all\n`;
    appendFileSync(join(credentials, "users.acl"), admin);
  }

  private makeCertificate(): void {
    const openssl = (words: string) => {
      execFileSync("openssl", words.split(" "), { cwd: this.directory, stdio: "ignore" });
    };
    openssl(
      "req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.crt -subj /CN=authority",
    );
    openssl(
      "req -newkey rsa:2048 -nodes -keyout tls.key -out tls.csr -subj /CN=cache -addext subjectAltName=DNS:localhost",
    );
    openssl(
      "x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -copy_extensions copy -days 2 -out tls.crt",
    );
  }
}
