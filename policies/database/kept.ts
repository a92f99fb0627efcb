import { z } from "zod";
import { type Finding, rule } from "../rule";
import { isSet, isTrueAt, textAt, valueAt } from "../values";
import { releasedPatterns } from "./current";

const clusterType = "aws:rds/cluster:Cluster";
const instanceType = "aws:rds/instance:Instance";
const globalType = "aws:rds/globalCluster:GlobalCluster";
const memberType = "aws:rds/clusterInstance:ClusterInstance";

/** A database is never deleted by a change. */
export const databaseKept = rule({
  id: "database-kept",
  severity: "critical",
  scope: "resource",
  description:
    "A database refuses to be deleted, in AWS and in Pulumi, leaves a final snapshot and its automated backups if it is deleted all the same, and tags its snapshots.",
  serves: "retention, and the operator-error scenario",
  peers: [
    "CKV_AWS_139",
    "CKV_AWS_313",
    "CKV2_AWS_60",
    "RDS_CLUSTER_DELETION_PROTECTION_ENABLED",
    "rds_cluster_deletion_protection",
  ],
  types: [clusterType, instanceType, globalType, memberType],
  example: {
    good: "deletionProtection: true, skipFinalSnapshot: false, finalSnapshotIdentifier",
    bad: "skipFinalSnapshot: true",
  },
  settings: z.strictObject({
    /** Patterns of the identifiers of what a rebuild has released. */
    released: z.array(z.string()),
  }),
  settingsFor: (environment) =>
    environment.name === "sandbox" ? undefined : { released: releasedPatterns(environment) },
  *check({ type, inputs, protect, deleteBeforeReplace }, { settings: { released } }) {
    const identifier =
      ["clusterIdentifier", "identifier", "globalClusterIdentifier"]
        .filter((setting) => setting !== "clusterIdentifier" || type === clusterType)
        .filter((setting) => setting !== "globalClusterIdentifier" || type === globalType)
        .flatMap((setting) => textAt(inputs, setting) ?? [])[0] ?? "";
    const isReleased = released.some((pattern) => new RegExp(pattern).test(identifier));
    if (!protect && !isReleased) {
      yield {
        setting: "protect",
        found: false,
        required: "true",
        mend: "give it the options of keepUntilReleased",
      };
    }
    if (deleteBeforeReplace) {
      yield { setting: "deleteBeforeReplace", found: true, required: "false", mend: "remove it" };
    }
    if (type !== memberType && !isTrueAt(inputs, "deletionProtection")) {
      yield { setting: "deletionProtection", required: "true", mend: "set it" };
    }
    // The provider demands it of a global database that is made around a cluster.
    if (isTrueAt(inputs, "forceDestroy") && !isSet(inputs, "sourceDbClusterIdentifier")) {
      yield { setting: "forceDestroy", found: true, required: "false", mend: "remove it" };
    }
    if (type === clusterType || type === instanceType) {
      yield* leftFindings(inputs);
    }
    if (type !== globalType && !isTrueAt(inputs, "copyTagsToSnapshot")) {
      yield {
        setting: "copyTagsToSnapshot",
        required: "true",
        mend: "set it, or nobody can tell whose a snapshot is",
      };
    }
  },
});

/** What is left of a database that is deleted. */
function* leftFindings(inputs: unknown): Iterable<Finding> {
  // A read replica takes no final snapshot: AWS refuses.
  const isReplica = isSet(inputs, "replicateSourceDb");
  if (!isReplica && isTrueAt(inputs, "skipFinalSnapshot")) {
    yield { setting: "skipFinalSnapshot", found: true, required: "false", mend: "remove it" };
  }
  if (!isSet(inputs, "finalSnapshotIdentifier")) {
    yield {
      setting: "finalSnapshotIdentifier",
      required: "set, or AWS refuses the deletion half-way",
      mend: "take finalSnapshotIdentifier's name",
    };
  }
  if (valueAt(inputs, "deleteAutomatedBackups") !== false) {
    yield {
      setting: "deleteAutomatedBackups",
      ...(isTrueAt(inputs, "deleteAutomatedBackups") ? { found: true } : {}),
      required: "false",
      mend: "set it: AWS deletes them with the database otherwise",
    };
  }
}

/** A copy under another key is no copy that a recovery can read. */
export const databaseEncrypted = rule({
  id: "database-encrypted",
  severity: "critical",
  scope: "resource",
  description:
    "Databases are encrypted, each member of a pair and copied backups too, with a key of the region's own.",
  serves: "PCI DSS 3.5; a standby under a key that outlives the primary region",
  peers: [
    "CKV_AWS_16",
    "CKV_AWS_96",
    "CKV_AWS_140",
    "CKV_AWS_327",
    "CKV_AWS_245",
    "RDS_STORAGE_ENCRYPTED",
    "awsguard rds-storage-encrypted",
  ],
  types: [
    clusterType,
    instanceType,
    globalType,
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  ],
  example: { good: "storageEncrypted: true, kmsKeyId: key.arn", bad: "storageEncrypted: false" },
  *check({ type, inputs }) {
    // One that is made around a cluster takes its encryption from it.
    const followsCluster = isSet(inputs, "sourceDbClusterIdentifier");
    const holdsStorage = [clusterType, instanceType, globalType].includes(type);
    if (holdsStorage && !followsCluster && !isTrueAt(inputs, "storageEncrypted")) {
      yield {
        setting: "storageEncrypted",
        required: "true",
        mend: "set it; it can be set only when the database is made",
      };
    }
    if (type !== globalType && !isSet(inputs, "kmsKeyId")) {
      yield {
        setting: "kmsKeyId",
        required: "the region's key for the database",
        mend: "pass the key's ARN: AWS's own key is in no other account or region",
      };
    }
  },
});
