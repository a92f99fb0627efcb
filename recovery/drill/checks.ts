import { type EventOf } from "../../contracts/events";
import { messageOf } from "../failure";

/** One thing that was looked at in the region that would take over. */
export type Check = NonNullable<EventOf<"drill">["checks"]>[number];

/** What was seen, as a sentence, and what to do where it is not as it has to be. */
export interface Finding {
  readonly found: string;
  /** @default - it is as it has to be */
  readonly mend?: string;
}

/** Something to look at. */
export interface Question {
  /** The same each time, so that drills can be compared. */
  readonly name: string;
  /** What to do where it could not be looked at. */
  readonly unanswered: string;
  readonly ask: () => Promise<Finding>;
}

/**
 * Looks at everything at once. What cannot be looked at has not passed, and keeps nothing else from
 * being looked at.
 */
export function checksOf(questions: readonly Question[]): Promise<Check[]> {
  return Promise.all(
    questions.map(async ({ name, unanswered, ask }) => {
      const { found, mend } = await ask().catch((error: unknown) => ({
        found: messageOf(error),
        mend: unanswered,
      }));
      return { name, passed: mend === undefined, found, ...(mend === undefined ? {} : { mend }) };
    }),
  );
}

/** The checks that did not pass, as sentences. */
export function failedChecks(checks: readonly Check[]): string[] {
  return checks
    .filter(({ passed }) => !passed)
    .map(({ name, found, mend = "" }) => `${name}: ${found}; ${mend}`);
}
