import { rule } from "../rule";
import { textAt, valueAt } from "../values";

/** The primary region's database outlives a zone. */
export const survivesZone = rule({
  id: "database-survives-zone",
  severity: "critical",
  scope: "stack",
  description:
    "In the primary region, an Aurora cluster has two instances at least, and an RDS instance a standby in another zone.",
  serves: "the zone and database-primary scenarios",
  peers: ["RDS_CLUSTER_MULTI_AZ_ENABLED", "CKV_AWS_157", "rds_cluster_multi_az"],
  types: ["aws:rds/cluster:Cluster", "aws:rds/instance:Instance"],
  example: {
    good: 'new aws.rds.ClusterInstance("database-1", …); new aws.rds.ClusterInstance("database-2", …)',
    bad: "multiAz: false",
  },
  settingsFor: ({ name }) => (name === "prod" ? {} : undefined),
  *check({ type, inputs }, { stack }) {
    if (type === "aws:rds/instance:Instance") {
      if (valueAt(inputs, "multiAz") !== true) {
        yield {
          setting: "multiAz",
          ...(valueAt(inputs, "multiAz") === false ? { found: false } : {}),
          required: "true",
          mend: "set it",
        };
      }
      return;
    }
    const identifier = textAt(inputs, "clusterIdentifier");
    const instances = stack
      .ofType("aws:rds/clusterInstance:ClusterInstance")
      .filter((instance) => textAt(instance.inputs, "clusterIdentifier") === identifier).length;
    if (instances < 2) {
      yield {
        setting: "its number of instances",
        found: instances,
        required: "2 at least",
        mend: "set primaryInstances to 2 in the system's file",
      };
    }
  },
});
