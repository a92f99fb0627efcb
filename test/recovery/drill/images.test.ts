import assert from "node:assert/strict";
import { judgeImages } from "../../../recovery/drill/images";

const digest = `sha256:${"1".repeat(64)}`;
const other = `sha256:${"2".repeat(64)}`;
const repository = "trading-dr/lab/api";
const pushed = (imageDigest: string, imageTags: string[], day: number) => ({
  imageDigest,
  imageTags,
  imagePushedAt: new Date(Date.UTC(2026, 10, day)),
});

describe("what is in a repository of the region", () => {
  it("passes when every image that is named by its digest is there", () => {
    const due = { repository, digests: [digest, other], releaseTags: "v*" };
    const images = [pushed(digest, ["v1.0.0"], 1), pushed(other, [], 2)];
    assert.equal(judgeImages(due, images).mend, undefined);
    const lacking = judgeImages(due, images.slice(0, 1));
    assert.match(lacking.found, new RegExp(`lacks ${other}$`));
    assert.ok(lacking.mend);
  });

  it("passes when there is a release, and names the one that was pushed last", () => {
    const due = { repository, digests: [], releaseTags: "v*.*" };
    const images = [
      pushed(digest, ["v1.9", "latest"], 3),
      pushed(other, ["v1.10"], 2),
      pushed("sha256:3", ["sha256-1111.sig"], 4),
    ];
    assert.deepEqual(judgeImages(due, images), {
      found: `the newest release in ${repository} is v1.9, pushed 2026-11-03T00:00:00.000Z`,
    });
  });

  it("takes no signature for a release, and no dot of the pattern for any character", () => {
    const due = { repository, digests: [], releaseTags: "v*.*" };
    const images = [pushed(digest, ["sha256-1111.sig"], 1), pushed(other, ["v1x0", "xv1.0"], 2)];
    const finding = judgeImages(due, images);
    assert.match(finding.found, /has no release, tagged like v\*\.\*$/);
    assert.ok(finding.mend);
  });

  it("does not pass when there is no repository", () => {
    const finding = judgeImages({ repository, digests: [digest], releaseTags: "v*" }, undefined);
    assert.match(finding.found, /there is no repository trading-dr\/lab\/api in this region/);
    assert.ok(finding.mend);
  });
});
