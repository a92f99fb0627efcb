import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place, topicArn } from "../../contracts/names";
import { policyDocument, type PolicyStatement } from "../../contracts/policyDocument";
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
    const topic = new aws.sns.Topic(
      name,
      {
        name: physicalName("topic", "notices", args.place),
        kmsMasterKeyId: args.kmsKeyArn,
        tags: purposeTags(args.tags, "notices"),
      },
      child,
    );
    new aws.sns.TopicPolicy(
      `${name}-policy`,
      {
        arn: topic.arn,
        policy: policyDocument(publishStatements(args)),
      },
      child,
    );
    this.arn = topic.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** Services that say for which account they publish. EventBridge does not, and is not asked. */
const accountable = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"];

function publishStatements({ place, publishers }: NoticeTopicArgs): PolicyStatement[] {
  const publish = (Sid: string, Service: readonly string[]) =>
    ({
      Sid,
      Effect: "Allow",
      Principal: { Service },
      Action: "sns:Publish",
      Resource: topicArn("notices", place),
    }) as const;
  const forAccount = publishers.filter((service) => accountable.includes(service));
  const others = publishers.filter((service) => !accountable.includes(service));
  return [
    ...(others.length === 0 ? [] : [publish("Publish", others)]),
    ...(forAccount.length === 0
      ? []
      : [
          {
            ...publish("PublishForAccount", forAccount),
            Condition: { StringEquals: { "aws:SourceAccount": place.account } },
          },
        ]),
  ];
}
