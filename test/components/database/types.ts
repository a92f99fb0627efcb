import { tags } from "../../support/declared";

/** What databases are made of. */
export const types = {
  aurora: "trading-dr:database:AuroraDatabase",
  plain: "trading-dr:database:RdsDatabase",
  network: "trading-dr:database:DatabaseNetwork",
  administrator: "trading-dr:database:Administrator",
  global: "aws:rds/globalCluster:GlobalCluster",
  cluster: "aws:rds/cluster:Cluster",
  clusterInstance: "aws:rds/clusterInstance:ClusterInstance",
  clusterParameters: "aws:rds/clusterParameterGroup:ClusterParameterGroup",
  instance: "aws:rds/instance:Instance",
  parameters: "aws:rds/parameterGroup:ParameterGroup",
  backups: "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  logs: "aws:cloudwatch/logGroup:LogGroup",
  secret: "aws:secretsmanager/secret:Secret",
  secretValue: "aws:secretsmanager/secretVersion:SecretVersion",
  password: "random:index/randomPassword:RandomPassword",
  suffix: "random:index/randomId:RandomId",
  subnets: "aws:rds/subnetGroup:SubnetGroup",
  firewall: "aws:ec2/securityGroup:SecurityGroup",
  rule: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
} as const;

/** Tags of everything that belongs to a database. */
export const databaseTags = { ...tags, "trading-dr:purpose": "database" };
