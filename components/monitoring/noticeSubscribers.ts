import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { rejectProblems } from "../problems";

/** Inputs of {@link NoticeSubscribers}. */
export interface NoticeSubscribersArgs {
  /** ARN of the topic for notices. */
  readonly topicArn: pulumi.Input<string>;
  /** E-mail addresses. Each gets one message first, whose link has to be followed. */
  readonly emails: readonly string[];
  /**
   * A sandbox's subscribers: removed without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * Who is told. Vaults report every backup that ends, and the good ones are nobody's news: messages
 * with a state that is COMPLETED are held back, and messages without a state pass.
 */
export class NoticeSubscribers extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: NoticeSubscribersArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    rejectProblems("NoticeSubscribers", name, noticeSubscribersProblems(args));
    super("trading-dr:monitoring:NoticeSubscribers", name, {}, opts);
    for (const email of args.emails) {
      new aws.sns.TopicSubscription(
        `${name}-${email}`,
        {
          topic: args.topicArn,
          protocol: "email",
          endpoint: email,
          filterPolicyScope: "MessageAttributes",
          filterPolicy: JSON.stringify({
            State: [{ exists: false }, { "anything-but": ["COMPLETED"] }],
          }),
        },
        // Protected, or a refused destroy would leave nobody told until each has confirmed again;
        // not retained, or whoever is taken out would go on being told.
        { parent: this, protect: !(args.disposable ?? false) },
      );
    }
    this.registerOutputs({});
  }
}

/** Everything wrong with the inputs; empty when they are sound. */
export function noticeSubscribersProblems({ emails }: NoticeSubscribersArgs): string[] {
  return emails.length > 0 ? [] : ["emails must have at least one entry, or nobody is told"];
}
