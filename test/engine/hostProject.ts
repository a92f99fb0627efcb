import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type EngineEvent } from "@pulumi/pulumi/automation";
import { previewStack } from "../../preview/inProcess";
import { readStacks } from "../../preview/stacks";
import { copyOfProject, removeCopy } from "../support/projectCopy";
import { HostDirectory } from "./hostDirectory";

/** Name of the executable with which a CLI runs programs for Node. */
const languageHost = "pulumi-language-nodejs";

/**
 * The Pulumi CLI that is installed, with its language host.
 *
 * @throws Error that says what to install.
 */
export function installedPulumi(): { readonly pulumi: string; readonly languageHost: string } {
  const home = process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  const pulumi = executableIn([...pathDirectories(), join(home, "bin")], "pulumi");
  if (pulumi === undefined) {
    throw new Error(
      "there is no Pulumi CLI on PATH or in PULUMI_HOME; install it: https://www.pulumi.com/docs/install/",
    );
  }
  const found = languageHostOf(pulumi);
  if (found === undefined) {
    throw new Error(
      `${pulumi} has no ${languageHost} beside it, and there is none on PATH: it was built without, and runs programs of the Automation API only; install the whole of Pulumi: https://www.pulumi.com/docs/install/`,
    );
  }
  return { pulumi, languageHost: found };
}

/** The language host that came with a CLI, or is on PATH. */
export function languageHostOf(pulumi: string): string | undefined {
  return executableIn([dirname(realpathSync(pulumi)), ...pathDirectories()], languageHost);
}

function pathDirectories(): string[] {
  return (process.env["PATH"] ?? "").split(delimiter);
}

function executableIn(directories: readonly string[], name: string): string | undefined {
  return directories.map((directory) => join(directory, name)).find((file) => existsSync(file));
}

/**
 * A copy of the project whose stacks a CLI previews by itself, the way Pulumi.yaml says, with
 * stand-ins for the providers and against a state that is empty.
 */
export class HostedProject {
  private readonly copy = copyOfProject();
  private readonly host: HostDirectory;

  /**
   * @param pulumi Path of the Pulumi CLI.
   * @param languageHostPath Path of its language host.
   * @default - a stand-in for it
   */
  public constructor(pulumi: string, languageHostPath?: string) {
    this.host = HostDirectory.make(pulumi);
    if (languageHostPath === undefined) {
      this.host.installScript(languageHost, join(__dirname, "hostStandIn.ts"));
    } else {
      this.host.link(languageHost, languageHostPath);
    }
  }

  /** Replaces a text, which must be there, in a file. */
  public edit(file: string, find: string, replace: string): void {
    const path = join(this.copy, file);
    const before = readFileSync(path, "utf8");
    if (!before.includes(find)) {
      throw new Error(`${file} does not contain ${find}`);
    }
    writeFileSync(path, before.replace(find, replace));
  }

  /** URNs of what the engine would create, sorted. */
  public async created(stack: string): Promise<string[]> {
    const events: EngineEvent[] = [];
    const opened = await this.host.openProject(stack, this.copy);
    await opened.preview({ onEvent: (event) => events.push(event) });
    return events
      .flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? [])
      .filter(({ op, type }) => op === "create" && type !== "pulumi:pulumi:Stack")
      .map(({ urn }) => urn)
      .sort();
  }

  /** URNs of what the in-process preview says, sorted. */
  public async expected(stack: string): Promise<string[]> {
    const program = createRequire(__filename)(join(this.copy, "index")) as () => unknown;
    const [ready] = readStacks({ directory: this.copy, stack });
    if (ready === undefined) {
      throw new Error(`there is no stack ${stack}`);
    }
    return (await previewStack(program, ready)).resources.map(({ urn }) => urn).sort();
  }

  /** Removes every file that it made. */
  public close(): void {
    removeCopy(this.copy);
    this.host.remove();
  }
}
