import assert from "node:assert/strict";
import fc from "fast-check";
import {
  event,
  eventName,
  parseEventName,
  parseVerificationName,
  verificationName,
} from "../../contracts/events";

const point = "20261129T155543Z-0badcafe";

describe("the name of a verification's event", () => {
  // Pinned: events are kept for years in a locked bucket.
  it("says what was verified, when, and how it went", () => {
    assert.equal(
      verificationName({ point, finishedAt: "2026-11-29T16:00:00.120Z", passed: true }),
      `${point}/20261129T160000120Z-passed.json`,
    );
    assert.equal(
      verificationName({ point, finishedAt: "2026-11-29T16:00:00.120Z", passed: false }),
      `${point}/20261129T160000120Z-failed.json`,
    );
  });

  it("is read as it was written", () => {
    const time = fc
      .date({ min: new Date(0), max: new Date("9999-01-01"), noInvalidDate: true })
      .map((date) => date.toISOString());
    const compact = (at: string) => at.replaceAll(/[-:]|\.\d+/g, "");
    const hash = fc.nat(0xffff_ffff).map((number) => number.toString(16).padStart(8, "0"));
    fc.assert(
      fc.property(time, hash, time, fc.boolean(), (startedAt, random, finishedAt, passed) => {
        const name = { point: `${compact(startedAt)}-${random}`, finishedAt, passed };
        assert.deepEqual(parseVerificationName(verificationName(name)), name);
      }),
    );
  });

  for (const name of [
    "",
    "manifest.json",
    `${point}/`,
    `${point}/20261129T160000120Z-passed`,
    `${point}/20261129T160000120Z-passed.json.json`,
    `${point}/20261129T160000120Z-skipped.json`,
    `${point}/2026-11-29-passed.json`,
    `other/${point}/20261129T160000120Z-passed.json`,
    `${point.toUpperCase()}/20261129T160000120Z-passed.json`,
  ]) {
    it(`is not ${name === "" ? "empty" : name}`, () => {
      assert.equal(parseVerificationName(name), undefined);
    });
  }
});

const run = {
  format: 1,
  id: "20261129T160000000Z-0badcafe",
  system: "lab",
  account: "111122223333",
  region: "us-east-1",
  actor: "dr-verify-1",
  version: "1.0.0",
  startedAt: "2026-11-29T15:55:43.000Z",
  finishedAt: "2026-11-29T16:00:00.000Z",
};

const judged = {
  point,
  url: `s3://bucket/${point}/`,
  problems: [] as string[],
  tables: 3,
  rows: 10,
  restoreSeconds: 1.5,
  baselineSeconds: { trades: 0.25 },
  slower: [],
};

const failure = { reason: "damaged", message: "it is no good" };

const events = {
  verification: { ...run, kind: "verification", judged },
  "verification that failed": { ...run, kind: "verification", judged, failure },
  "verification that could not be done": { ...run, kind: "verification", failure },
  backup: {
    ...run,
    kind: "backup",
    store: "database",
    series: "daily",
    tier: "daily",
    database: "trading",
    taken: {
      point,
      url: `s3://bucket/${point}/`,
      manifestSha256: "0f".repeat(32),
      snapshotAt: "2026-11-29T15:55:44.000Z",
      retainUntil: "2027-02-27T15:55:44.000Z",
      tables: 3,
      rows: 10,
      bytes: 1024,
    },
  },
  restoration: {
    ...run,
    kind: "restoration",
    of: "database",
    choice: "latest",
    into: "trading",
    restored: { point, url: `s3://bucket/${point}/`, kept: "trading_before" },
  },
  "signals that were not sent": {
    ...run,
    kind: "signals",
    of: "20261129T155959000Z-0badcafe",
    subject: ["backup", "database", "daily", "trading"],
    unsent: ["metrics", "slack"],
    failure: { reason: "signals", message: "metrics: nobody listens" },
  },
} as const;

describe("an event", () => {
  for (const [name, written] of Object.entries(events)) {
    it(`of a ${name} is read as it was written`, () => {
      assert.deepEqual(event.parse(written), written);
    });
  }

  for (const [key, value] of [
    ["format", 2],
    ["kind", "guess"],
    ["id", "0badcafe"],
    ["finishedAt", "today"],
    ["judged", { ...judged, tables: -1 }],
    ["judged", { ...judged, rows: 0.5 }],
    ["judged", { ...judged, restoreSeconds: -1 }],
    ["note", "unknown"],
  ] as const) {
    it(`with ${key} ${JSON.stringify(value)} is refused`, () => {
      assert.equal(event.safeParse({ ...events.verification, [key]: value }).success, false);
    });
  }

  // Pinned: events are kept for years in a locked bucket.
  it("has a name that tells what it is of, and how it went", () => {
    const named = (written: object) => eventName(event.parse(written));
    assert.equal(named(events.verification), `${point}/20261129T160000000Z-passed.json`);
    const { verification } = events;
    const bad = { ...verification, judged: { ...judged, problems: ["a row is missing"] }, failure };
    assert.equal(named(bad), `${point}/20261129T160000000Z-failed.json`);
    const { id } = run;
    assert.equal(
      named(events["verification that could not be done"]),
      `${id}.verification.failed.json`,
    );
    assert.equal(named(events.backup), `${id}.backup.database.daily.trading.succeeded.json`);
    assert.equal(
      named({ ...events.backup, failure, taken: undefined }),
      `${id}.backup.database.daily.trading.failed.json`,
    );
    assert.equal(named(events.restoration), `${id}.restoration.database.trading.succeeded.json`);
    assert.equal(
      named(events["signals that were not sent"]),
      `${id}.signals.backup.database.daily.trading.failed.json`,
    );
  });

  it("has a name that is read as it was written, whatever a database is called", () => {
    const { backup } = events;
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 63 }),
        fc.boolean(),
        fc.boolean(),
        (database, succeeded, isOfSignals) => {
          const subject = ["backup", "database", "daily", database];
          const outcome = succeeded ? {} : { failure };
          const happened = event.parse(
            isOfSignals
              ? { ...events["signals that were not sent"], subject }
              : { ...backup, database, ...outcome },
          );
          const name = eventName(happened);
          assert.doesNotMatch(name, /\//);
          assert.deepEqual(parseEventName(name), {
            finishedAt: run.finishedAt,
            succeeded: succeeded && !isOfSignals,
            subject,
            isOfSignals,
          });
        },
      ),
    );
  });

  it("of a verification has a name that says so too", () => {
    assert.deepEqual(parseEventName(eventName(event.parse(events.verification))), {
      finishedAt: run.finishedAt,
      succeeded: true,
      subject: ["verification"],
      isOfSignals: false,
    });
  });

  for (const name of [
    "",
    "manifest.json",
    `${run.id}.json`,
    `${run.id}.succeeded.json`,
    `${run.id}.backup.skipped.json`,
    `${run.id}.backup.failed`,
    `${run.id}.backup..failed.json`,
    `${run.id}.%ff.failed.json`,
    `${point}.backup.failed.json`,
    `folder/${run.id}.backup.failed.json`,
  ]) {
    it(`is not called ${name === "" ? "nothing" : name}`, () => {
      assert.equal(parseEventName(name), undefined);
    });
  }
});
