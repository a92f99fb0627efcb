/**
 * What the providers themselves force, beside what AWS's schemas say (rules.json): read by hand in
 * the Go source of terraform-provider-aws and -random, which Pulumi's providers wrap. Where the two
 * disagree, either is enough for a replacement.
 *
 * What is left empty is held to the installed library's typings by a test, so it is that of the
 * release in package.json, whatever the age of the source that was read.
 */
export interface ProviderRules {
  /** File of the source, with the commit or the age of the copy that was read. */
  readonly source: string;
  /** Inputs whose change makes a new resource: ForceNew, or RequiresReplace. */
  readonly replaces: readonly string[];
  /**
   * Optional, not computed and without a default: where the cloud has a value other than an empty
   * one and the program has none, the provider plans to take the value away.
   */
  readonly optional: readonly string[];
  /** Optional with a default, which is what a program without a value wants. */
  readonly defaults?: Readonly<Record<string, boolean | number | string>>;
  /** Optional and not computed; but the provider looks away where the program has no value. */
  readonly tolerated?: readonly string[];
}

/**
 * Moving any resource of AWS to another region makes a new one. Source: terraform-provider-aws
 * internal/provider/sdkv2/region.go at 0073593e7d, forceNewIfRegionChanges.
 */
export const replacedWhenMoved = "region";

const copyOf2024 = "in a copy of 2024";
const copyOf2025 = "in a copy of 2025";
const copyOf2026 = "in a copy of 2026";

function aws(file: string, seen: string): string {
  return `terraform-provider-aws internal/service/${file}, ${seen}`;
}

function postgresql(resource: string, seen: string): string {
  return `terraform-provider-postgresql postgresql/resource_postgresql_${resource}.go, ${seen}`;
}

/** By type; what holds data comes first. */
export const providerRules: Readonly<Record<string, ProviderRules>> = {
  "aws:rds/cluster:Cluster": {
    source: aws("rds/cluster.go", "at 0168cf6844"),
    // Beside them storageType, of engines other than Aurora's.
    replaces: [
      "availabilityZones",
      "clusterIdentifier",
      "clusterIdentifierPrefix",
      "clusterScalabilityType",
      "databaseName",
      "dbSubnetGroupName",
      "dbSystemId",
      "engine",
      "engineMode",
      "kmsKeyId",
      "masterUsername",
      "restoreToPointInTime",
      "s3Import",
      "snapshotIdentifier",
      "sourceRegion",
      "storageEncrypted",
    ],
    optional: [
      "allowMajorVersionUpgrade",
      "backtrackWindow",
      "dbClusterInstanceClass",
      "dbInstanceParameterGroupName",
      "deletionProtection",
      "domain",
      "domainIamRoleName",
      "enabledCloudwatchLogsExports",
      "finalSnapshotIdentifier",
      "globalClusterIdentifier",
      "iamDatabaseAuthenticationEnabled",
      "iops",
      "manageMasterUserPassword",
      "masterPassword",
      "masterPasswordWo",
      "masterPasswordWoVersion",
      "performanceInsightsEnabled",
      "replicationSourceIdentifier",
      "restoreToPointInTime",
      "s3Import",
      "sourceRegion",
      "tags",
      "warningEventCategories",
    ],
    defaults: {
      copyTagsToSnapshot: false,
      deleteAutomatedBackups: true,
      enableGlobalWriteForwarding: false,
      enableHttpEndpoint: false,
      enableLocalWriteForwarding: false,
      engineMode: "provisioned",
      skipFinalSnapshot: false,
    },
    tolerated: ["scalingConfiguration", "serverlessv2ScalingConfiguration", "snapshotIdentifier"],
  },
  "aws:rds/clusterInstance:ClusterInstance": {
    source: aws("rds/cluster_instance.go", "at 01606926a0"),
    replaces: [
      "availabilityZone",
      "clusterIdentifier",
      "customIamInstanceProfile",
      "dbSubnetGroupName",
      "engine",
      "identifier",
      "identifierPrefix",
    ],
    optional: ["customIamInstanceProfile", "tags", "warningEventCategories"],
    defaults: {
      autoMinorVersionUpgrade: true,
      copyTagsToSnapshot: false,
      forceDestroy: false,
      monitoringInterval: 0,
      promotionTier: 0,
    },
  },
  "aws:rds/globalCluster:GlobalCluster": {
    source: aws("rds/global_cluster.go", copyOf2025),
    replaces: [
      "databaseName",
      "engine",
      "globalClusterIdentifier",
      "sourceDbClusterIdentifier",
      "storageEncrypted",
    ],
    optional: ["forceDestroy", "tags"],
    defaults: { deletionProtection: false },
  },
  "aws:rds/instance:Instance": {
    source: aws(
      "rds/instance.go",
      "in a copy of 2023; what later versions added, and that it replaces nothing, is not seen",
    ),
    // identifier and dbSubnetGroupName can be changed in place here; AWS's schema says they cannot.
    replaces: [
      "availabilityZone",
      "backupTarget",
      "characterSetName",
      "customIamInstanceProfile",
      "dbName",
      "engine",
      "kmsKeyId",
      "ncharCharacterSetName",
      "restoreToPointInTime",
      "s3Import",
      "snapshotIdentifier",
      "storageEncrypted",
      "timezone",
      "username",
    ],
    optional: [
      "allowMajorVersionUpgrade",
      "blueGreenUpdate",
      "customIamInstanceProfile",
      "customerOwnedIpEnabled",
      "dedicatedLogVolume",
      "deletionProtection",
      "domain",
      "domainAuthSecretArn",
      "domainDnsIps",
      "domainIamRoleName",
      "domainOu",
      "enabledCloudwatchLogsExports",
      "finalSnapshotIdentifier",
      "iamDatabaseAuthenticationEnabled",
      "manageMasterUserPassword",
      "maxAllocatedStorage",
      "password",
      "passwordWo",
      "passwordWoVersion",
      "replicateSourceDb",
      "restoreToPointInTime",
      "s3Import",
      "storageEncrypted",
      "tags",
      "upgradeStorageConfig",
      "warningEventCategories",
    ],
    defaults: {
      applyImmediately: false,
      autoMinorVersionUpgrade: true,
      copyTagsToSnapshot: false,
      deleteAutomatedBackups: true,
      monitoringInterval: 0,
      performanceInsightsEnabled: false,
      publiclyAccessible: false,
      skipFinalSnapshot: false,
    },
  },
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": {
    source: aws("rds/instance_automated_backups_replication.go", "at 0213a3c19c"),
    replaces: ["kmsKeyId", "preSignedUrl", "retentionPeriod", "sourceDbInstanceArn"],
    optional: ["preSignedUrl"],
    defaults: { retentionPeriod: 7 },
  },
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": {
    source: aws("rds/cluster_parameter_group.go", copyOf2024),
    replaces: ["description", "family", "name", "namePrefix"],
    optional: ["parameters", "tags"],
  },
  "aws:rds/parameterGroup:ParameterGroup": {
    source: aws("rds/parameter_group.go", copyOf2025),
    replaces: ["description", "family", "name", "namePrefix"],
    optional: ["parameters", "tags"],
    defaults: { skipDestroy: false },
  },
  "aws:rds/subnetGroup:SubnetGroup": {
    source: aws("rds/subnet_group.go", copyOf2024),
    replaces: ["name", "namePrefix"],
    optional: ["tags"],
  },

  "aws:s3/bucket:Bucket": {
    source: aws("s3/bucket.go", `${copyOf2024}, without bucketNamespace`),
    replaces: [
      "bucket",
      "bucketPrefix",
      "objectLockConfiguration.objectLockEnabled",
      "objectLockEnabled",
    ],
    optional: ["tags"],
    defaults: { forceDestroy: false },
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    source: aws("s3/bucket_lifecycle_configuration.go", copyOf2025),
    replaces: ["bucket", "expectedBucketOwner"],
    optional: ["rules"],
    // How long the provider waits; nothing of the bucket's.
    tolerated: ["timeouts"],
  },
  "aws:s3/bucketLogging:BucketLogging": {
    source: aws("s3/bucket_logging.go", `${copyOf2024}, of which the rest is not seen`),
    replaces: ["bucket", "expectedBucketOwner"],
    optional: ["expectedBucketOwner", "targetGrants", "targetObjectKeyFormat"],
  },
  "aws:s3/bucketNotification:BucketNotification": {
    source: aws("s3/bucket_notification.go", "at adeb84220e"),
    replaces: ["bucket"],
    optional: ["lambdaFunctions", "queues", "topics"],
    defaults: { eventbridge: false },
  },
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": {
    source: aws("s3/bucket_object_lock_configuration.go", copyOf2024),
    replaces: ["bucket", "expectedBucketOwner", "objectLockEnabled"],
    optional: ["expectedBucketOwner", "rule", "token"],
    defaults: { objectLockEnabled: "Enabled" },
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
    source: aws("s3/bucket_ownership_controls.go", copyOf2024),
    replaces: ["bucket"],
    optional: [],
  },
  "aws:s3/bucketPolicy:BucketPolicy": {
    source: aws("s3/bucket_policy.go", copyOf2026),
    replaces: ["bucket"],
    optional: [],
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    source: aws("s3/bucket_public_access_block.go", `${copyOf2024}, without skipDestroy`),
    replaces: ["bucket"],
    optional: ["skipDestroy"],
    defaults: {
      blockPublicAcls: false,
      blockPublicPolicy: false,
      ignorePublicAcls: false,
      restrictPublicBuckets: false,
    },
  },
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": {
    source: aws(
      "s3/bucket_replication_configuration.go",
      `${copyOf2024}, of which what is below rule is not seen`,
    ),
    replaces: ["bucket"],
    optional: ["token"],
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    source: aws("s3/bucket_server_side_encryption_configuration.go", copyOf2026),
    // expectedBucketOwner by its CustomizeDiff.
    replaces: ["bucket", "expectedBucketOwner"],
    optional: ["expectedBucketOwner"],
  },
  "aws:s3/bucketVersioning:BucketVersioning": {
    source: aws(
      "s3/bucket_versioning.go",
      `${copyOf2024}, of which what is below versioning_configuration is not seen`,
    ),
    replaces: ["bucket", "expectedBucketOwner"],
    optional: ["expectedBucketOwner", "mfa"],
  },

  "aws:kms/key:Key": {
    source: aws("kms/key.go", copyOf2024),
    // AWS's schema names none of them: there the change fails.
    replaces: ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"],
    optional: ["customKeyStoreId", "deletionWindowInDays", "tags", "xksKeyId"],
    defaults: {
      bypassPolicyLockoutSafetyCheck: false,
      customerMasterKeySpec: "SYMMETRIC_DEFAULT",
      enableKeyRotation: false,
      isEnabled: true,
      keyUsage: "ENCRYPT_DECRYPT",
    },
  },
  "aws:kms/alias:Alias": {
    source: aws("kms/alias.go", copyOf2024),
    replaces: ["name", "namePrefix"],
    optional: [],
  },

  "aws:backup/plan:Plan": {
    source: aws("backup/plan.go", `${copyOf2025}, without scan_setting`),
    // AWS's schema has nothing that cannot be changed.
    replaces: ["name"],
    optional: ["advancedBackupSettings", "scanSettings", "tags"],
  },
  "aws:backup/regionSettings:RegionSettings": {
    source: aws("backup/region_settings.go", copyOf2024),
    replaces: [],
    optional: [],
  },
  "aws:backup/selection:Selection": {
    source: aws("backup/selection.go", copyOf2024),
    replaces: [
      "conditions",
      "iamRoleArn",
      "name",
      "notResources",
      "planId",
      "resources",
      "selectionTags",
    ],
    optional: ["resources", "selectionTags"],
  },
  "aws:backup/vault:Vault": {
    source: aws("backup/vault.go", "at 050ac11163"),
    replaces: ["kmsKeyArn", "name"],
    optional: ["tags"],
    defaults: { forceDestroy: false },
  },
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": {
    source: aws("backup/vault_lock_configuration.go", copyOf2024),
    replaces: ["backupVaultName", "changeableForDays", "maxRetentionDays", "minRetentionDays"],
    optional: ["changeableForDays", "maxRetentionDays", "minRetentionDays"],
  },
  "aws:backup/vaultNotifications:VaultNotifications": {
    source: aws("backup/vault_notifications.go", "at 12e66fa432"),
    replaces: ["backupVaultEvents", "backupVaultName", "snsTopicArn"],
    optional: [],
  },
  "aws:backup/vaultPolicy:VaultPolicy": {
    source: aws("backup/vault_policy.go", "at 01606926a0"),
    replaces: ["backupVaultName"],
    optional: [],
  },

  "aws:secretsmanager/secret:Secret": {
    // That copy still computes replica; the library, and the release notes, no longer do.
    source: aws("secretsmanager/secret.go", `${copyOf2024}, without type`),
    replaces: ["name", "namePrefix"],
    optional: ["description", "kmsKeyId", "replicas", "tags", "type"],
    defaults: { forceOverwriteReplicaSecret: false, recoveryWindowInDays: 30 },
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    source: aws("secretsmanager/secret_version.go", "at 0042e8ea0d"),
    replaces: ["secretBinary", "secretId", "secretString", "secretStringWoVersion"],
    optional: ["secretBinary", "secretString", "secretStringWo", "secretStringWoVersion"],
  },

  "aws:route53/healthCheck:HealthCheck": {
    source: aws("route53/health_check.go", `${copyOf2024}, without triggers`),
    replaces: ["measureLatency", "referenceName", "requestInterval", "routingControlArn", "type"],
    optional: [
      "childHealthThreshold",
      "childHealthchecks",
      "cloudwatchAlarmName",
      "cloudwatchAlarmRegion",
      "fqdn",
      "insufficientDataHealthStatus",
      "invertHealthcheck",
      "ipAddress",
      "port",
      "referenceName",
      "requestInterval",
      "resourcePath",
      "routingControlArn",
      "searchString",
      "tags",
    ],
    defaults: { disabled: false, measureLatency: false },
  },
  "aws:route53/record:Record": {
    source: aws("route53/record.go", copyOf2024),
    // Another type or set identifier is another record too, which its update deletes and creates.
    replaces: ["name", "zoneId"],
    optional: [
      "aliases",
      "cidrRoutingPolicy",
      "failoverRoutingPolicies",
      "geolocationRoutingPolicies",
      "geoproximityRoutingPolicy",
      "healthCheckId",
      "latencyRoutingPolicies",
      "multivalueAnswerRoutingPolicy",
      "records",
      "setIdentifier",
      "ttl",
      "weightedRoutingPolicies",
    ],
  },

  "aws:cloudwatch/eventTarget:EventTarget": {
    source: aws("events/target.go", `${copyOf2024}, without appsync_target`),
    replaces: ["eventBusName", "rule", "targetId"],
    optional: [
      "appsyncTarget",
      "batchTarget",
      "deadLetterConfig",
      "ecsTarget",
      "httpTarget",
      "input",
      "inputPath",
      "inputTransformer",
      "kinesisTarget",
      "redshiftTarget",
      "retryPolicy",
      "roleArn",
      "runCommandTargets",
      "sqsTarget",
    ],
    defaults: { eventBusName: "default", forceDestroy: false },
    tolerated: ["sagemakerPipelineTarget"],
  },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
    source: aws("ecr/lifecycle_policy.go", `${copyOf2024}; it has no update, so all is ForceNew`),
    replaces: ["policy", "repository"],
    optional: [],
  },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": {
    source: aws("ecr/repository_policy.go", copyOf2024),
    replaces: ["repository"],
    optional: [],
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    source: aws("iam/role_policy_attachment.go", copyOf2026),
    replaces: ["policyArn", "role"],
    optional: [],
  },

  "postgresql:index/defaultPrivileges:DefaultPrivileges": {
    source: postgresql("default_privileges", "at 02129afe73"),
    replaces: ["database", "objectType", "owner", "role", "schema", "withGrantOption"],
    optional: ["schema"],
    defaults: { withGrantOption: false },
  },
  "postgresql:index/grant:Grant": {
    source: postgresql("grant", "at 04541ab035, without columns and objects"),
    replaces: ["database", "objectType", "role", "schema", "withGrantOption"],
    optional: ["columns", "objects", "schema"],
    defaults: { withGrantOption: false },
  },
  "postgresql:index/grantRole:GrantRole": {
    source: postgresql("grant_role", "at 04a8fc67c2"),
    replaces: ["grantRole", "role", "withAdminOption"],
    optional: [],
    defaults: { withAdminOption: false },
  },
  "postgresql:index/role:Role": {
    source: postgresql("role", "at 01defb57b7, without passwordWo"),
    replaces: [],
    optional: [
      "assumeRole",
      "encrypted",
      "idleInTransactionSessionTimeout",
      "password",
      "passwordWo",
      "passwordWoVersion",
      "roles",
      "searchPaths",
      "statementTimeout",
    ],
    defaults: {
      bypassRowLevelSecurity: false,
      connectionLimit: -1,
      createDatabase: false,
      createRole: false,
      encryptedPassword: true,
      inherit: true,
      login: false,
      replication: false,
      skipDropRole: false,
      skipReassignOwned: false,
      superuser: false,
      validUntil: "infinity",
    },
  },
  "postgresql:index/schema:Schema": {
    source: postgresql("schema", "at 04541ab035"),
    replaces: ["database"],
    optional: [],
    defaults: { dropCascade: false, ifNotExists: true },
  },

  "random:index/randomId:RandomId": {
    source: "terraform-provider-random internal/provider/resource_id.go, at 04572027eb",
    replaces: ["byteLength", "keepers", "prefix"],
    optional: ["keepers", "prefix"],
  },
  "random:index/randomPassword:RandomPassword": {
    source: "terraform-provider-random internal/provider/resource_password.go, at 0117aa60f8",
    replaces: [
      "keepers",
      "length",
      "lower",
      "minLower",
      "minNumeric",
      "minSpecial",
      "minUpper",
      "number",
      "numeric",
      "overrideSpecial",
      "special",
      "upper",
    ],
    optional: ["keepers", "overrideSpecial"],
  },
};
