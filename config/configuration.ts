import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { type z } from "zod";
import {
  type AccessConfiguration,
  accessProblems,
  type AccessSettings,
  accessShape,
} from "./access";
import { cacheProblems } from "./cacheSettings";
import { dnsProblems } from "./dns";
import { ConfigurationError, type Problem, show } from "./problem";
import { signalProblems } from "./signalSettings";
import { type StackSettings, stackSchema } from "./stack";
import { type System } from "./system";
import { systemSchema } from "./systemRules";
import { checkAgainst, problemAt, readYamlFile, type SourceFile } from "./yamlFile";

/** All that one stack is declared from, validated. */
export interface Configuration {
  readonly settings: StackSettings;
  readonly system: System;
  /** Region of this stack: the system's region for the stack's role. */
  readonly region: string;
}

/** Prefix of the project's keys in a stack file. */
const namespace = "trading-dr:";

/**
 * Validates a stack's settings and the system file that they name, both whole.
 *
 * @param raw Every key of the stack's configuration as Pulumi gives it: text, with structures as JSON.
 * @param source Where `raw` comes from, for messages.
 * @param systemsDirectory Directory of the system files.
 * @throws ConfigurationError with every problem of the settings and of the system file.
 */
export function readConfiguration(
  raw: Readonly<Record<string, string>>,
  source: Omit<SourceFile, "data">,
  systemsDirectory: string,
): Configuration {
  const { settings, system } = readChecked<StackSettings>(
    { schema: stackSchema, jointProblems },
    raw,
    source,
    systemsDirectory,
  );
  return { settings, system, region: regionOf(system, settings.role) };
}

/**
 * Validates the settings of a stack of any role, and the system file that they name.
 *
 * @throws ConfigurationError as {@link readConfiguration} does.
 */
export function readAnyConfiguration(
  raw: Readonly<Record<string, string>>,
  source: Omit<SourceFile, "data">,
  systemsDirectory: string,
): Configuration | AccessConfiguration {
  if (raw[`${namespace}role`] !== "access") {
    return readConfiguration(raw, source, systemsDirectory);
  }
  const { settings, system } = readChecked<AccessSettings>(
    { schema: accessShape, jointProblems: accessProblems },
    raw,
    source,
    systemsDirectory,
  );
  return { settings, system, region: system.regions.standby };
}

/** True for what an `access` stack is declared from. */
export function isAccess(
  configuration: Configuration | AccessConfiguration,
): configuration is AccessConfiguration {
  return configuration.settings.role === "access";
}

/** How the settings of one kind of stack are checked: by themselves, and against the system. */
interface Checks<Settings> {
  readonly schema: z.ZodType<Settings>;
  jointProblems(settings: Settings, system: System, source: Omit<SourceFile, "data">): Problem[];
}

function readChecked<Settings>(
  checks: Checks<Settings>,
  raw: Readonly<Record<string, string>>,
  source: Omit<SourceFile, "data">,
  systemsDirectory: string,
): { readonly settings: Settings; readonly system: System } {
  const parsed = settingsFrom(raw);
  const checked = checkAgainst(checks.schema, parsed, source);
  const problems: Problem[] = strangeKeys(raw, source);
  if ("problems" in checked) {
    problems.push(...checked.problems);
  }
  let system: System | undefined;
  const id = parsed["system"];
  if (typeof id === "string") {
    try {
      system = loadSystem(id, systemsDirectory);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) {
        throw error;
      }
      problems.push(...error.problems);
    }
  }
  if ("value" in checked && system !== undefined) {
    problems.push(...checks.jointProblems(checked.value, system, source));
  }
  if (problems.length > 0 || !("value" in checked) || system === undefined) {
    throw new ConfigurationError(problems);
  }
  return { settings: checked.value, system };
}

/** The region that a stack of some role declares its resources in. */
export function regionOf(system: Pick<System, "regions">, role: StackSettings["role"]): string {
  const { primary, standby, archive } = system.regions;
  return { prod: primary, dr: standby, archive }[role];
}

/**
 * Reads and validates a system file.
 *
 * @param id The system, which is also the file's name.
 * @throws ConfigurationError when there is no such file or it has any problem.
 */
export function loadSystem(id: string, systemsDirectory: string): System {
  const known = systemIds(systemsDirectory);
  const file = relative(process.cwd(), join(systemsDirectory, `${id}.yaml`));
  if (!known.includes(id)) {
    throw new ConfigurationError([
      {
        file,
        path: "",
        message: `there is no system ${show(id)}; use one of ${known.join(", ")}, or add the file`,
      },
    ]);
  }
  const source = readYamlFile(file);
  const checked = checkAgainst(systemSchema, source.data, source);
  const problems = "problems" in checked ? [...checked.problems] : [];
  if ("value" in checked && checked.value.id !== id) {
    problems.push(
      problemAt(
        source,
        ["id"],
        checked.value.id,
        `must be the file's name, "${id}"; change one of the two`,
      ),
    );
  }
  if (problems.length > 0 || !("value" in checked)) {
    throw new ConfigurationError(problems);
  }
  return checked.value;
}

/** The ids of all systems that have a file. */
export function systemIds(systemsDirectory: string): string[] {
  return readdirSync(systemsDirectory)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => name.slice(0, -".yaml".length))
    .sort();
}

/** Keys of other prefixes: most often a misspelt one, which Pulumi would ignore in silence. */
function strangeKeys(
  raw: Readonly<Record<string, string>>,
  source: Omit<SourceFile, "data">,
): Problem[] {
  return Object.keys(raw)
    .filter((key) => !key.startsWith(namespace) && !key.startsWith("pulumi:"))
    .map((key) => ({
      file: source.file,
      path: key,
      message: `nothing reads this; keys begin with ${namespace} or pulumi:, and providers take no settings from here. Correct the prefix or remove it`,
    }));
}

/** The settings under the project's own prefix, structures parsed. */
function settingsFrom(raw: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(raw)
      .filter(([key]) => key.startsWith(namespace))
      .map(([key, value]) => [key.slice(namespace.length), parseStructure(value)]),
  );
}

function parseStructure(value: string): unknown {
  if (!/^[[{]/.test(value)) {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** What must hold between a stack's settings and its system. */
function jointProblems(
  settings: StackSettings,
  system: System,
  source: Omit<SourceFile, "data">,
): Problem[] {
  const problems: Problem[] = [
    ...dnsProblems(settings, system, source),
    ...cacheProblems(settings, system, source),
    ...signalProblems(settings, system, source),
  ];
  const compliance = Object.entries(system.lockClasses).filter(
    ([, { mode }]) => mode === "compliance",
  );
  if (compliance.length > 0 && settings.complianceLocks === undefined) {
    problems.push(
      problemAt(
        source,
        ["complianceLocks"],
        undefined,
        `missing: systems/${system.id}.yaml asks for compliance mode (${compliance.map(([name]) => `lockClasses.${name}`).join(", ")}), which nobody can undo; ` +
          `acknowledge it with {kind: acknowledged, date, approver, reason}, or put it off with {kind: deferred}`,
      ),
    );
  }
  const subnets = settings.network?.subnetIds ?? [];
  if (new Set(subnets).size < subnets.length) {
    problems.push(
      problemAt(source, ["network"], subnets, "names a subnet twice; name each subnet once"),
    );
  }
  const { assumeRoleArn, accounts, cluster } = settings;
  const ownRegion = regionOf(system, settings.role);
  if (cluster !== undefined && !cluster.endpoint.split(".").includes(ownRegion)) {
    problems.push(
      problemAt(
        source,
        ["cluster", "endpoint"],
        cluster.endpoint,
        `must be a cluster in ${ownRegion}, the region of this stack; correct one of the two`,
      ),
    );
  }
  if (assumeRoleArn !== undefined && assumeRoleArn.split(":")[4] !== accounts.archive) {
    problems.push(
      problemAt(
        source,
        ["assumeRoleArn"],
        assumeRoleArn,
        `must be a role of the archive's account ${accounts.archive}; correct one of the two`,
      ),
    );
  }
  return problems;
}
