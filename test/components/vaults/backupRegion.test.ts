import assert from "node:assert/strict";
import { BackupRegion } from "../../../components/vaults/backupRegion";
import { type Declared, declared } from "../../support/declared";
import { countsByType } from "../inspection";

const settingsType = "aws:backup/regionSettings:RegionSettings";

describe("BackupRegion", () => {
  let region: Declared;

  before(async () => {
    region = await declared((options) => {
      new BackupRegion("backup-region", options);
    }, "us-west-2");
  });

  it("declares the settings of its provider's region once", () => {
    assert.deepEqual(countsByType(region.resources), {
      "trading-dr:vaults:BackupRegion": 1,
      [settingsType]: 1,
    });
    assert.equal(region.only(settingsType).region, "us-west-2");
  });

  it("opts in to every type that the provider documents, or each preview would show a difference", () => {
    assert.deepEqual(region.only(settingsType).inputs, {
      resourceTypeOptInPreference: {
        Aurora: true,
        CloudFormation: true,
        DSQL: true,
        DocumentDB: true,
        DynamoDB: true,
        EBS: true,
        EC2: true,
        EFS: true,
        FSx: true,
        Neptune: true,
        RDS: true,
        Redshift: true,
        "Redshift Serverless": true,
        S3: true,
        "SAP HANA on Amazon EC2": true,
        "Storage Gateway": true,
        VirtualMachine: true,
      },
    });
  });

  it("stays when it is taken out of the program, since other systems rely on it", () => {
    assert.equal(region.only(settingsType).options.retainOnDelete, true);
  });
});
