import { type Event, type EventOf } from "../../contracts/events";
import { type Projection } from "./migrations";

/** A row of a table, by its columns. Columns that are not named are null. */
export type Row = Readonly<Record<string, string | number | boolean | undefined>>;

/** An event's row, and the table that it is in. */
export interface ProjectedRow {
  readonly table: Projection;
  readonly row: Row;
}

/** The table that events of each kind are projected into; loads are no rows. */
export const projectionOf = {
  backup: "backup_audit_log",
  verification: "backup_audit_log",
  snapshot: "backup_audit_log",
  check: "backup_audit_log",
  signals: "backup_audit_log",
  restoration: "disaster_recovery_audit",
  drill: "disaster_recovery_audit",
  migration: "disaster_recovery_audit",
  epoch: "epoch",
  load: undefined,
} as const satisfies Readonly<Record<Event["kind"], Projection | undefined>>;

/** What the tables say of an event. It follows from the event alone, so that it can be made again. */
export function projected(key: string, event: Exclude<Event, { kind: "load" }>): ProjectedRow {
  const row = { object_key: key, ...rowOf(event) };
  return { table: projectionOf[event.kind], row };
}

function rowOf(event: Exclude<Event, { kind: "load" }>): Row {
  switch (event.kind) {
    case "backup":
      return backupRow(event);
    case "verification":
      return verificationRow(event);
    case "snapshot":
      return snapshotRow(event);
    case "check":
      return checkRow(event);
    case "signals":
      return signalsRow(event);
    case "drill":
      return drillRow(event);
    case "restoration":
      return restorationRow(event);
    case "migration":
      return migrationRow(event);
    case "epoch":
      return epochRow(event);
  }
}

function backupRow(event: EventOf<"backup">): Row {
  const { taken } = event;
  return {
    ...logged(event),
    // A recovery point whose run failed afterwards is there all the same.
    status: event.failure === undefined ? "succeeded" : "failed",
    store: event.store,
    series: event.series,
    tier: event.tier,
    database_name: event.database,
    backup_id: taken?.point,
    backup_location: taken?.url,
    backup_size: taken?.bytes,
    checksum: taken?.manifestSha256,
    snapshot_at: taken?.snapshotAt,
    retention_date: taken?.retainUntil,
    table_count: taken?.tables,
    row_count: taken?.rows,
  };
}

function verificationRow(event: EventOf<"verification">): Row {
  const { judged } = event;
  return {
    ...logged(event),
    status:
      judged === undefined ? "not judged" : judged.problems.length === 0 ? "passed" : "failed",
    error_message:
      event.failure?.message ??
      (judged === undefined || judged.problems.length === 0
        ? undefined
        : judged.problems.join("; ")),
    backup_id: judged?.point,
    backup_location: judged?.url,
    table_count: judged?.tables,
    row_count: judged?.rows,
    restore_seconds: judged?.restoreSeconds,
  };
}

function snapshotRow(event: EventOf<"snapshot">): Row {
  const { taken } = event;
  return {
    ...logged(event),
    backup_type: `${event.of} snapshot`,
    status: event.failure === undefined ? "succeeded" : "failed",
    store: event.store,
    series: event.series,
    tier: event.tier,
    backup_id: taken?.point,
    backup_location: taken?.url,
    backup_size: taken?.bytes,
    // Events of older commands have none, and their rows stay as they are.
    checksum: taken?.manifestSha256,
    snapshot_at: taken === undefined ? undefined : timeOf(taken.point),
    retention_date: taken?.retainUntil,
    entry_count: taken?.entries,
  };
}

/** What was wrong is said whether or not the check could look at all. */
function checkRow(event: EventOf<"check">): Row {
  const { checked } = event;
  return {
    ...logged(event),
    status:
      checked === undefined
        ? "not judged"
        : event.failure === undefined
          ? "passed"
          : checked.findings.length > 0
            ? "failed"
            : "incomplete",
  };
}

/** Nobody was told how a run went. */
function signalsRow(event: EventOf<"signals">): Row {
  return {
    ...logged(event),
    status: "not sent",
    error_message: `of run ${event.of}, ${event.subject.join(" ")}: ${event.failure?.message ?? event.unsent.join(", ")}`,
  };
}

function logged(event: EventOf<"backup" | "verification" | "snapshot" | "check" | "signals">): Row {
  return {
    event_id: event.id,
    timestamp: event.finishedAt,
    started_at: event.startedAt,
    backup_type: event.kind,
    error_message: event.failure?.message,
    region: event.region,
    created_by: event.actor,
    command_version: event.version,
  };
}

/**
 * A drill that was late or found too much lost has failed, and what it measured is there all the same. All
 * classes of data are measured by one restore.
 */
function drillRow(event: EventOf<"drill">): Row {
  const { judged, objectives = [] } = event;
  const measured = (kind: "rto" | "rpo") =>
    objectives.find((objective) => objective.kind === kind)?.measuredSeconds;
  return {
    ...audited(event),
    recovery_type: event.drill,
    backup_id: judged?.point,
    backup_location: judged?.url,
    rto_seconds: measured("rto"),
    rpo_seconds: measured("rpo"),
    notes: objectives.length === 0 ? undefined : objectives.map(objectiveText).join("; "),
  };
}

function objectiveText({
  dataClass,
  kind,
  objectiveSeconds,
  met,
  accepted,
}: NonNullable<EventOf<"drill">["objectives"]>[number]): string {
  const verdict = met
    ? "met"
    : accepted === undefined
      ? "not met"
      : `not met, ${accepted} accepted`;
  return `${kind} of ${dataClass}, ${String(objectiveSeconds)} s: ${verdict}`;
}

function restorationRow(event: EventOf<"restoration">): Row {
  const { restored, tables } = event;
  // Of a configuration, some objects may have been meant, and the comparison before is not in its time.
  const isWhole =
    event.of !== "configuration" &&
    tables === undefined &&
    restored !== undefined &&
    event.failure === undefined;
  return {
    ...audited(event),
    recovery_type: tables === undefined ? event.of : "tables",
    target: event.into,
    backup_id: restored?.point,
    backup_location: restored?.url,
    rto_seconds: isWhole ? secondsBetween(event.startedAt, event.finishedAt) : undefined,
    rpo_seconds: isWhole ? ageOf(restored.point, event.startedAt) : undefined,
    notes: [
      `asked for ${event.choice}`,
      ...(tables === undefined ? [] : [`tables ${tables.join(", ")}`]),
      ...(restored?.kept === undefined ? [] : [`the former database is kept as ${restored.kept}`]),
    ].join("; "),
  };
}

function migrationRow(event: EventOf<"migration">): Row {
  const { made } = event;
  return {
    ...audited(event),
    target: event.database,
    notes:
      made === undefined
        ? undefined
        : [
            `made by ${made.migrations.join(", ")}`,
            ...(made.kept === undefined ? [] : [`the former tables are kept in ${made.kept}`]),
          ].join("; "),
  };
}

function audited(event: EventOf<"restoration" | "drill" | "migration">): Row {
  return {
    event_id: event.id,
    event_type: event.kind,
    event_timestamp: event.finishedAt,
    started_at: event.startedAt,
    success: event.failure === undefined,
    error_message: event.failure?.message,
    region: event.region,
    duration_seconds: secondsBetween(event.startedAt, event.finishedAt),
    initiated_by: event.actor,
    command_version: event.version,
  };
}

function epochRow({ id, finishedAt, actor, database, ...event }: EventOf<"epoch">): Row {
  return {
    id,
    opened_at: finishedAt,
    reason: event.reason,
    former: event.former,
    continues_epoch: event.continues?.epoch,
    continues_load: event.continues?.load,
    system_identifier: database.systemIdentifier,
    timeline: database.timeline,
    database_number: database.databaseNumber,
    instance: database.instance,
    opened_by: actor,
  };
}

function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

/** How old a recovery point was: what would be lost if nothing but the point were left. */
function ageOf(point: string, at: string): number | undefined {
  const began = timeOf(point);
  return began === undefined ? undefined : secondsBetween(began, at);
}

/** When a recovery point was begun, a moment before its snapshot, as its id says. */
function timeOf(point: string): string | undefined {
  const [, date, time] = /^(\d{8})T(\d{6})Z-/.exec(point) ?? [];
  return date === undefined || time === undefined
    ? undefined
    : `${date.replace(/(....)(..)(..)/, "$1-$2-$3")}T${time.replace(/(..)(..)(..)/, "$1:$2:$3")}Z`;
}
