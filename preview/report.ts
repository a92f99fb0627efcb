import { isGlobal } from "../contracts/globalServices";
import { type NotBuilt } from "../contracts/outputs";
import { type StackVerdicts } from "../policies/evaluation";
import { type Comparison } from "./against/comparison";
import { weakeningText } from "./against/text";
import { type PreviewedResource, previewStack } from "./inProcess";
import { type ComparedObjectives, compareObjectives, type DeclaredByStack } from "./objectives";
import { judgeStacks, noChoices, type PolicyChoices } from "./policies/verdicts";
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
  /** What the rules of the policy pack say of it. */
  readonly policies: StackVerdicts;
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
 * @param choices What is decided beside the rules of the policy pack.
 * @throws PreviewRefusal when two resources have one URN.
 */
export async function previewReport(
  program: () => unknown,
  ready: readonly ReadyStack[],
  choices: PolicyChoices = noChoices,
): Promise<PreviewReport> {
  const previews: Previewed[] = [];
  const violations: string[] = [];
  const notBuilt = new Map<string, NotBuilt>();
  for (const stack of ready) {
    const preview = await previewStack(program, stack);
    violations.push(...ruleViolations(preview));
    const { notBuiltYet, remarks, ...outputs } = preview.outputs;
    for (const part of (notBuiltYet ?? []) as unknown as NotBuilt[]) {
      notBuilt.set(part.path, part);
    }
    previews.push({
      ready: stack,
      resources: preview.resources,
      outputs,
      remarks: (remarks ?? []) as string[],
    });
  }
  if (violations.length > 0) {
    throw new PreviewRefusal(violations.join("\n"));
  }
  const judged = judgeStacks(previews, choices);
  const compared = compareObjectives(previews);
  return {
    stacks: previews.map((preview) => stackReport(preview, judged.verdicts)),
    totals: totalsOf(previews.flatMap(({ resources }) => resources)),
    notBuiltYet: [...notBuilt.values()],
    ...compared,
    problems: [...judged.problems, ...compared.problems],
    remarks: [...judged.remarks, ...compared.remarks],
  };
}

/** A stack that has been run, with what its program says of it. */
interface Previewed extends DeclaredByStack {
  readonly outputs: StackReport["outputs"];
  readonly remarks: readonly string[];
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
  { ready, resources, outputs, remarks }: Previewed,
  verdicts: ReadonlyMap<string, StackVerdicts>,
): StackReport {
  const { name, configuration } = ready;
  return {
    name,
    system: configuration.system.id,
    role: configuration.settings.role,
    region: configuration.region,
    remarks,
    totals: totalsOf(resources),
    counts: countsOf(resources),
    policies: verdicts.get(name) ?? { evaluated: 0, violations: [], unknown: [], exceptions: [] },
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
