import { z } from "zod";
import { wholeDays } from "../../config/duration";
import { isAccess } from "../../config/configuration";
import { bucketArn, physicalName, recordsPurpose } from "../../contracts/names";
import { releasedPatterns } from "../database/current";
import { placesOf } from "../places";
import { databaseOf } from "../../config/generations";
import { type Finding, rule } from "../rule";
import { stackType } from "../stack";
import { isSet, isTrueAt, listAt, numberAt, textAt, valueAt } from "../values";

/** Logs are kept, and say who did what. */

/** A database's logs. */
export const logGroupKept = rule({
  id: "log-group-kept",
  severity: "medium",
  scope: "resource",
  description:
    "A log group keeps what is in it for as long as the system's file says, is encrypted with a key of one's own, and is protected.",
  serves: "logRetention of the database",
  peers: ["CW_LOGGROUP_RETENTION_PERIOD_CHECK", "CKV_AWS_158", "CKV_AWS_338"],
  types: ["aws:cloudwatch/logGroup:LogGroup"],
  example: { good: "retentionInDays: 400, kmsKeyId: key.arn", bad: "retentionInDays: 7" },
  settings: z.strictObject({
    minimumDays: z.int(),
    /** Patterns of the identifiers of databases that a rebuild has released, with their logs. */
    released: z.array(z.string()),
  }),
  settingsFor: (environment) => {
    const database = databaseOf(environment.configuration.system);
    return environment.name === "sandbox" || database === undefined
      ? undefined
      : {
          minimumDays: wholeDays(database.logRetention),
          released: releasedPatterns(environment),
        };
  },
  *check({ inputs, protect }, { settings: { minimumDays, released } }) {
    const days = numberAt(inputs, "retentionInDays");
    // CloudWatch keeps for ever where it is not set or 0, which is no retention that somebody chose.
    if (days === undefined || days < minimumDays) {
      yield {
        setting: "retentionInDays",
        ...(days === undefined ? {} : { found: days }),
        required: `${String(minimumDays)} at least`,
        mend: "take the next of CloudWatch's own terms that is no shorter",
      };
    }
    if (!isSet(inputs, "kmsKeyId")) {
      yield {
        setting: "kmsKeyId",
        required: "the region's key for the database",
        mend: "pass the key's ARN",
      };
    }
    // `/aws/rds/cluster/IDENTIFIER/postgresql`, as RDS names the log groups of a database.
    const database = textAt(inputs, "name")?.split("/")[4] ?? "";
    const isReleased = released.some((pattern) => new RegExp(pattern).test(database));
    if (!protect && !isReleased) {
      yield {
        setting: "protect",
        found: false,
        required: "true",
        mend: "give it the options of keepData",
      };
    }
  },
});

/** Every call, and every write to records, is on record. */
export const auditTrail = rule({
  id: "audit-trail-logs-everything",
  severity: "critical",
  scope: "stack",
  description:
    "A region has a trail, unless the stack's file adopts one: it is on, its files can be validated, it is encrypted, it has all management calls and every write to every record bucket, and it writes into a bucket that is locked.",
  serves: "SOX 404 and SEC 17a-4: who touched records, keys and vaults",
  peers: [
    "CLOUDTRAIL_S3_DATAEVENTS_ENABLED",
    "cloudtrail_log_file_validation_enabled",
    "CKV_AWS_36",
    "CKV_AWS_35",
  ],
  types: [stackType],
  example: {
    good: "enableLogFileValidation: true, advancedEventSelectors: management, writes to records",
    bad: "enableLogging: false",
  },
  settings: z.strictObject({
    /** Name of the trail. */
    trail: z.string(),
    /** Name of the bucket of its logs. */
    logBucket: z.string(),
    /** ARNs of the record buckets. */
    recordBuckets: z.array(z.string()),
    /** Whether IAM and the global endpoint of STS log in the region. */
    globalServices: z.boolean(),
  }),
  settingsFor: (environment) => {
    const places = placesOf(environment);
    const { configuration } = environment;
    if (
      places === undefined ||
      isAccess(configuration) ||
      configuration.settings.auditTrail.kind === "adopt"
    ) {
      return undefined;
    }
    const { own } = places;
    return {
      trail: physicalName("trail", "audit-trail", own),
      logBucket: physicalName("bucket", "audit-logs", own),
      recordBuckets: Object.entries(configuration.system.lockClasses)
        .filter(([, { period }]) => period !== undefined)
        .map(([lockClass]) => bucketArn(recordsPurpose(lockClass), own)),
      // Where AWS logs its global services.
      globalServices: own.region === "us-east-1",
    };
  },
  *check(_, { settings, stack }) {
    const trail = stack
      .ofType("aws:cloudtrail/trail:Trail")
      .find(({ inputs }) => textAt(inputs, "name") === settings.trail);
    if (trail === undefined) {
      yield {
        setting: settings.trail,
        required: "declared",
        mend: "declare AuditTrail, or adopt a trail in the stack's file",
      };
      return;
    }
    yield* trailFindings(trail.inputs, settings.globalServices);
    yield* selectorFindings(trail.inputs, settings.recordBuckets);
    const isLocked = stack
      .ofType("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
      .some(({ inputs }) => textAt(inputs, "bucket") === settings.logBucket);
    if (!isLocked) {
      yield {
        setting: `the lock of ${settings.logBucket}`,
        required: "declared",
        mend: "declare AuditLogBucket",
      };
    }
    if (!trail.protect) {
      yield {
        setting: "protect of the trail",
        found: false,
        required: "true",
        mend: "give it the options of keepData",
      };
    }
  },
});

function* trailFindings(inputs: unknown, globalServices: boolean): Iterable<Finding> {
  if (valueAt(inputs, "enableLogging") === false) {
    yield { setting: "enableLogging", found: false, required: "true", mend: "remove it" };
  }
  if (!isTrueAt(inputs, "enableLogFileValidation")) {
    yield {
      setting: "enableLogFileValidation",
      required: "true",
      mend: "set it, or nobody can tell that a log file was changed",
    };
  }
  if (!isSet(inputs, "kmsKeyId")) {
    yield {
      setting: "kmsKeyId",
      required: "the region's key for audit logs",
      mend: "pass the key's ARN",
    };
  }
  if (globalServices && !isTrueAt(inputs, "includeGlobalServiceEvents")) {
    yield {
      setting: "includeGlobalServiceEvents",
      required: "true: IAM logs in this region",
      mend: "set it",
    };
  }
}

function* selectorFindings(inputs: unknown, recordBuckets: readonly string[]): Iterable<Finding> {
  const selectors = listAt(inputs, "advancedEventSelectors").map(
    (selector) =>
      new Map(
        listAt(selector, "fieldSelectors").map((field) => [
          textAt(field, "field"),
          { equals: listAt(field, "equals"), startsWiths: listAt(field, "startsWiths") },
        ]),
      ),
  );
  const ofCategory = (category: string) =>
    selectors.filter((fields) => fields.get("eventCategory")?.equals.includes(category));
  // A field more leaves something out: reads, or the calls of one service.
  if (!ofCategory("Management").some((fields) => fields.size === 1)) {
    yield {
      setting: "advancedEventSelectors",
      required: "one of all management events",
      mend: "select the category Management and nothing beside",
    };
  }
  const written = ofCategory("Data").filter(
    (fields) =>
      fields.get("resources.type")?.equals.includes("AWS::S3::Object") === true &&
      [...fields.keys()].every((field) =>
        ["eventCategory", "resources.type", "resources.ARN", "readOnly"].includes(field ?? ""),
      ) &&
      fields.get("readOnly")?.equals.includes("true") !== true,
  );
  for (const bucket of recordBuckets) {
    const isLogged = written.some((fields) => {
      const arns = fields.get("resources.ARN");
      return arns === undefined || arns.startsWiths.includes(`${bucket}/`);
    });
    if (!isLogged) {
      yield {
        setting: "advancedEventSelectors",
        required: `one of every write to ${bucket}`,
        mend: "name the bucket among recordBucketArns",
      };
    }
  }
}
