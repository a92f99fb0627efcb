import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { isMapping } from "../../config/field";
import { ConfigurationError, type Problem, show } from "../../config/problem";
import { checkAgainst } from "../../config/yamlFile";
import {
  type Environment,
  environmentNames,
  type EnvironmentName,
  environmentOf,
} from "../../policies/environment";
import { exceptionsRule } from "../../policies/evaluation";
import { reports } from "../../policies/reports";
import { type Level } from "../../policies/rule";
import { rules } from "../../policies/rules";
import { readStacks } from "../stacks";

/**
 * The configuration files of the policy pack, one for each environment: what the rules hold a stack to,
 * out of the system's file. Written by `npm run policies:config`; a test fails when one is stale.
 */

/** Directory of the project. */
const projectDirectory = join(__dirname, "..", "..");

/** What a file says of one rule: a level, or a level and settings. */
type Entry = string | Readonly<Record<string, unknown>>;

/** The contents of one configuration file. */
export type PackConfiguration = Readonly<Record<string, Entry>>;

/**
 * What the pack is configured with in an environment.
 *
 * @param valuesKnown Whether a value that is not known before deployment blocks: nothing that a system's
 *   file says.
 */
export function packConfiguration(environment: Environment, valuesKnown: Level): PackConfiguration {
  return {
    all: "mandatory",
    ...Object.fromEntries(
      rules
        .filter(({ scope }) => scope !== "system")
        .map((rule): [string, Entry] => {
          const settings = rule.settingsFor(environment);
          const on =
            settings !== undefined && Object.keys(settings).length > 0
              ? { enforcementLevel: rule.level, ...settings }
              : rule.level;
          return [rule.id, settings === undefined ? "disabled" : on];
        }),
    ),
    [exceptionsRule.id]: exceptionsRule.level,
    ...Object.fromEntries(Object.values(reports).map(({ name }) => [name, "advisory"])),
    [reports.valuesKnown.name]: valuesKnown,
  };
}

/** Whether the file of an environment lets values that are not known block. */
export function valuesKnownLevel(name: EnvironmentName, directory = projectDirectory): Level {
  const file = configurationFile(name, directory);
  const found: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const blocks = isMapping(found) && found[reports.valuesKnown.name] === "mandatory";
  return blocks ? "mandatory" : "advisory";
}

/**
 * The configuration of every environment, as the stack files and the system that they name say. Whether
 * values that are not known block, each file goes on saying itself.
 *
 * @param directory Directory of the project.
 */
export function packConfigurations(
  directory = projectDirectory,
): ReadonlyMap<EnvironmentName, PackConfiguration> {
  const stacks = readStacks({ directory }).map(({ configuration }) => configuration);
  return new Map(
    environmentNames.flatMap((name) => {
      // A sandbox's settings are the same for every role.
      const role = name === "sandbox" ? "prod" : name;
      const found = stacks.find(({ settings }) => settings.role === role);
      if (found === undefined) {
        return [];
      }
      const configuration = {
        ...found,
        settings: { ...found.settings, profile: name === "sandbox" ? "sandbox" : "production" },
      } as Environment["configuration"];
      const level = valuesKnownLevel(name, directory);
      return [[name, packConfiguration(environmentOf(configuration), level)] as const];
    }),
  );
}

/** The file of an environment. */
export function configurationFile(name: EnvironmentName, directory = projectDirectory): string {
  return join(directory, "policies", "config", `${name}.json`);
}

/** A configuration as its file holds it. */
export function configurationText(configuration: PackConfiguration): string {
  return `${JSON.stringify(configuration, undefined, 2)}\n`;
}

/**
 * Everything that is wrong with a configuration file: the engine ignores rules and settings that there
 * are not, and a rule that is not named is held to nothing that it has to be told.
 */
export function configurationProblems(file: string): Problem[] {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ file, path: "", message: `cannot be read as JSON: ${reason}; correct it` }];
  }
  const checked = checkAgainst(configurationSchema(), data, { file, lineOf: () => undefined });
  return "problems" in checked ? checked.problems : [];
}

function configurationSchema(): z.ZodType {
  const levels = ["mandatory", "advisory", "disabled"] as const;
  const rule = `must be one of ${levels.join(", ")}; choose one of them`;
  const level = z.enum(levels, { error: rule });
  const named = rules
    .filter(({ scope }) => scope !== "system")
    .map(({ id, settings }) => {
      const whole =
        settings === undefined
          ? level
          : z.union([z.literal("disabled"), settings.extend({ enforcementLevel: level })], {
              error: `must be "disabled", or have enforcementLevel, ${Object.keys(settings.shape).join(", ")}; npm run policies:config writes it`,
            });
      return [id, whole] as const;
    });
  const others = [exceptionsRule.id, ...Object.values(reports).map(({ name }) => name)];
  return z.strictObject(
    {
      all: level,
      ...Object.fromEntries(named),
      ...Object.fromEntries(others.map((name) => [name, level])),
    },
    {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? `there is no rule ${issue.keys.map(show).join(", ")}; docs/policies.md lists those that there are`
          : undefined,
    },
  );
}

function main(files: readonly string[]): void {
  if (files.length === 0) {
    for (const [name, configuration] of packConfigurations()) {
      writeFileSync(configurationFile(name), configurationText(configuration));
    }
    return;
  }
  const problems = files.flatMap((file) => configurationProblems(relative(process.cwd(), file)));
  if (problems.length > 0) {
    process.stderr.write(`${new ConfigurationError(problems).message}\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) {
  main(process.argv.slice(2));
}
