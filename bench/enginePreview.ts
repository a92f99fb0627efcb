import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import type * as hostDirectory from "../test/engine/hostDirectory";

/**
 * One preview on a real engine: this process runs the program, as the engine's Node process does.
 * What only the Automation API needs, to load it and to open the stack, is left out of the times.
 *
 * Arguments: directory of the engine, stack, its configuration as JSON, file of the program.
 */

/** How long the parts of a preview took, in seconds. */
export interface Parts {
  /** Node itself, and the loader of TypeScript. */
  readonly node: number;
  /** The program's files and libraries. */
  readonly imports: number;
  /** The engine, until it asks for the program. */
  readonly engineStart: number;
  /** The program, until it has declared everything. */
  readonly program: number;
  /** Registrations: program, engine and providers, until the engine has ended. */
  readonly registrations: number;
}

/** What this process tells the one that measures it. */
export type Message =
  { readonly kind: "opened" } | { readonly kind: "done"; readonly parts: Parts };

const began = performance.now();
const load = createRequire(__filename);

async function main(): Promise<void> {
  const [directory = "", stack = "", config = "", file = ""] = process.argv.slice(2);
  const program = load(file) as () => Record<string, unknown>;
  const imported = performance.now();
  const { HostDirectory } = load("../test/engine/hostDirectory") as typeof hostDirectory;
  let [called, declared] = [NaN, NaN];
  const { stack: opened } = await new HostDirectory(directory).openInline(
    stack,
    JSON.parse(config) as Record<string, string>,
    () => {
      called = performance.now();
      const outputs = program();
      declared = performance.now();
      return Promise.resolve(outputs);
    },
  );
  tell({ kind: "opened" });
  const started = performance.now();
  await opened.preview();
  tell({
    kind: "done",
    parts: {
      node: began / 1000,
      imports: (imported - began) / 1000,
      engineStart: (called - started) / 1000,
      program: (declared - called) / 1000,
      registrations: (performance.now() - declared) / 1000,
    },
  });
  process.disconnect();
}

function tell(message: Message): void {
  process.send?.(message);
}

void main();
