import { type Constraint, type SchemaRules } from "./extractRules";
import { providerRules, replacedWhenMoved } from "./providerRules";
import { type Properties, unknown } from "./protocol";
import published from "./rules.json";

const schemas: Readonly<Record<string, SchemaRules | undefined>> = published.types;

/** Properties of a type whose change makes a new resource: AWS's word and the provider's. */
export function replacesOn(type: string): readonly string[] {
  return [
    ...(schemas[type]?.replaces ?? []),
    ...(providerRules[type]?.replaces ?? []),
    ...(type.startsWith("aws:") ? [replacedWhenMoved] : []),
  ];
}

/** True where the provider takes away or resets a value that the cloud has and the program has not. */
export function isUndone(type: string, property: string, value: unknown): boolean {
  const rules = providerRules[type];
  const initial = rules?.defaults?.[property];
  return initial === undefined
    ? (rules?.optional.includes(property) ?? false) && !isEmpty(value)
    : value !== undefined && value !== initial;
}

/** What a cloud reports of a setting that it does not have. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || ["", "0", "false"].includes(String(value));
}

/** Inputs that AWS's schema of a type refuses, with the reasons. */
export function constraintFailures(type: string, inputs: Properties): [string, string][] {
  return Object.entries(schemas[type]?.constraints ?? {}).flatMap(([property, constraint]) => {
    const value = inputs[property];
    const reason =
      value === undefined || value === unknown ? undefined : refusal(value, constraint);
    return reason === undefined ? [] : [[property, reason] as [string, string]];
  });
}

function refusal(value: unknown, constraint: Constraint): string | undefined {
  const { enum: allowed, pattern, minimum, maximum, minLength, maxLength } = constraint;
  if (allowed !== undefined && !allowed.some((word) => word === value)) {
    return `must be one of ${allowed.join(", ")}, got ${String(value)}`;
  }
  if (typeof value === "string") {
    if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) {
      return `must match ${pattern}, got ${value}`;
    }
    if (value.length < (minLength ?? 0) || value.length > (maxLength ?? Infinity)) {
      return `must have ${String(minLength ?? 0)} to ${String(maxLength ?? "any number of")} characters, got ${value}`;
    }
  }
  if (
    typeof value === "number" &&
    (value < (minimum ?? -Infinity) || value > (maximum ?? Infinity))
  ) {
    return `must be ${String(minimum ?? "any number")} to ${String(maximum ?? "any number")}, got ${String(value)}`;
  }
  return undefined;
}
