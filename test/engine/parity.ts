import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { secretMark, type Shown, shown, unknownMark } from "../../preview/wireValue";
import { type Deployment, type StateResource } from "./deployment";

/**
 * Holds the in-process preview of a stack to a real engine's state: the same resources, with the
 * same types, parents, options and inputs. A state does not keep aliases and the order of a
 * replacement, and what the preview does not know or does not show, or what the program leaves to
 * operators, is not compared.
 */
export async function assertParity(deployment: Deployment, stack: string): Promise<void> {
  const previewed = await deployment.inProcess(stack);
  const state = await deployment.state(stack);
  const deployed = new Map(
    state
      .filter(({ type }) => type !== "pulumi:pulumi:Stack")
      .map((resource) => [resource.urn, resource]),
  );
  assert.deepEqual(previewed.map(({ urn }) => urn).sort(), [...deployed.keys()].sort());
  for (const { urn, type, parent, inputs, options } of previewed) {
    const found = deployed.get(urn);
    assert.ok(found !== undefined);
    assert.deepEqual(
      {
        type: found.type,
        parent: found.parent,
        // A reference to a provider is its URN and its id.
        provider: found.provider?.replace(/::[^:]+$/, ""),
        protect: found.protect,
        retainOnDelete: found.retainOnDelete,
        ignoreChanges: found.ignoreChanges,
        additionalSecretOutputs: found.additionalSecretOutputs,
        dependencies: [...(found.dependencies ?? [])].sort(),
      },
      {
        type,
        parent,
        provider: options.provider,
        protect: options.protect,
        retainOnDelete: options.retainOnDelete,
        ignoreChanges: options.ignoreChanges,
        additionalSecretOutputs: options.additionalSecretOutputs,
        dependencies: options.dependencies ?? [],
      },
      urn,
    );
    if (!type.startsWith("pulumi:providers:") && !type.startsWith("trading-dr:")) {
      const ignored = options.ignoreChanges ?? [];
      const differences = differing(inputs, found).filter((key) => !ignored.includes(key));
      assert.deepEqual(differences, [], urn);
    }
  }
}

/** Inputs that the state has otherwise; what the preview cannot know is not compared. */
function differing(inputs: Readonly<Record<string, Shown>>, found: StateResource): string[] {
  const deployed = shown(found.inputs ?? {}) as Record<string, Shown>;
  return [...new Set([...Object.keys(inputs), ...Object.keys(deployed)])].filter((key) => {
    const text = JSON.stringify(inputs[key] ?? null);
    const isOpen = text.includes(unknownMark) || text.includes(secretMark);
    return !isOpen && !isDeepStrictEqual(deployed[key], inputs[key]);
  });
}
