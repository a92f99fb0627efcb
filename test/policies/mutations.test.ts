import assert from "node:assert/strict";
import { join } from "node:path";
import { rules } from "../../policies/rules";
import program from "../../index";
import { type PreviewedResource, previewStack } from "../../preview/inProcess";
import { type DeclaredByStack } from "../../preview/objectives";
import { judgeStacks, noChoices } from "../../preview/policies/verdicts";
import { readStacks } from "../../preview/stacks";
import { secretMark } from "../../preview/wireValue";
import { type Changeable, Declared, type Mutation } from "./mutation";
import { allMutations } from "./mutations/all";

const directory = join(__dirname, "..", "..");

/** What all stacks of a system declare. */
async function declaredBy(system: string): Promise<DeclaredByStack[]> {
  const declared: DeclaredByStack[] = [];
  for (const ready of readStacks({ directory, system })) {
    const { resources } = await previewStack(program, ready);
    declared.push({ ready, resources: withSecrets(resources) });
  }
  return declared;
}

/** A secret in the place of every secret: a pack gets them in plain text, an in-process preview does not. */
const planted = "planted-secret";

function withSecrets(resources: readonly PreviewedResource[]): PreviewedResource[] {
  const text = JSON.stringify(resources).replaceAll(secretMark, planted);
  return JSON.parse(text) as PreviewedResource[];
}

function tripped(stacks: readonly DeclaredByStack[]): string[] {
  const violations = [...judgeStacks(stacks, noChoices).verdicts.values()].flatMap(
    (verdicts) => verdicts.violations,
  );
  for (const { message } of violations) {
    assert.ok(!message.includes(planted), message);
  }
  return [...new Set(violations.map(({ rule }) => rule))].sort();
}

/** A stack with what a mutation changes in it, and in its system's file. */
function mutated(
  { ready, resources }: DeclaredByStack,
  { stack, change, configure }: Mutation,
): DeclaredByStack {
  const copy = structuredClone(resources) as unknown as Changeable[];
  if (ready.name === stack) {
    change?.(new Declared(copy));
  }
  const { configuration } = ready;
  const system = configure?.(configuration.system) ?? configuration.system;
  return {
    ready: { ...ready, configuration: { ...configuration, system } },
    resources: copy,
  };
}

describe("mutations of the program", function () {
  this.timeout("2m");
  const systems = new Map<string, DeclaredByStack[]>();

  before(async () => {
    for (const system of ["market-scanning", "smc"]) {
      systems.set(system, await declaredBy(system));
    }
  });

  it("start from resources with secrets in them", () => {
    for (const stacks of systems.values()) {
      assert.ok(JSON.stringify(stacks).includes(planted));
    }
  });

  it("start from what no rule complains of", () => {
    for (const stacks of systems.values()) {
      assert.deepEqual(tripped(stacks), []);
    }
  });

  for (const mutation of allMutations) {
    const { title, system = "market-scanning", trips } = mutation;
    it(`${title}: ${trips.join(", ")}`, () => {
      const stacks = systems.get(system)?.map((sound) => mutated(sound, mutation));
      assert.deepEqual(tripped(stacks ?? []), trips);
    });
  }

  it("trip every rule, and every rule alone", () => {
    const alone = allMutations.flatMap(({ trips }) => (trips.length === 1 ? trips : []));
    assert.deepEqual(
      rules.map(({ id }) => id).filter((id) => !alone.includes(id)),
      [],
    );
  });
});
