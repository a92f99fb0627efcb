import { z } from "zod";
import { databaseOf } from "../../config/generations";
import { tradingRegionOf } from "../places";
import { type Finding, rule } from "../rule";
import { type Stack } from "../stack";
import { textAt, valueAt } from "../values";

/** Each region's database outlives a zone as far as the system's file pays for it. */
export const survivesZone = rule({
  id: "database-survives-zone",
  severity: "critical",
  scope: "stack",
  description:
    "In both trading regions an Aurora cluster has as many instances as the system's file says, of which several are not all in one zone, and an RDS instance has a standby in another zone.",
  serves: "the zone, database-primary and region scenarios; primaryInstances, standbyInstances",
  peers: ["RDS_CLUSTER_MULTI_AZ_ENABLED", "CKV_AWS_157", "rds_cluster_multi_az"],
  types: ["aws:rds/cluster:Cluster", "aws:rds/instance:Instance"],
  example: {
    good: 'new aws.rds.ClusterInstance("database-1", …); new aws.rds.ClusterInstance("database-2", …)',
    bad: "multiAz: false",
  },
  settings: z.strictObject({
    /** Instances that serve, at least; 1 of plain RDS, whose standby in another zone is part of it. */
    instances: z.int().min(1),
  }),
  settingsFor: (environment) => {
    const region = tradingRegionOf(environment);
    const database = region && databaseOf(region.system);
    if (database?.engine !== "aurora-postgresql") {
      return database && { instances: 1 };
    }
    const { primaryInstances, standbyInstances } = database;
    return { instances: environment.name === "prod" ? primaryInstances : standbyInstances };
  },
  *check({ type, inputs }, { settings: { instances }, stack }) {
    if (type === "aws:rds/instance:Instance") {
      const found = valueAt(inputs, "multiAz");
      if (found !== true) {
        yield {
          setting: "multiAz",
          ...(found === false ? { found } : {}),
          required: "true",
          mend: "set it",
        };
      }
    } else {
      yield* membersFindings(stack, textAt(inputs, "clusterIdentifier"), instances);
    }
  },
});

function* membersFindings(
  stack: Stack,
  cluster: string | undefined,
  fewest: number,
): Iterable<Finding> {
  const members = stack
    .ofType("aws:rds/clusterInstance:ClusterInstance")
    .filter(({ inputs }) => textAt(inputs, "clusterIdentifier") === cluster);
  if (members.length < fewest) {
    yield {
      setting: "its number of instances",
      found: members.length,
      required: `${String(fewest)} at least`,
      mend: "declare as many as primaryInstances or standbyInstances of the system's file",
    };
  }
  // Where none is named, AWS spreads them over the zones of the subnets.
  const [zone, ...others] = members.map(({ inputs }) => textAt(inputs, "availabilityZone"));
  if (zone !== undefined && others.length > 0 && others.every((other) => other === zone)) {
    yield {
      setting: "availabilityZone of its instances",
      found: zone,
      required: "left out, or several",
      mend: "leave it out: AWS spreads them over the zones of the subnets",
    };
  }
}
