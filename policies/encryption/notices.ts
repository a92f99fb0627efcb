import { statementsOf } from "../documents";
import { rule } from "../rule";
import { isKnown, isSet, textAt } from "../values";

/** What is told of recovery is encrypted, and nobody can make it up. */

const topicType = "aws:sns/topic:Topic";
const queueType = "aws:sqs/queue:Queue";
const topicPolicyType = "aws:sns/topicPolicy:TopicPolicy";
const queuePolicyType = "aws:sqs/queuePolicy:QueuePolicy";

/** Notices are encrypted. */
export const noticesEncrypted = rule({
  id: "notices-encrypted",
  severity: "high",
  scope: "stack",
  description:
    "Topics and queues are encrypted with a key of one's own, and have a policy that lets services in.",
  serves: "notices that arrive, and that nobody else reads",
  peers: ["CKV_AWS_26", "CKV_AWS_27", "SNS_ENCRYPTED_KMS", "trivy sns/topic_encryption_with_cmk"],
  types: [topicType, queueType],
  example: { good: "kmsMasterKeyId: key.arn", bad: 'kmsMasterKeyId: "alias/aws/sns"' },
  *check({ urn, type, inputs }, { stack }) {
    const setting = "kmsMasterKeyId";
    // AWS's own keys let no other service publish. A key that is not known yet is one that is made.
    if (!isSet(inputs, setting)) {
      yield { setting, required: "the region's key for notices", mend: "pass the key's ARN" };
    } else if (
      isKnown(inputs, setting) &&
      textAt(inputs, setting)?.includes("alias/aws/") === true
    ) {
      yield {
        setting,
        found: "a key of AWS's own",
        required: "the region's key for notices, under which services may publish",
        mend: "pass the key's ARN",
      };
    }
    const policies = stack
      .ofType(type === topicType ? topicPolicyType : queuePolicyType)
      .filter(({ dependencies }) => dependencies.includes(urn)).length;
    if (policies !== 1) {
      yield {
        setting: "its policy",
        found: `declared ${String(policies)} times`,
        required: "declared once",
        mend: "declare it by NoticeTopic or WatchedQueue",
      };
    }
  },
});

/** Who may send notices. */
export const noticesSenders = rule({
  id: "notices-from-services-alone",
  severity: "high",
  scope: "resource",
  description:
    "The policies of topics and queues let AWS services send, and nobody else; into a queue only for named sources.",
  serves: "notices that can be believed, heartbeats among them",
  peers: ["CKV_AWS_169", "CKV_AWS_168"],
  types: [topicPolicyType, queuePolicyType],
  example: {
    good: 'Principal: { Service: "events.amazonaws.com" }, Condition: ArnEquals aws:SourceArn',
    bad: 'Principal: "*", Action: "sqs:*"',
  },
  *check({ type, inputs }) {
    const isQueue = type === queuePolicyType;
    const action = isQueue ? "sqs:SendMessage" : "sns:Publish";
    const statements = statementsOf(textAt(inputs, "policy"));
    for (const { principals, actions, conditions } of statements.filter(
      ({ effect }) => effect === "Allow",
    )) {
      if (
        principals.length === 0 ||
        !principals.every((principal) => /^[a-z0-9.-]+\.amazonaws\.com$/.test(principal))
      ) {
        yield {
          setting: "policy",
          found: "one that allows others",
          required: "one that allows AWS services alone",
          mend: "name the services that send",
        };
      }
      if (actions.length !== 1 || actions[0] !== action) {
        yield {
          setting: "policy",
          found: "one that allows more",
          required: `one that allows ${action} alone`,
          mend: `allow ${action}`,
        };
      }
      if (isQueue && conditions["ArnEquals"]?.["aws:SourceArn"] === undefined) {
        yield {
          setting: "policy",
          found: "one that allows any source",
          required: "one with the condition ArnEquals on aws:SourceArn",
          mend: "name the rules or buckets that send",
        };
      }
    }
  },
});
