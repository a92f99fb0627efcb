import { alarmNamePrefix, type Place } from "../../contracts/names";

/** What of a system's events in a region people are told about. */
export interface NoticeScope {
  /** The region where the events happen. Copies of them in another region still say so. */
  readonly origin: Place;
  /** ARNs of the roles whose use is news, wherever it happens. */
  readonly breakGlassRoleArns: readonly string[];
  /**
   * ARN of the region's database.
   * @default - none, as in the archive
   */
  readonly databaseArn?: string;
  /**
   * What the ARNs of the database's instances begin with.
   * @default - the database is an instance itself, or there is none
   */
  readonly databaseInstances?: string;
}

/** One of several things that a pattern matches. */
type Match = Readonly<Record<string, unknown>>;

/** Whoever takes on a role for emergencies. */
function breakGlass({ breakGlassRoleArns }: NoticeScope): Match[] {
  return [
    {
      source: ["aws.sts"],
      "detail-type": ["AWS API Call via CloudTrail"],
      detail: { eventName: ["AssumeRole"], requestParameters: { roleArn: breakGlassRoleArns } },
    },
  ];
}

/** Whoever takes away a lock, or the trail without which nobody would hear of it. */
const watchRemoved: Match = {
  source: ["aws.backup", "aws.cloudtrail"],
  "detail-type": ["AWS API Call via CloudTrail"],
  detail: {
    eventName: [
      "DeleteBackupVaultLockConfiguration",
      "DeleteTrail",
      "PutEventSelectors",
      "StopLogging",
      "UpdateTrail",
    ],
  },
};

/**
 * What RDS says of the database. Of Aurora it says little of the cluster: what fails is an instance,
 * so events of both are told.
 */
function databaseTrouble({ databaseArn, databaseInstances }: NoticeScope): Match[] {
  return databaseArn === undefined
    ? []
    : [
        {
          source: ["aws.rds"],
          detail: {
            SourceArn: [
              databaseArn,
              ...(databaseInstances === undefined ? [] : [{ prefix: databaseInstances }]),
            ],
            EventCategories: [
              "availability",
              "failover",
              "failure",
              "global failover",
              "low storage",
              "read replica",
            ],
          },
        },
      ];
}

function failedJobs({ databaseArn }: NoticeScope): Match[] {
  return databaseArn === undefined
    ? []
    : [
        {
          source: ["aws.backup"],
          "detail-type": ["Backup Job State Change", "Copy Job State Change"],
          detail: {
            resourceArn: [databaseArn],
            state: ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"],
          },
        },
      ];
}

function raisedAlarms({ origin }: NoticeScope): Match[] {
  return [
    {
      source: ["aws.cloudwatch"],
      "detail-type": ["CloudWatch Alarm State Change"],
      detail: {
        alarmName: [{ prefix: alarmNamePrefix(origin.system) }],
        state: { value: ["ALARM"] },
      },
    },
  ];
}

function patternOf({ origin }: NoticeScope, matches: readonly Match[]): string {
  return JSON.stringify({ account: [origin.account], region: [origin.region], $or: matches });
}

/** Events that nothing else tells the region's own topic: alarms and vaults tell it themselves. */
export function localNoticePattern(scope: NoticeScope): string {
  return patternOf(scope, [...breakGlass(scope), watchRemoved, ...databaseTrouble(scope)]);
}

/** Every event that should be known in the other region too, in case this one is being lost. */
export function sharedNoticePattern(scope: NoticeScope): string {
  return patternOf(scope, [
    ...breakGlass(scope),
    watchRemoved,
    ...databaseTrouble(scope),
    ...failedJobs(scope),
    ...raisedAlarms(scope),
  ]);
}
