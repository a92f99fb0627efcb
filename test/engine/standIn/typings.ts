import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** What the installed Pulumi library's typings say of a resource type's inputs. */
export interface Typings {
  /** The type of each input, as it is written. */
  readonly inputs: ReadonlyMap<string, string>;
  /**
   * Inputs that may be left out, and that nobody fills in then. The provider's schema calls them
   * optional and not computed; the library gives them an output that may be undefined.
   */
  readonly leftEmpty: ReadonlySet<string>;
}

const known = new Map<string, Typings>();

/**
 * The typings of a type, which are generated from the provider's schema.
 *
 * @param type A type token, `aws:rds/cluster:Cluster`.
 */
export function typingsOf(type: string): Typings {
  const typings = known.get(type) ?? readTypings(type);
  known.set(type, typings);
  return typings;
}

function readTypings(type: string): Typings {
  const [library = "", path = "", className = ""] = type.split(":");
  const file = join(libraryDirectory(library), `${path.replace(/^index\//, "")}.d.ts`);
  const { statements } = ts.createSourceFile(
    file,
    readFileSync(file, "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const args = statements
    .filter(ts.isInterfaceDeclaration)
    .filter(({ name }) => name.text === `${className}Args`)
    .flatMap(({ members }) => [...members])
    .filter(ts.isPropertySignature);
  const outputs = statements
    .filter(ts.isClassDeclaration)
    .filter(({ name }) => name?.text === className)
    .flatMap(({ members }) => [...members])
    .filter(ts.isPropertyDeclaration);
  if (outputs.length === 0) {
    throw new Error(`${file} has no class ${className}`);
  }
  const maybeUndefined = new Set(
    outputs
      .filter(({ type: written }) => written?.getText().endsWith("| undefined>"))
      .map(({ name }) => name.getText()),
  );
  return {
    inputs: new Map(
      args.map(({ name, type: written }) => [name.getText(), written?.getText() ?? ""]),
    ),
    leftEmpty: new Set(
      args
        .filter(({ questionToken }) => questionToken !== undefined)
        .map(({ name }) => name.getText())
        .filter((name) => maybeUndefined.has(name)),
    ),
  };
}

/**
 * Whether a type has an input, or a property below one: `restoreToPointInTime.restoreType`.
 */
export function hasInput(type: string, path: string): boolean {
  const [top = "", ...below] = path.split(".");
  let written = typingsOf(type).inputs.get(top);
  for (const name of below) {
    written = written && memberOf(type.split(":")[0] ?? "", written, name);
  }
  return written !== undefined;
}

/** The type of a member of a structure that `types/input.d.ts` declares, as it is written. */
function memberOf(library: string, written: string, member: string): string | undefined {
  const [, namespace = "", name = ""] = /inputs\.(\w+)\.(\w+)/.exec(written) ?? [];
  const text = readFileSync(join(libraryDirectory(library), "types", "input.d.ts"), "utf8");
  const after = (mark: string, from: number) => {
    const found = text.indexOf(mark, from);
    return found < 0 ? text.length : found + mark.length;
  };
  const start = after(`interface ${name} {`, after(`declare namespace ${namespace} {`, 0));
  const body = text.slice(start, text.indexOf("\n    }", start));
  return new RegExp(`^ {8}${member}\\??: (.*)$`, "mu").exec(body)?.[1];
}

function libraryDirectory(library: string): string {
  return dirname(require.resolve(`@pulumi/${library}/package.json`));
}
