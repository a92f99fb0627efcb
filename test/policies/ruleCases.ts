import { type Rule } from "../../policies/rule";
import { type Resource } from "../../policies/stack";
import { notKnown } from "../../policies/values";

/** What a rule is shown, and what it has to make of it. */
export interface RuleCase {
  readonly title: string;
  readonly subject: Resource;
  /** The other resources of its stack. @default - none */
  readonly beside?: readonly Resource[];
  /** Resources of the system's other stacks, by the stack's name. @default - none */
  readonly others?: Readonly<Record<string, readonly Resource[]>>;
  /** @default - those of {@link RuleCases} */
  readonly settings?: object;
  /** `passes`, the settings that it complains of, or what it cannot know yet. */
  readonly verdict:
    "passes" | { readonly breaks: readonly string[] } | { readonly waitsFor: string };
}

/** The cases of one rule, of each of the five kinds at least one. */
export interface RuleCases {
  readonly rule: Rule;
  /** Settings of the rule in its cases. @default - none */
  readonly settings?: object;
  readonly good: readonly RuleCase[];
  readonly bad: readonly RuleCase[];
  /** What the rule looks at is not there at all. */
  readonly absent: readonly RuleCase[];
  /** The last value that passes, and the first that does not; or why there is none. */
  readonly limit: readonly RuleCase[] | { readonly none: string };
  /** What the rule looks at is not known before deployment; or why that cannot be. */
  readonly unknown: readonly RuleCase[] | { readonly none: string };
}

/** A resource for a case. Inputs may hold {@link unknown}. */
export function resource(
  type: string,
  inputs: Readonly<Record<string, unknown>>,
  changes: Partial<Resource> = {},
): Resource {
  const name = changes.name ?? "subject";
  return {
    urn: `urn:pulumi:prod::trading-dr::${type}::${name}`,
    type,
    name,
    inputs,
    region: "us-east-1",
    hasProvider: true,
    protect: true,
    ignoreChanges: [],
    deleteBeforeReplace: false,
    dependencies: [],
    ...changes,
  };
}

/** A value that is not known before deployment. */
export const unknown = notKnown;

/** Shorthand for a case. */
export function passes(title: string, subject: Resource, more: Partial<RuleCase> = {}): RuleCase {
  return { title, subject, verdict: "passes", ...more };
}

/** Shorthand for a case that complains of some settings, in this order. */
export function breaks(
  title: string,
  subject: Resource,
  settings: string | readonly string[],
  more: Partial<RuleCase> = {},
): RuleCase {
  return { title, subject, verdict: { breaks: [settings].flat() }, ...more };
}

/** Shorthand for a case that cannot be judged before a setting is known. */
export function waits(
  title: string,
  subject: Resource,
  waitsFor: string,
  more: Partial<RuleCase> = {},
): RuleCase {
  return { title, subject, verdict: { waitsFor }, ...more };
}
