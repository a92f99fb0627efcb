import assert from "node:assert/strict";
import { type Outcome, Refused } from "./deployment";
import { pulumiCommand } from "./pulumiCommand";

/** The stacks, in the order that an operator looks at them. */
export const stacks = ["prod", "dr", "archive"] as const;

let command: string | undefined;

/** Path of the Pulumi CLI. */
export function pulumi(): string {
  assert.ok(command !== undefined, "the Pulumi CLI is looked for before the first test");
  return command;
}

/** In CI the engine has to be there; elsewhere its absence is told, and nothing is tested. */
before(async function () {
  this.timeout("30m");
  try {
    command ??= await pulumiCommand();
  } catch (error) {
    if (process.env["CI"] !== undefined) {
      throw error;
    }
    process.stderr.write(`\nENGINE TESTS SKIPPED: ${String(error)}\n\n`);
    this.skip();
  }
});

/** Operations of these kinds only. */
export function assertOnly({ changes, steps }: Outcome, ...kinds: string[]): void {
  assert.deepEqual(
    Object.keys(changes).filter((kind) => !kinds.includes(kind)),
    [],
    JSON.stringify({ changes, steps }),
  );
}

/** An operation that the engine refuses, saying something that matches. */
export async function assertRefused(operation: Promise<unknown>, reason: RegExp): Promise<void> {
  await assert.rejects(operation, (error) => {
    assert.ok(error instanceof Refused, String(error));
    assert.match(error.message, reason);
    return true;
  });
}
