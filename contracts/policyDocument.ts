import { physicalName, type Place, type Purpose } from "./names";

/** Policies of IAM, keys, buckets, vaults and topics, as data. */

type OneOrMore = string | readonly string[];

/** One statement. Every action and resource is written out; a wildcard stands only for a suffix. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  /** Absent in policies of roles, whose principal is the role. */
  readonly Principal?: "*" | { readonly AWS: OneOrMore } | { readonly Service: OneOrMore };
  readonly Action: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

/** The text of a policy, with its keys always in the same order: no false difference in a preview. */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** The principal that stands for everybody in an account whom the account's IAM policies allow. */
export function accountRoot(account: string): { readonly AWS: string } {
  return { AWS: `arn:aws:iam::${account}:root` };
}

/**
 * Limits a statement to roles by name. Naming a role as principal fails when the role does not exist
 * yet, and the other stack's roles may not: the account plus this condition says the same.
 */
export function onlyRoles(roleArns: readonly string[]): {
  readonly ArnEquals: Record<string, readonly string[]>;
} {
  return { ArnEquals: { "aws:PrincipalArn": roleArns } };
}

/**
 * Lets a role use another region's key. That key's ARN cannot be known in advance, its alias can:
 * the statement covers the keys of the region and account, narrowed to those that bear the alias,
 * which is as narrow as names allow.
 */
export function keyUseByAlias(
  Sid: string,
  Action: readonly string[],
  purpose: Purpose,
  place: Place,
  condition: PolicyStatement["Condition"] = {},
): PolicyStatement {
  return {
    Sid,
    Effect: "Allow",
    Action,
    Resource: `arn:aws:kms:${place.region}:${place.account}:key/*`,
    Condition: {
      ...condition,
      "ForAnyValue:StringEquals": {
        "kms:ResourceAliases": physicalName("keyAlias", purpose, place),
      },
    },
  };
}
