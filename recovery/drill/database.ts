import {
  type DBCluster,
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeGlobalClustersCommand,
  type GlobalCluster,
  RDSClient,
} from "@aws-sdk/client-rds";
import { type CommandEnvironment } from "../../contracts/jobEnvironment";
import { type Finding, type Question } from "./checks";
import { type ControlPlane, orNothing } from "./controlPlane";

/** The database of the region, as AWS knows it. */
export type RegionDatabase = CommandEnvironment<"drill-disaster">["regionDatabase"];

/** What AWS calls a database that can be reached and changed at once; it may be saving a backup. */
const readyStates: readonly (string | undefined)[] = [
  "available",
  "backing-up",
  "storage-optimization",
];

const lookAtRds =
  "see what its events in RDS say, and mend it now: the region could not take over without it";

/** Whether the region's database is there, sound, and a copy of the other's. */
export function databaseQuestion(database: RegionDatabase, plane: ControlPlane): Question {
  return {
    name: "database",
    unanswered: "see that the drill's role may ask RDS, and that RDS can be reached from here",
    ask: async () => {
      const client = new RDSClient(plane);
      try {
        if (database.engine === "rds-postgresql") {
          return judgeInstance(database.instance, await instanceOf(client, database.instance));
        }
        const { cluster, globalCluster } = database;
        return judgeCluster(
          { cluster, globalCluster },
          await clusterOf(client, cluster),
          await globalClusterOf(client, globalCluster),
        );
      } finally {
        client.destroy();
      }
    },
  };
}

async function clusterOf(client: RDSClient, name: string): Promise<DBCluster | undefined> {
  const answer = await orNothing("DBClusterNotFoundFault", () =>
    client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: name })),
  );
  return answer?.DBClusters?.find(({ DBClusterIdentifier }) => DBClusterIdentifier === name);
}

async function globalClusterOf(
  client: RDSClient,
  name: string,
): Promise<GlobalCluster | undefined> {
  const answer = await orNothing("GlobalClusterNotFoundFault", () =>
    client.send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: name })),
  );
  return answer?.GlobalClusters?.find(
    ({ GlobalClusterIdentifier }) => GlobalClusterIdentifier === name,
  );
}

async function instanceOf(client: RDSClient, name: string): Promise<DBInstance | undefined> {
  const answer = await orNothing("DBInstanceNotFoundFault", () =>
    client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name })),
  );
  return answer?.DBInstances?.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === name);
}

/** Judges a member of an Aurora global database by what AWS says of it. */
export function judgeCluster(
  names: { readonly cluster: string; readonly globalCluster: string },
  cluster: DBCluster | undefined,
  pair: GlobalCluster | undefined,
): Finding {
  const rebuild = "rebuild it from the region that serves: docs/operations.md";
  if (cluster === undefined) {
    return { found: `there is no cluster ${names.cluster} in this region`, mend: rebuild };
  }
  const named = `cluster ${names.cluster}`;
  if (!readyStates.includes(cluster.Status)) {
    return { found: `${named} is ${cluster.Status ?? "in no state"}`, mend: lookAtRds };
  }
  const instances = cluster.DBClusterMembers?.length ?? 0;
  if (instances === 0) {
    return {
      found: `${named} is ${String(cluster.Status)} and has no instance that could take over`,
      mend: "run `pulumi up` for this region's stack, which declares its instances",
    };
  }
  if (pair === undefined) {
    return {
      found: `${named} is there, and there is no global cluster ${names.globalCluster}`,
      mend: rebuild,
    };
  }
  const member = pair.GlobalClusterMembers?.find(
    ({ DBClusterArn }) => DBClusterArn !== undefined && DBClusterArn === cluster.DBClusterArn,
  );
  if (member === undefined) {
    return {
      found: `${named} is no member of ${names.globalCluster}, so nothing is copied into it`,
      mend: rebuild,
    };
  }
  if (pair.Status !== "available") {
    return {
      found: `global cluster ${names.globalCluster} is ${pair.Status ?? "in no state"}`,
      mend: lookAtRds,
    };
  }
  if (member.SynchronizationStatus === "pending-resync") {
    return {
      found: `${named} is not in step with the writer: AWS calls it pending-resync`,
      mend: "wait until it is connected again; to promote it now would lose what it lacks",
    };
  }
  const role =
    member.IsWriter === true
      ? `is the writer of ${names.globalCluster}`
      : // AWS need not say whether a copy is in step.
        [`follows the writer of ${names.globalCluster}`, member.SynchronizationStatus ?? []]
          .flat()
          .join(" and is ");
  return {
    found: `${named} is ${String(cluster.Status)}, ${role}, and has ${String(instances)} instance${instances === 1 ? "" : "s"}`,
  };
}

/** Judges a plain RDS instance by what AWS says of it. */
export function judgeInstance(name: string, instance: DBInstance | undefined): Finding {
  const rebuild = "rebuild it as a replica of the region that serves: docs/operations.md";
  if (instance === undefined) {
    return { found: `there is no instance ${name} in this region`, mend: rebuild };
  }
  const named = `instance ${name}`;
  if (!readyStates.includes(instance.DBInstanceStatus)) {
    return { found: `${named} is ${instance.DBInstanceStatus ?? "in no state"}`, mend: lookAtRds };
  }
  const source = instance.ReadReplicaSourceDBInstanceIdentifier;
  const replicas = instance.ReadReplicaDBInstanceIdentifiers ?? [];
  if (source === undefined) {
    return replicas.length === 0
      ? { found: `${named} is a replica of nothing, and has none: it stands alone`, mend: rebuild }
      : {
          found: `${named} is ${String(instance.DBInstanceStatus)}, and is the writer that ${replicas.join(", ")} follows`,
        };
  }
  const broken = (instance.StatusInfos ?? []).find(
    ({ StatusType, Normal, Status }) =>
      StatusType === "read replication" && !(Normal === true && Status === "replicating"),
  );
  if (broken !== undefined) {
    return {
      found: `${named} does not follow ${source}: AWS calls its replication ${broken.Status ?? "not normal"}${broken.Message === undefined ? "" : `, ${broken.Message}`}`,
      mend: lookAtRds,
    };
  }
  return { found: `${named} is ${String(instance.DBInstanceStatus)}, and follows ${source}` };
}
