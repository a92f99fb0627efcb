import { z } from "zod";
import { repositoryNamespace } from "../../contracts/names";
import { tradingRegionOf } from "../places";
import { rule } from "../rule";
import { stackType } from "../stack";
import { listAt, textAt } from "../values";

/** Replication carries images and no settings: each region has its own. */
export const repositoryComplete = rule({
  id: "image-repository-complete",
  severity: "high",
  scope: "stack",
  description:
    "Every repository has a lifecycle and a policy, and a template covers those that ECR makes for replicas nobody declared.",
  serves: "the releases that images has to keep",
  peers: ["ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED"],
  types: ["aws:ecr/repository:Repository"],
  example: {
    good: "new aws.ecr.LifecyclePolicy(…); new aws.ecr.RepositoryPolicy(…)",
    bad: "a repository alone",
  },
  settingsFor: (environment) => (tradingRegionOf(environment) === undefined ? undefined : {}),
  *check({ inputs }, { stack }) {
    const repository = textAt(inputs, "name") ?? "";
    for (const [type, what] of [
      ["aws:ecr/lifecyclePolicy:LifecyclePolicy", "a lifecycle"],
      ["aws:ecr/repositoryPolicy:RepositoryPolicy", "a policy"],
    ] as const) {
      if (!stack.ofType(type).some((other) => textAt(other.inputs, "repository") === repository)) {
        yield {
          setting: what,
          required: "declared for the repository",
          mend: "declare it by ImageRepository",
        };
      }
    }
    const prefixes = stack
      .ofType("aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate")
      .map((template) => textAt(template.inputs, "prefix") ?? "");
    if (!prefixes.some((prefix) => repository.startsWith(`${prefix}/`))) {
      yield {
        setting: "a template for replicas",
        required: "declared, with a prefix that the repository's name begins with",
        mend: "declare RepositoryTemplate",
      };
    }
  },
});

/** An account's registry has its settings only once in a region. */
export const imageRegistry = rule({
  id: "image-registry",
  severity: "critical",
  scope: "stack",
  description:
    "The system that owns the registry's settings copies every repository of the trading systems to the other region, and has them scanned.",
  serves: "images in the standby region are those that were released",
  peers: ["ecr_registry_scan_images_on_push_enabled"],
  types: [stackType],
  example: {
    good: 'repositoryFilters: [{ filter: "trading-dr/", filterType: "PREFIX_MATCH" }]',
    bad: 'repositoryFilters: [{ filter: "trading-dr/market-scanning/api", filterType: "PREFIX_MATCH" }]',
  },
  settings: z.strictObject({
    /** Region that gets a copy of every image. */
    copiesTo: z.string(),
    /** Its account. */
    account: z.string(),
    /** What the names of all trading systems' repositories begin with. */
    prefix: z.string(),
  }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    return region?.system.owns.includes("image-registry") === true
      ? {
          copiesTo: region.other.region,
          account: region.other.account,
          prefix: `${repositoryNamespace}/`,
        }
      : undefined;
  },
  *check(_, { settings: { copiesTo, account, prefix }, stack }) {
    const copies = stack
      .ofType("aws:ecr/replicationConfiguration:ReplicationConfiguration")
      .some(({ inputs }) => replicates(inputs, copiesTo, account, prefix));
    if (!copies) {
      yield {
        setting: "a replication rule",
        required: `for everything below ${prefix}, to ${copiesTo} in the same account`,
        mend: "declare ImageRegistry",
      };
    }
    const scans = stack
      .ofType("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration")
      .some(({ inputs }) =>
        [...listAt(inputs, "rules").keys()].some(
          (index) =>
            textAt(inputs, "rules", index, "scanFrequency") === "CONTINUOUS_SCAN" &&
            [...listAt(inputs, "rules", index, "repositoryFilters").keys()].some((filter) =>
              [`${prefix}*`, "*"].includes(
                textAt(inputs, "rules", index, "repositoryFilters", filter, "filter") ?? "",
              ),
            ),
        ),
      );
    if (!scans) {
      yield {
        setting: "a scanning rule",
        required: `CONTINUOUS_SCAN for everything below ${prefix}`,
        mend: "declare ImageRegistry",
      };
    }
  },
});

/** True where one replication rule copies everything below a prefix; a rule without filters does. */
function replicates(inputs: unknown, region: string, account: string, prefix: string): boolean {
  const path = ["replicationConfiguration", "rules"] as const;
  return [...listAt(inputs, ...path).keys()].some((index) => {
    const filters = listAt(inputs, ...path, index, "repositoryFilters");
    const leads = [...listAt(inputs, ...path, index, "destinations").keys()].some(
      (destination) =>
        textAt(inputs, ...path, index, "destinations", destination, "region") === region &&
        textAt(inputs, ...path, index, "destinations", destination, "registryId") === account,
    );
    const covers = [...filters.keys()].some((filter) =>
      prefix.startsWith(
        textAt(inputs, ...path, index, "repositoryFilters", filter, "filter") ?? "-",
      ),
    );
    return leads && (covers || filters.length === 0);
  });
}
