import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { type CacheGroupSettings } from "../../components/cache/cacheGroup";
import { event, eventName } from "../../contracts/events";
import { cacheFeedHost, cachePort } from "../../contracts/cacheNames";
import { Group, ordinals } from "./group";
import { Lab, until } from "./lab";
import { ObjectStore } from "../support/objectStore";
import { projectDirectory } from "../support/projectCopy";

interface DrillOutcome {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

const here = { store: "cache", namespace: "trading", region: "us-east-1" };
const there = { ...here, region: "us-west-2" };
const feedOf = (place: typeof here) => cacheFeedHost(place, "trading.internal");

describe("the rehearsal of a cache's failover, on two real groups", function () {
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
  let store: ObjectStore;

  before(async () => {
    lab = new Lab();
    store = await ObjectStore.start();
    await store.makeBucket("lab-daily-records", 1);
    primary = await Group.create(lab, settingsIn(here, there), ["one"]);
    standby = await Group.create(lab, settingsIn(there, here), ["one"]);
    await primary.startAll();
    await standby.startAll();
  });

  after(async () => {
    await store.close();
    await lab.close();
  });

  /** Rehearses at a member, which has to find something wrong. */
  function notReady(group: Group, ordinal: number, expected: RegExp): void {
    const { status, output } = group.run("server", ordinal, "rehearse.sh");
    assert.equal(status, 1, output);
    assert.match(output, expected);
    assert.doesNotMatch(output, /would promote|would make/);
  }

  it("says what a failover would do, from whichever server, and does not do it", () => {
    const epoch = primary.epoch();
    for (const ordinal of ordinals) {
      const { status, output } = primary.run("server", ordinal, "rehearse.sh");
      assert.equal(status, 0, output);
      assert.equal(
        output.match(/^Sentinel .* watches .*:6379, OK 3 usable Sentinels/gm)?.length,
        3,
      );
      assert.match(output, /^server cache-server-us-east-1-0\..* is a primary, at offset \d+$/m);
      assert.match(
        output,
        /^a failover would promote one of 2 replicas; the furthest is \d+ bytes behind/m,
      );
    }
    assert.deepEqual([primary.primary(), primary.epoch()], [0, epoch]);
  });

  it("says what a promotion of the standby would do, whose Sentinels watch nothing", () => {
    const { status, output } = standby.run("server", 1, "rehearse.sh");
    assert.equal(status, 0, output);
    assert.equal(output.match(/^Sentinel .* watches nothing$/gm)?.length, 3);
    assert.match(output, /^server .*-0\..* follows cache-feed.*, connected, at offset \d+$/m);
    assert.match(
      output,
      /^a promotion would make server cache-server-us-west-2-0\..* the primary/m,
    );
  });

  /** Runs the command as an operator does, with a kubectl that reaches the pods of the laboratory. */
  function drill(group: Group, place: typeof here, options = ""): Promise<DrillOutcome> {
    const pods = group
      .podsOf("server")
      .map(({ name, pid }) => `${name}) pid=${String(pid)} ;;`)
      .join("\n");
    const directory = lab.path(`kubectl-${place.region}`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, "kubectl"),
      `#!/bin/sh
[ "$1 $2 $3 $4 $5 $7 $8 $9" = "--context ${place.region} --namespace trading exec --container server --" ] || exit 2
pod=$6
case $pod in
${pods}
*) echo "pods $pod not found" >&2; exit 1 ;;
esac
shift 9
exec nsenter --target "$pid" --net --mount --root env --chdir=/ HOSTNAME="$pod" "$@"
`,
      { mode: 0o755 },
    );
    const child = spawn(
      process.execPath,
      ["--require", "tsx/cjs", join(projectDirectory, "recovery/main.ts"), "drill", "cache"].concat(
        options === "" ? [] : options.split(" "),
      ),
      {
        cwd: projectDirectory,
        env: {
          ...store.environment,
          PATH: `${directory}${delimiter}${process.env["PATH"] ?? ""}`,
          TRADING_DR_SYSTEM: "lab",
          TRADING_DR_REGION: place.region,
          TRADING_DR_ACCOUNT: "111122223333",
          TRADING_DR_EVENTS: `s3://lab-daily-records/records/audit/events/${place.region}/operators/`,
          TRADING_DR_STORE: place.store,
          TRADING_DR_NAMESPACE: place.namespace,
          TRADING_DR_SERVERS: "3",
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    return new Promise((resolve) => {
      child.on("close", (status) => {
        resolve({ status, output, errors });
      });
    });
  }

  /** The checks of the event that a drill printed, which has to have been kept, too. */
  async function checksOf({ output }: DrillOutcome) {
    const happened = event.parse(JSON.parse(output));
    assert.ok(happened.kind === "drill" && happened.drill === "cache");
    await store.client.send(
      new HeadObjectCommand({
        Bucket: "lab-daily-records",
        Key: `records/audit/events/${happened.region}/operators/${eventName(happened)}`,
      }),
    );
    return happened.checks?.map(({ name, passed }) => [name, passed]);
  }

  it("is what an operator's drill reports and keeps, which changes nothing", async () => {
    const serving = await drill(primary, here);
    assert.equal(serving.status, 0, serving.errors);
    assert.match(serving.output, /\| cache failover \| yes \| a failover would promote one of 2/);
    assert.equal(primary.primary(), 0);
    const waiting = await drill(standby, there, "--json");
    assert.equal(waiting.status, 0, waiting.errors);
    assert.deepEqual(await checksOf(waiting), [["cache failover", true]]);
  });

  it("hands the primary over when it is told to, and nothing where there is none", async () => {
    const done = await drill(primary, here, "--failover-cache --json");
    assert.equal(done.status, 0, done.errors);
    assert.notEqual(primary.primary(), 0);
    assert.deepEqual(await checksOf(done), [
      ["cache failover", true],
      ["cache hand-over", true],
      ["cache after the hand-over", true],
    ]);
    const refused = await drill(standby, there, "--failover-cache");
    assert.equal(refused.status, 3, refused.errors);
    assert.match(refused.errors, /the group stands by, and there is nothing to hand over/);
    await primary.settled();
  });

  it("hands nothing over that the rehearsal finds wrong, and says when no pod can be asked", async () => {
    await primary.kill("sentinel", 1);
    const before = primary.primary();
    const unready = await drill(primary, here, "--failover-cache --json");
    assert.equal(unready.status, 10, unready.errors);
    assert.match(unready.errors, /Sentinel .*-1\..* does not answer; mend it before/);
    assert.deepEqual(await checksOf(unready), [["cache failover", false]]);
    assert.equal(primary.primary(), before);
    primary.start("sentinel", 1);
    await primary.settled();
    const nobody = await drill(standby, { ...there, store: "other" });
    assert.equal(nobody.status, 4, nobody.errors);
    assert.match(nobody.errors, /pods other-server-us-west-2-2 not found/);
  });

  it("finds a standby that does not hear from the other region", async () => {
    // The one that feeds the other region, and is promoted last.
    await primary.kill("server", 2);
    await until("the standby has noticed", () => standby.info(0, "master_link_status") === "down");
    notReady(standby, 0, /NOT READY: server .*-0\..* does not hear from cache-feed/);
    notReady(primary, 0, /NOT READY: server .*-2\..* does not answer/);
    primary.start("server", 2);
    await primary.settled();
    await until("the standby follows", () => standby.info(0, "master_link_status") === "up");
  });

  it("finds Sentinels that are too few, and one that does not answer", async () => {
    await primary.kill("sentinel", 1);
    notReady(primary, 1, /NOT READY: Sentinel .*-1\..* does not answer/);
    await primary.kill("sentinel", 2);
    await until("the last Sentinel has noticed", () =>
      primary
        .ask(primary.sentinel(0), "SENTINEL", "CKQUORUM", primary.masterName)
        .startsWith("NOQUORUM"),
    );
    notReady(primary, 0, /NOT READY: Sentinel .*-0\..* watches .*, NOQUORUM/);
    primary.start("sentinel", 1);
    primary.start("sentinel", 2);
    await primary.settled();
  });

  it("finds Sentinels that are at rest where others watch", async () => {
    primary.carryOut("sentinel", 2, "stand-by.sh");
    notReady(primary, 0, /NOT READY: some Sentinels watch a primary and some nothing/);
    primary.carryOut("sentinel", 2, "promote.sh", String(primary.primary()));
    await primary.settled();
  });

  it("finds a primary that no Sentinel watches: a promotion that stopped half-way", () => {
    standby.carryOut("server", 0, "promote.sh");
    notReady(standby, 0, /NOT READY: server .*-0\..* is a primary that no Sentinel watches/);
  });
});
