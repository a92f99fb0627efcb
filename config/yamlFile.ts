import { existsSync, readFileSync } from "node:fs";
import { type Document, LineCounter, parseDocument } from "yaml";
import { type z } from "zod";
import { ConfigurationError, type Problem, show } from "./problem";

/** A configuration file's contents as plain data, and where in the file each setting stands. */
export interface SourceFile {
  /** The file, as the reader knows it. */
  readonly file: string;
  readonly data: unknown;
  /** Line of the setting, or of the nearest one around it; absent when unknown. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/**
 * Reads a YAML file.
 *
 * @param file Path of the file, also used in messages.
 * @throws ConfigurationError when there is no such file or it is not YAML.
 */
export function readYamlFile(file: string): SourceFile {
  if (!existsSync(file)) {
    throw new ConfigurationError([
      { file, path: "", message: "there is no such file; create it, or correct the name" },
    ]);
  }
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, "utf8"), { lineCounter: lines });
  // The first error only: the others mostly follow from it.
  const [error] = document.errors;
  if (error !== undefined) {
    const reason = error.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? "";
    throw new ConfigurationError([
      {
        file,
        line: lines.linePos(error.pos[0]).line,
        path: "",
        message: `not valid YAML: ${reason}; correct the syntax`,
      },
    ]);
  }
  return {
    file,
    data: dataOf(document, file),
    lineOf: (path) => {
      for (let length = path.length; length > 0; length -= 1) {
        const node = document.getIn(path.slice(0, length), true);
        if (hasRange(node)) {
          return lines.linePos(node.range[0]).line;
        }
      }
      return undefined;
    },
  };
}

/** The plain data; an alias without an anchor shows only now. */
function dataOf(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([
      { file, path: "", message: `not valid YAML: ${reason}; correct the alias or its anchor` },
    ]);
  }
}

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}

/**
 * Checks a file's contents against a schema.
 *
 * @param within Path of the checked part inside the file.
 * @returns The validated value, or every problem found.
 */
export function checkAgainst<Schema extends z.ZodType>(
  schema: Schema,
  data: unknown,
  source: Omit<SourceFile, "data">,
): { readonly value: z.output<Schema> } | { readonly problems: Problem[] } {
  const result = schema.safeParse(data);
  return result.success
    ? { value: result.data }
    : { problems: result.error.issues.flatMap((issue) => problemsOf(issue, data, source)) };
}

function problemsOf(
  issue: z.core.$ZodIssue,
  data: unknown,
  source: Omit<SourceFile, "data">,
): Problem[] {
  const paths =
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => [...issue.path, key])
      : [issue.path];
  return paths.map((path) => {
    const found = valueAt(data, path);
    const message = found === undefined ? `missing: ${issue.message}` : issue.message;
    return problemAt(source, path, found, message);
  });
}

/**
 * A problem with one setting of a file, with its line and value.
 *
 * @param found The value; undefined when the setting is missing.
 */
export function problemAt(
  source: Omit<SourceFile, "data">,
  path: readonly PropertyKey[],
  found: unknown,
  message: string,
): Problem {
  const line = source.lineOf(path);
  return {
    file: source.file,
    path: path.join("."),
    message,
    ...(found === undefined ? {} : { found: show(found) }),
    ...(line === undefined ? {} : { line }),
  };
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    data,
  );
}
