import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { needsPostgresql } from "../support/databaseServer";
import { Laboratory, type Outcome, points } from "./laboratory";
import {
  advisoryLocks,
  becomes,
  contentsOf,
  databasesOf,
  fillDatabase,
  sessionsOn,
  workingDatabases,
} from "./remains";
import { seededRandom } from "./seededRandom";

/** Moments at which each command is killed, in each manner. */
const moments = Number(process.env["MOMENTS"] ?? "30");

/** Share of a run's time that passes before the first of them: before that, nothing is begun. */
const earliest = 0.25;

/** Name of the database that is backed up, and the one that it is restored as. */
const database = "trading";
const copy = "copy";

describe("commands that are killed", function () {
  needsPostgresql();
  this.timeout(300_000);

  const random = seededRandom(Number(process.env["SEED"] ?? randomInt(1_000_000)));
  let lab: Laboratory;
  let id: string;
  let contents: string;

  before(async () => {
    lab = await Laboratory.start();
    fillDatabase(lab.source, database, 60);
    contents = contentsOf(lab.source, database);
    const { output, errors } = await lab.run("backup database", lab.backupOf(database));
    id = output.trim();
    assert.match(id, /^\d{8}T\d{6}Z-[0-9a-f]{8}$/, errors);
  });

  after(async () => {
    await lab.close();
  });

  interface Killed {
    /** Runs that were killed before they ended. */
    readonly runs: number;
    /** Programs that they had running then. */
    readonly children: number;
  }

  /** Kills a command again and again, each time at another moment of its run. */
  async function killOften(
    words: string,
    environment: Readonly<Record<string, string>>,
    manner: "group" | "main",
    look: () => Promise<void> | void,
  ): Promise<Killed> {
    let started = performance.now();
    succeeded(await lab.run(words, environment));
    let whole = performance.now() - started;
    await look();
    let runs = 0;
    let children = 0;
    for (let attempt = 0; runs < moments && attempt < 4 * moments; attempt += 1) {
      started = performance.now();
      const { child, ended } = lab.start(words, environment, true);
      const share = earliest + (1 - earliest) * (random.below(1000) / 1000);
      const { pid } = child;
      assert.ok(pid !== undefined);
      await Promise.race([sleep(whole * share), ended]);
      const before = childrenOf(pid);
      if (child.exitCode === null) {
        process.kill(manner === "group" ? -pid : pid, "SIGKILL");
      }
      await becomes("its programs have ended", () => before.every((one) => !isRunning(one)));
      if ((await ended).status === null) {
        runs += 1;
        children += before.length;
      } else {
        // It was quicker than those before, on a machine that others use too: moments come sooner now.
        whole = performance.now() - started;
      }
      await look();
    }
    return { runs, children };
  }

  async function nobodyIsConnected(): Promise<void> {
    for (const server of [lab.source, lab.scratch]) {
      await becomes("all sessions have ended", () => sessionsOn(server) === 0);
    }
  }

  /** That as many runs as wanted were killed in the middle. */
  function wereKilled({ runs, children }: Killed): void {
    assert.equal(runs, moments, "too many runs ended before they were killed");
    assert.ok(children > 0, "no run had any program running when it was killed");
  }

  async function whole(): Promise<string[]> {
    const keys = await lab.keys(points.prefix);
    return keys.filter((key) => key.endsWith("/manifest.json"));
  }

  const manners = [
    ["with all its programs", "group"],
    ["and its programs are not", "main"],
  ] as const;
  for (const [words, manner] of manners) {
    it(`backup is killed, ${words}: what has a manifest is whole, and the source is as it was (seed ${String(random.seed)})`, async () => {
      const before = await whole();
      wereKilled(
        await killOften("backup database", lab.backupOf(database), manner, nobodyIsConnected),
      );
      const after = (await whole()).filter((key) => !before.includes(key));
      assert.ok(after.length > 0, "the run that nobody killed is among them");
      for (const key of after) {
        const point = key.split("/").at(-2) ?? "";
        succeeded(await lab.run(`verify --point ${point}`, lab.verification));
      }
      assert.equal(contentsOf(lab.source, database), contents);
    });

    it(`verify is killed, ${words}: the next one leaves no scratch database and no lock (seed ${String(random.seed)})`, async () => {
      let most = 0;
      wereKilled(
        await killOften(`verify --point ${id}`, lab.verification, manner, async () => {
          await nobodyIsConnected();
          most = Math.max(most, workingDatabases(lab.scratch).length);
        }),
      );
      assert.ok(most > 0, "no run was killed while it had a scratch database");
      succeeded(await lab.run(`verify --point ${id}`, lab.verification));
      assert.deepEqual(workingDatabases(lab.scratch), []);
      assert.equal(advisoryLocks(lab.scratch), 0);
    });

    it(`restore is killed, ${words}: the database appears whole or not at all, and another run ends in the same state (seed ${String(random.seed)})`, async () => {
      const command = `restore database --point ${id} --into ${copy}`;
      let halves = 0;
      const look = () => {
        halves += workingDatabases(lab.scratch).length;
        if (databasesOf(lab.scratch).includes(copy)) {
          assert.equal(contentsOf(lab.scratch, copy), contents);
          lab.scratch.asSuperuser("postgres", `DROP DATABASE ${copy} WITH (FORCE)`);
        }
      };
      wereKilled(await killOften(command, lab.restoreOn(lab.scratch), manner, look));
      assert.ok(halves > 0, "no run was killed while it had restored a half");
      succeeded(await lab.run(command, lab.restoreOn(lab.scratch)));
      assert.equal(contentsOf(lab.scratch, copy), contents);
      assert.deepEqual(databasesOf(lab.scratch), [copy]);
      assert.match(
        succeeded(await lab.run(command, lab.restoreOn(lab.scratch))).output,
        /had been restored from .* before; nothing was done/,
      );
      lab.scratch.asSuperuser("postgres", `DROP DATABASE ${copy}`);
    });
  }
});

function succeeded(outcome: Outcome): Outcome {
  assert.equal(outcome.status, 0, outcome.errors);
  return outcome;
}

/** Processes that a process has started, by Linux's own list. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8")
      .split(" ")
      .filter(Boolean)
      .map(Number);
  } catch {
    // It has ended.
    return [];
  }
}

/** False for one that has ended and that nobody has asked after yet. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
  } catch {
    return false;
  }
}
