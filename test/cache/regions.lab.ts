import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheTimings } from "../../contracts/cacheTimings";
import { Group, type GroupSettings, Lab, seen, until } from "./lab";
import { Load } from "./load";

const all = [0, 1, 2];
const replicationPasswords = ["the-same-in-both-regions"];

describe("two real groups, one of which stands by", function () {
  this.timeout("2m");
  const shared: GroupSettings = {
    masterName: "mymaster",
    quorum: 2,
    timings: cacheTimings({ detectionSeconds: 2, lostWriteSeconds: 3, recoverySeconds: 40 }),
    memoryMebibytes: 64,
    minimumTlsVersion: "1.3",
    serving: true,
  };
  let lab: Lab;
  let primary: Group;
  let standby: Group;
  const written: Load[] = [];

  before(async () => {
    lab = new Lab();
    primary = new Group(lab, "primary", shared, replicationPasswords);
    standby = new Group(
      lab,
      "standby",
      // The last server is the one that feeds the other region.
      { ...shared, serving: false, upstream: primary.server(2) },
      replicationPasswords,
    );
    primary.change({ upstream: standby.server(2) });
    await primary.startAll();
    await standby.startAll();
  });

  after(async () => {
    await lab.close();
  });

  it("feeds the standby from a replica, so that it does not count for writes", () => {
    assert.equal(primary.info(0, "connected_slaves"), "2");
    assert.equal(primary.info(0, "min_slaves_good_slaves"), "2");
    assert.equal(standby.info(0, "master_port"), String(primary.server(2).port));
    assert.equal(standby.info(1, "master_port"), String(standby.server(0).port));
    assert.equal(standby.info(2, "master_port"), String(standby.server(0).port));
  });

  it("promotes the feeding server last, and the standby's never from here", () => {
    const priority = (group: Group, ordinal: number) =>
      group.ask(group.server(ordinal), "CONFIG", "GET", "replica-priority").split("\n")[1];
    assert.deepEqual(
      all.map((ordinal) => priority(primary, ordinal)),
      ["100", "100", "200"],
    );
    assert.deepEqual(
      all.map((ordinal) => priority(standby, ordinal)),
      ["0", "100", "200"],
    );
  });

  it("has Sentinels in the standby that watch nothing", () => {
    assert.deepEqual(
      all.map((ordinal) => standby.primary(ordinal)),
      [undefined, undefined, undefined],
    );
    assert.deepEqual(
      standby.sentinels.map((sentinel) => standby.ask(sentinel, "SENTINEL", "MASTERS")),
      ["", "", ""],
    );
  });

  it("brings every write to the standby", async () => {
    const load = new Load(
      4,
      () => primary.server(0).port,
      primary.passwords.application,
      lab.path("ca.crt"),
    );
    await sleep(1_500);
    await load.stop();
    written.push(load);
    const offset = primary.info(0, "master_repl_offset");
    const took = await until(
      "the last of the standby has the same offset",
      () => Number(standby.info(2, "slave_repl_offset")) >= Number(offset),
    );
    seen(`${String(load.acknowledged.length)} writes, all there ${String(took)} ms later at most`);
  });

  it("keeps feeding when another server is promoted in the primary region", async () => {
    assert.equal(primary.run("server", 0, "hand-over.sh").status, 0);
    assert.equal(primary.primary(), 1);
    await until("the feed is in step", () => standby.run("server", 0, "ready.sh").status === 0);
    primary.askAs("application", primary.server(1), "SET", "after", "hand-over");
    await until(
      "the standby has it",
      () => standby.ask(standby.server(2), "GET", "after") === "hand-over",
    );
  });

  it("takes no writes before it is promoted", () => {
    assert.match(standby.ask(standby.server(0), "SET", "too", "early"), /^READONLY/);
  });

  it("can be promoted through another server when server 0 is lost", async () => {
    const other = new Group(
      lab,
      "other",
      { ...shared, serving: false, upstream: primary.server(2) },
      replicationPasswords,
    );
    await other.startAll();
    await other.kill("server", 0);
    const promoted = other.run("server", 1, "promote.sh");
    assert.equal(promoted.status, 0, promoted.output);
    for (const ordinal of all) {
      const { status, output } = other.run("sentinel", ordinal, "promote.sh", "1");
      assert.equal(status, 0, output);
    }
    assert.deepEqual(
      all.map((ordinal) => other.primary(ordinal)),
      [1, 1, 1],
    );
    const unknown = other.run("sentinel", 0, "promote.sh", "3");
    assert.deepEqual(unknown, { status: 1, output: "3 is not a member of this group\n" });
    await other.kill("server", 2);
    other.start("server", 2);
    other.start("server", 0);
    await until("the others follow", () => other.info(1, "min_slaves_good_slaves") === "2");
    assert.equal(other.askAs("application", other.server(1), "SET", "promoted", "1"), "OK");
    for (const ordinal of all) {
      await other.kill("server", ordinal);
      await other.kill("sentinel", ordinal);
    }
  });

  it("is promoted when the primary region is gone, and only by its own members", async () => {
    for (const ordinal of all) {
      await primary.kill("server", ordinal);
      await primary.kill("sentinel", ordinal);
    }
    const lost = Date.now();
    const promoted = standby.run("server", 0, "promote.sh");
    assert.equal(promoted.status, 0, promoted.output);
    assert.match(promoted.output, /^master at offset \d+\n$/);
    for (const ordinal of all) {
      const { status, output } = standby.run("sentinel", ordinal, "promote.sh");
      assert.equal(status, 0, output);
    }
    await until(
      "it takes writes",
      () => standby.askAs("application", standby.server(0), "SET", "in", "standby") === "OK",
    );
    seen(`takes writes ${String(Date.now() - lost)} ms after the first command`);
    await standby.agreed();
    assert.deepEqual(
      all.map((ordinal) => standby.primary(ordinal)),
      [0, 0, 0],
    );
    const [load] = written;
    assert.ok(load !== undefined && load.acknowledged.length > 100);
    const atStandby = standby.ask(standby.server(0), "DBSIZE");
    assert.equal(Number(atStandby), load.acknowledged.length + 2);
  });

  it("may be told to promote twice", () => {
    assert.equal(standby.run("server", 0, "promote.sh").status, 0);
    const { status, output } = standby.run("sentinel", 1, "promote.sh");
    assert.deepEqual({ status, output }, { status: 0, output: "watches a primary already\n" });
  });

  it("fails over on its own from then on, and remembers that across restarts", async () => {
    await standby.kill("server", 0);
    const took = await until("another is promoted", () => [1, 2].includes(standby.primary() ?? 0));
    seen(`failover in the promoted region after ${String(took)} ms`);
    standby.start("server", 0);
    await until("it is back", () => standby.run("server", 0, "ready.sh").status === 0);
    // Back as a replica of its own region, it may be promoted again.
    assert.equal(
      standby.ask(standby.server(0), "CONFIG", "GET", "replica-priority").split("\n")[1],
      "100",
    );
    await standby.kill("sentinel", 2);
    standby.start("sentinel", 2);
    await until("it answers", () => standby.run("sentinel", 2, "ready.sh").status === 0);
    assert.equal(standby.primary(2), standby.primary(0));
  });

  it("takes the lost region back as its standby", async () => {
    // As it comes back: alone, with its old data, and Sentinels that still watch it.
    all.forEach((ordinal) => {
      primary.start("sentinel", ordinal);
    });
    await until("its Sentinels answer", () =>
      all.every((ordinal) => primary.run("sentinel", ordinal, "ready.sh").status === 0),
    );
    all.forEach((ordinal) => {
      primary.start("server", ordinal);
    });
    await until("its servers answer", () =>
      all.every((ordinal) => primary.run("server", ordinal, "live.sh").status === 0),
    );
    for (const ordinal of all) {
      const { status, output } = primary.run("sentinel", ordinal, "stand-by.sh");
      assert.equal(status, 0, output);
    }
    for (const ordinal of all) {
      const { status, output } = primary.run("server", ordinal, "stand-by.sh");
      assert.equal(status, 0, output);
    }
    standby.askAs("application", standby.server(standby.primary() ?? 0), "SET", "fed", "back");
    await until("it is fed", () => primary.ask(primary.server(2), "GET", "fed") === "back");
    assert.equal(primary.info(0, "master_port"), String(standby.server(2).port));
    await primary.kill("server", 0);
    primary.start("server", 0);
    await until("server 0 follows again", () => primary.run("server", 0, "ready.sh").status === 0);
    assert.equal(primary.info(0, "master_port"), String(standby.server(2).port));
    assert.equal(
      primary.ask(primary.server(0), "CONFIG", "GET", "replica-priority").split("\n")[1],
      "0",
    );
  });
});
