import { type Mutation } from "../mutation";

const cluster = "aws:rds/cluster:Cluster";

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
    title: "an only instance",
    stack: "prod",
    change: (declared) => {
      declared.remove("aws:rds/clusterInstance:ClusterInstance");
    },
    trips: ["database-survives-zone"],
  },
];
