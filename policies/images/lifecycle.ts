import { z } from "zod";
import { type StoreOf } from "../../config/stores";
import { type System } from "../../config/system";
import { rule } from "../rule";
import { textAt } from "../values";

const templateType = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate";

/** The system's images; a system has one store of them at most. */
export function imagesOf(system: System): StoreOf<"images"> | undefined {
  return Object.values(system.stores).find((store) => store.kind === "images");
}

/** A rule of a lifecycle, as ECR has it. */
interface LifecycleRule {
  readonly selection: {
    readonly tagStatus: "tagged" | "untagged" | "any";
    readonly tagPatternList?: readonly string[];
    readonly tagPrefixList?: readonly string[];
    readonly countType: string;
    readonly countNumber: number;
  };
}

/**
 * Days that an image without a tag is kept at least: the notice that PCI DSS 4.0 (11.3.1) gives by asking
 * for a look at what runs once in three months.
 */
const untaggedDays = 90;

/** What runs may be older than the newest releases; what was never released is no release. */
export const imageLifecycle = rule({
  id: "image-lifecycle",
  severity: "critical",
  scope: "resource",
  description:
    "As many releases are kept as the system's file says, counted by their tags alone; a signature takes no release's place, and none expires.",
  serves: "the releases that images has to keep",
  peers: ["ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED"],
  types: ["aws:ecr/lifecyclePolicy:LifecyclePolicy", templateType],
  example: {
    good: '{ tagStatus: "tagged", tagPatternList: ["v*"], countType: "imageCountMoreThan", countNumber: 50 }',
    bad: '{ tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10 }',
  },
  settings: z.strictObject({
    /** Releases kept: `keptVersions`. */
    keptVersions: z.int(),
    /** Pattern of the tags of releases: `releaseTags`. */
    releaseTags: z.string(),
    /** True when images are signed, and signatures may have no tag. */
    signed: z.boolean(),
  }),
  settingsFor: ({ configuration }) => {
    const images = imagesOf(configuration.system);
    return images === undefined
      ? undefined
      : {
          keptVersions: images.keptVersions,
          releaseTags: images.releaseTags,
          signed: images.signed,
        };
  },
  *check({ type, inputs }, { settings: { keptVersions, releaseTags, signed } }) {
    const setting = type === templateType ? "lifecyclePolicy" : "policy";
    const text = textAt(inputs, setting);
    if (text === undefined) {
      yield {
        setting,
        required: `one that keeps ${String(keptVersions)} releases`,
        mend: "take imageLifecyclePolicy's text",
      };
      return;
    }
    const { rules } = JSON.parse(text) as { readonly rules: readonly LifecycleRule[] };
    for (const [index, { selection }] of rules.entries()) {
      const { tagStatus, tagPatternList = [], countType, countNumber } = selection;
      const of = `${setting}.rules.${String(index)}.selection`;
      const isOfReleases =
        tagStatus === "tagged" && tagPatternList.length === 1 && tagPatternList[0] === releaseTags;
      if (isOfReleases && (countType !== "imageCountMoreThan" || countNumber < keptVersions)) {
        yield {
          setting: `${of}.countNumber`,
          found: countType === "imageCountMoreThan" ? countNumber : countType,
          required: `${String(keptVersions)} images at least, and no age: what runs may be old`,
          mend: "set keptVersions in the system's file",
        };
      }
      if (!isOfReleases && tagStatus !== "untagged") {
        yield {
          setting: `${of}.tagStatus`,
          found: tagStatus,
          required: `tagged, with the pattern ${releaseTags} alone`,
          mend: "let nothing but releases be counted: a signature has a tag too",
        };
      }
      if (tagStatus === "untagged" && (signed || countType !== "sinceImagePushed")) {
        yield {
          setting: `${of}.tagStatus`,
          found: tagStatus,
          required: signed
            ? "tagged: a signature may have no tag"
            : "untagged by age alone: platform images of an index have no tag",
          mend: "remove the rule",
        };
      } else if (tagStatus === "untagged" && countNumber < untaggedDays) {
        yield {
          setting: `${of}.countNumber`,
          found: countNumber,
          required: `${String(untaggedDays)} days at least`,
          mend: "raise it",
        };
      }
    }
  },
});
