import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { CachePoint } from "../../../recovery/cache/cachePoint";
import { parseAddress } from "../../../recovery/cache/connection";
import { restoreCache } from "../../../recovery/cache/restore";
import { BucketPrefix } from "../../../recovery/storage/bucket";
import { seededRandom } from "../seededRandom";
import { useCacheLaboratory } from "./cacheLaboratory";
import { fillEveryType } from "./everyType";

/** Moments at which a restore is killed. */
const moments = Number(process.env["MOMENTS"] ?? "4");

const replacing = "restore cache --point latest --into cache --replace cache";

describe("restore of a cache", function () {
  this.timeout(120_000);
  const lab = useCacheLaboratory();
  const random = seededRandom(Number(process.env["SEED"] ?? randomInt(1_000_000)));
  let id: string;
  /** Of all that is in the recovery point and has not ended. */
  let digest: string;

  before(async () => {
    const { group } = lab();
    fillEveryType(group, group.primary);
    await sleep(500);
    id = await lab().snapshot();
    // Looked at, it is gone, as it is after a restore.
    group.ask(group.primary, "EXISTS", "ended");
    digest = group.digest(group.primary);
  });

  /** What somebody's mistake makes of it. */
  function spoil(): void {
    const { group } = lab();
    group.ask(group.primary, "FLUSHALL");
    group.ask(group.primary, "SET", "mistake", "somebody's");
  }

  /** What Sentinels go by. */
  function settings(): string[] {
    const { group } = lab();
    return group.sentinels.map((sentinel) => {
      const lines = group.ask(sentinel, "SENTINEL", "MASTER", group.masterName).split("\n");
      return ["port", "quorum", "down-after-milliseconds", "failover-timeout", "parallel-syncs"]
        .map((name) => `${name} ${lines[lines.indexOf(name) + 1] ?? ""}`)
        .join(", ");
    });
  }

  async function isRestored(): Promise<void> {
    const { group } = lab();
    await group.settled();
    assert.deepEqual(
      group.servers.map((server) => group.digest(server)),
      [digest, digest, digest],
    );
  }

  it("is everywhere, on disk, and watched as before; what was there before is kept", async () => {
    const { group } = lab();
    const watched = settings();
    spoil();
    const spoilt = group.digest(group.primary);
    const { status, output, errors } = await lab().run(replacing, lab().restoring);
    assert.equal(status, 0, errors);
    const [emergency = ""] = await lab().emergencies();
    const [, port = ""] = /primary localhost:(\d+)/.exec(output) ?? [];
    assert.equal(port, String(group.primary.port));
    assert.match(
      output,
      new RegExp(`^cache is restored from ${id}: 18 keys, .*/${emergency}/\\.\n$`),
    );
    // At once: nothing is left to be done.
    assert.deepEqual(
      group.servers.map((server) => group.digest(server)),
      [digest, digest, digest],
    );
    assert.deepEqual(settings(), watched);
    assert.deepEqual(
      group.servers.map((server) => group.info(server, "aof_enabled")),
      ["1", "1", "1"],
    );
    assert.deepEqual(lab().remains(), []);

    // Everything at once, with no time to write anything.
    for (const part of ["server", "sentinel"] as const) {
      await Promise.all([0, 1, 2].map((ordinal) => group.kill(part, ordinal)));
    }
    for (const part of ["server", "sentinel"] as const) {
      [0, 1, 2].forEach((ordinal) => {
        group.startMember(part, ordinal);
      });
    }
    await isRestored();

    const taken = await CachePoint.open(emergencies(), emergency);
    assert.equal(taken?.manifest.digest, spoilt);
  });

  it("refuses what would lose something, and changes nothing", async () => {
    const { group } = lab();
    spoil();
    const before = group.digest(group.primary);
    const refused = async (words: string, status: number, message: RegExp, other = {}) => {
      const outcome = await lab().run(words, { ...lab().restoring, ...other });
      assert.equal(outcome.status, status, outcome.errors);
      assert.match(outcome.errors, message);
      assert.equal(group.digest(group.primary), before);
      assert.deepEqual(lab().remains(), []);
    };
    await refused("restore cache --point latest --into cache", 3, /has 1 keys: to replace them/);
    await refused(`${replacing}s`, 2, /--replace caches is not --into cache/);
    await refused("restore cache --point latest --into other", 2, /--into other is not the store/);
    await refused("restore cache --point 20260101T000000Z-00000000 --into cache", 7, /no recovery/);
    await refused(replacing, 3, /is of store cache of lab/, { TRADING_DR_SYSTEM: "other" });
    await refused(replacing, 2, /TRADING_DR_LOADER must be like host:port/, {
      TRADING_DR_LOADER: "localhost",
    });
    const dry = await lab().run(`${replacing} --dry-run`, lab().restoring);
    assert.match(dry.output, new RegExp(`^Would restore .*/${id}/ into localhost:`));
    assert.equal(group.digest(group.primary), before);

    await group.kill("sentinel", 2);
    await refused(replacing, 3, /every Sentinel has to answer/);
    group.startMember("sentinel", 2);
    await group.settled();
  });

  it("puts the group back when the primary does not get the copy", async () => {
    const { group } = lab();
    spoil();
    const before = group.digest(group.primary);
    const watched = settings();
    const point = await CachePoint.open(points(), id);
    assert.ok(point !== undefined);
    const { passwords, sentinels, servers, masterName } = group;
    const address = parseAddress(lab().restoring["TRADING_DR_LOADER"] ?? "");
    const restored = restoreCache(
      {
        point,
        group: {
          masterName,
          servers,
          sentinels,
          quorum: 2,
          detectionMilliseconds: group.settings.timings.downAfterMilliseconds,
          failoverMilliseconds: group.settings.timings.failoverTimeoutMilliseconds,
          silentSeconds: 2,
          login: {
            user: "promotion",
            password: passwords.promotion,
            authority: readFileSync(group.authorityFile),
          },
          sentinelPassword: passwords.sentinel,
        },
        // Nobody may copy from it.
        loader: { address, certificates: group.certificateDirectory, users: "" },
        replace: () => Promise.resolve(point.manifest),
      },
      { say: () => undefined, warn: () => undefined, fail: () => undefined, at: () => undefined },
    );
    await assert.rejects(restored, /copied nothing from localhost:\d+ for 2 s/);
    assert.equal(group.digest(group.primary), before);
    assert.deepEqual(settings(), watched);
    await group.settled();
  });

  it(`is the same in the end when it is killed and run again (seed ${String(random.seed)})`, async () => {
    const started = performance.now();
    assert.equal((await lab().run(replacing, lab().restoring)).status, 0);
    const whole = performance.now() - started;
    let killed = 0;
    for (let moment = 0; moment < moments; moment += 1) {
      const { group } = lab();
      group.ask(group.primary, "SET", "mistake", String(moment));
      const { child, ended } = lab().start(replacing, lab().restoring, true);
      await Promise.race([sleep(whole * (0.3 + random.below(700) / 1000)), ended]);
      if (child.exitCode === null && child.pid !== undefined) {
        process.kill(moment % 2 === 0 ? child.pid : -child.pid, "SIGKILL");
      }
      killed += (await ended).status === null ? 1 : 0;
      const again = await lab().run(replacing, lab().restoring);
      assert.equal(again.status, 0, again.errors);
      await isRestored();
    }
    assert.ok(killed > 0, "no run was killed in the middle");
    assert.deepEqual(lab().remains(), []);
  });

  it("needs no second name for a group that is empty, and no emergency", async () => {
    const { group } = lab();
    group.ask(group.primary, "FLUSHALL");
    const before = await lab().emergencies();
    const { status, errors } = await lab().run(
      `restore cache --point ${id} --into cache`,
      lab().restoring,
    );
    assert.equal(status, 0, errors);
    assert.deepEqual(await lab().emergencies(), before);
    await isRestored();
  });

  it("finds damage before anything is changed", async () => {
    const { group } = lab();
    spoil();
    const before = group.digest(group.primary);
    await lab().damage(id);
    const { status, errors } = await lab().run(replacing, lab().restoring);
    assert.equal(status, 6, errors);
    assert.match(errors, /content\/000001, bytes \d+ to \d+, have SHA-256/);
    assert.equal(group.digest(group.primary), before);
    assert.deepEqual(lab().remains(), []);
    await group.settled();
  });

  function points(): BucketPrefix {
    return prefixOf("TRADING_DR_RECOVERY_POINTS");
  }

  function emergencies(): BucketPrefix {
    return prefixOf("TRADING_DR_EMERGENCY");
  }

  function prefixOf(variable: string): BucketPrefix {
    const [, bucket = "", prefix = ""] =
      /^s3:\/\/([^/]+)\/(.*)$/.exec(lab().restoring[variable] ?? "") ?? [];
    return new BucketPrefix(lab().store.client, { bucket, prefix });
  }
});
