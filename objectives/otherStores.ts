import { recordPrefix } from "../contracts/objectKeys";
import { assumptions } from "./assumptions";
import { boundOf, endless, none } from "./bound";
import { type CopiedStore, offlineRestores, restores } from "./copies";
import {
  accountOf,
  type Declared,
  type DeclaredResource,
  type DeclaredStack,
  inputsOf,
  listAt,
  numberAt,
  textAt,
} from "./declared";
import {
  answered,
  type Recovery,
  regionGivenUp,
  type Situation,
  unrecoverable,
  untouched,
} from "./recovery";
import { isVersioned, notOffline, replicationOf, retrievalTerms } from "./replication";

/**
 * How the stores come back whose data AWS keeps in all zones of a region: what takes no more than a zone
 * does not touch them.
 */

/**
 * How records in a bucket come back.
 *
 * @param hasWriter False where the system relies on a copy that is written every so often, and nothing
 *   that is declared writes it.
 */
export function objectRecoveries(
  store: string,
  hasWriter: boolean,
  situation: Situation,
): Recovery[] {
  const { declared } = situation;
  const { active, other, archive } = declared;
  const prefix = recordPrefix(store);
  const rule = lifecycleRules(active).find(({ rulePrefix }) => rulePrefix === prefix);
  if (!hasWriter) {
    return [unrecoverable("nothing that is declared writes it")];
  }
  if (rule === undefined) {
    return [unrecoverable(`no bucket for ${store} is declared in ${active.region}`)];
  }
  const { bucket } = rule;
  const records = { bucket, prefix };
  switch (situation.scenario) {
    case "corruption":
    case "operator-error":
      return isVersioned(active, bucket)
        ? [
            {
              mechanism: `old versions, kept ${String(rule.oldVersionDays)} days`,
              rpo: none("every version is kept"),
              rto: boundOf(answered(situation), ...retrievalTerms(active, records)),
            },
          ]
        : [unrecoverable("old versions are not kept")];
    case "region": {
      const copied = replicationOf(declared, records, other);
      if (!copied.arrives) {
        return [unrecoverable(copied.why)];
      }
      const copies = { bucket: copied.bucket, prefix };
      return [
        {
          mechanism: "replication",
          asynchronous: true,
          rpo: boundOf(copied.time),
          rto: boundOf(...regionGivenUp(situation), ...retrievalTerms(other, copies)),
        },
      ];
    }
    case "ransomware": {
      const why = notOffline(declared);
      if (why !== undefined) {
        return [unrecoverable(why)];
      }
      const copied = replicationOf(declared, records, archive);
      if (!copied.arrives) {
        return [unrecoverable(copied.why)];
      }
      const copies = { bucket: copied.bucket, prefix };
      return [
        {
          mechanism: "replication to the archive's account",
          asynchronous: true,
          rpo: boundOf(copied.time),
          rto: boundOf(answered(situation), ...retrievalTerms(archive, copies)),
        },
      ];
    }
    default:
      return [untouched("S3 has acknowledged objects in three zones")];
  }
}

function lifecycleRules(stack: DeclaredStack) {
  return inputsOf(
    stack,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  ).flatMap((inputs) =>
    listAt(inputs, "rules").map((rule) => ({
      bucket: textAt(inputs, "bucket") ?? "",
      rulePrefix: textAt(rule, "filter", "prefix"),
      oldVersionDays: numberAt(rule, "noncurrentVersionExpiration", "noncurrentDays") ?? 0,
    })),
  );
}

/** How a namespace's configuration comes back. */
export function configurationRecoveries(store: string, situation: Situation): Recovery[] {
  const copied: CopiedStore = {
    store,
    command: ["trading-dr", "snapshot", "configuration"],
    title: "configuration snapshots",
    load: [[assumptions.configurationRestore.seconds, "to apply it"]],
  };
  switch (situation.scenario) {
    case "corruption":
    case "operator-error":
      return restores(copied, situation);
    case "region":
      return restores(copied, situation, situation.declared.other);
    case "ransomware":
      return offlineRestores(copied, situation);
    default:
      return [untouched("EKS keeps it in three zones")];
  }
}

/** How container images come back. */
export function imageRecoveries(situation: Situation): Recovery[] {
  const { active } = situation.declared;
  if (repositoriesOf(active).length === 0) {
    return [unrecoverable(`no repository is declared in ${active.region}`)];
  }
  switch (situation.scenario) {
    case "corruption":
    case "operator-error":
      return [
        areKept(active)
          ? untouched("tags are immutable, and nobody but the break-glass role removes images")
          : unrecoverable("images may be overwritten or removed"),
      ];
    case "region":
      return [registryReplication(situation)];
    case "ransomware":
      return [unrecoverable("no images are copied to another account")];
    default:
      return [untouched("ECR keeps images in three zones")];
  }
}

function repositoriesOf(stack: DeclaredStack): { name: string; tags: string | undefined }[] {
  return inputsOf(stack, "aws:ecr/repository:Repository").map((inputs) => ({
    name: textAt(inputs, "name") ?? "",
    tags: textAt(inputs, "imageTagMutability"),
  }));
}

/** Whether nobody overwrites or removes images: in no repository, by its own policy. */
function areKept(stack: DeclaredStack): boolean {
  const policies = inputsOf(stack, "aws:ecr/repositoryPolicy:RepositoryPolicy");
  return repositoriesOf(stack).every(
    ({ name, tags }) =>
      tags === "IMMUTABLE" &&
      policies.some((inputs) => textAt(inputs, "repository") === name && refusesRemoval(inputs)),
  );
}

function refusesRemoval(inputs: DeclaredResource["inputs"]): boolean {
  const policy: unknown = JSON.parse(textAt(inputs, "policy") ?? "{}");
  return listAt(policy, "Statement").some(
    (statement) =>
      textAt(statement, "Effect") === "Deny" &&
      [textAt(statement, "Action"), ...listAt(statement, "Action")].includes(
        "ecr:BatchDeleteImage",
      ),
  );
}

/**
 * A registry has one replication in a region, for the images of all systems. The system that owns it
 * declares it; what the others see of it is that they declare none.
 */
function registryReplication(situation: Situation): Recovery {
  const { declared } = situation;
  const { active, other } = declared;
  const settings = inputsOf(active, "aws:ecr/replicationConfiguration:ReplicationConfiguration");
  const rules = settings.flatMap((inputs) => listAt(inputs, "replicationConfiguration", "rules"));
  const left = repositoriesOf(active).find(
    ({ name }) => !rules.some((rule) => copiesImages(rule, name, declared)),
  );
  if (repositoriesOf(other).length === 0) {
    return unrecoverable(`no repository is declared in ${other.region}`);
  }
  if (settings.length > 0 && left !== undefined) {
    return unrecoverable(`nothing copies images of ${left.name} to ${other.region}`);
  }
  return {
    mechanism:
      settings.length > 0
        ? "registry replication"
        : "registry replication, by another system's registry settings",
    asynchronous: true,
    rpo: boundOf(endless("AWS gives no bound for the time of registry replication")),
    rto: boundOf(...regionGivenUp(situation)),
  };
}

/** Whether a registry's rule copies a repository's images to the other region's registry. */
function copiesImages(rule: unknown, name: string, { other }: Declared): boolean {
  const filters = listAt(rule, "repositoryFilters").map((entry) => textAt(entry, "filter"));
  return (
    listAt(rule, "destinations").some(
      (destination) =>
        textAt(destination, "region") === other.region &&
        textAt(destination, "registryId") === accountOf(other),
    ) &&
    // A rule without a filter is for all repositories.
    (filters.length === 0 ||
      filters.some((prefix) => prefix !== undefined && name.startsWith(prefix)))
  );
}
