import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { type AccessConfiguration } from "../config/access";
import { type Configuration, isAccess, readAnyConfiguration } from "../config/configuration";
import { ConfigurationError, type Problem, show } from "../config/problem";
import { problemAt, readYamlFile, type SourceFile } from "../config/yamlFile";
import { type StackToPreview } from "./inProcess";

/** Which stacks to look at. */
export interface StackChoice {
  /** Directory of the project. */
  readonly directory: string;
  /** Only this stack. @default - every stack that has a file */
  readonly stack?: string;
  /**
   * Only this trading system: the stacks whose files name it or, where none does, those of the
   * first stack's system, as if they named it.
   * @default - whatever the stack files name
   */
  readonly system?: string;
}

/** A stack whose configuration is sound. */
export interface ReadyStack extends StackToPreview {
  readonly configuration: Configuration | AccessConfiguration;
  /** Its file, for messages. */
  readonly source: Pick<SourceFile, "file" | "lineOf">;
}

/**
 * Reads the stack files and the system files that they name, and validates all of it, and the
 * stacks of one system against each other.
 *
 * @throws ConfigurationError with every problem of every file.
 */
export function readStacks(choice: StackChoice): ReadyStack[] {
  const problems: Problem[] = [];
  const collect = <Result>(read: () => Result): Result[] => {
    try {
      return [read()];
    } catch (error) {
      if (!(error instanceof ConfigurationError)) {
        throw error;
      }
      problems.push(...error.problems);
      return [];
    }
  };
  const files = stackNames(choice).flatMap((name) =>
    collect(() => readStackFile(name, choice.directory)),
  );
  const ready = ofSystem(files, choice.system).flatMap((file) =>
    collect(() => readyStack(file, choice.directory)),
  );
  problems.push(...disagreements(ready));
  if (problems.length > 0) {
    throw new ConfigurationError(withoutRepetition(problems));
  }
  return ready;
}

function stackNames({ directory, stack }: StackChoice): string[] {
  const known = readdirSync(directory)
    .flatMap((file) => /^Pulumi\.([^.]+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort(byImportance);
  if (stack === undefined || known.includes(stack)) {
    return stack === undefined ? known : [stack];
  }
  throw new ConfigurationError([
    {
      file: stackFile(directory, stack),
      path: "",
      message: `there is no stack ${show(stack)}; use one of ${known.join(", ")}, or add the file`,
    },
  ]);
}

/** The primary region first, the standby, the archive, access to the database, others by name. */
function byImportance(left: string, right: string): number {
  const usual = ["prod", "dr", "archive", "access"];
  const rank = (name: string) => (usual.includes(name) ? usual.indexOf(name) : usual.length);
  return rank(left) - rank(right) || left.localeCompare(right);
}

/** A stack file as it is written, not validated. */
interface StackFile {
  readonly name: string;
  readonly source: SourceFile;
  /** The keys under `config:`. */
  readonly written: Readonly<Record<string, unknown>>;
}

const systemKey = "trading-dr:system";

function readStackFile(name: string, directory: string): StackFile {
  const source = readYamlFile(stackFile(directory, name));
  const written = (source.data as { config?: unknown } | null)?.config;
  if (typeof written !== "object" || written === null) {
    throw new ConfigurationError([
      {
        file: source.file,
        path: "config",
        message: 'must have a section "config" with the keys trading-dr:...; see README.md',
      },
    ]);
  }
  return { name, source, written: written as Record<string, unknown> };
}

function ofSystem(files: readonly StackFile[], system: string | undefined): readonly StackFile[] {
  if (system === undefined) {
    return files;
  }
  const ofIts = files.filter(({ written }) => written[systemKey] === system);
  if (ofIts.length > 0) {
    return ofIts;
  }
  const lender = files[0]?.written[systemKey];
  return files
    .filter(({ written }) => written[systemKey] === lender)
    .map((file) => ({ ...file, written: { ...file.written, [systemKey]: system } }));
}

function readyStack({ name, source, written }: StackFile, directory: string): ReadyStack {
  // Pulumi passes every value on as text, structures as JSON.
  const config = Object.fromEntries(
    Object.entries(written).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  const ownSource: ReadyStack["source"] = {
    file: source.file,
    lineOf: ([key, ...rest]) => source.lineOf(["config", `trading-dr:${String(key)}`, ...rest]),
  };
  const configuration = readAnyConfiguration(config, ownSource, join(directory, "systems"));
  return { name, config, configuration, source: ownSource };
}

/** Settings that the stacks of one system must agree on, or they would miss each other's names. */
function sharedSettings({
  settings,
}: ReadyStack["configuration"]): Readonly<Record<string, unknown>> {
  const { accounts, profile } = settings;
  // What is in a database is in no locked bucket: the access stack knows no compliance locks.
  if (settings.role === "access") {
    return { accounts, profile };
  }
  const { complianceLocks, endpoints } = settings;
  // The standby's drills would ask elsewhere than where the records lead.
  return { accounts, profile, complianceLocks, ...(endpoints === undefined ? {} : { endpoints }) };
}

function disagreements(stacks: readonly ReadyStack[]): Problem[] {
  return stacks.flatMap((stack) => {
    const { settings, system } = stack.configuration;
    const ofSystem = stacks.filter(({ configuration }) => configuration.system.id === system.id);
    const first =
      ofSystem.find(({ configuration }) => !isAccess(configuration)) ?? ofSystem[0] ?? stack;
    const sameRole = ofSystem.find(
      ({ configuration }) => configuration.settings.role === settings.role,
    );
    if (first === stack) {
      return [];
    }
    const others = sharedSettings(first.configuration);
    return [
      ...(sameRole === undefined || sameRole === stack
        ? []
        : [
            problemAt(
              stack.source,
              ["role"],
              settings.role,
              `stack ${sameRole.name} has the same role for ${system.id}, so both would make things of the same names; remove one of the two, or give it another system`,
            ),
          ]),
      ...Object.entries(sharedSettings(stack.configuration)).flatMap(([key, own]) => {
        const other = others[key];
        return JSON.stringify(own) === JSON.stringify(other)
          ? []
          : [
              problemAt(
                stack.source,
                [key],
                own,
                `must be the same in all stacks of ${system.id}; stack ${first.name} has ${other === undefined ? "none" : show(other)}`,
              ),
            ];
      }),
    ];
  });
}

function stackFile(directory: string, name: string): string {
  return relative(process.cwd(), join(directory, `Pulumi.${name}.yaml`));
}

/** Stacks share a system file: its problems are told once. */
function withoutRepetition(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
