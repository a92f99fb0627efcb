import assert from "node:assert/strict";
import {
  repositoryCreationPolicy,
  repositoryPolicy,
} from "../../../components/images/imagePolicies";
import { standby } from "../../support/declared";
import { statementsOf } from "../inspection";

describe("policy of a repository", () => {
  it("lets nobody but its region's break-glass role delete images, and nobody remove their protection", () => {
    assert.deepEqual(statementsOf(repositoryPolicy(standby)), [
      {
        Sid: "RefuseRemovingImages",
        Effect: "Deny",
        Principal: "*",
        Action: "ecr:BatchDeleteImage",
        Condition: {
          ArnNotEquals: {
            "aws:PrincipalArn":
              "arn:aws:iam::111122223333:role/market-scanning-break-glass-us-west-2",
          },
        },
      },
      {
        Sid: "RefuseRemovingProtection",
        Effect: "Deny",
        Principal: "*",
        Action: ["ecr:DeleteRepository", "ecr:DeleteRepositoryPolicy", "ecr:PutImageTagMutability"],
      },
    ]);
  });
});

describe("policy of the role that makes repositories", () => {
  it("allows making the system's own repositories in one region, with that region's key", () => {
    assert.deepEqual(statementsOf(repositoryCreationPolicy(standby)), [
      {
        Sid: "CreateRepositories",
        Effect: "Allow",
        Action: ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
        Resource: "arn:aws:ecr:us-west-2:111122223333:repository/trading-dr/market-scanning/*",
      },
      {
        Sid: "EncryptRepositories",
        Effect: "Allow",
        Action: ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
        Resource: "arn:aws:kms:us-west-2:111122223333:key/*",
        Condition: {
          StringEquals: { "kms:ViaService": "ecr.us-west-2.amazonaws.com" },
          "ForAnyValue:StringEquals": {
            "kms:ResourceAliases": "alias/market-scanning-images-us-west-2",
          },
        },
      },
    ]);
  });
});
