import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { roleArn } from "../../contracts/names";
import { statementsOf, type Statement } from "../documents";
import { placesOf } from "../places";
import { type Finding, rule } from "../rule";
import { textAt } from "../values";
import { auditLogBucket, bucketTypes, recordBuckets } from "./buckets";

const policySettings = z.strictObject({
  /** The oldest version of TLS that is taken: `1.2`. */
  minimumTlsVersion: z.string(),
  /** Accounts of the system. */
  accounts: z.array(z.string()),
  /** ARN of the region's break-glass role; empty in a sandbox. */
  breakGlassRole: z.string(),
  /** Names of the buckets whose versions nobody else may remove. */
  recordBuckets: z.array(z.string()),
  /** Name of the bucket of audit logs, whose versions nobody at all may remove; empty where there is none. */
  auditLogBucket: z.string(),
});

/** What a bucket's policy refuses, and whom it lets in. */
export const bucketPolicy = rule({
  id: "bucket-policy-guards-records",
  severity: "critical",
  scope: "resource",
  description:
    "A bucket's policy refuses connections without TLS or with an older one than the system's file allows, lets in nobody but AWS services for named sources and the system's accounts, and for records refuses removing versions to all but the break-glass role, for audit logs to everybody; no further condition narrows a refusal.",
  serves: "minimumTlsVersion; ransomware: an administrator's login removes nothing",
  peers: [
    "CKV_AWS_379",
    "S3_BUCKET_SSL_REQUESTS_ONLY",
    "s3_bucket_secure_transport_policy",
    "CKV_AWS_70",
  ],
  types: [bucketTypes.policy],
  example: {
    good: 'Deny s3:* to "*" where NumericLessThan s3:TlsVersion 1.3',
    bad: 'Allow s3:GetObject to "*"',
  },
  settings: policySettings,
  settingsFor: (environment) => {
    const { configuration } = environment;
    const { trading, archive } = configuration.settings.accounts;
    const places = placesOf(environment);
    return {
      minimumTlsVersion: configuration.system.minimumTlsVersion,
      accounts: [...new Set([trading, archive])],
      breakGlassRole: places === undefined ? "" : roleArn("break-glass", places.own),
      recordBuckets: places === undefined ? [] : Object.keys(recordBuckets(places)),
      auditLogBucket: (places && auditLogBucket(places)) ?? "",
    };
  },
  *check({ inputs }, { settings }) {
    const statements = statementsOf(textAt(inputs, "policy"));
    const bucket = textAt(inputs, "bucket") ?? "";
    yield* tlsFindings(statements, bucket, settings.minimumTlsVersion);
    for (const statement of statements.filter(({ effect }) => effect === "Allow")) {
      if (!isNarrow(statement, settings.accounts)) {
        yield {
          setting: "policy",
          found: "one that lets others in",
          required:
            "one that lets in AWS services with a condition on aws:SourceArn, and the system's accounts to replicate, with one on aws:PrincipalArn",
          mend: "remove what lets in more, or name the source",
        };
      }
    }
    const { auditLogBucket, breakGlassRole } = settings;
    if (settings.recordBuckets.includes(bucket)) {
      yield* removalFindings(statements, bucket, removing, [
        {},
        { ArnNotEquals: { "aws:PrincipalArn": [breakGlassRole] } },
      ]);
    } else if (bucket === auditLogBucket) {
      // What the break-glass role did is in there too.
      yield* removalFindings(statements, bucket, [...removing, "s3:PutObjectRetention"], [{}]);
    }
  },
});

/** With these, somebody removes a version before its time. */
const removing = ["s3:BypassGovernanceRetention", "s3:DeleteObjectVersion"];

type Conditions = Statement["conditions"];

/**
 * The conditions under which a policy refuses an action on all of a bucket to everybody. Each condition
 * more makes a refusal smaller, so that rules compare all of them.
 */
function refusals(
  statements: readonly Statement[],
  bucket: string,
  action: string,
): readonly Conditions[] {
  const arn = `arn:aws:s3:::${bucket}`;
  const refused = action === "s3:*" ? [arn, `${arn}/*`] : [`${arn}/*`];
  return statements
    .filter(
      ({ effect, principals, actions, resources }) =>
        effect === "Deny" &&
        principals.includes("*") &&
        (actions.includes(action) || actions.includes("s3:*")) &&
        refused.every((resource) => resources.includes(resource)),
    )
    .map(({ conditions }) => conditions);
}

function isOneOf(conditions: Conditions, wanted: readonly Conditions[]): boolean {
  return wanted.some((one) => isDeepStrictEqual(one, conditions));
}

function* removalFindings(
  statements: readonly Statement[],
  bucket: string,
  actions: readonly string[],
  allowed: readonly Conditions[],
): Iterable<Finding> {
  for (const action of actions) {
    if (!refusals(statements, bucket, action).some((conditions) => isOneOf(conditions, allowed))) {
      yield {
        setting: "policy",
        required: `a refusal of ${action} to ${allowed.length > 1 ? "all but the region's break-glass role" : "everybody"}, under no other condition`,
        mend: "take the policy of the bucket's component",
      };
    }
  }
}

function* tlsFindings(
  statements: readonly Statement[],
  bucket: string,
  minimum: string,
): Iterable<Finding> {
  const refused = refusals(statements, bucket, "s3:*");
  const withoutTls = { Bool: { "aws:SecureTransport": ["false"] } };
  if (!refused.some((conditions) => isOneOf(conditions, [withoutTls]))) {
    yield {
      setting: "policy",
      required:
        "a refusal of everything without TLS (aws:SecureTransport), under no other condition",
      mend: "take the statements that all buckets share",
    };
  }
  // AWS services between each other do not tell their version.
  const fromOthers = { BoolIfExists: { "aws:PrincipalIsAWSService": ["false"] } };
  const oldTls = refused.flatMap((conditions) => {
    const versions = conditions["NumericLessThan"]?.["s3:TlsVersion"] ?? [];
    const below = { NumericLessThan: { "s3:TlsVersion": versions } };
    return isOneOf(conditions, [below, { ...below, ...fromOthers }]) ? versions.map(Number) : [];
  });
  if (!oldTls.some((version) => version >= Number(minimum))) {
    const [found] = oldTls;
    yield {
      setting: "policy",
      ...(found === undefined ? {} : { found: `one that takes TLS ${String(found)}` }),
      required: `a refusal of TLS below ${minimum} (s3:TlsVersion) to all but AWS services, under no other condition`,
      mend: "take minimumTlsVersion of the system's file",
    };
  }
}

/** What another account's replication has to do here. */
const replicating = [
  "s3:ReplicateObject",
  "s3:ReplicateTags",
  "s3:ObjectOwnerOverrideToBucketOwner",
];

function isNarrow(
  { principals, actions, conditions }: Statement,
  accounts: readonly string[],
): boolean {
  const keys = Object.values(conditions).flatMap((tests) => Object.keys(tests));
  const isAccount = (principal: string) =>
    accounts.some((account) => principal === `arn:aws:iam::${account}:root`);
  return (
    principals.length > 0 &&
    principals.every((principal) =>
      isAccount(principal)
        ? keys.includes("aws:PrincipalArn") &&
          actions.length > 0 &&
          actions.every((action) => replicating.includes(action))
        : /^[a-z0-9.-]+\.amazonaws\.com$/.test(principal) && keys.includes("aws:SourceArn"),
    )
  );
}
