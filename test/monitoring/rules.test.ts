import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Metric, metrics, runLabels } from "../../contracts/metrics";
import { projectDirectory } from "../support/projectCopy";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const { groups } = parse(readFileSync(join(projectDirectory, "monitoring/rules.yaml"), "utf8")) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const byName = new Map(
  (Object.values(metrics) as readonly Metric[]).map((metric) => [metric.name, metric]),
);

describe("alerting rules", () => {
  for (const { alert, expr, annotations } of rules) {
    it(`${alert} asks for metrics that are pushed, by labels that they have`, () => {
      const selectors = [...expr.matchAll(/(trading_dr_\w+)(?:\{([^}]*)\})?/g)];
      assert(selectors.length > 0);
      for (const [, name = "", matchers = ""] of selectors) {
        const metric = byName.get(name);
        assert(metric !== undefined, `nobody pushes ${name}`);
        const labels = metric.kinds.flatMap((kind): readonly string[] => runLabels[kind]);
        for (const [, label = "", value = ""] of matchers.matchAll(/(\w+)!?="([^"]*)"/g)) {
          assert(labels.includes(label), `${name} has no label ${label}`);
          assert(
            label !== "kind" || (metric.kinds as readonly string[]).includes(value),
            `${name} is of no ${value}`,
          );
        }
        const shown = Object.values(annotations)
          .join(" ")
          .matchAll(/\$labels\.(\w+)/g);
        for (const [, label = ""] of shown) {
          assert([...labels, metric.label].includes(label), `${name} has no label ${label}`);
        }
      }
    });
  }
});
