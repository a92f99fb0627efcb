import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

/**
 * A stand-in for Pulumi's Node language host, where a CLI was built without it: reads the options of
 * Pulumi.yaml's runtime and starts the SDK's own runner as that does. Its program talks to the engine
 * itself, without the detour that only calls which block would need.
 */

const engineAddress = process.argv.at(-1) ?? "";

const server = new grpc.Server();
server.addService(LanguageRuntimeService, {
  getPluginInfo: (_: unknown, answer: grpc.sendUnaryData<PluginInfo>) => {
    answer(null, new PluginInfo());
  },
  getRequiredPackages: (
    { request }: { readonly request: messages.GetRequiredPackagesRequest },
    answer: grpc.sendUnaryData<messages.GetRequiredPackagesResponse>,
  ) => {
    const directory = String(request.getInfo()?.getProgramDirectory());
    answer(
      null,
      new messages.GetRequiredPackagesResponse().setPackagesList(requiredPackages(directory)),
    );
  },
  run: (
    { request }: { readonly request: messages.RunRequest },
    answer: grpc.sendUnaryData<messages.RunResponse>,
  ) => {
    const { options, words, environment } = commandFor(request);
    const child = spawn(process.execPath, [...options, ...words], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", (error) => {
      answer(null, new messages.RunResponse().setError(error.message));
    });
    child.on("close", (status) => {
      answer(null, responseTo(status));
    });
  },
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) {
    throw error;
  }
  process.stdout.write(`${String(port)}\n`);
});

/** The program's libraries that say they need a provider, as plugins to look for. */
function requiredPackages(directory: string): PackageDependency[] {
  const { dependencies = {} } = packageFile(directory);
  return Object.keys(dependencies).flatMap((name) => {
    const { version, pulumi } = packageFile(join(directory, "node_modules", name));
    return pulumi?.resource === true
      ? [
          new PackageDependency()
            .setName(pulumi.name ?? name.replace("@pulumi/", ""))
            .setKind("resource")
            .setVersion(`v${version}`),
        ]
      : [];
  });
}

interface PackageFile {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly pulumi?: { readonly resource?: boolean; readonly name?: string };
}

function packageFile(directory: string): PackageFile {
  const file = join(directory, "package.json");
  return JSON.parse(existsSync(file) ? readFileSync(file, "utf8") : "{}") as PackageFile;
}

/** What Pulumi.yaml may say of the runtime, as far as it concerns a run. */
interface RuntimeOptions {
  readonly typescript?: boolean;
  readonly tsconfig?: string;
  readonly nodeargs?: string;
}

/** Node's options, the runner with its arguments, and its environment. */
function commandFor(request: messages.RunRequest): {
  readonly options: readonly string[];
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
} {
  const info = request.getInfo();
  const directory = String(info?.getProgramDirectory());
  const options = (info?.getOptions()?.toJavaScript() ?? {}) as RuntimeOptions;
  // The form of the keys in which programs of every version of the SDK find them.
  const config = request
    .getConfigMap()
    .toArray()
    .map(([key, value]) => [key.replace(":", ":config:"), value] as const);
  return {
    options: (options.nodeargs ?? "").split(/\s+/).filter((word) => word !== ""),
    words: [
      require.resolve("@pulumi/pulumi/cmd/run", { paths: [directory] }),
      ...["--monitor", request.getMonitorAddress()],
      ...["--engine", engineAddress],
      ...["--organization", request.getOrganization()],
      ...["--project", request.getProject()],
      ...["--root-directory", String(info?.getRootDirectory())],
      ...["--stack", request.getStack()],
      ...["--pwd", directory],
      ...(request.getDryrun() ? ["--dry-run"] : []),
      ...["--parallel", String(request.getParallel())],
      String(info?.getEntryPoint()),
    ],
    environment: {
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(config)),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      ...(options.typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
      ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
    },
  };
}

/** The runner's own status for a failure that it has already told. */
const toldStatus = 32;

function responseTo(status: number | null): messages.RunResponse {
  const response = new messages.RunResponse();
  if (status === 0) {
    return response;
  }
  return status === toldStatus
    ? response.setBail(true)
    : response.setError(`Program exited with non-zero exit code: ${String(status)}`);
}
