import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { type Configuration, readConfiguration } from "../config/configuration";
import { ConfigurationError, type Problem, show } from "../config/problem";
import { readYamlFile } from "../config/yamlFile";
import { type StackToPreview } from "./inProcess";

/** Which stacks to look at. */
export interface StackChoice {
  /** Directory of the project. */
  readonly directory: string;
  /** Only this stack. @default - every stack that has a file */
  readonly stack?: string;
  /** Another trading system than the stack files name. @default - what they name */
  readonly system?: string;
}

/** A stack whose configuration is sound. */
export interface ReadyStack extends StackToPreview {
  readonly configuration: Configuration;
}

/**
 * Reads the stack files and the system files that they name, and validates all of it, and the
 * stacks of one system against each other.
 *
 * @throws ConfigurationError with every problem of every file.
 */
export function readStacks(choice: StackChoice): ReadyStack[] {
  const problems: Problem[] = [];
  const ready = stackNames(choice).flatMap((name) => {
    try {
      return [readStack(name, choice)];
    } catch (error) {
      if (!(error instanceof ConfigurationError)) {
        throw error;
      }
      problems.push(...error.problems);
      return [];
    }
  });
  problems.push(...disagreements(ready, choice.directory));
  if (problems.length > 0) {
    throw new ConfigurationError(withoutRepetition(problems));
  }
  return ready;
}

function stackNames({ directory, stack }: StackChoice): string[] {
  const known = readdirSync(directory)
    .flatMap((file) => /^Pulumi\.([^.]+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort(inDeploymentOrder);
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

/** The primary region first, then the standby, then the archive, then others by name. */
function inDeploymentOrder(left: string, right: string): number {
  const usual = ["prod", "dr", "archive"];
  const rank = (name: string) => (usual.includes(name) ? usual.indexOf(name) : usual.length);
  return rank(left) - rank(right) || left.localeCompare(right);
}

function readStack(name: string, { directory, system }: StackChoice): ReadyStack {
  const source = readYamlFile(stackFile(directory, name));
  const section = (source.data as { config?: unknown } | null)?.config;
  if (typeof section !== "object" || section === null) {
    throw new ConfigurationError([
      {
        file: source.file,
        path: "config",
        message: 'must have a section "config" with the keys trading-dr:...; see README.md',
      },
    ]);
  }
  const written = {
    ...(section as Record<string, unknown>),
    ...(system === undefined ? {} : { "trading-dr:system": system }),
  };
  // Pulumi passes every value on as text, structures as JSON.
  const config = Object.fromEntries(
    Object.entries(written).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  const configuration = readConfiguration(
    config,
    {
      file: source.file,
      lineOf: ([key, ...rest]) => source.lineOf(["config", `trading-dr:${String(key)}`, ...rest]),
    },
    join(directory, "systems"),
  );
  return { name, config, configuration };
}

/** Settings that the stacks of one system must agree on, or they would miss each other's names. */
const sharedSettings = ["accounts", "profile", "complianceLocks"] as const;

function disagreements(stacks: readonly ReadyStack[], directory: string): Problem[] {
  const firstOf = new Map<string, ReadyStack>();
  return stacks.flatMap((stack) => {
    const { settings, system } = stack.configuration;
    const first = firstOf.get(system.id);
    const sameRole = stacks.find(
      ({ configuration }) =>
        configuration.system.id === system.id && configuration.settings.role === settings.role,
    );
    if (first === undefined) {
      firstOf.set(system.id, stack);
      return [];
    }
    const problemAt = (path: string, message: string, found: unknown): Problem => ({
      file: stackFile(directory, stack.name),
      path,
      found: show(found),
      message,
    });
    return [
      ...(sameRole === undefined || sameRole === stack
        ? []
        : [
            problemAt(
              "role",
              `stack ${sameRole.name} has the same role for ${system.id}, so both would make things of the same names; remove one of the two, or give it another system`,
              settings.role,
            ),
          ]),
      ...sharedSettings.flatMap((key) => {
        const [own, other] = [settings[key], first.configuration.settings[key]];
        return JSON.stringify(own) === JSON.stringify(other)
          ? []
          : [
              problemAt(
                key,
                `must be the same in all stacks of ${system.id}; stack ${first.name} has ${show(other)}`,
                own ?? null,
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
