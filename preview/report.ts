import { isGlobal } from "../contracts/globalServices";
import { type NotBuilt } from "../contracts/outputs";
import { type Comparison } from "./against/comparison";
import { weakeningText } from "./against/text";
import { type PreviewedResource, previewStack } from "./inProcess";
import { type ComparedObjectives, compareObjectives, type DeclaredByStack } from "./objectives";
import { PreviewRefusal } from "./refusal";
import { ruleViolations } from "./rules";
import { type ReadyStack } from "./stacks";
import { type Shown } from "./wireValue";

/** One stack of a {@link PreviewReport}. */
export interface StackReport {
  readonly name: string;
  readonly system: string;
  readonly role: string;
  readonly region: string;
  /** What a reader should know before trusting the stack. */
  readonly remarks: readonly string[];
  readonly totals: Totals;
  /** Resources by type, most first. */
  readonly counts: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, Shown>>;
  readonly resources: readonly PreviewedResource[];
}

/** How many there are. */
export interface Totals {
  /** Everything, components and providers included. */
  readonly resources: number;
  readonly components: number;
  /** Resources whose deletion an engine refuses. */
  readonly protected: number;
}

/** What `npm run preview --json` prints; described in docs/preview.md. */
export interface PreviewReport extends ComparedObjectives {
  readonly stacks: readonly StackReport[];
  readonly totals: Totals;
  /** Parts of the system files that no component builds yet, each once. */
  readonly notBuiltYet: readonly NotBuilt[];
  /** What is weaker than in another commit's files; absent where that was not asked. */
  readonly against?: Comparison;
}

/**
 * Previews stacks, one after another.
 *
 * @param program The function that `index.ts` exports.
 * @param ready The stacks, as `readStacks` has validated them.
 * @throws PreviewRefusal when two resources have one URN.
 */
export async function previewReport(
  program: () => unknown,
  ready: readonly ReadyStack[],
): Promise<PreviewReport> {
  const stacks: StackReport[] = [];
  const violations: string[] = [];
  const notBuilt = new Map<string, NotBuilt>();
  const declared: DeclaredByStack[] = [];
  for (const stack of ready) {
    const preview = await previewStack(program, stack);
    violations.push(...ruleViolations(preview));
    declared.push({ ready: stack, resources: preview.resources });
    const { notBuiltYet, remarks, ...outputs } = preview.outputs;
    for (const part of (notBuiltYet ?? []) as unknown as NotBuilt[]) {
      notBuilt.set(part.path, part);
    }
    stacks.push(stackReport(stack, preview.resources, outputs, (remarks ?? []) as string[]));
  }
  if (violations.length > 0) {
    throw new PreviewRefusal(violations.join("\n"));
  }
  return {
    stacks,
    totals: totalsOf(stacks.flatMap((stack) => stack.resources)),
    notBuiltYet: [...notBuilt.values()],
    ...compareObjectives(declared),
  };
}

/** A report with a comparison in it, and what that commit's files do not allow among its problems. */
export function withComparison(
  report: PreviewReport,
  against: Comparison | undefined,
): PreviewReport {
  if (against === undefined) {
    return report;
  }
  const refused = against.weakenings.filter(({ allowed }) => !allowed);
  return {
    ...report,
    against,
    problems: [
      ...report.problems,
      ...refused.map(
        (weakening) =>
          `${weakeningText(weakening)}; mayWeaken of systems/${weakening.system}.yaml in ${against.reference} does not allow that`,
      ),
    ],
  };
}

function stackReport(
  { name, configuration }: ReadyStack,
  resources: readonly PreviewedResource[],
  outputs: Readonly<Record<string, Shown>>,
  remarks: readonly string[],
): StackReport {
  return {
    name,
    system: configuration.system.id,
    role: configuration.settings.role,
    region: configuration.region,
    remarks,
    totals: totalsOf(resources),
    counts: countsOf(resources),
    outputs,
    resources: resources.map((resource) =>
      isGlobal(resource.type) ? { ...resource, region: "global" } : resource,
    ),
  };
}

function totalsOf(resources: readonly PreviewedResource[]): Totals {
  return {
    resources: resources.length,
    components: resources.filter(({ type }) => type.startsWith("trading-dr:")).length,
    protected: resources.filter(({ options }) => options.protect === true).length,
  };
}

function countsOf(resources: readonly PreviewedResource[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of resources) {
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return Object.fromEntries(
    [...counts].sort(
      ([type, count], [otherType, otherCount]) =>
        otherCount - count || type.localeCompare(otherType),
    ),
  );
}
