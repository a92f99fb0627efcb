import assert from "node:assert/strict";
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { passwordHash } from "../../components/cache/accessControl";
import { cacheTimings } from "../../contracts/cacheTimings";
import { ended, Group, type GroupSettings, Lab, seen, until } from "./lab";
import { Connection, Load } from "./load";

const objectives = { detectionSeconds: 2, lostWriteSeconds: 3, recoverySeconds: 40 };

const settings: GroupSettings = {
  masterName: "mymaster",
  quorum: 2,
  timings: cacheTimings(objectives),
  memoryMebibytes: 64,
  minimumTlsVersion: "1.2",
  serving: true,
};

const all = [0, 1, 2];

describe("a group of real servers and Sentinels", function () {
  this.timeout("2m");
  let lab: Lab;
  let group: Group;

  before(async () => {
    lab = new Lab();
    group = new Group(lab, "primary", settings, ["replication-password"]);
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
  /** Waits until both replicas are in step and every Sentinel knows it. */
  const settled = async () => {
    await until(
      "both replicas are in step",
      () =>
        // Just started, no Sentinel may know of one yet.
        group.primary() !== undefined &&
        replicas().every((ordinal) => group.run("server", ordinal, "ready.sh").status === 0) &&
        group.info(primary(), "min_slaves_good_slaves") === "2",
    );
    await group.agreed();
  };
  const load = () =>
    new Load(
      4,
      () => group.server(group.primary() ?? 0).port,
      group.passwords.application,
      lab.path("ca.crt"),
    );

  it("takes the configuration: server 0 first, two replicas known by name", () => {
    assert.deepEqual(
      all.map((ordinal) => group.info(ordinal, "role")),
      ["master", "slave", "slave"],
    );
    assert.equal(group.info(0, "connected_slaves"), "2");
    assert.match(String(group.info(0, "slave0")), /^ip=localhost,.*state=online/);
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
      "67108864",
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
      ["promotion", ["REPLICAOF NO ONE", "CONFIG REWRITE", "ROLE"], ["GET a", "CONFIG SET a b"]],
      ["reload", ["ACL LOAD", "CONFIG SET a b"], ["GET a", "ACL SETUSER x", "CONFIG GET a"]],
      ["probe", ["PING", "ROLE"], ["GET a", "INFO"]],
      ["backup", ["SYNC", "REPLCONF rdb-only 1"], ["GET a", "CONFIG GET a", "REPLICAOF a 1"]],
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
    const plain = lab.spawn("redis-cli", ["-p", String(group.server(0).port), "PING"]);
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
    const writing = load();
    await sleep(1_500);
    const { status, output } = await group.runBeside(before, "hand-over.sh").end;
    const after = primary();
    await sleep(3_000);
    await writing.stop();
    assert.equal(status, 0, output);
    assert.equal(
      output,
      `hand-over: localhost:${String(group.server(after).port)} is the primary now\n`,
    );
    assert.notEqual(after, before);
    assert.equal(group.info(before, "role"), "slave");
    // Full copies would keep a large store from taking writes for as long as they last.
    const statistics = group.ask(group.server(after), "INFO", "stats");
    assert.equal(group.field(statistics, "sync_full"), "0");
    assert.ok(writing.acknowledged.length > 500);
    assert.equal(await writing.missingAt(group.server(after).port), 0);
    seen(
      `${String(writing.acknowledged.length)} writes, none lost; held for ${String(writing.longestGap)} ms`,
    );
    await settled();
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
    await settled();
  });

  it("keeps a primary whose replica does not catch up, and writes go on", async () => {
    const ordinal = primary();
    const [behind = 0] = replicas();
    const writing = load();
    await sleep(500);
    group.process("server", behind).kill("SIGSTOP");
    const { status, output } = await group.runBeside(ordinal, "hand-over.sh").end;
    const held = writing.longestGap;
    group.process("server", behind).kill("SIGCONT");
    await writing.stop();
    assert.equal(status, 1, output);
    assert.match(output, /is behind; writes go on here\n$/);
    // A failover that the hand-over brings about would lose what was written since.
    assert.ok(
      held < objectives.detectionSeconds * 1_000,
      `writes were held for ${String(held)} ms`,
    );
    await settled();
    assert.deepEqual(
      all.map((sentinel) => group.primary(sentinel)),
      [ordinal, ordinal, ordinal],
    );
    assert.equal(await writing.missingAt(group.server(ordinal).port), 0);
    seen(`writes held for ${String(held)} ms at most`);
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
    const { data } = group.layout("server", ordinal);
    const longAgo = new Date(Date.now() - 3 * 60_000);
    utimesSync(join(data, "handing-over"), longAgo, longAgo);
    const reload = group.runBeside(ordinal, "reload.sh");
    await until("pings are back", () => period() === "10");
    reload.child.kill("SIGTERM");
    // As the first process of a container it would ignore what it does not handle.
    assert.deepEqual(await reload.end, { status: 0, output: "pings: OK\n" });
    assert.equal(existsSync(join(data, "handing-over")), false);
    await settled();
  });

  it("refuses writes within the bound once no replica reports", async () => {
    const ordinal = primary();
    const connection = await Connection.open(
      group.server(ordinal).port,
      group.passwords.application,
      lab.path("ca.crt"),
    );
    for (const replica of replicas()) {
      group.process("server", replica).kill("SIGSTOP");
    }
    const started = Date.now();
    let accepted = started;
    let answer = "+OK";
    while (answer === "+OK" && Date.now() - started < 20_000) {
      answer = await connection.send("SET bound 1");
      accepted = answer === "+OK" ? Date.now() : accepted;
      await sleep(20);
    }
    for (const replica of replicas()) {
      group.process("server", replica).kill("SIGCONT");
    }
    connection.close();
    assert.match(answer, /^-NOREPLICAS/);
    assert.ok(accepted > started);
    assert.ok(
      accepted - started <= objectives.lostWriteSeconds * 1_000,
      String(accepted - started),
    );
    seen(`writes accepted for ${String(accepted - started)} ms`);
    await settled();
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
    await settled();
  });

  it("has Sentinels that remember across a restart, and take on what changed", async () => {
    const before = primary();
    const known = group.ask(group.sentinel(1), "SENTINEL", "MYID");
    group.change({ timings: cacheTimings({ ...objectives, recoverySeconds: 60 }) });
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
    assert.equal(group.field(renamed, "port"), String(group.server(before).port));
    assert.equal(group.field(renamed, "num-slaves"), "2");
    assert.equal(group.field(renamed, "num-other-sentinels"), "2");
    group.change({ masterName: settings.masterName });
    await group.kill("sentinel", 1);
    group.start("sentinel", 1);
    await until("it answers", () => group.run("sentinel", 1, "ready.sh").status === 0);
    group.change({ timings: settings.timings });
    await settled();
  });

  it("loads a renewed certificate into a server that goes on running", async () => {
    const ordinal = primary();
    const reload = group.runBeside(ordinal, "reload.sh");
    const serial = () =>
      readFileSync(join(group.layout("server", ordinal).data, "loaded.crt"), "utf8");
    const old = serial();
    lab.newCertificate();
    group.install("server", ordinal);
    await until("it is loaded", () => reload.output().includes("certificate: OK"));
    await ended(reload.child);
    assert.notEqual(serial(), old);
    assert.equal(reload.output(), "certificate: OK\n");
    await settled();
  });

  /** Rotates passwords, which some members are given before the others, and watches who is primary. */
  async function rotate(...order: readonly (readonly number[])[]): Promise<string[]> {
    const reloads = all.map((ordinal) => group.runBeside(ordinal, "reload.sh"));
    const masters = new Set<string>();
    const watch = setInterval(() => {
      masters.add(all.filter((ordinal) => group.info(ordinal, "role") === "master").join());
    }, 250);
    const writing = load();
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
    const loaded = (what: string) => () =>
      reloads.every(({ output }) => output().includes(`${what}: OK`));
    await until("users are loaded", loaded("users"));
    assert.equal(loaded("password for replication")(), false);
    for (const ordinal of all) {
      const file = join(group.layout("server", ordinal).credentials, "replication");
      const long = new Date(Date.now() - 15 * 60_000);
      utimesSync(file, long, long);
    }
    await until("replicas log in with the new password", loaded("password for replication"));
    for (const ordinal of all) {
      await group.kill("sentinel", ordinal);
      group.start("sentinel", ordinal);
      await until("it answers", () => group.run("sentinel", ordinal, "ready.sh").status === 0);
    }
    await writing.stop();
    await settled();
    clearInterval(watch);
    await Promise.all(reloads.map(({ child }) => ended(child)));
    assert.ok(writing.acknowledged.length > 500);
    assert.equal(await writing.missingAt(group.server(primary()).port), 0);
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
        const { data } = group.layout(part, ordinal);
        return readdirSync(data)
          .map((file) => join(data, file))
          .filter((file) => (statSync(file).mode & 0o200) === 0);
      }),
    );
    assert.deepEqual(closed, []);
  });

  it("has Sentinels restart one by one when what they read at the start has changed", () => {
    const statusAfter = (ordinal: number, minutes: number) => {
      const { certificates, credentials, data } = group.layout("sentinel", ordinal);
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
    group.askAs("application", group.server(primary()), "SET", "in-snapshot", "yes");
    await sleep(500);
    const file = lab.path("dump.rdb");
    assert.match(
      group.askAs("backup", group.server(replica), "--rdb", file),
      /^$|Transfer finished with success|SYNC/,
    );
    assert.equal(readFileSync(file).subarray(0, 5).toString(), "REDIS");
    // A throw-away server with the snapshot, without append-only file: it would win over the snapshot.
    const [address] = lab.takePorts(1);
    assert.ok(address);
    const layout = group.layout("server", primary());
    const configuration = lab.path("loader.conf");
    writeFileSync(
      configuration,
      [
        "port 0",
        `tls-port ${String(address.port)}`,
        `tls-cert-file ${layout.certificates}/tls.crt`,
        `tls-key-file ${layout.certificates}/tls.key`,
        `tls-ca-cert-file ${layout.certificates}/ca.crt`,
        "tls-auth-clients no",
        "tls-replication yes",
        "appendonly no",
        `dir ${lab.path("")}`,
        `aclfile ${layout.data}/users.acl`,
      ].join("\n"),
    );
    lab.spawn("redis-server", [configuration]);
    await until("the loader answers", () => group.ask(address, "PING") === "PONG");
    const standby = new Group(
      lab,
      "filled",
      { ...settings, serving: false },
      group.replicationPasswords,
    );
    await standby.startAll();
    const head = standby.server(0);
    assert.equal(
      standby.askAs("hand-over", head, "REPLICAOF", "localhost", String(address.port)),
      "OK",
    );
    await until("filled", () => standby.info(0, "master_link_status") === "up");
    assert.equal(standby.askAs("hand-over", head, "REPLICAOF", "NO", "ONE"), "OK");
    assert.equal(standby.ask(head, "GET", "in-snapshot"), "yes");
    await until(
      "the others have it too",
      () => standby.ask(standby.server(2), "GET", "in-snapshot") === "yes",
    );
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
