import { type z } from "zod";
import { type Environment } from "./environment";
import { type Resource, type Stack } from "./stack";

/** How bad it is when a rule is broken. */
export type Severity = "low" | "medium" | "high" | "critical";

/** Whether a broken rule blocks. */
export type Level = "mandatory" | "advisory";

/**
 * What a rule has to see. `resource`: one resource, so that it can block before that one is made.
 * `stack`: all resources of a stack. `system`: all stacks of a system; only the preview sees them.
 */
export type Scope = "resource" | "stack" | "system";

/** One way in which a resource breaks a rule. Never holds a value that may be secret. */
export interface Finding {
  /** The setting, as the resource's inputs call it: `backupRetentionPeriod`. */
  readonly setting: string;
  /** The value found. @default - it is not set */
  readonly found?: string | number | boolean;
  /** What it has to be, after "has to be": `35 days at least`. */
  readonly required: string;
  /** How to mend it, as an order: `set pointInTimeRecovery to 35d`. */
  readonly mend: string;
}

/** What a rule sees beside the resource that it judges. */
export interface Surroundings<Settings> {
  readonly settings: Settings;
  /** All of the resource's stack. A rule of scope `resource` sees an empty one. */
  readonly stack: Stack;
  /** The system's other stacks. Empty for a rule whose scope is not `system`. */
  readonly others: readonly Stack[];
}

/** What {@link rule} takes. */
export interface RuleDefinition<Settings> {
  /** Its name in configuration files, exceptions and messages: lower case with hyphens. */
  readonly id: string;
  readonly severity: Severity;
  /** @default "mandatory" */
  readonly level?: Level;
  readonly scope: Scope;
  /** What it demands, as a sentence. */
  readonly description: string;
  /** The regulation or the objective that it serves, in a few words. */
  readonly serves: string;
  /** Rules of other packs that ask for the same, or for less: `CKV_AWS_133`. */
  readonly peers: readonly string[];
  /**
   * Types of the resources that it judges. `pulumi:pulumi:Stack`: the stack as a whole, once. `*`: every
   * type.
   */
  readonly types: readonly string[];
  /** Inputs that pass, and inputs that do not, for the reference page. */
  readonly example: { readonly good: string; readonly bad: string };
  /** Schema of what the configuration file has to say for the rule. @default - nothing */
  readonly settings?: z.ZodObject & z.ZodType<Settings>;
  /**
   * The rule's settings in an environment, out of the system's file; undefined turns it off there.
   * A sandbox's have to be the same for a stack of any role.
   * @default - on everywhere, without settings
   */
  settingsFor?(environment: Environment): Settings | undefined;
  /**
   * Yields what is wrong with one resource; nothing when it is sound. Reading a value that is not known
   * yet ends it, and the resource then counts as not judged, beside what it has yielded until there.
   */
  check(subject: Resource, surroundings: Surroundings<Settings>): Iterable<Finding>;
}

/** A rule, whatever its settings are. */
export interface Rule extends Omit<
  RuleDefinition<unknown>,
  "settings" | "settingsFor" | "level" | "check"
> {
  readonly level: Level;
  readonly settings: z.ZodObject | undefined;
  /** The settings in an environment; undefined where the rule is off. */
  settingsFor(environment: Environment): Readonly<Record<string, unknown>> | undefined;
  /** @throws z.ZodError for settings that are not what the schema says. */
  check(subject: Resource, surroundings: Surroundings<unknown>): Iterable<Finding>;
}

/** Makes a rule; the settings that it gets are those of its schema. */
export function rule<Settings = Record<string, never>>(definition: RuleDefinition<Settings>): Rule {
  const schema = definition.settings;
  return {
    ...definition,
    level: definition.level ?? "mandatory",
    settings: schema,
    settingsFor: (environment) =>
      (definition.settingsFor === undefined ? {} : definition.settingsFor(environment)) as
        Readonly<Record<string, unknown>> | undefined,
    check: (subject, surroundings) =>
      definition.check(subject, {
        ...surroundings,
        settings: (schema === undefined ? {} : schema.parse(surroundings.settings)) as Settings,
      }),
  };
}

/** Everything that one finding says, in one line. */
export function messageOf(
  { id, serves }: Pick<Rule, "id" | "serves">,
  { type, name }: Pick<Resource, "type" | "name">,
  { setting, found, required, mend }: Finding,
): string {
  const state = found === undefined ? "is not set" : `is ${String(found)}`;
  return `${id}: ${type} "${name}": ${setting} ${state}, and has to be ${required} (${serves}); ${mend}`;
}
