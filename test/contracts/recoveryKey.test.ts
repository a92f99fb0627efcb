import assert from "node:assert/strict";
import { isRecipient } from "../../contracts/recoveryKey";

// Printed by age-keygen; the identities are gone.
const recipient = "age1mhu6d3yca9nwtdxyknyzvunmt99865m3u0gj2e8e5nhpqcpfkgwsnauyp8";

describe("a recovery key's public part", () => {
  it("is taken as age prints it", () => {
    assert.ok(isRecipient(recipient));
  });

  for (const [what, text] of [
    ["one letter is another", recipient.replace("mhu6", "mhu7")],
    ["two letters are swapped", recipient.replace("6d", "d6")],
    ["a letter is missing", recipient.slice(0, -1)],
    [
      "it is the secret part",
      "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ",
    ],
    ["it is of another kind", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH"],
    ["it is nothing", ""],
  ] as const) {
    it(`is refused where ${what}`, () => {
      assert.ok(!isRecipient(text));
    });
  }
});
