import { onOneLine } from "../text";
import { type FieldDifference } from "./differences";
import { type ConfigurationComparison, type ObjectDifference } from "./restore";

/** Characters of a value that are shown. */
const shown = 60;

/** How a recovery point and a cluster differ, for people. */
export function comparisonText(comparison: ConfigurationComparison): string {
  const { point, namespace, cluster, different, same, extra } = comparison;
  const lines = [
    `Recovery point ${point} and namespace ${namespace} of ${cluster}:`,
    ...different.flatMap(objectLines),
    ...extra.map(({ kind, name }) => `  ${kind} ${name}: not in the recovery point; stays`),
    `${String(same)} as they were, ${String(different.length)} not, ${String(extra.length)} new.`,
  ];
  return `${lines.map(onOneLine).join("\n")}\n`;
}

function objectLines({ kind, name, change, fields }: ObjectDifference): string[] {
  const said = {
    missing: "missing",
    different: "differs",
    ending: "is being deleted",
    more: "has what the recovery point has, and more; stays",
  }[change];
  return [
    `  ${kind} ${name}: ${said}`,
    ...fields.map((one) => `    ${one.field}: ${fieldText(one)}`),
  ];
}

function fieldText({ on, saved, live }: FieldDifference): string {
  switch (on) {
    case "saved":
      return saved === undefined ? "missing" : `missing, was ${short(saved)}`;
    case "live":
      return live === undefined ? "new; stays" : `new, ${short(live)}; stays`;
    case "both":
      // Values of Secrets are not known here.
      return saved === undefined ? "differs" : `is ${short(live)}, was ${short(saved)}`;
  }
}

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= shown ? text : `${text.slice(0, shown)}…`;
}
