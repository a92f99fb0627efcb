import { type JudgedObjective, nameText, reachedText } from "../objectives/judgement";
import { type ComparedObjectives } from "./objectives";
import { type Paint } from "./text";

/** The objectives of each system, those that are not met first. */
export function objectivesText(
  { objectives, remarks }: Pick<ComparedObjectives, "objectives" | "remarks">,
  paint: Paint,
): string[] {
  const systems = [...new Set(objectives.map(({ system }) => system))];
  return [
    ...remarks.map((remark) => paint("yellow", `! ${remark}`)),
    ...systems.flatMap((system, index) => {
      const own = objectives.filter((objective) => objective.system === system);
      const [met, unmet] = [own.filter(isMet), own.filter((objective) => !isMet(objective))];
      return [
        ...(index > 0 || remarks.length > 0 ? [""] : []),
        paint(
          "bold",
          `Objectives of ${system}: ${String(unmet.length)} of ${String(own.length)} are not met`,
        ),
        ...unmet.flatMap((objective) => unmetLines(objective, paint)),
        ...met.map((objective) => `  met      ${line(objective)}`),
      ];
    }),
  ];
}

function isMet({ met }: JudgedObjective): boolean {
  return met;
}

function unmetLines(objective: JudgedObjective, paint: Paint): string[] {
  const { acknowledged } = objective;
  return [
    paint("red", `  not met  ${line(objective)}`),
    paint(
      "dim",
      acknowledged === undefined
        ? "           accepted by nobody"
        : `           accepted by ${acknowledged.approver}, ${acknowledged.date}: ${acknowledged.reason}`,
    ),
  ];
}

function line(objective: JudgedObjective): string {
  return `${nameText(objective)}: ${reachedText(objective)}`;
}
