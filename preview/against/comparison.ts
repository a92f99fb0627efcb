import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { isMapping } from "../../config/field";
import { show } from "../../config/problem";
import { exceptionsFile } from "../../policies/exceptions";
import { filesBefore } from "./gitFiles";
import { newExceptions } from "./newExceptions";
import { type Subject, textsAt } from "./promises";
import { findingsBetween } from "./weakenings";

/** Compares what system files promise with what they promised in another commit. */

/** One promise that a change makes weaker. */
export interface Weakening {
  /** Id of the system. */
  readonly system: string;
  /** `dataClasses.signals.rpo`; empty for the file as a whole. Of an exception, what it is from. */
  readonly path: string;
  readonly what: Subject;
  /** In one line what it was and what it is: `30s before, 5m now`. */
  readonly change: string;
  /** True where the other commit's own file allows it. */
  readonly allowed: boolean;
}

/** What is weaker than in another commit, and what else a reviewer should know. */
export interface Comparison {
  /** The other commit, as it was asked for. */
  readonly reference: string;
  readonly weakenings: readonly Weakening[];
  readonly remarks: readonly string[];
}

/** What to compare. */
export interface ComparisonChoice {
  /** Directory of the project. */
  readonly directory: string;
  /** Systems that have a sound file here. Those whose file is gone are compared in any case. */
  readonly systems: readonly string[];
}

/**
 * Compares the system files with those of another commit.
 *
 * @param reference The commit: a branch, a tag or an id.
 * @throws PreviewRefusal that says what the reference is not, or why git did not answer.
 */
export function compareWith(
  reference: string,
  { directory, systems }: ComparisonChoice,
): Comparison {
  const files = filesBefore(reference, directory);
  const fileNow = (id: string) => join(directory, "systems", `${id}.yaml`);
  const gone = [...files.systems.keys()].filter((id) => !existsSync(fileNow(id)));
  const compared = [...systems.filter((id) => !gone.includes(id)), ...gone].map((id) => {
    const before = files.systems.get(id);
    return weakeningsBetween(
      id,
      before === undefined ? undefined : contentsOf(before),
      gone.includes(id) ? undefined : contentsOf(readFileSync(fileNow(id), "utf8")),
    );
  });
  const exceptionsNow = join(directory, exceptionsFile);
  const exceptions = newExceptions(
    contentsOf(files.exceptions ?? ""),
    contentsOf(existsSync(exceptionsNow) ? readFileSync(exceptionsNow, "utf8") : ""),
  ).filter(({ system }) => systems.includes(system));
  return {
    reference,
    weakenings: [
      ...compared.flatMap(({ weakenings }) => weakenings),
      ...exceptions.map((exception) => ({
        ...exception,
        what: "exceptions" as const,
        allowed: mayWeakenIn(contentsOf(files.systems.get(exception.system) ?? "")).includes(
          "exceptions",
        ),
      })),
    ],
    remarks: compared.flatMap(({ remarks }) => remarks),
  };
}

/** What a system's file allows to be weakened. */
function mayWeakenIn(contents: unknown): readonly string[] {
  return textsAt(contents, ["mayWeaken"]) ?? [];
}

/** A file's contents as plain data; null where it is not YAML. */
function contentsOf(text: string): unknown {
  try {
    return parse(text, { logLevel: "error" }) as unknown;
  } catch {
    return null;
  }
}

/**
 * Compares the contents of a system's file with what they were in the other commit.
 *
 * @param before Undefined where there was no file.
 * @param after Undefined where there is none now.
 */
export function weakeningsBetween(
  id: string,
  before: unknown,
  after: unknown,
): Pick<Comparison, "weakenings" | "remarks"> {
  const file = `systems/${id}.yaml`;
  if (before === undefined) {
    return { weakenings: [], remarks: [`${file} is new`] };
  }
  if (!isMapping(before)) {
    const remark = `${file} cannot be read as it was before: nothing is compared with it`;
    return { weakenings: [], remarks: [remark] };
  }
  const findings = findingsBetween(before, after);
  // What the file says now does not count: a change cannot allow itself anything.
  const mayWeaken = mayWeakenIn(before);
  const added = mayWeakenIn(after).filter((word) => !mayWeaken.includes(word));
  return {
    weakenings: findings.weaker.map((finding) => ({
      system: id,
      ...finding,
      allowed: mayWeaken.includes(finding.what),
    })),
    remarks: [
      ...findings.unreadable.map(
        ({ path, found }) =>
          `${file}: ${path} was ${show(found)}, which cannot be read: nothing is compared with it`,
      ),
      ...(added.length === 0
        ? []
        : [`${file}: mayWeaken gains ${added.join(", ")}, which counts for later changes only`]),
    ],
  };
}
