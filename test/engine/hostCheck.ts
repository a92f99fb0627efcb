import { CommandError } from "@pulumi/pulumi/automation";
import { readStacks } from "../../preview/stacks";
import { projectDirectory } from "../support/projectCopy";
import { installedPulumi } from "./hostCommand";
import { HostedProject } from "./hostProject";

/**
 * Previews every stack with the Pulumi CLI that is installed, the way Pulumi.yaml says, and holds it
 * to the in-process preview. It needs no cloud account, and touches no state but its own.
 */
async function main(): Promise<void> {
  const { pulumi, languageHost } = installedPulumi();
  process.stdout.write(`Previewing with ${pulumi} and ${languageHost}\n`);
  const project = new HostedProject(pulumi, languageHost);
  try {
    for (const { name } of readStacks({ directory: projectDirectory })) {
      const created = await project.created(name);
      const expected = await project.expected(name);
      const others = [
        ...missing(expected, created).map((urn) => `  not created: ${urn}\n`),
        ...missing(created, expected).map((urn) => `  not in the in-process preview: ${urn}\n`),
      ];
      const verdict =
        others.length === 0
          ? "as in the in-process preview"
          : `but ${String(expected.length)} in the in-process preview`;
      process.stdout.write(
        `${name.padEnd(8)} ${String(created.length).padStart(4)} resources to create, ${verdict}\n${others.join("")}`,
      );
      if (others.length > 0) {
        process.exitCode = 1;
      }
    }
  } finally {
    project.close();
  }
}

/** What is in one list only. */
function missing(wanted: readonly string[], there: readonly string[]): string[] {
  const known = new Set(there);
  return wanted.filter((urn) => !known.has(urn));
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  // What the CLI said is in the message of its error, which has no stack worth showing.
  process.stderr.write(`${error instanceof CommandError ? "" : "check:host: "}${message}\n`);
  process.exitCode = 1;
});
