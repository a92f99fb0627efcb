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

/**
 * Has a suite wait for the Pulumi CLI. In CI it has to be there; elsewhere its absence is told, and the
 * suite is left out.
 */
export function needsEngine(): void {
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
}

/** Some operations, and of these kinds only. */
export function assertOnly({ changes, steps }: Outcome, ...kinds: string[]): void {
  const found = Object.keys(changes);
  assert.deepEqual(
    found.filter((kind) => !kinds.includes(kind)),
    [],
    JSON.stringify({ changes, steps }),
  );
  assert.notDeepEqual(found, [], "the engine looked at nothing");
}

/** An operation that the engine refuses, saying something that matches. */
export async function assertRefused(operation: Promise<unknown>, reason: RegExp): Promise<void> {
  await assert.rejects(operation, (error) => {
    assert.ok(error instanceof Refused, String(error));
    assert.match(error.message, reason);
    return true;
  });
}
