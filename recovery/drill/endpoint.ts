import { request } from "node:https";
import { type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { type CommandEnvironment } from "../../contracts/jobEnvironment";
import { type Finding, type Question } from "./checks";

/** Where the region answers, and under which name. */
export type Endpoint = Exclude<CommandEnvironment<"drill-disaster">["endpoint"], "none">;

/**
 * Milliseconds until an answer has to have begun, connecting included. Route 53 waits 4 s for a
 * connection and 2 s for the answer.
 */
const answerTimeout = 6_000;

/**
 * Whether the region answers users. It is asked as they would after a failover: at its own host, by the
 * name that they resolve, with the certificate checked for that name.
 */
export function endpointQuestion({ url, name }: Endpoint): Question {
  return {
    name: "endpoint",
    unanswered: `see that what serves ${url} runs, is let through, and has a certificate for ${name}`,
    ask: () => answerOf(url, name),
  };
}

function answerOf(url: string, name: string): Promise<Finding> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const asked = request(url, {
      method: "GET",
      servername: name,
      headers: { host: name, "user-agent": "trading-dr" },
      agent: false,
      signal: AbortSignal.timeout(answerTimeout),
    });
    asked.on("error", (error) => {
      reject(
        new Error(
          error.name === "AbortError" || error.name === "TimeoutError"
            ? `${url} did not answer within ${String(answerTimeout / 1000)} s`
            : `${url} does not answer users of ${name}: ${error.message}`,
        ),
      );
    });
    asked.on("response", (response) => {
      const { statusCode = 0, socket } = response;
      const milliseconds = String(Math.round(performance.now() - started));
      const found = `${url} answered ${String(statusCode)} in ${milliseconds} ms over ${secured(socket)}`;
      // The status is all that is asked; what follows it may be of any length.
      response.destroy();
      resolve({
        found: `${found}; ${statusCode >= 200 && statusCode < 400 ? "it says that the writer is here" : "it does not say that the writer is here"}`,
      });
    });
    asked.end();
  });
}

function secured(socket: Socket): string {
  return socket instanceof TLSSocket
    ? `${String(socket.getProtocol())}, with a certificate until ${socket.getPeerCertificate().valid_to}`
    : "no TLS";
}
