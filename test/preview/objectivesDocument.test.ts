import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { documentFile, objectivesDocument } from "../../preview/objectivesDocument";

describe("docs/objectives.md", () => {
  it("says what the shipped systems reach now; npm run docs:objectives writes it anew", async function () {
    this.timeout("2m");
    assert.equal(readFileSync(documentFile, "utf8"), await objectivesDocument());
  });
});
