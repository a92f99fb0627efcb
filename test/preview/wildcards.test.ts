import assert from "node:assert/strict";
import { unexplainedWildcards } from "./wildcards";

const key = "arn:aws:kms:us-east-1:111122223333:key/*";

/** What is unexplained of one statement in a role's policy. */
function unexplainedOf(statement: Readonly<Record<string, unknown>>): string[] {
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const type = "aws:iam/rolePolicy:RolePolicy";
  return unexplainedWildcards("hft", [
    { urn: "urn:a", type, name: "a", inputs: { policy }, options: {} },
  ]).map((found) => found.slice(`${type} a: `.length));
}

describe("search for wildcards", () => {
  it("finds every action, every resource, and what is allowed by leaving something out", () => {
    assert.deepEqual(unexplainedOf({ Effect: "Allow", Action: "s3:*", Resource: ["*"] }), [
      "s3:*",
      "*",
    ]);
    assert.deepEqual(unexplainedOf({ Effect: "Allow", NotAction: "s3:GetObject" }), ["NotAction"]);
  });

  it("finds a bucket of another system, and keys that no alias narrows down", () => {
    const objects = "arn:aws:s3:::smc-records/*";
    const read = { Effect: "Allow", Action: ["kms:Decrypt"], Resource: [key, objects] };
    assert.deepEqual(unexplainedOf(read), [key, objects]);
    const Condition = { StringEquals: { "kms:ResourceAliases": "alias/hft-records-us-east-1" } };
    assert.deepEqual(unexplainedOf({ ...read, Condition }), [objects]);
  });

  it("takes what is denied as it is", () => {
    assert.deepEqual(unexplainedOf({ Effect: "Deny", Action: "*", Resource: "*" }), []);
  });
});
