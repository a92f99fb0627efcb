import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An application over TLS on this machine's loopback, with a certificate for a name. */
export class HttpsServer {
  /** Status that it answers with; `silence` for no answer. */
  public status: number | "silence" = 200;
  /** The host names that it was asked by, in the order of the requests. */
  public readonly asked: (string | undefined)[] = [];
  private readonly directory = mkdtempSync(join(tmpdir(), "trading-dr-https-"));
  private server: Server | undefined;

  /** @returns A server that answers; the caller closes it. */
  public static async start(name: string): Promise<HttpsServer> {
    const started = new HttpsServer();
    try {
      await started.serve(name);
      return started;
    } catch (error) {
      await started.close();
      throw error;
    }
  }

  /** File with the certificate, which is its own authority. */
  public get certificateFile(): string {
    return join(this.directory, "certificate.pem");
  }

  public get port(): number {
    return (this.server?.address() as AddressInfo).port;
  }

  public async close(): Promise<void> {
    const { server } = this;
    if (server !== undefined) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async serve(name: string): Promise<void> {
    const keyFile = join(this.directory, "key.pem");
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        .concat(["-days", "2", "-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`])
        .concat(["-keyout", keyFile, "-out", this.certificateFile]),
      { stdio: "pipe" },
    );
    const server = createServer(
      { key: readFileSync(keyFile), cert: readFileSync(this.certificateFile) },
      (request, response) => {
        this.asked.push(request.headers.host);
        if (this.status !== "silence") {
          response.writeHead(this.status).end();
        }
      },
    );
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  }
}
