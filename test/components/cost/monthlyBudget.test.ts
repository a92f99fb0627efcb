import assert from "node:assert/strict";
import {
  type Cost,
  MonthlyBudget,
  monthlyBudgetProblems,
} from "../../../components/cost/monthlyBudget";
import { declared, tags } from "../../support/declared";
import { monthlyBudgetArgs } from "../minimalArgs";

const budgetType = "aws:budgets/budget:Budget";

async function inputsFor(cost: Cost): Promise<Readonly<Record<string, unknown>>> {
  const budget = await declared((options) => {
    new MonthlyBudget(`budget-${cost}`, { ...monthlyBudgetArgs, cost, dollars: 5000 }, options);
  });
  return budget.only(budgetType).inputs;
}

describe("MonthlyBudget", () => {
  it("tells the topic at 80 and 100 percent spent, and at 100 percent forecast", async () => {
    const notice = (notificationType: string, threshold: number) => ({
      notificationType,
      threshold,
      comparisonOperator: "GREATER_THAN",
      thresholdType: "PERCENTAGE",
      subscriberSnsTopicArns: [monthlyBudgetArgs.topicArn],
    });
    assert.deepEqual(await inputsFor("backup"), {
      name: "market-scanning-backup-cost",
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: "5000",
      limitUnit: "USD",
      costFilters: [{ name: "Service", values: ["AWS Backup"] }],
      notifications: [notice("ACTUAL", 80), notice("ACTUAL", 100), notice("FORECASTED", 100)],
      tags: { ...tags, "trading-dr:purpose": "budget" },
    });
  });

  it("counts storage by the service", async () => {
    const { name, costFilters } = await inputsFor("storage");
    assert.equal(name, "market-scanning-storage-cost");
    assert.deepEqual(costFilters, [{ name: "Service", values: ["Amazon Simple Storage Service"] }]);
  });

  it("counts transfer by what leaves a region, which no service is", async () => {
    const { name, costFilters } = await inputsFor("transfer");
    assert.equal(name, "market-scanning-transfer-cost");
    assert.deepEqual(costFilters, [
      {
        name: "UsageTypeGroup",
        values: [
          "EC2: Data Transfer - Internet (Out)",
          "EC2: Data Transfer - Region to Region (Out)",
          "S3: Data Transfer - Internet (Out)",
          "S3: Data Transfer - Region to Region (Out)",
        ],
      },
    ]);
  });
});

describe("inputs of a budget", () => {
  it("are sound from one dollar on", () => {
    assert.deepEqual(monthlyBudgetProblems({ ...monthlyBudgetArgs, dollars: 1 }), []);
  });

  for (const dollars of [0, -1, 0.5, Number.NaN]) {
    it(`are refused with ${String(dollars)} dollars, before anything is registered`, () => {
      assert.throws(() => new MonthlyBudget("budget-backup", { ...monthlyBudgetArgs, dollars }), {
        name: "RangeError",
        message: `MonthlyBudget 'budget-backup': dollars must be a whole number from 1, got ${String(dollars)}`,
      });
    });
  }
});
