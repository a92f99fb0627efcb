/** A field that is not the same in a recovery point and in the cluster. */
export interface FieldDifference {
  /** `spec.template.spec.containers[0].image` */
  readonly field: string;
  /** Which side has it. */
  readonly on: "both" | "saved" | "live";
  readonly saved?: unknown;
  readonly live?: unknown;
}

/** The fields that differ, in the order of their names. */
export function differencesBetween(saved: unknown, live: unknown, field = ""): FieldDifference[] {
  if (isFields(saved) && isFields(live)) {
    const names = [...new Set([...Object.keys(saved), ...Object.keys(live)])].sort();
    return names.flatMap((name) => {
      const below = field === "" ? named(name) : `${field}${dotted(name)}`;
      return differencesOf(below, own(saved, name), own(live, name));
    });
  }
  if (Array.isArray(saved) && Array.isArray(live)) {
    const length = Math.max(saved.length, live.length);
    return Array.from({ length }, (_, index) =>
      differencesOf(`${field}[${String(index)}]`, saved[index], live[index]),
    ).flat();
  }
  return saved === live ? [] : [{ field, on: "both", saved, live }];
}

function differencesOf(field: string, saved: unknown, live: unknown): FieldDifference[] {
  if (saved === undefined) {
    return live === undefined ? [] : [{ field, on: "live", live }];
  }
  return live === undefined
    ? [{ field, on: "saved", saved }]
    : differencesBetween(saved, live, field);
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function own(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function named(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : `[${JSON.stringify(name)}]`;
}

function dotted(name: string): string {
  const written = named(name);
  return written.startsWith("[") ? written : `.${written}`;
}
