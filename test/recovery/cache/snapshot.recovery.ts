import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { useCacheLaboratory } from "./cacheLaboratory";
import { everyType, fillEveryType } from "./everyType";

describe("snapshot of a cache", function () {
  this.timeout(120_000);
  const lab = useCacheLaboratory();

  it("has every key of every type, from a replica in step, and says so in its manifest", async () => {
    const { group } = lab();
    fillEveryType(group, group.primary);
    await group.until("replicas are in step", () =>
      group.replicas.every(
        (replica) =>
          group.info(replica, "slave_repl_offset") ===
          group.info(group.primary, "master_repl_offset"),
      ),
    );
    const t = Date.now();
    const outcome = await lab().run("snapshot cache", lab().snapshotting);
    console.log(outcome, Date.now() - t);
    const id = outcome.output.split(" ")[0] ?? "";
    const manifest = await lab().manifestOf(id);
    console.log({ ...manifest, segments: manifest.segments.length, objects: manifest.objects });
    console.log(group.digest(group.primary), lab().remains());
  });
});
