import { databasePrivate, databaseWatched } from "../../../policies/database/access";
import { backupRetention, backupsCopied } from "../../../policies/database/backupRetention";
import { survivesZone } from "../../../policies/database/instances";
import { databaseEncrypted, databaseKept } from "../../../policies/database/kept";
import {
  inBackupPlan,
  longRetention,
  outlivesFailover,
  standbyFollows,
} from "../../../policies/database/pair";
import { databaseOwnParameters, databaseParameters } from "../../../policies/database/parameters";
import { type Resource, stackItself } from "../../../policies/stack";
import { breaks, passes, resource, type RuleCases, unknown, waits } from "../ruleCases";

const cluster = (inputs: Record<string, unknown>) => resource("aws:rds/cluster:Cluster", inputs);
const instance = (inputs: Record<string, unknown>) => resource("aws:rds/instance:Instance", inputs);
const member = (clusterIdentifier: unknown) =>
  resource("aws:rds/clusterInstance:ClusterInstance", { clusterIdentifier });

const soundCluster = {
  clusterIdentifier: "database",
  deletionProtection: true,
  finalSnapshotIdentifier: unknown,
  deleteAutomatedBackups: false,
  copyTagsToSnapshot: true,
};
const kept = (changes: Record<string, unknown>, options: Partial<Resource> = {}) =>
  resource("aws:rds/cluster:Cluster", { ...soundCluster, ...changes }, options);
const globalDatabase = (inputs: Record<string, unknown>, options: Partial<Resource> = {}) =>
  resource("aws:rds/globalCluster:GlobalCluster", inputs, options);
const ingress = (inputs: Record<string, unknown>) =>
  resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", inputs);
const parameters = (values: Record<string, unknown>) =>
  resource("aws:rds/clusterParameterGroup:ClusterParameterGroup", {
    parameters: Object.entries(values).map(([name, value]) => ({ name, value })),
  });
const soundParameters = { "rds.force_ssl": "1", ssl_min_protocol_version: "TLSv1.2" };
const stack = stackItself("prod");
const planned = (...days: readonly unknown[]) => ({
  beside: [
    resource("aws:backup/plan:Plan", {
      rules: days.map((deleteAfter) => ({ lifecycle: { deleteAfter } })),
    }),
  ],
});
const selected = (resources: unknown, more: Record<string, unknown> = {}) => ({
  beside: [resource("aws:backup/selection:Selection", { resources, ...more })],
});
const provider = resource("pulumi:providers:aws", { region: "us-west-2" });
/** Both stacks of a pair of clusters. */
const pair = (
  own: Record<string, unknown>,
  other: Record<string, unknown>,
  here: readonly Resource[] = [],
) => ({
  beside: [cluster({ clusterIdentifier: "east", ...own }), ...here],
  others: {
    dr: [provider, cluster({ clusterIdentifier: "west", ...other })],
  },
});
const replicas = (own: Record<string, unknown>, other: Record<string, unknown>) => ({
  beside: [instance({ identifier: "east", ...own })],
  others: { dr: [provider, instance({ identifier: "west", ...other })] },
});

const copied = (inputs: Record<string, unknown>) => ({
  beside: [
    resource(
      "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
      inputs,
    ),
  ],
});
const aurora = cluster({ clusterIdentifier: "database" });
const inZone = (availabilityZone: unknown) =>
  resource("aws:rds/clusterInstance:ClusterInstance", {
    ...{ clusterIdentifier: "database", availabilityZone },
  });
const clusterGroup = (name: unknown) => ({
  beside: [resource("aws:rds/clusterParameterGroup:ClusterParameterGroup", { name })],
});
const instanceGroup = (name: unknown) => ({
  beside: [resource("aws:rds/parameterGroup:ParameterGroup", { name })],
});

/** Cases of the rules of databases. */
export const databaseCases: readonly RuleCases[] = [
  {
    rule: backupRetention,
    settings: { minimumDays: 30 },
    good: [passes("the longest there is", cluster({ backupRetentionPeriod: 35 }))],
    bad: [
      breaks("a week", instance({ backupRetentionPeriod: 7 }), "backupRetentionPeriod"),
      breaks(
        "longer than RDS can",
        cluster({ backupRetentionPeriod: 36 }),
        "backupRetentionPeriod",
      ),
    ],
    absent: [breaks("one day, AWS's default", cluster({}), "backupRetentionPeriod")],
    limit: [
      passes("the very term", cluster({ backupRetentionPeriod: 30 })),
      breaks("a day less", cluster({ backupRetentionPeriod: 29 }), "backupRetentionPeriod"),
    ],
    unknown: [
      waits("not known", cluster({ backupRetentionPeriod: unknown }), "backupRetentionPeriod"),
    ],
  },
  {
    rule: backupsCopied,
    settings: { source: "arn:east", minimumDays: 30 },
    good: [
      passes(
        "the longest there is",
        stack,
        copied({ sourceDbInstanceArn: "arn:east", retentionPeriod: 35 }),
      ),
    ],
    bad: [
      breaks(
        "copies of another's",
        stack,
        "InstanceAutomatedBackupsReplication",
        copied({ sourceDbInstanceArn: "arn:old", retentionPeriod: 35 }),
      ),
      breaks(
        "for a week",
        stack,
        "retentionPeriod of the copied backups",
        copied({ sourceDbInstanceArn: "arn:east", retentionPeriod: 7 }),
      ),
    ],
    absent: [
      breaks("no copies", stack, "InstanceAutomatedBackupsReplication"),
      breaks(
        "no term, which is a week",
        stack,
        "retentionPeriod of the copied backups",
        copied({ sourceDbInstanceArn: "arn:east" }),
      ),
    ],
    limit: [
      passes(
        "the very term",
        stack,
        copied({ sourceDbInstanceArn: "arn:east", retentionPeriod: 30 }),
      ),
      breaks(
        "a day less",
        stack,
        "retentionPeriod of the copied backups",
        copied({ sourceDbInstanceArn: "arn:east", retentionPeriod: 29 }),
      ),
    ],
    unknown: [
      waits(
        "not known whose",
        stack,
        "sourceDbInstanceArn",
        copied({ sourceDbInstanceArn: unknown, retentionPeriod: 30 }),
      ),
      waits(
        "not known for how long",
        stack,
        "retentionPeriod",
        copied({ sourceDbInstanceArn: "arn:east", retentionPeriod: unknown }),
      ),
    ],
  },
  {
    rule: survivesZone,
    settings: { instances: 2 },
    good: [
      passes("an instance with a standby", instance({ multiAz: true })),
      passes("three instances", aurora, { beside: Array(3).fill(member("database")) }),
      passes("two instances in two zones", aurora, { beside: [inZone("a"), inZone("b")] }),
      passes("two instances, of which one is told its zone", aurora, {
        beside: [inZone("a"), member("database")],
      }),
    ],
    bad: [
      breaks("an instance without a standby", instance({ multiAz: false }), "multiAz"),
      breaks("two instances in one zone", aurora, "availabilityZone of its instances", {
        beside: [inZone("a"), inZone("a")],
      }),
    ],
    absent: [
      breaks("nothing said of a standby", instance({}), "multiAz"),
      breaks("no instance", aurora, "its number of instances"),
      breaks("no instance of a standby", aurora, "its number of instances", {
        settings: { instances: 1 },
      }),
    ],
    limit: [
      passes("two instances", aurora, { beside: [member("database"), member("database")] }),
      breaks("one, and one of another cluster", aurora, "its number of instances", {
        beside: [member("database"), member("another")],
      }),
      passes("one of a standby that the file gives one, told its zone", aurora, {
        beside: [inZone("a")],
        settings: { instances: 1 },
      }),
      breaks("two of three", aurora, "its number of instances", {
        beside: [member("database"), member("database")],
        settings: { instances: 3 },
      }),
    ],
    unknown: [
      waits("not known whether there is a standby", instance({ multiAz: unknown }), "multiAz"),
      waits("an instance of nobody knows which cluster", aurora, "clusterIdentifier", {
        beside: [member(unknown)],
      }),
      waits("instances in nobody knows which zone", aurora, "availabilityZone", {
        beside: [inZone(unknown), inZone("a")],
      }),
    ],
  },
  {
    rule: longRetention,
    settings: { days: 2_557 },
    good: [
      passes("a series beside a shorter one", stack, planned(90, 2_557)),
      passes("one that is kept for ever", stack, planned(undefined)),
      passes("nothing to be kept longer than point in time", stack, { settings: { days: 35 } }),
    ],
    bad: [
      breaks(
        "a daily series alone",
        stack,
        "the longest lifecycle.deleteAfter of the backup plans",
        planned(90),
      ),
    ],
    absent: [breaks("no plan", stack, "the longest lifecycle.deleteAfter of the backup plans")],
    limit: [
      breaks(
        "a day less",
        stack,
        "the longest lifecycle.deleteAfter of the backup plans",
        planned(2_556),
      ),
      breaks(
        "a day more than point in time",
        stack,
        "the longest lifecycle.deleteAfter of the backup plans",
        {
          settings: { days: 36 },
        },
      ),
    ],
    unknown: [waits("not known", stack, "lifecycle.deleteAfter", planned(unknown))],
  },
  {
    rule: inBackupPlan,
    settings: { database: "arn:new" },
    good: [
      passes("beside an earlier one", stack, selected(["arn:old", "arn:new"])),
      passes(
        "with lists that leave nothing out",
        stack,
        selected(["arn:new"], { conditions: [], notResources: [] }),
      ),
    ],
    bad: [
      breaks(
        "an earlier one alone",
        stack,
        "the resources of the backup selections",
        selected(["arn:old"]),
      ),
      breaks(
        "left out by its type",
        stack,
        "notResources of subject",
        selected(["arn:new"], { notResources: ["arn:aws:rds:*"] }),
      ),
      breaks(
        "left out unless it has tags",
        stack,
        ["conditions of subject", "selectionTags of subject"],
        selected(["arn:new"], {
          conditions: [{ stringEquals: [{ key: "aws:ResourceTag/backup", value: "yes" }] }],
          selectionTags: [{ type: "STRINGEQUALS", key: "backup", value: "yes" }],
        }),
      ),
    ],
    absent: [breaks("no selection", stack, "the resources of the backup selections")],
    limit: { none: "there is no figure" },
    unknown: [
      waits("not known", stack, "resources", selected(unknown)),
      waits("a resource that is not known", stack, "resources.0", selected([unknown])),
      waits(
        "what is left out is not known",
        stack,
        "notResources",
        selected(["arn:new"], { notResources: unknown }),
      ),
    ],
  },
  {
    rule: standbyFollows,
    settings: { region: "us-west-2", own: "east", other: "west" },
    good: [
      passes(
        "of one global database",
        stack,
        pair({ globalClusterIdentifier: "g" }, { globalClusterIdentifier: "g" }),
      ),
      passes(
        "rebuilt around the survivor",
        stack,
        pair({ globalClusterIdentifier: "g" }, { globalClusterIdentifier: "g2" }, [
          globalDatabase({ globalClusterIdentifier: "g2", sourceDbClusterIdentifier: unknown }),
        ]),
      ),
      passes(
        "a replica",
        stack,
        replicas({}, { replicateSourceDb: "arn:aws:rds:us-east-1:1:db:east" }),
      ),
      passes("the other way round", stack, replicas({ replicateSourceDb: "a:west" }, {})),
    ],
    bad: [
      breaks(
        "of another global database",
        stack,
        "what west follows",
        pair({ globalClusterIdentifier: "g" }, { globalClusterIdentifier: "g2" }),
      ),
      breaks(
        "of a global database that was made around nothing",
        stack,
        "what west follows",
        pair({ globalClusterIdentifier: "g" }, { globalClusterIdentifier: "g2" }, [
          globalDatabase({ globalClusterIdentifier: "g2" }),
        ]),
      ),
      breaks(
        "a replica of another",
        stack,
        "what west follows",
        replicas({}, { replicateSourceDb: "a:northeast" }),
      ),
    ],
    absent: [
      breaks("no other stack", stack, "west", { beside: [cluster({ clusterIdentifier: "east" })] }),
      breaks("no database there", stack, "west", {
        beside: [cluster({ clusterIdentifier: "east" })],
        others: { dr: [provider] },
      }),
      breaks("no database here", stack, "east"),
      breaks("nothing said", stack, "what west follows", pair({}, {})),
    ],
    limit: { none: "there is no figure" },
    unknown: [
      waits(
        "not known",
        stack,
        "globalClusterIdentifier",
        pair({ globalClusterIdentifier: unknown }, {}),
      ),
    ],
  },
  {
    rule: outlivesFailover,
    good: [
      passes(
        "a cluster",
        kept({}, { ignoreChanges: ["globalClusterIdentifier", "replicationSourceIdentifier"] }),
      ),
      passes(
        "an instance",
        resource("aws:rds/instance:Instance", {}, { ignoreChanges: ["replicateSourceDb"] }),
      ),
    ],
    bad: [
      breaks(
        "half of it",
        kept({}, { ignoreChanges: ["globalClusterIdentifier"] }),
        "ignoreChanges",
      ),
      breaks(
        "a password of RDS's own",
        kept(
          { manageMasterUserPassword: true },
          { ignoreChanges: ["globalClusterIdentifier", "replicationSourceIdentifier"] },
        ),
        "manageMasterUserPassword",
      ),
    ],
    absent: [
      breaks("nothing ignored", kept({}), ["ignoreChanges", "ignoreChanges"]),
      breaks("nothing ignored of an instance", instance({}), "ignoreChanges"),
    ],
    limit: { none: "there is no figure" },
    unknown: [
      waits(
        "not known",
        resource(
          "aws:rds/instance:Instance",
          { manageMasterUserPassword: unknown },
          { ignoreChanges: ["replicateSourceDb"] },
        ),
        "manageMasterUserPassword",
      ),
    ],
  },
  {
    rule: databaseKept,
    settings: { released: ["^hft-database(-\\d+)?(-us-west-2)?$"] },
    good: [
      passes("a cluster", kept({})),
      passes(
        "a replica, which takes no final snapshot",
        resource("aws:rds/instance:Instance", {
          ...soundCluster,
          ...{ replicateSourceDb: "arn", skipFinalSnapshot: true },
        }),
      ),
      passes("a global database", globalDatabase({ deletionProtection: true })),
      passes(
        "one that is made around a cluster",
        globalDatabase({
          ...{ deletionProtection: true, forceDestroy: true, sourceDbClusterIdentifier: unknown },
        }),
      ),
      passes(
        "an instance of a cluster",
        resource("aws:rds/clusterInstance:ClusterInstance", { copyTagsToSnapshot: true }),
      ),
      passes(
        "what a rebuild has released",
        kept({ clusterIdentifier: "hft-database-us-west-2" }, { protect: false }),
      ),
      passes(
        "an instance of it",
        resource(
          "aws:rds/clusterInstance:ClusterInstance",
          {
            ...{
              clusterIdentifier: "x",
              identifier: "hft-database-1-us-west-2",
              copyTagsToSnapshot: true,
            },
          },
          { protect: false },
        ),
      ),
    ],
    bad: [
      breaks("deletable", kept({ deletionProtection: false }), "deletionProtection"),
      breaks("not protected", kept({}, { protect: false }), "protect"),
      breaks(
        "not protected, of another generation",
        kept({ clusterIdentifier: "hft-database-generation-2-us-west-2" }, { protect: false }),
        "protect",
      ),
      breaks("deleted first", kept({}, { deleteBeforeReplace: true }), "deleteBeforeReplace"),
      breaks("without a last snapshot", kept({ skipFinalSnapshot: true }), "skipFinalSnapshot"),
      breaks(
        "backups deleted with it",
        kept({ deleteAutomatedBackups: true }),
        "deleteAutomatedBackups",
      ),
      breaks("snapshots of nobody", kept({ copyTagsToSnapshot: false }), "copyTagsToSnapshot"),
      breaks(
        "a global database that is destroyed with its members",
        globalDatabase({ deletionProtection: true, forceDestroy: true }),
        "forceDestroy",
      ),
    ],
    absent: [
      breaks("nothing said", cluster({}), [
        "deletionProtection",
        "finalSnapshotIdentifier",
        "deleteAutomatedBackups",
        "copyTagsToSnapshot",
      ]),
    ],
    limit: { none: "there is no figure" },
    unknown: [waits("not known", kept({ deletionProtection: unknown }), "deletionProtection")],
  },
  {
    rule: databaseEncrypted,
    good: [
      passes(
        "under a key that is not known yet",
        cluster({ storageEncrypted: true, kmsKeyId: unknown }),
      ),
      passes("a global database", globalDatabase({ storageEncrypted: true })),
      passes(
        "one that is made around a cluster",
        globalDatabase({ sourceDbClusterIdentifier: unknown }),
      ),
      passes(
        "copied backups",
        resource(
          "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
          { kmsKeyId: "key" },
        ),
      ),
    ],
    bad: [
      breaks(
        "in the clear",
        instance({ storageEncrypted: false, kmsKeyId: "key" }),
        "storageEncrypted",
      ),
      breaks("a global database in the clear", globalDatabase({}), "storageEncrypted"),
    ],
    absent: [
      breaks("nothing said", instance({}), ["storageEncrypted", "kmsKeyId"]),
      breaks(
        "copied backups under AWS's key",
        resource(
          "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
          {},
        ),
        "kmsKeyId",
      ),
    ],
    limit: { none: "there is no figure" },
    unknown: [waits("not known", cluster({ storageEncrypted: unknown }), "storageEncrypted")],
  },
  {
    rule: databasePrivate,
    good: [
      passes("a private instance", instance({ publiclyAccessible: false })),
      passes("one security group", ingress({ referencedSecurityGroupId: "sg" })),
      passes("a network", ingress({ cidrIpv4: "10.0.0.0/8" })),
      passes(
        "to everywhere",
        resource("aws:ec2/securityGroupRule:SecurityGroupRule", {
          type: "egress",
          cidrBlocks: ["0.0.0.0/0"],
        }),
      ),
    ],
    bad: [
      breaks("public", instance({ publiclyAccessible: true }), "publiclyAccessible"),
      breaks("from everywhere", ingress({ cidrIpv4: "0.0.0.0/0" }), "its sources"),
      breaks("from everywhere, IPv6", ingress({ cidrIpv6: "::/0" }), "its sources"),
      breaks(
        "from everywhere, written out",
        ingress({ cidrIpv6: "0:0:0:0:0:0:0:0/0" }),
        "its sources",
      ),
      breaks(
        "from everywhere, in two halves",
        resource("aws:ec2/securityGroupRule:SecurityGroupRule", {
          type: "ingress",
          cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"],
        }),
        ["its sources", "its sources"],
      ),
      breaks(
        "in the group itself",
        resource("aws:ec2/securityGroup:SecurityGroup", {
          ingress: [{ cidrBlocks: ["10.0.0.0/8"] }, { ipv6CidrBlocks: ["::/0"] }],
        }),
        "its sources",
      ),
      breaks(
        "by an older rule",
        resource("aws:ec2/securityGroupRule:SecurityGroupRule", {
          type: "ingress",
          cidrBlocks: ["0.0.0.0/0"],
        }),
        "its sources",
      ),
    ],
    absent: [
      breaks(
        "nothing said",
        resource("aws:rds/clusterInstance:ClusterInstance", {}),
        "publiclyAccessible",
      ),
    ],
    limit: [
      passes("the widest of IPv6", ingress({ cidrIpv6: "2630::/16" })),
      breaks("wider than private networks", ingress({ cidrIpv4: "10.0.0.0/7" }), "its sources"),
      breaks("wider than anybody's", ingress({ cidrIpv6: "2630::/15" }), "its sources"),
    ],
    unknown: [
      waits("not known", ingress({ cidrIpv4: unknown }), "cidrIpv4"),
      waits(
        "one of several not known",
        resource("aws:ec2/securityGroup:SecurityGroup", {
          ingress: [{ cidrBlocks: ["10.0.0.0/8", unknown] }],
        }),
        "ingress.0.cidrBlocks.1",
      ),
      waits(
        "rules that are not known",
        resource("aws:ec2/securityGroup:SecurityGroup", { ingress: [unknown] }),
        "ingress.0",
      ),
    ],
  },
  {
    rule: databaseOwnParameters,
    good: [
      passes("a cluster", cluster({ dbClusterParameterGroupName: "own" }), clusterGroup("own")),
      passes("an RDS instance", instance({ parameterGroupName: "own" }), instanceGroup("own")),
      passes("an instance that takes all from its cluster", member("database")),
    ],
    bad: [
      breaks(
        "AWS's own group",
        cluster({ dbClusterParameterGroupName: "default.aurora-postgresql16" }),
        "dbClusterParameterGroupName",
        clusterGroup("own"),
      ),
      breaks(
        "AWS's own group of an RDS instance",
        instance({ parameterGroupName: "default.postgres15" }),
        "parameterGroupName",
        instanceGroup("own"),
      ),
      breaks(
        "a group of an instance, for a cluster",
        cluster({ dbClusterParameterGroupName: "own" }),
        "dbClusterParameterGroupName",
        instanceGroup("own"),
      ),
      breaks(
        "a group of nobody knows whom, of an instance of a cluster",
        resource("aws:rds/clusterInstance:ClusterInstance", { dbParameterGroupName: "another" }),
        "dbParameterGroupName",
      ),
    ],
    absent: [
      breaks("none", cluster({}), "dbClusterParameterGroupName", clusterGroup("own")),
      breaks("none of an RDS instance", instance({}), "parameterGroupName"),
    ],
    limit: { none: "there is no figure" },
    unknown: [
      waits(
        "not known",
        cluster({ dbClusterParameterGroupName: unknown }),
        "dbClusterParameterGroupName",
      ),
      waits(
        "a group whose name is not known",
        instance({ parameterGroupName: "own" }),
        "name",
        instanceGroup(unknown),
      ),
    ],
  },
  {
    rule: databaseParameters,
    settings: { lagLimit: 0 },
    good: [
      passes("TLS alone", parameters(soundParameters)),
      passes("TLS 1.3", parameters({ ...soundParameters, ssl_min_protocol_version: "TLSv1.3" })),
    ],
    bad: [
      breaks(
        "TLS or not",
        parameters({ ...soundParameters, "rds.force_ssl": "0" }),
        "rds.force_ssl",
      ),
      breaks(
        "TLS 1.1",
        parameters({ ...soundParameters, ssl_min_protocol_version: "TLSv1.1" }),
        "ssl_min_protocol_version",
      ),
      breaks(
        "commits that wait, which nobody asked for",
        parameters({ ...soundParameters, "rds.global_db_rpo": "60" }),
        "rds.global_db_rpo",
      ),
    ],
    absent: [
      breaks("nothing said", parameters({}), ["rds.force_ssl", "ssl_min_protocol_version"]),
      breaks("commits that do not wait", parameters(soundParameters), "rds.global_db_rpo", {
        settings: { lagLimit: 60 },
      }),
    ],
    limit: [
      passes(
        "the very lag of the file",
        parameters({ ...soundParameters, "rds.global_db_rpo": "60" }),
        { settings: { lagLimit: 60 } },
      ),
      ...["59", "61"].map((value) =>
        breaks(
          `a lag of ${value} s`,
          parameters({ ...soundParameters, "rds.global_db_rpo": value }),
          "rds.global_db_rpo",
          { settings: { lagLimit: 60 } },
        ),
      ),
    ],
    unknown: [waits("not known", parameters({ "rds.force_ssl": unknown }), "value")],
  },
  {
    rule: databaseWatched,
    good: [
      passes(
        "tokens and a log",
        cluster({
          iamDatabaseAuthenticationEnabled: true,
          enabledCloudwatchLogsExports: ["upgrade", "postgresql"],
        }),
      ),
      passes(
        "insights under a key",
        resource("aws:rds/clusterInstance:ClusterInstance", {
          ...{ performanceInsightsEnabled: true, performanceInsightsKmsKeyId: unknown },
        }),
      ),
    ],
    bad: [
      breaks(
        "passwords alone",
        cluster({
          iamDatabaseAuthenticationEnabled: false,
          enabledCloudwatchLogsExports: ["postgresql"],
        }),
        "iamDatabaseAuthenticationEnabled",
      ),
      breaks(
        "another log",
        cluster({
          iamDatabaseAuthenticationEnabled: true,
          enabledCloudwatchLogsExports: ["upgrade"],
        }),
        "enabledCloudwatchLogsExports",
      ),
      breaks(
        "insights under AWS's key",
        resource("aws:rds/clusterInstance:ClusterInstance", { performanceInsightsEnabled: true }),
        "performanceInsightsKmsKeyId",
      ),
    ],
    absent: [
      breaks("nothing said", instance({}), [
        "iamDatabaseAuthenticationEnabled",
        "enabledCloudwatchLogsExports",
      ]),
    ],
    limit: { none: "there is no figure" },
    unknown: [
      waits(
        "a log that is not known",
        cluster({
          iamDatabaseAuthenticationEnabled: true,
          enabledCloudwatchLogsExports: [unknown],
        }),
        "enabledCloudwatchLogsExports.0",
      ),
      waits(
        "not known",
        instance({ iamDatabaseAuthenticationEnabled: unknown }),
        "iamDatabaseAuthenticationEnabled",
      ),
    ],
  },
];
