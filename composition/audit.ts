import type * as pulumi from "@pulumi/pulumi";
import { EncryptionKey } from "../components/encryption/encryptionKey";
import { AuditTrail } from "../components/monitoring/auditTrail";
import { AuditLogBucket } from "../components/storage/auditLogBucket";
import { type Configuration } from "../config/configuration";
import { wholeDays } from "../config/duration";
import { bucketArn, physicalName, recordsPurpose, trailArn } from "../contracts/names";
import { type Landscape } from "./places";
import { cleaningOf } from "./records";

/**
 * Declares the trail of a stack's region, with its own key and locked bucket; nothing where the
 * stack's file adopts one that is there.
 *
 * @param recordBuckets The buckets whose writes are logged, by lock class. The access log bucket is
 * there once they are.
 */
export function declareAuditTrail(
  { settings, system }: Configuration,
  { own, tags, disposable }: Landscape,
  recordBuckets: Readonly<Record<string, pulumi.Resource>>,
  options: pulumi.ComponentResourceOptions,
): AuditTrail | undefined {
  if (settings.auditTrail.kind === "adopt") {
    return undefined;
  }
  const shared = { place: own, tags, disposable };
  const key = new EncryptionKey(
    "key-audit-logs",
    {
      ...shared,
      purpose: "audit-logs",
      users: [{ kind: "trail", trailArn: trailArn("audit-trail", own) }],
    },
    options,
  );
  const bucket = new AuditLogBucket(
    "audit-logs",
    {
      ...shared,
      kmsKeyArn: key.arn,
      accessLogBucket: physicalName("bucket", "access-logs", own),
      retentionDays: wholeDays(system.accessLogRetention),
      cleaning: cleaningOf(system),
      minimumTlsVersion: system.minimumTlsVersion,
    },
    { ...options, dependsOn: Object.values(recordBuckets) },
  );
  return new AuditTrail(
    "audit-trail",
    {
      ...shared,
      bucketName: bucket.bucketName,
      kmsKeyArn: key.arn,
      recordBucketArns: Object.keys(recordBuckets).map((lockClass) =>
        bucketArn(recordsPurpose(lockClass), own),
      ),
    },
    options,
  );
}
