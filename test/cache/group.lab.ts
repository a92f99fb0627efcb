import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { passwordHash } from "../../components/cache/accessControl";
import { type CacheGroupSettings } from "../../components/cache/cacheGroup";
import { heldBackSeconds } from "../../components/cache/serverConfiguration";
import { cacheTimings } from "../../contracts/cacheTimings";
import { type AcknowledgedWrite } from "./client";
import { Group, ordinals as all } from "./group";
import { ended, Lab, seen, until } from "./lab";
import { type ClientRecord, Load, missingAt } from "./load";
import { outageSeconds } from "./measures";
import { type Pod } from "./pod";
import { startLoader } from "./restoreCase";

const objectives = { detectionSeconds: 2, lostWriteSeconds: 3, recoverySeconds: 40 };

const settings: CacheGroupSettings = {
  cache: { store: "cache", namespace: "trading", region: "us-east-1" },
  masterName: "mymaster",
  replicas: 2,
  sentinels: 3,
  quorum: 2,
  objectives,
  memoryMebibytes: 256,
  minimumTlsVersion: "1.2",
  sentinelPort: 26379,
  serving: true,
};

const writesOf = (records: readonly ClientRecord[]): AcknowledgedWrite[] =>
  records.flatMap(({ acknowledged }) => acknowledged);

describe("a group of real servers and Sentinels", function () {
  this.timeout("2m");
  let lab: Lab;
  let group: Group;
  let client: Pod;

  before(async () => {
    lab = new Lab();
    group = await Group.create(lab, settings);
    client = await lab.addPod("client");
    await group.startAll();
  });

  after(async () => {
    await lab.close();
  });

  const primary = () => {
    const ordinal = group.primary();
    assert.ok(ordinal !== undefined);
    return ordinal;
  };
  const replicas = () => all.filter((ordinal) => ordinal !== primary());
  /** Starts writers at full speed, and waits until they write. */
  const load = async () => {
    const writing = Load.start(lab, group, { pods: [client] });
    await writing.flowing([client], 0);
    return writing;
  };

  it("takes the configuration: server 0 first, two replicas known by name", () => {
    assert.deepEqual(
      all.map((ordinal) => group.info(ordinal, "role")),
      ["master", "slave", "slave"],
    );
    assert.equal(group.info(0, "connected_slaves"), "2");
    assert.match(
      String(group.info(0, "slave0")),
      /^ip=cache-server-us-east-1-[12]\.cache-server-us-east-1\.trading\.svc\.cluster\.local,.*state=online/,
    );
    const keys = [
      "min-replicas-to-write",
      "min-replicas-max-lag",
      "appendonly",
      "appendfsync",
      "save",
      "maxmemory",
      "maxmemory-policy",
      "port",
      "tls-protocols",
    ];
    const found = keys.map(
      (key) => group.ask(group.server(1), "CONFIG", "GET", key).split("\n")[1],
    );
    assert.deepEqual(found, [
      "1",
      "1",
      "yes",
      "everysec",
      "3600 1 300 100 60 10000",
      "268435456",
      "noeviction",
      "0",
      "TLSv1.2 TLSv1.3",
    ]);
  });

  it("has Sentinels with the derived settings", () => {
    const watched = group.ask(group.sentinel(2), "SENTINEL", "MASTER", "mymaster");
    assert.deepEqual(
      ["down-after-milliseconds", "failover-timeout", "parallel-syncs", "quorum"].map((name) =>
        group.field(watched, name),
      ),
      ["2000", "14000", "1", "2"],
    );
  });

  describe("gives each user", () => {
    const allowed: readonly (readonly [string, readonly string[], readonly string[]])[] = [
      ["replication", ["PSYNC ? -1", "REPLCONF ack 1", "PING"], ["GET a", "SYNC", "INFO"]],
      [
        "sentinel",
        ["SLAVEOF a 1", "CONFIG REWRITE", "PUBLISH __sentinel__:hello x", "SCRIPT KILL"],
        ["GET a", "CONFIG SET dir /", "PUBLISH other x", "DEBUG SLEEP 1"],
      ],
      [
        "hand-over",
        ["CLIENT PAUSE 1 WRITE", "CLIENT UNPAUSE", "REPLICAOF a 1", "ROLE"],
        ["GET a", "CLIENT KILL TYPE normal", "CONFIG REWRITE", "SHUTDOWN"],
      ],
      [
        "promotion",
        ["REPLICAOF NO ONE", "CONFIG REWRITE", "ROLE", "INFO"],
        ["GET a", "CONFIG SET a b"],
      ],
      ["reload", ["ACL LOAD", "CONFIG SET a b"], ["GET a", "ACL SETUSER x", "CONFIG GET a"]],
      ["probe", ["PING", "ROLE"], ["GET a", "INFO"]],
      [
        "backup",
        ["PSYNC ? -1", "REPLCONF rdb-only 1", "ROLE"],
        ["SYNC", "GET a", "CONFIG GET a", "REPLICAOF a 1"],
      ],
      ["metrics", ["INFO", "SLOWLOG GET", "LATENCY LATEST"], ["GET a", "KEYS a", "CONFIG GET a"]],
      [
        "application",
        ["SET a b", "MULTI", "EVAL x 0", "PUBLISH application:x y", "SUBSCRIBE application:x"],
        ["FLUSHALL", "KEYS a", "CONFIG GET a", "PUBLISH __sentinel__:hello x", "REPLICAOF a 1"],
      ],
    ];
    const allowedAtSentinels: typeof allowed = [
      [
        "sentinel",
        ["PUBLISH __sentinel__:hello x", "SENTINEL IS-MASTER-DOWN-BY-ADDR a 1 0 *"],
        ["SENTINEL FAILOVER mymaster", "INFO"],
      ],
      ["hand-over", ["SENTINEL FAILOVER mymaster"], ["SENTINEL REMOVE mymaster"]],
      ["promotion", ["SENTINEL MONITOR a b 1 2"], ["SENTINEL FAILOVER mymaster"]],
      ["reload", ["ACL LOAD"], ["ACL SETUSER x", "SENTINEL SET mymaster quorum 1"]],
      ["probe", ["PING"], ["INFO", "SENTINEL MASTERS"]],
      ["backup", ["SENTINEL REPLICAS mymaster"], ["SENTINEL MASTERS"]],
      [
        "metrics",
        // As the exporter asks: by the old name of REPLICAS.
        [
          "INFO",
          "SENTINEL MASTERS",
          "SENTINEL SLAVES mymaster",
          "SENTINEL SENTINELS mymaster",
          "SENTINEL CKQUORUM mymaster",
        ],
        ["SENTINEL CONFIG GET sentinel-pass", "SENTINEL FAILOVER mymaster"],
      ],
      [
        "application",
        ["SENTINEL GET-MASTER-ADDR-BY-NAME mymaster", "SUBSCRIBE +switch-master"],
        ["SENTINEL FAILOVER mymaster", "PUBLISH __sentinel__:hello x"],
      ],
    ];
    for (const [user, may, mayNot] of allowedAtSentinels) {
      it(`${user} what it needs at a Sentinel, and no more`, () => {
        const denied = (command: string) =>
          group.ask(group.sentinel(1), "ACL", "DRYRUN", user, ...command.split(" ")) !== "OK";
        assert.deepEqual(may.filter(denied), []);
        assert.deepEqual(
          mayNot.filter((command) => !denied(command)),
          [],
        );
      });
    }

    for (const [user, may, mayNot] of allowed) {
      it(`${user} what it needs at a server, and no more`, () => {
        const denied = (command: string) =>
          group.ask(group.server(1), "ACL", "DRYRUN", user, ...command.split(" ")) !== "OK";
        assert.deepEqual(may.filter(denied), []);
        assert.deepEqual(
          mayNot.filter((command) => !denied(command)),
          [],
        );
      });
    }

    it("that is not named nothing at all", () => {
      const user = group.ask(group.server(0), "ACL", "GETUSER", "default");
      assert.match(user, /^flags\noff/);
      assert.equal(user.includes("nopass"), false);
    });
  });

  it("refuses the wrong password, and speaks no plain text", () => {
    assert.match(group.askAs("backup", group.server(0), "GET", "a"), /NOPERM/);
    const { host, port } = group.server(0);
    const plain = lab.spawn(client, "redis-cli", ["-h", host, "-p", String(port), "PING"]);
    let said = "";
    plain.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    plain.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    return new Promise<void>((resolve) => {
      plain.on("close", () => {
        assert.doesNotMatch(said, /PONG/);
        resolve();
      });
    });
  });

  it("is live everywhere, and of use everywhere", () => {
    for (const part of ["server", "sentinel"] as const) {
      for (const script of ["live.sh", "ready.sh"]) {
        assert.deepEqual(
          all.map((ordinal) => group.run(part, ordinal, script).status),
          [0, 0, 0],
          `${part} ${script}`,
        );
      }
    }
  });

  it("hands over while clients write, and loses nothing", async () => {
    const before = primary();
    const writing = await load();
    await sleep(1_500);
    const since = Date.now();
    const { status, output } = await group.runBeside(before, "hand-over.sh").end;
    const after = primary();
    await sleep(3_000);
    const stopped = Date.now();
    const writes = writesOf(await writing.stop());
    assert.equal(status, 0, output);
    assert.equal(output, `hand-over: ${group.server(after).host}:6379 is the primary now\n`);
    assert.notEqual(after, before);
    assert.equal(group.info(before, "role"), "slave");
    // Full copies would keep a large store from taking writes for as long as they last.
    const statistics = group.ask(group.server(after), "INFO", "stats");
    assert.equal(group.field(statistics, "sync_full"), "0");
    assert.ok(writes.length > 500);
    assert.deepEqual(missingAt(group, after, writes), []);
    const held = outageSeconds(writes, since, stopped);
    seen(`${String(writes.length)} writes, none lost; held for ${String(held)} s`);
    await group.settled();
  });

  it("hands nothing over from a replica", () => {
    const [replica = 0] = replicas();
    const { status, output } = group.run("server", replica, "hand-over.sh");
    assert.deepEqual(
      { status, output },
      { status: 0, output: "hand-over: this server is no primary\n" },
    );
  });

  it("keeps a primary that can reach no Sentinel, and writes go on", async () => {
    const ordinal = primary();
    await Promise.all(all.map((sentinel) => group.kill("sentinel", sentinel)));
    const { status, output } = await group.runBeside(ordinal, "hand-over.sh").end;
    for (const sentinel of all) {
      group.start("sentinel", sentinel);
    }
    assert.equal(status, 1, output);
    assert.match(output, /no Sentinel starts a failover; writes go on here\n$/);
    assert.equal(group.askAs("application", group.server(ordinal), "SET", "still", "here"), "OK");
    await group.settled();
  });

  it("keeps a primary whose replica does not catch up, and writes go on", async () => {
    const ordinal = primary();
    const [behind = 0] = replicas();
    const writing = await load();
    await sleep(500);
    const since = Date.now();
    group.process("server", behind).kill("SIGSTOP");
    const { status, output } = await group.runBeside(ordinal, "hand-over.sh").end;
    await writing.flowing([client], Date.now());
    group.process("server", behind).kill("SIGCONT");
    const stopped = Date.now();
    const writes = writesOf(await writing.stop());
    const held = outageSeconds(writes, since, stopped);
    assert.equal(status, 1, output);
    assert.match(output, /is behind; writes go on here\n$/);
    // A failover that the hand-over brings about would lose what was written since.
    assert.ok(held < objectives.detectionSeconds, `writes were held for ${String(held)} s`);
    await group.settled();
    assert.deepEqual(
      all.map((sentinel) => group.primary(sentinel)),
      [ordinal, ordinal, ordinal],
    );
    assert.deepEqual(missingAt(group, ordinal, writes), []);
    seen(`writes held for ${String(held)} s at most`);
  });

  it("lets writes go on when a hand-over is interrupted, and pings too, even when it is killed", async () => {
    const ordinal = primary();
    const [behind = 0] = replicas();
    const period = () =>
      group.ask(group.server(ordinal), "CONFIG", "GET", "repl-ping-replica-period").split("\n")[1];
    group.askAs("application", group.server(ordinal), "SET", "not", "everywhere");
    group.process("server", behind).kill("SIGSTOP");
    group.askAs("application", group.server(ordinal), "SET", "not", "there");
    const interrupted = group.runBeside(ordinal, "hand-over.sh");
    await until("pings are off", () => period() === "3600");
    interrupted.child.kill("SIGTERM");
    const { status, output } = await interrupted.end;
    assert.deepEqual(
      { status, output },
      { status: 1, output: "hand-over: interrupted; writes go on here\n" },
    );
    assert.equal(period(), "10");
    const killed = group.runBeside(ordinal, "hand-over.sh");
    await until("pings are off again", () => period() === "3600");
    await ended(killed.child);
    group.process("server", behind).kill("SIGCONT");
    const { data } = group.pod("server", ordinal).volumes;
    const longAgo = new Date(Date.now() - 3 * 60_000);
    utimesSync(join(data, "handing-over"), longAgo, longAgo);
    const said = group.reloadSays(ordinal);
    await until("pings are back", () => period() === "10");
    await until("it is written down", () => !existsSync(join(data, "handing-over")));
    // As the first process of a container it would ignore what it does not handle.
    assert.equal(await group.stopReload(ordinal), 0);
    assert.equal(said(), "pings: OK\n");
    group.startReload(ordinal);
    await group.settled();
  });

  it("refuses writes within the bound once no replica reports", async () => {
    const ordinal = primary();
    const writing = await load();
    const started = Date.now();
    for (const replica of replicas()) {
      group.process("server", replica).kill("SIGSTOP");
    }
    await until("writes are refused", () => Date.now() - writing.lastWrite > 500);
    const answer = group.askAs("application", group.server(ordinal), "SET", "bound", "1");
    for (const replica of replicas()) {
      group.process("server", replica).kill("SIGCONT");
    }
    const accepted = writing.lastWrite - started;
    await writing.stop();
    assert.match(answer, /^NOREPLICAS/);
    assert.ok(accepted > 0);
    assert.ok(accepted <= objectives.lostWriteSeconds * 1_000, String(accepted));
    seen(`writes accepted for ${String(accepted)} ms`);
    await group.settled();
  });

  it("promotes another when the primary is killed, and takes it back as a replica", async () => {
    const before = primary();
    await group.kill("server", before);
    const took = await until("another takes writes", () => {
      const now = group.primary();
      return (
        now !== undefined &&
        now !== before &&
        group.askAs("application", group.server(now), "SET", "after", "failover") === "OK"
      );
    });
    seen(`writes again after ${String(took)} ms`);
    assert.ok(took < (objectives.detectionSeconds + 10) * 1_000);
    group.start("server", before);
    await until(
      "the old primary is of use",
      () => group.run("server", before, "ready.sh").status === 0,
    );
    assert.equal(group.info(before, "role"), "slave");
    // Its own file still said that it was primary: it asked the Sentinels before it started.
    assert.equal(group.askAs("application", group.server(before), "GET", "after"), "failover");
    // Promoted again at once, it could have Sentinels disagree: it is the last choice for a while.
    const priority = () =>
      group.ask(group.server(before), "CONFIG", "GET", "replica-priority").split("\n")[1];
    assert.ok(Number(priority()) > 1_000_000, priority());
    const heldBack = await until("it is an ordinary replica", () => priority() === "100");
    const expected = heldBackSeconds(cacheTimings(objectives));
    assert.ok(heldBack / 1_000 < expected + 7, `held back for ${String(heldBack)} ms`);
    await group.settled();
  });

  it("has Sentinels that remember across a restart, and take on what changed", async () => {
    const before = primary();
    const known = group.ask(group.sentinel(1), "SENTINEL", "MYID");
    group.change({ objectives: { ...objectives, recoverySeconds: 60 } });
    await group.kill("sentinel", 1);
    group.start("sentinel", 1);
    await until("it answers", () => group.run("sentinel", 1, "ready.sh").status === 0);
    assert.equal(group.ask(group.sentinel(1), "SENTINEL", "MYID"), known);
    assert.equal(group.primary(1), before);
    const watched = group.ask(group.sentinel(1), "SENTINEL", "MASTER", "mymaster");
    assert.equal(group.field(watched, "failover-timeout"), "24000");
    group.change({ masterName: "renamed" });
    await group.kill("sentinel", 1);
    group.start("sentinel", 1);
    await until("it answers", () => group.run("sentinel", 1, "ready.sh").status === 0);
    const renamed = group.ask(group.sentinel(1), "SENTINEL", "MASTER", "renamed");
    assert.equal(group.field(renamed, "ip"), group.server(before).host);
    assert.equal(group.field(renamed, "num-slaves"), "2");
    assert.equal(group.field(renamed, "num-other-sentinels"), "2");
    group.change({ masterName: settings.masterName });
    await group.kill("sentinel", 1);
    group.start("sentinel", 1);
    await until("it answers", () => group.run("sentinel", 1, "ready.sh").status === 0);
    group.change({ objectives });
    await group.settled();
  });

  it("loads a renewed certificate into a server that goes on running", async () => {
    const ordinal = primary();
    const said = group.reloadSays(ordinal);
    const serial = () =>
      readFileSync(join(group.pod("server", ordinal).volumes.data, "loaded.crt"), "utf8");
    const old = serial();
    group.renewCertificate("server", ordinal);
    await until("it is loaded", () => said().includes("certificate: OK"));
    assert.notEqual(serial(), old);
    assert.equal(said(), "certificate: OK\n");
    await group.settled();
  });

  /** Rotates passwords, which some members are given before the others, and watches who is primary. */
  async function rotate(...order: readonly (readonly number[])[]): Promise<string[]> {
    const said = all.map((ordinal) => group.reloadSays(ordinal));
    const masters = new Set<string>();
    // A rotation that fails is not followed: the run ends then.
    const watch = setInterval(() => {
      const roles = all.map((ordinal) => group.info(ordinal, "role"));
      // A member that has not answered on a busy machine has said nothing of its role.
      if (!roles.includes(undefined)) {
        masters.add(all.filter((ordinal) => roles[ordinal] === "master").join());
      }
    }, 250).unref();
    const writing = await load();
    const before = group.passwords;
    group.rotate();
    for (const told of order) {
      for (const ordinal of told) {
        group.install("server", ordinal);
        group.install("sentinel", ordinal);
        // As the kubelet does every ten seconds.
        assert.equal(group.run("sentinel", ordinal, "live.sh").status, 0);
        assert.equal(group.askAs("application", group.sentinel(ordinal), "PING"), "PONG");
      }
      // Long enough for a server to be called down, and for another to be promoted.
      await sleep(objectives.detectionSeconds * 1_000 + 5_000);
    }
    const loaded = (what: string) => () => said.every((text) => text().includes(`${what}: OK`));
    await until("users are loaded", loaded("users"));
    assert.equal(loaded("password for replication")(), false);
    for (const ordinal of all) {
      const file = join(group.pod("server", ordinal).volumes.credentials, "replication");
      const long = new Date(Date.now() - 15 * 60_000);
      utimesSync(file, long, long);
    }
    await until("replicas log in with the new password", loaded("password for replication"));
    for (const ordinal of all) {
      await group.kill("sentinel", ordinal);
      group.start("sentinel", ordinal);
      await until("it answers", () => group.run("sentinel", ordinal, "ready.sh").status === 0);
    }
    const writes = writesOf(await writing.stop());
    await group.settled();
    clearInterval(watch);
    assert.ok(writes.length > 500);
    assert.deepEqual(missingAt(group, primary(), writes), []);
    for (const ordinal of all) {
      const users = group.ask(group.server(ordinal), "ACL", "LIST");
      assert.ok(users.includes(passwordHash(group.passwords.application)));
      assert.ok(users.includes(passwordHash(before.application)));
    }
    return [...masters];
  }

  it("rotates passwords with one primary throughout, told before all others or after them", async () => {
    const ordinal = primary();
    const others = replicas();
    assert.deepEqual(await rotate([ordinal], others), [String(ordinal)]);
    assert.deepEqual(await rotate(others, [ordinal]), [String(ordinal)]);
  });

  it("leaves nothing behind that a member without root could not write again", () => {
    const closed = (["server", "sentinel"] as const).flatMap((part) =>
      all.flatMap((ordinal) => {
        const { data } = group.pod(part, ordinal).volumes;
        return readdirSync(data)
          .map((file) => join(data, file))
          .filter((file) => (statSync(file).mode & 0o200) === 0);
      }),
    );
    assert.deepEqual(closed, []);
  });

  it("has Sentinels restart one by one when what they read at the start has changed", () => {
    const statusAfter = (ordinal: number, minutes: number) => {
      const { certificates, credentials, data } = group.pod("sentinel", ordinal).volumes;
      const changed = new Date(Date.now() - minutes * 60_000);
      const started = new Date(changed.getTime() - 60_000);
      for (const directory of [certificates, credentials, data]) {
        for (const file of readdirSync(directory)) {
          utimesSync(join(directory, file), started, started);
        }
      }
      utimesSync(join(certificates, "tls.crt"), changed, changed);
      return group.run("sentinel", ordinal, "live.sh").status;
    };
    assert.deepEqual([statusAfter(0, 2.5), statusAfter(0, 3.5)], [0, 1]);
    assert.deepEqual([statusAfter(1, 4.5), statusAfter(1, 5.5)], [0, 1]);
    assert.deepEqual([statusAfter(2, 6.5), statusAfter(2, 7.5)], [0, 1]);
  });

  it("gives the backup user a whole snapshot, which another group can be filled with", async () => {
    const [replica = 0] = replicas();
    const set = group.askAs("application", group.server(primary()), "SET", "in-snapshot", "yes");
    assert.equal(set, "OK");
    await sleep(500);
    const file = lab.path("dump.rdb");
    await group.saveSnapshot(group.server(replica), file);
    assert.equal(readFileSync(file).subarray(0, 5).toString(), "REDIS");
    const standby = await Group.create(
      lab,
      { ...settings, cache: { ...settings.cache, region: "us-west-2" }, serving: false },
      group.replicationPasswords,
    );
    await standby.startAll();
    const loader = await startLoader(lab, standby, file);
    const { host, port } = loader.address;
    const ofReplica = standby.run("server", 1, "fill.sh", host, String(port));
    assert.deepEqual(ofReplica, {
      status: 1,
      output: `this server follows ${standby.server(0).host}; fill the one that the others follow\n`,
    });
    standby.askAs("application", standby.server(0), "SET", "before-fill", "kept");
    const ofNobody = standby.run("server", 0, "fill.sh", "nobody", "6379");
    assert.equal(ofNobody.status, 1);
    assert.match(ofNobody.output, /nobody 6379 has not loaded a snapshot: \n$/);
    const empty = await startLoader(lab, standby);
    assert.deepEqual(standby.run("server", 0, "fill.sh", empty.address.host, "6379"), {
      status: 1,
      output: `${empty.address.host} 6379 has no keys: is its snapshot where it looks, and appendonly no?\n`,
    });
    await ended(empty.process);
    // It lets nobody copy: the fill goes on waiting.
    standby.ask(loader.address, "ACL", "SETUSER", "replication", "off");
    const interrupted = standby.runBeside(0, "fill.sh", host, String(port));
    await until("it follows the loader", () => standby.info(0, "master_host") === host);
    interrupted.child.kill("SIGTERM");
    assert.deepEqual(await interrupted.end, {
      status: 1,
      output: `not filled from ${host} 6379: interrupted\n`,
    });
    standby.ask(loader.address, "ACL", "SETUSER", "replication", "on");
    assert.equal(standby.info(0, "role"), "master");
    assert.equal(standby.ask(standby.server(0), "GET", "before-fill"), "kept");
    const filled = standby.run("server", 0, "fill.sh", host, String(port));
    assert.equal(filled.status, 0, filled.output);
    assert.match(filled.output, new RegExp(`^filled from ${host} 6379: [1-9]\\d* keys\\n$`));
    assert.equal(standby.ask(standby.server(0), "GET", "in-snapshot"), "yes");
    assert.equal(standby.ask(standby.server(0), "GET", "before-fill"), "");
    await until(
      "the others have it too",
      () => standby.ask(standby.server(2), "GET", "in-snapshot") === "yes",
    );
    await ended(loader.process);
    await standby.killAll();
  });

  it("is filled by nobody while a Sentinel watches, or is not there to say so", async () => {
    const ordinal = primary();
    const fill = () => group.run("server", ordinal, "fill.sh", "loader", "6379");
    const [sentinel] = group.sentinels;
    assert.deepEqual(fill(), {
      status: 1,
      output: `${String(sentinel?.host)} 26379 watches a primary; put every Sentinel to rest first (stand-by.sh)\n`,
    });
    await group.kill("sentinel", 0);
    const { status, output } = fill();
    assert.equal(status, 1);
    assert.match(output, /26379 does not answer: it must not watch while a server is filled\n$/);
    group.start("sentinel", 0);
    assert.deepEqual(group.run("server", ordinal, "fill.sh"), {
      status: 1,
      output: "which server has the snapshot? give its host and port\n",
    });
    assert.equal(group.info(ordinal, "role"), "master");
    await group.settled();
  });

  it("has denied its own users nothing that they tried, at servers and Sentinels", () => {
    const denied = [...group.servers, ...group.sentinels].flatMap((address) => {
      const entries = group
        .ask(address, "ACL", "LOG", "128")
        .split(/^count$/m)
        .slice(1);
      return (
        entries
          .map((entry) => entry.split("\n").map((line) => line.trim()))
          .map((lines) =>
            ["reason", "object", "username"]
              .map((name) => lines[lines.indexOf(name) + 1])
              .join(" "),
          )
          // A password that is new, or no longer holds, is tried while passwords are rotated.
          .filter((entry) => !entry.startsWith("auth "))
      );
    });
    // What a test has tried.
    assert.deepEqual(denied, ["command get backup"]);
  });
});
