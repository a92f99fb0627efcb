import { type Configuration, isAccess } from "../config/configuration";
import { assess } from "../objectives/assessment";
import { judge, type JudgedObjective } from "../objectives/judgement";
import { type PreviewedResource } from "./inProcess";
import { type ReadyStack } from "./stacks";

/** An objective of one of the previewed systems. */
export type SystemObjective = JudgedObjective & { readonly system: string };

/** What stacks can keep of their systems' promises. */
export interface ComparedObjectives {
  readonly objectives: readonly SystemObjective[];
  /** Why the preview fails: what is not met and nobody has accepted. */
  readonly problems: readonly string[];
  /** Systems whose objectives were not compared, or are not held to anything, and why. */
  readonly remarks: readonly string[];
}

/** A stack with what it would declare. */
export interface DeclaredByStack {
  readonly ready: ReadyStack;
  readonly resources: readonly PreviewedResource[];
}

/**
 * Compares the objectives of every system whose three regions are there. One region's stack alone says
 * nothing about copies in the others.
 */
export function compareObjectives(stacks: readonly DeclaredByStack[]): ComparedObjectives {
  const systems = [...new Set(stacks.map(({ ready }) => ready.configuration.system.id))];
  const compared = systems.map((id): ComparedObjectives => {
    const [prod, dr, archive] = (["prod", "dr", "archive"] as const).map((role) =>
      regionStack(stacks, id, role),
    );
    if (prod === undefined || dr === undefined || archive === undefined) {
      const remark = `objectives of ${id} are not compared: that takes prod, dr and archive`;
      return { objectives: [], problems: [], remarks: [remark] };
    }
    const { system } = prod.configuration;
    const trading = [prod.declared, dr.declared];
    const active = trading.find(({ region }) => region === system.regions.active) ?? prod.declared;
    const other = active === prod.declared ? dr.declared : prod.declared;
    const assessed = assess(system, { active, other, archive: archive.declared });
    const { objectives, problems } = judge(assessed, system);
    const exempt = exemption([prod, dr].map(({ configuration }) => configuration));
    return {
      objectives: objectives.map((objective) => ({ system: id, ...objective })),
      problems: exempt === undefined ? problems : [],
      remarks:
        exempt === undefined
          ? []
          : [
              `objectives of ${id} are shown and not insisted on: ${exempt}${unacceptedText(objectives)}`,
            ],
    };
  });
  return {
    objectives: compared.flatMap(({ objectives }) => objectives),
    problems: compared.flatMap(({ problems }) => problems),
    remarks: compared.flatMap(({ remarks }) => remarks),
  };
}

/** How many objectives would fail the preview otherwise; empty where none would. */
function unacceptedText(objectives: readonly JudgedObjective[]): string {
  const { length } = objectives.filter(
    ({ met, acknowledged }) => !met && acknowledged === undefined,
  );
  return length === 0 ? "" : `; not met and accepted by nobody: ${String(length)}`;
}

function regionStack(stacks: readonly DeclaredByStack[], id: string, role: string) {
  return stacks.flatMap(({ ready: { configuration }, resources }) =>
    !isAccess(configuration) &&
    configuration.system.id === id &&
    configuration.settings.role === role
      ? [{ configuration, declared: { region: configuration.region, resources } }]
      : [],
  )[0];
}

/** Why nobody is asked to accept anything now. */
function exemption(stacks: readonly Configuration[]): string | undefined {
  const [first] = stacks;
  if (stacks.some(({ settings }) => settings.phase === "landing")) {
    return "a stack is in its landing phase";
  }
  if (stacks.some(({ settings }) => settings.profile === "sandbox")) {
    return "a sandbox promises nothing";
  }
  const regions = first?.system.regions;
  return regions !== undefined && regions.active !== regions.primary
    ? `the writer is in ${regions.active}: nobody is asked to accept anything in the middle of a failover`
    : undefined;
}
