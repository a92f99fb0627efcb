import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { heartbeatSilenceSeconds } from "../../contracts/heartbeats";
import { physicalName, type Purpose, queueArn } from "../../contracts/names";
import { policyDocument } from "../../contracts/policyDocument";
import { purposeTags } from "../../contracts/tags";
import { keepData } from "../dataProtection";
import { rejectProblems } from "../problems";
import { type AlarmsArgs, declareAlarm } from "./alarm";

/** Inputs of {@link WatchedQueue}. */
export interface WatchedQueueArgs extends AlarmsArgs {
  readonly purpose: Purpose;
  /** ARN of the key for notices, whose policy lets the sender use it. */
  readonly kmsKeyArn: pulumi.Input<string>;
  /** AWS service that puts messages in, and the rules or buckets that it may do so for. */
  readonly sender: {
    readonly service: "events.amazonaws.com" | "s3.amazonaws.com";
    readonly sourceArns: readonly string[];
  };
  /**
   * `nothing`: a message is bad news, and is kept for two weeks to be read.
   * `heartbeats`: a message comes every minute, and some minutes without one are bad news.
   */
  readonly expects: "nothing" | "heartbeats";
  /** What the alarm says. */
  readonly description: string;
}

/** A queue that nobody works off: what counts is that something arrived in it, or nothing did. */
export class WatchedQueue extends pulumi.ComponentResource {
  /** ARN of the queue, known once senders may send to it. */
  public readonly arn: pulumi.Output<string>;

  public constructor(name: string, args: WatchedQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    rejectProblems("WatchedQueue", name, watchedQueueProblems(args));
    super("trading-dr:monitoring:WatchedQueue", name, {}, opts);
    const { place, purpose, sender, expects } = args;
    const child = { parent: this, ...keepData(args.disposable ?? false) };
    const queueName = physicalName("queue", purpose, place);
    const queue = new aws.sqs.Queue(
      name,
      {
        name: queueName,
        kmsMasterKeyId: args.kmsKeyArn,
        // Two weeks are the longest, and a minute the shortest that SQS keeps a message.
        messageRetentionSeconds: expects === "nothing" ? 1_209_600 : 60,
        tags: purposeTags(args.tags, "monitoring"),
      },
      child,
    );
    const policy = new aws.sqs.QueuePolicy(
      `${name}-policy`,
      {
        queueUrl: queue.id,
        policy: policyDocument([
          {
            Sid: "Send",
            Effect: "Allow",
            Principal: { Service: sender.service },
            Action: "sqs:SendMessage",
            Resource: queueArn(purpose, place),
            Condition: {
              ArnEquals: { "aws:SourceArn": sender.sourceArns },
              // The ARN of a rule says whose it is, that of a bucket does not; EventBridge sends
              // no account beside.
              ...(sender.service === "s3.amazonaws.com"
                ? { StringEquals: { "aws:SourceAccount": place.account } }
                : {}),
            },
          },
        ]),
      },
      child,
    );
    declareAlarm(
      `${name}-alarm`,
      {
        purpose,
        description: args.description,
        periodSeconds: 60,
        // SQS is up to 15 minutes late with the metrics of a queue that was idle, and by then an alarm
        // on what was sent looks at another minute. A message that is kept is seen whenever it is.
        ...(expects === "nothing"
          ? {
              metric: ["AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName: queueName }],
              statistic: "Maximum",
              limit: { above: 0 },
              periods: 1,
              missing: "notBreaching",
            }
          : {
              metric: ["AWS/SQS", "NumberOfMessagesSent", { QueueName: queueName }],
              statistic: "Sum",
              limit: { below: 1 },
              periods: heartbeatSilenceSeconds / 60,
              missing: "breaching",
            }),
      },
      args,
      child,
    );
    this.arn = pulumi.all([queue.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}

/** Everything wrong with a queue's inputs; empty when they are sound. */
export function watchedQueueProblems({ sender }: WatchedQueueArgs): string[] {
  return sender.sourceArns.length > 0
    ? []
    : ["sender.sourceArns must have at least one entry, or nobody could send"];
}
