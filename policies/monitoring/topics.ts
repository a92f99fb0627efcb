import { rule } from "../rule";
import { textAt } from "../values";

const subscriptionType = "aws:sns/topicSubscription:TopicSubscription";

/** A topic without subscribers is a bin. */
export const topicHasSubscribers = rule({
  id: "topic-has-subscribers",
  severity: "high",
  scope: "stack",
  description:
    "Every topic has a subscriber, and no subscriber's filter holds back anything but what went well.",
  serves: "the recovery time, which begins when somebody is told",
  peers: [],
  types: ["aws:sns/topic:Topic"],
  example: {
    good: 'filterPolicy: \'{"State": [{"exists": false}, {"anything-but": ["COMPLETED"]}]}\'',
    bad: 'filterPolicy: \'{"State": ["COMPLETED"]}\'',
  },
  *check({ urn }, { stack }) {
    const subscriptions = stack
      .ofType(subscriptionType)
      .filter(({ dependencies }) => dependencies.includes(urn));
    if (subscriptions.length === 0) {
      yield {
        setting: "its number of subscriptions",
        found: 0,
        required: "1 at least",
        mend: "name who is told under notify in the stack's file",
      };
    }
    for (const { name, inputs } of subscriptions) {
      if (!letsTroubleThrough(textAt(inputs, "filterPolicy"))) {
        yield {
          setting: `filterPolicy of subscription "${name}"`,
          found: "one that holds back trouble",
          required: "one that lets through messages without a state, and all states but COMPLETED",
          mend: "declare NoticeSubscribers",
        };
      }
    }
  },
});

/** True for no filter, or for one that asks for the state alone and refuses COMPLETED alone. */
function letsTroubleThrough(filter: string | undefined): boolean {
  if (filter === undefined) {
    return true;
  }
  const { State, ...others } = JSON.parse(filter) as Readonly<Record<string, unknown>>;
  const conditions = Array.isArray(State)
    ? State.map((condition) => JSON.stringify(condition))
    : [];
  return (
    Object.keys(others).length === 0 &&
    conditions.includes(JSON.stringify({ exists: false })) &&
    conditions.includes(JSON.stringify({ "anything-but": ["COMPLETED"] }))
  );
}
