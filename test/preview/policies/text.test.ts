import assert from "node:assert/strict";
import { type Violation } from "../../../policies/evaluation";
import { policiesText } from "../../../preview/policies/text";

const violation: Violation = {
  rule: "thing-has-size",
  level: "mandatory",
  severity: "high",
  resource: "urn:pulumi:prod::trading-dr::thing::small",
  message: 'thing-has-size: thing "small": size is 1, and has to be 3',
};

describe("policies as text", () => {
  it("tell of each stack how much was judged, and then what is wrong, advised, unknown and excepted", () => {
    const lines = policiesText(
      [
        {
          name: "prod",
          policies: {
            evaluated: 812,
            violations: [{ ...violation, level: "advisory", message: "advice" }, violation],
            unknown: [{ rule: "thing-has-size", resource: violation.resource, setting: "size" }],
            exceptions: [
              {
                ...{ rule: "thing-has-size", system: "hft", stack: "prod", resource: "small" },
                ...{ reason: "it grows", approver: "Chief risk officer" },
                ...{ date: "2026-11-01", expires: "2026-12-31" },
              },
            ],
          },
        },
        { name: "dr", policies: { evaluated: 0, violations: [], unknown: [], exceptions: [] } },
      ],
      (style, text) => `<${style}>${text}`,
    );
    assert.deepEqual(lines, [
      "<bold>Policies",
      "  prod: 812 checks, 1 broken, 1 advised, 1 unknown, 1 exception",
      '<red>    broken    thing-has-size: thing "small": size is 1, and has to be 3',
      "<yellow>    advised   advice",
      "<yellow>    unknown   thing-has-size could not be judged of urn:pulumi:prod::trading-dr::thing::small: size is not known before deployment",
      "<yellow>    excepted  thing-has-size for small in prod of hft, until 2026-12-31: it grows (Chief risk officer, 2026-11-01)",
      "  dr: 0 checks, 0 broken, 0 advised, 0 unknown, 0 exceptions",
    ]);
  });
});
