import { listAt, textAt, valueAt } from "../values";
import { textsAt } from "./groups";

/** Says which pods Kubernetes' selectors mean. */

/** Labels by name. */
export type Labels = Readonly<Record<string, string>>;

/** The labels that a StatefulSet's pods have. */
export function podLabels(inputs: unknown): Labels {
  return labelsAt(inputs, "spec", "template", "metadata", "labels");
}

/**
 * True for a selector that pods with some labels match. One without any condition means all pods; one that
 * is not there means none.
 */
export function selects(selector: unknown, labels: Labels): boolean {
  return (
    selector !== undefined &&
    Object.entries(labelsAt(selector, "matchLabels")).every(
      ([label, value]) => labels[label] === value,
    ) &&
    listAt(selector, "matchExpressions").every((expression) => holds(expression, labels))
  );
}

/** True for a selector that even a pod without labels matches: it names nobody. */
export function selectsEverything(selector: unknown): boolean {
  return selects(selector, {});
}

function holds(expression: unknown, labels: Labels): boolean {
  const value = labels[textAt(expression, "key") ?? ""];
  const isAmong = value !== undefined && textsAt(expression, "values").includes(value);
  switch (textAt(expression, "operator")) {
    case "In":
      return isAmong;
    case "NotIn":
      return !isAmong;
    case "Exists":
      return value !== undefined;
    default:
      return value === undefined;
  }
}

function labelsAt(structure: unknown, ...path: readonly string[]): Labels {
  const labels = valueAt(structure, ...path) ?? {};
  return Object.fromEntries(
    Object.keys(labels).map((label) => [label, textAt(labels, label) ?? ""]),
  );
}
