import assert from "node:assert/strict";
import { AuditTrail, auditTrailProblems } from "../../../components/monitoring/auditTrail";
import { declared, primary, standby, tags } from "../../support/declared";
import { auditTrailArgs, keyArn } from "../minimalArgs";

const trailType = "aws:cloudtrail/trail:Trail";

describe("AuditTrail", () => {
  it("logs every management call of its region, and writes to records, with proof of integrity", async () => {
    const trail = await declared((options) => {
      new AuditTrail("audit-trail", auditTrailArgs, options);
    });
    assert.deepEqual(trail.only(trailType).inputs, {
      name: "market-scanning-audit-trail-us-east-1",
      s3BucketName: "market-scanning-audit-logs-111122223333-us-east-1",
      kmsKeyId: keyArn(primary),
      isMultiRegionTrail: false,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      enableLogging: true,
      advancedEventSelectors: [
        {
          name: "management",
          fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }],
        },
        {
          name: "writes to records",
          fieldSelectors: [
            { field: "eventCategory", equals: ["Data"] },
            { field: "resources.type", equals: ["AWS::S3::Object"] },
            { field: "readOnly", equals: ["false"] },
            {
              field: "resources.ARN",
              startsWiths: [
                "arn:aws:s3:::market-scanning-regulated-records-111122223333-us-east-1/",
              ],
            },
          ],
        },
      ],
      tags: { ...tags, "trading-dr:purpose": "audit-trail" },
    });
  });

  it("leaves global services to us-east-1, where they log", async () => {
    const trail = await declared((options) => {
      new AuditTrail("audit-trail", { ...auditTrailArgs, place: standby }, options);
    }, "us-west-2");
    assert.equal(trail.only(trailType).inputs["includeGlobalServiceEvents"], false);
  });

  it("is refused without a bucket whose records it should watch", () => {
    assert.deepEqual(auditTrailProblems(auditTrailArgs), []);
    assert.throws(
      () => new AuditTrail("audit-trail", { ...auditTrailArgs, recordBucketArns: [] }),
      {
        name: "RangeError",
        message:
          "AuditTrail 'audit-trail': recordBucketArns must have at least one entry, or nobody would see what becomes of records",
      },
    );
  });
});
