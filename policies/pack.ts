import * as policy from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import {
  Excuses,
  exceptionsRule,
  judge,
  type NotJudged,
  notJudgedText,
  subjectsOf,
} from "./evaluation";
import { type Exception, exceptionText } from "./exceptions";
import { reports } from "./reports";
import { messageOf, type Rule } from "./rule";
import { anyType, type Resource, Stack } from "./stack";
import { notKnown } from "./values";

/**
 * The rules as a policy pack of Pulumi: each rule a policy of its own, and after them those that report
 * on all of them.
 */

/**
 * Makes the policies of the pack.
 *
 * @param rules All rules.
 * @param exceptions All exceptions, of whatever system.
 * @param now Decides which of them have expired.
 */
export function policiesOf(
  rules: readonly Rule[],
  exceptions: readonly Exception[],
  now = new Date(),
): policy.Policies {
  const run = new Run(exceptions, now);
  const inPack = rules.filter(({ scope }) => scope !== "system");
  return [
    ...inPack.map((rule) => ({
      name: rule.id,
      description: rule.description,
      severity: rule.severity,
      enforcementLevel: rule.level,
      ...(rule.settings === undefined ? {} : { configSchema: schemaOf(rule.settings) }),
      ...(rule.scope === "resource" ? validatesResource(rule, run) : validatesStack(rule, run)),
    })),
    ...reportingPolicies(
      run,
      rules.filter(({ scope }) => scope === "system"),
    ),
  ];
}

/** What is remembered from one policy to the next, until the last of them has told it. */
class Run {
  private excuses: Excuses | undefined;
  private readonly judged = new Set<string>();
  private readonly inputs = new Map<string, unknown>();
  private unknown: NotJudged[] = [];

  public constructor(
    private readonly exceptions: readonly Exception[],
    private readonly now: Date,
  ) {}

  /** Judges a resource, and reports what no exception excuses. */
  public judge(
    rule: Rule,
    subject: Resource,
    surroundings: { readonly settings: unknown; readonly stack: Stack },
    report: (message: string) => void,
  ): void {
    this.judged.add(rule.id);
    const verdict = judge(rule, subject, { ...surroundings, others: [] });
    if (verdict.notKnown !== undefined) {
      this.unknown.push({ rule: rule.id, resource: subject.urn, setting: verdict.notKnown });
    }
    if (verdict.findings.length > 0 && !this.excusesIn(subject).excuse(rule.id, subject)) {
      for (const finding of verdict.findings) {
        report(messageOf(rule, subject, finding));
      }
    }
  }

  /**
   * Remembers a resource's inputs. At the end an engine shows outputs, of which a preview knows little:
   * for an object of Kubernetes nothing at all, as long as no cluster has answered.
   */
  public see({ urn, props }: policy.ResourceValidationArgs): void {
    this.inputs.set(urn, props);
  }

  /** All resources of a stack, by their inputs where those were seen. */
  public stackOf({ resources }: policy.StackValidationArgs): Stack {
    return new Stack(
      resources[0]?.urn.split(":")[2] ?? "",
      resources.map((resource) =>
        resourceOf(resource, this.inputs.get(resource.urn) ?? resource.props),
      ),
    );
  }

  /** The excuses of the stack that a resource is in. */
  public excusesIn({ urn }: Pick<Resource, "urn">): Excuses {
    this.excuses ??= new Excuses(
      urn.split(":")[2] ?? "",
      // `pulumi policy analyze` tells a pack no configuration: then the stack's name has to do.
      pulumi.runtime.allConfig()["trading-dr:system"],
      this.exceptions,
      this.now,
    );
    return this.excuses;
  }

  /** True for a rule that has judged something. */
  public hasJudged(rule: string): boolean {
    return this.judged.has(rule);
  }

  /** What could not be judged since this was last asked. */
  public takeUnknown(): readonly NotJudged[] {
    const unknown = this.unknown;
    this.unknown = [];
    return unknown;
  }
}

/**
 * The types of a rule's settings. None is required here: the engine would ask for the settings of a rule
 * that is turned off, too. {@link settingsOf} asks for them where they are needed.
 */
function schemaOf(settings: z.ZodObject): policy.PolicyConfigSchema {
  const { properties } = z.toJSONSchema(settings);
  return { properties } as unknown as policy.PolicyConfigSchema;
}

/**
 * What the configuration file says of a rule.
 *
 * @throws Error where that is not what the rule needs, as when the file names no such rule.
 */
function settingsOf(
  { id, settings }: Rule,
  args: { getConfig(): object },
): Readonly<Record<string, unknown>> {
  const given = Object.fromEntries(
    // The level, which is in there too, is the engine's.
    Object.entries(args.getConfig()).filter(([key]) => key !== "enforcementLevel"),
  );
  const result = settings?.safeParse(given);
  if (result?.success === false) {
    throw new Error(
      `${id} is not configured: ${result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")}; use a file of policies/config with --policy-pack-config, or write one by npm run policies:config`,
    );
  }
  return given;
}

function validatesResource(
  rule: Rule,
  run: Run,
): Pick<policy.ResourceValidationPolicy, "validateResource"> {
  const nothing = new Stack("", []);
  return {
    validateResource: (args, report) => {
      run.see(args);
      if (rule.types.includes(args.type) || rule.types.includes(anyType)) {
        const surroundings = { settings: settingsOf(rule, args), stack: nothing };
        run.judge(rule, resourceOf(args), surroundings, report);
      }
    },
  };
}

function validatesStack(rule: Rule, run: Run): Pick<policy.StackValidationPolicy, "validateStack"> {
  return {
    validateStack: (args, report) => {
      const stack = run.stackOf(args);
      const surroundings = { settings: settingsOf(rule, args), stack };
      for (const subject of subjectsOf(rule, stack)) {
        run.judge(rule, subject, surroundings, (message) => {
          report(message, subject.urn);
        });
      }
    },
  };
}

function reportingPolicies(run: Run, systemRules: readonly Rule[]): policy.StackValidationPolicy[] {
  return [
    {
      name: exceptionsRule.id,
      description: exceptionsRule.description,
      severity: exceptionsRule.severity,
      enforcementLevel: exceptionsRule.level,
      validateStack: ({ resources }, report) => {
        for (const first of resources.slice(0, 1)) {
          const isJudged = (id: string) => run.hasJudged(id);
          for (const { message } of run.excusesIn(first).violations(isJudged)) {
            report(message);
          }
        }
      },
    },
    {
      ...reports.exceptionsInForce,
      enforcementLevel: "advisory",
      validateStack: ({ resources }, report) => {
        for (const first of resources.slice(0, 1)) {
          run
            .excusesIn(first)
            .used()
            .map(exceptionText)
            .forEach((text) => {
              report(text);
            });
        }
      },
    },
    {
      ...reports.valuesKnown,
      enforcementLevel: "advisory",
      validateStack: (_, report) => {
        for (const notJudged of run.takeUnknown()) {
          report(notJudgedText(notJudged), notJudged.resource);
        }
      },
    },
    {
      ...reports.wholeSystem,
      enforcementLevel: "advisory",
      validateStack: (_, report) => {
        if (systemRules.length > 0) {
          report(
            `${String(systemRules.length)} rules compare stacks and are judged by npm run preview alone: ${systemRules.map(({ id }) => id).join(", ")}`,
          );
        }
      },
    },
  ];
}

function resourceOf(
  args: policy.ResourceValidationArgs | policy.PolicyResource,
  props: unknown = args.props,
): Resource {
  const { urn, type, name, opts, provider } = args;
  let inputs: unknown;
  const region = regionIn(props) ?? regionIn(provider?.props);
  return {
    urn,
    type,
    name,
    // Few rules look at any one resource, and what they do not look at need not be copied.
    get inputs() {
      inputs ??= plain(props);
      return inputs;
    },
    ...(region === undefined ? {} : { region }),
    hasProvider: provider !== undefined && !isDefault(provider.name),
    protect: opts.protect,
    ignoreChanges: opts.ignoreChanges,
    deleteBeforeReplace: opts.deleteBeforeReplace ?? false,
    ...(opts.parent === undefined ? {} : { parent: opts.parent }),
    dependencies: "dependencies" in args ? args.dependencies.map((waitsFor) => waitsFor.urn) : [],
  };
}

/** True for the name of a provider that nobody declared: `default`, or `default_7_48_0`. */
function isDefault(provider: string): boolean {
  return provider === "default" || provider.startsWith("default_");
}

function regionIn(props: unknown): string | undefined {
  const region = props === undefined ? undefined : valueIn(props, "region");
  return typeof region === "string" ? region : undefined;
}

/** A copy of what the SDK shows, with {@link notKnown} in the place of what throws when it is read. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Array.isArray(value)
    ? Array.from({ length: value.length }, (_, index) => valueIn(value, index))
    : Object.fromEntries(Object.keys(value).map((key) => [key, valueIn(value, key)]));
}

function valueIn(container: unknown, key: string | number): unknown {
  try {
    return plain((container as Record<string | number, unknown>)[key]);
  } catch (error) {
    if (isUnknownValue(error)) {
      return notKnown;
    }
    throw error;
  }
}

/** The SDK exports the class of this error and leaves it out of its typings. */
function isUnknownValue(error: unknown): boolean {
  const { UnknownValueError } = policy as unknown as { UnknownValueError: new () => Error };
  return error instanceof UnknownValueError;
}
