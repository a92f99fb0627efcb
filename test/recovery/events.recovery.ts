import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { manifestText } from "../../contracts/manifest";
import { FaultyStore } from "./faultyStore";
import { otherEvents, useLaboratory } from "./laboratory";
import { fillDatabase } from "./remains";

const { backups, operators } = otherEvents;

describe("events", () => {
  const laboratory = useLaboratory();

  before(() => {
    fillDatabase(laboratory().source, "trading", 1);
  });

  it("tell of a backup what its manifest says", async () => {
    const point = await laboratory().backup("trading");
    const happened = await laboratory().lastEvent(backups);
    const manifest = await laboratory().manifestOf(point);
    assert.ok(happened.kind === "backup");
    assert.equal(happened.failure, undefined);
    const { taken } = happened;
    assert.equal(taken?.point, point);
    assert.equal(
      taken.manifestSha256,
      createHash("sha256").update(manifestText(manifest)).digest("hex"),
    );
    assert.equal(taken.retainUntil, manifest.retainUntil);
    assert.equal(taken.tables, manifest.tables.length);
    assert.ok(taken.rows > 0 && taken.bytes > 0);
    const { system, account, region, store, series, tier, database } = happened;
    assert.deepEqual(
      { system, account, region, store, series, tier, database },
      {
        system: "lab",
        account: "111122223333",
        region: "us-east-1",
        store: "database",
        series: "daily",
        tier: "daily",
        database: "trading",
      },
    );
    assert.ok(happened.startedAt <= taken.snapshotAt && taken.snapshotAt <= happened.finishedAt);
  });

  it("tell of a backup that failed why it did, and of no recovery point", async () => {
    const { status, errors } = await laboratory().run(
      "backup database",
      laboratory().backupOf("nothing"),
    );
    assert.equal(status, 4, errors);
    const happened = await laboratory().lastEvent(backups);
    assert.ok(happened.kind === "backup");
    assert.equal(happened.failure?.reason, "database");
    assert.match(happened.failure.message, /"nothing" does not exist/);
    assert.equal(happened.taken, undefined);
  });

  it("tell of each database that an emergency backup takes", async () => {
    const before = (await laboratory().keys(operators.prefix)).length;
    const { status, output, errors } = await laboratory().run(
      "backup emergency",
      laboratory().emergencyOf(laboratory().source),
    );
    assert.equal(status, 0, errors);
    const taken = output.trim().split("\n").length;
    assert.equal((await laboratory().keys(operators.prefix)).length - before, taken);
    const happened = await laboratory().lastEvent(operators);
    assert.ok(happened.kind === "backup");
    assert.equal(happened.series, "emergency");
  });

  it("that cannot be written end a backup with the status for storage, and its recovery point is good", async () => {
    const faulty = await FaultyStore.start(laboratory().store.port);
    try {
      faulty.inject("forbidden", { path: /\/events\// });
      const { status, errors } = await laboratory().run("backup database", {
        ...laboratory().backupOf("trading"),
        ...faulty.environment,
      });
      assert.equal(status, 5);
      assert.match(errors, /all was done, but its event is lost .*: cannot write s3:/);
      const [, point] = /recovery point written.*"point":"([^"]+)"/.exec(errors) ?? [];
      await laboratory().verify(point ?? "");
    } finally {
      await faulty.close();
    }
  });
});
