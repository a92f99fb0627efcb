/** Reads what stacks declare: resources as any engine is sent them, whatever program made them. */

/** One resource, as far as objectives look at it. */
export interface DeclaredResource {
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What one stack declares in its region. */
export interface DeclaredStack {
  readonly region: string;
  readonly resources: readonly DeclaredResource[];
}

/** The stacks of one system, by what they are to it. */
export interface Declared {
  /** Where the writer is. */
  readonly active: DeclaredStack;
  /** The other trading region. */
  readonly other: DeclaredStack;
  readonly archive: DeclaredStack;
}

/** A value inside a structure; undefined where there is none. */
export function valueAt(structure: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    structure,
  );
}

/** A number inside a structure. A number that is not known yet is none. */
export function numberAt(structure: unknown, ...path: readonly (string | number)[]) {
  const value = valueAt(structure, ...path);
  return typeof value === "number" ? value : undefined;
}

/** A text inside a structure. One that is secret or not known yet, which a preview marks so, is none. */
export function textAt(structure: unknown, ...path: readonly (string | number)[]) {
  const value = valueAt(structure, ...path);
  return typeof value === "string" && !/^\[(secret|known after deployment)\]$/.test(value)
    ? value
    : undefined;
}

/** A list inside a structure; empty where there is none. */
export function listAt(structure: unknown, ...path: readonly (string | number)[]): unknown[] {
  const value = valueAt(structure, ...path);
  return Array.isArray(value) ? value : [];
}

/** The inputs of a stack's resources of a type, in the order of their registration. */
export function inputsOf({ resources }: DeclaredStack, type: string): DeclaredResource["inputs"][] {
  return resources.filter((resource) => resource.type === type).map(({ inputs }) => inputs);
}

/** The account that a stack's provider is held to. */
export function accountOf(stack: DeclaredStack): string | undefined {
  const [provider] = inputsOf(stack, "pulumi:providers:aws");
  // Providers get structures as JSON.
  const accounts = textAt(provider, "allowedAccountIds") ?? "[]";
  return textAt(JSON.parse(accounts), 0);
}
