import { createRequire } from "node:module";
import { join } from "node:path";
import { type EngineEvent } from "@pulumi/pulumi/automation";
import { previewStack } from "../../preview/inProcess";
import { readStacks } from "../../preview/stacks";
import { copyOfProject, editCopy, removeCopy } from "../support/projectCopy";
import { languageHost } from "./hostCommand";
import { HostDirectory } from "./hostDirectory";
import { plantLogins } from "./plantLogins";
import { World } from "./standIn/world";

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
    plantLogins(new World(this.host.world), readStacks({ directory: this.copy }));
  }

  /** Replaces a text, which must be there, in a file. */
  public edit(file: string, find: string, replace: string): void {
    editCopy(this.copy, file, find, replace);
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
