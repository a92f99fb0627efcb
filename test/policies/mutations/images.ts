import { type Mutation } from "../mutation";

const repository = "aws:ecr/repository:Repository";
const lifecycle = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
const template = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate";

/** Mutations of image repositories. */
export const imagesMutations: readonly Mutation[] = [
  {
    title: "tags that may be overwritten",

    stack: "prod",
    change: (declared) => {
      declared.set(repository, "image-repository-api", "imageTagMutability", "MUTABLE");
    },
    trips: ["image-repository-settings"],
  },
  {
    title: "images that nobody scans",

    stack: "dr",
    change: (declared) => {
      declared.set(
        repository,
        "image-repository-api",
        "imageScanningConfiguration.scanOnPush",
        false,
      );
    },
    trips: ["image-repository-settings"],
  },
  {
    title: "replicas under a key of AWS",

    stack: "dr",
    change: (declared) => {
      declared.set(template, undefined, "encryptionConfigurations", [{ encryptionType: "AES256" }]);
    },
    trips: ["image-repository-settings"],
  },
  {
    title: "ten releases",

    stack: "prod",
    change: (declared) => {
      const kept = declared.one(lifecycle);
      kept.inputs["policy"] = String(kept.inputs["policy"]).replace(
        '"countNumber":50',
        '"countNumber":10',
      );
    },
    trips: ["image-lifecycle"],
  },
  {
    title: "signatures that are counted",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      const kept = declared.one(lifecycle);
      kept.inputs["policy"] = String(kept.inputs["policy"]).replace('"v*"', '"*"');
    },
    trips: ["image-lifecycle"],
  },
  {
    title: "replicas that never expire, and are never counted",

    stack: "dr",
    change: (declared) => {
      declared.set(template, undefined, "lifecyclePolicy", undefined);
    },
    trips: ["image-lifecycle"],
  },
  {
    title: "a repository that goes with its images",

    stack: "prod",
    change: (declared) => {
      declared.set(repository, "image-repository-recovery", "forceDelete", true);
    },
    trips: ["image-repository-protected"],
  },
  {
    title: "images that a deployer removes",

    stack: "dr",
    change: (declared) => {
      const policy = declared.one("aws:ecr/repositoryPolicy:RepositoryPolicy");
      policy.inputs["policy"] = String(policy.inputs["policy"]).replace("break-glass", "deployer");
    },
    trips: ["image-repository-protected"],
  },
  {
    title: "replicas that anybody removes",

    stack: "prod",
    change: (declared) => {
      declared.set(template, undefined, "repositoryPolicy", undefined);
    },
    trips: ["image-repository-protected"],
  },
  {
    title: "a repository without a lifecycle",

    stack: "prod",
    change: (declared) => {
      declared.remove(lifecycle);
    },
    trips: ["image-repository-complete"],
  },
  {
    title: "a repository without a policy",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      declared.remove("aws:ecr/repositoryPolicy:RepositoryPolicy");
    },
    trips: ["image-repository-complete"],
  },
  {
    title: "no template in the standby region",

    stack: "dr",
    change: (declared) => {
      declared.remove(template);
    },
    trips: ["image-repository-complete", "placement-symmetry"],
  },
  {
    title: "copies of one repository",

    stack: "prod",
    change: (declared) => {
      declared.set(
        "aws:ecr/replicationConfiguration:ReplicationConfiguration",
        undefined,
        "replicationConfiguration.rules.0.repositoryFilters.0.filter",
        "trading-dr/market-scanning/api",
      );
    },
    trips: ["image-registry"],
  },
  {
    title: "no copies back from the standby region",

    stack: "dr",
    change: (declared) => {
      declared.remove("aws:ecr/replicationConfiguration:ReplicationConfiguration");
    },
    trips: ["image-registry"],
  },
  {
    title: "a registry that nobody scans",

    stack: "prod",
    change: (declared) => {
      declared.remove("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration");
    },
    trips: ["image-registry"],
  },
  {
    title: "a repository that the standby region does not have",

    stack: "dr",
    change: (declared) => {
      declared.remove(repository, "image-repository-api");
    },
    trips: ["placement-symmetry"],
  },
];
