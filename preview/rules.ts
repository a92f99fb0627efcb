import { type PreviewedResource, type StackPreview } from "./inProcess";

/** Types that AWS keeps in us-east-1 whatever the provider's region is. */
const globalServices = ["aws:iam/", "aws:route53/", "aws:budgets/", "aws:cloudfront/"];

/** A stack as the rules need to know it. */
export interface StackFacts {
  readonly role: "prod" | "dr" | "archive" | "access";
  readonly region: string;
}

/**
 * What no stack may do, whatever its system: these would go unnoticed until a region fails.
 *
 * @returns One sentence for each violation.
 */
export function ruleViolations({ name, resources }: StackPreview, facts: StackFacts): string[] {
  return [
    ...repeated(resources.map(({ urn }) => urn)).map(
      (urn) => `stack ${name}: two resources have the URN ${urn}; give one of them another name`,
    ),
    ...resources.flatMap((resource) => {
      const problem = placement(resource, facts);
      return problem === undefined
        ? []
        : [`stack ${name}: ${resource.type} "${resource.name}" ${problem}`];
    }),
  ];
}

/** True for a type that belongs to no region. */
export function isGlobal(type: string): boolean {
  return globalServices.some((service) => type.startsWith(service));
}

function placement(
  { type, options, region }: PreviewedResource,
  facts: StackFacts,
): string | undefined {
  const isComponent = type.startsWith("trading-dr:");
  const isProvider = type.startsWith("pulumi:providers:");
  if (isComponent || (isProvider && region === undefined)) {
    return undefined;
  }
  if (!isProvider && options.provider === undefined) {
    return "has no explicit provider, so it would land in whatever region the environment says; pass the stack's provider on through its parent";
  }
  if (region !== undefined && region !== facts.region) {
    return `would be made in ${region}, but the stack's region is ${facts.region}; one stack holds one region`;
  }
  if (isGlobal(type) && facts.role !== "prod") {
    return `belongs to a service that AWS runs in us-east-1, which the ${facts.role} stack must do without; declare it in prod`;
  }
  return undefined;
}

function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const value of values) {
    (seen.has(value) ? again : seen).add(value);
  }
  return [...again];
}
