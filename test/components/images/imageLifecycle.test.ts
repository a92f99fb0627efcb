import assert from "node:assert/strict";
import {
  type ImageLifecycle,
  imageLifecyclePolicy,
  imageLifecycleProblems,
} from "../../../components/images/imageLifecycle";

const signed: ImageLifecycle = { releaseTags: "v*", keptVersions: 50, signed: true };

const releases = {
  rulePriority: 1,
  description: "Keep 50 releases",
  selection: {
    tagStatus: "tagged",
    tagPatternList: ["v*"],
    countType: "imageCountMoreThan",
    countNumber: 50,
  },
  action: { type: "expire" },
};

/** The rules of a lifecycle's text, in their order. */
function rulesOf(lifecycle: ImageLifecycle): unknown[] {
  return (JSON.parse(imageLifecyclePolicy(lifecycle)) as { rules: unknown[] }).rules;
}

/** A manifest as ECR counts it. */
interface Manifest {
  readonly name: string;
  readonly tags: readonly string[];
}

/**
 * What ECR expires by count, as its user guide describes it: of the images with a tag that matches,
 * the youngest are kept.
 *
 * @param pushed Youngest first.
 */
function expired(lifecycle: ImageLifecycle, pushed: readonly Manifest[]): string[] {
  const rules = rulesOf(lifecycle) as (typeof releases)[];
  return rules.flatMap(({ selection: { tagStatus, tagPatternList, countNumber } }) => {
    assert.equal(tagStatus, "tagged");
    assert.equal(tagPatternList.length, 1);
    const prefix = String(tagPatternList[0]).replace(/\*$/, "");
    return pushed
      .filter(({ tags }) => tags.some((tag) => tag.startsWith(prefix)))
      .slice(countNumber)
      .map(({ name }) => name);
  });
}

describe("image lifecycle", () => {
  it("keeps so many releases and touches nothing else where images are signed", () => {
    assert.deepEqual(rulesOf(signed), [releases]);
  });

  it("expires what has no tag after 90 days where nothing is signed, after the releases' rule", () => {
    assert.deepEqual(rulesOf({ ...signed, signed: false }), [
      releases,
      {
        rulePriority: 2,
        description: "Expire what has had no tag for 90 days",
        selection: {
          tagStatus: "untagged",
          countType: "sinceImagePushed",
          countUnit: "days",
          countNumber: 90,
        },
        action: { type: "expire" },
      },
    ]);
  });

  it("counts the releases that the system wants kept, by its own tags", () => {
    assert.deepEqual(rulesOf({ ...signed, releaseTags: "release-*", keptVersions: 3 }), [
      {
        ...releases,
        description: "Keep 3 releases",
        selection: { ...releases.selection, tagPatternList: ["release-*"], countNumber: 3 },
      },
    ]);
  });

  it("keeps 50 releases whatever signatures and platform images are pushed with each", () => {
    const pushed = Array.from({ length: 60 }, (_, age) => [
      { name: `signature ${String(age)}`, tags: [`sha256-${String(age)}.sig`] },
      { name: `attestation ${String(age)}`, tags: [`sha256-${String(age)}.att`] },
      { name: `bundle ${String(age)}`, tags: [] },
      { name: `arm64 ${String(age)}`, tags: [] },
      { name: `amd64 ${String(age)}`, tags: [] },
      { name: `release ${String(age)}`, tags: [`v1.0.${String(100 - age)}`] },
    ]).flat();
    assert.deepEqual(
      expired(signed, pushed),
      Array.from({ length: 10 }, (_, index) => `release ${String(50 + index)}`),
    );
  });

  it("has no problem when it is sound", () => {
    assert.deepEqual(imageLifecycleProblems(signed), []);
  });

  for (const keptVersions of [0, -1, 1.5, Number.NaN]) {
    it(`is refused when it keeps ${String(keptVersions)} releases`, () => {
      assert.deepEqual(imageLifecycleProblems({ ...signed, keptVersions }), [
        `keptVersions must be a whole number of at least 1, got ${String(keptVersions)}`,
      ]);
    });
  }

  it("is refused when signatures would count, beside any other problem", () => {
    assert.deepEqual(imageLifecycleProblems({ releaseTags: "*", keptVersions: 0, signed: true }), [
      'releaseTags "*" must not match tags that begin with "sha256-": those are signatures, and would count as releases; begin it with what only releases begin with, like "v"',
      "keptVersions must be a whole number of at least 1, got 0",
    ]);
  });
});
