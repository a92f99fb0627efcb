import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./freePort";
import { findProgram, programPath } from "./postgresqlPrograms";

/** What a client of PostgreSQL's made of its task. */
export interface Answer {
  readonly status: number | null;
  /** What was selected: a line for each row, with bars between its columns. */
  readonly output: string;
  readonly errors: string;
}

/** Who statements are sent as. */
export interface Login {
  readonly role: string;
  /** @default - none */
  readonly password?: string;
  readonly database: string;
}

/** Has a suite wait for PostgreSQL's programs, as `needsEngine` has one wait for the Pulumi CLI. */
export function needsPostgresql(): void {
  before(function () {
    const missing = ["postgres", "initdb", "psql", "pg_dump", "openssl"].filter(
      (name) => findProgram(name) === undefined,
    );
    if (missing.length === 0) {
      return;
    }
    const reason = `there is no ${missing.join(", ")}; on Debian: sudo apt-get install postgresql openssl`;
    if (process.env["CI"] !== undefined) {
      throw new Error(reason);
    }
    process.stderr.write(`\nTESTS ON A DATABASE SKIPPED: ${reason}\n\n`);
    this.skip();
  });
}

/**
 * A real PostgreSQL on this machine's loopback, with a data directory, a port and a certificate of its
 * own, and with what RDS would have in it: an administrator who is no superuser, and the role for
 * logins by IAM.
 *
 * Nobody checks tokens of IAM here: whoever is in `rds_iam` is let in without anything. That such a
 * role is let in by no password is as on RDS.
 */
export class DatabaseServer {
  /** File with the certificate of the authority that signed the server's. */
  public readonly certificateFile: string;
  private server: ChildProcess | undefined;

  private constructor(
    private readonly host: string,
    public readonly port: number,
    /** Directory of the programs of another major version. */
    private readonly programs?: string,
    private readonly directory = mkdtempSync(join(tmpdir(), "trading-dr-postgresql-")),
  ) {
    this.certificateFile = join(this.directory, "authority.pem");
  }

  /**
   * @param host Name that the certificate is for; connections go to loopback all the same.
   * @param programs Directory of the programs of another major version. Such a server has a socket alone,
   * and no TLS, which builds may lack. @default - those that are installed
   * @returns A server that answers; the caller closes it.
   */
  public static async start(host: string, programs?: string): Promise<DatabaseServer> {
    const started = new DatabaseServer(host, await freePort(), programs);
    try {
      started.initialise();
      await started.serve();
    } catch (error) {
      await started.close();
      throw error;
    }
    return started;
  }

  /** @returns A hot standby of this server, with all that is in it; the caller closes it. */
  public async startStandby(): Promise<DatabaseServer> {
    const standby = new DatabaseServer(this.host, await freePort());
    try {
      standby.makeCertificate();
      standby.giveAway();
      const from = [
        `--host=${this.directory}`,
        `--port=${String(this.port)}`,
        "--username=postgres",
      ];
      execFileSync(
        programPath("pg_basebackup"),
        [...from, `--pgdata=${standby.data}`, "--write-recovery-conf", "--checkpoint=fast"],
        { ...standby.owner, stdio: "pipe", cwd: standby.directory },
      );
      await standby.serve();
    } catch (error) {
      await standby.close();
      throw error;
    }
    return standby;
  }

  /** The same server, as the client programs of another major version see it. */
  public seenBy(programs: string): DatabaseServer {
    return new DatabaseServer(this.host, this.port, programs, this.directory);
  }

  /** Makes a database and its owner, as RDS does: one who may make roles, and is no superuser. */
  public makeDatabase(name: string, administrator: string, password: string): void {
    this.admitByPassword(administrator);
    this.asSuperuser(
      "postgres",
      `SELECT 'CREATE ROLE rds_iam' WHERE to_regrole('rds_iam') IS NULL \\gexec
       CREATE ROLE ${administrator} LOGIN NOSUPERUSER CREATEDB CREATEROLE PASSWORD '${password}';
       SELECT pg_reload_conf();`,
    );
    this.asSuperuser("postgres", `CREATE DATABASE ${name} OWNER ${administrator}`);
    // Until 16, whoever may make roles may hand out all of them.
    if (Number(this.asSuperuser("postgres", "SHOW server_version_num")) >= 160_000) {
      this.asSuperuser(
        "postgres",
        `GRANT rds_iam, pg_read_all_data TO ${administrator} WITH ADMIN OPTION`,
      );
    }
  }

  /** Runs statements beyond all permissions, which have to succeed. */
  public asSuperuser(database: string, statements: string): string {
    const answer = this.psql(statements, {
      PGHOST: this.directory,
      PGUSER: "postgres",
      PGDATABASE: database,
    });
    if (answer.status !== 0) {
      throw new Error(answer.errors);
    }
    return answer.output;
  }

  /** Runs statements as somebody who logs in over TLS. */
  public as(login: Login, statements: string): Answer {
    return this.psql(statements, this.environmentOf(login));
  }

  /** A dump of a database, in SQL, as somebody who logs in over TLS takes it. */
  public dump(login: Login): Answer {
    return this.run("pg_dump", ["--no-password"], this.environmentOf(login));
  }

  /** Directory of the socket, by which the superuser `postgres` is let in without a password. */
  public get socketDirectory(): string {
    return this.directory;
  }

  /** A dump of a database beyond all permissions, in SQL, with options of pg_dump's own. */
  public dumpAsSuperuser(database: string, ...options: readonly string[]): string {
    return this.runAsSuperuser("pg_dump", options, database);
  }

  /** Statements that make the server's roles, without their passwords. */
  public dumpRoles(): string {
    return this.runAsSuperuser("pg_dumpall", ["--roles-only", "--no-role-passwords"], "postgres");
  }

  private runAsSuperuser(program: string, options: readonly string[], database: string): string {
    const answer = this.run(program, ["--no-password", ...options], {
      PGHOST: this.directory,
      PGUSER: "postgres",
      PGDATABASE: database,
    });
    if (answer.status !== 0) {
      throw new Error(answer.errors);
    }
    return answer.output;
  }

  /** Stops the server at once, as when its machine dies, and starts it again. */
  public async restart(): Promise<void> {
    await this.stop();
    await this.serve();
  }

  /** Stops the server and removes its files. */
  public async close(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async stop(): Promise<void> {
    const { server } = this;
    if (server?.exitCode === null) {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      // Immediate shutdown: nothing is written down any more.
      server.kill("SIGQUIT");
      await ended;
    }
  }

  private environmentOf({ role, password, database }: Login): Record<string, string> {
    return {
      PGHOST: this.host,
      PGHOSTADDR: "127.0.0.1",
      PGUSER: role,
      PGDATABASE: database,
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: this.certificateFile,
      ...(password === undefined ? {} : { PGPASSWORD: password }),
    };
  }

  private psql(statements: string, environment: Readonly<Record<string, string>>): Answer {
    const options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--no-password"];
    return this.run("psql", [...options, "--set=ON_ERROR_STOP=1"], environment, statements);
  }

  private run(
    program: string,
    options: string[],
    environment: Readonly<Record<string, string>>,
    input = "",
  ): Answer {
    const { status, stdout, stderr } = spawnSync(this.pathOf(program), options, {
      input,
      encoding: "utf8",
      maxBuffer: 1024 ** 3,
      env: { PATH: process.env["PATH"], PGPORT: String(this.port), ...environment },
    });
    return { status, output: stdout.trim(), errors: stderr.trim() };
  }

  private initialise(): void {
    this.makeCertificate();
    this.giveAway();
    execFileSync(
      this.pathOf("initdb"),
      [`--pgdata=${this.data}`, "--username=postgres", "--auth=trust", "--no-sync"],
      { ...this.owner, stdio: "pipe", cwd: this.directory },
    );
    this.admitByPassword();
  }

  /** Says who is let in, and by what: these roles by a password, though they be in `rds_iam`. */
  private admitByPassword(...roles: readonly string[]): void {
    const local = ["local all postgres trust", "local replication postgres trust"];
    const remote = (who: string, method: string) => `hostssl all ${who} 127.0.0.1/32 ${method}`;
    // The file is there and keeps its owner.
    writeFileSync(
      join(this.data, "pg_hba.conf"),
      [
        ...local,
        ...roles.map((role) => remote(role, "scram-sha-256")),
        remote("+rds_iam", "trust"),
        remote("all", "scram-sha-256"),
        "",
      ].join("\n"),
    );
  }

  private pathOf(program: string): string {
    return this.programs === undefined ? programPath(program) : join(this.programs, program);
  }

  private get data(): string {
    return join(this.directory, "data");
  }

  private async serve(): Promise<void> {
    const settings = {
      port: String(this.port),
      unix_socket_directories: this.directory,
      fsync: "off",
      ...(this.programs === undefined
        ? {
            listen_addresses: "127.0.0.1",
            ssl: "on",
            ssl_cert_file: join(this.directory, "server.crt"),
            ssl_key_file: join(this.directory, "server.key"),
          }
        : { listen_addresses: "" }),
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = spawn(this.pathOf("postgres"), ["-D", this.data, ...options], {
      ...this.owner,
      cwd: this.directory,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.server = server;
    let log = "";
    server.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if (server.exitCode !== null) {
        break;
      }
      try {
        this.asSuperuser("postgres", "SELECT 1");
        return;
      } catch {
        await sleep(100);
      }
    }
    throw new Error(`PostgreSQL did not start:\n${log}`);
  }

  private makeCertificate(): void {
    const openssl = (command: string) => {
      execFileSync("openssl", command.split(" "), { cwd: this.directory, stdio: "pipe" });
    };
    openssl(
      `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout authority.key -out ${this.certificateFile}`,
    );
    openssl("req -newkey rsa:2048 -nodes -subj /CN=server -keyout server.key -out server.csr");
    writeFileSync(join(this.directory, "names"), `subjectAltName=DNS:${this.host}\n`);
    openssl(
      `x509 -req -in server.csr -CA ${this.certificateFile} -CAkey authority.key -CAcreateserial -days 2 -extfile names -out server.crt`,
    );
  }

  /** PostgreSQL refuses to run as root: there it runs as its own user. */
  private get owner(): { readonly uid: number; readonly gid: number } | undefined {
    if (process.getuid?.() !== 0) {
      return undefined;
    }
    const idOf = (option: string) =>
      Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" }));
    return { uid: idOf("-u"), gid: idOf("-g") };
  }

  /** Gives the directory, and what is in it so far, to the user that the server runs as. */
  private giveAway(): void {
    const { owner } = this;
    if (owner !== undefined) {
      const files = readdirSync(this.directory).map((name) => join(this.directory, name));
      for (const path of [this.directory, ...files]) {
        chownSync(path, owner.uid, owner.gid);
      }
    }
  }
}
