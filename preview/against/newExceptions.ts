import { isMapping } from "../../config/field";
import { valueAt } from "./promises";

/** Exceptions from the policy pack's rules that another commit does not have, or not for as long. */

/** An exception that is new or lasts longer. */
export interface NewException {
  readonly system: string;
  /** `bucket-locked for records-audit in prod`. */
  readonly path: string;
  /** `none before, until 2027-01-31 now: its logs are moved`. */
  readonly change: string;
}

/**
 * What a file of exceptions has beyond what it had.
 *
 * @param before The contents there; what is no list counts as none.
 * @param after The contents here.
 */
export function newExceptions(before: unknown, after: unknown): NewException[] {
  const known = exceptionsIn(before);
  return exceptionsIn(after).flatMap((exception) => {
    const { system, path, expires, reason } = exception;
    const ends = known
      .filter((other) => other.system === system && other.path === path)
      .map((other) => other.expires)
      .sort();
    const last = ends.at(-1);
    const was = last === undefined ? "none" : `until ${last}`;
    return last !== undefined && expires <= last
      ? []
      : [{ system, path, change: `${was} before, until ${expires} now: ${reason}` }];
  });
}

function exceptionsIn(contents: unknown) {
  const list = valueAt(contents, ["exceptions"]);
  return (Array.isArray(list) ? (list as unknown[]) : []).filter(isMapping).map((entry) => {
    const textOf = (key: string) => String(entry[key]);
    return {
      system: textOf("system"),
      path: `${textOf("rule")} for ${textOf("resource")} in ${textOf("stack")}`,
      expires: textOf("expires"),
      reason: textOf("reason"),
    };
  });
}
