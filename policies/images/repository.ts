import { z } from "zod";
import { roleArn } from "../../contracts/names";
import { statementsOf } from "../documents";
import { protectionFindings } from "../protection";
import { type Finding, rule } from "../rule";
import { isSet, isTrueAt, listAt, textAt } from "../values";

const repositoryType = "aws:ecr/repository:Repository";
const templateType = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate";

/** What a release is cannot change behind its tag, and what is in it is looked at. */
export const repositorySettings = rule({
  id: "image-repository-settings",
  severity: "high",
  scope: "resource",
  description:
    "Tags of images are never overwritten, images are encrypted with the region's own key and scanned on push; what ECR makes for replicas is the same.",
  serves: "images in the standby region are those that were released",
  peers: [
    "CKV_AWS_163",
    "CKV_AWS_51",
    "CKV_AWS_136",
    "ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED",
    "ECR_PRIVATE_IMAGE_SCANNING_ENABLED",
    "ECR_REPOSITORY_CMK_ENCRYPTION_ENABLED",
    "ecr_registry_scan_images_on_push_enabled",
  ],
  types: [repositoryType, templateType],
  example: {
    good: 'imageTagMutability: "IMMUTABLE", encryptionConfigurations: [{ encryptionType: "KMS", kmsKey }]',
    bad: 'imageTagMutability: "MUTABLE"',
  },
  *check({ type, inputs }) {
    const mutability = textAt(inputs, "imageTagMutability");
    if (mutability !== "IMMUTABLE") {
      yield {
        setting: "imageTagMutability",
        ...(mutability === undefined ? {} : { found: mutability }),
        required: "IMMUTABLE",
        mend: "set it; what has to move, a digest names",
      };
    }
    const encryption = textAt(inputs, "encryptionConfigurations", 0, "encryptionType");
    if (encryption !== "KMS" || !isSet(inputs, "encryptionConfigurations", 0, "kmsKey")) {
      yield {
        setting: "encryptionConfigurations",
        ...(encryption === undefined ? {} : { found: encryption }),
        required: "KMS with the region's key for images",
        mend: "pass it the key's ARN; it can be set only when the repository is made",
      };
    }
    if (type === repositoryType) {
      if (!isTrueAt(inputs, "imageScanningConfiguration", "scanOnPush")) {
        yield {
          setting: "imageScanningConfiguration.scanOnPush",
          required: "true",
          mend: "set it; the registry's own settings may ask for more",
        };
      }
      return;
    }
    if (!listAt(inputs, "appliedFors").includes("REPLICATION")) {
      yield {
        setting: "appliedFors",
        required: "REPLICATION among them",
        mend: "set it: it is for replicas that ECR makes repositories",
      };
    }
    if (!isSet(inputs, "customRoleArn")) {
      yield {
        setting: "customRoleArn",
        required: "the role that may use the key, without which ECR makes no repository",
        mend: "name the role for repository creation",
      };
    }
  },
});

/** Removing images by hand is the break-glass role's. */
export const repositoryProtected = rule({
  id: "image-repository-protected",
  severity: "critical",
  scope: "resource",
  description:
    "Nobody but the break-glass role removes images, nobody at all the repository, its policy or the mark of its tags, and nobody outside reads them.",
  serves: "images in the standby region are those that were released",
  peers: ["CKV_AWS_32"],
  types: [repositoryType, "aws:ecr/repositoryPolicy:RepositoryPolicy", templateType],
  example: {
    good: 'Deny ecr:BatchDeleteImage to "*", but for the break-glass role; protect: true',
    bad: "forceDelete: true, protect: false",
  },
  settings: z.strictObject({
    /** ARN of the region's break-glass role. */
    breakGlassRole: z.string(),
  }),
  settingsFor: ({ name, configuration: { system, settings, region } }) =>
    name === "prod" || name === "dr"
      ? {
          breakGlassRole: roleArn("break-glass", {
            system: system.id,
            region,
            account: settings.accounts.trading,
          }),
        }
      : undefined,
  *check({ type, inputs, protect }, { settings: { breakGlassRole } }) {
    yield* protectionFindings({ protect });
    if (type === repositoryType) {
      if (isTrueAt(inputs, "forceDelete")) {
        yield { setting: "forceDelete", found: true, required: "false", mend: "remove it" };
      }
      return;
    }
    const setting = type === templateType ? "repositoryPolicy" : "policy";
    yield* policyFindings(setting, textAt(inputs, setting), breakGlassRole);
  },
});

/** What nobody may do to a repository, the break-glass role included. */
const refusedToAll = [
  "ecr:DeleteRepository",
  "ecr:DeleteRepositoryPolicy",
  "ecr:PutImageTagMutability",
];

function* policyFindings(
  setting: string,
  policy: string | undefined,
  breakGlassRole: string,
): Iterable<Finding> {
  const statements = statementsOf(policy);
  const refused = (action: string, conditions: string) =>
    statements.some(
      (statement) =>
        statement.effect === "Deny" &&
        statement.principals.includes("*") &&
        statement.actions.includes(action) &&
        JSON.stringify(statement.conditions) === conditions,
    );
  const butBreakGlass = JSON.stringify({
    ArnNotEquals: { "aws:PrincipalArn": [breakGlassRole] },
  });
  const everybody = JSON.stringify({});
  if (
    !refused("ecr:BatchDeleteImage", butBreakGlass) &&
    !refused("ecr:BatchDeleteImage", everybody)
  ) {
    yield {
      setting,
      required: "a refusal of ecr:BatchDeleteImage to all but the region's break-glass role",
      mend: "take repositoryPolicy's text",
    };
  }
  for (const action of refusedToAll) {
    if (!refused(action, everybody)) {
      yield {
        setting,
        required: `a refusal of ${action} to everybody`,
        mend: "take repositoryPolicy's text",
      };
    }
  }
  if (statements.some(({ effect }) => effect === "Allow")) {
    yield {
      setting,
      found: "one that allows something",
      required: "refusals alone: roles of the account are allowed by their own policies",
      mend: "remove what allows",
    };
  }
}
