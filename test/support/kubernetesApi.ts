import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./freePort";
import { goProgram } from "./goProgram";

/** Version of Kubernetes, and that of the modules which its own module names by paths within itself. */
const minor = "36.3";

/** Modules that Kubernetes keeps within its own, and publishes as modules of their own too. */
const staging = [
  "api",
  "apiextensions-apiserver",
  "apimachinery",
  "apiserver",
  "cli-runtime",
  "client-go",
  "cloud-provider",
  "cluster-bootstrap",
  "code-generator",
  "component-base",
  "component-helpers",
  "controller-manager",
  "cri-api",
  "cri-client",
  "cri-streaming",
  "csi-translation-lib",
  "dynamic-resource-allocation",
  "endpointslice",
  "externaljwt",
  "kms",
  "kube-aggregator",
  "kube-controller-manager",
  "kube-proxy",
  "kube-scheduler",
  "kubectl",
  "kubelet",
  "metrics",
  "mount-utils",
  "pod-security-admission",
  "sample-apiserver",
  "sample-cli-plugin",
  "sample-controller",
  "streaming",
];

/** Kubernetes's own API server. */
function apiServerCommand(): Promise<string> {
  return goProgram({
    name: "kube-apiserver",
    title: "Kubernetes's API server",
    version: `v1.${minor}`,
    source: "k8s.io/kubernetes/cmd/kube-apiserver",
    goVersion: "1.26.0",
    replacements: staging.map((name) => `k8s.io/${name} => k8s.io/${name} v0.${minor}`),
    linkerFlags: "-s -w",
    buildTime: "about four minutes",
    versionArguments: ["--version"],
  });
}

/** What the API server keeps its objects in. */
function etcdCommand(): Promise<string> {
  return goProgram({
    name: "etcd",
    title: "etcd",
    version: "v3.6.13",
    source: "go.etcd.io/etcd/server/v3",
    goVersion: "1.26.0",
    linkerFlags: "-s -w",
    buildTime: "about a minute",
    versionArguments: ["--version"],
  });
}

/** Builds both where they are not installed. */
export async function kubernetesCommands(): Promise<{
  readonly apiServer: string;
  readonly etcd: string;
}> {
  return { etcd: await etcdCommand(), apiServer: await apiServerCommand() };
}

/** An answer of the API. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * A real Kubernetes API on this machine's loopback: Kubernetes's own server and etcd, with admission and
 * roles as in a cluster. There are no controllers and no nodes, so nothing happens to objects by itself:
 * no pods, no tokens, no garbage collection.
 */
export class KubernetesApi {
  private readonly tokens = new Map<string, string>();
  private readonly processes: ChildProcess[] = [];

  private constructor(
    private readonly directory: string,
    public readonly port: number,
    private readonly etcdPort: number,
  ) {
    this.tokens.set("admin", randomBytes(16).toString("hex"));
  }

  /**
   * @param accounts Service accounts that get a token, as `namespace:name`.
   * @returns A server that answers; the caller closes it.
   */
  public static async start(accounts: readonly string[] = []): Promise<KubernetesApi> {
    const directory = mkdtempSync(join(tmpdir(), "trading-dr-kubernetes-"));
    const api = new KubernetesApi(directory, await freePort(), await freePort());
    for (const account of accounts) {
      api.tokens.set(account, randomBytes(16).toString("hex"));
    }
    try {
      await api.serve();
      return api;
    } catch (error) {
      await api.close();
      throw error;
    }
  }

  public get url(): string {
    return `https://127.0.0.1:${String(this.port)}`;
  }

  /** File with the certificate that the server is recognised by. */
  public get authorityFile(): string {
    return join(this.directory, "certificates", "apiserver.crt");
  }

  /** A file that kubectl and the command find the server by. */
  public kubeconfig(account = "admin", url = this.url): string {
    const file = join(
      this.directory,
      `${account.replace(":", "-")}-${randomBytes(4).toString("hex")}.json`,
    );
    const name = "laboratory";
    writeFileSync(
      file,
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name, cluster: { server: url, "certificate-authority": this.authorityFile } }],
        users: [{ name, user: { token: this.tokenOf(account) } }],
        contexts: [{ name, context: { cluster: name, user: name } }],
        "current-context": name,
      }),
    );
    return file;
  }

  /** Asks the API as somebody who may do everything. */
  public ask(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const asked = request(
        new URL(path, this.url),
        {
          method,
          ca: readFileSync(this.authorityFile),
          headers: {
            Authorization: `Bearer ${this.tokenOf("admin")}`,
            "Content-Type":
              method === "PATCH" ? "application/merge-patch+json" : "application/json",
          },
        },
        (response) => {
          let text = "";
          response.on("data", (chunk: Buffer) => (text += chunk.toString()));
          response.on("end", () => {
            resolve({
              status: response.statusCode ?? 0,
              body: text.startsWith("{") ? JSON.parse(text) : text,
            });
          });
        },
      );
      asked.on("error", reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The same, and what is asked for has to be done. */
  public async done(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.ask(method, path, body);
    assert.ok(
      answer.status >= 200 && answer.status < 300,
      `${method} ${path}: ${JSON.stringify(answer)}`,
    );
    return answer.body;
  }

  /** Has the store forget all states of objects but the present ones: places in lists are then gone. */
  public async compact(): Promise<void> {
    const { metadata } = (await this.done("GET", "/api/v1/namespaces?limit=1")) as {
      readonly metadata: { readonly resourceVersion: string };
    };
    const response = await fetch(`http://127.0.0.1:${String(this.etcdPort)}/v3/kv/compaction`, {
      method: "POST",
      body: JSON.stringify({ revision: metadata.resourceVersion, physical: true }),
    });
    assert.equal(response.status, 200, await response.text());
  }

  /** Stops the servers and removes their files. */
  public async close(): Promise<void> {
    for (const server of this.processes.reverse()) {
      if (server.exitCode === null && server.signalCode === null) {
        const ended = new Promise((resolve) => server.once("exit", resolve));
        server.kill("SIGKILL");
        await ended;
      }
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private tokenOf(account: string): string {
    const token = this.tokens.get(account);
    assert.ok(token !== undefined, `${account} has no token`);
    return token;
  }

  private async serve(): Promise<void> {
    const { apiServer, etcd } = await kubernetesCommands();
    const within = (name: string) => join(this.directory, name);
    const etcdUrl = `http://127.0.0.1:${String(this.etcdPort)}`;
    const key = within("accounts.key");
    execFileSync("openssl", ["genrsa", "-out", key, "2048"], { stdio: "ignore" });
    writeFileSync(
      within("tokens.csv"),
      [...this.tokens]
        .map(([account, token], index) =>
          account === "admin"
            ? `${token},admin,${String(index)},"system:masters"\n`
            : `${token},system:serviceaccount:${account},${String(index)},"system:serviceaccounts"\n`,
        )
        .join(""),
    );
    this.run(etcd, [
      ...["--data-dir", within("etcd"), "--unsafe-no-fsync", "--log-level=error"],
      ...["--listen-client-urls", etcdUrl, "--advertise-client-urls", etcdUrl],
      ...["--listen-peer-urls", `http://127.0.0.1:${String(await freePort())}`],
    ]);
    const log = this.run(apiServer, [
      ...["--etcd-servers", etcdUrl, "--bind-address=127.0.0.1"],
      ...["--secure-port", String(this.port), "--cert-dir", within("certificates")],
      ...["--authorization-mode=RBAC", "--token-auth-file", within("tokens.csv")],
      ...["--service-account-issuer=https://kubernetes.default.svc"],
      ...["--service-account-key-file", key, "--service-account-signing-key-file", key],
      "--service-cluster-ip-range=10.0.0.0/24",
      // Places in lists are forgotten when the store forgets them, as in a cluster after five minutes.
      "--feature-gates=ListFromCacheSnapshot=false",
    ]);
    for (let attempt = 0; attempt < 300; attempt += 1) {
      try {
        if ((await this.ask("GET", "/readyz")).status === 200) {
          return;
        }
      } catch {
        // It does not listen yet.
      }
      await sleep(200);
    }
    throw new Error(`Kubernetes's API server did not start:\n${log()}`);
  }

  private run(command: string, words: readonly string[]): () => string {
    const server = spawn(command, words, {
      cwd: this.directory,
      env: { PATH: process.env["PATH"], HOME: this.directory },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.processes.push(server);
    let log = "";
    for (const stream of [server.stdout, server.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-20_000);
      });
    }
    return () => log;
  }
}
