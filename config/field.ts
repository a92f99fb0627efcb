import { z } from "zod";
import { type Duration, parseDuration } from "./duration";

/**
 * Building blocks of the configuration schemas. Each message says what is allowed and how to mend
 * the value; the reader of the file adds the file, the line, the path and the value found.
 */

/** An object that refuses unknown keys and names the known ones. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const allowed = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `unknown key; allowed here: ${allowed}. Correct the spelling or remove it`
        : `must be a mapping with the keys ${allowed}; write one "key: value" a line`,
  });
}

/** A mapping from names of the reader's choice (see {@link identifier}) to values of one shape. */
export function named<Value extends z.core.$ZodType>(value: Value, maximumLength = 32) {
  return z
    .record(identifier(maximumLength), value, {
      error: (issue) =>
        issue.code === "invalid_key"
          ? identifierRule(maximumLength)
          : "must be a mapping from names to entries; write one name a line",
    })
    .refine((entries) => Object.keys(entries).length > 0, {
      error: "must not be empty; give at least one entry",
    });
}

function identifierRule(maximumLength: number): string {
  return (
    `names are lower-case letters, digits and single hyphens, start with a letter, do not end with a hyphen ` +
    `and have at most ${String(maximumLength)} characters; rename it`
  );
}

/** A name that becomes part of physical names. */
export function identifier(maximumLength: number) {
  return z
    .string({ error: identifierRule(maximumLength) })
    .max(maximumLength, { error: identifierRule(maximumLength) })
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, {
      error: identifierRule(maximumLength),
    });
}

/** Text that matches a pattern; `rule` says in words what that is and gives an example. */
export function text(rule: string, pattern = /\S/) {
  return z.string({ error: rule }).regex(pattern, { error: rule });
}

/** A whole number within bounds, `unit` included in the message. */
export function whole(minimum: number, maximum: number, unit: string) {
  const rule = `must be a whole number of ${unit} from ${String(minimum)} to ${String(maximum)}; correct the number`;
  return z.int({ error: rule }).min(minimum, { error: rule }).max(maximum, { error: rule });
}

/** One of a closed list of words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words, { error: `must be one of ${words.join(", ")}; choose one of them` });
}

/**
 * A duration such as `15m`, `90d` or `7y`. A bare number is refused: nobody should have to guess
 * whether 15 is seconds or minutes.
 */
export function duration(limits: { readonly minimum?: string; readonly maximum?: string } = {}) {
  const rule =
    'must be a duration: a whole number and a unit of s, m, h, d or y; write it like "15m", "90d" or "7y"';
  const minimum = limits.minimum === undefined ? undefined : parseDuration(limits.minimum);
  const maximum = limits.maximum === undefined ? undefined : parseDuration(limits.maximum);
  const bounds = [
    minimum && `at least ${minimum.text}`,
    maximum && `at most ${maximum.text}`,
  ].filter(Boolean);
  return z.string({ error: rule }).transform((written, context): Duration => {
    const parsed = parseDuration(written);
    if (parsed === undefined) {
      context.issues.push({ code: "custom", input: written, message: rule });
      return z.NEVER;
    }
    if (
      parsed.seconds < (minimum?.seconds ?? 0) ||
      parsed.seconds > (maximum?.seconds ?? Infinity)
    ) {
      context.issues.push({
        code: "custom",
        input: written,
        message: `must be ${bounds.join(" and ")}; choose a duration within that`,
      });
      return z.NEVER;
    }
    return parsed;
  });
}

/** A calendar date, `2026-11-21`. */
export function date() {
  return z.iso.date({ error: 'must be a calendar date; write it like "2026-11-21"' });
}

/** An address of electronic mail. That somebody reads it is for its owner to see. */
export function email() {
  return text(
    'must be an e-mail address; write it like "trading-oncall@example.com"',
    /^[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}$/,
  );
}

/**
 * An AWS region's name, outside of China and the US government's partition, whose ARNs begin
 * differently. That the region exists is for AWS to say.
 */
export function region() {
  return text(
    'must be an AWS region outside of us-gov and cn; write it like "us-east-1"',
    /^(?!us-gov|us-iso|cn)[a-z]{2}(-[a-z]+)+-\d$/,
  );
}

/** An AWS account's number. Quoted in YAML, or a leading zero is lost. */
export function account() {
  return text(
    'must be an AWS account number of 12 digits in quotes, like "111122223333"',
    /^\d{12}$/,
  );
}

/**
 * Options for a rule that needs some keys of its object: it runs when those are sound, whatever
 * else is wrong in the file, so that a reader sees every problem at once.
 */
export function whenSound(...keys: readonly string[]) {
  return {
    when: (payload: z.core.ParsePayload) =>
      isMapping(payload.value) &&
      !payload.issues.some(
        (issue) =>
          isHarmful(issue) && (issue.path?.length ? keys.includes(String(issue.path[0])) : true),
      ),
  };
}

/** True for what YAML calls a mapping; a list is none, though it is an object to JavaScript. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An unknown key says nothing against the others; any other issue means that a value is unusable. */
export function isHarmful(issue: { readonly code?: string }): boolean {
  return issue.code !== "unrecognized_keys";
}
