import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzeRequest,
  type AnalyzeResponse,
  AnalyzerProviderResource,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  ConfigureAnalyzerRequest,
  EnforcementLevel,
  PolicyConfig,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type PreviewedResource } from "../preview/inProcess";
import { type PackConfiguration } from "../preview/policies/configurationFiles";
import { unknownMark, unknownText } from "../preview/wireValue";

const load = createRequire(__filename);

/** What a pack made of some resources. */
export interface Analysis {
  /** Seconds for all resources one by one, as an engine asks before it makes each. */
  readonly resources: number;
  /** Seconds for the stack as a whole, as an engine asks at the end. */
  readonly stack: number;
  /** How often the pack said something. */
  readonly said: number;
}

/** A policy pack in a process of its own, which is asked as an engine asks it. */
export class PolicyPackProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: AnalyzerClient,
    /** Seconds until it could be asked. */
    public readonly startSeconds: number,
  ) {}

  /** @param directory Directory of the pack, with its package.json. */
  public static async start(directory: string): Promise<PolicyPackProcess> {
    const started = now();
    const child = spawn(
      process.execPath,
      [load.resolve("@pulumi/pulumi/cmd/run-policy-pack"), "127.0.0.1:1", "."],
      { cwd: directory, stdio: ["ignore", "pipe", "inherit"] },
    );
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.once("data", (chunk: Buffer) => {
        resolve(chunk.toString().trim());
      });
      child.once("exit", (status) => {
        reject(new Error(`the pack in ${directory} ended with status ${String(status)}`));
      });
    });
    const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
      "grpc.max_send_message_length": -1,
      "grpc.max_receive_message_length": -1,
    });
    return new PolicyPackProcess(child, client, now() - started);
  }

  /** Has the pack know its configuration. */
  public async configure(configuration: PackConfiguration): Promise<void> {
    const request = new ConfigureAnalyzerRequest();
    for (const [name, entry] of Object.entries(configuration)) {
      const { enforcementLevel, ...settings } =
        typeof entry === "string" ? { enforcementLevel: entry } : entry;
      const policy = new PolicyConfig();
      policy.setEnforcementlevel(
        enforcementLevel === "disabled" ? EnforcementLevel.DISABLED : EnforcementLevel.MANDATORY,
      );
      policy.setProperties(structOf(settings));
      request.getPolicyconfigMap().set(name, policy);
    }
    await answered((callback) => this.client.configure(request, callback));
  }

  /** Asks of every resource, and then of all together. */
  public async analyze(resources: readonly PreviewedResource[]): Promise<Analysis> {
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    const one = resources.map((resource) => described(new AnalyzeRequest(), resource, byUrn));
    const all = new AnalyzeStackRequest();
    all.setResourcesList(
      resources.map((resource) => {
        const resourceOfAll = described(new AnalyzerResource(), resource, byUrn);
        resourceOfAll.setParent(resource.parent ?? "");
        resourceOfAll.setDependenciesList([...(resource.options.dependencies ?? [])]);
        return resourceOfAll;
      }),
    );
    const started = now();
    let said = 0;
    for (const request of one) {
      const answer = await answered<AnalyzeResponse>((callback) =>
        this.client.analyze(request, callback),
      );
      said += answer.getDiagnosticsList().length;
    }
    const middle = now();
    const answer = await answered<AnalyzeResponse>((callback) =>
      this.client.analyzeStack(all, callback),
    );
    return {
      resources: middle - started,
      stack: now() - middle,
      said: said + answer.getDiagnosticsList().length,
    };
  }

  /** The most memory that it has had, in MiB. */
  public peakMebibytes(): number {
    const status = readFileSync(`/proc/${String(this.child.pid)}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
  }

  /** Ends the process. */
  public stop(): void {
    this.client.close();
    this.child.removeAllListeners("exit");
    this.child.kill();
  }
}

/** Seconds from some moment on. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}

function answered<Answer>(
  ask: (callback: (error: ServiceError | null, answer: Answer) => void) => unknown,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    ask((error, answer) => {
      if (error === null) {
        resolve(answer);
      } else {
        reject(error);
      }
    });
  });
}

/** Fills in what both kinds of request have of a resource. */
function described<Request extends AnalyzeRequest | AnalyzerResource>(
  request: Request,
  { urn, type, name, inputs, options, parent }: PreviewedResource,
  byUrn: ReadonlyMap<string, PreviewedResource>,
): Request {
  request.setUrn(urn);
  request.setType(type);
  request.setName(name);
  request.setProperties(structOf(inputs));
  const opts = new AnalyzerResourceOptions();
  opts.setProtect(options.protect === true);
  opts.setIgnorechangesList([...(options.ignoreChanges ?? [])]);
  opts.setParent(parent ?? "");
  request.setOptions(opts);
  const provider = byUrn.get(options.provider ?? "");
  if (provider !== undefined) {
    const own = new AnalyzerProviderResource();
    own.setUrn(provider.urn);
    own.setType(provider.type);
    own.setName(provider.name);
    own.setProperties(structOf(provider.inputs));
    request.setProvider(own);
  }
  return request;
}

/** Values as an engine sends them: what is not known yet by its signature. */
function structOf(values: Readonly<Record<string, unknown>>): Struct {
  const text = JSON.stringify(values).replaceAll(
    JSON.stringify(unknownMark),
    JSON.stringify(unknownText),
  );
  return Struct.fromJavaScript(JSON.parse(text) as Record<string, JavaScriptValue>);
}
