import * as pulumi from "@pulumi/pulumi";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { PreviewRefusal } from "./refusal";
import { secretMark, type Shown, shown, unknownText } from "./wireValue";

/** One resource that a stack would declare. */
export interface PreviewedResource {
  readonly urn: string;
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** URN of the parent; absent for the stack itself. */
  readonly parent?: string;
  /** Region it would be made in; absent for what belongs to none, like a password. */
  readonly region?: string;
  /** Inputs, with secrets and unknown values marked. */
  readonly inputs: Readonly<Record<string, Shown>>;
  /** What a component registers as its outputs, marked likewise. */
  readonly outputs?: Readonly<Record<string, Shown>>;
  readonly options: ResourceOptions;
}

/** The options of a resource; those that are absent have their defaults. */
export interface ResourceOptions {
  /** URN of the explicit provider. */
  readonly provider?: string;
  readonly protect?: true;
  readonly retainOnDelete?: true;
  readonly deleteBeforeReplace?: true;
  readonly ignoreChanges?: readonly string[];
  readonly replaceOnChanges?: readonly string[];
  readonly additionalSecretOutputs?: readonly string[];
  /** URNs of what it waits for, whether asked for or because an input comes from there; sorted. */
  readonly dependencies?: readonly string[];
  /** Earlier names, as URNs or as what they differ in. */
  readonly aliases?: readonly string[];
  readonly import?: string;
}

/** What one stack would declare. */
export interface StackPreview {
  readonly name: string;
  readonly resources: readonly PreviewedResource[];
  readonly outputs: Readonly<Record<string, Shown>>;
}

/** A stack to preview: its name and its whole configuration, as Pulumi would pass it on. */
export interface StackToPreview {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

/** The SDK's stand-in for an engine, as far as it is used here. */
interface Monitor {
  registerResource(request: RegisterResourceRequest, callback: unknown): Promise<void>;
  registerResourceOutputs(request: RegisterResourceOutputsRequest, callback: unknown): void;
}

/**
 * What a program may ask the cloud, and the properties of the answer, which stay unknown here: the
 * login that the access stack connects to the database with. Nothing else is worth a look-up, which
 * would keep a stack from being declared while a region is gone.
 */
const leftOpen: Readonly<Record<string, readonly string[] | undefined>> = {
  "aws:secretsmanager/getSecretVersion:getSecretVersion": ["secretString"],
};

/** The name of the project, part of every URN. */
const project = "trading-dr";

/**
 * Runs a program as one stack, in this process, against the SDK's mocks: no engine, no provider and
 * no cloud account. Stacks are previewed one after another, never at once.
 *
 * The requests are read off the mocks' monitor rather than from the mocks' own arguments, because
 * only the requests carry parents, options and the marks of secrets: what an engine would get.
 *
 * @param program The function that `index.ts` exports.
 * @throws CloudCallError when the program asks the cloud something, else whatever it throws.
 */
export async function previewStack(
  program: () => unknown,
  { name, config }: StackToPreview,
): Promise<StackPreview> {
  const calls: string[] = [];
  pulumi.runtime.setAllConfig({ ...config });
  await pulumi.runtime.setMocks(
    {
      // Inputs come back as outputs; what only a provider can compute stays unknown.
      newResource: ({ inputs }) => ({ id: undefined, state: inputs as Record<string, unknown> }),
      call: ({ token }) => {
        const open = leftOpen[token];
        if (open !== undefined) {
          return Object.fromEntries(open.map((property) => [property, unknownText]));
        }
        calls.push(token);
        throw new Error(token);
      },
    },
    project,
    name,
    true,
  );
  const requests: RegisterResourceRequest[] = [];
  const outputs = new Map<string, Record<string, Shown>>();
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResource = (request, callback) => {
    requests.push(request);
    return register(request, callback);
  };
  monitor.registerResourceOutputs = (request, callback) => {
    // The SDK registers empty outputs itself a moment later; as in an engine, the first call counts.
    if (!outputs.has(request.getUrn())) {
      outputs.set(request.getUrn(), shownRecord(request.getOutputs()));
    }
    registerOutputs(request, callback);
  };
  try {
    await pulumi.runtime.runInPulumiStack(() => Promise.resolve(program()));
    await drained();
  } catch (error) {
    // What a program makes of a refused call says less than the refusal.
    throw calls.length === 0 ? error : new CloudCallError(calls);
  }

  const names = new UrnTranslation(name);
  const resources = withRegions(requests.map((request) => resourceOf(request, names, outputs)));
  return {
    name,
    resources: resources.filter(({ urn }) => !isStackUrn(urn)),
    outputs: [...outputs].find(([urn]) => isStackUrn(urn))?.[1] ?? {},
  };
}

/** A program that asks the cloud something, which a stack must not need in order to be declared. */
export class CloudCallError extends PreviewRefusal {
  public constructor(calls: readonly string[]) {
    super(
      `the program calls ${calls.join(", ")}, which needs a cloud; take the value from the configuration, or compute it from names`,
    );
  }
}

/** Waits until every registration has been answered. The SDK keeps its typings of this to itself. */
async function drained(): Promise<void> {
  const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs: () => Promise<void> };
  await waitForRPCs();
}

function isStackUrn(urn: string): boolean {
  return urn.split("::")[2] === "pulumi:pulumi:Stack";
}

/**
 * Gives resources the URNs that an engine would: all types from the outermost component inwards,
 * then the name. The mocks' own URNs keep the last two types only, and requests refer to those.
 */
class UrnTranslation {
  private readonly byMockUrn = new Map<string, string>();

  public constructor(private readonly stack: string) {}

  /** Enters a resource and returns its URN. Parents come before their children. */
  public enter(request: RegisterResourceRequest): string {
    const parent = this.translate(request.getParent());
    const outer = parent === "" || isStackUrn(parent) ? undefined : typesOf(parent);
    const urn = this.urn(outer, request);
    this.byMockUrn.set(this.mockUrnOf(request), urn);
    return urn;
  }

  /** The URN that the mocks give. */
  public mockUrnOf(request: RegisterResourceRequest): string {
    const parent = request.getParent();
    return this.urn(parent === "" ? undefined : typesOf(parent).split("$").pop(), request);
  }

  public translate(mockUrn: string): string {
    return this.byMockUrn.get(mockUrn) ?? mockUrn;
  }

  private urn(outerTypes: string | undefined, request: RegisterResourceRequest): string {
    const type = request.getType();
    const types = outerTypes === undefined ? type : `${outerTypes}$${type}`;
    return `urn:pulumi:${this.stack}::${project}::${types}::${request.getName()}`;
  }
}

function typesOf(urn: string): string {
  return urn.split("::")[2] ?? "";
}

function shownRecord(struct: { toJavaScript(): object } | undefined): Record<string, Shown> {
  return shown(struct?.toJavaScript() ?? {}) as Record<string, Shown>;
}

/** Marks what the provider's schema calls secret, which a value not known yet does not say itself. */
function withoutSecrets(
  inputs: Record<string, Shown>,
  secretKeys: readonly string[],
): Record<string, Shown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      secretKeys.includes(key) ? secretMark : value,
    ]),
  );
}

function resourceOf(
  request: RegisterResourceRequest,
  names: UrnTranslation,
  outputs: ReadonlyMap<string, Record<string, Shown>>,
): PreviewedResource {
  const urn = names.enter(request);
  const ownOutputs = outputs.get(names.mockUrnOf(request));
  const parent = names.translate(request.getParent());
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    ...(parent === "" ? {} : { parent }),
    inputs: withoutSecrets(
      shownRecord(request.getObject()),
      request.getAdditionalsecretoutputsList(),
    ),
    ...(ownOutputs === undefined ? {} : { outputs: ownOutputs }),
    options: optionsOf(request, names),
  };
}

function optionsOf(request: RegisterResourceRequest, names: UrnTranslation): ResourceOptions {
  const aliases = [
    ...request.getAliasurnsList(),
    ...request.getAliasesList().map((alias) => JSON.stringify(alias.toObject())),
  ];
  const options: Record<string, unknown> = {
    // The reference is the provider's URN and, after it, an id that a preview does not know.
    provider: names.translate(request.getProvider().split("::").slice(0, 4).join("::")),
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    dependencies: request
      .getDependenciesList()
      .map((urn) => names.translate(urn))
      .sort(),
    aliases,
    import: request.getImportid(),
  };
  const isDefault = (value: unknown) =>
    value === undefined ||
    value === false ||
    value === "" ||
    (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(options).filter(([, value]) => !isDefault(value)));
}

/** Fills in the region of each resource: its own, or its provider's. */
function withRegions(resources: readonly PreviewedResource[]): PreviewedResource[] {
  const providerRegions = new Map(
    resources
      .filter(({ type }) => type.startsWith("pulumi:providers:"))
      .map(({ urn, inputs }) => [urn, inputs["region"]]),
  );
  return resources.map((resource) => {
    const region =
      resource.inputs["region"] ?? providerRegions.get(resource.options.provider ?? "");
    return typeof region === "string" ? { ...resource, region } : resource;
  });
}
