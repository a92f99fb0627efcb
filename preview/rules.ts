import { type StackPreview } from "./inProcess";

/**
 * What no program may do, and no engine would take: the preview refuses it before anything is judged.
 *
 * @returns One sentence for each violation.
 */
export function ruleViolations({ name, resources }: StackPreview): string[] {
  return repeated(resources.map(({ urn }) => urn)).map(
    (urn) => `stack ${name}: two resources have the URN ${urn}; give one of them another name`,
  );
}

function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const value of values) {
    (seen.has(value) ? again : seen).add(value);
  }
  return [...again];
}
