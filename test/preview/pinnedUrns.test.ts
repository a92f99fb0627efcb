import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import program from "../../index";
import { previewReport } from "../../preview/report";
import { readStacks } from "../../preview/stacks";
import { projectDirectory } from "../support/projectCopy";

/**
 * An engine knows a resource by its URN. Renaming one, or giving it another parent, means delete and
 * create: for a database, the end of it. So the URNs are pinned, of one system for each engine, and
 * a deliberate change carries an alias. `UPDATE_PINNED_URNS=1 npm run test:fast` writes the files.
 */
describe("URNs of deployed resources", () => {
  for (const system of ["market-scanning", "smc"]) {
    it(`are those of earlier versions, for ${system}`, async () => {
      const { stacks } = await previewReport(
        program,
        readStacks({ directory: projectDirectory, system }),
      );
      const urns = stacks.flatMap(({ resources }) => resources.map(({ urn }) => urn)).sort();
      const file = join(projectDirectory, "test", "pinned", `urns-${system}.txt`);
      if (process.env["UPDATE_PINNED_URNS"] === "1") {
        writeFileSync(file, `${urns.join("\n")}\n`);
      }
      assert.deepEqual(urns, readFileSync(file, "utf8").trimEnd().split("\n"));
    });
  }
});
