import assert from "node:assert/strict";
import { type PreviewedResource } from "../../../preview/inProcess";
import { judgeStacks, noChoices } from "../../../preview/policies/verdicts";
import { readStacks } from "../../../preview/stacks";
import { unknownMark } from "../../../preview/wireValue";
import { projectDirectory } from "../../support/projectCopy";

const cluster: PreviewedResource = {
  urn: "urn:pulumi:prod::trading-dr::aws:rds/cluster:Cluster::database",
  type: "aws:rds/cluster:Cluster",
  name: "database",
  inputs: { backupRetentionPeriod: unknownMark },
  options: {},
};

describe("values that are not known before deployment", () => {
  const stacks = readStacks({ directory: projectDirectory, stack: "prod" }).map((ready) => ({
    ready,
    resources: [cluster],
  }));
  const text =
    "database-backup-retention could not be judged of urn:pulumi:prod::trading-dr::aws:rds/cluster:Cluster::database: backupRetentionPeriod is not known before deployment";

  it("are listed, and no problem by themselves", () => {
    const { verdicts, problems } = judgeStacks(stacks, noChoices);
    assert.ok(
      verdicts.get("prod")?.unknown.some(({ rule }) => rule === "database-backup-retention"),
    );
    assert.ok(!problems.some((problem) => problem.includes("values-known")));
  });

  it("are a problem where the environment says so", () => {
    const problemsIn = (environment: string) =>
      judgeStacks(stacks, {
        exceptions: [],
        valuesKnown: (name) => (name === environment ? "mandatory" : "advisory"),
      }).problems;
    assert.ok(problemsIn("prod").includes(`stack prod: values-known: ${text}`));
    assert.ok(!problemsIn("dr").includes(`stack prod: values-known: ${text}`));
  });
});
