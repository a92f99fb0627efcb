import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the installed Pulumi library of a resource type says of its properties. */
export interface LibraryType {
  readonly inputs: ReadonlySet<string>;
  readonly required: readonly string[];
  /** What only the cloud knows. */
  readonly outputs: readonly string[];
}

const known = new Map<string, LibraryType | undefined>();

/**
 * Reads a type's class in its library, which is generated from the provider's own schema.
 *
 * @param type A type token, `aws:rds/cluster:Cluster`.
 * @returns Undefined for a type without a class, such as a Kubernetes custom resource.
 */
export function libraryType(type: string): LibraryType | undefined {
  if (!known.has(type)) {
    known.set(type, readType(type));
  }
  return known.get(type);
}

function readType(type: string): LibraryType | undefined {
  const [library = "", path = "", className = ""] = type.split(":");
  const root = dirname(require.resolve(`@pulumi/${library}/package.json`));
  const file = `${className.charAt(0).toLowerCase()}${className.slice(1)}.js`;
  const module = path.replace(/^index\//, "");
  // `rds/cluster` is a file, `apps/v1` a folder of files.
  const source = [`${module}.js`, join(module, file)]
    .map((candidate) => join(root, candidate))
    .find((candidate) => existsSync(candidate));
  if (source === undefined) {
    return undefined;
  }
  const code = readFileSync(source, "utf8");
  const all = (pattern: RegExp) => [...code.matchAll(pattern)].map(([, name]) => String(name));
  return {
    inputs: new Set(all(/resourceInputs\["(\w+)"\] = (?!state|undefined \/\*out)/g)),
    required: all(/Missing required property '(\w+)'/g),
    outputs: all(/resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g),
  };
}
