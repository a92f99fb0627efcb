/**
 * Reads the inputs of resources as a preview sees them. What only the cloud can tell is not known yet,
 * and reading it is an error that {@link NotKnownYet} names: a rule never takes it for absent.
 */

/** Stands for a value that is not known before deployment. */
export const notKnown: unique symbol = Symbol("not known before deployment");

/** A rule has read a value that is not known yet, so that it can neither pass nor fail. */
export class NotKnownYet extends Error {
  /** @param setting The path of the value: `rules.0.destination.bucket`. */
  public constructor(public readonly setting: string) {
    super(`${setting} is not known before deployment`);
  }
}

/** Where a value is: names of properties, and positions in lists. */
export type Path = readonly (string | number)[];

/**
 * A value inside of a structure; undefined where there is none.
 *
 * @throws NotKnownYet where it, or what it would be in, is not known yet.
 */
export function valueAt(structure: unknown, ...path: Path): unknown {
  const value = path.reduce<unknown>((inner, key, depth) => {
    refuseUnknown(inner, path.slice(0, depth));
    return typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
      ? (inner as Record<string | number, unknown>)[key]
      : undefined;
  }, structure);
  refuseUnknown(value, path);
  return value ?? undefined;
}

function refuseUnknown(value: unknown, path: Path): void {
  if (value === notKnown) {
    throw new NotKnownYet(path.join("."));
  }
}

/**
 * True for a value that is there, whether it is known yet or not.
 *
 * @throws NotKnownYet where what it would be in is not known yet.
 */
export function isSet(structure: unknown, ...path: Path): boolean {
  try {
    return valueAt(structure, ...path) !== undefined;
  } catch (error) {
    if (error instanceof NotKnownYet && error.setting === path.join(".")) {
      return true;
    }
    throw error;
  }
}

/** True for a value that is there and known. */
export function isKnown(structure: unknown, ...path: Path): boolean {
  return (
    isSet(structure, ...path) &&
    path.reduce<unknown>(
      (inner, key) => (inner as Record<string | number, unknown>)[key],
      structure,
    ) !== notKnown
  );
}

/** A text inside of a structure; undefined for anything else. */
export function textAt(structure: unknown, ...path: Path): string | undefined {
  const value = valueAt(structure, ...path);
  return typeof value === "string" ? value : undefined;
}

/** A number inside of a structure, which Kubernetes and AWS may also write as a text of digits. */
export function numberAt(structure: unknown, ...path: Path): number | undefined {
  const value = valueAt(structure, ...path);
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" ? number : undefined;
}

/** True only for `true` itself. */
export function isTrueAt(structure: unknown, ...path: Path): boolean {
  return valueAt(structure, ...path) === true;
}

/** A list inside of a structure; empty where there is none. Reading an unknown entry is refused then. */
export function listAt(structure: unknown, ...path: Path): readonly unknown[] {
  const value = valueAt(structure, ...path);
  return Array.isArray(value) ? (value as unknown[]) : [];
}
