import { z } from "zod";
import { databaseOf } from "../../config/generations";
import { rule } from "../rule";
import { isSet, isTrueAt, listAt, textAt, valueAt } from "../values";

const parameterTypes = [
  "aws:rds/clusterParameterGroup:ClusterParameterGroup",
  "aws:rds/parameterGroup:ParameterGroup",
];
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

/** Shortest and longest of `rds.global_db_rpo`. */
const shortestLagLimit = 20;

/** What PostgreSQL is told. */
export const databaseParameters = rule({
  id: "database-parameters",
  severity: "critical",
  scope: "resource",
  description:
    "PostgreSQL takes connections over TLS 1.2 or newer alone, and commits wait for the standby exactly where the system's file says so.",
  serves: "replicationLagLimit with rpoEnforcement; PCI DSS 4.2: encrypted in transit",
  peers: ["CKV2_AWS_69"],
  types: parameterTypes,
  example: {
    good: '{ name: "rds.force_ssl", value: "1" }',
    bad: '{ name: "rds.global_db_rpo", value: "86400" }',
  },
  settings: z.strictObject({
    /** Seconds of lag above which commits wait; 0 where nothing waits. */
    lagLimit: z.int(),
  }),
  settingsFor: ({ configuration: { system } }) => {
    const database = databaseOf(system);
    return database === undefined
      ? undefined
      : {
          lagLimit: database.rpoEnforcement === "block" ? database.replicationLagLimit.seconds : 0,
        };
  },
  *check({ inputs }, { settings: { lagLimit } }) {
    const values = new Map(
      listAt(inputs, "parameters").map((one) => [textAt(one, "name"), textAt(one, "value")]),
    );
    const forced = values.get("rds.force_ssl");
    if (forced !== "1") {
      yield {
        setting: "rds.force_ssl",
        ...(forced === undefined ? {} : { found: forced }),
        required: "1",
        mend: "set it: passwords would go over the wire in clear text",
      };
    }
    const version = values.get("ssl_min_protocol_version");
    if (version !== "TLSv1.2" && version !== "TLSv1.3") {
      yield {
        setting: "ssl_min_protocol_version",
        ...(version === undefined ? {} : { found: version }),
        required: "TLSv1.2 or TLSv1.3",
        mend: "set it",
      };
    }
    const written = values.get("rds.global_db_rpo");
    const limit = Number(written ?? 0);
    const isWrong =
      lagLimit === 0
        ? written !== undefined
        : !(limit >= shortestLagLimit && limit <= Math.max(lagLimit, shortestLagLimit));
    if (isWrong) {
      yield {
        setting: "rds.global_db_rpo",
        ...(written === undefined ? {} : { found: limit }),
        required:
          lagLimit === 0
            ? "left out: it stops trading when the standby lags, which rpoEnforcement: block asks for"
            : `${String(shortestLagLimit)} to ${String(lagLimit)} seconds`,
        mend: "let it follow rpoEnforcement and replicationLagLimit of the system's file",
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
