import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place, type Purpose } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";
import { rejectProblems } from "../problems";

/** Inputs of {@link NoticeRule}. */
export interface NoticeRuleArgs {
  readonly place: Place;
  readonly purpose: Purpose;
  /** What the rule is for, in a sentence. */
  readonly description: string;
  /** The events, as the text of a pattern; see noticePattern.ts. */
  readonly pattern: string;
  /** Where the events go: a topic of this region, or the other region's bus under a role. */
  readonly target:
    | { readonly kind: "topic"; readonly arn: pulumi.Input<string> }
    | { readonly kind: "bus"; readonly arn: string; readonly roleArn: string };
  /** ARN of the queue for events that could not be delivered within a day. */
  readonly undeliveredQueueArn: pulumi.Input<string>;
  readonly tags: Tags;
  /**
   * A sandbox's rule: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/** Most characters that EventBridge takes in a pattern. */
const longestPattern = 2_048;

/** A rule on the region's default bus, where AWS's own events appear, and its one target. */
export class NoticeRule extends pulumi.ComponentResource {
  public constructor(name: string, args: NoticeRuleArgs, opts?: pulumi.ComponentResourceOptions) {
    rejectProblems("NoticeRule", name, noticeRuleProblems(args));
    super("trading-dr:monitoring:NoticeRule", name, {}, opts);
    const child = { parent: this, ...keepData(args.disposable ?? false) };
    const rule = new aws.cloudwatch.EventRule(
      name,
      {
        name: physicalName("eventRule", args.purpose, args.place),
        description: args.description,
        eventPattern: args.pattern,
        // Taking on a role counts as reading, which plain ENABLED would leave out.
        state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
        tags: purposeTags(args.tags, "monitoring"),
      },
      child,
    );
    new aws.cloudwatch.EventTarget(
      `${name}-target`,
      {
        rule: rule.name,
        targetId: args.target.kind,
        arn: args.target.arn,
        ...(args.target.kind === "bus" ? { roleArn: args.target.roleArn } : {}),
        deadLetterConfig: { arn: args.undeliveredQueueArn },
      },
      child,
    );
    this.registerOutputs({});
  }
}

/** Everything wrong with a rule's inputs; empty when they are sound. */
export function noticeRuleProblems({ pattern }: NoticeRuleArgs): string[] {
  return pattern.length <= longestPattern
    ? []
    : [
        `pattern must have at most ${String(longestPattern)} characters, got ${String(pattern.length)}`,
      ];
}
