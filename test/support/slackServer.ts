import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A message in Slack's format. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly { readonly type: string; readonly text: { readonly text: string } }[];
}

/** How requests are answered. */
export type Behaviour =
  /** As Slack does. */
  | { readonly answer: "ok" }
  /** With another status, headers and text. */
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly text: string;
    }
  /** Never. */
  | { readonly answer: "never" }
  /** The answer begins, and never ends. */
  | { readonly answer: "endless" };

/** Takes messages as Slack's incoming webhooks do, over TLS on loopback, at a path that is a secret. */
export class SlackServer {
  public readonly directory = mkdtempSync(join(tmpdir(), "trading-dr-slack-"));
  /** The part of the address that nobody may see. */
  public readonly secret = randomBytes(12).toString("hex");
  /** What was asked for: requests of a run are told apart by their messages. */
  public readonly received: SlackMessage[] = [];
  /** Requests, whatever came of them. */
  public requests = 0;
  /** How the next requests are answered; the last behaviour stays. */
  public behaviours: Behaviour[] = [{ answer: "ok" }];
  private server: Server | undefined;

  public static async start(): Promise<SlackServer> {
    const slack = new SlackServer();
    execFileSync(
      "openssl",
      "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=slack -addext subjectAltName=DNS:localhost -keyout key.pem -out certificate.pem".split(
        " ",
      ),
      { cwd: slack.directory, stdio: "pipe" },
    );
    const read = (name: string) => readFileSync(join(slack.directory, name));
    const server = createServer({ key: read("key.pem"), cert: read("certificate.pem") });
    server.on("request", (incoming, outgoing) => {
      slack.take(incoming, outgoing);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    slack.server = server;
    const { port } = server.address() as AddressInfo;
    writeFileSync(
      slack.webhookFile,
      `https://localhost:${String(port)}/services/${slack.secret}\n`,
    );
    return slack;
  }

  /** File with the webhook's address. */
  public get webhookFile(): string {
    return join(this.directory, "webhook");
  }

  /** File with the certificate that the server is recognised by. */
  public get certificateFile(): string {
    return join(this.directory, "certificate.pem");
  }

  /** Forgets what came, and answers as is said. */
  public answer(...behaviours: Behaviour[]): void {
    this.received.length = 0;
    this.requests = 0;
    this.behaviours = behaviours;
  }

  public async close(): Promise<void> {
    const { server } = this;
    if (server !== undefined) {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private take(incoming: IncomingMessage, outgoing: ServerResponse): void {
    this.requests += 1;
    let body = "";
    incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
    incoming.on("end", () => {
      const [behaviour = { answer: "ok" as const }] = this.behaviours;
      if (this.behaviours.length > 1) {
        this.behaviours.shift();
      }
      if ("status" in behaviour) {
        outgoing.writeHead(behaviour.status, behaviour.headers).end(behaviour.text);
      } else if (behaviour.answer === "endless") {
        outgoing.writeHead(200).write("o");
      } else if (behaviour.answer === "ok") {
        const isWebhook = incoming.method === "POST" && incoming.url === `/services/${this.secret}`;
        if (isWebhook) {
          this.received.push(JSON.parse(body) as SlackMessage);
        }
        outgoing.writeHead(isWebhook ? 200 : 404).end(isWebhook ? "ok" : "no_service");
      }
    });
  }
}
