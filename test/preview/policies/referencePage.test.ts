import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { rules } from "../../../policies/rules";
import { referencePage, referencePageFile } from "../../../preview/policies/referencePage";

describe("the reference page of the policies", () => {
  it("is what npm run docs:policies writes", async () => {
    assert.equal(readFileSync(referencePageFile, "utf8"), await referencePage());
  });

  it("has a row for every rule", async () => {
    const page = await referencePage();
    for (const { id } of rules) {
      assert.ok(page.includes(`| \`${id}\``), id);
    }
  });
});
