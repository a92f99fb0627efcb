import assert from "node:assert/strict";
import { NoticeTopic } from "../../../components/vaults/noticeTopic";
import { type Declared, declared, primary, tags } from "../../support/declared";
import { countsByType, statementsOf } from "../inspection";
import { keyArn, noticeTopicArgs } from "../minimalArgs";

const topicType = "aws:sns/topic:Topic";
const policyType = "aws:sns/topicPolicy:TopicPolicy";

describe("NoticeTopic", () => {
  let topic: Declared;

  before(async () => {
    topic = await declared((options) => {
      new NoticeTopic(
        "notices",
        { ...noticeTopicArgs, publishers: ["backup.amazonaws.com", "events.amazonaws.com"] },
        options,
      );
    });
  });

  it("declares one topic and its policy", () => {
    assert.deepEqual(countsByType(topic.resources), {
      "trading-dr:vaults:NoticeTopic": 1,
      [topicType]: 1,
      [policyType]: 1,
    });
  });

  it("is encrypted with the key for notices, since publishers cannot use SNS's own", () => {
    assert.deepEqual(topic.only(topicType).inputs, {
      name: "market-scanning-notices-us-east-1",
      kmsMasterKeyId: keyArn(primary),
      tags: { ...tags, "trading-dr:purpose": "notices" },
    });
  });

  it("lets its publishers publish to it, and nobody do anything else", () => {
    assert.deepEqual(statementsOf(topic.only(policyType).inputs["policy"]), [
      {
        Sid: "Publish",
        Effect: "Allow",
        Principal: { Service: ["backup.amazonaws.com", "events.amazonaws.com"] },
        Action: "sns:Publish",
        Resource: "arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1",
      },
    ]);
  });

  it("takes notices of alarms and budgets of its own account only, which those services name", async () => {
    const services = ["backup.amazonaws.com", "cloudwatch.amazonaws.com", "budgets.amazonaws.com"];
    const all = await declared((options) => {
      new NoticeTopic("notices", { ...noticeTopicArgs, publishers: services }, options);
    });
    const publish = {
      Effect: "Allow",
      Action: "sns:Publish",
      Resource: "arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1",
    };
    assert.deepEqual(statementsOf(all.only(policyType).inputs["policy"]), [
      { Sid: "Publish", Principal: { Service: ["backup.amazonaws.com"] }, ...publish },
      {
        Sid: "PublishForAccount",
        Principal: { Service: ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"] },
        ...publish,
        Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
      },
    ]);
  });

  it("offers its ARN", () => {
    assert.deepEqual(Object.keys(topic.only("trading-dr:vaults:NoticeTopic").outputs ?? {}), [
      "arn",
    ]);
  });
});
