import assert from "node:assert/strict";
import { ServiceRole, serviceRoleProblems } from "../../../components/access/serviceRole";
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

  it("for pods is taken on for one service account, in this account and region", async () => {
    const pods = { namespace: "market-scanning-verify", serviceAccount: "dr-verify" };
    const forPods = await declared((options) => {
      const args = { ...serviceRoleArgs, service: "pods.eks.amazonaws.com", pods };
      new ServiceRole("verify-job-us-west-2", { ...args, place: standby }, options);
    });
    assert.deepEqual(statementsOf(forPods.only(roleType).inputs["assumeRolePolicy"]), [
      {
        Sid: "TakeOn",
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Condition: {
          StringEquals: {
            "aws:RequestTag/kubernetes-namespace": "market-scanning-verify",
            "aws:RequestTag/kubernetes-service-account": "dr-verify",
          },
          StringLike: {
            "aws:RequestTag/eks-cluster-arn": "arn:aws:eks:us-west-2:111122223333:cluster/*",
          },
        },
      },
    ]);
  });

  it("is refused for any pod of the account, and for pods of a service that has none", () => {
    const pods = { namespace: "market-scanning", serviceAccount: "dr-check" };
    const rule = "pods must be given with service pods.eks.amazonaws.com and with no other, got";
    assert.deepEqual(serviceRoleProblems(serviceRoleArgs), []);
    assert.deepEqual(
      serviceRoleProblems({ ...serviceRoleArgs, service: "pods.eks.amazonaws.com" }),
      [`${rule} "pods.eks.amazonaws.com"`],
    );
    assert.deepEqual(serviceRoleProblems({ ...serviceRoleArgs, pods }), [
      `${rule} "backup.amazonaws.com"`,
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
