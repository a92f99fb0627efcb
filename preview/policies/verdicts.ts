import { evaluate, type StackVerdicts } from "../../policies/evaluation";
import { environmentOf } from "../../policies/environment";
import { type Exception } from "../../policies/exceptions";
import { rules } from "../../policies/rules";
import { type Resource, Stack } from "../../policies/stack";
import { notKnown } from "../../policies/values";
import { type PreviewedResource } from "../inProcess";
import { type DeclaredByStack } from "../objectives";
import { type Shown, unknownMark } from "../wireValue";

/**
 * Judges stacks by the rules of the policy pack.
 *
 * @param exceptions All exceptions.
 * @returns The verdicts by the stack's name. Rules that compare stacks compare those of one system.
 */
export function verdictsOf(
  stacks: readonly DeclaredByStack[],
  exceptions: readonly Exception[],
): ReadonlyMap<string, StackVerdicts> {
  const systems = [...new Set(stacks.map(({ ready }) => ready.configuration.system.id))];
  return new Map(
    systems.flatMap((system) => {
      const own = stacks.filter(({ ready }) => ready.configuration.system.id === system);
      const verdicts = evaluate(
        rules,
        own.map(({ ready, resources }) => ({
          stack: policyStack(ready.name, resources),
          environment: environmentOf(ready.configuration),
        })),
        exceptions,
      );
      return own.flatMap(({ ready }, index) => {
        const found = verdicts[index];
        return found === undefined ? [] : [[ready.name, found] as const];
      });
    }),
  );
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
