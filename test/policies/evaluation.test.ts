import assert from "node:assert/strict";
import { z } from "zod";
import { type Configuration } from "../../config/configuration";
import { type Environment } from "../../policies/environment";
import { evaluate, type StackToJudge } from "../../policies/evaluation";
import { type Exception } from "../../policies/exceptions";
import { type Rule, rule } from "../../policies/rule";
import { Stack, stackType } from "../../policies/stack";
import { numberAt, valueAt } from "../../policies/values";
import { resource, unknown } from "./ruleCases";

const text = {
  severity: "high",
  description: "A thing has a size.",
  serves: "this test",
  peers: [],
  example: { good: "size: 1", bad: "size: 0" },
} as const;

const sized = rule({
  ...text,
  id: "thing-has-size",
  scope: "resource",
  types: ["thing"],
  settings: z.strictObject({ minimum: z.int() }),
  settingsFor: ({ name }) => (name === "archive" ? undefined : { minimum: 3 }),
  *check({ inputs }, { settings: { minimum } }) {
    const size = numberAt(inputs, "size");
    if (size === undefined || size < minimum) {
      yield {
        setting: "size",
        ...(size === undefined ? {} : { found: size }),
        required: `${String(minimum)} at least`,
        mend: "make it larger",
      };
    }
    valueAt(inputs, "colour");
  },
});

/** Says how much it sees. */
function seen(scope: Rule["scope"]): Rule {
  return rule({
    ...text,
    id: `seen-by-${scope}`,
    level: "advisory",
    scope,
    types: [stackType],
    *check(_, { stack, others }) {
      yield {
        setting: "resources",
        found: `${String(stack.resources.length)} here, ${others.map(({ name }) => name).join(" and ")}`,
        required: "told",
        mend: "look",
      };
    },
  });
}

const things = [
  resource("thing", { size: 5 }, { name: "large" }),
  resource("thing", { size: 1, colour: unknown }, { name: "small" }),
];

function toJudge(
  role: "prod" | "dr" | "archive",
  settings: Partial<Configuration["settings"]> = {},
): StackToJudge {
  const configuration = {
    system: { id: "hft" },
    settings: { role, phase: "whole", ...settings },
  } as Configuration;
  const environment: Environment = { name: role, configuration };
  return { stack: new Stack(role, role === "prod" ? things : []), environment };
}

const whole = [toJudge("prod"), toJudge("dr"), toJudge("archive")];

const exception: Exception = {
  rule: sized.id,
  system: "hft",
  stack: "prod",
  resource: "sma*",
  reason: "it grows soon",
  approver: "Chief risk officer",
  date: "2026-11-01",
  expires: "2026-12-31",
};
const today = new Date("2026-11-29T12:00:00Z");

function prodVerdicts(exceptions: readonly Exception[] = [], now = today) {
  const [prod] = evaluate([sized], whole, exceptions, now);
  assert.ok(prod !== undefined);
  return prod;
}

describe("an evaluation", () => {
  it("tells what breaks a rule and what it could not see to the end, of one and the same resource", () => {
    assert.deepEqual(prodVerdicts(), {
      evaluated: 2,
      violations: [
        {
          rule: "thing-has-size",
          level: "mandatory",
          severity: "high",
          resource: "urn:pulumi:prod::trading-dr::thing::small",
          message:
            'thing-has-size: thing "small": size is 1, and has to be 3 at least (this test); make it larger',
        },
      ],
      unknown: [
        {
          rule: "thing-has-size",
          resource: "urn:pulumi:prod::trading-dr::thing::small",
          setting: "colour",
        },
      ],
      exceptions: [],
    });
  });

  it("leaves a rule out where it has no settings", () => {
    const [archive] = evaluate(
      [sized],
      [{ ...toJudge("archive"), stack: new Stack("archive", things) }],
      [],
    );
    assert.equal(archive?.evaluated, 0);
  });

  it("shows a rule no more than its scope", () => {
    const found = (stacks: readonly StackToJudge[]) =>
      evaluate([seen("resource"), seen("stack"), seen("system")], stacks, [])[0]?.violations.map(
        ({ message }) => /is (.*), and has/.exec(message)?.[1],
      );
    assert.deepEqual(found(whole), ["0 here, ", "2 here, ", "2 here, dr and archive"]);
    // Stacks are compared only where all are there, and whole.
    assert.deepEqual(found(whole.slice(0, 2)), ["0 here, ", "2 here, "]);
    assert.deepEqual(
      found([whole[0] ?? toJudge("prod"), toJudge("dr", { phase: "landing" }), toJudge("archive")]),
      ["0 here, ", "2 here, "],
    );
  });

  it("leaves out what an exception excuses, and lists it", () => {
    const { violations, exceptions, unknown: notJudged } = prodVerdicts([exception]);
    assert.deepEqual([violations, exceptions, notJudged.length], [[], [exception], 1]);
  });

  for (const [what, changes] of [
    ["another rule", { rule: "seen-by-stack" }],
    ["another stack", { stack: "dr" }],
    ["another system", { system: "smc" }],
    ["another resource", { resource: "large" }],
    ["a part of the name only", { resource: "mall" }],
  ] as const) {
    it(`does not take an exception for one of ${what}`, () => {
      const { violations, exceptions } = prodVerdicts([{ ...exception, ...changes }]);
      assert.ok(violations.some(({ rule: id }) => id === "thing-has-size"));
      assert.deepEqual(exceptions, []);
    });
  }

  it("holds an exception to its last day", () => {
    const onTheDay = prodVerdicts([exception], new Date("2026-12-31T23:59:59Z"));
    assert.deepEqual(onTheDay.violations, []);
    const { violations } = prodVerdicts([exception], new Date("2027-01-01T00:00:00Z"));
    assert.deepEqual(
      violations.map(({ rule: id }) => id),
      ["thing-has-size", "exceptions-excuse-something"],
    );
    assert.equal(
      violations[1]?.message,
      "exceptions-excuse-something: policies/exceptions.yaml: thing-has-size for sma* in prod of hft, until 2026-12-31: it grows soon (Chief risk officer, 2026-11-01): it has expired; mend what it excuses and remove it, or have it approved anew",
    );
  });

  it("refuses an exception that excuses nothing", () => {
    const { violations } = prodVerdicts([exception, { ...exception, resource: "large" }]);
    assert.deepEqual(
      violations.map(({ message }) => message.split(": ").at(-1)),
      ["nothing breaks the rule any more; remove it"],
    );
  });

  it("says nothing of an exception from a rule that it has not judged", () => {
    const pair = { ...exception, rule: "seen-by-system" };
    const violations = (stacks: readonly StackToJudge[]) =>
      evaluate([sized, seen("system")], stacks, [pair], today)[0]?.violations.map(
        ({ rule: id }) => id,
      );
    assert.deepEqual(violations(whole.slice(0, 1)), ["thing-has-size"]);
    assert.deepEqual(violations(whole), [
      "thing-has-size",
      "seen-by-system",
      "exceptions-excuse-something",
    ]);
  });
});
