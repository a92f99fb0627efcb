import { type Environment } from "./environment";
import { type Exception, exceptionsFile, exceptionText, isInForce, matches } from "./exceptions";
import { type Finding, type Level, messageOf, type Rule } from "./rule";
import { type Resource, Stack, stackItself, stackType } from "./stack";
import { NotKnownYet } from "./values";

/** What one rule says of one resource. */
export interface Verdict {
  readonly findings: readonly Finding[];
  /** The setting that is not known yet, so that the rule could not be judged to its end. */
  readonly notKnown?: string;
}

/**
 * Judges one resource by one rule.
 *
 * @param surroundings What the rule sees beside it, and its settings.
 */
export function judge(
  rule: Rule,
  subject: Resource,
  surroundings: Parameters<Rule["check"]>[1],
): Verdict {
  const findings: Finding[] = [];
  try {
    for (const finding of rule.check(subject, surroundings)) {
      findings.push(finding);
    }
  } catch (error) {
    if (error instanceof NotKnownYet) {
      return { findings, notKnown: error.setting };
    }
    throw error;
  }
  return { findings };
}

/** A stack and what it is held to. */
export interface StackToJudge {
  readonly stack: Stack;
  readonly environment: Environment;
}

/** One way in which a stack breaks a rule. */
export interface Violation {
  readonly rule: string;
  readonly level: Level;
  readonly severity: Rule["severity"];
  /** URN. */
  readonly resource: string;
  readonly message: string;
}

/** A rule that could not be judged on a resource. */
export interface NotJudged {
  readonly rule: string;
  /** URN. */
  readonly resource: string;
  /** The setting that is known only after deployment. */
  readonly setting: string;
}

/** `bucket-locked could not be judged of urn:…: rules is not known before deployment`. */
export function notJudgedText({ rule, resource, setting }: NotJudged): string {
  return `${rule} could not be judged of ${resource}: ${setting} is not known before deployment`;
}

/** What the rules say of one stack. */
export interface StackVerdicts {
  /** How often a rule has judged a resource. */
  readonly evaluated: number;
  readonly violations: readonly Violation[];
  readonly unknown: readonly NotJudged[];
  /** Exceptions that excuse something here, each once. */
  readonly exceptions: readonly Exception[];
}

/**
 * True where stacks can be compared with each other: the three regions are there, and no standby has
 * landed only in part, as in the first deployment.
 */
export function isWhole(environments: readonly Environment[]): boolean {
  const settings = environments.map(({ configuration }) => configuration.settings);
  return (
    ["prod", "dr", "archive"].every((role) => settings.some((own) => own.role === role)) &&
    settings.every((own) => own.role === "access" || own.phase === "whole")
  );
}

/**
 * Judges the stacks of one system. Rules that compare stacks are left out where those are not whole.
 *
 * @param exceptions All that there are, of whatever system.
 * @param now Decides which of them have expired.
 * @returns The verdicts, in the order of the stacks.
 */
export function evaluate(
  rules: readonly Rule[],
  stacks: readonly StackToJudge[],
  exceptions: readonly Exception[],
  now = new Date(),
): StackVerdicts[] {
  const judgedHere = isWhole(stacks.map(({ environment }) => environment))
    ? rules
    : rules.filter(({ scope }) => scope !== "system");
  return stacks.map(({ stack, environment }) => {
    const others = stacks.map((other) => other.stack).filter((other) => other !== stack);
    const excuses = new Excuses(stack.name, environment.configuration.system.id, exceptions, now);
    const judged = judgedHere.flatMap((rule) => {
      const settings = rule.settingsFor(environment);
      return settings === undefined
        ? []
        : subjectsOf(rule, stack).map((subject) => ({
            rule,
            subject,
            ...judge(rule, subject, {
              settings,
              stack: rule.scope === "resource" ? nothing : stack,
              others: rule.scope === "system" ? others : [],
            }),
          }));
    });
    const violations = judged.flatMap(({ rule, subject, findings }) =>
      findings.length > 0 && excuses.excuse(rule.id, subject)
        ? []
        : findings.map((finding) => violationOf(rule, subject, finding)),
    );
    return {
      evaluated: judged.length,
      violations: [
        ...violations,
        ...excuses.violations((id) => judgedHere.some((rule) => rule.id === id)),
      ],
      unknown: judged.flatMap(({ rule, subject, notKnown }) =>
        notKnown === undefined ? [] : [{ rule: rule.id, resource: subject.urn, setting: notKnown }],
      ),
      exceptions: excuses.used(),
    };
  });
}

const nothing = new Stack("", []);

/** The resources of a stack that a rule judges. */
export function subjectsOf(rule: Pick<Rule, "types">, stack: Stack): readonly Resource[] {
  return rule.types.includes(stackType)
    ? [stackItself(stack.name), ...stack.ofType(...rule.types.filter((type) => type !== stackType))]
    : stack.ofType(...rule.types);
}

function violationOf(rule: Rule, subject: Resource, finding: Finding): Violation {
  return {
    rule: rule.id,
    level: rule.level,
    severity: rule.severity,
    resource: subject.urn,
    message: messageOf(rule, subject, finding),
  };
}

/** The rule that exceptions themselves are held to. */
export const exceptionsRule = {
  id: "exceptions-excuse-something",
  severity: "high",
  level: "mandatory",
  description:
    "An exception has not expired, and something breaks its rule: one that excuses nothing would wait for the next mistake.",
} as const;

/** The exceptions of one stack, and which of them have excused something. */
export class Excuses {
  private readonly own: readonly Exception[];
  private readonly hits = new Set<Exception>();

  public constructor(
    private readonly stack: string,
    /** Undefined where nobody tells it; then the stack's name has to do. */
    system: string | undefined,
    exceptions: readonly Exception[],
    private readonly now: Date,
  ) {
    this.own = exceptions.filter(
      (exception) =>
        exception.stack === stack && (system === undefined || exception.system === system),
    );
  }

  /** True where an exception in force excuses what breaks a rule; it then counts as used. */
  public excuse(rule: string, subject: Resource): boolean {
    const found = this.own.find(
      (exception) => isInForce(exception, this.now) && matches(exception, rule, subject),
    );
    if (found !== undefined) {
      this.hits.add(found);
    }
    return found !== undefined;
  }

  /** Those that have excused something. */
  public used(): readonly Exception[] {
    return [...this.hits];
  }

  /**
   * What is wrong with the others, once all rules have been judged.
   *
   * @param isJudged True for a rule that was.
   */
  public violations(isJudged: (rule: string) => boolean): Violation[] {
    const { id, severity, level } = exceptionsRule;
    return this.own
      .filter((exception) => !this.hits.has(exception) && isJudged(exception.rule))
      .map((exception) => ({
        rule: id,
        severity,
        level,
        resource: stackItself(this.stack).urn,
        message: `${id}: ${exceptionsFile}: ${exceptionText(exception)}: ${
          isInForce(exception, this.now)
            ? "nothing breaks the rule any more; remove it"
            : "it has expired; mend what it excuses and remove it, or have it approved anew"
        }`,
      }));
  }
}
