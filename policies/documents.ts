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
