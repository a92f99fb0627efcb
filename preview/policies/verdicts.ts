import { evaluate, isWhole, notJudgedText, type StackVerdicts } from "../../policies/evaluation";
import { type EnvironmentName, environmentOf } from "../../policies/environment";
import { type Exception } from "../../policies/exceptions";
import { reports } from "../../policies/reports";
import { type Level } from "../../policies/rule";
import { rules } from "../../policies/rules";
import { type Resource, Stack } from "../../policies/stack";
import { notKnown } from "../../policies/values";
import { type PreviewedResource } from "../inProcess";
import { type DeclaredByStack } from "../objectives";
import { type Shown, unknownMark } from "../wireValue";

/** What is decided beside the rules. */
export interface PolicyChoices {
  /** All exceptions. */
  readonly exceptions: readonly Exception[];
  /** Whether a value that is not known before deployment blocks. */
  readonly valuesKnown: (environment: EnvironmentName) => Level;
}

/** No exceptions, and nothing that is not known blocks. */
export const noChoices: PolicyChoices = { exceptions: [], valuesKnown: () => "advisory" };

/** What the rules say of some stacks. */
export interface JudgedStacks {
  /** By the stack's name. */
  readonly verdicts: ReadonlyMap<string, StackVerdicts>;
  /** A sentence for everything that blocks. */
  readonly problems: readonly string[];
  /** Rules that were not judged, and why. */
  readonly remarks: readonly string[];
}

/**
 * Judges stacks by the rules of the policy pack. Rules that compare stacks compare those of one system.
 */
export function judgeStacks(
  stacks: readonly DeclaredByStack[],
  { exceptions, valuesKnown }: PolicyChoices,
): JudgedStacks {
  const systems = [...new Set(stacks.map(({ ready }) => ready.configuration.system.id))].map(
    (id) => {
      const own = stacks.filter(({ ready }) => ready.configuration.system.id === id);
      const toJudge = own.map(({ ready, resources }) => ({
        stack: policyStack(ready.name, resources),
        environment: environmentOf(ready.configuration),
      }));
      return { id, toJudge, verdicts: evaluate(rules, toJudge, exceptions) };
    },
  );
  const pairs = rules.filter(({ scope }) => scope === "system").length;
  const judged = systems.flatMap(({ toJudge }) => toJudge);
  const verdicts = new Map(
    systems
      .flatMap((system) => system.verdicts)
      .map((found, index) => [judged[index]?.stack.name ?? "", found] as const),
  );
  return {
    verdicts,
    problems: judged.flatMap(({ stack: { name }, environment }) =>
      problemsOf(verdicts.get(name), valuesKnown(environment.name)).map(
        (problem) => `stack ${name}: ${problem}`,
      ),
    ),
    remarks: systems
      .filter(({ toJudge }) => !isWhole(toJudge.map(({ environment }) => environment)))
      .map(
        ({ id }) =>
          `${String(pairs)} rules that compare the stacks of ${id} are not judged: that takes prod, dr and archive, all of them whole`,
      ),
  };
}

function problemsOf(verdicts: StackVerdicts | undefined, valuesKnown: Level): string[] {
  const { violations = [], unknown = [] } = verdicts ?? {};
  return [
    ...violations.filter(({ level }) => level === "mandatory").map(({ message }) => message),
    ...(valuesKnown === "advisory"
      ? []
      : unknown.map((notJudged) => `${reports.valuesKnown.name}: ${notJudgedText(notJudged)}`)),
  ];
}

/** What one stack declares, as rules look at it. */
export function policyStack(name: string, resources: readonly PreviewedResource[]): Stack {
  return new Stack(name, resources.map(policyResource));
}

function policyResource(resource: PreviewedResource): Resource {
  const { urn, type, name, inputs, options, region, parent } = resource;
  return {
    urn,
    type,
    name,
    inputs: withUnknown(inputs),
    ...(region === undefined ? {} : { region }),
    hasProvider: options.provider !== undefined,
    protect: options.protect ?? false,
    ignoreChanges: options.ignoreChanges ?? [],
    deleteBeforeReplace: options.deleteBeforeReplace ?? false,
    ...(parent === undefined ? {} : { parent }),
    dependencies: options.dependencies ?? [],
  };
}

function withUnknown(value: Shown): unknown {
  if (value === unknownMark) {
    return notKnown;
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Array.isArray(value)
    ? value.map(withUnknown)
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withUnknown(inner)]));
}
