import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type DatabaseServer } from "../support/databaseServer";
import { assertSame } from "./comparison";
import { useLaboratory } from "./laboratory";

describe("a backup from a reader", () => {
  const laboratory = useLaboratory();
  let reader: DatabaseServer;

  before(async () => {
    const { source } = laboratory();
    source.asSuperuser("postgres", "CREATE DATABASE trading");
    source.asSuperuser(
      "trading",
      `CREATE TABLE trades (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, price numeric);
       INSERT INTO trades (price) SELECT i / 3.0 FROM generate_series(1, 50000) i;
       SELECT lo_from_bytea(0, 'of the desk')`,
    );
    reader = await source.startStandby();
    await caughtUp();
  });
  after(() => reader.close());

  const fromReader = () => ({
    ...laboratory().backupOf("trading"),
    TRADING_DR_DATABASE_HOST: reader.socketDirectory,
    PGPORT: String(reader.port),
  });

  async function caughtUp(): Promise<void> {
    const { source } = laboratory();
    const written = source.asSuperuser("postgres", "SELECT pg_current_wal_lsn()");
    const behind = `SELECT pg_last_wal_replay_lsn() < '${written}'`;
    while (reader.asSuperuser("postgres", behind) === "t") {
      await sleep(50);
    }
  }

  it("brings back all that its writer has, and says where it was read", async () => {
    const { source, scratch } = laboratory();
    const { status, output, errors } = await laboratory().run("backup database", fromReader());
    assert.equal(status, 0, errors);
    const point = output.trim();
    await laboratory().restore(point, "read");
    assertSame({ server: scratch, database: "read" }, { server: source, database: "trading" });
    const { source: from } = await laboratory().manifestOf(point);
    assert.equal(from.isReader, true);
    assert.match(from.position ?? "", /^[0-9A-F]+\/[0-9A-F]+$/);
    assert.equal(
      from.systemIdentifier,
      source.asSuperuser("postgres", "SELECT system_identifier FROM pg_control_system()"),
    );
  });

  it("is refused as a server for scratch databases: it is a copy of the source", async () => {
    const { status, errors } = await laboratory().run("verify", {
      ...laboratory().verification,
      TRADING_DR_SCRATCH_SOCKET_DIRECTORY: reader.socketDirectory,
      PGPORT: String(reader.port),
    });
    assert.equal(status, 3);
    assert.match(errors, /is the one that was backed up, or a replica or a copy of it/);
  });

  it("refuses an unlogged table, of which a reader has no rows", async () => {
    laboratory().source.asSuperuser("trading", "CREATE UNLOGGED TABLE ticks (id integer)");
    await caughtUp();
    const { status, errors } = await laboratory().run("backup database", fromReader());
    assert.equal(status, 3);
    assert.match(errors, /public\.ticks is unlogged, and a reader has no rows of it: ALTER TABLE/);
  });
});
