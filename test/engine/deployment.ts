import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { type PreviewedResource, previewStack } from "../../preview/inProcess";
import { readStacks, type ReadyStack } from "../../preview/stacks";
import { copyOfProject, removeCopy } from "../support/projectCopy";
import { World } from "./standIn/world";

/** What an engine did or would do: how many resources by operation. */
export type Changes = Readonly<Record<string, number>>;

/** An operation that the engine refused, with everything that it said. */
export class Refused extends Error {}

/** A resource in a stack's state, as far as the tests look at it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly parent?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
}

const load = createRequire(__filename);

/**
 * One trading system on a real engine: a copy of the project whose files a test may edit, a state
 * backend in files, and a world of stand-in providers.
 */
export class Deployment {
  public readonly world: World;
  private readonly project = copyOfProject();
  private readonly scratch = mkdtempSync(join(tmpdir(), "trading-dr-engine-"));
  private program: () => Record<string, unknown>;

  /**
   * @param system The trading system, out of systems/.
   * @param pulumi Path of the Pulumi CLI.
   */
  public constructor(
    private readonly system: string,
    private readonly pulumi: string,
  ) {
    this.world = new World(join(this.scratch, "world"));
    for (const directory of ["bin", "state", "home"]) {
      mkdirSync(join(this.scratch, directory));
    }
    symlinkSync(this.pulumi, join(this.scratch, "bin", "pulumi"));
    for (const name of ["aws", "random"]) {
      this.installStandIn(name);
    }
    this.program = this.loadProgram();
  }

  /** Replaces a text, which must be there, in a file of the project's copy. */
  public edit(file: string, find: string, replace: string): void {
    const path = join(this.project, file);
    const before = readFileSync(path, "utf8");
    if (!before.includes(find)) {
      throw new Error(`${file} does not contain ${find}`);
    }
    writeFileSync(path, before.replace(find, replace));
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
  public async firstDeployment(): Promise<Changes[]> {
    const done = [await this.up("archive")];
    this.edit("Pulumi.dr.yaml", "phase: whole", "phase: landing");
    done.push(await this.up("dr"), await this.up("prod"));
    this.edit("Pulumi.dr.yaml", "phase: landing", "phase: whole");
    done.push(await this.up("dr"));
    return done;
  }

  public async preview(stack: string): Promise<Changes> {
    return this.run(
      stack,
      async (opened, onOutput) => (await opened.preview({ onOutput })).changeSummary,
    );
  }

  public async up(stack: string): Promise<Changes> {
    return this.run(
      stack,
      async (opened, onOutput) => (await opened.up({ onOutput })).summary.resourceChanges,
    );
  }

  public async refresh(stack: string): Promise<Changes> {
    return this.run(
      stack,
      async (opened, onOutput) => (await opened.refresh({ onOutput })).summary.resourceChanges,
    );
  }

  /** What destroying a stack would do. */
  public async previewDestroy(stack: string): Promise<Changes> {
    return this.run(
      stack,
      async (opened, onOutput) => (await opened.previewDestroy({ onOutput })).changeSummary,
    );
  }

  /** Destroys a stack without a preview, as `pulumi destroy --skip-preview` does. */
  public async destroy(stack: string): Promise<Changes> {
    return this.run(
      stack,
      async (opened, onOutput) => (await opened.destroy({ onOutput })).summary.resourceChanges,
    );
  }

  /** The resources in a stack's state, as the engine keeps them. */
  public async state(stack: string): Promise<StateResource[]> {
    const exported = await (await this.open(stack)).exportStack();
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

  /** Loses a region: its state and all that was made there. */
  public loseStack(stack: string): void {
    rmSync(join(this.scratch, "state", ".pulumi", "stacks", "trading-dr", `${stack}.json`));
    for (const [id, { urn }] of Object.entries(this.world.everything())) {
      if (urn.startsWith(`urn:pulumi:${stack}::`)) {
        this.world.remove(id);
      }
    }
  }

  /** Removes every file that the deployment made. */
  public close(): void {
    removeCopy(this.project);
    rmSync(this.scratch, { recursive: true, force: true });
  }

  private async run(
    name: string,
    operation: (
      stack: Stack,
      onOutput: (text: string) => void,
    ) => Promise<Partial<Record<string, number>> | undefined>,
  ): Promise<Changes> {
    const said: string[] = [];
    try {
      const changes = await operation(await this.open(name), (text) => said.push(text));
      return (changes ?? {}) as Changes;
    } catch (error) {
      throw new Refused(
        `${said.join("")}\n${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  private async open(name: string): Promise<Stack> {
    const [ready] = this.stacks(name);
    const stack = await LocalWorkspace.createOrSelectStack(
      {
        stackName: name,
        projectName: "trading-dr",
        program: () => Promise.resolve(this.program()),
      },
      {
        pulumiCommand: await PulumiCommand.get({ root: this.scratch }),
        pulumiHome: join(this.scratch, "home"),
        projectSettings: {
          name: "trading-dr",
          runtime: "nodejs",
          backend: { url: `file://${join(this.scratch, "state")}` },
        },
        envVars: {
          PATH: [join(this.scratch, "bin"), dirname(process.execPath), process.env["PATH"]].join(
            delimiter,
          ),
          PULUMI_CONFIG_PASSPHRASE: "only for this test",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          PULUMI_SKIP_UPDATE_CHECK: "true",
          STAND_IN_WORLD: join(this.scratch, "world"),
        },
      },
    );
    const config = Object.entries(ready?.config ?? {}).map(([key, value]) => [key, { value }]);
    await stack.setAllConfig(Object.fromEntries(config) as Record<string, { value: string }>);
    return stack;
  }

  private stacks(name: string): ReadyStack[] {
    return readStacks({ directory: this.project, stack: name, system: this.system });
  }

  private loadProgram(): () => Record<string, unknown> {
    return load(join(this.project, "index")) as () => Record<string, unknown>;
  }

  /** The engine finds a provider as an executable of its name on PATH. */
  private installStandIn(name: string): void {
    const file = join(this.scratch, "bin", `pulumi-resource-${name}`);
    const words = [
      process.execPath,
      "--require",
      load.resolve("tsx/cjs"),
      join(__dirname, "standIn", "provider.ts"),
    ];
    writeFileSync(file, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`);
    chmodSync(file, 0o755);
  }
}
