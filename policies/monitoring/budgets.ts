import { z } from "zod";
import { physicalName } from "../../contracts/names";
import { tradingRegionOf } from "../places";
import { rule } from "../rule";
import { stackType } from "../stack";
import { listAt, numberAt, textAt } from "../values";

const budgetType = "aws:budgets/budget:Budget";

/** What each cost is called in AWS's bills: a budget on another word counts nothing. */
const costs = {
  backup: { filter: "Service", value: "AWS Backup" },
  transfer: { filter: "UsageTypeGroup", value: "S3: Data Transfer - Region to Region (Out)" },
  storage: { filter: "Service", value: "Amazon Simple Storage Service" },
} as const;

/** Copies of everything in three regions cost money, and more of it when something runs wild. */
export const budgets = rule({
  id: "budgets-are-watched",
  severity: "medium",
  scope: "stack",
  description:
    "Backup, transfer and storage each have a monthly budget of the system's file, which tells a topic when it is spent, and when that is to be expected.",
  serves: "the plans' budgets",
  peers: [],
  types: [stackType],
  example: {
    good: 'limitAmount: "10000", notifications: [{ notificationType: "FORECASTED", threshold: 100, … }, …]',
    bad: 'limitAmount: "100000", notifications: []',
  },
  settings: z.strictObject({
    /** Dollars a month, and the budget's name, for each cost. */
    backup: z.strictObject({ name: z.string(), dollars: z.number() }),
    transfer: z.strictObject({ name: z.string(), dollars: z.number() }),
    storage: z.strictObject({ name: z.string(), dollars: z.number() }),
  }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    if (region === undefined || environment.name !== "prod") {
      return undefined;
    }
    const { system, own } = region;
    const budget = (cost: keyof typeof costs) => ({
      name: physicalName("budget", `${cost}-cost`, own),
      dollars: system.budgets[cost],
    });
    return { backup: budget("backup"), transfer: budget("transfer"), storage: budget("storage") };
  },
  *check(_, { settings, stack }) {
    for (const cost of ["backup", "transfer", "storage"] as const) {
      const { name, dollars } = settings[cost];
      const budget = stack.ofType(budgetType).find(({ inputs }) => textAt(inputs, "name") === name);
      if (budget === undefined) {
        yield {
          setting: `budget ${name}`,
          required: "declared",
          mend: `declare MonthlyBudget for ${cost}`,
        };
        continue;
      }
      const { inputs } = budget;
      const limit = numberAt(inputs, "limitAmount");
      if (limit === undefined || limit > dollars || textAt(inputs, "timeUnit") !== "MONTHLY") {
        yield {
          setting: `limitAmount of ${name}`,
          ...(limit === undefined ? {} : { found: limit }),
          required: `${String(dollars)} US dollars a month at the most`,
          mend: `set it from budgets.${cost} in the system's file`,
        };
      }
      if (!counts(inputs, costs[cost])) {
        yield {
          setting: `costFilters of ${name}`,
          required: `a filter of ${costs[cost].filter} with "${costs[cost].value}"`,
          mend: "write it as AWS's bills do",
        };
      }
      for (const kind of ["ACTUAL", "FORECASTED"]) {
        if (!tells(inputs, kind)) {
          yield {
            setting: `notification of ${kind} cost of ${name}`,
            required: "sent to a topic at 100 percent or sooner",
            mend: "declare MonthlyBudget with the topic",
          };
        }
      }
    }
  },
});

function counts(inputs: unknown, { filter, value }: (typeof costs)[keyof typeof costs]): boolean {
  return [...listAt(inputs, "costFilters").keys()].some(
    (index) =>
      textAt(inputs, "costFilters", index, "name") === filter &&
      listAt(inputs, "costFilters", index, "values").includes(value),
  );
}

function tells(inputs: unknown, kind: string): boolean {
  return [...listAt(inputs, "notifications").keys()].some((index) => {
    const of = (setting: string) => textAt(inputs, "notifications", index, setting);
    return (
      of("notificationType") === kind &&
      of("comparisonOperator") === "GREATER_THAN" &&
      of("thresholdType") === "PERCENTAGE" &&
      (numberAt(inputs, "notifications", index, "threshold") ?? Infinity) <= 100 &&
      listAt(inputs, "notifications", index, "subscriberSnsTopicArns").length > 0
    );
  });
}
