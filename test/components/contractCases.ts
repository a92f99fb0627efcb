import type * as pulumi from "@pulumi/pulumi";
import { AuditSchema } from "../../components/access/auditSchema";
import { BreakGlassRole } from "../../components/access/breakGlassRole";
import { DatabaseLogin } from "../../components/access/databaseLogin";
import { PublicPrivileges } from "../../components/access/publicPrivileges";
import { ServiceRole } from "../../components/access/serviceRole";
import { CacheCertificates } from "../../components/cache/cacheCertificates";
import { CacheCredentials } from "../../components/cache/cacheCredentials";
import { CacheGroup } from "../../components/cache/cacheGroup";
import { CacheSentinels } from "../../components/cache/cacheSentinels";
import { CacheServers } from "../../components/cache/cacheServers";
import { ReplicationSecret } from "../../components/cache/replicationSecret";
import { MonthlyBudget } from "../../components/cost/monthlyBudget";
import { Administrator } from "../../components/database/administrator";
import { AuroraDatabase } from "../../components/database/auroraDatabase";
import { DatabaseNetwork } from "../../components/database/databaseNetwork";
import { RdsDatabase } from "../../components/database/rdsDatabase";
import { FailoverRecord } from "../../components/dns/failoverRecord";
import { FailoverSwitch } from "../../components/dns/failoverSwitch";
import { PublicZone } from "../../components/dns/publicZone";
import { EncryptionKey } from "../../components/encryption/encryptionKey";
import { ImageRegistry } from "../../components/images/imageRegistry";
import { ImageRepository } from "../../components/images/imageRepository";
import { RepositoryTemplate } from "../../components/images/repositoryTemplate";
import { AuditTrail } from "../../components/monitoring/auditTrail";
import { DatabaseLagAlarms } from "../../components/monitoring/databaseLagAlarms";
import { HealthCheckAlarm } from "../../components/monitoring/healthCheckAlarm";
import { Heartbeats } from "../../components/monitoring/heartbeats";
import { IncomingCopyAlarms } from "../../components/monitoring/incomingCopyAlarms";
import { NoticeRule } from "../../components/monitoring/noticeRule";
import { NoticeSubscribers } from "../../components/monitoring/noticeSubscribers";
import { OutgoingCopyAlarms } from "../../components/monitoring/outgoingCopyAlarms";
import { WatchedQueue } from "../../components/monitoring/watchedQueue";
import { JobIdentity } from "../../components/schedule/jobIdentity";
import { ScheduledJob } from "../../components/schedule/scheduledJob";
import { VerificationNamespace } from "../../components/schedule/verificationNamespace";
import { AccessLogBucket } from "../../components/storage/accessLogBucket";
import { AuditLogBucket } from "../../components/storage/auditLogBucket";
import { RecordBucket } from "../../components/storage/recordBucket";
import { BackupRegion } from "../../components/vaults/backupRegion";
import { BackupVault } from "../../components/vaults/backupVault";
import { NoticeTopic } from "../../components/vaults/noticeTopic";
import { RestoreTesting } from "../../components/vaults/restoreTesting";
import { SnapshotPlan } from "../../components/vaults/snapshotPlan";
import * as minimal from "./minimalArgs";

/** How one component is declared with the least that it takes. */
export interface ContractCase {
  /** Name of the class, and in brackets which of its shapes, where it has several. */
  readonly title: string;
  readonly token: string;
  /** Whether it has a form for a sandbox. */
  readonly disposable: boolean;
  /** Declares one. `more` is `{ disposable: true }` for a sandbox, and nothing otherwise. */
  declare(
    name: string,
    options: pulumi.ComponentResourceOptions,
    more?: { readonly disposable: true },
  ): pulumi.ComponentResource;
}

/** Makes a case of a class whose arguments may say that it is a sandbox's. */
function disposableCase<Args extends object>(
  title: string,
  token: string,
  component: new (
    name: string,
    args: Args,
    opts?: pulumi.ComponentResourceOptions,
  ) => pulumi.ComponentResource,
  args: Args,
): ContractCase {
  return {
    title,
    token,
    disposable: true,
    declare: (name, options, more) => new component(name, { ...args, ...more }, options),
  };
}

/** Every component, in each of its shapes. */
export const cases: readonly ContractCase[] = [
  disposableCase(
    "AuditSchema",
    "trading-dr:access:AuditSchema",
    AuditSchema,
    minimal.auditSchemaArgs,
  ),
  disposableCase(
    "BreakGlassRole",
    "trading-dr:access:BreakGlassRole",
    BreakGlassRole,
    minimal.breakGlassRoleArgs,
  ),
  disposableCase(
    "DatabaseLogin (by a token)",
    "trading-dr:access:DatabaseLogin",
    DatabaseLogin,
    minimal.tokenLoginArgs,
  ),
  disposableCase(
    "DatabaseLogin (by a password)",
    "trading-dr:access:DatabaseLogin",
    DatabaseLogin,
    minimal.passwordLoginArgs,
  ),
  disposableCase(
    "PublicPrivileges",
    "trading-dr:access:PublicPrivileges",
    PublicPrivileges,
    minimal.publicPrivilegesArgs,
  ),
  disposableCase(
    "ServiceRole",
    "trading-dr:access:ServiceRole",
    ServiceRole,
    minimal.serviceRoleArgs,
  ),
  disposableCase(
    "CacheCertificates",
    "trading-dr:cache:CacheCertificates",
    CacheCertificates,
    minimal.cacheCertificatesArgs,
  ),
  disposableCase(
    "CacheCredentials",
    "trading-dr:cache:CacheCredentials",
    CacheCredentials,
    minimal.cacheCredentialsArgs,
  ),
  disposableCase(
    "CacheGroup (own replication)",
    "trading-dr:cache:CacheGroup",
    CacheGroup,
    minimal.cacheGroupArgs,
  ),
  disposableCase(
    "CacheGroup (replication between the regions)",
    "trading-dr:cache:CacheGroup",
    CacheGroup,
    {
      ...minimal.cacheGroupArgs,
      replicationPassword: minimal.replicationSecretArgs.password,
      link: minimal.cacheLink,
    },
  ),
  disposableCase(
    "CacheSentinels",
    "trading-dr:cache:CacheSentinels",
    CacheSentinels,
    minimal.cacheSentinelsArgs,
  ),
  disposableCase(
    "CacheServers",
    "trading-dr:cache:CacheServers",
    CacheServers,
    minimal.cacheServersArgs,
  ),
  disposableCase(
    "ReplicationSecret (shared)",
    "trading-dr:cache:ReplicationSecret",
    ReplicationSecret,
    minimal.replicationSecretArgs,
  ),
  disposableCase(
    "ReplicationSecret (read)",
    "trading-dr:cache:ReplicationSecret",
    ReplicationSecret,
    {
      ...minimal.replicationSecretArgs,
      password: { kind: "read", secretStore: "secrets-manager" },
    },
  ),
  disposableCase(
    "MonthlyBudget",
    "trading-dr:cost:MonthlyBudget",
    MonthlyBudget,
    minimal.monthlyBudgetArgs,
  ),
  disposableCase(
    "Administrator",
    "trading-dr:database:Administrator",
    Administrator,
    minimal.administratorArgs,
  ),
  disposableCase(
    "AuroraDatabase (primary)",
    "trading-dr:database:AuroraDatabase",
    AuroraDatabase,
    minimal.auroraPrimaryArgs,
  ),
  disposableCase(
    "AuroraDatabase (standby)",
    "trading-dr:database:AuroraDatabase",
    AuroraDatabase,
    minimal.auroraStandbyArgs,
  ),
  disposableCase(
    "AuroraDatabase (rebuilt beside a lost one)",
    "trading-dr:database:AuroraDatabase",
    AuroraDatabase,
    { ...minimal.auroraStandbyArgs, generation: 2 },
  ),
  disposableCase(
    "AuroraDatabase (survivor that the other side was rebuilt from)",
    "trading-dr:database:AuroraDatabase",
    AuroraDatabase,
    { ...minimal.auroraPrimaryArgs, laterGenerations: [2, 3] },
  ),
  disposableCase(
    "DatabaseNetwork",
    "trading-dr:database:DatabaseNetwork",
    DatabaseNetwork,
    minimal.databaseNetworkArgs,
  ),
  disposableCase(
    "RdsDatabase (primary)",
    "trading-dr:database:RdsDatabase",
    RdsDatabase,
    minimal.rdsPrimaryArgs,
  ),
  disposableCase(
    "RdsDatabase (standby)",
    "trading-dr:database:RdsDatabase",
    RdsDatabase,
    minimal.rdsStandbyArgs,
  ),
  disposableCase(
    "RdsDatabase (rebuilt beside a lost one)",
    "trading-dr:database:RdsDatabase",
    RdsDatabase,
    { ...minimal.rdsStandbyArgs, generation: 2 },
  ),
  disposableCase(
    "RdsDatabase (survivor that has been promoted)",
    "trading-dr:database:RdsDatabase",
    RdsDatabase,
    {
      ...minimal.rdsStandbyArgs,
      member: { kind: "standby", source: { region: "us-east-1", generation: 1 }, promoted: true },
      laterGenerations: [2],
    },
  ),
  disposableCase(
    "FailoverRecord (operator)",
    "trading-dr:dns:FailoverRecord",
    FailoverRecord,
    minimal.failoverRecordArgs,
  ),
  disposableCase("FailoverRecord (automatic)", "trading-dr:dns:FailoverRecord", FailoverRecord, {
    ...minimal.failoverRecordArgs,
    mode: "automatic",
  }),
  disposableCase(
    "FailoverSwitch",
    "trading-dr:dns:FailoverSwitch",
    FailoverSwitch,
    minimal.failoverSwitchArgs,
  ),
  disposableCase("PublicZone", "trading-dr:dns:PublicZone", PublicZone, minimal.publicZoneArgs),
  disposableCase(
    "EncryptionKey",
    "trading-dr:encryption:EncryptionKey",
    EncryptionKey,
    minimal.encryptionKeyArgs,
  ),
  disposableCase("ImageRegistry", "trading-dr:images:ImageRegistry", ImageRegistry, {
    copiesTo: { region: "us-east-1", account: "111122223333" },
  }),
  disposableCase(
    "ImageRepository",
    "trading-dr:images:ImageRepository",
    ImageRepository,
    minimal.imageRepositoryArgs,
  ),
  disposableCase(
    "RepositoryTemplate",
    "trading-dr:images:RepositoryTemplate",
    RepositoryTemplate,
    minimal.repositoryTemplateArgs,
  ),
  disposableCase(
    "AuditTrail",
    "trading-dr:monitoring:AuditTrail",
    AuditTrail,
    minimal.auditTrailArgs,
  ),
  disposableCase(
    "DatabaseLagAlarms (Aurora)",
    "trading-dr:monitoring:DatabaseLagAlarms",
    DatabaseLagAlarms,
    minimal.databaseLagAlarmsArgs,
  ),
  disposableCase(
    "DatabaseLagAlarms (plain RDS)",
    "trading-dr:monitoring:DatabaseLagAlarms",
    DatabaseLagAlarms,
    {
      ...minimal.databaseLagAlarmsArgs,
      engine: "rds-postgresql",
    },
  ),
  disposableCase(
    "HealthCheckAlarm",
    "trading-dr:monitoring:HealthCheckAlarm",
    HealthCheckAlarm,
    minimal.healthCheckAlarmArgs,
  ),
  disposableCase(
    "Heartbeats",
    "trading-dr:monitoring:Heartbeats",
    Heartbeats,
    minimal.heartbeatsArgs,
  ),
  disposableCase(
    "IncomingCopyAlarms",
    "trading-dr:monitoring:IncomingCopyAlarms",
    IncomingCopyAlarms,
    minimal.incomingCopyAlarmsArgs,
  ),
  disposableCase(
    "NoticeRule",
    "trading-dr:monitoring:NoticeRule",
    NoticeRule,
    minimal.noticeRuleArgs,
  ),
  disposableCase(
    "NoticeSubscribers",
    "trading-dr:monitoring:NoticeSubscribers",
    NoticeSubscribers,
    minimal.noticeSubscribersArgs,
  ),
  disposableCase(
    "OutgoingCopyAlarms",
    "trading-dr:monitoring:OutgoingCopyAlarms",
    OutgoingCopyAlarms,
    minimal.outgoingCopyAlarmsArgs,
  ),
  disposableCase(
    "WatchedQueue",
    "trading-dr:monitoring:WatchedQueue",
    WatchedQueue,
    minimal.watchedQueueArgs,
  ),
  disposableCase(
    "JobIdentity (reading a namespace)",
    "trading-dr:schedule:JobIdentity",
    JobIdentity,
    { ...minimal.jobIdentityArgs, readsNamespace: "market-scanning" },
  ),
  disposableCase(
    "ScheduledJob",
    "trading-dr:schedule:ScheduledJob",
    ScheduledJob<"check">,
    minimal.checkJobArgs,
  ),
  disposableCase(
    "VerificationNamespace",
    "trading-dr:schedule:VerificationNamespace",
    VerificationNamespace,
    minimal.verificationNamespaceArgs,
  ),
  disposableCase(
    "AccessLogBucket",
    "trading-dr:storage:AccessLogBucket",
    AccessLogBucket,
    minimal.accessLogBucketArgs,
  ),
  disposableCase(
    "AuditLogBucket",
    "trading-dr:storage:AuditLogBucket",
    AuditLogBucket,
    minimal.auditLogBucketArgs,
  ),
  disposableCase(
    "RecordBucket",
    "trading-dr:storage:RecordBucket",
    RecordBucket,
    minimal.recordBucketArgs,
  ),
  disposableCase(
    "RecordBucket (locked and copied)",
    "trading-dr:storage:RecordBucket",
    RecordBucket,
    {
      ...minimal.recordBucketArgs,
      lock: { mode: "GOVERNANCE", days: 90 },
      replication: {
        roleArn: "arn:aws:iam::111122223333:role/market-scanning-record-replication-us-east-1",
        destinations: [
          {
            id: "to-us-west-2",
            bucketArn: "arn:aws:s3:::market-scanning-regulated-records-111122223333-us-west-2",
            keyAliasArn:
              "arn:aws:kms:us-west-2:111122223333:alias/market-scanning-records-us-west-2",
            mutual: true,
          },
        ],
      },
    },
  ),
  {
    title: "BackupRegion",
    token: "trading-dr:vaults:BackupRegion",
    disposable: false,
    declare: (name, options) => new BackupRegion(name, options),
  },
  disposableCase(
    "BackupVault",
    "trading-dr:vaults:BackupVault",
    BackupVault,
    minimal.backupVaultArgs,
  ),
  disposableCase(
    "NoticeTopic",
    "trading-dr:vaults:NoticeTopic",
    NoticeTopic,
    minimal.noticeTopicArgs,
  ),
  disposableCase(
    "RestoreTesting",
    "trading-dr:vaults:RestoreTesting",
    RestoreTesting,
    minimal.restoreTestingArgs,
  ),
  disposableCase(
    "SnapshotPlan",
    "trading-dr:vaults:SnapshotPlan",
    SnapshotPlan,
    minimal.snapshotPlanArgs,
  ),
  disposableCase("SnapshotPlan (two generations)", "trading-dr:vaults:SnapshotPlan", SnapshotPlan, {
    ...minimal.snapshotPlanArgs,
    databases: [
      ...minimal.snapshotPlanArgs.databases,
      {
        generation: 2,
        arn: "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-generation-2-us-east-1",
      },
    ],
  }),
];

/** Types of AWS that take no tags. Every other one must have them. */
export const untaggedTypes: readonly string[] = [
  "aws:backup/regionSettings:RegionSettings",
  "aws:backup/restoreTestingSelection:RestoreTestingSelection",
  "aws:backup/selection:Selection",
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
  "aws:backup/vaultNotifications:VaultNotifications",
  "aws:backup/vaultPolicy:VaultPolicy",
  "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
  "aws:ecr/replicationConfiguration:ReplicationConfiguration",
  "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
  "aws:ecr/repositoryPolicy:RepositoryPolicy",
  "aws:cloudwatch/eventTarget:EventTarget",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:kms/alias:Alias",
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  "aws:route53/record:Record",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketLogging:BucketLogging",
  "aws:s3/bucketNotification:BucketNotification",
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:secretsmanager/secretVersion:SecretVersion",
  "aws:sns/topicPolicy:TopicPolicy",
  "aws:sns/topicSubscription:TopicSubscription",
  "aws:sqs/queuePolicy:QueuePolicy",
];

/** Types that hold data, or without which data cannot be read. */
export const dataTypes: readonly string[] = [
  "aws:backup/vault:Vault",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:ecr/repository:Repository",
  "aws:kms/key:Key",
  "aws:rds/cluster:Cluster",
  "aws:rds/clusterInstance:ClusterInstance",
  "aws:rds/globalCluster:GlobalCluster",
  "aws:rds/instance:Instance",
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  "aws:s3/bucket:Bucket",
  "aws:secretsmanager/secret:Secret",
  "postgresql:index/role:Role",
  "postgresql:index/schema:Schema",
];
