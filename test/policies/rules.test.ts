import assert from "node:assert/strict";
import { judge } from "../../policies/evaluation";
import { messageOf } from "../../policies/rule";
import { rules } from "../../policies/rules";
import { Stack } from "../../policies/stack";
import { allCases } from "./cases/all";
import { type RuleCase, type RuleCases } from "./ruleCases";

/** Kinds of cases. */
const kinds = ["good", "bad", "absent", "limit", "unknown"] as const;

function casesOf(of: RuleCases, kind: (typeof kinds)[number]): readonly RuleCase[] {
  const cases = of[kind];
  return "none" in cases ? [] : cases;
}

function assertVerdict(of: RuleCases, one: RuleCase): void {
  const { subject, beside = [], others = {}, verdict } = one;
  const { findings, notKnown } = judge(of.rule, subject, {
    settings: one.settings ?? of.settings ?? {},
    stack: new Stack("prod", [subject, ...beside]),
    others: Object.entries(others).map(([name, resources]) => new Stack(name, resources)),
  });
  const messages = findings.map((finding) => messageOf(of.rule, subject, finding)).join("\n");
  assert.deepEqual(
    { complaints: findings.map(({ setting }) => setting), notKnown },
    {
      complaints: typeof verdict === "object" && "breaks" in verdict ? verdict.breaks : [],
      notKnown: typeof verdict === "object" && "waitsFor" in verdict ? verdict.waitsFor : undefined,
    },
    messages,
  );
}

describe("rules", () => {
  it("have cases, each rule once", () => {
    assert.deepEqual(allCases.map(({ rule }) => rule.id).sort(), rules.map(({ id }) => id).sort());
  });

  it("have names that differ, of lower case and hyphens", () => {
    const ids = rules.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(
      ids.filter((id) => !/^[a-z]+(-[a-z]+)*$/.test(id)),
      [],
    );
  });

  for (const of of allCases) {
    describe(of.rule.id, () => {
      for (const kind of kinds) {
        it(`has a case, or says why there is none: ${kind}`, () => {
          assert.ok("none" in of[kind] || of[kind].length > 0);
        });
        for (const one of casesOf(of, kind)) {
          it(`${kind}: ${one.title}`, () => {
            assertVerdict(of, one);
          });
        }
      }

      it("passes something, and complains of something", () => {
        const verdicts = kinds.flatMap((kind) => casesOf(of, kind)).map(({ verdict }) => verdict);
        assert.ok(verdicts.includes("passes"));
        assert.ok(verdicts.some((verdict) => typeof verdict === "object" && "breaks" in verdict));
      });
    });
  }
});
