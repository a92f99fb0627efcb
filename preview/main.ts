import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { ConfigurationError } from "../config/problem";
import { type EnvironmentName } from "../policies/environment";
import { exceptionsFile, readExceptions } from "../policies/exceptions";
import { rules } from "../policies/rules";
import { compareWith } from "./against/comparison";
import { previewMarkdown, refusalMarkdown } from "./markdown";
import { valuesKnownLevel } from "./policies/configurationFiles";
import { PreviewRefusal } from "./refusal";
import { type PreviewReport } from "./report";
import { readStacks, type ReadyStack } from "./stacks";
import { previewText } from "./text";

const help = `Shows what every stack would declare, without a cloud account.

Usage: npm run preview -- [options]

  --stack NAME   only this stack: prod, dr, archive or access (default: all)
  --system ID    one trading system out of systems/; where no stack file names it,
                 as if the first system's stack files did
  --against REF  compare the system files with another commit's, and fail where a promise is weaker
                 and that commit's own files do not allow it
  --verbose      the inputs of every resource
  --json         everything for machines, as docs/preview.md describes
  --markdown     a short summary for a pull request; the reasons too, if it is refused
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
  if (options.json && options.markdown) {
    throw new PreviewRefusal("--json and --markdown are two formats; choose one of them.");
  }
  const stacks = readStacks({
    directory,
    ...(options.stack === undefined ? {} : { stack: options.stack }),
    ...(options.system === undefined ? {} : { system: options.system }),
  });
  const exceptions = readExceptions(
    relative(process.cwd(), join(directory, exceptionsFile)),
    rules.map(({ id }) => id),
  );
  const valuesKnown = (environment: EnvironmentName) => valuesKnownLevel(environment, directory);
  const against =
    options.against === undefined
      ? undefined
      : compareWith(options.against, { directory, systems: systemsOf(stacks) });
  // Loaded only now: the cloud libraries take most of the time, and a wrong file should show at once.
  const program = require("../index") as typeof import("../index");
  const { previewReport, withComparison } = require("./report") as typeof import("./report");
  const report = withComparison(
    await previewReport(program, stacks, { exceptions, valuesKnown }),
    against,
  );
  process.stdout.write(printed(report, options));
  if (report.problems.length > 0) {
    process.stderr.write(`${report.problems.join("\n")}\n`);
    process.exitCode = 1;
  }
}

function systemsOf(stacks: readonly ReadyStack[]): string[] {
  return [...new Set(stacks.map(({ configuration }) => configuration.system.id))];
}

function printed(report: PreviewReport, options: ReturnType<typeof parseOptions>): string {
  if (options.json) {
    return `${JSON.stringify(report, undefined, 2)}\n`;
  }
  return options.markdown
    ? previewMarkdown(report)
    : previewText(report, {
        colour: process.stdout.isTTY && process.env["NO_COLOR"] === undefined,
        verbose: options.verbose,
      });
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        stack: { type: "string" },
        system: { type: "string" },
        against: { type: "string" },
        verbose: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        markdown: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new PreviewRefusal(
      `${error instanceof Error ? error.message : String(error)}\nnpm run preview -- --help lists the options.`,
    );
  }
}

/** Says what went wrong. Problems that have a message for people come without a stack trace. */
function fail(error: unknown): void {
  const forPeople = error instanceof ConfigurationError || error instanceof PreviewRefusal;
  const text = error instanceof Error ? (forPeople ? error.message : error.stack) : String(error);
  if (process.argv.includes("--markdown")) {
    process.stdout.write(refusalMarkdown(text ?? "unknown error"));
  }
  process.stderr.write(`${text ?? "unknown error"}\n`);
  process.exitCode = 1;
}

// An input that is computed while resources are registered fails outside of the program's promise.
process.on("unhandledRejection", fail);
// A reader that has seen enough, like `head`, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") {
    process.exit(0);
  }
  fail(error);
});
main().catch(fail);
