import { type IncomingMessage } from "node:http";
import { request, type RequestOptions } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig } from "@kubernetes/client-node";
import { apiVersionOf, type ConfigurationKind } from "../../contracts/configurationKinds";
import { messageOf, RecoveryFailure } from "../failure";
import { type KubernetesObject } from "./content";

/** Objects of a page of a list. One may have 1.5 MB, and all of a page are in memory at once. */
const pageObjects = 10;

/** Times that a list is begun: the place that it goes on from is forgotten by the server after minutes. */
const listAttempts = 5;

/** Times that a request is made in all, and milliseconds before the second; the waits double. */
const attempts = 6;
const firstPause = 250;

/** Longest wait that a server may ask for, in seconds. */
const longestPauseSeconds = 30;

/** Milliseconds without an answer, or without more of one, after which a request is made again. */
const answerTimeout = 30_000;

/** Who changes objects, as their managed fields and other programs' conflicts say it. */
export const fieldManager = "trading-dr";

/** How an object is applied. */
export interface ApplyOptions {
  /** Whether fields that others manage are taken over. */
  readonly force: boolean;
  /** Whether the server only tries. */
  readonly dryRun: boolean;
}

/** What the API says when it does not do as it was asked. */
export interface ApiProblem {
  /** Status of HTTP. */
  readonly code: number;
  /** `Conflict`, `Invalid`. */
  readonly reason: string;
  readonly message: string;
  /** The fields that it is about; they hold no values. */
  readonly fields: readonly string[];
}

/** What the API answered. */
type Answer =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly problem: ApiProblem; readonly retryAfterSeconds: number };

/**
 * The Kubernetes API of one cluster. Who we are and where it is, the library finds as kubectl does.
 * Objects are read as the server writes them: the library's own types would drop what they do not know.
 */
export class Cluster {
  private constructor(
    private readonly access: KubeConfig,
    /** Where the API is, for messages. */
    public readonly url: string,
  ) {}

  /**
   * The cluster that kubectl would talk to: by `KUBECONFIG`, by `~/.kube/config`, or in a pod by the
   * account that it has there.
   *
   * @param context Name of a context of the kubeconfig. @default - the current one
   * @throws RecoveryFailure `usage` when there is none, or it is reached without TLS.
   */
  public static find(context?: string): Cluster {
    const access = new KubeConfig();
    try {
      access.loadFromDefault();
    } catch (error) {
      throw new RecoveryFailure("usage", `the kubeconfig cannot be read: ${messageOf(error)}`);
    }
    if (context !== undefined) {
      access.setCurrentContext(context);
    }
    const cluster = access.getCurrentCluster();
    if (cluster === null) {
      const known = access.getContexts().map(({ name }) => name);
      throw new RecoveryFailure(
        "usage",
        `there is no context ${access.getCurrentContext()} in the kubeconfig; it has ${known.join(", ") || "none"}`,
      );
    }
    // What the library takes when there is nothing to go by.
    if (cluster.server === "http://localhost:8080") {
      throw new RecoveryFailure(
        "usage",
        "there is no cluster: neither KUBECONFIG nor ~/.kube/config names one, and this is no pod with an account of its own",
      );
    }
    if (!cluster.server.startsWith("https://") || cluster.skipTLSVerify) {
      throw new RecoveryFailure(
        "usage",
        `${cluster.server} is reached without TLS, or without a look at its certificate, and Secrets would pass in the clear: give the kubeconfig an https:// server and its certificate-authority`,
      );
    }
    return new Cluster(access, cluster.server);
  }

  /**
   * All objects of a kind in a namespace, as they were at one moment, a page at a time. A list that the
   * server cannot go on with is begun anew.
   *
   * @param restarted Called when all pages so far are void.
   * @throws RecoveryFailure `refused` when we may not, or the server knows no such kind.
   */
  public async *list(
    kind: ConfigurationKind,
    namespace: string,
    restarted: () => void,
  ): AsyncGenerator<KubernetesObject[]> {
    let place = "";
    for (let attempt = 1; ;) {
      const query = new URLSearchParams({ limit: String(pageObjects) });
      if (place !== "") {
        query.set("continue", place);
      }
      const answer = await this.ask("GET", `${pathOf(kind, namespace)}?${query.toString()}`);
      if (answer.ok) {
        const page = answer.body as ListAnswer;
        // Only objects that are asked for one by one say of themselves what they are.
        const own = { apiVersion: apiVersionOf(kind), kind: kind.kind };
        yield (page.items ?? []).map((object) => ({ ...object, ...own }));
        place = page.metadata?.continue ?? "";
        if (place === "") {
          return;
        }
      } else if (answer.problem.code === 410 && attempt < listAttempts) {
        attempt += 1;
        place = "";
        restarted();
      } else {
        throw this.listFailure(kind, namespace, answer.problem);
      }
    }
  }

  /** Whether a namespace is there; undefined where we may not look. */
  public async hasNamespace(name: string): Promise<boolean | undefined> {
    const answer = await this.ask("GET", `/api/v1/namespaces/${encodeURIComponent(name)}`);
    if (answer.ok) {
      return true;
    }
    if (answer.problem.code === 404) {
      return false;
    }
    if (answer.problem.code === 403) {
      return undefined;
    }
    throw this.failure(`namespace ${name} cannot be read`, answer.problem);
  }

  /**
   * Makes an object, or gives one the fields that are named. Others' fields stay.
   *
   * @returns The object as the server has it now, or what the server says against it.
   */
  public async apply(
    kind: ConfigurationKind,
    namespace: string,
    object: KubernetesObject,
    { force, dryRun }: ApplyOptions,
  ): Promise<{ readonly applied: KubernetesObject } | { readonly problem: ApiProblem }> {
    const query = new URLSearchParams({ fieldManager, force: String(force) });
    if (dryRun) {
      query.set("dryRun", "All");
    }
    const path = `${pathOf(kind, namespace)}/${encodeURIComponent(object.metadata.name)}`;
    const answer = await this.ask(
      "PATCH",
      `${path}?${query.toString()}`,
      Buffer.from(JSON.stringify(object)),
    );
    return answer.ok ? { applied: answer.body as KubernetesObject } : { problem: answer.problem };
  }

  /** Asks until there is an answer that another try would not change. */
  private async ask(method: "GET" | "PATCH", path: string, body?: Buffer): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      let pause = firstPause * 2 ** (attempt - 1);
      try {
        const answer = await this.askOnce(method, path, body);
        if (answer.ok || !isPassing(answer.problem.code) || attempt >= attempts) {
          return answer;
        }
        pause = Math.max(pause, answer.retryAfterSeconds * 1000);
      } catch (error) {
        if (error instanceof RecoveryFailure || attempt >= attempts) {
          throw error instanceof RecoveryFailure
            ? error
            : new RecoveryFailure(
                "cluster",
                `the Kubernetes API at ${this.url} does not answer: ${messageOf(error)}`,
                { cause: error },
              );
        }
      }
      await sleep(pause);
    }
  }

  private async askOnce(method: string, path: string, body: Buffer | undefined): Promise<Answer> {
    const options: RequestOptions = {
      method,
      timeout: answerTimeout,
      headers: {
        Accept: "application/json",
        "User-Agent": fieldManager,
        ...(body === undefined
          ? {}
          : {
              "Content-Type": "application/apply-patch+yaml",
              "Content-Length": String(body.length),
            }),
      },
    };
    await this.access.applyToHTTPSOptions(options).catch((error: unknown) => {
      throw new RecoveryFailure(
        "usage",
        `the kubeconfig's way to log in failed: ${messageOf(error)}`,
      );
    });
    const { response, text } = await exchange(
      new URL(this.url.replace(/\/$/, "") + path),
      options,
      body,
    );
    const code = response.statusCode ?? 0;
    const parsed: unknown = parsedOr(text);
    if (code >= 200 && code < 300 && parsed !== undefined) {
      return { ok: true, body: parsed };
    }
    const retryAfter = Number(response.headers["retry-after"] ?? "0") || 0;
    return {
      ok: false,
      problem: problemOf(code, parsed),
      retryAfterSeconds: Math.min(retryAfter, longestPauseSeconds),
    };
  }

  private listFailure(
    kind: ConfigurationKind,
    namespace: string,
    problem: ApiProblem,
  ): RecoveryFailure {
    const what = `${kind.resource} of ${namespace} cannot be listed`;
    if (problem.code === 403) {
      return new RecoveryFailure(
        "refused",
        `${what}: ${problem.message}; bind a Role that may get and list ${kind.resource}${kind.group === "" ? "" : ` of ${kind.group}`}`,
      );
    }
    if (problem.code === 404) {
      return new RecoveryFailure(
        "refused",
        `${what}: the cluster serves no ${kind.resource} of ${apiVersionOf(kind)}; it is too old for this version of trading-dr`,
      );
    }
    return this.failure(what, problem);
  }

  private failure(what: string, { code, message }: ApiProblem): RecoveryFailure {
    const advice =
      code === 401 ? "; the token or certificate is no good, or no longer: log in again" : "";
    return new RecoveryFailure(
      "cluster",
      `${what} at ${this.url}: status ${String(code)}, ${message}${advice}`,
    );
  }
}

interface ListAnswer {
  readonly metadata?: { readonly continue?: string };
  readonly items?: KubernetesObject[] | null;
}

function pathOf({ group, version, resource }: ConfigurationKind, namespace: string): string {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}

/** Too many requests, or a server that is going or coming. */
function isPassing(code: number): boolean {
  return code === 429 || (code >= 500 && code <= 504);
}

/** What a Status object says. Answers that are none, as a proxy's, have a code alone. */
function problemOf(code: number, body: unknown): ApiProblem {
  const status = (body ?? {}) as {
    readonly reason?: string;
    readonly message?: string;
    readonly details?: { readonly causes?: readonly { readonly field?: string }[] };
  };
  return {
    code,
    reason: status.reason ?? "Unknown",
    message: status.message ?? `no words`,
    fields: (status.details?.causes ?? []).flatMap(({ field }) => field ?? []),
  };
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function exchange(
  url: URL,
  options: RequestOptions,
  body: Buffer | undefined,
): Promise<{ readonly response: IncomingMessage; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ response, text: Buffer.concat(chunks).toString() });
      });
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer in time")));
    asked.on("error", reject);
    asked.end(body);
  });
}
