import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { projectDirectory } from "../support/projectCopy";
import { actionlintCommand } from "./actionlint";

/** Names of the files in a directory that end so, with the directory before them. */
function filesIn(directory: string, ending: string): string[] {
  return readdirSync(join(projectDirectory, directory))
    .filter((name) => name.endsWith(ending))
    .map((name) => `${directory}/${name}`);
}

/** Runs a program over files or a text, and returns its status and all that it says. */
function run(command: string, args: readonly string[], input = "") {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: projectDirectory,
    input,
    encoding: "utf8",
  });
  return { status, said: `${stdout}${stderr}` };
}

describe("workflows under actionlint", function () {
  this.timeout("10m");
  let actionlint: string;

  before(async function () {
    try {
      actionlint = await actionlintCommand();
    } catch (error) {
      if (process.env["CI"] !== undefined) {
        throw error;
      }
      process.stderr.write(`\nTESTS OF THE WORKFLOWS SKIPPED: ${String(error)}\n\n`);
      this.skip();
    }
  });

  it("have no problem, their scripts included where shellcheck is installed", () => {
    const files = filesIn(".github/workflows", ".yaml");
    assert.ok(files.length >= 7, files.join(", "));
    assert.deepEqual(run(actionlint, ["-no-color", ...files]), { status: 0, said: "" });
  });

  it("would be told to have one", () => {
    const workflow = `on: pull_request
jobs:
  greet:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "\${{ github.event.pull_request.title }}"
`;
    const { status, said } = run(actionlint, ["-no-color", "-"], workflow);
    assert.equal(status, 1);
    assert.match(said, /"github\.event\.pull_request\.title" is potentially untrusted/);
  });
});
