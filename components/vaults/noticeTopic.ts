import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place } from "../../contracts/names";
import { policyDocument } from "../../contracts/policyDocument";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";

/** Inputs of {@link NoticeTopic}. */
export interface NoticeTopicArgs {
  readonly place: Place;
  /** ARN of the key for notices, whose policy lets the publishers use it. */
  readonly kmsKeyArn: pulumi.Input<string>;
  /** AWS services that publish: `backup.amazonaws.com`. */
  readonly publishers: readonly string[];
  readonly tags: Tags;
  /**
   * A sandbox's topic: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/** The encrypted topic of a region, where services report failed backups and copies. */
export class NoticeTopic extends pulumi.ComponentResource {
  /** ARN of the topic. */
  public readonly arn: pulumi.Output<string>;

  public constructor(name: string, args: NoticeTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("trading-dr:vaults:NoticeTopic", name, {}, opts);
    const child = { parent: this, ...keepData(args.disposable ?? false) };
    const topicName = physicalName("topic", "notices", args.place);
    const topic = new aws.sns.Topic(
      name,
      {
        name: topicName,
        kmsMasterKeyId: args.kmsKeyArn,
        tags: purposeTags(args.tags, "notices"),
      },
      child,
    );
    new aws.sns.TopicPolicy(
      `${name}-policy`,
      {
        arn: topic.arn,
        policy: policyDocument([
          {
            Sid: "Publish",
            Effect: "Allow",
            Principal: { Service: args.publishers },
            Action: "sns:Publish",
            Resource: `arn:aws:sns:${args.place.region}:${args.place.account}:${topicName}`,
          },
        ]),
      },
      child,
    );
    this.arn = topic.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
