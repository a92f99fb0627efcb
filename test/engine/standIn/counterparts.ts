/** Where AWS's own schemas have a resource type of Pulumi's. */
export type Counterpart =
  | {
      /** Type of CloudFormation. */
      readonly schema: string;
      /** The one structure there that holds what are inputs of their own here. */
      readonly flattened?: string;
      /** Properties whose names no rule finds; null where there is none, though a rule finds one. */
      readonly renamed?: Readonly<Record<string, readonly [name: string | null, because: string]>>;
    }
  | { readonly schema: null; readonly because: string };

const policyText = ["policy", "the provider takes the document as text"] as const;

/**
 * Every type of AWS that the stacks declare, and those that stores and access to them will need.
 *
 * The rules that find most names are in extractRules.ts.
 */
export const counterparts: Readonly<Record<string, Counterpart>> = {
  "aws:backup/plan:Plan": { schema: "AWS::Backup::BackupPlan", flattened: "BackupPlan" },
  "aws:backup/regionSettings:RegionSettings": {
    schema: null,
    because: "CloudFormation has no opt-in to AWS Backup",
  },
  "aws:backup/restoreTestingPlan:RestoreTestingPlan": { schema: "AWS::Backup::RestoreTestingPlan" },
  "aws:backup/restoreTestingSelection:RestoreTestingSelection": {
    schema: "AWS::Backup::RestoreTestingSelection",
  },
  "aws:backup/selection:Selection": {
    schema: "AWS::Backup::BackupSelection",
    flattened: "BackupSelection",
    renamed: {
      ListOfTags: ["selectionTags", "the provider's word"],
      SelectionName: ["name", "the prefix is the second half of the type's name"],
    },
  },
  "aws:backup/vault:Vault": {
    schema: "AWS::Backup::BackupVault",
    renamed: { EncryptionKeyArn: ["kmsKeyArn", "the provider's word"] },
  },
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": {
    schema: null,
    because: "property LockConfiguration of AWS::Backup::BackupVault",
  },
  "aws:backup/vaultNotifications:VaultNotifications": {
    schema: null,
    because: "property Notifications of AWS::Backup::BackupVault",
  },
  "aws:backup/vaultPolicy:VaultPolicy": {
    schema: null,
    because: "property AccessPolicy of AWS::Backup::BackupVault",
  },
  "aws:budgets/budget:Budget": {
    schema: "AWS::Budgets::Budget",
    flattened: "Budget",
    renamed: { NotificationsWithSubscribers: ["notifications", "the provider's word"] },
  },
  "aws:cloudtrail/trail:Trail": { schema: "AWS::CloudTrail::Trail" },
  "aws:cloudwatch/eventRule:EventRule": { schema: "AWS::Events::Rule" },
  "aws:cloudwatch/eventTarget:EventTarget": {
    schema: null,
    because: "property Targets of AWS::Events::Rule",
  },
  "aws:cloudwatch/logGroup:LogGroup": { schema: "AWS::Logs::LogGroup" },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { schema: "AWS::CloudWatch::Alarm" },
  "aws:ec2/securityGroup:SecurityGroup": { schema: "AWS::EC2::SecurityGroup" },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
    schema: null,
    because: "property LifecyclePolicy of AWS::ECR::Repository",
  },
  "aws:ecr/registryPolicy:RegistryPolicy": {
    schema: "AWS::ECR::RegistryPolicy",
    renamed: { PolicyText: policyText },
  },
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": {
    schema: "AWS::ECR::RegistryScanningConfiguration",
  },
  "aws:ecr/replicationConfiguration:ReplicationConfiguration": {
    schema: "AWS::ECR::ReplicationConfiguration",
  },
  "aws:ecr/repository:Repository": { schema: "AWS::ECR::Repository" },
  "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": {
    schema: "AWS::ECR::RepositoryCreationTemplate",
  },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": {
    schema: null,
    because: "property RepositoryPolicyText of AWS::ECR::Repository",
  },
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    schema: "AWS::EKS::PodIdentityAssociation",
  },
  "aws:iam/policy:Policy": {
    schema: "AWS::IAM::ManagedPolicy",
    renamed: { PolicyDocument: policyText },
  },
  "aws:iam/role:Role": {
    schema: "AWS::IAM::Role",
    renamed: { AssumeRolePolicyDocument: ["assumeRolePolicy", policyText[1]] },
  },
  "aws:iam/rolePolicy:RolePolicy": {
    schema: "AWS::IAM::RolePolicy",
    renamed: {
      PolicyDocument: policyText,
      RoleName: ["role", "not the policy's own name, which is PolicyName"],
    },
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    schema: null,
    because: "property ManagedPolicyArns of AWS::IAM::Role",
  },
  "aws:kms/alias:Alias": { schema: "AWS::KMS::Alias" },
  "aws:kms/key:Key": {
    schema: "AWS::KMS::Key",
    renamed: {
      Enabled: ["isEnabled", "the provider's word"],
      KeySpec: ["customerMasterKeySpec", "the API's former name of it"],
      PendingWindowInDays: ["deletionWindowInDays", "the provider's word"],
    },
  },
  "aws:rds/cluster:Cluster": {
    schema: "AWS::RDS::DBCluster",
    renamed: {
      RestoreToTime: ["restoreToPointInTime.restoreToTime", "one structure in the provider"],
      RestoreType: ["restoreToPointInTime.restoreType", "one structure in the provider"],
      SourceDBClusterIdentifier: [
        "restoreToPointInTime.sourceClusterIdentifier",
        "what is restored; a replica's source is ReplicationSourceIdentifier",
      ],
      SourceDbClusterResourceId: [
        "restoreToPointInTime.sourceClusterResourceId",
        "one structure in the provider",
      ],
      UseLatestRestorableTime: [
        "restoreToPointInTime.useLatestRestorableTime",
        "one structure in the provider",
      ],
    },
  },
  "aws:rds/clusterInstance:ClusterInstance": { schema: "AWS::RDS::DBInstance" },
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": {
    schema: "AWS::RDS::DBClusterParameterGroup",
  },
  "aws:rds/globalCluster:GlobalCluster": { schema: "AWS::RDS::GlobalCluster" },
  "aws:rds/instance:Instance": {
    schema: "AWS::RDS::DBInstance",
    renamed: { MasterUsername: ["username", "the provider's word"] },
  },
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": {
    schema: null,
    because: "properties AutomaticBackupReplication... of AWS::RDS::DBInstance",
  },
  "aws:rds/parameterGroup:ParameterGroup": { schema: "AWS::RDS::DBParameterGroup" },
  "aws:rds/subnetGroup:SubnetGroup": { schema: "AWS::RDS::DBSubnetGroup" },
  "aws:route53/healthCheck:HealthCheck": {
    schema: "AWS::Route53::HealthCheck",
    flattened: "HealthCheckConfig",
    renamed: {
      FullyQualifiedDomainName: ["fqdn", "the provider's word"],
      HealthThreshold: ["childHealthThreshold", "it counts the children of a calculated check"],
    },
  },
  "aws:route53/record:Record": {
    schema: "AWS::Route53::RecordSet",
    renamed: { HostedZoneId: ["zoneId", "the provider's word"] },
  },
  "aws:route53/zone:Zone": { schema: "AWS::Route53::HostedZone" },
  "aws:s3/bucket:Bucket": {
    schema: "AWS::S3::Bucket",
    renamed: { BucketNamePrefix: ["bucketPrefix", "the provider's word"] },
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    schema: null,
    because: "property LifecycleConfiguration of AWS::S3::Bucket",
  },
  "aws:s3/bucketLogging:BucketLogging": {
    schema: null,
    because: "property LoggingConfiguration of AWS::S3::Bucket",
  },
  "aws:s3/bucketNotification:BucketNotification": {
    schema: null,
    because: "property NotificationConfiguration of AWS::S3::Bucket",
  },
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": {
    schema: null,
    because: "property ObjectLockConfiguration of AWS::S3::Bucket",
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
    schema: null,
    because: "property OwnershipControls of AWS::S3::Bucket",
  },
  "aws:s3/bucketPolicy:BucketPolicy": {
    schema: "AWS::S3::BucketPolicy",
    renamed: { PolicyDocument: policyText },
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    schema: null,
    because: "property PublicAccessBlockConfiguration of AWS::S3::Bucket",
  },
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": {
    schema: null,
    because: "property ReplicationConfiguration of AWS::S3::Bucket",
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    schema: null,
    because: "property BucketEncryption of AWS::S3::Bucket",
  },
  "aws:s3/bucketVersioning:BucketVersioning": {
    schema: null,
    because: "property VersioningConfiguration of AWS::S3::Bucket",
  },
  "aws:secretsmanager/secret:Secret": { schema: "AWS::SecretsManager::Secret" },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    schema: null,
    because: "property SecretString of AWS::SecretsManager::Secret",
  },
  "aws:sns/topic:Topic": { schema: "AWS::SNS::Topic" },
  "aws:sns/topicPolicy:TopicPolicy": {
    // AWS::SNS::TopicPolicy belongs to a list of topics, the provider's type to one.
    schema: "AWS::SNS::TopicInlinePolicy",
    renamed: { PolicyDocument: policyText },
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    schema: "AWS::SNS::Subscription",
    renamed: { Region: [null, "the topic's region there, the subscription's own here"] },
  },
  "aws:sqs/queue:Queue": {
    schema: "AWS::SQS::Queue",
    renamed: {
      MaximumMessageSize: ["maxMessageSize", "the provider's word"],
      MessageRetentionPeriod: ["messageRetentionSeconds", "the provider's word"],
      ReceiveMessageWaitTimeSeconds: ["receiveWaitTimeSeconds", "the provider's word"],
      VisibilityTimeout: ["visibilityTimeoutSeconds", "the provider's word"],
    },
  },
  "aws:sqs/queuePolicy:QueuePolicy": {
    // AWS::SQS::QueuePolicy belongs to a list of queues, the provider's type to one.
    schema: "AWS::SQS::QueueInlinePolicy",
    renamed: {
      PolicyDocument: policyText,
      Queue: ["queueUrl", "the provider's word"],
    },
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    schema: "AWS::EC2::SecurityGroupIngress",
    renamed: {
      CidrIp: ["cidrIpv4", "the API's name in rules of their own"],
      GroupId: ["securityGroupId", "the provider's word"],
      SourcePrefixListId: ["prefixListId", "the API's name in rules of their own"],
      SourceSecurityGroupId: ["referencedSecurityGroupId", "the API's name in rules of their own"],
    },
  },
};
