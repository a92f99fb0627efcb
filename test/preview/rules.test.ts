import assert from "node:assert/strict";
import { type PreviewedResource } from "../../preview/inProcess";
import { ruleViolations } from "../../preview/rules";

const provider = "urn:pulumi:dr::trading-dr::pulumi:providers:aws::aws";

function resource(changes: Partial<PreviewedResource>): PreviewedResource {
  return {
    urn: `urn:${changes.name ?? "logs"}`,
    type: "aws:s3/bucket:Bucket",
    name: "logs",
    region: "us-west-2",
    inputs: {},
    options: { provider },
    ...changes,
  };
}

function violations(...resources: PreviewedResource[]): string[] {
  return ruleViolations(
    { name: "dr", resources, outputs: {} },
    { role: "dr", region: "us-west-2" },
  );
}

describe("rules for every stack", () => {
  it("accept a resource with its stack's provider in its stack's region", () => {
    assert.deepEqual(violations(resource({})), []);
  });

  it("accept components, and values that belong to no region", () => {
    assert.deepEqual(
      violations(resource({ name: "a", type: "trading-dr:storage:RecordBucket", options: {} }), {
        urn: "urn:b",
        type: "random:index/randomId:RandomId",
        name: "b",
        inputs: {},
        options: { provider },
      }),
      [],
    );
  });

  it("refuse a resource without an explicit provider", () => {
    assert.deepEqual(violations(resource({ options: {} })), [
      'stack dr: aws:s3/bucket:Bucket "logs" has no explicit provider, so it would land in whatever region the environment says; pass the stack\'s provider on through its parent',
    ]);
  });

  it("refuse a resource in another region", () => {
    assert.deepEqual(violations(resource({ region: "us-east-1" })), [
      'stack dr: aws:s3/bucket:Bucket "logs" would be made in us-east-1, but the stack\'s region is us-west-2; one stack holds one region',
    ]);
  });

  it("refuse a provider for another region", () => {
    assert.deepEqual(
      violations(
        resource({ type: "pulumi:providers:aws", name: "east", region: "us-east-1", options: {} }),
      ),
      [
        'stack dr: pulumi:providers:aws "east" would be made in us-east-1, but the stack\'s region is us-west-2; one stack holds one region',
      ],
    );
  });

  for (const type of [
    "aws:iam/role:Role",
    "aws:route53/record:Record",
    "aws:budgets/budget:Budget",
  ]) {
    it(`refuse ${type} outside prod`, () => {
      assert.deepEqual(violations(resource({ type })), [
        `stack dr: ${type} "logs" belongs to a service that AWS runs in us-east-1, which the dr stack must do without; declare it in prod`,
      ]);
      assert.deepEqual(
        ruleViolations(
          { name: "prod", resources: [resource({ type, region: "us-east-1" })], outputs: {} },
          { role: "prod", region: "us-east-1" },
        ),
        [],
      );
    });
  }

  it("refuse two resources of one URN", () => {
    assert.deepEqual(violations(resource({}), resource({})), [
      "stack dr: two resources have the URN urn:logs; give one of them another name",
    ]);
  });
});
