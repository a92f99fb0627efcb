import { type Scenario } from "../contracts/scenarios";
import { assumptions } from "./assumptions";
import { boundOf, endless, none, type Term } from "./bound";
import { type CopiedStore, lossTerms, offlineRestores, restores, snapshotRules } from "./copies";
import {
  accountOf,
  type DeclaredStack,
  inputsOf,
  listAt,
  numberAt,
  textAt,
  valueAt,
} from "./declared";
import {
  answered,
  type Recovery,
  restoreTerm,
  type Situation,
  unrecoverable,
  untouched,
  usersMoved,
} from "./recovery";

/** How a database comes back. */
export function databaseRecoveries(store: string, situation: Situation): Recovery[] {
  const { active } = situation.declared;
  const member = memberIn(active);
  if (member === undefined) {
    return [unrecoverable(`no database is declared in ${active.region}`)];
  }
  switch (situation.scenario) {
    case "pod":
    case "node":
    case "cache-primary":
      return [untouched("RDS runs outside of the cluster")];
    case "zone":
    case "database-primary":
      return [withinRegion(member, situation)];
    case "corruption":
    case "operator-error":
      return [
        pointInTime(member, situation),
        ...snapshots(member, situation),
        ...restores(logicalBackups(store, member, situation), situation),
      ];
    case "region":
      return [
        standby(member, situation),
        ...restores(logicalBackups(store, member, situation), situation, situation.declared.other),
      ];
    case "ransomware":
      return offlineRestores(logicalBackups(store, member, situation), situation);
  }
}

/** A database in one region, newest generation. */
type Member =
  | {
      readonly kind: "aurora";
      readonly inputs: unknown;
      readonly identifier: string;
      readonly globalCluster: string | undefined;
      readonly instances: number;
    }
  | { readonly kind: "rds"; readonly inputs: unknown; readonly identifier: string };

function memberIn(stack: DeclaredStack): Member | undefined {
  const cluster = newestOf(inputsOf(stack, "aws:rds/cluster:Cluster"), "clusterIdentifier");
  if (cluster !== undefined) {
    const identifier = textAt(cluster, "clusterIdentifier") ?? "";
    return {
      kind: "aurora",
      inputs: cluster,
      identifier,
      globalCluster: textAt(cluster, "globalClusterIdentifier"),
      instances: inputsOf(stack, "aws:rds/clusterInstance:ClusterInstance").filter(
        (instance) => textAt(instance, "clusterIdentifier") === identifier,
      ).length,
    };
  }
  const instance = newestOf(inputsOf(stack, "aws:rds/instance:Instance"), "identifier");
  return instance === undefined
    ? undefined
    : { kind: "rds", inputs: instance, identifier: textAt(instance, "identifier") ?? "" };
}

/** The database of the latest generation: an earlier one was lost, and is kept beside it. */
function newestOf(databases: readonly unknown[], identifier: string): unknown {
  const generation = (database: unknown) =>
    Number(/-generation-(\d+)-/.exec(textAt(database, identifier) ?? "")?.[1] ?? 1);
  return [...databases].sort((left, right) => generation(right) - generation(left))[0];
}

function withinRegion(member: Member, { scenario }: Situation): Recovery {
  if (member.kind === "rds") {
    return valueAt(member.inputs, "multiAz") === true
      ? {
          mechanism: "Multi-AZ standby",
          rpo: none("the standby has every commit"),
          rto: boundOf([assumptions.multiAzFailover.seconds, "until the standby has taken over"]),
        }
      : unrecoverable("the instance has no standby in another zone");
  }
  return {
    mechanism: "Aurora failover",
    rpo: none("commits are in storage in three zones"),
    rto: boundOf(auroraTerm(member.instances, scenario)),
  };
}

function auroraTerm(instances: number, scenario: Scenario): Term {
  if (instances > 1) {
    return [assumptions.auroraFailover.seconds, "until a reader has taken over"];
  }
  return scenario === "zone"
    ? endless(
        "nothing bounds when AWS makes the only instance anew: in the same zone, as best it can",
      )
    : [assumptions.auroraWriterRemade.seconds, "until the only instance is made anew"];
}

function pointInTime(member: Member, situation: Situation): Recovery {
  const days = numberAt(member.inputs, "backupRetentionPeriod") ?? 0;
  const rto = boundOf(answered(situation), ...newDatabase(member, situation));
  return days < 1
    ? unrecoverable("automated backups are off")
    : {
        mechanism: `point in time, ${String(days)} days back`,
        rpo: boundOf([assumptions.pointInTimeAge.seconds, "until the latest restorable time"]),
        rto,
      };
}

function snapshots(member: Member, situation: Situation): Recovery[] {
  const { active } = situation.declared;
  const rules = snapshotRules(active, arnOf(member, active));
  return rules.length === 0
    ? [unrecoverable(`no snapshot plan covers ${member.identifier}`)]
    : rules.map((rule) => ({
        mechanism: `snapshots, ${rule.name}`,
        rpo: boundOf(...lossTerms(rule)),
        rto: boundOf(answered(situation), ...newDatabase(member, situation)),
      }));
}

function arnOf({ kind, identifier }: Member, stack: DeclaredStack): string {
  const resource = kind === "aurora" ? "cluster" : "db";
  return `arn:aws:rds:${stack.region}:${accountOf(stack) ?? ""}:${resource}:${identifier}`;
}

/** Backups that are restored table by table or whole. */
function logicalBackups(store: string, member: Member, situation: Situation): CopiedStore {
  return {
    store,
    command: ["trading-dr", "backup", "database"],
    title: "logical backups",
    load: newDatabase(member, situation),
  };
}

/** A database to restore into, and loading it. */
function newDatabase(member: Member, situation: Situation): Term[] {
  const mebibytes = databaseMebibytes(member, situation.declared.active);
  return [
    [assumptions.newDatabase.seconds, "to make a database"],
    restoreTerm("databaseRestore", mebibytes, situation),
  ];
}

/**
 * How large the database may be, in mebibytes: as large as the disk that it is restored to when
 * backups are verified, or as the storage of a plain RDS instance may grow, if that is more.
 */
function databaseMebibytes({ inputs }: Member, stack: DeclaredStack): number | undefined {
  const scratch = inputsOf(stack, "kubernetes:batch/v1:CronJob")
    .flatMap((job) => listAt(job, "spec", "jobTemplate", "spec", "template", "spec", "volumes"))
    .filter((volume) => textAt(volume, "name") === "scratch-data")
    .map((volume) => /^(\d+)Gi$/.exec(textAt(volume, "emptyDir", "sizeLimit") ?? "")?.[1]);
  const allocated = ["allocatedStorage", "maxAllocatedStorage"].map((size) =>
    numberAt(inputs, size),
  );
  const gibibytes = [...scratch, ...allocated].flatMap((size) =>
    size === undefined ? [] : Number(size),
  );
  return gibibytes.length === 0 ? undefined : 1_024 * Math.max(...gibibytes);
}

function standby(member: Member, situation: Situation): Recovery {
  const { other } = situation.declared;
  const follower = memberIn(other);
  if (member.kind === "aurora" && follower?.kind === "aurora") {
    return globalStandby(member, follower, situation);
  }
  const source = textAt(follower?.inputs, "replicateSourceDb");
  if (source?.endsWith(`:${member.identifier}`) !== true) {
    return unrecoverable(`no database in ${other.region} follows ${member.identifier}`);
  }
  return {
    mechanism: "promotion of the replica",
    asynchronous: true,
    rpo: boundOf(endless("the replica's lag is watched, and nothing enforces a limit")),
    rto: boundOf(...usersMoved(situation), [
      assumptions.replicaPromotion.seconds,
      "to promote the replica",
    ]),
  };
}

function globalStandby(
  member: Extract<Member, { kind: "aurora" }>,
  follower: Extract<Member, { kind: "aurora" }>,
  situation: Situation,
): Recovery {
  const { active, other } = situation.declared;
  if (!areOnePair(active, member, other, follower)) {
    return unrecoverable(`no database in ${other.region} follows ${member.identifier}`);
  }
  const limit = lagLimitSeconds(active, member);
  return {
    mechanism: "global database failover",
    asynchronous: true,
    rpo: boundOf(
      limit === undefined
        ? endless("the standby's lag is watched, and nothing enforces a limit")
        : [limit, "of lag, above which commits wait (rds.global_db_rpo)"],
    ),
    rto: boundOf(
      ...usersMoved(situation),
      follower.instances > 0
        ? [assumptions.globalFailover.seconds, "to fail over"]
        : endless(`the database in ${other.region} has no instance`),
    ),
  };
}

/**
 * A survivor goes on naming its first global database. The one that was made around it when the other
 * side was rebuilt is declared beside it, and the rebuilt side names that.
 */
function areOnePair(
  stack: DeclaredStack,
  { globalCluster }: Extract<Member, { kind: "aurora" }>,
  otherStack: DeclaredStack,
  { globalCluster: others }: Extract<Member, { kind: "aurora" }>,
): boolean {
  const declares = (by: DeclaredStack, identifier: string | undefined) =>
    identifier !== undefined &&
    inputsOf(by, "aws:rds/globalCluster:GlobalCluster").some(
      (inputs) =>
        textAt(inputs, "globalClusterIdentifier") === identifier &&
        "sourceDbClusterIdentifier" in inputs,
    );
  return (
    (globalCluster !== undefined && globalCluster === others) ||
    declares(stack, others) ||
    declares(otherStack, globalCluster)
  );
}

/** The lag at which Aurora holds commits back, where the cluster's parameters say so. */
function lagLimitSeconds(stack: DeclaredStack, { inputs }: Member): number | undefined {
  const group = textAt(inputs, "dbClusterParameterGroupName");
  const parameter = inputsOf(stack, "aws:rds/clusterParameterGroup:ClusterParameterGroup")
    .filter((candidate) => textAt(candidate, "name") === group)
    .flatMap((candidate) => listAt(candidate, "parameters"))
    .find((candidate) => textAt(candidate, "name") === "rds.global_db_rpo");
  const value = Number(textAt(parameter, "value"));
  return Number.isFinite(value) ? value : undefined;
}
