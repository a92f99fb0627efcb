import { type Resource, type Stack } from "../stack";
import { textAt } from "../values";

/** Type of a rule on an event bus. */
export const ruleType = "aws:cloudwatch/eventRule:EventRule";
const targetType = "aws:cloudwatch/eventTarget:EventTarget";

/** A rule that is on, and where its events go. */
export interface Way {
  readonly pattern: string;
  readonly seesReads: boolean;
  readonly isToTopic: boolean;
  readonly bus: string | undefined;
}

/** The ways of a stack's events. */
export function waysOf(stack: Stack): Way[] {
  const topics = stack.ofType("aws:sns/topic:Topic").map(({ urn }) => urn);
  return stack.ofType(ruleType).flatMap(({ inputs }) => {
    const pattern = textAt(inputs, "eventPattern");
    const state = textAt(inputs, "state");
    return pattern === undefined || state === "DISABLED"
      ? []
      : targetsOf(stack, textAt(inputs, "name") ?? "").map((target) => {
          const isToTopic = topics.some((urn) => target.dependencies.includes(urn));
          return {
            pattern,
            seesReads: state === "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
            isToTopic,
            bus: isToTopic ? undefined : busOf(target),
          };
        });
  });
}

/** The bus that a target forwards to: it needs a role for that, and a queue or topic of its own none. */
export function busOf({ inputs }: Resource): string | undefined {
  return textAt(inputs, "roleArn") === undefined ? undefined : textAt(inputs, "arn");
}

/** Where a rule's events go. */
export function targetsOf(stack: Stack, rule: string): readonly Resource[] {
  return stack.ofType(targetType).filter(({ inputs }) => textAt(inputs, "rule") === rule);
}
