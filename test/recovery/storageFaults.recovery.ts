import assert from "node:assert/strict";
import { needsPostgresql } from "../support/databaseServer";
import { type Aim, type Fault, FaultyStore } from "./faultyStore";
import { emergencies, events, Laboratory, type Outcome, points } from "./laboratory";
import { advisoryLocks, databasesOf, fillDatabase, sessionsOn, workingDatabases } from "./remains";

const commands = ["backup", "verify", "restore"] as const;

type Command = (typeof commands)[number];

/** Statuses that the command ends with. */
const done = 0;
const storage = 5;
const damaged = 6;

/** Name of the database that is backed up. */
const database = "trading";

describe("storage that fails", () => {
  needsPostgresql();

  let lab: Laboratory;
  /** A recovery point that was taken while all went well. */
  let good: string;
  let restored = 0;

  before(async function () {
    this.timeout(300_000);
    lab = await Laboratory.start();
    fillDatabase(lab.source, database, 60);
    good = idOf(await lab.run("backup database", lab.backupOf(database)));
  });

  after(async () => {
    await lab.close();
  });

  afterEach(() => {
    assert.deepEqual(workingDatabases(lab.scratch), []);
    assert.equal(advisoryLocks(lab.scratch), 0);
    assert.equal(sessionsOn(lab.scratch), 0);
    assert.equal(sessionsOn(lab.source), 0);
  });

  /** Runs a command against a store that fails, and sees that it did fail. */
  async function meet(
    command: Command,
    fault: Fault,
    aim: Aim,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly outcome: Outcome; readonly injected: number; readonly into: string }> {
    const faulty = await FaultyStore.start(lab.store.port);
    faulty.inject(fault, aim);
    restored += 1;
    const into = `restored_${String(restored)}`;
    const words = {
      backup: "backup database",
      verify: `verify --point ${good}`,
      restore: `restore database --point ${good} --into ${into}`,
    }[command];
    const told = {
      backup: lab.backupOf(database),
      verify: lab.verification,
      restore: lab.restoreOn(lab.scratch),
    }[command];
    try {
      const outcome = await lab.run(words, { ...told, ...faulty.environment, ...environment });
      return { outcome, injected: faulty.injected, into };
    } finally {
      await faulty.close();
    }
  }

  /** Ids of all recovery points that have a manifest. */
  async function whole(): Promise<string[]> {
    const keys = await lab.keys(points.prefix);
    return keys
      .filter((key) => key.endsWith("/manifest.json"))
      .map((key) => key.slice(points.prefix.length).split("/")[0] ?? "");
  }

  async function verifies(id: string): Promise<void> {
    const { status, errors } = await lab.run(`verify --point ${id}`, lab.verification);
    assert.equal(status, done, errors);
  }

  describe("for a while", () => {
    const passing: readonly { fault: Fault; aim: Aim; commands?: readonly Command[] }[] = [
      // Each request is made six times in all: five may fail.
      { fault: "unavailable", aim: { path: /content\/000001/, times: 5 } },
      { fault: "conflict", aim: { method: "PUT", times: 5 }, commands: ["backup"] },
      { fault: "cutRequest", aim: { path: /content\/000001/, times: 5 } },
      { fault: "cutAnswer", aim: { path: /content\/000001/, times: 5 } },
      { fault: "unavailable", aim: { after: 1, times: 3 } },
      { fault: "cutRequest", aim: { after: 1, times: 3 } },
      { fault: "cutAnswer", aim: { after: 1, times: 3 } },
      { fault: "cutAnswer", aim: { path: /manifest/, times: 2 } },
      { fault: "cutAnswer", aim: { path: /list-type/, times: 2 }, commands: ["verify", "restore"] },
      { fault: "lostAnswer", aim: { times: 2 } },
      { fault: "lostAnswer", aim: { path: /manifest/, times: 1 } },
      // What was garbled on the way is whole when it is read again.
      {
        fault: "flippedAnswer",
        aim: { method: "GET", path: /content\/000001/, times: 1 },
        commands: ["verify", "restore"],
      },
      {
        fault: "flippedAnswer",
        aim: { method: "GET", path: /\/manifest/, times: 1 },
        commands: ["verify", "restore"],
      },
    ];
    for (const { fault, aim, commands: only = commands } of passing) {
      it(`${described(fault, aim)}: ${only.join(", ")} succeed`, async () => {
        for (const command of only) {
          const { outcome, injected, into } = await meet(command, fault, aim);
          assert.equal(outcome.status, done, `${command}: ${outcome.errors}`);
          assert.equal(injected, aim.times, `${command}: the fault did not take place`);
          if (command === "backup") {
            await verifies(idOf(outcome));
          }
          if (command === "restore") {
            assert.ok(databasesOf(lab.scratch).includes(into));
            lab.scratch.asSuperuser("postgres", `DROP DATABASE ${into}`);
          }
        }
      });
    }

    // A stall is waited for, and so all commands stall at once.
    for (const fault of ["stalled", "stalledAnswer"] as const) {
      it(`${fault} once: all succeed`, async () => {
        const met = await Promise.all(
          commands.map((command) => meet(command, fault, { path: /content\//, times: 1 })),
        );
        for (const { outcome, injected } of met) {
          assert.equal(outcome.status, done, outcome.errors);
          assert.equal(injected, 1);
        }
        const [{ outcome }, , { into }] = met as [
          (typeof met)[0],
          (typeof met)[0],
          (typeof met)[0],
        ];
        await verifies(idOf(outcome));
        lab.scratch.asSuperuser("postgres", `DROP DATABASE ${into}`);
      });
    }
  });

  describe("for ever", () => {
    /** Each is waited for: what is asked for six times is asked for twice here. */
    const hasty = { AWS_MAX_ATTEMPTS: "2" };
    const places: Readonly<Record<Command, readonly RegExp[]>> = {
      backup: [/content\//, /manifest\.json/],
      verify: [/list-type/, /manifest\.json/, /content\//, /events.*\.json/],
      restore: [/manifest\.json/, /content\//],
    };

    /** The events that say whether a recovery point is good. */
    async function judged(): Promise<string[]> {
      return (await lab.keys(events.prefix)).filter((key) => /-(passed|failed)\.json$/.test(key));
    }

    async function ends(
      command: Command,
      fault: Fault,
      path: RegExp,
      environment: Readonly<Record<string, string>>,
    ): Promise<void> {
      const before = await whole();
      const recorded = await judged();
      const { outcome, injected, into } = await meet(command, fault, { path }, environment);
      const context = `${command}: ${outcome.errors}`;
      assert.ok(injected > 0, `${context}: the fault did not take place`);
      assert.equal(outcome.status, storage, context);
      const last = outcome.errors.trim().split("\n").at(-1) ?? "";
      assert.match(
        last,
        /^trading-dr: (all was done, but .*: )?cannot (read|write) s3:\/\/lab-daily-records\//,
        context,
      );
      if (path.source !== "list-type") {
        assert.match(last, path, context);
      }
      assert.equal(last.includes("role may do this"), fault === "forbidden", context);
      assert.deepEqual(await whole(), before, "a manifest came without its backup's success");
      assert.deepEqual(await judged(), recorded, "a verification was recorded");
      assert.ok(!databasesOf(lab.scratch).includes(into));
    }

    for (const fault of ["unavailable", "forbidden", "cutRequest"] as const) {
      for (const command of commands) {
        it(`${fault}: ${command} ends with the status for storage, and leaves nothing`, async () => {
          for (const path of places[command]) {
            await ends(command, fault, path, hasty);
          }
        });
      }
    }

    it("answers that are cut: verify and restore end with the status for storage", async () => {
      for (const command of ["verify", "restore"] as const) {
        await ends(command, "cutAnswer", /content\//, hasty);
      }
    });

    it("stalled: all end with the status for storage after the time that one request may take", async () => {
      const started = performance.now();
      await Promise.all(
        commands.flatMap((command) =>
          command === "backup"
            ? [ends(command, "stalled", /content\//, { AWS_MAX_ATTEMPTS: "1" })]
            : (["stalled", "stalledAnswer"] as const).map((fault) =>
                ends(command, fault, /content\//, { AWS_MAX_ATTEMPTS: "1" }),
              ),
        ),
      );
      const seconds = (performance.now() - started) / 1000;
      assert.ok(seconds > 29 && seconds < 90, `it took ${String(seconds)} s`);
    });

    it("a manifest that is stored, though every answer is lost, belongs to a whole recovery point", async () => {
      const before = await whole();
      const { outcome, injected } = await meet("backup", "lostAnswer", { path: /manifest/ }, hasty);
      assert.ok(injected > 0);
      assert.equal(outcome.status, storage, outcome.errors);
      const [added, ...others] = (await whole()).filter((id) => !before.includes(id));
      assert.deepEqual(others, []);
      await verifies(added ?? "");
    });

    it("bits that change on the way to S3 are refused by it, and the backup fails", async () => {
      for (const path of places.backup) {
        await ends("backup", "flippedRequest", path, hasty);
      }
    });

    it("content that comes garbled again and again is found damaged, and does not appear", async () => {
      // What verify finds damaged, restore refuses from then on.
      for (const command of ["restore", "verify"] as const) {
        const aim = { method: "GET", path: /content\// };
        const { outcome, injected, into } = await meet(command, "flippedAnswer", aim, hasty);
        assert.ok(injected > 1);
        assert.equal(outcome.status, damaged, outcome.errors);
        assert.match(outcome.errors, /content\/00000\d, bytes \d+ to \d+, have SHA-256/);
        assert.ok(!databasesOf(lab.scratch).includes(into));
      }
    });
  });

  it("takes no emergency recovery point from a restore that never began", async () => {
    assert.deepEqual(await lab.keys(emergencies.prefix), []);
  });
});

function idOf({ output, errors }: Outcome): string {
  const [id] = /\d{8}T\d{6}Z-[0-9a-f]{8}/.exec(output) ?? [];
  assert.ok(id !== undefined, errors);
  return id;
}

function described(fault: Fault, { method, path, after, times }: Aim): string {
  return [
    fault,
    `${String(times)} times`,
    ...(method === undefined ? [] : [method]),
    path === undefined ? "at any request" : `at ${path.source}`,
    ...(after === undefined ? [] : [`after ${String(after)}`]),
  ].join(" ");
}
