import { type Stack } from "../stack";
import { textAt } from "../values";

/**
 * The stack of a trading region, among a system's others; undefined when it is not looked at. The
 * `access` stack is in a trading region too, and is not meant.
 */
export function stackIn(region: string, others: readonly Stack[]): Stack | undefined {
  return others.find(
    (stack) =>
      stack.ofType("pulumi:providers:postgresql").length === 0 &&
      stack
        .ofType("pulumi:providers:aws")
        .some(({ inputs }) => textAt(inputs, "region") === region),
  );
}
