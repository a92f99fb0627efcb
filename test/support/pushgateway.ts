import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./freePort";
import { executableIn, pathOf } from "./goProgram";

/** Name of the program. */
const program = "prometheus-pushgateway";

/** Has a suite wait for a Pushgateway, as `needsPostgresql` has one wait for PostgreSQL's programs. */
export function needsPushgateway(): void {
  before(function () {
    if (executableIn(pathOf(process.env), program) !== undefined) {
      return;
    }
    const reason = `there is no ${program}; on Debian: sudo apt-get install prometheus-pushgateway`;
    if (process.env["CI"] !== undefined) {
      throw new Error(reason);
    }
    process.stderr.write(`\nTESTS OF SIGNALS SKIPPED: ${reason}\n\n`);
    this.skip();
  });
}

/** A real Pushgateway on this machine's loopback, which keeps nothing when it is stopped. */
export class Pushgateway {
  private server: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  /** @returns A server that answers; the caller closes it. */
  public static async start(): Promise<Pushgateway> {
    const started = new Pushgateway(await freePort());
    try {
      await started.serve();
    } catch (error) {
      await started.close();
      throw error;
    }
    return started;
  }

  public get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** What Prometheus would be given, a line for each value. */
  public async lines(): Promise<string[]> {
    const response = await fetch(`${this.url}/metrics`);
    return (await response.text()).split("\n").filter((line) => line.startsWith("trading_dr_"));
  }

  /**
   * The values of a metric, by the labels that are asked for: `daily trading`.
   *
   * @param labels Names of labels.
   */
  public async values(name: string, ...labels: readonly string[]): Promise<Record<string, number>> {
    const found = (await this.lines()).filter((line) => line.startsWith(`${name}{`));
    return Object.fromEntries(
      found.map((line) => [
        labels.map((label) => new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1]).join(" "),
        Number(line.split(" ").at(-1)),
      ]),
    );
  }

  public async close(): Promise<void> {
    const { server } = this;
    if (server?.exitCode === null) {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGKILL");
      await ended;
    }
  }

  private async serve(): Promise<void> {
    // Debian has it keep its values in a file of the system's, if it is not told otherwise.
    const options = [`--web.listen-address=127.0.0.1:${String(this.port)}`, "--persistence.file="];
    const server = spawn(program, options, {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.server = server;
    let log = "";
    server.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
    for (let attempt = 0; attempt < 100 && server.exitCode === null; attempt += 1) {
      try {
        await this.lines();
        return;
      } catch {
        await sleep(100);
      }
    }
    throw new Error(`the Pushgateway did not start:\n${log}`);
  }
}
