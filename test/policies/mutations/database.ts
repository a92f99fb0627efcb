import { type System } from "../../../config/system";
import { type Mutation } from "../mutation";

const cluster = "aws:rds/cluster:Cluster";
const copiedBackups =
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";

/** A system's file that says something else of the database. */
function saying(changes: Readonly<Record<string, unknown>>): (system: System) => System {
  return (system) => ({
    ...system,
    stores: Object.fromEntries(
      Object.entries(system.stores).map(([name, store]) => [
        name,
        store.kind === "database" ? { ...store, ...changes } : store,
      ]),
    ),
  });
}

/** Mutations of databases. */
export const databaseMutations: readonly Mutation[] = [
  {
    title: "point in time for a week",
    stack: "prod",
    change: (declared) => {
      declared.set(cluster, undefined, "backupRetentionPeriod", 7);
    },
    trips: ["database-backup-retention"],
  },
  {
    title: "backups that the primary region's loss takes along",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      declared.remove(copiedBackups);
    },
    trips: ["database-backups-copied"],
  },
  {
    title: "copies of backups for a week",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      declared.set(copiedBackups, undefined, "retentionPeriod", 7);
    },
    trips: ["database-backups-copied"],
  },
  {
    title: "an only instance",
    stack: "prod",
    change: (declared) => {
      declared.remove("aws:rds/clusterInstance:ClusterInstance");
    },
    trips: ["database-survives-zone"],
  },
  {
    title: "an RDS instance without a standby in another zone",
    system: "smc",
    stack: "prod",
    change: (declared) => {
      declared.set("aws:rds/instance:Instance", undefined, "multiAz", false);
    },
    trips: ["database-survives-zone"],
  },
  {
    title: "a standby without an instance",
    stack: "dr",
    change: (declared) => {
      declared.remove("aws:rds/clusterInstance:ClusterInstance");
    },
    trips: ["database-survives-zone"],
  },
  {
    title: "two instances in one zone",
    stack: "prod",
    change: (declared) => {
      for (const name of ["database-instance-1", "database-instance-2"]) {
        declared.set(
          "aws:rds/clusterInstance:ClusterInstance",
          name,
          "availabilityZone",
          "us-east-1a",
        );
      }
    },
    trips: ["database-survives-zone"],
  },
  {
    title: "a replica without a standby in another zone",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      declared.set("aws:rds/instance:Instance", undefined, "multiAz", false);
    },
    trips: ["database-survives-zone"],
  },
  {
    title: "a file that asks for more instances than are declared",
    stack: "prod",
    configure: saying({ primaryInstances: 3 }),
    trips: ["database-survives-zone"],
  },
  {
    title: "signals that are to be kept for ten years, with snapshots for seven",
    stack: "prod",
    configure: (system) => ({
      ...system,
      dataClasses: Object.fromEntries(
        Object.entries(system.dataClasses).map(([name, dataClass]) => [
          name,
          { ...dataClass, retention: { text: "10y", seconds: 3_653 * 86_400 } },
        ]),
      ),
    }),
    trips: ["database-retention-beyond-point-in-time"],
  },
  {
    title: "a backup plan that has lost its database",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      declared.remove("aws:backup/selection:Selection");
    },
    trips: ["database-in-backup-plan"],
  },
  {
    title: "a backup plan that leaves every database out",
    stack: "prod",
    change: (declared) => {
      declared.set("aws:backup/selection:Selection", undefined, "notResources", ["arn:aws:rds:*"]);
    },
    trips: ["database-in-backup-plan"],
  },
  {
    title: "a standby of a global database of its own",
    stack: "dr",
    change: (declared) => {
      declared.set(cluster, undefined, "globalClusterIdentifier", "another");
    },
    trips: ["database-standby-follows"],
  },
  {
    title: "a replica of nothing",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      declared.set("aws:rds/instance:Instance", undefined, "replicateSourceDb", undefined);
    },
    trips: ["database-kept", "database-standby-follows"],
  },
  {
    title: "a cluster whose global database the next update takes back",
    stack: "dr",
    change: (declared) => {
      const database = declared.one(cluster);
      database.options = { ...database.options, ignoreChanges: ["engineVersion"] };
    },
    trips: ["database-outlives-failover"],
  },
  {
    title: "a database that may be deleted",
    stack: "prod",
    change: (declared) => {
      declared.set(cluster, undefined, "deletionProtection", false);
    },
    trips: ["database-kept"],
  },
  {
    title: "a database that leaves no snapshot",
    system: "smc",
    stack: "prod",
    change: (declared) => {
      declared.set("aws:rds/instance:Instance", undefined, "skipFinalSnapshot", true);
    },
    trips: ["database-kept"],
  },
  {
    title: "a standby under AWS's key",
    stack: "dr",
    change: (declared) => {
      declared.set(cluster, undefined, "kmsKeyId", undefined);
    },
    trips: ["database-encrypted"],
  },
  {
    title: "a database that the internet reaches",
    stack: "prod",
    change: (declared) => {
      declared.set(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        undefined,
        "cidrIpv4",
        "0.0.0.0/0",
      );
    },
    trips: ["database-private"],
  },
  {
    title: "a database that half of the internet reaches",
    stack: "dr",
    change: (declared) => {
      declared.set(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        undefined,
        "cidrIpv4",
        "128.0.0.0/1",
      );
    },
    trips: ["database-private"],
  },
  {
    title: "passwords in clear text",
    system: "smc",
    stack: "prod",
    change: (declared) => {
      declared.set("aws:rds/parameterGroup:ParameterGroup", undefined, "parameters.0.value", "0");
    },
    trips: ["database-parameters"],
  },
  {
    title: "commits that wait in one region alone",
    stack: "dr",
    change: (declared) => {
      declared.set(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        undefined,
        "parameters.2",
        { name: "rds.global_db_rpo", value: "60" },
      );
    },
    trips: ["database-parameters"],
  },
  {
    title: "commits that wait for nobody, against the system's file",
    stack: "dr",
    configure: saying({
      rpoEnforcement: "block",
      replicationLagLimit: { text: "60s", seconds: 60 },
    }),
    trips: ["database-parameters"],
  },
  {
    title: "a cluster with AWS's own parameters",
    stack: "dr",
    change: (declared) => {
      declared.set(
        cluster,
        undefined,
        "dbClusterParameterGroupName",
        "default.aurora-postgresql16",
      );
    },
    trips: ["database-own-parameters"],
  },
  {
    title: "an instance of a cluster with parameters that nobody judges",
    stack: "prod",
    change: (declared) => {
      declared.set(
        "aws:rds/clusterInstance:ClusterInstance",
        undefined,
        "dbParameterGroupName",
        "tuned-by-hand",
      );
    },
    trips: ["database-own-parameters"],
  },
  {
    title: "an RDS instance without parameters of its own",
    system: "smc",
    stack: "prod",
    change: (declared) => {
      declared.set("aws:rds/instance:Instance", undefined, "parameterGroupName", undefined);
    },
    trips: ["database-own-parameters"],
  },
  {
    title: "no logins by tokens",
    stack: "prod",
    change: (declared) => {
      declared.set(cluster, undefined, "iamDatabaseAuthenticationEnabled", false);
    },
    trips: ["database-logins-and-logs"],
  },
  {
    title: "no log of PostgreSQL",
    system: "smc",
    stack: "dr",
    change: (declared) => {
      declared.set("aws:rds/instance:Instance", undefined, "enabledCloudwatchLogsExports", [
        "upgrade",
      ]);
    },
    trips: ["database-logins-and-logs"],
  },
];
