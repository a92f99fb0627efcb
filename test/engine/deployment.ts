import { renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import { type StackVerdicts } from "../../policies/evaluation";
import { environmentOf } from "../../policies/environment";
import { type PreviewedResource, previewStack } from "../../preview/inProcess";
import { configurationText, packConfiguration } from "../../preview/policies/configurationFiles";
import { judgeStacks, noChoices } from "../../preview/policies/verdicts";
import { readStacks, type ReadyStack } from "../../preview/stacks";
import { copyOfProject, editCopy, removeCopy } from "../support/projectCopy";
import { HostDirectory, type InlineStack } from "./hostDirectory";
import { World } from "./standIn/world";

/** What an engine did or would do. */
export interface Outcome {
  /** How many resources by operation. */
  readonly changes: Readonly<Record<string, number>>;
  /** The operations, but `same` and `refresh`, in their order. */
  readonly steps: readonly Step[];
  /** Warnings and errors. */
  readonly warnings: readonly string[];
  /** What the policy pack said, where it was asked. */
  readonly policies: readonly PolicyEvent[];
}

/** Something that the policy pack has said. */
export type PolicyEvent = NonNullable<EngineEvent["policyEvent"]>;

/** How an operation is done. */
export interface OperationOptions {
  /** Has a look at what is really there first. */
  readonly refresh?: boolean;
  /** Attaches the policy pack. */
  readonly policies?: boolean;
  /** Its configuration. @default - that of the stack's environment */
  readonly policyConfiguration?: string;
}

/** One operation on one resource. */
export interface Step {
  readonly operation: string;
  readonly urn: string;
  readonly type: string;
  /** Properties that differ. */
  readonly differences: readonly string[];
}

/** An operation that the engine refused, with everything that it said. */
export class Refused extends Error {
  /** @param policies What the policy pack said, where it was asked. */
  public constructor(
    message: string,
    public readonly policies: readonly PolicyEvent[],
  ) {
    super(message);
  }
}

/** A resource in a stack's state, as far as the tests look at it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly parent?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly provider?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly ignoreChanges?: readonly string[];
  readonly additionalSecretOutputs?: readonly string[];
  readonly dependencies?: readonly string[];
}

const load = createRequire(__filename);

/**
 * One trading system on a real engine: a copy of the project whose files a test may edit, a state
 * backend in files, and a world of stand-in providers.
 */
export class Deployment {
  public readonly world: World;
  /** The copy of the project. */
  public readonly project = copyOfProject();
  public readonly host: HostDirectory;
  private program: () => Record<string, unknown>;

  /**
   * @param system The trading system, out of systems/.
   * @param pulumi Path of the Pulumi CLI.
   */
  public constructor(
    private readonly system: string,
    pulumi: string,
  ) {
    this.host = HostDirectory.make(pulumi);
    this.world = new World(this.host.world);
    this.program = this.loadProgram();
  }

  /** Replaces a text, which must be there, in a file of the project's copy. */
  public edit(file: string, find: string, replace: string): void {
    editCopy(this.project, file, find, replace);
  }

  /** Replaces a text in the program itself, which is loaded again. */
  public editProgram(file: string, find: string, replace: string): void {
    this.edit(file, find, replace);
    for (const loaded of Object.keys(load.cache).filter((path) => path.startsWith(this.project))) {
      Reflect.deleteProperty(load.cache, loaded);
    }
    this.program = this.loadProgram();
  }

  /** Edits all three stack files. */
  public editStacks(find: string, replace: string): void {
    for (const stack of ["prod", "dr", "archive"]) {
      this.edit(`Pulumi.${stack}.yaml`, find, replace);
    }
  }

  /** Deploys everything in the documented order and phases. */
  public async firstDeployment(options: OperationOptions = {}): Promise<Outcome[]> {
    const done = [await this.up("archive", options)];
    this.edit("Pulumi.dr.yaml", "phase: whole", "phase: landing");
    done.push(await this.up("dr", options), await this.up("prod", options));
    this.edit("Pulumi.dr.yaml", "phase: landing", "phase: whole");
    done.push(await this.up("dr", options));
    return done;
  }

  /** What an update would do, after a look at what is really there if `refresh` is set. */
  public preview(stack: string, options: OperationOptions = {}): Promise<Outcome> {
    return this.run(stack, async (opened, listeners) => {
      const { changeSummary } = await opened.preview({
        ...listeners,
        ...this.asked(stack, options),
      });
      return changeSummary;
    });
  }

  public up(stack: string, options: OperationOptions = {}): Promise<Outcome> {
    return this.run(stack, async (opened, listeners) => {
      const { summary } = await opened.up({ ...listeners, ...this.asked(stack, options) });
      return summary.resourceChanges;
    });
  }

  public refresh(stack: string): Promise<Outcome> {
    return this.run(stack, async (opened, listeners) => {
      const { summary } = await opened.refresh(listeners);
      return summary.resourceChanges;
    });
  }

  /** What destroying a stack would do. */
  public previewDestroy(stack: string): Promise<Outcome> {
    return this.run(stack, async (opened, listeners) => {
      const { changeSummary } = await opened.previewDestroy(listeners);
      return changeSummary;
    });
  }

  /** Destroys a stack without a preview, as `pulumi destroy --skip-preview` does. */
  public destroy(stack: string): Promise<Outcome> {
    return this.run(stack, async (opened, listeners) => {
      const { summary } = await opened.destroy(listeners);
      return summary.resourceChanges;
    });
  }

  /** The resources in a stack's state, as the engine keeps them. */
  public async state(stack: string): Promise<StateResource[]> {
    const exported = await (await this.open(stack)).stack.exportStack();
    return (exported.deployment as { resources: StateResource[] }).resources;
  }

  /** What the in-process preview says of a stack. */
  public async inProcess(stack: string): Promise<readonly PreviewedResource[]> {
    const [ready] = this.stacks(stack);
    if (ready === undefined) {
      throw new Error(`there is no stack ${stack}`);
    }
    return (await previewStack(this.program, ready)).resources;
  }

  /** What the rules of the policy pack say of a stack in process. */
  public async verdicts(stack: string): Promise<StackVerdicts> {
    const [ready] = this.stacks(stack);
    const resources = await this.inProcess(stack);
    const { verdicts } = judgeStacks(ready === undefined ? [] : [{ ready, resources }], noChoices);
    return verdicts.get(stack) ?? { evaluated: 0, violations: [], unknown: [], exceptions: [] };
  }

  /**
   * Loses a stack's state, as when its backend is gone.
   *
   * @returns A function that gives it back.
   */
  public loseState(stack: string): () => void {
    const file = this.host.stateFile(stack);
    const lost = join(this.host.path, `${stack}.json`);
    renameSync(file, lost);
    return () => {
      renameSync(lost, file);
    };
  }

  /** Removes every file that the deployment made. */
  public close(): void {
    removeCopy(this.project);
    this.host.remove();
  }

  private async run(
    name: string,
    operation: (
      stack: Stack,
      listeners: { onOutput(text: string): void; onEvent(event: EngineEvent): void },
    ) => Promise<Partial<Record<string, number>> | undefined>,
  ): Promise<Outcome> {
    const said: string[] = [];
    const events: EngineEvent[] = [];
    const { stack, disconnect } = await this.open(name);
    try {
      const changes = await operation(stack, {
        onOutput: (text) => said.push(text),
        onEvent: (event) => events.push(event),
      });
      disconnect();
      return {
        changes: (changes ?? {}) as Outcome["changes"],
        steps: events.flatMap(stepOf),
        warnings: events.flatMap(warningOf),
        policies: policiesOf(events),
      };
    } catch (error) {
      throw new Refused(
        `${said.join("")}\n${error instanceof Error ? error.message : String(error)}`,
        policiesOf(events),
      );
    }
  }

  private asked(stack: string, options: OperationOptions) {
    const { policies = false, policyConfiguration, ...others } = options;
    return policies
      ? {
          ...others,
          policyPacks: [join(this.project, "policies")],
          policyPackConfigs: [policyConfiguration ?? this.policyConfiguration(stack)],
        }
      : others;
  }

  /** A file with the policy pack's configuration for a stack. */
  public policyConfiguration(stack: string): string {
    const file = join(this.host.path, `policies-${stack}.json`);
    const [ready] = this.stacks(stack);
    if (ready !== undefined) {
      const environment = environmentOf(ready.configuration);
      writeFileSync(file, configurationText(packConfiguration(environment, "advisory")));
    }
    return file;
  }

  private open(name: string): Promise<InlineStack> {
    const [ready] = this.stacks(name);
    return this.host.openInline(name, ready?.config ?? {}, () => Promise.resolve(this.program()));
  }

  private stacks(name: string): ReadyStack[] {
    return readStacks({ directory: this.project, stack: name, system: this.system });
  }

  private loadProgram(): () => Record<string, unknown> {
    return load(join(this.project, "index")) as () => Record<string, unknown>;
  }
}

function stepOf({ resourcePreEvent }: EngineEvent): Step[] {
  if (resourcePreEvent === undefined) {
    return [];
  }
  const { op, urn, type, diffs } = resourcePreEvent.metadata;
  return op === "same" || op === "refresh"
    ? []
    : [{ operation: op, urn, type, differences: diffs ?? [] }];
}

function policiesOf(events: readonly EngineEvent[]): PolicyEvent[] {
  return events.flatMap(({ policyEvent }) => policyEvent ?? []);
}

/** What the engine warned of, but for where it found the stand-ins. */
function warningOf({ diagnosticEvent }: EngineEvent): string[] {
  const { severity, message = "" } = diagnosticEvent ?? {};
  return severity === "warning" && !/^using pulumi-(resource|analyzer)-/.test(message)
    ? [message]
    : [];
}
