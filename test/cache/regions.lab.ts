import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type CacheGroupSettings } from "../../components/cache/cacheGroup";
import { cacheFeedHost, cachePort } from "../../contracts/cacheNames";
import { type AcknowledgedWrite } from "./client";
import { Group, ordinals as all } from "./group";
import { Lab, seen, until } from "./lab";
import { Load, missingAt } from "./load";
import { type Pod } from "./pod";

const here = { store: "cache", namespace: "trading", region: "us-east-1" };
const there = { ...here, region: "us-west-2" };
const feedOf = (place: typeof here) => cacheFeedHost(place, "trading.internal");
const replicationPasswords = ["the-same-in-both-regions"];

describe("two real groups, one of which stands by", function () {
  this.timeout("2m");
  const settingsIn = (place: typeof here, other: typeof here): CacheGroupSettings => ({
    cache: place,
    masterName: "mymaster",
    replicas: 2,
    sentinels: 3,
    quorum: 2,
    sentinelPort: 26379,
    objectives: { detectionSeconds: 2, lostWriteSeconds: 3, recoverySeconds: 40 },
    memoryMebibytes: 64,
    minimumTlsVersion: "1.3",
    serving: place === here,
    link: { feedHost: feedOf(place), upstream: { host: feedOf(other), port: cachePort } },
  });
  let lab: Lab;
  let primary: Group;
  let standby: Group;
  let client: Pod;
  const written: AcknowledgedWrite[] = [];

  before(async () => {
    lab = new Lab();
    primary = await Group.create(lab, settingsIn(here, there), replicationPasswords);
    standby = await Group.create(lab, settingsIn(there, here), replicationPasswords);
    client = await lab.addPod("client");
    await primary.startAll();
    await standby.startAll();
  });

  after(async () => {
    await lab.close();
  });

  it("feeds the standby from a replica, so that it does not count for writes", () => {
    assert.equal(primary.info(0, "connected_slaves"), "2");
    assert.equal(primary.info(0, "min_slaves_good_slaves"), "2");
    assert.equal(standby.info(0, "master_host"), feedOf(here));
    assert.equal(standby.info(1, "master_host"), standby.server(0).host);
    assert.equal(standby.info(2, "master_host"), standby.server(0).host);
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
    const load = Load.start(lab, primary, { pods: [client] });
    await load.flowing([client], 0);
    await sleep(1_500);
    written.push(...(await load.stop()).flatMap(({ acknowledged }) => acknowledged));
    const offset = primary.info(0, "master_repl_offset");
    const took = await until(
      "the last of the standby has the same offset",
      () => Number(standby.info(2, "slave_repl_offset")) >= Number(offset),
    );
    seen(`${String(written.length)} writes, all there ${String(took)} ms later at most`);
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
    const place = { ...there, store: "other" };
    const other = await Group.create(lab, settingsIn(place, here), replicationPasswords);
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
    const keys = Number(primary.ask(primary.server(1), "DBSIZE"));
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
    assert.ok(written.length > 100);
    assert.deepEqual(missingAt(standby, 0, written), []);
    // All that was there, and the one that was written since.
    assert.equal(Number(standby.ask(standby.server(0), "DBSIZE")), keys + 1);
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
    // Back as a replica of its own region, it is one like others once that failover is over.
    await until(
      "it is an ordinary replica",
      () =>
        standby.ask(standby.server(0), "CONFIG", "GET", "replica-priority").split("\n")[1] ===
        "100",
      60_000,
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
    assert.equal(primary.info(0, "master_host"), feedOf(there));
    await primary.kill("server", 0);
    primary.start("server", 0);
    await until("server 0 follows again", () => primary.run("server", 0, "ready.sh").status === 0);
    assert.equal(primary.info(0, "master_host"), feedOf(there));
    assert.equal(
      primary.ask(primary.server(0), "CONFIG", "GET", "replica-priority").split("\n")[1],
      "0",
    );
  });
});
