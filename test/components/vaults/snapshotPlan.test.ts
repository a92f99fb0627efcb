import assert from "node:assert/strict";
import { SnapshotPlan, type SnapshotPlanArgs } from "../../../components/vaults/snapshotPlan";
import { type Declared, declared, tags } from "../../support/declared";
import { countsByType, deletable, inputsOf, kept, notReleased, ofAws } from "../inspection";
import { snapshotPlanArgs } from "../minimalArgs";

const planType = "aws:backup/plan:Plan";
const selectionType = "aws:backup/selection:Selection";

const copies = [
  "arn:aws:backup:us-west-2:111122223333:backup-vault:market-scanning-daily-vault-us-west-2",
  "arn:aws:backup:eu-west-1:444455556666:backup-vault:market-scanning-daily-vault-eu-west-1",
];

const twoSeries: SnapshotPlanArgs = {
  ...snapshotPlanArgs,
  timeZone: "America/New_York",
  rules: [
    {
      name: "daily",
      schedule: "0 4 * * *",
      retentionDays: 90,
      vaultName: "market-scanning-daily-vault-us-east-1",
      copyToVaultArns: copies,
    },
    {
      name: "weekly",
      schedule: "30 4 * * 6",
      retentionDays: 2557,
      vaultName: "market-scanning-regulated-vault-us-east-1",
      copyToVaultArns: [],
    },
  ],
};

describe("SnapshotPlan", () => {
  let inProduction: Declared;
  let rules: Record<string, unknown>[];

  before(async () => {
    inProduction = await declared((options) => {
      new SnapshotPlan("snapshots", twoSeries, options);
    });
    rules = inProduction.only(planType).inputs["rules"] as Record<string, unknown>[];
  });

  it("declares one plan and one selection", () => {
    assert.deepEqual(countsByType(inProduction.resources), {
      "trading-dr:vaults:SnapshotPlan": 1,
      [planType]: 1,
      [selectionType]: 1,
    });
  });

  it("is named and tagged", () => {
    assert.deepEqual(inputsOf(inProduction.only(planType), "name", "tags"), {
      name: "market-scanning-snapshots-us-east-1",
      tags: { ...tags, "trading-dr:purpose": "snapshot-plan" },
    });
  });

  it("has a rule for each series, in the words of AWS schedules and in the system's time", () => {
    assert.deepEqual(
      rules.map(({ ruleName, targetVaultName, schedule, scheduleExpressionTimezone }) => ({
        ruleName,
        targetVaultName,
        schedule,
        scheduleExpressionTimezone,
      })),
      [
        {
          ruleName: "daily",
          targetVaultName: "market-scanning-daily-vault-us-east-1",
          schedule: "cron(0 4 * * ? *)",
          scheduleExpressionTimezone: "America/New_York",
        },
        {
          ruleName: "weekly",
          targetVaultName: "market-scanning-regulated-vault-us-east-1",
          schedule: "cron(30 4 ? * SAT *)",
          scheduleExpressionTimezone: "America/New_York",
        },
      ],
    );
  });

  it("ends snapshots after their days and never moves them to cold storage, which they lack", () => {
    assert.deepEqual(
      rules.map(({ lifecycle }) => lifecycle),
      [{ deleteAfter: 90 }, { deleteAfter: 2557 }],
    );
  });

  it("leaves continuous backup to the database, whose own setting it would take over", () => {
    assert.deepEqual(
      rules.map(({ enableContinuousBackup }) => enableContinuousBackup),
      [false, false],
    );
  });

  it("copies to every vault of the other regions, kept as long there", () => {
    assert.deepEqual(
      rules.map(({ copyActions }) => copyActions),
      [
        copies.map((destinationVaultArn) => ({
          destinationVaultArn,
          lifecycle: { deleteAfter: 90 },
        })),
        [],
      ],
    );
  });

  it("counts a snapshot as failed that has not begun after an hour or ended after eight", () => {
    assert.deepEqual(
      rules.map(({ startWindow, completionWindow }) => [startWindow, completionWindow]),
      [
        [60, 480],
        [60, 480],
      ],
    );
  });

  it("selects the databases by name, under the role for snapshots", () => {
    assert.deepEqual(
      inputsOf(inProduction.only(selectionType), "name", "iamRoleArn", "resources"),
      {
        name: "market-scanning-database-us-east-1",
        iamRoleArn: "arn:aws:iam::111122223333:role/market-scanning-snapshots-us-east-1",
        resources: [
          "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1",
        ],
      },
    );
    assert.equal("selectionTags" in inProduction.only(selectionType).inputs, false);
  });

  it("selects each generation by itself, since AWS changes no selection", async () => {
    const name = "market-scanning-database-generation-3-us-east-1";
    const rebuilt = await declared((options) => {
      new SnapshotPlan(
        "snapshots",
        {
          ...twoSeries,
          databases: [
            ...twoSeries.databases,
            { generation: 3, arn: `arn:aws:rds:us-east-1:111122223333:cluster:${name}` },
          ],
        },
        options,
      );
    });
    const [first, second, ...others] = rebuilt.all(selectionType);
    assert.ok(first);
    assert.deepEqual(first, inProduction.only(selectionType));
    assert.equal(second?.name, "snapshots-selection-generation-3");
    assert.deepEqual(second.inputs, {
      ...first.inputs,
      name: "market-scanning-generation-3-us-east-1",
      resources: [`arn:aws:rds:us-east-1:111122223333:cluster:${name}`],
    });
    assert.deepEqual(others, []);
    assert.deepEqual(deletable(ofAws(rebuilt.resources)), []);
  });

  it("lets go of the selection of a released database, and of nothing else", async () => {
    const [first] = twoSeries.databases;
    assert.ok(first);
    const second = { generation: 2, arn: first.arn.replace("database", "database-generation-2") };
    const plan = await declared((options) => {
      const databases = [{ ...first, released: true }, second];
      new SnapshotPlan("snapshots", { ...twoSeries, databases }, options);
    });
    const [released, ...others] = plan.all(selectionType);
    assert.ok(released);
    assert.deepEqual(notReleased([released]), []);
    assert.deepEqual(released.inputs, inProduction.only(selectionType).inputs);
    assert.deepEqual(deletable([plan.only(planType), ...others]), []);
    assert.equal(others.length, 1);
  });

  it("protects the plan and the selection, without which snapshots would stop", () => {
    assert.deepEqual(deletable(ofAws(inProduction.resources)), []);
  });

  it("can be deleted in a sandbox", async () => {
    const sandbox = await declared((options) => {
      new SnapshotPlan("snapshots", { ...twoSeries, disposable: true }, options);
    });
    assert.deepEqual(kept(sandbox.resources), []);
  });

  it("refuses a schedule that AWS cannot express", async () => {
    const [rule] = snapshotPlanArgs.rules;
    assert.ok(rule);
    await assert.rejects(
      declared((options) => {
        const rules = [{ ...rule, schedule: "0 4 1 * 6" }];
        new SnapshotPlan("snapshots", { ...snapshotPlanArgs, rules }, options);
      }),
      {
        name: "RangeError",
        message:
          'schedule "0 4 1 * 6" restricts both the day of the month and the day of the week, which AWS cannot express; use one of the two',
      },
    );
  });
});
