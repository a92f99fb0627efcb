import { z } from "zod";
import { date, section, text } from "../config/field";
import { ConfigurationError, show } from "../config/problem";
import { checkAgainst, readYamlFile } from "../config/yamlFile";
import { type Resource } from "./stack";

/**
 * Exceptions from rules: dated, with a reason, approved, and never for longer than a year. One that has
 * expired, or that excuses nothing, breaks a rule itself.
 */

/** The file of exceptions, in the project's directory. */
export const exceptionsFile = "policies/exceptions.yaml";

const exceptionShape = section({
  /** Id of the rule. */
  rule: text("must be the id of a rule; docs/policies.md lists them"),
  /** Id of the trading system. */
  system: text('must be the id of a system; write it like "market-scanning"'),
  stack: text('must be the name of a stack; write it like "prod"'),
  /** Logical name of the resource; `*` stands for any part of it. */
  resource: text(
    "must be a resource's logical name, three characters of it at least; * stands for any part of it",
    /^(?=.*[^*]{3})[A-Za-z0-9_.:/*-]+$/,
  ),
  reason: text("must say why the rule may be broken; write a short text"),
  /** The role, not the person, that approves it. */
  approver: text('must name the role that approves it; write it like "Chief risk officer"'),
  /** When it was approved. */
  date: date(),
  /** The last day on which it holds. */
  expires: date(),
});

/** An exception from a rule, for some resources of one stack. */
export type Exception = z.output<typeof exceptionShape>;

/** An exception lasts no longer than this: a year, one of 366 days included. */
const longestDays = 366;

/**
 * Reads the list of exceptions.
 *
 * @param file Path of the file.
 * @param rules Ids of the rules that there are: an exception from another one would excuse nothing.
 * @throws ConfigurationError with everything that is wrong with the file.
 */
export function readExceptions(file: string, rules: readonly string[]): readonly Exception[] {
  const source = readYamlFile(file);
  const schema = section({
    exceptions: z.array(
      exceptionShape.superRefine((exception, context) => {
        for (const [path, message] of problemsOf(exception, rules)) {
          context.addIssue({ code: "custom", path: [path], message });
        }
      }),
      { error: "must be a list of exceptions; write [] for none" },
    ),
  });
  const checked = checkAgainst(schema, source.data, source);
  if ("problems" in checked) {
    throw new ConfigurationError(checked.problems);
  }
  return checked.value.exceptions;
}

function* problemsOf(
  { rule, date: approved, expires }: Exception,
  rules: readonly string[],
): Iterable<readonly [path: keyof Exception, message: string]> {
  if (!rules.includes(rule)) {
    yield ["rule", `there is no rule ${show(rule)}; docs/policies.md lists those that there are`];
  }
  const days = (Date.parse(expires) - Date.parse(approved)) / 86_400_000;
  if (days < 0 || days > longestDays) {
    yield [
      "expires",
      `must be ${approved} at the earliest and ${String(longestDays)} days later at the latest; choose a day in between, and have it approved anew then`,
    ];
  }
}

/** True where an exception is from this rule and for this resource of its stack. */
export function matches(
  exception: Pick<Exception, "rule" | "stack" | "resource">,
  rule: string,
  { urn, name }: Pick<Resource, "urn" | "name">,
): boolean {
  const pattern = exception.resource.replaceAll(".", "\\.").replaceAll("*", ".*");
  return (
    exception.rule === rule &&
    urn.startsWith(`urn:pulumi:${exception.stack}::`) &&
    new RegExp(`^${pattern}$`).test(name)
  );
}

/** True on the days on which an exception holds; a day is one of UTC. */
export function isInForce({ expires }: Pick<Exception, "expires">, now: Date): boolean {
  return now.toISOString().slice(0, 10) <= expires;
}

/** `records-encryption of records-audit in prod of hft, until 2027-01-31, approved by ...`. */
export function exceptionText(exception: Exception): string {
  const { rule, resource, stack, system, approver, date: approved, expires, reason } = exception;
  return `${rule} for ${resource} in ${stack} of ${system}, until ${expires}: ${reason} (${approver}, ${approved})`;
}
