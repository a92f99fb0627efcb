import { type System } from "../config/system";
import { type Objective } from "./assessment";
import { durationText } from "./bound";

/** Who accepts that an objective is not met, and why. */
export interface Acknowledgement {
  readonly reason: string;
  /** A role. */
  readonly approver: string;
  readonly date: string;
}

/** An objective, and who accepts that it is not met, if it is not. */
export interface JudgedObjective extends Objective {
  readonly acknowledged?: Acknowledgement;
}

/** Objectives, and why they cannot stand as they are. */
export interface Judgement {
  readonly objectives: readonly JudgedObjective[];
  /** A sentence for each objective that nobody has accepted, and each acceptance of nothing. */
  readonly problems: readonly string[];
}

type Entry = System["unmetObjectives"][number];

/** Compares what is not met with what the system's file acknowledges. */
export function judge(
  objectives: readonly Objective[],
  { id, unmetObjectives }: Pick<System, "id" | "unmetObjectives">,
): Judgement {
  const file = `systems/${id}.yaml`;
  const judged = objectives.map((objective) => {
    const entries = unmetObjectives.filter((entry) => covers(entry, objective));
    const sufficient = entries.find((entry) => accepts(entry, objective));
    return { objective, entries, sufficient };
  });
  return {
    objectives: judged.map(({ objective, sufficient }) =>
      objective.met || sufficient === undefined
        ? objective
        : {
            ...objective,
            acknowledged: {
              reason: sufficient.reason,
              approver: sufficient.approver,
              date: sufficient.date,
            },
          },
    ),
    problems: [
      ...judged.flatMap(({ objective, entries, sufficient }) =>
        objective.met || sufficient !== undefined
          ? []
          : [`${file}: ${unmetText(objective)}; ${advice(entries)}`],
      ),
      ...unmetObjectives.flatMap((entry, index) => {
        const met = objectives.filter((objective) => objective.met && covers(entry, objective));
        return met.length === 0
          ? []
          : [
              `${file}: unmetObjectives.${String(index)} acknowledges what is met: ${met.map(nameText).join("; ")}. Remove it from the entry`,
            ];
      }),
    ],
  };
}

function covers(
  { dataClasses, stores, scenarios, kinds }: Entry,
  { dataClass, store, scenario, kind }: Objective,
): boolean {
  return (
    dataClasses.includes(dataClass) &&
    stores.includes(store) &&
    scenarios.includes(scenario) &&
    kinds.includes(kind)
  );
}

/** That nothing bounds it, and a bound, are accepted each for itself: `none` would outlast its reason. */
function accepts({ accepted }: Entry, { boundSeconds }: Objective): boolean {
  return accepted === "none" || boundSeconds === null
    ? accepted === "none" && boundSeconds === null
    : boundSeconds <= accepted.seconds;
}

/** `signals in database, region, RPO 5m`. */
export function nameText(objective: Objective): string {
  const { dataClass, store, scenario, kind, objectiveSeconds } = objective;
  return `${dataClass} in ${store}, ${scenario}, ${kind.toUpperCase()} ${durationText(objectiveSeconds)}`;
}

/** What is reached in place of the objective, and how: `20s (global database failover): 20s of lag`. */
export function reachedText({ boundSeconds, mechanism, arithmetic }: Objective): string {
  const reached = boundSeconds === null ? "no bound" : durationText(boundSeconds);
  return `${reached} (${mechanism}): ${arithmetic}`;
}

function unmetText(objective: Objective): string {
  return `${nameText(objective)} is not met: ${reachedText(objective)}`;
}

function advice(entries: readonly Entry[]): string {
  const [entry] = entries;
  return entry === undefined
    ? "strengthen what it says, or have somebody accept it under unmetObjectives"
    : `${entry.approver} has accepted ${entry.accepted === "none" ? "that nothing bounds it, and now something does" : `${entry.accepted.text} and no more`}: strengthen what it says, or have it accepted anew`;
}
