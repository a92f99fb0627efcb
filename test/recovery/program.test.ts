import assert from "node:assert/strict";
import { type Command } from "commander";
import { jobCommand, jobKinds } from "../../contracts/jobs";
import { program } from "../../recovery/program";

/** The command that some words lead to. */
function commandOf(words: readonly string[]): { readonly all: Command; readonly leaf: Command } {
  const all = program();
  let leaf = all;
  for (const word of words) {
    const next = leaf.commands.find((one) => one.name() === word);
    assert.ok(next, `there is no command ${words.join(" ")}`);
    leaf = next;
  }
  return { all, leaf };
}

describe("the command", () => {
  for (const kind of jobKinds) {
    const [name, ...words] = jobCommand(kind);

    it(`takes what jobs of kind ${kind} run, as it stands`, async () => {
      const { all, leaf } = commandOf(words);
      assert.equal(all.name(), name);
      const taken: string[][] = [];
      leaf.action(() => {
        taken.push([...words]);
      });
      await all.parseAsync(words, { from: "user" });
      assert.deepEqual(taken, [words]);
    });
  }

  it("says of each of its commands what it does, and of each option", () => {
    const described = (command: Command): void => {
      assert.notEqual(command.description(), "", command.name());
      for (const option of command.options) {
        assert.ok(option.description, `${command.name()} ${option.flags}`);
      }
      command.commands.forEach(described);
    };
    described(program());
  });
});
