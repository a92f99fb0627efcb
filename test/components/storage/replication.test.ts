import assert from "node:assert/strict";
import {
  type ReplicationDestination,
  replicationRules,
} from "../../../components/storage/replication";

const toStandby: ReplicationDestination = {
  id: "to-us-west-2",
  bucketArn: "arn:aws:s3:::market-scanning-daily-records-111122223333-us-west-2",
  keyAliasArn: "arn:aws:kms:us-west-2:111122223333:alias/market-scanning-records-us-west-2",
  mutual: true,
};

const toArchive: ReplicationDestination = {
  id: "to-eu-west-1",
  bucketArn: "arn:aws:s3:::market-scanning-daily-records-444455556666-eu-west-1",
  keyAliasArn: "arn:aws:kms:eu-west-1:444455556666:alias/market-scanning-records-eu-west-1",
  mutual: false,
  otherAccount: "444455556666",
};

const rules = replicationRules([toStandby, toArchive]);
const [standbyRule, archiveRule] = rules;

describe("replication rules", () => {
  it("are one for each destination, since replicas are never replicated on", () => {
    assert.deepEqual(
      rules.map(({ id, priority, status, filter }) => ({ id, priority, status, filter })),
      [
        { id: "to-us-west-2", priority: 1, status: "Enabled", filter: {} },
        { id: "to-eu-west-1", priority: 2, status: "Enabled", filter: {} },
      ],
    );
  });

  it("copy encrypted objects too, and bring changes of a mutual replica home", () => {
    assert.deepEqual(standbyRule?.sourceSelectionCriteria, {
      sseKmsEncryptedObjects: { status: "Enabled" },
      replicaModifications: { status: "Enabled" },
    });
  });

  it("expect no changes from the archive, which copies nothing back", () => {
    assert.deepEqual(archiveRule?.sourceSelectionCriteria, {
      sseKmsEncryptedObjects: { status: "Enabled" },
    });
  });

  it("never copy deletions", () => {
    assert.deepEqual(
      rules.map(({ deleteMarkerReplication }) => deleteMarkerReplication),
      [{ status: "Disabled" }, { status: "Disabled" }],
    );
  });

  it("encrypt copies with the destination's key, within 15 minutes that are measured", () => {
    assert.deepEqual(standbyRule?.destination, {
      bucket: "arn:aws:s3:::market-scanning-daily-records-111122223333-us-west-2",
      encryptionConfiguration: {
        replicaKmsKeyId:
          "arn:aws:kms:us-west-2:111122223333:alias/market-scanning-records-us-west-2",
      },
      replicationTime: { status: "Enabled", time: { minutes: 15 } },
      metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
    });
  });

  it("hand copies over to another account that takes them", () => {
    assert.deepEqual(archiveRule?.destination, {
      bucket: "arn:aws:s3:::market-scanning-daily-records-444455556666-eu-west-1",
      encryptionConfiguration: {
        replicaKmsKeyId:
          "arn:aws:kms:eu-west-1:444455556666:alias/market-scanning-records-eu-west-1",
      },
      replicationTime: { status: "Enabled", time: { minutes: 15 } },
      metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
      account: "444455556666",
      accessControlTranslation: { owner: "Destination" },
    });
  });

  it("leave out what S3 no longer replicates on request: objects from before the rule", () => {
    assert.deepEqual(
      rules.filter((rule) => "existingObjectReplication" in rule),
      [],
    );
  });
});
