import assert from "node:assert/strict";
import { type PreviewedResource } from "../../preview/inProcess";
import { ruleViolations } from "../../preview/rules";

function logs(urn: string): PreviewedResource {
  return { urn, type: "aws:s3/bucket:Bucket", name: "logs", inputs: {}, options: {} };
}

describe("rules for every stack", () => {
  it("accept resources whose URNs differ", () => {
    const resources = [logs("urn:logs"), logs("urn:more-logs")];
    assert.deepEqual(ruleViolations({ name: "dr", resources, outputs: {} }), []);
  });

  it("refuse two resources of one URN", () => {
    const resources = [logs("urn:logs"), logs("urn:logs")];
    assert.deepEqual(ruleViolations({ name: "dr", resources, outputs: {} }), [
      "stack dr: two resources have the URN urn:logs; give one of them another name",
    ]);
  });
});
