import fc from "fast-check";
import assert from "node:assert/strict";
import { type StoreKind } from "../../config/stores";
import { scenarioNames } from "../../contracts/scenarios";
import { bestOf, recoveriesOf } from "../../objectives/assessment";
import { type Circumstances, type Recovery } from "../../objectives/recovery";
import { landscape, type Settings, usual } from "./landscape";

/** Schedules, each with a longer longest gap than the one before. */
const schedules = [
  "*/5 * * * *",
  "*/7 * * * *",
  "*/15 * * * *",
  "0 * * * *",
  "0 */6 * * *",
  "0 2 * * *",
  "0 3 * * 0",
  "30 2 1 * *",
];
const snapshotSchedules = [
  "cron(0 */6 * * ? *)",
  "cron(0 4 * * ? *)",
  "cron(0 4 ? * SUN *)",
  "cron(30 4 1 * ? *)",
];

/** What makes a setting worse, by an amount of at least one. */
const worse: {
  readonly [Name in keyof Settings]?: (value: Settings[Name], by: number) => Settings[Name];
} = {
  archiveAccount: () => "111122223333",
  primaryInstances: (count, by) => Math.max(1, count - by),
  standbyInstances: (count, by) => Math.max(0, count - by),
  multiAz: () => false,
  pointInTimeDays: (days, by) => Math.max(0, days - by),
  lagLimit: (seconds, by) => (seconds === 0 || by > 9 ? 0 : seconds + by),
  backupSchedule: (schedule, by) => later(schedules, schedule, by),
  backupDeadline: (seconds, by) => seconds + by,
  cacheSchedule: (schedule, by) => later(schedules, schedule, by),
  cacheDeadline: (seconds, by) => seconds + by,
  latestStart: (seconds, by) => (by > 9 ? Infinity : seconds + by),
  suspended: () => true,
  snapshotSchedule: (schedule, by) => later(snapshotSchedules, schedule, by),
  snapshotWindows: ([start, completion], by) => [start + by, completion + by],
  replicationMinutes: (minutes, by) => (minutes === 0 || by > 9 ? 0 : minutes + by),
  scratchGibibytes: (gibibytes, by) => gibibytes + by,
  transitions: (after, by) => ({ ...after, [by % 2 === 0 ? "GLACIER" : "DEEP_ARCHIVE"]: by }),
  coldIn: () => usual.coldIn,
  oldVersions: () => false,
  oldVersionTransitions: (after, by) => ({ ...after, DEEP_ARCHIVE: by }),
  sentinels: (count, by) => Math.max(1, count - by),
  quorum: (count, by) => count + by,
  servers: (count, by) => Math.max(1, count - by),
  downAfter: (milliseconds, by) => milliseconds + 1_000 * by,
  failoverTimeout: (milliseconds, by) => milliseconds + 1_000 * by,
  minReplicas: () => 0,
  maxLag: (seconds, by) => seconds + by,
  memoryMebibytes: (mebibytes, by) => mebibytes + 50 * by,
  spread: (which) => (which === "all" ? "servers" : "none"),
  snapshotsOf: () => "lost",
  follows: () => false,
  maximumStorage: (gibibytes, by) => gibibytes + by,
  copiedTo: (regions) => regions.slice(1),
  copiedObjects: (_, by) => oneOf(by, { prefix: "records/" }, { prefix: "none/" }, { tag: "any" }),
  algorithm: () => "aws:kms",
  encryptedCopies: (_, by) => oneOf(by, "not asked for", "without a key"),
  immutableImages: () => false,
  imagesKept: (_, by) => oneOf(by, "in one", "nowhere"),
  imagesCopied: (_, by) => oneOf(by, "one", "none"),
  archiveVersions: () => false,
  appendOnly: (_, by) => oneOf(by, "no", "unsaid"),
  heartbeatMinutes: (minutes, by) => minutes + by,
  heartbeatAlarm: (_, by) => oneOf(by, "silence is no breach", "switched off", "tells nobody"),
  switchMinutes: (minutes, by) => minutes + by,
  ttl: (seconds, by) => seconds + by,
  checkInterval: () => 30,
  checkFailures: (failures, by) => failures + by,
};

function oneOf<Value>(by: number, ...values: readonly [Value, ...Value[]]): Value {
  return values[by % values.length] ?? values[0];
}

function later(ascending: readonly string[], from: string, by: number): string {
  return ascending[Math.min(ascending.length - 1, ascending.indexOf(from) + by)] ?? from;
}

/**
 * One value mostly, and others sometimes: where anything may be missing, with all of it at random hardly
 * ever anything would be bounded that could get worse.
 */
function mostly<const Value>(usually: Value, ...seldom: readonly Value[]): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(usually) },
    { weight: 1, arbitrary: fc.constantFrom(...seldom) },
  );
}

const settings: fc.Arbitrary<Settings> = fc.record({
  archiveAccount: mostly("444455556666", "111122223333"),
  engine: fc.constantFrom("aurora", "rds"),
  primaryInstances: fc.integer({ min: 1, max: 3 }),
  standbyInstances: fc.integer({ min: 0, max: 2 }),
  multiAz: fc.boolean(),
  pointInTimeDays: fc.integer({ min: 0, max: 35 }),
  lagLimit: fc.constantFrom(0, 20, 60),
  timeZone: fc.constantFrom("Etc/UTC", "America/New_York", "Europe/Berlin"),
  backupSchedule: fc.constantFrom(...schedules),
  backupDeadline: fc.integer({ min: 60, max: 14_400 }),
  cacheSchedule: fc.constantFrom(...schedules),
  cacheDeadline: fc.integer({ min: 60, max: 14_400 }),
  latestStart: mostly(900, 60, 86_400, Infinity),
  suspended: mostly(false, true),
  snapshotSchedule: fc.constantFrom(...snapshotSchedules),
  snapshotWindows: fc.tuple(fc.constantFrom(60, 120), fc.constantFrom(180, 480)),
  snapshotsOf: mostly("current", "lost"),
  replicationMinutes: mostly(15, 0),
  scratchGibibytes: fc.integer({ min: 1, max: 1_000 }),
  transitions: fc.constantFrom({}, { STANDARD_IA: 30 }, { STANDARD_IA: 30, GLACIER: 90 }),
  coldIn: fc.subarray([...usual.coldIn]),
  oldVersions: mostly(true, false),
  archiveVersions: mostly(true, false),
  oldVersionTransitions: fc.constantFrom({}, { GLACIER: 30 }),
  sentinels: fc.integer({ min: 1, max: 7 }),
  quorum: fc.integer({ min: 1, max: 4 }),
  // A group whose replicas are too few for writes is made no better by asking for none.
  servers: fc.integer({ min: 3, max: 5 }),
  downAfter: fc.constantFrom(1_000, 5_000, 30_000),
  failoverTimeout: fc.constantFrom(10_000, 22_000, 60_000),
  minReplicas: fc.constantFrom(0, 1),
  maxLag: fc.integer({ min: 1, max: 30 }),
  memoryMebibytes: fc.integer({ min: 1, max: 100_000 }),
  appendOnly: mostly("yes", "no", "unsaid"),
  spread: mostly("all", "servers", "none"),
  follows: mostly(true, false),
  rebuilt: fc.constantFrom("neither", "us-east-1", "us-west-2"),
  maximumStorage: fc.integer({ min: 100, max: 500 }),
  copiedTo: mostly(["us-west-2", "eu-west-1"], ["us-west-2"], ["eu-west-1"], []),
  // All objects: a rule for some of them is no worse than one for others.
  copiedObjects: fc.constantFrom(undefined, {}, { prefix: "" }),
  algorithm: fc.constantFrom("aws:kms", "AES256"),
  encryptedCopies: mostly("asked for", "not asked for", "without a key"),
  immutableImages: mostly(true, false),
  imagesKept: mostly("in each", "in one", "nowhere"),
  imagesCopied: fc.constantFrom("all", "all, by no prefix", "one", "none", "undeclared"),
  upstream: fc.boolean(),
  heartbeatMinutes: fc.integer({ min: 1, max: 15 }),
  heartbeatAlarm: mostly("tells", "silence is no breach", "switched off", "tells nobody"),
  switchMinutes: fc.integer({ min: 1, max: 5 }),
  ttl: fc.integer({ min: 1, max: 60 }),
  checkInterval: fc.constantFrom(10, 30),
  checkFailures: fc.integer({ min: 1, max: 10 }),
});

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  failoverMode: fc.constantFrom("operator", "automatic"),
  operatorDecisionSeconds: fc.integer({ min: 0, max: 3_600 }),
  measuredRates: fc.constantFrom({}, { databaseRestore: { mebibytesPerSecond: 100 } }),
});

const kinds: readonly StoreKind[] = ["database", "cache", "objects", "configuration", "images"];
const subject = fc.tuple(fc.constantFrom(...kinds), fc.constantFrom(...scenarioNames));

function recoveries(
  [kind, scenario]: readonly [StoreKind, (typeof scenarioNames)[number]],
  of: Settings,
  under: Circumstances,
): Recovery[] {
  const name = kind === "objects" ? "trades" : kind;
  return recoveriesOf(name, { kind }, { scenario, declared: landscape(of), circumstances: under });
}

/** Without the numbers, which change with the settings: `35 days back`. */
function nameOf({ mechanism }: Recovery): string {
  return mechanism.replace(/\d+/g, "");
}

/**
 * What was there before has become no better in either bound, and what is new reaches nothing that was
 * out of reach.
 */
function assertNoBetter(before: readonly Recovery[], after: readonly Recovery[]): void {
  for (const recovery of after) {
    const { mechanism, rpo, rto } = recovery;
    const isNoBetterThan = (other: Recovery) =>
      other.rpo.seconds <= rpo.seconds && other.rto.seconds <= rto.seconds;
    const same = before.filter((other) => nameOf(other) === nameOf(recovery));
    assert.ok(
      same.length > 0 ? same.every(isNoBetterThan) : before.some(isNoBetterThan),
      `${mechanism} reaches ${rpo.arithmetic} and ${rto.arithmetic}, and ${same.length > 0 ? "did not" : "nothing did"} before`,
    );
  }
}

const runs = { numRuns: 100 };

describe("a setting that gets worse", () => {
  it("has a worse value for every setting but those that are only different", () => {
    assert.deepEqual(
      Object.keys(usual).filter((name) => !(name in worse)),
      ["engine", "timeZone", "rebuilt", "upstream"],
    );
  });

  for (const [name, worsen] of Object.entries(worse)) {
    it(`brings nothing within reach: ${name}`, () => {
      fc.assert(
        fc.property(
          ...([settings, circumstances, subject, fc.integer({ min: 1, max: 20 })] as const),
          (before, under, what, by) => {
            const value = before[name as keyof Settings];
            const after = {
              ...before,
              [name]: (worsen as (value: unknown, by: number) => unknown)(value, by),
            };
            assertNoBetter(recoveries(what, before, under), recoveries(what, after, under));
          },
        ),
        runs,
      );
    });
  }

  it("brings nothing within reach: an operator who takes longer, a restore that is slower", () => {
    fc.assert(
      fc.property(
        ...([settings, circumstances, subject, fc.integer({ min: 1, max: 3_600 })] as const),
        (of, under, what, by) => {
          const rate = under.measuredRates.databaseRestore?.mebibytesPerSecond ?? 50;
          const after: Circumstances = {
            ...under,
            operatorDecisionSeconds: under.operatorDecisionSeconds + by,
            measuredRates: { databaseRestore: { mebibytesPerSecond: rate - (by % 49) - 1 } },
          };
          assertNoBetter(recoveries(what, of, under), recoveries(what, of, after));
        },
      ),
      runs,
    );
  });

  it("never makes both promises kept that were not", () => {
    const seconds = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 }));
    fc.assert(
      fc.property(
        ...([settings, circumstances, subject, fc.constantFrom(...Object.keys(worse))] as const),
        ...([fc.integer({ min: 1, max: 20 }), seconds, seconds] as const),
        (before, under, what, name, by, rpo, rto) => {
          const worsen = worse[name as keyof Settings] as (value: unknown, by: number) => unknown;
          const after = { ...before, [name]: worsen(before[name as keyof Settings], by) };
          const kept = (of: Settings) => {
            const best = bestOf(recoveries(what, of, under), { rpo, rto });
            const lossless = rpo > 0 || best.asynchronous !== true;
            return best.rpo.seconds <= rpo && best.rto.seconds <= rto && lossless;
          };
          assert.ok(kept(before) || !kept(after));
        },
      ),
      runs,
    );
  });
});
