import {
  createServer,
  type IncomingMessage,
  request as ask,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What may go wrong between the command and S3. */
export type Fault =
  /** S3 answers 503 and asks for less. */
  | "unavailable"
  /** S3 answers 409, as when two conditional puts meet, and asks for another try. */
  | "conflict"
  /** S3 answers 403. */
  | "forbidden"
  /** S3 does as asked, and its answer comes five seconds late. */
  | "late"
  /** The request is taken, and never answered. */
  | "stalled"
  /** The answer begins, and never goes on. */
  | "stalledAnswer"
  /** The connection is cut while the request is sent; S3 never sees it whole. */
  | "cutRequest"
  /** The connection is cut in the middle of the answer. */
  | "cutAnswer"
  /** S3 does as asked, and its answer is lost. */
  | "lostAnswer"
  /** One bit of the request's body is another on its way. */
  | "flippedRequest"
  /** One bit of the answer's body is another on its way. */
  | "flippedAnswer";

/** Which requests a fault meets. */
export interface Aim {
  /** `GET`, `HEAD` or `PUT`. @default - any */
  readonly method?: string;
  /** What the path and the query have to match. @default - any */
  readonly path?: RegExp;
  /** Matching requests that pass before the first that fails. @default 0 */
  readonly after?: number;
  /** Requests that fail. @default - all that match */
  readonly times?: number;
}

/** A request that S3 has answered. */
export interface Call {
  readonly method: string;
  readonly bucket: string;
  /** Empty where it is about the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly status: number;
}

interface Injection {
  readonly fault: Fault;
  readonly aim: Aim;
  seen: number;
}

/**
 * Stands in front of an S3 API on loopback, and spoils what it is told to. The Host header goes on as it
 * came, so that signatures stay valid.
 */
export class FaultyStore {
  /** Requests that were spoilt: a test has to see that its fault took place. */
  public injected = 0;
  /** What S3 has answered, in order. */
  public calls: Call[] = [];
  private injections: Injection[] = [];

  private constructor(
    private readonly server: Server,
    /** Port of the S3 API. */
    private readonly port: number,
  ) {
    server.on("request", (incoming, outgoing) => {
      void this.serve(incoming, outgoing);
    });
  }

  /** @returns A proxy that listens; the caller closes it. */
  public static async start(port: number): Promise<FaultyStore> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new FaultyStore(server, port);
  }

  /** What AWS's programs find it by, beside the credentials. */
  public get environment(): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    return { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${String(port)}` };
  }

  /** From now on, requests that are aimed at fail. */
  public inject(fault: Fault, aim: Aim = {}): void {
    this.injections.push({ fault, aim, seen: 0 });
  }

  /** From now on, all goes well; counter and calls start anew. */
  public mend(): void {
    this.injections = [];
    this.calls = [];
    this.injected = 0;
  }

  public async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    // Whoever is cut off may leave first.
    outgoing.on("error", () => undefined);
    const fault = this.faultOf(incoming);
    try {
      if (fault === "cutRequest") {
        // A request with a body is cut in the middle of it; nothing of it goes on.
        incoming.once("data", () => incoming.socket.destroy());
        incoming.once("end", () => incoming.socket.destroy());
        return;
      }
      const body = await bytesOf(incoming);
      if (fault === "unavailable" || fault === "conflict" || fault === "forbidden") {
        refuse(outgoing, fault);
      } else if (fault !== "stalled") {
        const answer = await this.forward(incoming, fault === "flippedRequest" ? flip(body) : body);
        this.calls.push(callOf(incoming, answer));
        if (fault === "late") {
          await sleep(5_000);
        }
        answerWith(outgoing, answer, fault);
      }
    } catch {
      outgoing.destroy();
    }
  }

  private faultOf({ method, url = "" }: IncomingMessage): Fault | undefined {
    let found: Fault | undefined;
    for (const injection of this.injections) {
      const { aim, fault } = injection;
      const isMet =
        (aim.method === undefined || aim.method === method) && aim.path?.test(url) !== false;
      if (!isMet) {
        continue;
      }
      injection.seen += 1;
      const first = (aim.after ?? 0) + 1;
      if (injection.seen >= first && injection.seen < first + (aim.times ?? Infinity)) {
        found ??= fault;
      }
    }
    this.injected += found === undefined ? 0 : 1;
    return found;
  }

  private forward(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { method, url } = incoming;
      const headers = { ...incoming.headers };
      // We took the body already, and need no leave to send it.
      delete headers.expect;
      const onward = ask(
        { host: "127.0.0.1", port: this.port, method, path: url, headers },
        (response) => {
          bytesOf(response).then((bytes) => {
            resolve({ response, bytes });
          }, reject);
        },
      );
      onward.on("error", reject);
      onward.end(body);
    });
  }
}

interface Answer {
  readonly response: IncomingMessage;
  readonly bytes: Buffer;
}

function callOf({ method = "", url = "" }: IncomingMessage, { response }: Answer): Call {
  const { pathname, searchParams } = new URL(url, "http://127.0.0.1");
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/.exec(decodeURIComponent(pathname)) ?? [];
  return { method, bucket, key, query: searchParams, status: response.statusCode ?? 0 };
}

function answerWith(
  outgoing: ServerResponse,
  { response, bytes }: Answer,
  fault: Fault | undefined,
): void {
  if (fault === "lostAnswer" || (fault === "cutAnswer" && bytes.length === 0)) {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(response.statusCode ?? 500, response.headers);
  if (fault === "cutAnswer" || fault === "stalledAnswer") {
    outgoing.write(bytes.subarray(0, bytes.length / 2), () => {
      if (fault === "cutAnswer") {
        outgoing.destroy();
      }
    });
  } else {
    outgoing.end(fault === "flippedAnswer" ? flip(bytes) : bytes);
  }
}

/** How S3 refuses, by the fault. */
const refusals = {
  unavailable: [503, "SlowDown"],
  conflict: [409, "ConditionalRequestConflict"],
  forbidden: [403, "AccessDenied"],
} as const;

function refuse(outgoing: ServerResponse, fault: keyof typeof refusals): void {
  const [status, code] = refusals[fault];
  outgoing.writeHead(status, { "Content-Type": "application/xml" });
  outgoing.end(`<Error><Code>${code}</Code><Message>injected</Message></Error>`);
}

/** The same bytes, but for one bit in the middle. */
function flip(bytes: Buffer): Buffer {
  const other = Buffer.from(bytes);
  const middle = Math.floor(bytes.length / 2);
  other[middle] = (other[middle] ?? 0) ^ 1;
  return other;
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
