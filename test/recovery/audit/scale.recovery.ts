import assert from "node:assert/strict";
import { useLaboratory } from "../laboratory";
import { AuditLaboratory } from "./auditLaboratory";

/** A hundred days of a system that takes a backup every 15 minutes. */
const events = Number(process.env["EVENTS"] ?? "10000");

describe(`the audit of ${String(events)} events`, () => {
  const laboratory = useLaboratory();

  it("is loaded, verified and made anew, and is the same then", async function () {
    // It takes a minute on a machine that has nothing else to do.
    this.timeout(600_000);
    const audit = new AuditLaboratory(laboratory());
    audit.declareAccess();
    assert.equal((await audit.migrate()).status, 0);
    const first = Date.now() - events * 900_000;
    for (let put = 0; put < events; put += 20) {
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          audit.putBackup(
            new Date(first + (put + i) * 900_000),
            i % 2 === 0 ? "us-east-1" : "us-west-2",
          ),
        ),
      );
    }
    const timed = async (what: string, act: () => Promise<unknown>) => {
      const started = performance.now();
      await act();
      process.stdout.write(
        `      ${what}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
      );
    };
    await timed("loaded", async () => {
      assert.match(await audit.loadWell(), new RegExp(`${String(events + 2)} events loaded\\.\n$`));
    });
    assert.equal(
      audit.sql("SELECT count(*) FROM disaster_recovery.backup_catalog"),
      String(events),
    );
    await timed("loaded again", async () => {
      assert.equal(await audit.loadWell(), "0 events loaded.\n");
    });
    await timed("verified", () => audit.verifyWell());
    const before = audit.contents();
    await timed("rebuilt", async () => {
      const { status, errors } = await audit.rebuild();
      assert.equal(status, 0, errors);
    });
    const after = audit.contents().split("\n");
    // The rebuild opens an epoch of its own, which is an event and a row of what there was not before.
    const added = after.filter(
      (line) => line.includes('"reason": "rebuilt"') || line.includes('\\"reason\\":\\"rebuilt\\"'),
    );
    assert.equal(added.length, 2);
    assert.equal(after.filter((line) => !added.includes(line)).join("\n"), before);
    await audit.verifyWell();
  });
});
