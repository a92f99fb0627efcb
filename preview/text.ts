import { type PreviewedResource } from "./inProcess";
import { againstText } from "./against/text";
import { objectivesText } from "./objectivesText";
import { policiesText } from "./policies/text";
import { type PreviewReport, type StackReport } from "./report";
import { type Shown } from "./wireValue";

/** How to print; colour only where somebody looks at a terminal. */
export interface TextOptions {
  readonly colour: boolean;
  /** Show the inputs of every resource. */
  readonly verbose: boolean;
}

type Style = "bold" | "dim" | "yellow" | "red";

const escapes: Record<Style, string> = { bold: "1", dim: "2", yellow: "33", red: "31" };

/** The preview as text for people. */
export function previewText(report: PreviewReport, options: TextOptions): string {
  const paint = (style: Style, text: string) =>
    options.colour ? `\u001b[${escapes[style]}m${text}\u001b[0m` : text;
  const stacks = report.stacks.map((stack) => stackText(stack, options, paint).join("\n"));
  const sections = [
    policiesText(report.stacks, paint),
    objectivesText(report, paint),
    againstText(report.against, paint),
    totalsText(report, paint),
  ];
  return (
    [
      ...stacks,
      ...sections.filter(({ length }) => length > 0).map((lines) => lines.join("\n")),
    ].join("\n\n") + "\n"
  );
}

/** How text is shown where there is colour; as it is where there is none. */
export type Paint = (style: Style, text: string) => string;

function stackText(stack: StackReport, { verbose }: TextOptions, paint: Paint): string[] {
  const children = childrenByParent(stack.resources);
  const urns = new Set(stack.resources.map(({ urn }) => urn));
  const roots = stack.resources.filter(({ parent }) => parent === undefined || !urns.has(parent));
  return [
    paint("bold", `Stack ${stack.name}: ${stack.system}, ${stack.role} in ${stack.region}`),
    ...stack.remarks.map((remark) => paint("yellow", `  ! ${remark}`)),
    "",
    ...tree(roots, children, "  ", { verbose, paint }),
    "",
    "  Resources by kind",
    ...countsText(stack.counts, "    "),
    "",
    "  Outputs",
    ...valueLines(stack.outputs, "    "),
  ];
}

function childrenByParent(
  resources: readonly PreviewedResource[],
): ReadonlyMap<string, PreviewedResource[]> {
  const children = new Map<string, PreviewedResource[]>();
  for (const resource of resources) {
    const siblings = children.get(resource.parent ?? "") ?? [];
    siblings.push(resource);
    children.set(resource.parent ?? "", siblings);
  }
  return children;
}

function tree(
  resources: readonly PreviewedResource[],
  children: ReadonlyMap<string, PreviewedResource[]>,
  indent: string,
  options: { readonly verbose: boolean; readonly paint: Paint },
): string[] {
  return resources.flatMap((resource, index) => {
    const last = index === resources.length - 1;
    const inner = `${indent}${last ? "   " : "│  "}`;
    const below = children.get(resource.urn) ?? [];
    const kept = resource.options.protect === true ? options.paint("dim", " protected") : "";
    const name = options.paint("dim", resource.name);
    return [
      `${indent}${last ? "└─ " : "├─ "}${shortType(resource.type)} ${name}${kept}`,
      ...(options.verbose
        ? valueLines(resource.inputs, `${inner}${below.length > 0 ? "│ " : "  "}`)
        : []),
      ...tree(below, children, inner, options),
    ];
  });
}

/** `aws:s3/bucket:Bucket` says its last part twice: `aws:s3:Bucket`. */
export function shortType(type: string): string {
  return type.replace(/^([^:]+:[^:/]+)\/[^:]+:/, "$1:");
}

function valueLines(value: Readonly<Record<string, Shown>>, indent: string): string[] {
  return Object.entries(value).flatMap(([key, written]) => {
    const inner = structureOf(written);
    if (Array.isArray(inner) && inner.some((entry) => typeof entry === "object")) {
      return [`${indent}${key}:`, ...inner.flatMap((entry) => entryLines(entry, indent))];
    }
    if (typeof inner === "object" && inner !== null && !Array.isArray(inner)) {
      return [`${indent}${key}:`, ...valueLines(inner, `${indent}  `)];
    }
    return [`${indent}${key}: ${typeof inner === "string" ? inner : JSON.stringify(inner)}`];
  });
}

/** Policies are texts that hold JSON: laid out, a person can read them. */
function structureOf(value: Shown): Shown {
  if (typeof value !== "string" || !value.startsWith("{")) {
    return value;
  }
  try {
    return JSON.parse(value) as Shown;
  } catch {
    return value;
  }
}

function entryLines(entry: Shown, indent: string): string[] {
  const lines =
    typeof entry === "object" && entry !== null && !Array.isArray(entry)
      ? valueLines(entry, "")
      : [JSON.stringify(entry)];
  return lines.map((line, index) => `${indent}${index === 0 ? "- " : "  "}${line}`);
}

function countsText(counts: Readonly<Record<string, number>>, indent: string): string[] {
  return Object.entries(counts).map(
    ([type, count]) => `${indent}${String(count).padStart(4)}  ${shortType(type)}`,
  );
}

function totalsText({ stacks, totals, notBuiltYet }: PreviewReport, paint: Paint): string[] {
  return [
    paint(
      "bold",
      `Totals over ${String(stacks.length)} ${stacks.length === 1 ? "stack" : "stacks"}`,
    ),
    `  ${String(totals.resources)} resources, ${String(totals.components)} components, ${String(totals.protected)} protected against deletion`,
    ...stacks.map(
      ({ name, region, resources }) => `    ${name} in ${region}: ${String(resources.length)}`,
    ),
    ...(notBuiltYet.length === 0
      ? []
      : [
          "",
          paint("yellow", "Declared in the system file, but not built yet"),
          ...notBuiltYet.map(({ path, what }) => `  ${path}: ${what}`),
        ]),
  ];
}
