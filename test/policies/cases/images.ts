import { imageLifecycle } from "../../../policies/images/lifecycle";
import { imageRegistry, repositoryComplete } from "../../../policies/images/registry";
import { repositoryProtected, repositorySettings } from "../../../policies/images/repository";
import { stackType } from "../../../policies/stack";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";

const name = "trading-dr/hft/api";
const settings = {
  imageTagMutability: "IMMUTABLE",
  encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: unknown }],
};
const repository = (inputs: Record<string, unknown> = {}) =>
  resource("aws:ecr/repository:Repository", {
    name,
    ...settings,
    imageScanningConfiguration: { scanOnPush: true },
    ...inputs,
  });
const template = (inputs: Record<string, unknown> = {}) =>
  resource("aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate", {
    prefix: "trading-dr/hft",
    ...settings,
    appliedFors: ["REPLICATION"],
    customRoleArn: "arn:aws:iam::1:role/hft-repository-creation-us-east-1",
    ...inputs,
  });

const breakGlassRole = "arn:aws:iam::1:role/hft-break-glass-us-east-1";
const removing = (role: string) => ({
  Effect: "Deny",
  Principal: "*",
  Action: "ecr:BatchDeleteImage",
  Condition: { ArnNotEquals: { "aws:PrincipalArn": role } },
});
const unprotecting = {
  Effect: "Deny",
  Principal: "*",
  Action: ["ecr:DeleteRepository", "ecr:DeleteRepositoryPolicy", "ecr:PutImageTagMutability"],
};
const textOf = (...statements: readonly object[]) => JSON.stringify({ Statement: statements });
const soundPolicy = textOf(removing(breakGlassRole), unprotecting);
const policy = (text: unknown) =>
  resource("aws:ecr/repositoryPolicy:RepositoryPolicy", { repository: name, policy: text });

const releases = (changes: object = {}) => ({
  selection: {
    tagStatus: "tagged",
    tagPatternList: ["v*"],
    countType: "imageCountMoreThan",
    countNumber: 50,
    ...changes,
  },
});
const untagged = (changes: object = {}) => ({
  selection: { tagStatus: "untagged", countType: "sinceImagePushed", countNumber: 90, ...changes },
});
const lifecycle = (...rules: readonly object[]) =>
  resource("aws:ecr/lifecyclePolicy:LifecyclePolicy", {
    repository: name,
    policy: JSON.stringify({ rules }),
  });
const unsigned = { settings: { keptVersions: 50, releaseTags: "v*", signed: false } };

const stack = resource(stackType, {});
const replication = (filters: readonly string[], region = "us-west-2", registryId = "1") =>
  resource("aws:ecr/replicationConfiguration:ReplicationConfiguration", {
    replicationConfiguration: {
      rules: [
        {
          destinations: [{ region, registryId }],
          repositoryFilters: filters.map((filter) => ({ filter })),
        },
      ],
    },
  });
const scanning = (filter: string, scanFrequency = "CONTINUOUS_SCAN") =>
  resource("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", {
    rules: [{ scanFrequency, repositoryFilters: [{ filter }] }],
  });

/** Cases of the rules of image repositories. */
export const imagesCases: readonly RuleCases[] = [
  {
    rule: repositorySettings,
    good: [passes("a repository", repository()), passes("a template", template())],
    bad: [
      breaks("tags that move", repository({ imageTagMutability: "MUTABLE" }), "imageTagMutability"),
      breaks(
        "a key of AWS",
        repository({ encryptionConfigurations: [{ encryptionType: "KMS" }] }),
        "encryptionConfigurations",
      ),
      breaks(
        "another encryption",
        template({ encryptionConfigurations: [{ encryptionType: "AES256", kmsKey: "key" }] }),
        "encryptionConfigurations",
      ),
      breaks(
        "no scan",
        repository({ imageScanningConfiguration: { scanOnPush: false } }),
        "imageScanningConfiguration.scanOnPush",
      ),
      breaks(
        "a template for pulls",
        template({ appliedFors: ["PULL_THROUGH_CACHE"] }),
        "appliedFors",
      ),
    ],
    absent: [
      breaks("nothing said", resource("aws:ecr/repository:Repository", {}), [
        "imageTagMutability",
        "encryptionConfigurations",
        "imageScanningConfiguration.scanOnPush",
      ]),
      breaks("no role", template({ customRoleArn: undefined }), "customRoleArn"),
    ],
    limit: { none: "each setting has one value" },
    unknown: [
      waits("not known", repository({ imageTagMutability: unknown }), "imageTagMutability"),
    ],
  },
  {
    rule: imageLifecycle,
    settings: { keptVersions: 50, releaseTags: "v*", signed: true },
    good: [
      passes("releases are counted", lifecycle(releases())),
      passes("a template", template({ lifecyclePolicy: JSON.stringify({ rules: [releases()] }) })),
      passes(
        "old images without a tag, where nothing is signed",
        lifecycle(releases(), untagged()),
        unsigned,
      ),
      passes("nothing ever expires", lifecycle()),
    ],
    bad: [
      breaks(
        "every image is counted",
        lifecycle(releases({ tagStatus: "any", tagPatternList: undefined })),
        "policy.rules.0.selection.tagStatus",
      ),
      breaks(
        "other tags are counted",
        lifecycle(releases({ tagPatternList: ["*"] })),
        "policy.rules.0.selection.tagStatus",
      ),
      breaks(
        "two patterns, which a tag has to match both",
        lifecycle(releases({ tagPatternList: ["v*", "*-stable"] })),
        "policy.rules.0.selection.tagStatus",
      ),
      breaks(
        "tags are counted by their beginnings",
        lifecycle(releases({ tagPatternList: undefined, tagPrefixList: ["v"] })),
        "policy.rules.0.selection.tagStatus",
      ),
      breaks(
        "releases expire by age",
        lifecycle(releases({ countType: "sinceImagePushed", countNumber: 365 })),
        "policy.rules.0.selection.countNumber",
      ),
      breaks(
        "signatures expire",
        lifecycle(releases(), untagged()),
        "policy.rules.1.selection.tagStatus",
      ),
      breaks(
        "images without a tag are counted",
        lifecycle(untagged({ countType: "imageCountMoreThan" })),
        "policy.rules.0.selection.tagStatus",
        unsigned,
      ),
    ],
    absent: [
      breaks("no text", resource("aws:ecr/lifecyclePolicy:LifecyclePolicy", {}), "policy"),
      breaks("a template without one", template(), "lifecyclePolicy"),
    ],
    limit: [
      breaks(
        "one release fewer",
        lifecycle(releases({ countNumber: 49 })),
        "policy.rules.0.selection.countNumber",
      ),
      breaks(
        "a day less without a tag",
        lifecycle(untagged({ countNumber: 89 })),
        "policy.rules.0.selection.countNumber",
        unsigned,
      ),
    ],
    unknown: [
      waits(
        "not known",
        resource("aws:ecr/lifecyclePolicy:LifecyclePolicy", { policy: unknown }),
        "policy",
      ),
    ],
  },
  {
    rule: repositoryProtected,
    settings: { breakGlassRole },
    good: [
      passes("a repository", repository({ forceDelete: false })),
      passes("its policy", policy(soundPolicy)),
      passes(
        "nobody at all removes images",
        policy(textOf({ ...removing(""), Condition: undefined }, unprotecting)),
      ),
      passes("a template", template({ repositoryPolicy: soundPolicy })),
    ],
    bad: [
      breaks("a repository that may go", { ...repository(), protect: false }, "protect"),
      breaks(
        "a repository that goes with its images",
        repository({ forceDelete: true }),
        "forceDelete",
      ),
      breaks(
        "another role removes images",
        policy(textOf(removing("arn:aws:iam::1:role/deployer"), unprotecting)),
        "policy",
      ),
      breaks(
        "one role is refused alone",
        policy(
          textOf(
            { ...removing(breakGlassRole), Principal: { AWS: "arn:aws:iam::1:root" } },
            unprotecting,
          ),
        ),
        "policy",
      ),
      breaks(
        "tags may be made to move",
        policy(
          textOf(removing(breakGlassRole), {
            ...unprotecting,
            Action: unprotecting.Action.slice(0, 2),
          }),
        ),
        "policy",
      ),
      breaks(
        "a refusal that has a way round it",
        policy(
          textOf(removing(breakGlassRole), {
            ...unprotecting,
            Condition: removing(breakGlassRole).Condition,
          }),
        ),
        ["policy", "policy", "policy"],
      ),
      breaks(
        "what is refused is allowed",
        policy(textOf({ ...removing(breakGlassRole), Effect: "Allow" }, unprotecting)),
        ["policy", "policy"],
      ),
      breaks(
        "everybody may pull",
        policy(
          textOf(removing(breakGlassRole), unprotecting, {
            Effect: "Allow",
            Principal: "*",
            Action: "ecr:BatchGetImage",
          }),
        ),
        "policy",
      ),
    ],
    absent: [
      breaks(
        "a template without a policy",
        template(),
        Array(4).fill("repositoryPolicy") as string[],
      ),
    ],
    limit: { none: "an action is refused, or it is not" },
    unknown: [waits("not known", policy(unknown), "policy")],
  },
  {
    rule: repositoryComplete,
    good: [
      passes("all three", repository(), { beside: [lifecycle(), policy(soundPolicy), template()] }),
    ],
    bad: [
      breaks(
        "those of another repository",
        repository({ name: "trading-dr/hft/recovery" }),
        ["a lifecycle", "a policy"],
        {
          beside: [lifecycle(), policy(soundPolicy), template()],
        },
      ),
      breaks("a template of another system", repository(), "a template for replicas", {
        beside: [lifecycle(), policy(soundPolicy), template({ prefix: "trading-dr/hf" })],
      }),
    ],
    absent: [breaks("none", repository(), ["a lifecycle", "a policy", "a template for replicas"])],
    limit: { none: "they are there, or they are not" },
    unknown: [waits("not known", repository({ name: unknown }), "name")],
  },
  {
    rule: imageRegistry,
    settings: { copiesTo: "us-west-2", account: "1", prefix: "trading-dr/" },
    good: [
      passes("all systems' repositories", stack, {
        beside: [replication(["trading-dr/"]), scanning("trading-dr/*")],
      }),
      passes("everything", stack, { beside: [replication([]), scanning("*")] }),
      passes("other rules, filters and destinations beside", stack, {
        beside: [
          resource("aws:ecr/replicationConfiguration:ReplicationConfiguration", {
            replicationConfiguration: {
              rules: [
                { destinations: [{ region: "eu-west-1", registryId: "1" }] },
                {
                  destinations: [
                    { region: "eu-west-1", registryId: "1" },
                    { region: "us-west-2", registryId: "1" },
                  ],
                  repositoryFilters: [{ filter: "other/" }, { filter: "trading-dr/" }],
                },
              ],
            },
          }),
          resource("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", {
            rules: [
              { scanFrequency: "SCAN_ON_PUSH", repositoryFilters: [{ filter: "*" }] },
              {
                scanFrequency: "CONTINUOUS_SCAN",
                repositoryFilters: [{ filter: "other/*" }, { filter: "trading-dr/*" }],
              },
            ],
          }),
        ],
      }),
      passes("more than they are", stack, { beside: [replication(["trading"]), scanning("*")] }),
    ],
    bad: [
      breaks("one system's repositories", stack, "a replication rule", {
        beside: [replication(["trading-dr/hft/"]), scanning("*")],
      }),
      breaks("to another region", stack, "a replication rule", {
        beside: [replication(["trading-dr/"], "eu-west-1"), scanning("*")],
      }),
      breaks("to another account", stack, "a replication rule", {
        beside: [replication(["trading-dr/"], "us-west-2", "2"), scanning("*")],
      }),
      breaks("scanned by hand", stack, "a scanning rule", {
        beside: [replication([]), scanning("*", "MANUAL")],
      }),
      breaks("some are scanned", stack, "a scanning rule", {
        beside: [replication([]), scanning("trading-dr/hft/*")],
      }),
    ],
    absent: [breaks("neither", stack, ["a replication rule", "a scanning rule"])],
    limit: { none: "a prefix covers a name, or it does not" },
    unknown: [
      waits("not known", stack, "replicationConfiguration", {
        beside: [
          resource("aws:ecr/replicationConfiguration:ReplicationConfiguration", {
            replicationConfiguration: unknown,
          }),
        ],
      }),
    ],
  },
];
