import assert from "node:assert/strict";
import {
  accountRoot,
  keyUseByAlias,
  onlyRoles,
  policyDocument,
  type PolicyStatement,
} from "../../contracts/policyDocument";
import { primary } from "../support/declared";

describe("policy documents", () => {
  it("are text with the version first and the statements in the order given", () => {
    const deny: PolicyStatement = {
      Sid: "DenyPlainHttp",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
    const allow: PolicyStatement = { Sid: "Read", Effect: "Allow", Action: ["s3:GetObject"] };
    assert.equal(
      policyDocument([deny, allow]),
      '{"Version":"2012-10-17","Statement":[' +
        '{"Sid":"DenyPlainHttp","Effect":"Deny","Principal":"*","Action":"s3:*",' +
        '"Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"],' +
        '"Condition":{"Bool":{"aws:SecureTransport":"false"}}},' +
        '{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject"]}]}',
    );
  });

  it("name an account by its root", () => {
    assert.deepEqual(accountRoot("111122223333"), { AWS: "arn:aws:iam::111122223333:root" });
  });

  it("limit a statement to roles by the principal's ARN", () => {
    const roles = ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"];
    assert.deepEqual(onlyRoles(roles), { ArnEquals: { "aws:PrincipalArn": roles } });
  });
});

describe("the use of a key by its alias", () => {
  it("covers the keys of one region and account that bear the alias", () => {
    assert.deepEqual(keyUseByAlias("DecryptSource", ["kms:Decrypt"], "records", primary), {
      Sid: "DecryptSource",
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: "arn:aws:kms:us-east-1:111122223333:key/*",
      Condition: {
        "ForAnyValue:StringEquals": {
          "kms:ResourceAliases": "alias/market-scanning-records-us-east-1",
        },
      },
    });
  });

  it("takes a further condition beside the alias", () => {
    const statement = keyUseByAlias("Grant", ["kms:CreateGrant"], "snapshots", primary, {
      Bool: { "kms:GrantIsForAWSResource": "true" },
    });
    assert.deepEqual(statement.Condition, {
      "ForAnyValue:StringEquals": {
        "kms:ResourceAliases": "alias/market-scanning-snapshots-us-east-1",
      },
      Bool: { "kms:GrantIsForAWSResource": "true" },
    });
  });
});
