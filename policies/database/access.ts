import { rule } from "../rule";
import { isSet, isTrueAt, listAt, textAt, valueAt } from "../values";

const memberType = "aws:rds/clusterInstance:ClusterInstance";
const instanceType = "aws:rds/instance:Instance";
const clusterType = "aws:rds/cluster:Cluster";

/** Nobody reaches a database but those who are named. */
export const databasePrivate = rule({
  id: "database-private",
  severity: "critical",
  scope: "resource",
  description: "A database has no public address, and no security group is open to every address.",
  serves: "PCI DSS 1.3: no way from the internet to data",
  peers: [
    "CKV_AWS_17",
    "CKV_AWS_24",
    "awsguard rds-instance-public-access",
    "RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
  ],
  types: [
    instanceType,
    memberType,
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
  ],
  example: { good: "publiclyAccessible: false", bad: 'cidrIpv4: "0.0.0.0/0"' },
  *check({ type, inputs }) {
    if (type === instanceType || type === memberType) {
      const found = valueAt(inputs, "publiclyAccessible");
      if (found !== false) {
        yield {
          setting: "publiclyAccessible",
          ...(found === true ? { found } : {}),
          required: "false",
          mend: "set it: left out, it depends on the subnets",
        };
      }
      return;
    }
    const open = ["0.0.0.0/0", "::/0"];
    const inline = listAt(inputs, "ingress");
    const sources = [inputs, ...inline].flatMap((one) => [
      textAt(one, "cidrIpv4"),
      textAt(one, "cidrIpv6"),
      ...listAt(one, "cidrBlocks"),
      ...listAt(one, "ipv6CidrBlocks"),
    ]);
    const isOutgoing = textAt(inputs, "type") === "egress";
    const found = open.find((address) => sources.includes(address));
    if (found !== undefined && !isOutgoing) {
      yield {
        setting: "its sources",
        found,
        required: "named networks or security groups",
        mend: "let in the security group of the cluster's nodes",
      };
    }
  },
});

/** Who is in, and what happened, can be told. */
export const databaseWatched = rule({
  id: "database-logins-and-logs",
  severity: "medium",
  level: "advisory",
  scope: "resource",
  description:
    "A database takes logins by IAM tokens, sends its log to CloudWatch, and encrypts what Performance Insights keeps.",
  serves: "backups that log in without a password; logRetention",
  peers: ["CKV_AWS_162", "CKV_AWS_324", "CKV_AWS_354", "CKV2_AWS_27"],
  types: [clusterType, instanceType, memberType],
  example: {
    good: 'iamDatabaseAuthenticationEnabled: true, enabledCloudwatchLogsExports: ["postgresql"]',
    bad: "iamDatabaseAuthenticationEnabled: false",
  },
  *check({ type, inputs }) {
    if (type !== memberType) {
      if (!isTrueAt(inputs, "iamDatabaseAuthenticationEnabled")) {
        yield {
          setting: "iamDatabaseAuthenticationEnabled",
          required: "true",
          mend: "set it: jobs log in by tokens, and cannot otherwise",
        };
      }
      if (!listAt(inputs, "enabledCloudwatchLogsExports").includes("postgresql")) {
        yield {
          setting: "enabledCloudwatchLogsExports",
          required: "a list with postgresql",
          mend: "add it",
        };
      }
    }
    if (
      isTrueAt(inputs, "performanceInsightsEnabled") &&
      !isSet(inputs, "performanceInsightsKmsKeyId")
    ) {
      yield {
        setting: "performanceInsightsKmsKeyId",
        required: "the region's key for the database",
        mend: "pass the key's ARN",
      };
    }
  },
});
