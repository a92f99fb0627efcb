import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Client } from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import {
  LocalWorkspace,
  type LocalWorkspaceOptions,
  PulumiCommand,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation";

const projectName = "trading-dr";

const load = createRequire(__filename);

/** A stack whose program runs in this process. */
export interface InlineStack {
  readonly stack: Stack;
  /**
   * Ends the connections to engines that the program has had, once an operation has succeeded. The SDK
   * leaves them open, and each holds every resource of its run: some 20 MB for a region's stack. After a
   * refusal the program may go on for a moment. What it then says must fail on the wire, not here: the
   * SDK sends the messages of all programs in one chain, which an error of its own breaks for good.
   */
  readonly disconnect: () => void;
}

/**
 * A directory with all that a Pulumi CLI needs, so that it touches nothing of the user's: the CLI
 * itself, stand-in providers and what they "make", a home for plugins, and state in files.
 */
export class HostDirectory {
  /** @param path The directory, which {@link make} has filled. */
  public constructor(public readonly path: string) {}

  /**
   * @param command Path of the Pulumi CLI.
   * @returns A new directory; the caller removes it with {@link remove}.
   */
  public static make(command: string): HostDirectory {
    const made = new HostDirectory(mkdtempSync(join(tmpdir(), "trading-dr-engine-")));
    for (const directory of ["bin", "state", "home", "world"]) {
      mkdirSync(join(made.path, directory));
    }
    made.link("pulumi", command);
    for (const name of ["aws", "kubernetes", "postgresql", "random"]) {
      made.installScript(`pulumi-resource-${name}`, join(__dirname, "standIn", "main.ts"));
    }
    // The Node language host runs policy packs by this; here there is none.
    made.installCommand("pulumi-analyzer-policy-nodejs", [
      process.execPath,
      load.resolve("@pulumi/pulumi/cmd/run-policy-pack"),
    ]);
    return made;
  }

  /** Directory of what the stand-in providers have "made". */
  public get world(): string {
    return join(this.path, "world");
  }

  /** File of a stack's state. */
  public stateFile(stack: string): string {
    return join(this.path, "state", ".pulumi", "stacks", projectName, `${stack}.json`);
  }

  /** Has the engine find an executable that is elsewhere. */
  public link(name: string, executable: string): void {
    symlinkSync(executable, join(this.path, "bin", name));
  }

  /** Has the engine find a program in TypeScript as an executable. */
  public installScript(name: string, script: string): void {
    this.installCommand(name, [process.execPath, "--require", load.resolve("tsx/cjs"), script]);
  }

  private installCommand(name: string, words: readonly string[]): void {
    const file = join(this.path, "bin", name);
    writeFileSync(file, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`);
    chmodSync(file, 0o755);
  }

  /** A stack whose program runs in this process. */
  public async openInline(
    stackName: string,
    config: Readonly<Record<string, string>>,
    program: PulumiFn,
  ): Promise<InlineStack> {
    const connections = new Set<unknown>();
    const connectedProgram: PulumiFn = () => {
      connections.add(pulumi.runtime.getMonitor()).add(pulumi.runtime.getEngine());
      return program();
    };
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName, projectName, program: connectedProgram },
      {
        ...(await this.options()),
        workDir: mkdtempSync(join(this.path, "work-")),
        projectSettings: { name: projectName, runtime: "nodejs" },
      },
    );
    await stack.setAllConfig(
      Object.fromEntries(Object.entries(config).map(([key, value]) => [key, { value }])),
    );
    return {
      stack,
      disconnect: () => {
        connections.forEach((connection) => {
          (connection as Client).close();
        });
      },
    };
  }

  /** A stack of a project's own files, whose program a language host runs as Pulumi.yaml says. */
  public async openProject(stackName: string, workDir: string): Promise<Stack> {
    return LocalWorkspace.createOrSelectStack({ stackName, workDir }, await this.options());
  }

  /** Removes it, and all that a CLI left in it. */
  public remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private async options(): Promise<LocalWorkspaceOptions> {
    const path = [join(this.path, "bin"), dirname(process.execPath), process.env["PATH"]];
    return {
      pulumiCommand: await PulumiCommand.get({ root: this.path }),
      pulumiHome: join(this.path, "home"),
      envVars: {
        PATH: path.join(delimiter),
        PULUMI_BACKEND_URL: `file://${join(this.path, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "only for this test",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // The state is written once, at the end of an update, and not again after every resource: that
        // would take most of the time. No test kills the engine in the middle.
        PULUMI_EXPERIMENTAL: "true",
        PULUMI_SKIP_CHECKPOINTS: "true",
        STAND_IN_WORLD: this.world,
      },
    };
  }
}
