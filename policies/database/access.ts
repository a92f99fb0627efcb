import { rule } from "../rule";
import { isSet, isTrueAt, listAt, type Path, textAt, valueAt } from "../values";
import { textsAt } from "../workloads";

const memberType = "aws:rds/clusterInstance:ClusterInstance";
const instanceType = "aws:rds/instance:Instance";
const clusterType = "aws:rds/cluster:Cluster";

/**
 * The widest network that may be a firm's own. IPv4: 10.0.0.0/8, the widest of private addresses. IPv6: a
 * VPC has a /44 at the most, and /16 leaves room for all that a registry has given to one holder. What is
 * wider is a part of the internet: 0.0.0.0/1 and 128.0.0.0/1 are all of it.
 */
const widest = { ipv4: 8, ipv6: 16 };

/** Nobody reaches a database but those who are named. */
export const databasePrivate = rule({
  id: "database-private",
  severity: "critical",
  scope: "resource",
  description:
    "A database has no public address, and no security group lets in a network that is wider than a firm's own can be.",
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
  example: { good: "publiclyAccessible: false", bad: 'cidrIpv4: "0.0.0.0/1"' },
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
    if (textAt(inputs, "type") !== "egress") {
      for (const source of sourcesOf(inputs)) {
        if (isTooWide(source)) {
          yield {
            setting: "its sources",
            found: source,
            required: `named networks, /${String(widest.ipv4)} at the widest (IPv6: /${String(widest.ipv6)}), or security groups`,
            mend: "let in the security group of the cluster's nodes",
          };
        }
      }
    }
  },
});

/** The networks that a rule, or a group with rules inside, lets in; one after another, since some may not be known. */
function* sourcesOf(inputs: unknown): Iterable<string> {
  const inline = listAt(inputs, "ingress").map((_, index): Path => ["ingress", index]);
  for (const path of [[], ...inline]) {
    const lists = ["cidrBlocks", "ipv6CidrBlocks"].flatMap((list) =>
      listAt(inputs, ...path, list).map((_, index): Path => [list, index]),
    );
    for (const place of [["cidrIpv4"], ["cidrIpv6"], ...lists]) {
      const source = textAt(inputs, ...path, ...place);
      if (source !== undefined) {
        yield source;
      }
    }
  }
}

function isTooWide(network: string): boolean {
  const [, length] = network.split("/");
  return Number(length) < (network.includes(":") ? widest.ipv6 : widest.ipv4);
}

/** Who is in, and what happened, can be told. */
export const databaseWatched = rule({
  id: "database-logins-and-logs",
  severity: "high",
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
      if (!textsAt(inputs, "enabledCloudwatchLogsExports").includes("postgresql")) {
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
