import assert from "node:assert/strict";
import {
  NoticeRule,
  type NoticeRuleArgs,
  noticeRuleProblems,
} from "../../../components/monitoring/noticeRule";
import { type Declared, declared, tags } from "../../support/declared";
import { noticeRuleArgs } from "../minimalArgs";

const ruleType = "aws:cloudwatch/eventRule:EventRule";
const targetType = "aws:cloudwatch/eventTarget:EventTarget";
const ruleName = "market-scanning-local-notices-us-east-1";

function ruleOf(target: NoticeRuleArgs["target"]): Promise<Declared> {
  return declared((options) => {
    new NoticeRule("local-notices", { ...noticeRuleArgs, target }, options);
  });
}

describe("NoticeRule", () => {
  it("matches calls that read, too, on the default bus", async () => {
    assert.deepEqual((await ruleOf(noticeRuleArgs.target)).only(ruleType).inputs, {
      name: ruleName,
      description: "Tells of trouble with the database",
      eventPattern: '{"source":["aws.rds"]}',
      state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
      tags: { ...tags, "trading-dr:purpose": "monitoring" },
    });
  });

  it("tells a topic by the topic's own policy: a role would break its encryption", async () => {
    assert.deepEqual((await ruleOf(noticeRuleArgs.target)).only(targetType).inputs, {
      rule: ruleName,
      targetId: "topic",
      arn: noticeRuleArgs.target.arn,
      deadLetterConfig: { arn: noticeRuleArgs.undeliveredQueueArn },
    });
  });

  it("sends to another region's bus under a role", async () => {
    const target = {
      kind: "bus",
      arn: "arn:aws:events:us-west-2:111122223333:event-bus/default",
      roleArn: "arn:aws:iam::111122223333:role/market-scanning-notice-forwarding-us-east-1",
    } as const;
    assert.deepEqual((await ruleOf(target)).only(targetType).inputs, {
      rule: ruleName,
      targetId: "bus",
      arn: target.arn,
      roleArn: target.roleArn,
      deadLetterConfig: { arn: noticeRuleArgs.undeliveredQueueArn },
    });
  });
});

describe("inputs of a rule for notices", () => {
  it("are sound up to the longest pattern that EventBridge takes", () => {
    assert.deepEqual(noticeRuleProblems({ ...noticeRuleArgs, pattern: "x".repeat(2048) }), []);
  });

  it("are refused with a longer one, before anything is registered", () => {
    assert.throws(
      () => new NoticeRule("local-notices", { ...noticeRuleArgs, pattern: "x".repeat(2049) }),
      {
        name: "RangeError",
        message: "NoticeRule 'local-notices': pattern must have at most 2048 characters, got 2049",
      },
    );
  });
});
