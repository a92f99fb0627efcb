import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { auditSchema } from "../../../contracts/databaseRoles";
import { compactTime, event, type Event, eventName } from "../../../contracts/events";
import { type DatabaseServer } from "../../support/databaseServer";
import { type Laboratory, type Outcome } from "../laboratory";

/** Bucket of a laboratory, and where all its events are. */
export const bucket = "lab-daily-records";
export const allEvents = "records/audit/events/";

/** Where the events of what is loaded go. */
const loads = `${allEvents}us-east-1/catalog-load/`;
const operators = `${allEvents}us-east-1/operators/`;

/** Database that holds the tables. */
export const database = "trading";

/** The tables of a laboratory, and what is done to them: as the access stack, jobs and operators would. */
export class AuditLaboratory {
  public constructor(
    private readonly laboratory: Laboratory,
    /** The server that the database is on, and the database. */
    public readonly server: DatabaseServer = laboratory.source,
    public readonly name = database,
  ) {}

  /** The same, where the database is another one. */
  public on(server: DatabaseServer, name = this.name): AuditLaboratory {
    return new AuditLaboratory(this.laboratory, server, name);
  }

  /** Makes the roles and the schema as the access stack does, and what else has its own rights there. */
  public declareAccess(): void {
    this.server.asSuperuser(
      "postgres",
      `CREATE ROLE administrator LOGIN CREATEDB CREATEROLE NOSUPERUSER IN ROLE rds_iam;
       CREATE ROLE lab_audit_owner NOLOGIN;
       GRANT lab_audit_owner TO administrator;
       CREATE ROLE lab_backup LOGIN IN ROLE rds_iam, pg_read_all_data;
       CREATE ROLE lab_verify LOGIN IN ROLE rds_iam;
       CREATE ROLE lab_event_writer LOGIN IN ROLE rds_iam;
       CREATE ROLE lab_audit_reader LOGIN IN ROLE rds_iam;
       CREATE DATABASE ${this.name} OWNER administrator`,
    );
    this.server.asSuperuser(
      this.name,
      `SET ROLE administrator;
       CREATE TABLE trades AS SELECT i AS id FROM generate_series(1, 100) i;
       CREATE SCHEMA ${auditSchema} AUTHORIZATION lab_audit_owner;
       SET ROLE lab_audit_owner;
       GRANT USAGE ON SCHEMA ${auditSchema} TO lab_event_writer, lab_audit_reader;
       ALTER DEFAULT PRIVILEGES IN SCHEMA ${auditSchema} GRANT INSERT ON TABLES TO lab_event_writer;
       ALTER DEFAULT PRIVILEGES IN SCHEMA ${auditSchema} GRANT USAGE ON SEQUENCES TO lab_event_writer;
       ALTER DEFAULT PRIVILEGES IN SCHEMA ${auditSchema} GRANT SELECT ON TABLES TO lab_audit_reader`,
    );
  }

  private as(user: string): Record<string, string> {
    return {
      TRADING_DR_DATABASE_HOST: "localhost",
      TRADING_DR_DATABASE_USER: user,
      TRADING_DR_DATABASE_NAME: this.name,
      PGPORT: String(this.server.port),
      PGSSLROOTCERT: this.server.certificateFile,
    };
  }

  private get everywhere(): Record<string, string> {
    return { TRADING_DR_ALL_EVENTS: `s3://${bucket}/${allEvents}` };
  }

  /** What a load is told. */
  public get loading(): Record<string, string> {
    return {
      ...this.as("lab_event_writer"),
      ...this.everywhere,
      TRADING_DR_EVENTS: `s3://${bucket}/${loads}`,
      TRADING_DR_RETENTION_DAYS: "2557",
    };
  }

  private operating(user: string): Record<string, string> {
    return {
      ...this.as(user),
      TRADING_DR_DATABASE_LOGIN: "iam",
      TRADING_DR_EVENTS: `s3://${bucket}/${operators}`,
    };
  }

  public migrate(options = ""): Promise<Outcome> {
    return this.laboratory.run(`audit migrate${options}`, this.operating("administrator"));
  }

  public load(): Promise<Outcome> {
    return this.laboratory.run("catalog load", this.loading);
  }

  public verify(): Promise<Outcome> {
    return this.laboratory.run("audit verify", {
      ...this.operating("lab_audit_reader"),
      ...this.everywhere,
    });
  }

  /** What a rebuild is told. */
  public get rebuilding(): Record<string, string> {
    return {
      ...this.operating("administrator"),
      ...this.everywhere,
      TRADING_DR_RETENTION_DAYS: "2557",
    };
  }

  public rebuild(): Promise<Outcome> {
    return this.laboratory.run("catalog rebuild", this.rebuilding);
  }

  /** Loads, which has to end well. */
  public async loadWell(): Promise<string> {
    return well(await this.load());
  }

  /** Verifies, which has to find nothing. */
  public async verifyWell(): Promise<string> {
    return well(await this.verify());
  }

  /** What the tables hold, but for which load put it there. */
  public contents(schema = auditSchema): string {
    const of = (table: string, columns = "*") =>
      `SELECT '${table}', to_jsonb(own)::text FROM (SELECT ${columns} FROM ${schema}.${table} ORDER BY object_key) own`;
    return this.sql(
      ["object_key, sha256, kind, projection, retain_until, body, event"]
        .map((columns) => of("event", columns))
        .concat(
          ["backup_audit_log", "disaster_recovery_audit", "epoch", "backup_catalog"].map((table) =>
            of(table),
          ),
        )
        .join(";\n"),
    );
  }

  /** Runs statements beyond all permissions. */
  public sql(statements: string): string {
    return this.server.asSuperuser(this.name, statements);
  }

  /** The same, where triggers are off meanwhile: as somebody does who means to leave no trace. */
  public tamper(table: string, statements: string): void {
    this.sql(
      `ALTER TABLE ${auditSchema}.${table} DISABLE TRIGGER ALL;
       ${statements};
       ALTER TABLE ${auditSchema}.${table} ENABLE TRIGGER ALL;
       ALTER TABLE ${auditSchema}.${table} ENABLE ALWAYS TRIGGER append_only`,
    );
  }

  /** Puts an object among events. */
  public async put(name: string, body: string): Promise<string> {
    const Key = allEvents + name;
    await this.laboratory.store.client.send(
      new PutObjectCommand({ Bucket: bucket, Key, Body: body }),
    );
    return Key;
  }

  /** Hides an object by a mark, which is all that a lock lets anybody do. */
  public async remove(Key: string): Promise<void> {
    await this.laboratory.store.client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  }

  /**
   * Puts an event of a backup, as a job leaves it.
   *
   * @returns Its key.
   */
  public async putBackup(at: Date, region = "us-east-1"): Promise<string> {
    const happened = backupEvent(at, region);
    return this.put(`${region}/backup-database/${eventName(happened)}`, JSON.stringify(happened));
  }
}

/** An event of a backup that ended at a time. */
export function backupEvent(at: Date, region = "us-east-1"): Event {
  const finishedAt = at.toISOString();
  const startedAt = new Date(at.getTime() - 60_000).toISOString();
  const point = `${compactTime(startedAt).replace(/\d{3}Z$/, "Z")}-${randomBytes(4).toString("hex")}`;
  return event.parse({
    format: 1,
    id: `${compactTime(finishedAt)}-${randomBytes(4).toString("hex")}`,
    system: "lab",
    account: "111122223333",
    region,
    actor: "dr-backup-database-daily",
    version: "1.0.0",
    startedAt,
    finishedAt,
    kind: "backup",
    store: "database",
    series: "daily",
    tier: "daily",
    database,
    taken: {
      point,
      url: `s3://${bucket}/recovery-points/daily/database/daily/${region}/${point}/`,
      manifestSha256: randomBytes(32).toString("hex"),
      snapshotAt: startedAt,
      retainUntil: new Date(at.getTime() + 90 * 86_400_000).toISOString(),
      tables: 3,
      rows: 100,
      bytes: 4096,
    },
  });
}

function well({ status, output, errors }: Outcome): string {
  assert.equal(status, 0, errors);
  return output;
}
