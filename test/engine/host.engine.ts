import assert from "node:assert/strict";
import { pulumi, stacks, needsEngine } from "./engine";
import { languageHostOf } from "./hostCommand";
import { HostedProject } from "./hostProject";

describe("the project as Pulumi.yaml has it run", function () {
  this.timeout("5m");
  needsEngine();
  let project: HostedProject;

  before(() => {
    project = new HostedProject(pulumi(), languageHostOf(pulumi()));
  });

  after(() => {
    project.close();
  });

  for (const stack of [...stacks, "access"]) {
    it(`creates in ${stack} what the in-process preview says`, async () => {
      assert.deepEqual(await project.created(stack), await project.expected(stack));
    });
  }

  it("tells what is wrong with a stack's file, and where, without a stack trace", async () => {
    project.edit("Pulumi.archive.yaml", "role: archive", "role: attic");
    await assert.rejects(project.created("archive"), (error) => {
      const said = String(error);
      assert.match(said, /Pulumi\.archive\.yaml.*role.*attic/);
      assert.doesNotMatch(said, /\n\s+at /);
      return true;
    });
  });
});
