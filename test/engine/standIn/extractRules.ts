import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { type Counterpart, counterparts } from "./counterparts";
import { hasInput, typingsOf } from "./typings";

/**
 * Writes rules.json from AWS's own resource schemas, as the Python package cfn-lint ships them:
 * a source that is neither this project nor the provider that the stand-in stands in for.
 *
 *     pip download --no-deps cfn-lint==1.58.0 && unzip -d DIRECTORY cfn_lint-*.whl
 *     node --require tsx/cjs test/engine/standIn/extractRules.ts DIRECTORY
 */

/** What an input's value has to be, as JSON Schema says it. */
export interface Constraint {
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What AWS's schemas say of a type. */
export interface SchemaRules {
  /** Type of CloudFormation; null where it has none, and providerRules.ts speaks alone. */
  readonly schema: string | null;
  /** Inputs that cannot be changed in place, or properties below inputs: `a.b`. */
  readonly replaces: readonly string[];
  readonly constraints: Readonly<Record<string, Constraint>>;
  /** Names of CloudFormation that cannot be changed in place either, and are no inputs here. */
  readonly unmapped?: readonly string[];
}

/** The contents of rules.json. */
export interface RulesFile {
  readonly source: string;
  /** Patterns that JavaScript does not take; nothing is checked against them. */
  readonly refusedPatterns: readonly {
    readonly type: string;
    readonly input: string;
    readonly pattern: string;
  }[];
  readonly types: Readonly<Record<string, SchemaRules>>;
}

type Mapped = Extract<Counterpart, { schema: string }>;

interface Property extends Constraint {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Property>>;
}

interface Schema {
  readonly properties: Readonly<Record<string, Property>>;
  readonly definitions?: Readonly<Record<string, Property>>;
  readonly createOnlyProperties?: readonly string[];
  readonly readOnlyProperties?: readonly string[];
}

const textKeywords = ["enum", "pattern", "minLength", "maxLength"] as const;
const numberKeywords = ["enum", "minimum", "maximum"] as const;

/**
 * Extracts the rules of every type that has a counterpart.
 *
 * @param directory Of the unpacked wheel.
 */
export function rulesFrom(
  directory: string,
  table: Readonly<Record<string, Counterpart>> = counterparts,
): RulesFile {
  const version = versionOf(directory);
  const schemas = join(directory, "cfnlint", "data", "schemas");
  const files = readJson(join(schemas, "providers", "us-east-1.json")) as Record<string, string>;
  const { schema_date: date } = readJson(join(schemas, "version.json")) as { schema_date: string };
  const refusedPatterns: RulesFile["refusedPatterns"][number][] = [];
  const types: Record<string, SchemaRules> = {};
  for (const [type, counterpart] of Object.entries(table).sort(byKey)) {
    if (counterpart.schema === null) {
      types[type] = { schema: null, replaces: [], constraints: {} };
      continue;
    }
    const file = files[counterpart.schema];
    if (file === undefined) {
      throw new Error(`${directory} has no schema of ${counterpart.schema}`);
    }
    const schema = flattened(
      readJson(join(schemas, "resources", `${file}.json`)) as Schema,
      counterpart.flattened,
    );
    const names = inputNames(type, counterpart, Object.keys(schema.properties));
    const [replaces, unmapped] = createOnly(schema, names);
    const constraints: Record<string, Constraint> = {};
    for (const [property, input] of [...names].sort((a, b) => (a[1] < b[1] ? -1 : 1))) {
      const { pattern, ...others } = constraintOf(type, input, schema, property);
      const isRefused = pattern !== undefined && !isPattern(pattern);
      if (isRefused) {
        refusedPatterns.push({ type, input, pattern });
      }
      const constraint = isRefused || pattern === undefined ? others : { ...others, pattern };
      if (Object.keys(constraint).length > 0) {
        constraints[input] = constraint;
      }
    }
    types[type] = {
      schema: counterpart.schema,
      replaces,
      constraints,
      ...(unmapped.length > 0 ? { unmapped } : {}),
    };
  }
  return {
    source: `AWS's resource schemas of us-east-1 as cfn-lint ${version} ships them, of ${date}; names translated to Pulumi's by extractRules.ts`,
    refusedPatterns,
    types,
  };
}

/** Whether JavaScript takes a pattern, which was written for Python. */
export function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}

/** The schema with the properties of one structure beside the others, without what AWS sets. */
function flattened(schema: Schema, wrapper: string | undefined): Schema {
  const readOnly = namesOf(schema.readOnlyProperties);
  const inner =
    wrapper === undefined ? {} : resolved(schema, schema.properties[wrapper]).properties;
  if (inner === undefined) {
    throw new Error(`the schema has no structure ${String(wrapper)}`);
  }
  const own = Object.entries(schema.properties).filter(
    ([name]) => name !== wrapper && !readOnly.includes(name),
  );
  const withoutWrapper = (path: string) =>
    path === wrapper ? Object.keys(inner) : [path.replace(`${String(wrapper)}/`, "")];
  return {
    ...schema,
    properties: { ...Object.fromEntries(own), ...inner },
    createOnlyProperties: namesOf(schema.createOnlyProperties).flatMap(withoutWrapper),
  };
}

/**
 * Inputs that cannot be changed in place, and names that are no inputs. What lies below a property
 * that is named itself says nothing more.
 */
function createOnly(
  schema: Schema,
  names: ReadonlyMap<string, string>,
): readonly [replaces: string[], unmapped: string[]] {
  const paths = schema.createOnlyProperties ?? [];
  const tops = paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
  const mapped = tops.flatMap((path) => names.get(path) ?? []);
  return [mapped.sort(), tops.filter((path) => !names.has(path)).sort()];
}

/** The input for each property of a schema that has one. */
function inputNames(
  type: string,
  { schema, renamed = {} }: Mapped,
  properties: readonly string[],
): Map<string, string> {
  const byLowerCase = new Map(
    [...typingsOf(type).inputs.keys()].map((input) => [input.toLowerCase(), input]),
  );
  const prefixes = prefixesOf(schema);
  const names = new Map<string, string>();
  for (const property of properties) {
    const name =
      property in renamed
        ? renamed[property]?.[0]
        : candidates(property, prefixes)
            .map((candidate) => byLowerCase.get(candidate.toLowerCase()))
            .find((input) => input !== undefined);
    if (name === undefined || name === null) {
      continue;
    }
    if (!hasInput(type, name)) {
      throw new Error(`${type} has no input ${name}, which counterparts.ts gives for ${property}`);
    }
    const taken = [...names].find(([, other]) => other === name)?.[0];
    if (taken !== undefined) {
      throw new Error(
        `${schema}: both ${taken} and ${property} would be ${name} of ${type}; say in counterparts.ts what each is`,
      );
    }
    names.set(property, name);
  }
  const unknown = Object.keys(renamed).filter((property) => !properties.includes(property));
  if (unknown.length > 0) {
    throw new Error(`${schema} has no ${unknown.join(", ")}, which counterparts.ts renames`);
  }
  return names;
}

/**
 * How a property may be called here, likeliest first: as it is, or as one of several; so without the
 * prefix that says what it belongs to; as the thing itself instead of its name.
 */
function candidates(property: string, prefixes: readonly string[]): string[] {
  const shortened = prefixes
    .filter((prefix) => property.startsWith(prefix) && property !== prefix)
    .map((prefix) => property.slice(prefix.length));
  return [
    ...[property, ...shortened].flatMap((name) => [name, `${name}s`]),
    property.replace(/(?:Arn|Name)$/u, ""),
  ];
}

/** Of `AWS::RDS::DBCluster`: DBCluster, Cluster, DB, RDS. */
function prefixesOf(schema: string): string[] {
  const [, service = "", resource = ""] = schema.split("::");
  const words = resource.match(/[A-Z]+(?=[A-Z][a-z])|[A-Z][a-z]+|[A-Z]+/gu) ?? [];
  const ends = words.map((_, index) => words.slice(index).join(""));
  const beginnings = words.map((_, index) => words.slice(0, index + 1).join("")).reverse();
  return [...new Set([...ends, ...beginnings, service])];
}

/** What can be checked on a plain value that is of the same kind in both worlds. */
function constraintOf(type: string, input: string, schema: Schema, property: string): Constraint {
  const found = resolved(schema, schema.properties[property]);
  const written = typingsOf(type).inputs.get(input) ?? "";
  const kinds = [found.type ?? "string"].flat();
  const isPlain = !/[[{]/u.test(written);
  if (isPlain && kinds.includes("string") && /\bstring\b/u.test(written)) {
    return picked(found, textKeywords);
  }
  if (
    isPlain &&
    kinds.some((kind) => /integer|number/u.test(kind)) &&
    /\bnumber\b/u.test(written)
  ) {
    return picked(found, numberKeywords);
  }
  return {};
}

function picked(property: Property, keywords: readonly (keyof Constraint)[]): Constraint {
  return Object.fromEntries(
    keywords
      .filter((keyword) => property[keyword] !== undefined)
      .map((keyword) => [keyword, property[keyword]]),
  );
}

/** A property with what its definition says. */
function resolved(schema: Schema, property: Property | undefined): Property {
  const { $ref: reference, ...own } = property ?? {};
  return reference === undefined
    ? own
    : {
        ...resolved(schema, schema.definitions?.[reference.replace("#/definitions/", "")]),
        ...own,
      };
}

function namesOf(pointers: readonly string[] | undefined): string[] {
  return (pointers ?? []).map((pointer) => pointer.replace("/properties/", ""));
}

function versionOf(directory: string): string {
  const [, version] = /^cfn_lint-(.+)\.dist-info$/mu.exec(readdirSync(directory).join("\n")) ?? [];
  if (version === undefined) {
    throw new Error(`${directory} is no unpacked wheel of cfn-lint`);
  }
  return version;
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}

async function main(directory: string | undefined): Promise<void> {
  if (directory === undefined) {
    throw new Error("name the directory of the unpacked wheel of cfn-lint");
  }
  const file = join(__dirname, "rules.json");
  const options = { ...(await resolveConfig(file)), parser: "json" };
  writeFileSync(file, await format(JSON.stringify(rulesFrom(directory)), options));
}

if (require.main === module) {
  main(process.argv[2]).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  });
}
