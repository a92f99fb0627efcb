import assert from "node:assert/strict";
import {
  localNoticePattern,
  type NoticeScope,
  sharedNoticePattern,
} from "../../../components/monitoring/noticePattern";
import { archive, primary, standby } from "../../support/declared";

const databaseArn = "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1";
const breakGlassRoleArns = ["arn:aws:iam::111122223333:role/market-scanning-break-glass-us-east-1"];
const scope: NoticeScope = { origin: primary, breakGlassRoleArns, databaseArn };

const breakGlass = {
  source: ["aws.sts"],
  "detail-type": ["AWS API Call via CloudTrail"],
  detail: { eventName: ["AssumeRole"], requestParameters: { roleArn: breakGlassRoleArns } },
};
const database = {
  source: ["aws.rds"],
  detail: { SourceArn: [databaseArn], EventCategories: ["failover", "failure", "low storage"] },
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
      $or: [breakGlass, database],
    });
  });

  it("for the other region has all: emergencies, database, failed jobs, raised alarms", () => {
    assert.deepEqual(JSON.parse(sharedNoticePattern(scope)), {
      account: ["111122223333"],
      region: ["us-east-1"],
      $or: [breakGlass, database, jobs, alarms],
    });
  });

  it("goes by the region where events happen: none is sent back where it came from", () => {
    const regionOf = (origin: NoticeScope["origin"]) =>
      (JSON.parse(sharedNoticePattern({ ...scope, origin })) as { region: string[] }).region;
    assert.deepEqual(regionOf(primary), ["us-east-1"]);
    assert.deepEqual(regionOf(standby), ["us-west-2"]);
  });

  it("without a database is about emergencies and alarms", () => {
    const ofArchive: NoticeScope = { origin: archive, breakGlassRoleArns };
    assert.deepEqual(JSON.parse(localNoticePattern(ofArchive)), {
      account: ["444455556666"],
      region: ["eu-west-1"],
      $or: [breakGlass],
    });
    assert.deepEqual((JSON.parse(sharedNoticePattern(ofArchive)) as { $or: unknown }).$or, [
      breakGlass,
      alarms,
    ]);
  });
});
