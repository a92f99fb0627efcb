import { notJudgedText, type StackVerdicts, type Violation } from "../../policies/evaluation";
import { exceptionText } from "../../policies/exceptions";
import { type StackReport } from "../report";
import { type Paint } from "../text";

/** What the rules of the policy pack say of each stack: what blocks first. */
export function policiesText(
  stacks: readonly Pick<StackReport, "name" | "policies">[],
  paint: Paint,
): string[] {
  return [
    paint("bold", "Policies"),
    ...stacks.flatMap(({ name, policies }) => [
      `  ${name}: ${countsText(policies)}`,
      ...ofLevel(policies, "mandatory").map(({ message }) =>
        paint("red", `    broken    ${message}`),
      ),
      ...ofLevel(policies, "advisory").map(({ message }) =>
        paint("yellow", `    advised   ${message}`),
      ),
      ...policies.unknown.map((notJudged) =>
        paint("yellow", `    unknown   ${notJudgedText(notJudged)}`),
      ),
      ...policies.exceptions.map((exception) =>
        paint("yellow", `    excepted  ${exceptionText(exception)}`),
      ),
    ]),
  ];
}

/** `812 checks, 1 broken, 0 advised, 2 unknown, 0 exceptions`. */
export function countsText(policies: StackVerdicts): string {
  const { evaluated, unknown, exceptions } = policies;
  return [
    `${String(evaluated)} checks`,
    `${String(ofLevel(policies, "mandatory").length)} broken`,
    `${String(ofLevel(policies, "advisory").length)} advised`,
    `${String(unknown.length)} unknown`,
    `${String(exceptions.length)} ${exceptions.length === 1 ? "exception" : "exceptions"}`,
  ].join(", ");
}

function ofLevel({ violations }: StackVerdicts, level: Violation["level"]): readonly Violation[] {
  return violations.filter((violation) => violation.level === level);
}
