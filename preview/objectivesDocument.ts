import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { systemIds } from "../config/configuration";
import program from "../index";
import { assumedRates, assumptions } from "../objectives/assumptions";
import { durationText } from "../objectives/bound";
import { type JudgedObjective } from "../objectives/judgement";
import { tableLines } from "./documentTable";
import { previewReport } from "./report";
import { readStacks } from "./stacks";

/** Directory of the project. */
const directory = join(__dirname, "..");

/** The document that {@link objectivesDocument} is the text of. */
export const documentFile = join(directory, "docs", "objectives.md");

/** What every shipped system promises, and what its stacks reach, as a document. */
export async function objectivesDocument(): Promise<string> {
  const sections: string[] = [];
  for (const system of systemIds(join(directory, "systems"))) {
    const stacks = readStacks({ directory, system });
    const { objectives } = await previewReport(program, stacks);
    const name = stacks[0]?.configuration.system.name ?? system;
    sections.push(...systemSection(name, system, objectives));
  }
  const text = [introduction, assumptionTable(), ...sections].join("\n\n");
  return format(text, { ...(await resolveConfig(documentFile)), parser: "markdown" });
}

const introduction = `<!-- Written by \`npm run docs:objectives\`; a test fails when it is stale. -->

# Objectives, and what is reached

For every data class, every store that holds it and every disaster, the recovery point (RPO: how much may
be lost) and the recovery time (RTO) that the system's file asks for, and the bound of the best mechanism
that its stacks declare. Bounds are computed from the declared resources, before anything is deployed:
\`npm run preview\` shows them, and fails when one is not met and nobody has accepted that
(\`unmetObjectives\`, [configuration.md](configuration.md#objectives-that-are-not-met)).

- A figure that the plan gives for a disaster (\`scenarios\`) holds in it for all data; without one the
  class's own figure does.
- The best mechanism is the one that keeps both promises; else the one that breaks fewest, of those the
  quickest, and of those the one that loses least. Both bounds are that one mechanism's.
- A class's objectives hold in each of its stores, and what is not met is accepted for each by itself. The
  store that is worst off comes first.
- Gaps are those of the schedule as it fires, in its time zone, over years that hold two leap days.
- Zero means zero: nothing asynchronous meets it. A lag that is only watched is no bound.
- Copies in the same account are not offline: against ransomware only another account's count.
- A job that is suspended takes nothing. What nothing builds yet brings nothing back.
- A run is counted from the latest time at which it may start. A recovery time ends when the data is
  served again under its name: until clients have connected again is in no bound.
- Taken for granted: a cache loses its primary alone, with the replicas in step, and not while the server
  that feeds the other region is primary ([cache.md](cache.md#from-objectives-to-settings)); otherwise more
  may be lost than its bound says. AWS places the instances of an Aurora cluster in different zones. A
  database is as large as the disk that verification restores to, or as RDS's storage may grow. Records
  are counted as restored once their first byte can be read.
- A bound says what holds while a mechanism works. That one has stopped working, alarms and the monitor
  have to tell: the time until they do is in no bound.`;

function assumptionTable(): string {
  return [
    "## What is assumed",
    "",
    "Times that are no setting. What a vendor calls typical is taken at its upper end, and is no promise of theirs.",
    "",
    ...tableLines(
      ["What", "Figure", "Source"],
      [
        ...Object.values(assumptions).map(({ what, seconds, source }) => [
          what,
          durationText(seconds),
          source,
        ]),
        ...Object.entries(assumedRates).map(([name, { mebibytesPerSecond, source }]) => [
          `\`${name}\`, unless \`measuredRates\` has one that was measured`,
          `${String(mebibytesPerSecond)} MiB/s`,
          source,
        ]),
      ],
    ),
  ].join("\n");
}

/** What a system promises, and what its stacks reach, as paragraphs. */
export function systemSection(
  name: string,
  system: string,
  objectives: readonly JudgedObjective[],
): string[] {
  const unmet = objectives.filter(({ met }) => !met);
  const met = objectives.filter((objective) => objective.met);
  return [
    `## ${name} (\`${system}\`)`,
    `${String(unmet.length)} of ${String(objectives.length)} are not met.`,
    [
      ...tableLines(
        ["Not met", "Store", "Disaster", "", "Asked", "Reached", "By", "How", "Accepted"],
        unmet.map((objective) => [
          ...row(objective),
          objective.acknowledged === undefined
            ? "by nobody"
            : `${objective.acknowledged.approver}, ${objective.acknowledged.date}: ${objective.acknowledged.reason}`,
        ]),
      ),
    ].join("\n"),
    tableLines(
      ["Met", "Store", "Disaster", "", "Asked", "Reached", "By", "How"],
      met.map(row),
    ).join("\n"),
  ];
}

function row(objective: JudgedObjective): string[] {
  const { dataClass, store, scenario, kind, objectiveSeconds, boundSeconds } = objective;
  return [
    dataClass,
    store,
    scenario,
    kind.toUpperCase(),
    durationText(objectiveSeconds),
    boundSeconds === null ? "no bound" : durationText(boundSeconds),
    objective.mechanism,
    objective.arithmetic,
  ];
}

async function write(): Promise<void> {
  writeFileSync(documentFile, await objectivesDocument());
}

if (require.main === module) {
  void write();
}
