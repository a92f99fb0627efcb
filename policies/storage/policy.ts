import { z } from "zod";
import { roleArn } from "../../contracts/names";
import { statementsOf, type Statement } from "../documents";
import { placesOf } from "../places";
import { type Finding, rule } from "../rule";
import { textAt } from "../values";
import { bucketTypes, recordBuckets } from "./buckets";

const policySettings = z.strictObject({
  /** The oldest version of TLS that is taken: `1.2`. */
  minimumTlsVersion: z.string(),
  /** Accounts of the system. */
  accounts: z.array(z.string()),
  /** ARN of the region's break-glass role; empty in a sandbox. */
  breakGlassRole: z.string(),
  /** Names of the buckets whose versions nobody else may remove. */
  recordBuckets: z.array(z.string()),
});

/** What a bucket's policy refuses, and whom it lets in. */
export const bucketPolicy = rule({
  id: "bucket-policy-guards-records",
  severity: "critical",
  scope: "resource",
  description:
    "A bucket's policy refuses connections without TLS or with an older one than the system's file allows, lets in nobody but AWS services for named sources and the system's accounts, and for records refuses removing versions to all but the break-glass role.",
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
    if (settings.recordBuckets.includes(bucket)) {
      const unlessBreakGlass = JSON.stringify({
        ArnNotEquals: { "aws:PrincipalArn": [settings.breakGlassRole] },
      });
      for (const action of ["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"]) {
        if (!refuses(statements, bucket, action, ["{}", unlessBreakGlass])) {
          yield {
            setting: "policy",
            required: `a refusal of ${action} to all but the region's break-glass role`,
            mend: "take the policy of RecordBucket",
          };
        }
      }
    }
  },
});

/** True where a policy refuses an action on all objects of a bucket to everybody, under such conditions. */
function refuses(
  statements: readonly Statement[],
  bucket: string,
  action: string,
  conditions: readonly string[],
): boolean {
  return statements.some(
    (statement) =>
      statement.effect === "Deny" &&
      statement.principals.includes("*") &&
      (statement.actions.includes(action) || statement.actions.includes("s3:*")) &&
      statement.resources.includes(`arn:aws:s3:::${bucket}/*`) &&
      conditions.includes(JSON.stringify(statement.conditions)),
  );
}

function* tlsFindings(
  statements: readonly Statement[],
  bucket: string,
  minimum: string,
): Iterable<Finding> {
  const withoutTls = JSON.stringify({ Bool: { "aws:SecureTransport": ["false"] } });
  if (!refuses(statements, bucket, "s3:*", [withoutTls])) {
    yield {
      setting: "policy",
      required: "a refusal of everything without TLS (aws:SecureTransport)",
      mend: "take the statements that all buckets share",
    };
  }
  // AWS services between each other do not tell their version.
  const oldTls = statements
    .filter(
      ({ effect, principals, actions, resources }) =>
        effect === "Deny" &&
        principals.includes("*") &&
        actions.includes("s3:*") &&
        resources.includes(`arn:aws:s3:::${bucket}/*`),
    )
    .flatMap(({ conditions }) => conditions["NumericLessThan"]?.["s3:TlsVersion"] ?? [])
    .map(Number);
  if (!oldTls.some((version) => version >= Number(minimum))) {
    const [found] = oldTls;
    yield {
      setting: "policy",
      ...(found === undefined ? {} : { found: `one that takes TLS ${String(found)}` }),
      required: `a refusal of TLS below ${minimum} (s3:TlsVersion)`,
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
