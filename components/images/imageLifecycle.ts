import { releaseTagProblems } from "../../contracts/imageTags";

/** Which images of a repository are kept. */
export interface ImageLifecycle {
  /** Pattern of the tags of releases, `v*`. Only images with such a tag are counted. */
  readonly releaseTags: string;
  /** Releases kept, the youngest first. */
  readonly keptVersions: number;
  /** Whether images are signed. Then images without a tag are kept, for signatures may have none. */
  readonly signed: boolean;
}

/** Days that an image without a tag is kept where nothing is signed: a quarter, to notice it. */
const untaggedDays = 90;

/**
 * The lifecycle of a repository, as text. ECR counts every manifest that a rule selects, so the rule
 * that counts selects releases only: neither signatures, which have tags of their own or none, nor
 * the platform images of an index, which have none, take a release's place.
 *
 * ECR does not let a platform image expire while an index names it. For signatures without a tag it
 * promises only that they go with their image, not that a rule for images without a tag leaves them
 * alone until then: where images are signed there is no such rule.
 */
export function imageLifecyclePolicy({
  releaseTags,
  keptVersions,
  signed,
}: ImageLifecycle): string {
  const expire = { type: "expire" };
  const releases = {
    rulePriority: 1,
    description: `Keep ${String(keptVersions)} releases`,
    selection: {
      tagStatus: "tagged",
      tagPatternList: [releaseTags],
      countType: "imageCountMoreThan",
      countNumber: keptVersions,
    },
    action: expire,
  };
  const untagged = {
    rulePriority: 2,
    description: `Expire what has had no tag for ${String(untaggedDays)} days`,
    selection: {
      tagStatus: "untagged",
      countType: "sinceImagePushed",
      countUnit: "days",
      countNumber: untaggedDays,
    },
    action: expire,
  };
  return JSON.stringify({ rules: signed ? [releases] : [releases, untagged] });
}

/** Everything wrong with a lifecycle; empty when it is sound. */
export function imageLifecycleProblems({ releaseTags, keptVersions }: ImageLifecycle): string[] {
  return [
    ...releaseTagProblems(releaseTags).map((problem) => `releaseTags "${releaseTags}" ${problem}`),
    ...(Number.isInteger(keptVersions) && keptVersions >= 1
      ? []
      : [`keptVersions must be a whole number of at least 1, got ${String(keptVersions)}`]),
  ];
}
