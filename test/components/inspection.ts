import * as pulumi from "@pulumi/pulumi";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { mock } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { type PreviewedResource } from "../../preview/inProcess";
import { type Shown, shown } from "../../preview/wireValue";
import { type Declared } from "../support/declared";

/** The statements of a policy's text, in their order. */
export function statementsOf(policy: unknown): Record<string, unknown>[] {
  if (typeof policy !== "string") {
    throw new TypeError(`a policy must be text, got ${typeof policy}`);
  }
  const { Version, Statement } = JSON.parse(policy) as {
    Version: string;
    Statement: Record<string, unknown>[];
  };
  if (Version !== "2012-10-17") {
    throw new RangeError(`a policy must be of version 2012-10-17, got ${Version}`);
  }
  return Statement;
}

/** The only statement with some id. */
export function statementOf(policy: unknown, sid: string): Record<string, unknown> {
  const [found, ...others] = statementsOf(policy).filter(({ Sid }) => Sid === sid);
  if (found === undefined || others.length > 0) {
    throw new RangeError(`expected one statement ${sid}, found ${String(others.length)} others`);
  }
  return found;
}

/** How many resources of each type there are. */
export function countsByType(resources: readonly PreviewedResource[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of resources) {
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

/** Some of a resource's inputs; those that are not set are left out. */
export function inputsOf(
  resource: PreviewedResource,
  ...keys: readonly string[]
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(resource.inputs).filter(([key]) => keys.includes(key)));
}

/** Whether a resource waits for another. */
export function waitsFor(resource: PreviewedResource, other: PreviewedResource): boolean {
  return resource.options.dependencies?.includes(other.urn) ?? false;
}

/**
 * Types that AWS changes only by making them anew, and the options that let an engine do so: it
 * refuses to replace what is protected. The old one stays, or has to go first where there can be
 * only one. Source: the arguments that force a new resource in terraform-provider-aws.
 */
const replaceable: Readonly<Record<string, object>> = {
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": { retainOnDelete: true },
  "aws:backup/vaultNotifications:VaultNotifications": { retainOnDelete: true },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": { retainOnDelete: true, deleteBeforeReplace: true },
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": { retainOnDelete: true },
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": {
    deleteBeforeReplace: true,
  },
  "aws:rds/parameterGroup:ParameterGroup": { retainOnDelete: true },
  // A check of an endpoint; the others have nothing that AWS replaces.
  "aws:route53/healthCheck:HealthCheck HTTPS": { retainOnDelete: true },
  "aws:secretsmanager/secretVersion:SecretVersion": { retainOnDelete: true },
  // Not AWS's doing: whoever is taken out of the program must not go on being told.
  "aws:sns/topicSubscription:TopicSubscription": { protect: true },
};

/** A resource's type, and of a health check what it checks: that decides what AWS can change. */
function kindOf({ type, inputs }: PreviewedResource): string {
  return type === "aws:route53/healthCheck:HealthCheck"
    ? `${type} ${String(inputs["type"])}`
    : type;
}

/** The resources that are not kept as they should be: protected, unless AWS replaces their type. */
export function deletable(resources: readonly PreviewedResource[]): string[] {
  return resources
    .filter((resource) => {
      const { protect, retainOnDelete, deleteBeforeReplace } = resource.options;
      const found = { protect, retainOnDelete, deleteBeforeReplace };
      const given = Object.fromEntries(
        Object.entries(found).filter(([, value]) => value !== undefined),
      );
      const wanted = replaceable[kindOf(resource)] ?? { protect: true, retainOnDelete: true };
      return !isDeepStrictEqual(given, wanted);
    })
    .map(({ type, name }) => `${type} ${name}`);
}

/** The resources of a later generation of the database, as if they were of the first. */
export function withoutGeneration(
  { resources }: Declared,
  generation: number,
): readonly PreviewedResource[] {
  const text = JSON.stringify(resources);
  return JSON.parse(
    text.replaceAll(`database-generation-${String(generation)}`, "database"),
  ) as readonly PreviewedResource[];
}

/** Resources that are protected, or would stay in the account. */
export function kept(resources: readonly PreviewedResource[]): string[] {
  return resources
    .filter(({ options }) => options.protect === true || options.retainOnDelete === true)
    .map(({ type, name }) => `${type} ${name}`);
}

/** The resources that cannot be taken out of the program, or that would not stay in the account. */
export function notReleased(resources: readonly PreviewedResource[]): string[] {
  return resources
    .filter(({ options }) => options.protect === true || options.retainOnDelete !== true)
    .map(({ type, name }) => `${type} ${name}`);
}

/** The resources of AWS among others. */
export function ofAws(resources: readonly PreviewedResource[]): PreviewedResource[] {
  return resources.filter(({ type }) => type.startsWith("aws:"));
}

/** A resource or its outputs as an engine would get them once the cloud has answered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, Shown>>;
  /** What a component registers as its outputs. */
  readonly outputs?: Readonly<Record<string, Shown>>;
}

/**
 * Runs a program as an update does, when what a cloud computes is known. Previews cannot show what
 * becomes of such values: there they are unknown wherever they go. Secrets are replaced by their
 * mark only where the program itself says that they are secret.
 *
 * @param computed What the cloud answers, by type or by name, beside the inputs.
 */
export async function registered(
  declare: () => void,
  computed: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Promise<Registered[]> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => ({
        id: `${name}-id`,
        state: { ...(inputs as Record<string, unknown>), ...computed[type], ...computed[name] },
      }),
      call: ({ token }) => {
        throw new Error(`the program calls ${token}`);
      },
    },
    "trading-dr",
    "test",
    false,
  );
  const requests: RegisterResourceRequest[] = [];
  const outputs = new Map<string, Record<string, Shown>>();
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: RegisterResourceRequest, callback: unknown): Promise<void>;
    registerResourceOutputs(request: RegisterResourceOutputsRequest, callback: unknown): void;
  };
  const register = monitor.registerResource.bind(monitor);
  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResource = (request, callback) => {
    requests.push(request);
    return register(request, callback);
  };
  monitor.registerResourceOutputs = (request, callback) => {
    const key = request.getUrn().split("$").pop()?.split("::").slice(-2).join("::") ?? "";
    if (!outputs.has(key)) {
      outputs.set(key, shownRecord(request.getOutputs()));
    }
    registerOutputs(request, callback);
  };
  await pulumi.runtime.runInPulumiStack(() => {
    declare();
    return Promise.resolve();
  });
  const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs: () => Promise<void> };
  await waitForRPCs();
  return requests
    .filter((request) => !request.getType().startsWith("pulumi:"))
    .map((request) => {
      const [type, name] = [request.getType(), request.getName()];
      const ownOutputs = outputs.get(`${type}::${name}`);
      return {
        type,
        name,
        inputs: shownRecord(request.getObject()),
        ...(ownOutputs === undefined ? {} : { outputs: ownOutputs }),
      };
    });
}

/** A warning that a program gives. */
export interface Warning {
  readonly message: string;
  /** Type and name of the resource that it is shown beside. */
  readonly beside: string | undefined;
}

/** The warnings of a program, which it gives while it runs or once the cloud has answered. */
export async function warningsOf(run: () => Promise<unknown>): Promise<Warning[]> {
  const warn = mock.method(pulumi.log, "warn", () => Promise.resolve());
  try {
    await run();
    return await Promise.all(
      warn.mock.calls.map(async (call) => {
        const [message, resource] = call.arguments as unknown as Parameters<typeof pulumi.log.warn>;
        const urn = resource && (await valueOf(resource.urn));
        return { message, beside: urn?.split("$").pop() };
      }),
    );
  } finally {
    warn.mock.restore();
  }
}

function valueOf<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

function shownRecord(struct: { toJavaScript(): object } | undefined): Record<string, Shown> {
  return shown(struct?.toJavaScript() ?? {}) as Record<string, Shown>;
}
