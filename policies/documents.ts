/** Reads policies of IAM, keys, buckets, vaults, queues, topics and repositories. */

/** One statement, with everything in lists. */
export interface Statement {
  readonly effect: string;
  /** Empty for a statement that has `NotAction`. */
  readonly actions: readonly string[];
  /** Empty for a statement that names none, or has `NotResource`. */
  readonly resources: readonly string[];
  /** Accounts, roles, users and services, `*` included; empty for a statement that names none. */
  readonly principals: readonly string[];
  /** Operator → key → values: `StringEquals` → `aws:SourceAccount` → an account. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

type Written = string | readonly string[] | undefined;

interface WrittenStatement {
  readonly Effect: string;
  readonly Action?: Written;
  readonly Resource?: Written;
  readonly Principal?: string | Readonly<Record<string, Written>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Written>>>>;
}

/** The statements of a policy's text; none of a text that is not there. */
export function statementsOf(text: string | undefined): Statement[] {
  if (text === undefined) {
    return [];
  }
  const { Statement } = JSON.parse(text) as {
    readonly Statement: WrittenStatement | readonly WrittenStatement[];
  };
  return [Statement].flat().map(({ Effect, Action, Resource, Principal, Condition }) => ({
    effect: Effect,
    actions: listed(Action),
    resources: listed(Resource),
    principals:
      typeof Principal === "object" ? Object.values(Principal).flatMap(listed) : listed(Principal),
    conditions: Object.fromEntries(
      Object.entries(Condition ?? {}).map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, listed(values)])),
      ]),
    ),
  }));
}

function listed(written: Written): string[] {
  return written === undefined ? [] : [written].flat();
}

/** Something that a role or a service of AWS wants to do. */
export interface Request {
  /** ARN of the role, or name of the service. */
  readonly principal: string;
  readonly action: string;
  /** ARN of what it is done to. A `*` at its end stands for all that begins so. */
  readonly resource: string;
  /** What else conditions test: `kms:ResourceAliases`. @default - nothing */
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

/** True for a policy, of a role or of what it wants to use, that grants a request. */
export function grants(statements: readonly Statement[], request: Request): boolean {
  const isAllowed = statements.some(
    (statement) => statement.effect === "Allow" && isAbout(statement, request),
  );
  return isAllowed && !forbids(statements, request);
}

/** True for a policy that refuses a request, whatever others allow. */
export function forbids(statements: readonly Statement[], request: Request): boolean {
  return statements.some((statement) => statement.effect === "Deny" && isAbout(statement, request));
}

/** A statement that says what it is not about counts as a refusal, and not as a permission. */
function isAbout(
  { effect, principals, actions, resources, conditions }: Statement,
  { principal, action, resource, context = {} }: Request,
): boolean {
  const names = (patterns: readonly string[], value: string) =>
    patterns.length === 0 ? effect === "Deny" : isLikeAny(value, patterns);
  const account = principal.split(":")[4] ?? "";
  const known = new Map(Object.entries({ ...context, "aws:PrincipalArn": [principal] }));
  return (
    // A role's own policy names no principals.
    (principals.length === 0 ||
      [principal, `arn:aws:iam::${account}:root`, "*"].some((one) => principals.includes(one))) &&
    names(actions, action) &&
    names(resources, resource) &&
    Object.entries(conditions).every(([operator, tests]) =>
      Object.entries(tests).every(([key, values]) => isMet(operator, values, known.get(key) ?? [])),
    )
  );
}

/** A test of what is not known here counts as one that is not met. */
function isMet(operator: string, wanted: readonly string[], found: readonly string[]): boolean {
  const [, not, how] = /^(?:ForAnyValue:)?(?:String|Arn)(Not)?(Equals|Like)$/.exec(operator) ?? [];
  const isSame = found.some((value) => isLikeAny(value, wanted));
  return how !== undefined && found.length > 0 && isSame === (not === undefined);
}

function isLikeAny(value: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[.+^$(){}|[\]\\?]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`).test(value);
  });
}
