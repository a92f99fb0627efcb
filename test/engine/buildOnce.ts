import { pulumiCommand } from "./pulumiCommand";

/**
 * Runs once, before the processes that run the test files: or each would build a Pulumi CLI where there
 * is none. What keeps it from being built, the first test that needs it says.
 */
export async function mochaGlobalSetup(): Promise<void> {
  await pulumiCommand().catch(() => undefined);
}
