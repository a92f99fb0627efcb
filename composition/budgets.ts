import type * as pulumi from "@pulumi/pulumi";
import { type Cost, MonthlyBudget } from "../components/cost/monthlyBudget";
import { type Configuration } from "../config/configuration";
import { type Landscape } from "./places";

/**
 * Declares the account's budgets, which AWS keeps in us-east-1: they belong to the primary region's
 * stack.
 *
 * @param options Has to make them wait for the topic's policy, without which AWS refuses them.
 */
export function declareBudgets(
  { system }: Configuration,
  { own, tags, disposable }: Landscape,
  topicArn: pulumi.Input<string>,
  options: pulumi.ComponentResourceOptions,
): void {
  for (const cost of ["backup", "transfer", "storage"] satisfies Cost[]) {
    new MonthlyBudget(
      `budget-${cost}`,
      { place: own, cost, dollars: system.budgets[cost], topicArn, tags, disposable },
      options,
    );
  }
}
