import * as pulumi from "@pulumi/pulumi";
import { type AuditSchemaArgs } from "../../components/access/auditSchema";
import { type BreakGlassRoleArgs } from "../../components/access/breakGlassRole";
import { type DatabaseLoginArgs } from "../../components/access/databaseLogin";
import { type PublicPrivilegesArgs } from "../../components/access/publicPrivileges";
import { type ServiceRoleArgs } from "../../components/access/serviceRole";
import { type MonthlyBudgetArgs } from "../../components/cost/monthlyBudget";
import { type AdministratorArgs } from "../../components/database/administrator";
import { type AuroraDatabaseArgs } from "../../components/database/auroraDatabase";
import { type AdministratorLogin, type DatabaseArgs } from "../../components/database/database";
import { type DatabaseNetworkArgs } from "../../components/database/databaseNetwork";
import { type RdsDatabaseArgs } from "../../components/database/rdsDatabase";
import { type FailoverRecordArgs } from "../../components/dns/failoverRecord";
import { type FailoverSwitchArgs } from "../../components/dns/failoverSwitch";
import { type PublicZoneArgs } from "../../components/dns/publicZone";
import { type EncryptionKeyArgs } from "../../components/encryption/encryptionKey";
import { type ImageRepositoryArgs } from "../../components/images/imageRepository";
import { type RepositoryTemplateArgs } from "../../components/images/repositoryTemplate";
import { type AlarmsArgs } from "../../components/monitoring/alarm";
import { type AuditTrailArgs } from "../../components/monitoring/auditTrail";
import { type DatabaseLagAlarmsArgs } from "../../components/monitoring/databaseLagAlarms";
import { type HealthCheckAlarmArgs } from "../../components/monitoring/healthCheckAlarm";
import { type HeartbeatsArgs } from "../../components/monitoring/heartbeats";
import { type IncomingCopyAlarmsArgs } from "../../components/monitoring/incomingCopyAlarms";
import { type NoticeRuleArgs } from "../../components/monitoring/noticeRule";
import { type NoticeSubscribersArgs } from "../../components/monitoring/noticeSubscribers";
import { type OutgoingCopyAlarmsArgs } from "../../components/monitoring/outgoingCopyAlarms";
import { type WatchedQueueArgs } from "../../components/monitoring/watchedQueue";
import { type AccessLogBucketArgs } from "../../components/storage/accessLogBucket";
import { type AuditLogBucketArgs } from "../../components/storage/auditLogBucket";
import { type RecordBucketArgs } from "../../components/storage/recordBucket";
import { type JobIdentityArgs } from "../../components/schedule/jobIdentity";
import { type ScheduledJobArgs } from "../../components/schedule/scheduledJob";
import { type VerificationNamespaceArgs } from "../../components/schedule/verificationNamespace";
import { type CacheCertificatesArgs } from "../../components/cache/cacheCertificates";
import { type CacheCredentialsArgs } from "../../components/cache/cacheCredentials";
import { type CacheGroupArgs } from "../../components/cache/cacheGroup";
import { type CacheSentinelsArgs } from "../../components/cache/cacheSentinels";
import { type CacheServersArgs } from "../../components/cache/cacheServers";
import { type ReplicationSecretArgs } from "../../components/cache/replicationSecret";
import { type BackupVaultArgs } from "../../components/vaults/backupVault";
import { type NoticeTopicArgs } from "../../components/vaults/noticeTopic";
import { type RestoreTestingArgs } from "../../components/vaults/restoreTesting";
import { type SnapshotPlanArgs } from "../../components/vaults/snapshotPlan";
import { cacheHost, type CachePlace } from "../../contracts/cacheNames";
import { cacheTimings } from "../../contracts/cacheTimings";
import { type Place } from "../../contracts/names";
import { policyDocument } from "../../contracts/policyDocument";
import { primary, standby, tags } from "../support/declared";

/** The least that every component takes. Tests name what they are about, and leave the rest to this. */

/** ARN of a key that exists already, in the region of a place. */
export function keyArn(place: Place): string {
  return `arn:aws:kms:${place.region}:${place.account}:key/11111111-2222-3333-4444-555555555555`;
}

export const encryptionKeyArgs: EncryptionKeyArgs = {
  place: primary,
  purpose: "records",
  users: [],
  tags,
};

export const imageRepositoryArgs: ImageRepositoryArgs = {
  place: primary,
  repository: "api",
  kmsKeyArn: keyArn(primary),
  lifecycle: { releaseTags: "v*", keptVersions: 50, signed: true },
  tags,
};

export const repositoryTemplateArgs: RepositoryTemplateArgs = {
  place: primary,
  kmsKeyArn: keyArn(primary),
  roleArn: "arn:aws:iam::111122223333:role/market-scanning-repository-creation-us-east-1",
  lifecycle: { releaseTags: "v*", keptVersions: 50, signed: true },
  tags,
};

export const recordBucketArgs: RecordBucketArgs = {
  place: primary,
  purpose: "regulated-records",
  kmsKeyArn: keyArn(primary),
  accessLogBucket: "market-scanning-access-logs-111122223333-us-east-1",
  lifecycles: [
    { id: "records-orders", prefix: "records/orders/", expirationDays: 2557, transitions: [] },
  ],
  cleaning: { oldVersionDays: 90, incompleteUploadDays: 7 },
  minimumTlsVersion: "1.3",
  replicationFrom: [],
  tags,
};

export const accessLogBucketArgs: AccessLogBucketArgs = {
  place: primary,
  sourceBucketArns: ["arn:aws:s3:::market-scanning-regulated-records-111122223333-us-east-1"],
  retentionDays: 1096,
  cleaning: { oldVersionDays: 90, incompleteUploadDays: 7 },
  minimumTlsVersion: "1.3",
  tags,
};

export const backupVaultArgs: BackupVaultArgs = {
  place: primary,
  purpose: "regulated-vault",
  kmsKeyArn: keyArn(primary),
  noticeTopicArn: "arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1",
  lock: { mode: "GOVERNANCE", minimumDays: 90, maximumDays: 2557 },
  copiesFromAccounts: [],
  tags,
};

export const noticeTopicArgs: NoticeTopicArgs = {
  place: primary,
  kmsKeyArn: keyArn(primary),
  publishers: ["backup.amazonaws.com"],
  tags,
};

export const snapshotPlanArgs: SnapshotPlanArgs = {
  place: primary,
  rules: [
    {
      name: "daily",
      schedule: "0 4 * * *",
      retentionDays: 90,
      vaultName: "market-scanning-daily-vault-us-east-1",
      copyToVaultArns: [],
    },
  ],
  timeZone: "Etc/UTC",
  roleArn: "arn:aws:iam::111122223333:role/market-scanning-snapshots-us-east-1",
  databases: [
    {
      generation: 1,
      arn: "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1",
    },
  ],
  tags,
};

export const restoreTestingArgs: RestoreTestingArgs = {
  place: primary,
  schedule: "0 5 * * 6",
  timeZone: "Etc/UTC",
  vaultArns: [
    "arn:aws:backup:us-east-1:111122223333:backup-vault:market-scanning-daily-vault-us-east-1",
  ],
  resourceType: "Aurora",
  resourceArns: ["arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1"],
  subnetGroupName: "market-scanning-database-us-east-1",
  securityGroupId: "sg-0a1b2c3d4e5f60718",
  parameterGroupName: "market-scanning-database-16-us-east-1",
  windowDays: 35,
  roleArn: "arn:aws:iam::111122223333:role/market-scanning-restore-test-us-east-1",
  tags,
};

export const serviceRoleArgs: ServiceRoleArgs = {
  place: primary,
  purpose: "snapshots",
  description: "Takes and copies snapshots of market-scanning in us-east-1",
  service: "backup.amazonaws.com",
  policy: policyDocument([
    {
      Sid: "ReadVault",
      Effect: "Allow",
      Action: "backup:DescribeBackupVault",
      Resource:
        "arn:aws:backup:us-east-1:111122223333:backup-vault:market-scanning-daily-vault-us-east-1",
    },
  ]),
  tags,
  taggedPurpose: "snapshot-plan",
};

/** As the component of that name passes it on. */
export const administrator: AdministratorLogin = {
  userName: "scanning_admin",
  password: pulumi.secret("not a real password"),
};

export const administratorArgs: AdministratorArgs = {
  place: primary,
  userName: "scanning_admin",
  passwordRotated: "2026-11-01",
  secretsKeyArn: keyArn(primary),
  replica: { region: "us-west-2", keyAlias: "alias/market-scanning-secrets-us-west-2" },
  tags,
};

export const tokenLoginArgs: DatabaseLoginArgs = {
  roleName: "market_scanning_verify",
  databaseName: "market_scanning",
  connectionLimit: 2,
  authentication: { kind: "iam" },
};

export const passwordLoginArgs = {
  roleName: "market_scanning_event_writer",
  databaseName: "market_scanning",
  connectionLimit: 10,
  authentication: {
    kind: "password",
    place: standby,
    purpose: "database-audit-reader-login",
    rotated: "2026-11-01",
    keyAlias: "alias/market-scanning-secrets-us-west-2",
    replica: { region: "us-east-1", keyAlias: "alias/market-scanning-secrets-us-east-1" },
    tags,
  },
} satisfies DatabaseLoginArgs;

export const auditSchemaArgs: AuditSchemaArgs = {
  schemaName: "disaster_recovery",
  databaseName: "market_scanning",
  ownerName: "market_scanning_audit_owner",
  administrator: "scanning_admin",
  writerName: "market_scanning_event_writer",
  readerName: "market_scanning_audit_reader",
};

export const publicPrivilegesArgs: PublicPrivilegesArgs = {
  databaseName: "market_scanning",
  applicationRoles: ["market_scanner", "market_reporter"],
};

export const databaseNetworkArgs: DatabaseNetworkArgs = {
  place: primary,
  generation: 1,
  vpcId: "vpc-0a0a0a0a",
  subnetIds: ["subnet-0a0a0a0a", "subnet-0b0b0b0b"],
  clientSecurityGroupId: "sg-0c0c0c0c",
  tags,
};

/** What both engines take in a region. */
export function databaseArgs(place: Place): DatabaseArgs {
  return {
    ...databaseNetworkArgs,
    place,
    engineVersion: "16.8",
    instanceClass: "db.r6g.large",
    kmsKeyArn: keyArn(place),
    pointInTimeRecoveryDays: 35,
    backupWindow: "03:00-04:00",
    maintenanceWindow: "sun:05:00-sun:06:00",
    logRetentionDays: 366,
  };
}

export const auroraPrimaryArgs: AuroraDatabaseArgs = {
  ...databaseArgs(primary),
  member: { kind: "primary", databaseName: "market_scanning", administrator },
  instances: 2,
};

export const auroraStandbyArgs: AuroraDatabaseArgs = {
  ...databaseArgs(standby),
  member: { kind: "standby", primaryRegion: "us-east-1" },
  instances: 1,
};

export const rdsPrimaryArgs: RdsDatabaseArgs = {
  ...databaseArgs(primary),
  member: {
    kind: "primary",
    databaseName: "market_scanning",
    storageGibibytes: 200,
    administrator,
  },
};

export const rdsStandbyArgs: RdsDatabaseArgs = {
  ...databaseArgs(standby),
  member: {
    kind: "standby",
    source: { region: "us-east-1", generation: 1 },
    promoted: false,
  },
};

export const failoverSwitchArgs: FailoverSwitchArgs = {
  place: standby,
  topicArn: "arn:aws:sns:us-west-2:111122223333:market-scanning-notices-us-west-2",
  tags,
};

export const publicZoneArgs: PublicZoneArgs = { zoneName: "example.com", tags };

export const failoverRecordArgs: FailoverRecordArgs = {
  recordName: "api.example.com",
  zoneId: "Z0123456789ABCDEFGHIJ",
  ttlSeconds: 60,
  mode: "operator",
  primary: { place: primary, hostName: "api-us-east-1.example.com" },
  standby: { place: standby, hostName: "api-us-west-2.example.com" },
  check: { path: "/health", intervalSeconds: 10, failures: 3 },
  tags,
};

export const breakGlassRoleArgs: BreakGlassRoleArgs = {
  place: primary,
  watchedRegions: ["us-east-1", "us-west-2"],
  bucketPurposes: ["regulated-records"],
  vaultPurposes: ["regulated-vault"],
  images: true,
  tags,
};

export const monthlyBudgetArgs: MonthlyBudgetArgs = {
  place: primary,
  cost: "backup",
  dollars: 10000,
  topicArn: "arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1",
  tags,
};

/** What all components with alarms take in a region. */
export function alarmsArgs(place: Place): AlarmsArgs {
  return {
    place,
    topicArn: `arn:aws:sns:${place.region}:${place.account}:market-scanning-notices-${place.region}`,
    tags,
  };
}

export const auditLogBucketArgs: AuditLogBucketArgs = {
  place: primary,
  kmsKeyArn: keyArn(primary),
  accessLogBucket: "market-scanning-access-logs-111122223333-us-east-1",
  retentionDays: 1096,
  cleaning: { oldVersionDays: 90, incompleteUploadDays: 7 },
  minimumTlsVersion: "1.3",
  tags,
};

export const auditTrailArgs: AuditTrailArgs = {
  place: primary,
  bucketName: "market-scanning-audit-logs-111122223333-us-east-1",
  kmsKeyArn: keyArn(primary),
  recordBucketArns: ["arn:aws:s3:::market-scanning-regulated-records-111122223333-us-east-1"],
  tags,
};

export const databaseLagAlarmsArgs: DatabaseLagAlarmsArgs = {
  ...alarmsArgs(standby),
  engine: "aurora-postgresql",
  generation: 1,
  sourceRegion: "us-east-1",
  limitSeconds: 30,
  following: true,
};

export const healthCheckAlarmArgs: HealthCheckAlarmArgs = {
  ...alarmsArgs(primary),
  healthCheckId: "11111111-2222-3333-4444-555555555555",
  writerExpected: true,
};

export const heartbeatsArgs: HeartbeatsArgs = {
  ...alarmsArgs(standby),
  other: primary,
  roleArn: "arn:aws:iam::111122223333:role/market-scanning-notice-forwarding-us-west-2",
  kmsKeyArn: keyArn(standby),
};

export const incomingCopyAlarmsArgs: IncomingCopyAlarmsArgs = {
  ...alarmsArgs(standby),
  lockClasses: ["regulated"],
  sources: [primary],
  limitSeconds: 900,
};

export const noticeRuleArgs: NoticeRuleArgs = {
  place: primary,
  purpose: "local-notices",
  description: "Tells of trouble with the database",
  pattern: '{"source":["aws.rds"]}',
  target: {
    kind: "topic",
    arn: "arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1",
  },
  undeliveredQueueArn:
    "arn:aws:sqs:us-east-1:111122223333:market-scanning-undelivered-notices-us-east-1",
  tags,
};

export const noticeSubscribersArgs: NoticeSubscribersArgs = {
  topicArn: "arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1",
  emails: ["oncall@example.com"],
};

export const outgoingCopyAlarmsArgs: OutgoingCopyAlarmsArgs = {
  ...alarmsArgs(primary),
  lockClasses: ["regulated"],
  destinations: [standby],
  kmsKeyArn: keyArn(primary),
};

export const watchedQueueArgs: WatchedQueueArgs = {
  ...alarmsArgs(primary),
  purpose: "undelivered-notices",
  kmsKeyArn: keyArn(primary),
  sender: {
    service: "events.amazonaws.com",
    sourceArns: [
      "arn:aws:events:us-east-1:111122223333:rule/market-scanning-notices-out-us-east-1",
    ],
  },
  expects: "nothing",
  description: "Notices could not be delivered",
};

const digest = `sha256:${"1".repeat(64)}`;

const jobEnvironment = {
  system: "market-scanning",
  region: "us-east-1",
  account: "111122223333",
  events: { bucket: "audit-bucket", prefix: "records/events/" },
};

const recoveryPoints = { bucket: "points-bucket", prefix: "recovery-points/" };

const jobArgs = {
  namespace: "market-scanning",
  timeZone: "Etc/UTC",
  runs: true,
  image: `registry/trading-dr@${digest}`,
};

export const backupJobArgs: ScheduledJobArgs<"backup-database"> = {
  ...jobArgs,
  kind: "backup-database",
  part: "daily",
  schedule: "0 2 * * *",
  environment: {
    ...jobEnvironment,
    store: "database",
    tier: "daily",
    retentionDays: 90,
    recoveryPoints,
    series: "daily",
    databaseHost: "reader.example.com",
    databaseName: "market_scanning",
    databaseUser: "market_scanning_backup",
  },
};

export const cacheJobArgs: ScheduledJobArgs<"snapshot-cache"> = {
  ...jobArgs,
  kind: "snapshot-cache",
  part: "cache",
  schedule: "*/15 * * * *",
  environment: {
    ...jobEnvironment,
    store: "cache",
    tier: "frequent",
    retentionDays: 35,
    recoveryPoints,
    masterName: "mymaster",
    sentinels: ["sentinel.example.com:26379"],
    cacheUser: "backup",
    cachePasswordFile: "/var/run/secrets/trading-dr/password",
    cacheAuthorityFile: "/var/run/secrets/trading-dr/ca.crt",
  },
};

export const configurationJobArgs: ScheduledJobArgs<"snapshot-configuration"> = {
  ...jobArgs,
  kind: "snapshot-configuration",
  part: "configuration",
  schedule: "*/5 * * * *",
  environment: {
    ...jobEnvironment,
    store: "configuration",
    tier: "frequent",
    retentionDays: 35,
    recoveryPoints,
    namespace: "market-scanning",
    recoveryRecipients: "pending",
  },
};

export const checkJobArgs: ScheduledJobArgs<"check"> = {
  ...jobArgs,
  kind: "check",
  schedule: "0 8 * * *",
  environment: {
    ...jobEnvironment,
    watched: [{ store: "cache", maximumAgeSeconds: 3_600, locations: [recoveryPoints] }],
  },
};

export const verifyJobArgs = {
  ...jobArgs,
  kind: "verify" as const,
  namespace: "market-scanning-verify",
  schedule: "0 6 * * *",
  scratchDatabase: { image: `registry/postgres@${digest}`, sizeGibibytes: 100 },
  environment: {
    ...jobEnvironment,
    recoveryPoints: [recoveryPoints],
    databaseName: "market_scanning",
    scratchSocketDirectory: "/var/run/postgresql",
    integrityQueries: {},
    baselineQueries: {},
  },
};

const rehearsal = {
  ...verifyJobArgs.environment,
  objectives: [{ dataClass: "signals", kind: "rto", objectiveSeconds: 900 } as const],
  maximumAgeSeconds: 25_200,
};

export const recoveryDrillJobArgs: ScheduledJobArgs<"drill-recovery"> = {
  ...verifyJobArgs,
  kind: "drill-recovery",
  environment: rehearsal,
};

export const disasterJobArgs: ScheduledJobArgs<"drill-disaster"> = {
  ...verifyJobArgs,
  kind: "drill-disaster",
  schedule: "0 2 1 * *",
  environment: {
    ...rehearsal,
    regionDatabase: {
      engine: "aurora-postgresql",
      cluster: "market-scanning-database-us-east-1",
      globalCluster: "market-scanning-database",
    },
    images: [],
    endpoint: "none",
  },
};

export const jobIdentityArgs: JobIdentityArgs = {
  kind: "backup-database",
  place: primary,
  namespace: "market-scanning",
  clusterName: "trading-us-east-1",
  tags,
};

export const verificationNamespaceArgs: VerificationNamespaceArgs = {
  namespace: "market-scanning-verify",
};

export const cachePlace: CachePlace = {
  store: "cache",
  namespace: "market-scanning-prod",
  region: "us-east-1",
};

export const cacheObjectives = { detectionSeconds: 5, lostWriteSeconds: 10, recoverySeconds: 60 };

export const cacheImages = {
  redis: `registry.example.com/redis:7.2@${digest}`,
  exporter: `registry.example.com/redis-exporter:1.62@${digest}`,
};

const cacheMembers = (part: "server" | "sentinel", port: number) =>
  [0, 1, 2].map((ordinal) => ({ host: cacheHost(part, ordinal, cachePlace), port }));

/** What servers and Sentinels of a group are configured with. */
export const cacheMemberSettings = {
  masterName: "mymaster",
  quorum: 2,
  servers: cacheMembers("server", 6379),
  sentinels: cacheMembers("sentinel", 26379),
  timings: cacheTimings(cacheObjectives),
  memoryMebibytes: 1024,
  minimumTlsVersion: "1.2",
} as const;

export const cacheServersArgs: CacheServersArgs = {
  place: cachePlace,
  settings: cacheMemberSettings,
  images: cacheImages,
  storageClass: "gp3-encrypted",
  serving: true,
};

export const cacheSentinelsArgs: CacheSentinelsArgs = {
  ...cacheServersArgs,
  settings: cacheMemberSettings,
  sentinelPort: 26379,
};

export const cacheCertificatesArgs: CacheCertificatesArgs = {
  place: cachePlace,
  servers: 3,
  sentinels: 3,
  issuer: { kind: "ClusterIssuer", name: "trading-ca", group: "cert-manager.io" },
};

export const cacheCredentialsArgs: CacheCredentialsArgs = {
  place: cachePlace,
  masterName: "mymaster",
  sentinels: cacheMemberSettings.sentinels,
  sentinelPort: 26379,
  passwordsRotated: ["2026-11-01"],
};

/** Replication whose password is made here and given to the other region. */
export const replicationSecretArgs: ReplicationSecretArgs = {
  cache: cachePlace,
  place: primary,
  password: {
    kind: "shared",
    rotated: ["2026-11-01"],
    secretsKeyArn: keyArn(primary),
    replica: { region: "us-west-2", keyAlias: "alias/market-scanning-secrets-us-west-2" },
  },
  tags,
};

export const cacheGroupArgs: CacheGroupArgs = {
  cache: cachePlace,
  place: primary,
  masterName: "mymaster",
  replicas: 2,
  sentinels: 3,
  quorum: 2,
  sentinelPort: 26379,
  objectives: cacheObjectives,
  memoryMebibytes: 1024,
  minimumTlsVersion: "1.2",
  images: cacheImages,
  issuer: cacheCertificatesArgs.issuer,
  storageClass: "gp3-encrypted",
  monitoringNamespace: "monitoring",
  passwordsRotated: ["2026-11-01"],
  replicationPassword: { kind: "own", rotated: ["2026-11-01"] },
  serving: true,
  tags,
};

/** How the primary region is fed, and feeds, once the standby is fed by replication. */
export const cacheLink = {
  upstream: { host: "cache-feed.market-scanning-prod.us-west-2.trading.internal", port: 6379 },
  feedHost: "cache-feed.market-scanning-prod.us-east-1.trading.internal",
  otherRegionCidr: "10.1.0.0/16",
  loadBalancerCidrs: ["10.0.1.0/24", "10.0.2.0/24"],
};
