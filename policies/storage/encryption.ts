import { rule } from "../rule";
import { isSet, isTrueAt, listAt, textAt } from "../values";
import { bucketTypes, purposeTag } from "./buckets";

/** Records are encrypted with a key that the other places name. */
export const bucketEncrypted = rule({
  id: "bucket-encrypted",
  severity: "critical",
  scope: "stack",
  description:
    "Records and audit logs are encrypted with a key of one's own, records through a bucket key; access logs with S3's keys, since S3 writes them under no other.",
  serves: "PCI DSS 3.5; and logs that arrive",
  peers: [
    "CKV_AWS_145",
    "S3_DEFAULT_ENCRYPTION_KMS",
    "aws-s3-bucket-configure-customer-managed-key",
  ],
  types: [bucketTypes.bucket],
  example: {
    good: 'sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn, bucketKeyEnabled: true',
    bad: 'sseAlgorithm: "AES256"',
  },
  *check({ inputs }, { stack }) {
    const bucket = textAt(inputs, "bucket");
    const purpose = textAt(inputs, "tags", purposeTag);
    const rules = stack
      .ofType(bucketTypes.encryption)
      .filter((other) => textAt(other.inputs, "bucket") === bucket)
      .flatMap((other) => listAt(other.inputs, "rules"));
    for (const one of rules) {
      const byDefault = ["applyServerSideEncryptionByDefault"] as const;
      const algorithm = textAt(one, ...byDefault, "sseAlgorithm");
      const wanted = purpose === "access-logs" ? ["AES256"] : ["aws:kms", "aws:kms:dsse"];
      if (!wanted.includes(algorithm ?? "")) {
        yield {
          setting: "sseAlgorithm",
          ...(algorithm === undefined ? {} : { found: algorithm }),
          required: wanted[0] ?? "",
          mend: "set it for new objects; those that are there keep theirs",
        };
      } else if (purpose !== "access-logs" && !isSet(one, ...byDefault, "kmsMasterKeyId")) {
        yield {
          setting: "kmsMasterKeyId",
          required: "the region's key",
          mend: "pass the key's ARN: under AWS's own key nothing can be copied to another account",
        };
      }
      if (purpose === "records" && !isTrueAt(one, "bucketKeyEnabled")) {
        yield {
          setting: "bucketKeyEnabled",
          required: "true",
          mend: "set it: otherwise each object is a call to KMS, which throttles a recovery",
        };
      }
    }
  },
});
