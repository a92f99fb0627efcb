import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { ConfigurationError } from "../../config/problem";
import { readExceptions } from "../../policies/exceptions";

const sound = {
  rule: "thing-has-size",
  system: "hft",
  stack: "prod",
  resource: "records-*",
  reason: "it grows soon",
  approver: "Chief risk officer",
  date: "2026-11-01",
  expires: "2027-11-01",
};

describe("the file of exceptions", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "trading-dr-exceptions-"));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function read(contents: unknown) {
    const file = join(directory, "exceptions.yaml");
    writeFileSync(file, stringify(contents));
    return readExceptions(file, ["thing-has-size"]);
  }

  it("is a list, which may be empty", () => {
    assert.deepEqual(read({ exceptions: [] }), []);
    assert.deepEqual(read({ exceptions: [sound] }), [sound]);
  });

  it("that ships has none", () => {
    assert.deepEqual(readExceptions(join(__dirname, "../../policies/exceptions.yaml"), []), []);
  });

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ["no list", { exceptions: "none" }, /exceptions, found "none"\s+must be a list of exceptions/],
    ["no section", {}, /exceptions\s+missing: must be a list of exceptions/],
    [
      "a rule that there is not",
      { exceptions: [{ ...sound, rule: "thing-has-colour" }] },
      /exceptions.0.rule, found "thing-has-colour"\s+there is no rule "thing-has-colour"; docs\/policies.md lists/,
    ],
    [
      "a resource that could be any",
      { exceptions: [{ ...sound, resource: "*a*" }] },
      /exceptions.0.resource, found "\*a\*"\s+must be a resource's logical name, three characters/,
    ],
    [
      "an end before the beginning",
      { exceptions: [{ ...sound, expires: "2026-10-31" }] },
      /exceptions.0.expires, found "2026-10-31"\s+must be 2026-11-01 at the earliest and 366 days later at the latest/,
    ],
    [
      "more than a year",
      { exceptions: [{ ...sound, expires: "2027-11-03" }] },
      /must be 2026-11-01 at the earliest/,
    ],
    ["no date", { exceptions: [{ ...sound, date: "soon" }] }, /exceptions.0.date, found "soon"/],
    [
      "nobody who approves",
      { exceptions: [{ ...sound, approver: undefined }] },
      /exceptions.0.approver\s+missing: must name the role that approves it/,
    ],
    ["a key that there is not", { exceptions: [{ ...sound, forever: true }] }, /forever/],
  ];
  for (const [what, contents, message] of wrong) {
    it(`is refused for ${what}`, () => {
      assert.throws(
        () => read(contents),
        (error) => error instanceof ConfigurationError && message.test(error.message),
      );
    });
  }
});
