import { z } from "zod";
import { grants, statementsOf } from "../documents";
import { placesOf } from "../places";
import { rule } from "../rule";
import { textAt } from "../values";
import { accessLogBucket, auditLogBucket, bucketTypes, recordBuckets } from "./buckets";

/** S3 drops the logs that it may not write, without a word. */
export const logsTaken = rule({
  id: "bucket-takes-access-logs",
  severity: "high",
  scope: "resource",
  description:
    "The policy of the bucket for access logs lets S3 write those of every other bucket of the region, and of no bucket and no account beside.",
  serves: "SOX 404: who read records",
  peers: ["CKV_AWS_18", "S3_BUCKET_LOGGING_ENABLED"],
  types: [bucketTypes.policy],
  example: {
    good: "Allow s3:PutObject to logging.s3.amazonaws.com where ArnLike aws:SourceArn, StringEquals aws:SourceAccount",
    bad: "a policy that names all record buckets but one",
  },
  settings: z.strictObject({
    /** Name of the bucket for access logs. */
    logBucket: z.string(),
    /** The account of all of these buckets. */
    account: z.string(),
    /** ARNs of the buckets whose access is logged. */
    sources: z.array(z.string()),
  }),
  settingsFor: (environment) => {
    const places = placesOf(environment);
    if (places === undefined) {
      return undefined;
    }
    const audit = auditLogBucket(places);
    const logged = [...Object.keys(recordBuckets(places)), ...(audit === undefined ? [] : [audit])];
    return {
      logBucket: accessLogBucket(places),
      account: places.own.account,
      sources: logged.map((name) => `arn:aws:s3:::${name}`),
    };
  },
  *check({ inputs }, { settings: { logBucket, account, sources } }) {
    if (textAt(inputs, "bucket") !== logBucket) {
      return;
    }
    const statements = statementsOf(textAt(inputs, "policy"));
    const isTaken = (source: string, from: string) =>
      grants(statements, {
        principal: "logging.s3.amazonaws.com",
        action: "s3:PutObject",
        resource: `arn:aws:s3:::${logBucket}/*`,
        context: { "aws:SourceArn": [source], "aws:SourceAccount": [from] },
      });
    const missing = sources.filter((source) => !isTaken(source, account));
    if (missing.length > 0) {
      yield {
        setting: "policy",
        found: `one that refuses the logs of ${missing.join(", ")}`,
        required: "one that lets logging.s3.amazonaws.com write them",
        mend: "name the buckets among sourceBucketArns",
      };
    }
    if (
      isTaken("arn:aws:s3:::a-bucket-of-others", account) ||
      sources.some((source) => isTaken(source, "an account of others"))
    ) {
      yield {
        setting: "policy",
        found: "one that takes the logs of others",
        required: "limited to these buckets (aws:SourceArn) and to the account (aws:SourceAccount)",
        mend: "take accessLogBucketPolicy",
      };
    }
  },
});
