import { exceptionsFile } from "../../policies/exceptions";
import { type Comparison, type Weakening } from "./comparison";
import { type Paint } from "../text";

/** `systems/hft.yaml: dataClasses.important.rpo: 1m before, 5m now`. */
export function weakeningText({ system, path, what, change }: Weakening): string {
  const file = what === "exceptions" ? exceptionsFile : `systems/${system}.yaml`;
  return [file, ...(path === "" ? [] : [path]), change].join(": ");
}

/** What is weaker than in another commit, what that one does not allow first. */
export function againstText(against: Comparison | undefined, paint: Paint): string[] {
  if (against === undefined) {
    return [];
  }
  const { reference, weakenings, remarks } = against;
  const refused = weakenings.filter(({ allowed }) => !allowed);
  const allowed = weakenings.filter((weakening) => weakening.allowed);
  return [
    paint(
      "bold",
      `Compared with ${reference}: ${weakenings.length === 0 ? "nothing is weaker" : `${String(weakenings.length)} weaker, ${String(refused.length)} of them not allowed`}`,
    ),
    ...refused.map((weakening) =>
      paint("red", `  weaker, not allowed  ${weakeningText(weakening)}`),
    ),
    ...allowed.map((weakening) => `  weaker, allowed      ${weakeningText(weakening)}`),
    ...remarks.map((remark) => paint("yellow", `  ! ${remark}`)),
  ];
}
