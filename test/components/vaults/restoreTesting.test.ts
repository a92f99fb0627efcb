import assert from "node:assert/strict";
import { RestoreTesting } from "../../../components/vaults/restoreTesting";
import { type Declared, declared, tags } from "../../support/declared";
import { countsByType, inputsOf } from "../inspection";
import { restoreTestingArgs } from "../minimalArgs";

const planType = "aws:backup/restoreTestingPlan:RestoreTestingPlan";
const selectionType = "aws:backup/restoreTestingSelection:RestoreTestingSelection";

describe("RestoreTesting", () => {
  let rehearsal: Declared;

  before(async () => {
    rehearsal = await declared((options) => {
      new RestoreTesting("restore-test", restoreTestingArgs, options);
    });
  });

  it("declares one plan and one selection", () => {
    assert.deepEqual(countsByType(rehearsal.resources), {
      "trading-dr:vaults:RestoreTesting": 1,
      [planType]: 1,
      [selectionType]: 1,
    });
  });

  it("has names of letters, digits and underscores, at most 50, as AWS Backup wants here", () => {
    const names = [planType, selectionType].map((type) => rehearsal.only(type).inputs["name"]);
    assert.deepEqual(names, ["market_scanning_restore_test_us_east_1", "database"]);
    assert.deepEqual(
      names.filter((name) => !/^[A-Za-z0-9_]{1,50}$/.test(name)),
      [],
    );
  });

  it("runs on its schedule, in the system's time, within an hour", () => {
    assert.deepEqual(
      inputsOf(
        rehearsal.only(planType),
        "scheduleExpression",
        "scheduleExpressionTimezone",
        "startWindowHours",
      ),
      {
        scheduleExpression: "cron(0 5 ? * SAT *)",
        scheduleExpressionTimezone: "Etc/UTC",
        startWindowHours: 1,
      },
    );
  });

  it("takes the latest snapshot of the window from the vaults that it is given", () => {
    assert.deepEqual(rehearsal.only(planType).inputs["recoveryPointSelection"], {
      algorithm: "LATEST_WITHIN_WINDOW",
      includeVaults: [
        "arn:aws:backup:us-east-1:111122223333:backup-vault:market-scanning-daily-vault-us-east-1",
      ],
      recoveryPointTypes: ["SNAPSHOT"],
      selectionWindowDays: 35,
    });
  });

  it("is tagged", () => {
    assert.deepEqual(rehearsal.only(planType).inputs["tags"], {
      ...tags,
      "trading-dr:purpose": "restore-test",
    });
  });

  it("restores the database under the role for it, and keeps it four hours for the checks", () => {
    assert.deepEqual(
      inputsOf(
        rehearsal.only(selectionType),
        "restoreTestingPlanName",
        "protectedResourceType",
        "protectedResourceArns",
        "iamRoleArn",
        "validationWindowHours",
      ),
      {
        restoreTestingPlanName: "market_scanning_restore_test_us_east_1",
        protectedResourceType: "Aurora",
        protectedResourceArns: [
          "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1",
        ],
        iamRoleArn: "arn:aws:iam::111122223333:role/market-scanning-restore-test-us-east-1",
        validationWindowHours: 4,
      },
    );
  });

  it("restores into the database's own subnets, not the default VPC, which its role may not use", () => {
    const { restoreMetadataOverrides } = rehearsal.only(selectionType).inputs;
    assert.equal(
      (restoreMetadataOverrides as Record<string, unknown> | undefined)?.["dbSubnetGroupName"],
      "market-scanning-database-us-east-1",
    );
  });

  it("names plain RDS in AWS Backup's words", async () => {
    const plain = await declared((options) => {
      new RestoreTesting("restore-test", { ...restoreTestingArgs, resourceType: "RDS" }, options);
    });
    assert.equal(plain.only(selectionType).inputs["protectedResourceType"], "RDS");
  });

  it("offers the plan's ARN", () => {
    assert.deepEqual(
      Object.keys(rehearsal.only("trading-dr:vaults:RestoreTesting").outputs ?? {}),
      ["arn"],
    );
  });
});
