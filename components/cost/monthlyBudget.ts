import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { physicalName, type Place } from "../../contracts/names";
import { purposeTags, type Tags } from "../../contracts/tags";
import { keepData } from "../dataProtection";
import { rejectProblems } from "../problems";

/** What a budget counts. */
export type Cost = "backup" | "transfer" | "storage";

/** Inputs of {@link MonthlyBudget}. */
export interface MonthlyBudgetArgs {
  readonly place: Place;
  readonly cost: Cost;
  /** US dollars a month, a whole number from 1. */
  readonly dollars: number;
  /** ARN of the topic that is told. */
  readonly topicArn: pulumi.Input<string>;
  readonly tags: Tags;
  /**
   * A sandbox's budget: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/**
 * What each cost is made of, in the words of AWS's bills. A word that AWS does not know counts
 * nothing, and nobody would notice: these are in "Filtering the data that you want to view" of the
 * AWS Cost Management User Guide.
 */
const filters: Record<Cost, { readonly name: string; readonly values: readonly string[] }> = {
  backup: { name: "Service", values: ["AWS Backup"] },
  storage: { name: "Service", values: ["Amazon Simple Storage Service"] },
  transfer: {
    name: "UsageTypeGroup",
    values: [
      "EC2: Data Transfer - Internet (Out)",
      "EC2: Data Transfer - Region to Region (Out)",
      "S3: Data Transfer - Internet (Out)",
      "S3: Data Transfer - Region to Region (Out)",
    ],
  },
};

/** When the topic is told, in percent of the budget. */
const notices = [
  { notificationType: "ACTUAL", threshold: 80 },
  { notificationType: "ACTUAL", threshold: 100 },
  { notificationType: "FORECASTED", threshold: 100 },
];

/**
 * A month's budget for one cost of the whole account. It does not go by tags: a tag that nobody has
 * activated in the bills counts nothing, and the notice would never come.
 */
export class MonthlyBudget extends pulumi.ComponentResource {
  public constructor(
    name: string,
    args: MonthlyBudgetArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    rejectProblems("MonthlyBudget", name, monthlyBudgetProblems(args));
    super("trading-dr:cost:MonthlyBudget", name, {}, opts);
    const filter = filters[args.cost];
    new aws.budgets.Budget(
      name,
      {
        name: physicalName("budget", `${args.cost}-cost`, args.place),
        budgetType: "COST",
        timeUnit: "MONTHLY",
        limitAmount: String(args.dollars),
        limitUnit: "USD",
        costFilters: [{ name: filter.name, values: [...filter.values] }],
        notifications: notices.map((notice) => ({
          ...notice,
          comparisonOperator: "GREATER_THAN",
          thresholdType: "PERCENTAGE",
          subscriberSnsTopicArns: [args.topicArn],
        })),
        tags: purposeTags(args.tags, "budget"),
      },
      { parent: this, ...keepData(args.disposable ?? false) },
    );
    this.registerOutputs({});
  }
}

/** Everything wrong with a budget's inputs; empty when they are sound. */
export function monthlyBudgetProblems({ dollars }: MonthlyBudgetArgs): string[] {
  return Number.isInteger(dollars) && dollars >= 1
    ? []
    : [`dollars must be a whole number from 1, got ${String(dollars)}`];
}
