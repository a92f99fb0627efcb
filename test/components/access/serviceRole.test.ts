import assert from "node:assert/strict";
import { ServiceRole } from "../../../components/access/serviceRole";
import { type Declared, declared, standby, tags } from "../../support/declared";
import { countsByType, deletable, inputsOf, kept, ofAws, statementsOf } from "../inspection";
import { serviceRoleArgs } from "../minimalArgs";

const roleType = "aws:iam/role:Role";
const policyType = "aws:iam/rolePolicy:RolePolicy";

describe("ServiceRole", () => {
  let inProduction: Declared;

  before(async () => {
    inProduction = await declared((options) => {
      new ServiceRole("snapshots-us-east-1", serviceRoleArgs, options);
    });
  });

  it("declares one role and one policy", () => {
    assert.deepEqual(countsByType(inProduction.resources), {
      "trading-dr:access:ServiceRole": 1,
      [roleType]: 1,
      [policyType]: 1,
    });
  });

  it("is named after the region whose work it does", async () => {
    assert.equal(inProduction.only(roleType).inputs["name"], "market-scanning-snapshots-us-east-1");
    const forStandby = await declared((options) => {
      new ServiceRole("snapshots-us-west-2", { ...serviceRoleArgs, place: standby }, options);
    });
    assert.equal(forStandby.only(roleType).inputs["name"], "market-scanning-snapshots-us-west-2");
  });

  it("says what it is for", () => {
    assert.deepEqual(inputsOf(inProduction.only(roleType), "description", "tags"), {
      description: "Takes and copies snapshots of market-scanning in us-east-1",
      tags: { ...tags, "trading-dr:purpose": "snapshot-plan" },
    });
  });

  it("is taken on by its service and by nobody else", () => {
    assert.deepEqual(statementsOf(inProduction.only(roleType).inputs["assumeRolePolicy"]), [
      {
        Sid: "TakeOn",
        Effect: "Allow",
        Principal: { Service: "backup.amazonaws.com" },
        Action: "sts:AssumeRole",
      },
    ]);
  });

  it("may do what its policy says, and has no other", () => {
    assert.deepEqual(inProduction.only(policyType).inputs, {
      role: "market-scanning-snapshots-us-east-1",
      policy: serviceRoleArgs.policy,
    });
    assert.equal("managedPolicyArns" in inProduction.only(roleType).inputs, false);
    assert.equal("inlinePolicies" in inProduction.only(roleType).inputs, false);
  });

  it("is protected with its policy, since a failover may make no roles", () => {
    assert.deepEqual(deletable(ofAws(inProduction.resources)), []);
  });

  it("can be deleted in a sandbox", async () => {
    const sandbox = await declared((options) => {
      new ServiceRole("snapshots-us-east-1", { ...serviceRoleArgs, disposable: true }, options);
    });
    assert.deepEqual(kept(sandbox.resources), []);
  });
});
