import { recordPrefix } from "../contracts/objectKeys";
import { assumptions } from "./assumptions";
import { boundOf, endless, none } from "./bound";
import {
  type CopiedStore,
  notCopied,
  notOffline,
  offlineRestores,
  replicationOf,
  restores,
  retrievalTerms,
} from "./copies";
import { type DeclaredStack, inputsOf, listAt, numberAt, textAt } from "./declared";
import {
  answered,
  type Recovery,
  regionGivenUp,
  type Situation,
  unrecoverable,
  untouched,
} from "./recovery";

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
  switch (situation.scenario) {
    case "corruption":
    case "operator-error":
      return isVersioned(active, bucket)
        ? [
            {
              mechanism: `old versions, kept ${String(rule.oldVersionDays)} days`,
              rpo: none("every version is kept"),
              rto: boundOf(answered(situation), ...retrievalTerms(active, bucket, prefix)),
            },
          ]
        : [unrecoverable("old versions are not kept")];
    case "region": {
      const copied = replicationOf(declared, bucket, other);
      if (copied === undefined) {
        return [notCopied(bucket, other)];
      }
      return [
        {
          mechanism: "replication",
          asynchronous: true,
          rpo: boundOf(copied.time),
          rto: boundOf(
            ...regionGivenUp(situation),
            ...retrievalTerms(other, copied.bucket, prefix),
          ),
        },
      ];
    }
    case "ransomware": {
      const why = notOffline(declared);
      if (why !== undefined) {
        return [unrecoverable(why)];
      }
      const copied = replicationOf(declared, bucket, archive);
      if (copied === undefined) {
        return [notCopied(bucket, archive)];
      }
      return [
        {
          mechanism: "replication to the archive's account",
          asynchronous: true,
          rpo: boundOf(copied.time),
          rto: boundOf(answered(situation), ...retrievalTerms(archive, copied.bucket, prefix)),
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

function isVersioned(stack: DeclaredStack, bucket: string): boolean {
  return inputsOf(stack, "aws:s3/bucketVersioning:BucketVersioning").some(
    (inputs) =>
      textAt(inputs, "bucket") === bucket &&
      textAt(inputs, "versioningConfiguration", "status") === "Enabled",
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
  const { active, other } = situation.declared;
  const repositories = inputsOf(active, "aws:ecr/repository:Repository");
  if (repositories.length === 0) {
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
      return [
        inputsOf(other, "aws:ecr/repository:Repository").length === 0
          ? unrecoverable(`no repository is declared in ${other.region}`)
          : {
              mechanism: "registry replication",
              asynchronous: true,
              rpo: boundOf(endless("AWS gives no bound for the time of registry replication")),
              rto: boundOf(...regionGivenUp(situation)),
            },
      ];
    case "ransomware":
      return [unrecoverable("no images are copied to another account")];
    default:
      return [untouched("ECR keeps images in three zones")];
  }
}

function areKept(stack: DeclaredStack): boolean {
  const policies = inputsOf(stack, "aws:ecr/repositoryPolicy:RepositoryPolicy");
  const repositories = inputsOf(stack, "aws:ecr/repository:Repository");
  return (
    repositories.every((inputs) => textAt(inputs, "imageTagMutability") === "IMMUTABLE") &&
    policies.length >= repositories.length &&
    policies.every((inputs) => textAt(inputs, "policy")?.includes("ecr:BatchDeleteImage") === true)
  );
}
