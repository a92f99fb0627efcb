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

/** What RDS says of the database itself. */
function databaseTrouble({ databaseArn }: NoticeScope): Match[] {
  return databaseArn === undefined
    ? []
    : [
        {
          source: ["aws.rds"],
          detail: {
            SourceArn: [databaseArn],
            EventCategories: ["failover", "failure", "low storage"],
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
  return patternOf(scope, [...breakGlass(scope), ...databaseTrouble(scope)]);
}

/** Every event that should be known in the other region too, in case this one is being lost. */
export function sharedNoticePattern(scope: NoticeScope): string {
  return patternOf(scope, [
    ...breakGlass(scope),
    ...databaseTrouble(scope),
    ...failedJobs(scope),
    ...raisedAlarms(scope),
  ]);
}
