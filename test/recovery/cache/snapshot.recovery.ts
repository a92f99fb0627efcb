import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomInt } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseAddress } from "../../../recovery/cache/connection";
import { CachePoint } from "../../../recovery/cache/cachePoint";
import { type PointList } from "../../../recovery/list";
import { snapshotCache } from "../../../recovery/cache/snapshot";
import { BucketPrefix } from "../../../recovery/storage/bucket";
import { type Address } from "../../../components/cache/layout";
import { FaultyStore } from "../faultyStore";
import { type Outcome } from "../laboratory";
import { seededRandom } from "../seededRandom";
import { useCacheLaboratory } from "./cacheLaboratory";
import { everyType, fillEveryType } from "./everyType";

/** Moments at which the command is killed, in each manner. */
const moments = Number(process.env["MOMENTS"] ?? "6");

const silent = {
  say: () => undefined,
  warn: () => undefined,
  fail: () => undefined,
  at: () => undefined,
};

describe("snapshot of a cache", function () {
  this.timeout(120_000);
  const lab = useCacheLaboratory();
  const random = seededRandom(Number(process.env["SEED"] ?? randomInt(1_000_000)));

  async function inStep(): Promise<void> {
    const { group } = lab();
    await group.until("replicas are in step", () =>
      group.replicas.every(
        (replica) =>
          group.info(replica, "master_link_status") === "up" &&
          group.info(replica, "slave_repl_offset") ===
            group.info(group.primary, "master_repl_offset"),
      ),
    );
  }

  /** Keys that take replicas some seconds to send: each is held up for a while. */
  async function fillSlowly(seconds: number): Promise<void> {
    const { group } = lab();
    const keys = 2_000;
    group.ask(group.primary, "FLUSHALL");
    group.ask(group.primary, "DEBUG", "POPULATE", String(keys), "key", "2000");
    // POPULATE goes round replication: they have to copy it.
    group.ask(group.primary, "DEBUG", "CHANGE-REPL-ID");
    for (const replica of group.replicas) {
      group.ask(replica, "CLIENT", "KILL", "TYPE", "master");
      group.ask(replica, "CONFIG", "SET", "rdb-key-save-delay", String((seconds * 1e6) / keys));
    }
    await inStep();
  }

  function quickly(): void {
    const { group } = lab();
    group.servers.forEach((server) =>
      group.ask(server, "CONFIG", "SET", "rdb-key-save-delay", "0"),
    );
  }

  /** Runs it, which has to fail, and leave no recovery point. */
  async function fails(environment: Record<string, string>, status: number): Promise<Outcome> {
    const before = await lab().points();
    const outcome = await lab().run("snapshot cache", { ...lab().snapshotting, ...environment });
    assert.equal(outcome.status, status, outcome.errors);
    assert.deepEqual(await lab().points(), before);
    assert.deepEqual(lab().remains(), []);
    return outcome;
  }

  it("has every key of every type, from a replica in step, and says so in its manifest", async () => {
    const { group } = lab();
    fillEveryType(group, group.primary);
    await inStep();
    const before = Number(group.info(group.primary, "master_repl_offset"));
    const id = await lab().snapshot();
    const manifest = await lab().manifestOf(id);
    assert.deepEqual(manifest.keyspaces, everyType);
    assert.equal(manifest.digest, group.digest(group.primary));
    const { source } = manifest;
    assert.equal(source.role, "replica");
    assert.ok(group.replicas.some(({ port }) => source.server === `localhost:${String(port)}`));
    assert.equal(source.replicationId, group.info(group.primary, "master_replid"));
    // Sentinels write now and then.
    const after = Number(group.info(group.primary, "master_repl_offset"));
    assert.ok(source.offset >= before && source.offset <= after);
    assert.ok(manifest.segments.length > 1, "content is in several pieces");
    const point = await CachePoint.open(pointsOf(), id);
    const hash = createHash("sha256");
    for await (const piece of point?.content() ?? []) {
      hash.update(piece);
    }
    assert.equal(hash.digest("hex"), manifest.sha256);
    assert.deepEqual(lab().remains(), []);
    const happened = await lab().lastEvent();
    assert.ok(happened.kind === "snapshot" && happened.taken?.point === id);
    assert.equal(
      happened.taken.manifestSha256,
      createHash("sha256")
        .update(await lab().manifestTextOf(id))
        .digest("hex"),
    );
  });

  it("is listed, and shown with its keys, its checksum and the server that was read", async () => {
    const id = await lab().snapshot();
    const manifest = await lab().manifestOf(id);
    const listed = await lab().run("list --kinds cache --stores cache --json", lab().listing);
    assert.equal(listed.status, 0, listed.errors);
    const { points } = JSON.parse(listed.output) as PointList;
    const { ageSeconds, durationSeconds, url, ...first } = points[0] ?? assert.fail(listed.output);
    assert.ok(ageSeconds >= 0 && ageSeconds < 120 && durationSeconds < 120);
    assert.equal(url, pointsOf().urlOf(`${id}/`));
    assert.deepEqual(first, {
      kind: "cache",
      store: "cache",
      subject: lab().group.masterName,
      id,
      snapshotAt: manifest.source.snapshotAt,
      bytes: manifest.objects.reduce((sum, { bytes }) => sum + bytes, 0),
      retainUntil: manifest.retainUntil,
      isDamaged: false,
    });
    const { status, output, errors } = await lab().run(`show ${id}`, lab().listing);
    assert.equal(status, 0, errors);
    const { source, sha256, digest, keyspaces } = manifest;
    const keys = keyspaces.reduce((sum, one) => sum + one.keys, 0);
    for (const line of [
      `read from       the replica ${source.server}`,
      `keys            ${String(keys)}, digest ${digest}`,
      ...keyspaces.map((one) =>
        [String(one.database).padEnd(8), String(one.keys).padEnd(4), one.expiring].join("  "),
      ),
    ]) {
      assert.ok(output.includes(`${line}\n`), output);
    }
    assert.ok(output.includes(`SHA-256 ${sha256}\n`));
  });

  it("is whole while others write", async () => {
    const { group } = lab();
    const writers = spawn(
      "redis-benchmark",
      [
        ...["-p", String(group.primary.port), "-h", "localhost", "--tls"],
        ...["--cacert", group.authorityFile, "--user", "admin", "-a", "admin", "-q"],
        ...["-t", "set,lpush,sadd,hset,zadd", "-r", "100000", "-n", "100000000", "-d", "100"],
      ],
      { stdio: "ignore" },
    );
    try {
      const { port } = group.primary;
      const offset = () => Number(group.info({ host: "localhost", port }, "master_repl_offset"));
      const before = offset();
      await group.until("they write", () => offset() > before + 1_000_000);
      const manifest = await lab().manifestOf(await lab().snapshot());
      assert.ok(manifest.source.offset > before);
      assert.ok(manifest.source.offset < offset(), "they went on");
      assert.ok(manifest.keyspaces.some(({ keys }) => keys > 1_000));
    } finally {
      writers.kill("SIGKILL");
    }
  });

  it("is not read from a replica that is loading, and from the primary when no replica will do", async () => {
    const { group } = lab();
    await fillSlowly(0);
    const [loading, other] = group.replicas as [Address, Address];
    // Two thousand keys, four milliseconds each.
    group.ask(loading, "CONFIG", "SET", "key-load-delay", "4000");
    group.ask(loading, "CONFIG", "SET", "loading-process-events-interval-bytes", "1024");
    group.ask(group.primary, "DEBUG", "CHANGE-REPL-ID");
    group.ask(loading, "CLIENT", "KILL", "TYPE", "master");
    await group.until("it loads", () => group.info(loading, "master_link_status") === "down");
    const id = await lab().snapshot();
    const state = group.info(loading, "master_link_status");
    assert.equal(state, "down", "it has loaded too quickly for this test");
    assert.equal((await lab().manifestOf(id)).source.server, `localhost:${String(other.port)}`);

    group.signal("server", group.ordinalOf(other), "SIGSTOP");
    try {
      const { source } = await snapshotCache({ ...inProcess(), patienceSeconds: 1 }, silent);
      assert.equal(source.role, "primary");
      assert.match(source.reason ?? "", /is not connected|LOADING|says nothing/);
    } finally {
      group.signal("server", group.ordinalOf(other), "SIGCONT");
      group.ask(loading, "CONFIG", "SET", "key-load-delay", "0");
    }
    await inStep();
  });

  it("is taken while all Sentinels but one are down, and not when all are", async () => {
    const { group } = lab();
    await group.kill("sentinel", 1);
    await group.kill("sentinel", 2);
    try {
      await lab().snapshot();
      await group.kill("sentinel", 0);
      const { errors } = await fails({}, 4);
      assert.match(errors, /no Sentinel answers:\nlocalhost:\d+: .*ECONNREFUSED/);
    } finally {
      [0, 1, 2].forEach((ordinal) => {
        group.startMember("sentinel", ordinal);
      });
      await group.settled();
    }
  });

  it("is none when the server is lost in the middle", async () => {
    const { group } = lab();
    await fillSlowly(4);
    const before = await lab().points();
    const { child, ended } = lab().start("snapshot cache", lab().snapshotting);
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await group.until("it reads", () => said.includes("reading a snapshot"));
    await sleep(1_000);
    const [, port = ""] = /"server":"localhost:(\d+)"/.exec(said) ?? [];
    const ordinal = group.ordinalOf({ host: "localhost", port: Number(port) });
    await group.kill("server", ordinal);
    const { status, errors } = await ended;
    assert.equal(status, 4, errors);
    assert.match(errors, /broke off|lost localhost/);
    assert.deepEqual(await lab().points(), before);
    assert.deepEqual(lab().remains(), []);
    group.startMember("server", ordinal);
    await group.settled();
    quickly();
  });

  it("is none with a wrong password, a missing permission, or another authority", async () => {
    const { group } = lab();
    const password = join(lab().temporary, "..", "wrong.password");
    writeFileSync(password, "wrong");
    const wrong = await fails({ TRADING_DR_CACHE_PASSWORD_FILE: password }, 4);
    assert.match(wrong.errors, /localhost:\d+ does not let user backup in/);
    assert.ok(!wrong.errors.includes("wrong\n"), "no password is in a message");

    await fails({ TRADING_DR_CACHE_PASSWORD_FILE: "/nowhere" }, 2);
    await fails({ TRADING_DR_CACHE_AUTHORITY_FILE: password }, 4);

    group.servers.forEach((server) => group.ask(server, "ACL", "SETUSER", "backup", "-psync"));
    try {
      const { errors } = await fails({}, 4);
      assert.match(errors, /NOPERM/);
    } finally {
      group.servers.forEach((server) => group.ask(server, "ACL", "SETUSER", "backup", "+psync"));
    }
  });

  it("is none when what was written cannot be read back as it was", async () => {
    const faulty = await FaultyStore.start(lab().store.port);
    try {
      faulty.inject("flippedAnswer", { method: "GET", path: /content/ });
      const { errors } = await fails({ ...faulty.environment }, 6);
      assert.match(errors, /is no recovery point: .*SHA-256/);
      assert.ok(faulty.injected > 0);
    } finally {
      await faulty.close();
    }
  });

  it("changes nothing in a dry run", async () => {
    const keys = await lab().keys();
    const { status, output } = await lab().run("snapshot cache --dry-run", lab().snapshotting);
    assert.equal(status, 0);
    assert.match(output, /^Would read the replica localhost:\d+ and write a recovery point to s3:/);
    assert.deepEqual(await lab().keys(), keys);
  });

  for (const manner of ["main", "group"] as const) {
    it(`is whole or not there when it is killed, ${manner === "main" ? "and its programs are not" : "with all its programs"} (seed ${String(random.seed)})`, async () => {
      const { group } = lab();
      fillEveryType(group, group.primary);
      await inStep();
      const started = performance.now();
      const before = await lab().points();
      await lab().snapshot();
      const whole = performance.now() - started;
      let killed = 0;
      for (let moment = 0; moment < moments; moment += 1) {
        const { child, ended } = lab().start("snapshot cache", lab().snapshotting, true);
        await Promise.race([sleep(whole * (0.3 + random.below(700) / 1000)), ended]);
        if (child.exitCode === null && child.pid !== undefined) {
          process.kill(manner === "group" ? -child.pid : child.pid, "SIGKILL");
        }
        killed += (await ended).status === null ? 1 : 0;
        if (manner === "main") {
          await group.until("no server is left", () => lab().servers().length === 0);
        }
      }
      assert.ok(killed > 0, "no run was killed in the middle");
      const digest = group.digest(group.primary);
      for (const id of (await lab().points()).filter((point) => !before.includes(point))) {
        const point = await CachePoint.open(pointsOf(), id);
        await point?.checkObjects();
        assert.equal(point?.manifest.digest, digest);
      }
      await lab().snapshot();
      assert.deepEqual(lab().remains(), []);
    });
  }

  function pointsOf(): BucketPrefix {
    const [, bucket = "", prefix = ""] =
      /^s3:\/\/([^/]+)\/(.*)$/.exec(lab().snapshotting["TRADING_DR_RECOVERY_POINTS"] ?? "") ?? [];
    return new BucketPrefix(lab().store.client, { bucket, prefix });
  }

  function inProcess() {
    const { group } = lab();
    const login = {
      user: "backup",
      password: group.passwords.backup,
      authority: readFileSync(group.authorityFile),
    };
    const sentinels = group.sentinels.map(({ host, port }) =>
      parseAddress(`${host}:${String(port)}`),
    );
    return {
      system: "lab",
      account: "111122223333",
      region: "us-east-1",
      store: "cache",
      tier: "daily",
      retentionDays: 90,
      group: { masterName: group.masterName, sentinels, login },
      points: pointsOf(),
    };
  }
});
