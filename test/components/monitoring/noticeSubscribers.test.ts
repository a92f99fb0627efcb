import assert from "node:assert/strict";
import {
  NoticeSubscribers,
  noticeSubscribersProblems,
} from "../../../components/monitoring/noticeSubscribers";
import { declared } from "../../support/declared";
import { noticeSubscribersArgs } from "../minimalArgs";

const subscriptionType = "aws:sns/topicSubscription:TopicSubscription";

describe("NoticeSubscribers", () => {
  it("subscribe each address, and spare it backups that went well", async () => {
    const subscribers = await declared((options) => {
      new NoticeSubscribers(
        "notice-subscribers",
        { ...noticeSubscribersArgs, emails: ["oncall@example.com", "risk@example.com"] },
        options,
      );
    });
    const [first, second] = subscribers.all(subscriptionType);
    assert.deepEqual(first?.inputs, {
      topic: "arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1",
      protocol: "email",
      endpoint: "oncall@example.com",
      filterPolicyScope: "MessageAttributes",
      filterPolicy: '{"State":[{"exists":false},{"anything-but":["COMPLETED"]}]}',
    });
    assert.equal(second?.inputs["endpoint"], "risk@example.com");
    assert.equal(subscribers.all(subscriptionType).length, 2);
  });

  it("bear the address in their names, so that one can go without the others", async () => {
    const subscribers = await declared((options) => {
      new NoticeSubscribers("notice-subscribers", noticeSubscribersArgs, options);
    });
    assert.equal(subscribers.only(subscriptionType).name, "notice-subscribers-oncall@example.com");
  });

  it("are refused without an address", () => {
    assert.deepEqual(noticeSubscribersProblems(noticeSubscribersArgs), []);
    assert.throws(
      () => new NoticeSubscribers("notice-subscribers", { ...noticeSubscribersArgs, emails: [] }),
      {
        name: "RangeError",
        message:
          "NoticeSubscribers 'notice-subscribers': emails must have at least one entry, or nobody is told",
      },
    );
  });
});
