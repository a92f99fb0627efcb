import { join } from "node:path";
import { parseArgs } from "node:util";
import { ConfigurationError } from "../config/problem";
import program from "../index";
import { CloudCallError } from "./inProcess";
import { previewReport, RuleViolationError } from "./report";
import { previewText } from "./text";

const help = `Shows what every stack would declare, without a cloud account.

Usage: npm run preview -- [options]

  --stack NAME   only this stack: prod, dr or archive (default: all)
  --system ID    one trading system out of systems/; where no stack file names it,
                 as if the first system's stack files did
  --verbose      the inputs of every resource
  --json         everything for machines, as docs/preview.md describes
  --help         this text

Ends with status 0, or with 1 and the reasons.
`;

/** Directory of the project. */
const directory = join(__dirname, "..");

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  const report = await previewReport(program, {
    directory,
    ...(options.stack === undefined ? {} : { stack: options.stack }),
    ...(options.system === undefined ? {} : { system: options.system }),
  });
  process.stdout.write(
    options.json
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : previewText(report, {
          colour: process.stdout.isTTY && process.env["NO_COLOR"] === undefined,
          verbose: options.verbose,
        }),
  );
}

/** A command line that cannot be understood. */
class UsageError extends Error {}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        stack: { type: "string" },
        system: { type: "string" },
        verbose: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(
      `${error instanceof Error ? error.message : String(error)}\nnpm run preview -- --help lists the options.`,
    );
  }
}

/** Says what went wrong. Problems that have a message for people come without a stack trace. */
function fail(error: unknown): void {
  const forPeople =
    error instanceof CloudCallError ||
    error instanceof ConfigurationError ||
    error instanceof RuleViolationError ||
    error instanceof UsageError;
  const text = error instanceof Error ? (forPeople ? error.message : error.stack) : String(error);
  process.stderr.write(`${text ?? "unknown error"}\n`);
  process.exitCode = 1;
}

// An input that is computed while resources are registered fails outside of the program's promise.
process.on("unhandledRejection", fail);
main().catch(fail);
