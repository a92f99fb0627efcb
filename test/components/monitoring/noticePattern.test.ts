import assert from "node:assert/strict";
import {
  localNoticePattern,
  type NoticeScope,
  sharedNoticePattern,
} from "../../../components/monitoring/noticePattern";
import { archive, primary, standby } from "../../support/declared";

const databaseArn = "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1";
const breakGlassRoleArns = ["arn:aws:iam::111122223333:role/market-scanning-break-glass-us-east-1"];
const databaseInstances = "arn:aws:rds:us-east-1:111122223333:db:market-scanning-database-";
const scope: NoticeScope = {
  origin: primary,
  breakGlassRoleArns,
  databaseArn,
  databaseInstances,
};

const breakGlass = {
  source: ["aws.sts"],
  "detail-type": ["AWS API Call via CloudTrail"],
  detail: { eventName: ["AssumeRole"], requestParameters: { roleArn: breakGlassRoleArns } },
};
const database = {
  source: ["aws.rds"],
  detail: {
    SourceArn: [databaseArn, { prefix: databaseInstances }],
    EventCategories: [
      "availability",
      "failover",
      "failure",
      "global failover",
      "low storage",
      "read replica",
    ],
  },
};
const watchRemoved = {
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
const jobs = {
  source: ["aws.backup"],
  "detail-type": ["Backup Job State Change", "Copy Job State Change"],
  detail: { resourceArn: [databaseArn], state: ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"] },
};
const alarms = {
  source: ["aws.cloudwatch"],
  "detail-type": ["CloudWatch Alarm State Change"],
  detail: { alarmName: [{ prefix: "market-scanning/" }], state: { value: ["ALARM"] } },
};

describe("pattern of notices", () => {
  it("for the own region leaves out what alarms and vaults tell its topic themselves", () => {
    assert.deepEqual(JSON.parse(localNoticePattern(scope)), {
      account: ["111122223333"],
      region: ["us-east-1"],
      $or: [breakGlass, watchRemoved, database],
    });
  });

  it("for the other region has all: emergencies, database, failed jobs, raised alarms", () => {
    assert.deepEqual(JSON.parse(sharedNoticePattern(scope)), {
      account: ["111122223333"],
      region: ["us-east-1"],
      $or: [breakGlass, watchRemoved, database, jobs, alarms],
    });
  });

  it("goes by the region where events happen: none is sent back where it came from", () => {
    const regionOf = (origin: NoticeScope["origin"]) =>
      (JSON.parse(sharedNoticePattern({ ...scope, origin })) as { region: string[] }).region;
    assert.deepEqual(regionOf(primary), ["us-east-1"]);
    assert.deepEqual(regionOf(standby), ["us-west-2"]);
  });

  it("of a database that is an instance itself is about that one", () => {
    const pattern = localNoticePattern({ origin: primary, breakGlassRoleArns, databaseArn });
    const { $or: matches } = JSON.parse(pattern) as { $or: { detail: Record<string, unknown> }[] };
    assert.deepEqual(matches.at(-1)?.detail["SourceArn"], [databaseArn]);
  });

  it("without a database is about emergencies and alarms", () => {
    const ofArchive: NoticeScope = { origin: archive, breakGlassRoleArns };
    assert.deepEqual(JSON.parse(localNoticePattern(ofArchive)), {
      account: ["444455556666"],
      region: ["eu-west-1"],
      $or: [breakGlass, watchRemoved],
    });
    assert.deepEqual((JSON.parse(sharedNoticePattern(ofArchive)) as { $or: unknown }).$or, [
      breakGlass,
      watchRemoved,
      alarms,
    ]);
  });
});
