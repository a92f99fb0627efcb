import { type Properties } from "./protocol";
import { type Thing, type World } from "./world";

/**
 * How databases hang together across regions, as RDS does it: what it reports of a member follows
 * from who else is there, and changes without Pulumi when operators act.
 */

const clusterType = "aws:rds/cluster:Cluster";
const globalType = "aws:rds/globalCluster:GlobalCluster";
const instanceType = "aws:rds/instance:Instance";

interface Member {
  readonly dbClusterArn: string;
  readonly isWriter: boolean;
}

/**
 * What RDS does beside making a database: it enters a cluster into the global database that it names,
 * makes a global database around a cluster that stands alone, and knows an instance's replicas.
 *
 * @throws Error where RDS would refuse.
 */
export function joinTogether(world: World, made: Thing): void {
  if (made.type === clusterType) {
    const identifier = made.properties["globalClusterIdentifier"];
    if (identifier !== undefined) {
      setMembers(world, globalDatabase(world, identifier), (members) => [
        ...members,
        { dbClusterArn: arnOf(made), isWriter: members.length === 0 },
      ]);
    }
  }
  const replicated = made.properties["replicateSourceDb"];
  if (made.type === instanceType && replicated !== undefined) {
    setReplicas(world, replicated, (replicas) => [...replicas, arnOf(made)]);
  }
  const source = made.properties["sourceDbClusterIdentifier"];
  if (made.type === globalType && source !== undefined) {
    const cluster = clusterOf(world, source);
    if (cluster.properties["globalClusterIdentifier"] !== "") {
      throw new Error(`InvalidDBClusterStateFault: ${cluster.id} is in a global database already`);
    }
    // AWS reports the database's name of the cluster; the program does not know it.
    change(world, made, { databaseName: "reported_by_the_cluster" });
    setMembers(world, globalDatabase(world, made.id), () => [
      { dbClusterArn: String(source), isWriter: true },
    ]);
  }
}

/**
 * What RDS refuses to delete.
 *
 * @throws Error with RDS's reason.
 */
export function refuseDeletion(world: World, thing: Thing): void {
  if (thing.properties["deletionProtection"] === true) {
    throw new Error(`InvalidParameterCombination: ${thing.id} has deletion protection`);
  }
  if (thing.type === globalType && membersOf(thing).length > 0) {
    throw new Error(`InvalidGlobalClusterStateFault: ${thing.id} is not empty`);
  }
  if (thing.type === clusterType) {
    const global = world.all(globalType).find((found) => isMember(found, thing));
    const others = global === undefined ? [] : membersOf(global);
    if (others.length > 1 && others.some((member) => isWriterOf(member, thing))) {
      throw new Error(`InvalidDBClusterStateFault: ${thing.id} still has a secondary cluster`);
    }
    if (global !== undefined) {
      setMembers(world, global, (members) =>
        members.filter(({ dbClusterArn }) => dbClusterArn !== arnOf(thing)),
      );
    }
  }
}

/**
 * What the provider does with a cluster's membership when the program insists on its own.
 *
 * @returns What RDS reports of the membership afterwards.
 * @throws Error in the provider's words where it cannot.
 */
export function enforceMembership(world: World, cluster: Thing, news: Properties): Properties {
  if (cluster.type === instanceType) {
    const [had, wants] = [cluster.properties, news].map(
      (properties) => properties["replicateSourceDb"] ?? "",
    );
    if (had !== wants && wants !== "") {
      throw new Error("cannot elect new source database for replication");
    }
  }
  if (cluster.type !== clusterType) {
    return {};
  }
  const [before, after] = [cluster.properties, news].map(
    (properties) => properties["globalClusterIdentifier"] ?? "",
  );
  if (before !== after) {
    if (before !== "" && after !== "") {
      throw new Error("existing RDS Clusters cannot be migrated between RDS Global Clusters");
    }
    if (before === "") {
      throw new Error("existing RDS Clusters cannot be added to an existing RDS Global Cluster");
    }
    detachAndPromote(world, cluster.id);
    return standsAlone;
  }
  const [source, wanted] = [cluster.properties, news].map(
    (properties) => properties["replicationSourceIdentifier"] ?? "",
  );
  if (source !== wanted) {
    if (wanted !== "") {
      throw new Error("promoting to standalone is not supported for RDS Cluster");
    }
    detachAndPromote(world, cluster.id);
    return standsAlone;
  }
  return {};
}

/** What RDS reports of a cluster that is in no global database. */
const standsAlone = { globalClusterIdentifier: "", replicationSourceIdentifier: "" };

/** Makes a member the writer of its global database, and the old writer a reader. */
export function switchOver(world: World, clusterIdentifier: string): void {
  const next = member(world, clusterIdentifier);
  setMembers(world, globalDatabase(world, next.properties["globalClusterIdentifier"]), (members) =>
    members.map(({ dbClusterArn }) => ({ dbClusterArn, isWriter: dbClusterArn === arnOf(next) })),
  );
}

/** Takes a member out of its global database: it stands alone, and takes writes. */
export function detachAndPromote(world: World, clusterIdentifier: string): void {
  const detached = member(world, clusterIdentifier);
  setMembers(
    world,
    globalDatabase(world, detached.properties["globalClusterIdentifier"]),
    (members) => members.filter(({ dbClusterArn }) => dbClusterArn !== arnOf(detached)),
  );
  change(world, detached, standsAlone);
}

/** Makes a plain RDS replica a database of its own. */
export function promoteReplica(world: World, identifier: string): void {
  const replica = world
    .all(instanceType)
    .find(({ id, properties }) => id === identifier && Boolean(properties["replicateSourceDb"]));
  if (replica === undefined) {
    throw new Error(`${identifier} is no replica`);
  }
  setReplicas(world, replica.properties["replicateSourceDb"], (replicas) =>
    replicas.filter((arn) => arn !== arnOf(replica)),
  );
  change(world, replica, { replicateSourceDb: "" });
}

/** Sets which replicas RDS reports of an instance. */
function setReplicas(world: World, arn: unknown, next: (replicas: string[]) => string[]): void {
  const source = world.all(instanceType).find((instance) => arnOf(instance) === arn);
  if (source === undefined) {
    throw new Error(`DBInstanceNotFoundFault: ${String(arn)}`);
  }
  change(world, source, { replicas: next((source.properties["replicas"] ?? []) as string[]) });
}

/** Changes what the cloud would report of a thing, as somebody does at the console. */
export function change(world: World, thing: Thing, properties: Properties): void {
  const current = world.get(thing) ?? thing;
  world.put({ ...current, properties: { ...current.properties, ...properties } });
}

function member(world: World, clusterIdentifier: string): Thing {
  const found = world
    .all(clusterType)
    .find(
      ({ id, properties }) =>
        id === clusterIdentifier && Boolean(properties["globalClusterIdentifier"]),
    );
  if (found === undefined) {
    throw new Error(`${clusterIdentifier} is in no global database`);
  }
  return found;
}

/** Sets who is in a global database, and what RDS reports of each member because of it. */
function setMembers(world: World, global: Thing, next: (members: Member[]) => Member[]): void {
  const members = next(membersOf(global));
  change(world, global, { globalClusterMembers: members });
  const writer = members.find(({ isWriter }) => isWriter);
  for (const { dbClusterArn, isWriter } of members) {
    change(world, clusterOf(world, dbClusterArn), {
      globalClusterIdentifier: global.id,
      replicationSourceIdentifier: isWriter ? "" : (writer?.dbClusterArn ?? ""),
    });
  }
}

function globalDatabase(world: World, identifier: unknown): Thing {
  const found = world.all(globalType).find(({ id }) => id === identifier);
  if (found === undefined) {
    throw new Error(`GlobalClusterNotFoundFault: ${String(identifier)}`);
  }
  return found;
}

function clusterOf(world: World, arn: unknown): Thing {
  const found = world.all(clusterType).find((cluster) => arnOf(cluster) === arn);
  if (found === undefined) {
    throw new Error(`DBClusterNotFoundFault: ${String(arn)}`);
  }
  return found;
}

function membersOf(global: Thing): Member[] {
  return global.properties["globalClusterMembers"] as Member[];
}

function isMember(global: Thing, cluster: Thing): boolean {
  return membersOf(global).some(({ dbClusterArn }) => dbClusterArn === arnOf(cluster));
}

function isWriterOf({ dbClusterArn, isWriter }: Member, cluster: Thing): boolean {
  return isWriter && dbClusterArn === arnOf(cluster);
}

function arnOf({ properties }: Thing): string {
  return String(properties["arn"]);
}
