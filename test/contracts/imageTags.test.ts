import assert from "node:assert/strict";
import fc from "fast-check";
import { releaseTagProblems } from "../../contracts/imageTags";

const rule =
  'must be a pattern of image tags: letters, digits, ".", "_", "-" and "*" for the rest, at most 128 characters; write it like "v*"';
const wildcards =
  'must have 1 to 4 "*": without one it is a single release, and ECR takes no more; write it like "v*"';
const signatures =
  'must not match tags that begin with "sha256-": those are signatures, and would count as releases; begin it with what only releases begin with, like "v"';

/** Whether ECR would find that a tag matches a pattern. */
function matches(pattern: string, tag: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.-]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(tag);
}

describe("pattern of release tags", () => {
  for (const pattern of ["v*", "release-*", "2*.*.*", "V1.*.*.*", "sha1-*"]) {
    it(`may be ${pattern}`, () => {
      assert.deepEqual(releaseTagProblems(pattern), []);
    });
  }

  const refused: readonly (readonly [string, string, readonly string[]])[] = [
    ["nothing", "", [rule]],
    ["a space", "v *", [rule]],
    ["what no tag begins with", "-v*", [rule]],
    ["more characters than a tag has", `v${"1".repeat(127)}*`, [rule]],
    ["a single release", "v1.2.3", [wildcards]],
    ["more wildcards than ECR takes", "v*.*.*-*.*", [wildcards]],
    ["everything", "*", [signatures]],
    ["any tag that ends like a version", "*.0", [signatures]],
    ["what signatures may begin with", "s*v*", [signatures]],
    ["the beginning of a digest", "sha256-9f*", [signatures]],
    ["one signature", "sha256-9f", [wildcards, signatures]],
  ];
  for (const [what, pattern, problems] of refused) {
    it(`is refused when it is ${what}`, () => {
      assert.deepEqual(releaseTagProblems(pattern), problems);
    });
  }

  it("never matches a signature when it is sound", () => {
    const pattern = fc
      .array(fc.constantFrom("*", "s", "sh", "sha256", "-", "v", "9", ".sig", "a"), {
        minLength: 1,
        maxLength: 6,
      })
      .map((parts) => parts.join(""));
    const signature = fc
      .tuple(fc.stringMatching(/^[0-9a-f]{64}$/), fc.constantFrom("", ".sig", ".att", ".sbom"))
      .map(([digest, suffix]) => `sha256-${digest}${suffix}`);
    fc.assert(
      fc.property(pattern, signature, (written, tag) => {
        assert.ok(releaseTagProblems(written).length > 0 || !matches(written, tag), written);
      }),
      { numRuns: 2_000 },
    );
  });
});
