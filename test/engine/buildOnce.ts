import { execFileSync } from "node:child_process";
import { projectDirectory } from "../support/projectCopy";
import { pulumiCommand } from "./pulumiCommand";

/**
 * Runs once, before the processes that run the test files: compiles the policy pack, and builds a Pulumi
 * CLI where there is none, which each process would do otherwise. What keeps the CLI from being built,
 * the first test that needs it says.
 */
export async function mochaGlobalSetup(): Promise<void> {
  execFileSync("npm", ["run", "--silent", "policies:build"], { cwd: projectDirectory });
  await pulumiCommand().catch(() => undefined);
}
