import assert from "node:assert/strict";
import { type Scenario } from "../../contracts/scenarios";
import { type StoreKind } from "../../config/stores";
import { recoveriesOf } from "../../objectives/assessment";
import { type Circumstances, type Recovery } from "../../objectives/recovery";
import { landscape, type Settings } from "./landscape";

/** An operator who decides within five minutes; nothing measured. */
const usualCircumstances: Circumstances = {
  failoverMode: "operator",
  operatorDecisionSeconds: 300,
  measuredRates: {},
};

interface Case {
  readonly title: string;
  readonly store?: StoreKind;
  readonly scenario: Scenario;
  readonly mechanism: RegExp;
  readonly settings?: Partial<Settings>;
  readonly circumstances?: Partial<Circumstances>;
  /** How often the store's file says that it is written. */
  readonly writtenEvery?: string;
  readonly rpo?: number;
  readonly rto?: number;
}

const days = 86_400;
const hours = 3_600;

// Figures that are no setting: a reader takes over within 60 s, a Multi-AZ standby within 120 s, a global
// database within 300 s, a replica within 600 s; a new database takes 900 s; the latest restorable time
// is 300 s old; a vote takes 10 s; 50 MiB are loaded in a second, so 100 GiB (102,400 MiB) in 2,048 s.
const cases: readonly Case[] = [
  // Logical backups: longest gap + deadline.
  {
    title: "backups every 15 minutes with 10 minutes to be done: 15 + 10 = 25 minutes",
    scenario: "corruption",
    mechanism: /^logical/,
    rpo: 1_500,
    // 300 to decide + 900 for a database + 2,048 to load.
    rto: 3_248,
  },
  {
    title: "*/7 fires at 56 and then at 0, and 7 minutes apart otherwise: 7 + 10 = 17 minutes",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "*/7 * * * *" },
    rpo: 1_020,
  },
  {
    title: "*/40 fires at 0 and 40: 40 minutes and not 20; + 10 = 50 minutes",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "*/40 * * * *" },
    rpo: 3_000,
  },
  {
    title: "every 6 hours: 6 h + 10 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 */6 * * *" },
    rpo: 22_200,
  },
  {
    title: "daily: 24 h + 10 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 2 * * *" },
    rpo: 87_000,
  },
  {
    title: "on workdays: from Friday to Monday, 3 days + 10 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 2 * * 1-5" },
    rpo: 3 * days + 600,
  },
  {
    title: "weekly: 7 days + 10 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 3 * * 0" },
    rpo: 7 * days + 600,
  },
  {
    title: "monthly: months of 31 days, + 10 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "30 2 1 * *" },
    rpo: 31 * days + 600,
  },
  {
    title: "on the 31st: from 31 May to 31 July, 30 + 31 days; + 10 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 2 31 * *" },
    rpo: 61 * days + 600,
  },
  {
    title: "on 29 February: from 2024 to 2028, 1,461 days + 10 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 2 29 2 *" },
    rpo: 1_461 * days + 600,
  },
  {
    title: "02:30 in New York does not exist on a night in March: 47 h + 10 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "30 2 * * *", timeZone: "America/New_York" },
    rpo: 47 * hours + 600,
  },
  {
    title: "03:00 in Berlin is 25 hours after 03:00 on a night in October: 25 h + 10 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 3 * * *", timeZone: "Europe/Berlin" },
    rpo: 25 * hours + 600,
  },
  {
    title: "every 15 minutes goes on in such a night: 15 + 10 minutes",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { timeZone: "America/New_York" },
    rpo: 1_500,
  },
  {
    title:
      "monthly in New York: 1 to 1 November with the hour that October repeats on its last night, 31 days + 1 h + 10 min",
    scenario: "corruption",
    mechanism: /^logical/,
    // As in 2026, when that night is the one to 1 November.
    settings: { backupSchedule: "0 2 1 * *", timeZone: "America/New_York" },
    rpo: 31 * days + hours + 600,
  },
  {
    title: "a suspended job takes nothing",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { suspended: true },
    rpo: Infinity,
    rto: Infinity,
  },
  // Point in time and snapshots.
  {
    title: "point in time: up to 5 minutes ago; 300 + 900 + 2,048 s",
    scenario: "corruption",
    mechanism: /^point in time, 35 days/,
    rpo: 300,
    rto: 3_248,
  },
  {
    title: "point in time at a measured 200 MiB/s: 300 + 900 + 512 s",
    scenario: "operator-error",
    mechanism: /^point in time/,
    circumstances: { measuredRates: { databaseRestore: { mebibytesPerSecond: 200 } } },
    rto: 1_712,
  },
  {
    title:
      "100 GiB that are allocated count, not the 50 GiB that are restored to: 300 + 900 + 2,048",
    scenario: "corruption",
    mechanism: /^point in time/,
    settings: { engine: "rds", scratchGibibytes: 50 },
    rto: 3_248,
  },
  {
    title: "automated backups that are off give no point in time",
    scenario: "corruption",
    mechanism: /^none$/,
    settings: { pointInTimeDays: 0 },
    rpo: Infinity,
  },
  {
    title: "daily snapshots, an hour to begin and eight to end: 24 + 1 + 8 = 33 hours",
    scenario: "corruption",
    mechanism: /^snapshots/,
    rpo: 33 * hours,
  },
  {
    title: "monthly snapshots: 31 days + 9 hours",
    scenario: "corruption",
    mechanism: /^snapshots/,
    settings: { snapshotSchedule: "cron(30 4 1 * ? *)" },
    rpo: 31 * days + 9 * hours,
  },
  // Within a region.
  {
    title: "an Aurora reader takes over",
    scenario: "database-primary",
    mechanism: /^Aurora failover/,
    rpo: 0,
    rto: 60,
  },
  {
    title: "the only instance of Aurora is made anew",
    scenario: "zone",
    mechanism: /^Aurora failover/,
    settings: { primaryInstances: 1 },
    rpo: 0,
    rto: 600,
  },
  {
    title: "a Multi-AZ standby takes over",
    scenario: "database-primary",
    mechanism: /^Multi-AZ/,
    settings: { engine: "rds" },
    rpo: 0,
    rto: 120,
  },
  {
    title: "a single instance has nobody to take over",
    scenario: "database-primary",
    mechanism: /^none$/,
    settings: { engine: "rds", multiAz: false },
    rpo: Infinity,
  },
  {
    title: "a pod takes no database along",
    scenario: "pod",
    mechanism: /^not affected/,
    rpo: 0,
    rto: 0,
  },
  // A lost region.
  {
    title:
      "a lag that is only watched bounds nothing; 300 heard + 300 decided + 60 switch + 60 TTL + 300 failover",
    scenario: "region",
    mechanism: /^global database/,
    rpo: Infinity,
    rto: 1_020,
  },
  {
    title: "a lag of 20 s that commits wait for",
    scenario: "region",
    mechanism: /^global database/,
    settings: { lagLimit: 20 },
    rpo: 20,
  },
  ...(["aurora", "rds"] as const).map((engine): Case => ({
    title: `a standby that follows another database, or nobody, is none (${engine})`,
    scenario: "region",
    mechanism: /^none$/,
    settings: { engine, follows: false },
    rpo: Infinity,
    rto: Infinity,
  })),
  {
    title: "a standby without an instance serves nobody",
    scenario: "region",
    mechanism: /^global database/,
    settings: { standbyInstances: 0 },
    rto: Infinity,
  },
  {
    title: "a replica is promoted: 300 + 300 + 60 + 60 + 600",
    scenario: "region",
    mechanism: /^promotion of the replica/,
    settings: { engine: "rds" },
    rpo: Infinity,
    rto: 1_320,
  },
  {
    title:
      "sent by checks: 600 until it is decided to promote, 30 s × 3 failing and as long passing, 60 TTL, 300 failover",
    scenario: "region",
    mechanism: /^global database/,
    settings: { checkInterval: 30 },
    circumstances: { failoverMode: "automatic" },
    rto: 1_140,
  },
  {
    title: "sent by checks every 10 s: 600 + 60 + 60 + 300",
    scenario: "region",
    mechanism: /^global database/,
    circumstances: { failoverMode: "automatic" },
    rto: 1_020,
  },
  {
    title: "backups' copies in the other region: 15 + 10 + 15 minutes; 720 s + 900 + 2,048",
    scenario: "region",
    mechanism: /^logical/,
    rpo: 2_400,
    rto: 3_668,
  },
  {
    title: "copies without a time limit bound nothing",
    scenario: "region",
    mechanism: /^logical/,
    settings: { replicationMinutes: 0 },
    rpo: Infinity,
  },
  // An attacker in the trading account.
  {
    title: "copies in a second account: 15 + 10 + 15 minutes; 300 + 900 + 2,048",
    scenario: "ransomware",
    mechanism: /^logical/,
    rpo: 2_400,
    rto: 3_248,
  },
  {
    title: "nothing is offline that is copied to the other region alone",
    scenario: "ransomware",
    mechanism: /^logical/,
    settings: { copiedTo: ["us-west-2"] },
    rpo: Infinity,
    rto: Infinity,
  },
  {
    title: "nor are records that are copied nowhere in the other region",
    store: "objects",
    scenario: "region",
    mechanism: /^none$/,
    settings: { copiedTo: [] },
    rpo: Infinity,
    rto: Infinity,
  },
  {
    title: "copies in the same account are not offline",
    scenario: "ransomware",
    mechanism: /^none$/,
    settings: { archiveAccount: "111122223333" },
    rpo: Infinity,
    rto: Infinity,
  },
  // The cache.
  {
    title: "quorum 2 of 3 and 5 s: 5 + 2 × 22 + 10 = 59 s, within a minute; 8 + 2 s of writes",
    store: "cache",
    scenario: "cache-primary",
    mechanism: /^Sentinel/,
    rpo: 10,
    rto: 59,
  },
  {
    title: "detection of 10 s instead: 64 s, and not within a minute",
    store: "cache",
    scenario: "cache-primary",
    mechanism: /^Sentinel/,
    settings: { downAfter: 10_000 },
    rto: 64,
  },
  {
    title: "a quorum of 3 is not left when one Sentinel is lost with the primary",
    store: "cache",
    scenario: "zone",
    mechanism: /^Sentinel/,
    settings: { quorum: 3 },
    rto: Infinity,
  },
  {
    title: "of two Sentinels one is no majority",
    store: "cache",
    scenario: "node",
    mechanism: /^Sentinel/,
    settings: { sentinels: 2 },
    rto: Infinity,
  },
  {
    title: "five Sentinels, quorum 3, 2 s: 2 + 44 + 10",
    store: "cache",
    scenario: "pod",
    mechanism: /^Sentinel/,
    settings: { sentinels: 5, quorum: 3, downAfter: 2_000 },
    rto: 56,
  },
  {
    title: "members that share a zone may all be lost with it",
    store: "cache",
    scenario: "zone",
    mechanism: /^Sentinel/,
    settings: { spread: "none" },
    rto: Infinity,
  },
  {
    title: "and so may a majority of Sentinels that share one",
    store: "cache",
    scenario: "zone",
    mechanism: /^Sentinel/,
    settings: { spread: "servers" },
    rto: Infinity,
  },
  {
    title: "writes that no replica has to have are not bounded",
    store: "cache",
    scenario: "cache-primary",
    mechanism: /^Sentinel/,
    settings: { minReplicas: 0 },
    rpo: Infinity,
  },
  {
    title: "two servers: after a failover no replica is left, and no write is taken",
    store: "cache",
    scenario: "cache-primary",
    mechanism: /^Sentinel/,
    settings: { servers: 2 },
    rto: Infinity,
  },
  {
    title: "hourly snapshots with 15 minutes: 75 minutes; 300 + 4,096 / 50 = 82 s",
    store: "cache",
    scenario: "corruption",
    mechanism: /^snapshots/,
    rpo: 4_500,
    rto: 382,
  },
  {
    title: "the standby's cache follows: nothing bounds its lag; 720 + 60 s",
    store: "cache",
    scenario: "region",
    mechanism: /^promotion/,
    rpo: Infinity,
    rto: 780,
  },
  {
    title:
      "a standby that follows nobody is filled from snapshots' copies: 60 + 15 + 15 minutes; 720 + 82",
    store: "cache",
    scenario: "region",
    mechanism: /^snapshots/,
    settings: { upstream: false },
    rpo: 5_400,
    rto: 802,
  },
  // Records.
  {
    title: "records survive a zone",
    store: "objects",
    scenario: "zone",
    mechanism: /^not affected/,
    rpo: 0,
    rto: 0,
  },
  {
    title: "an old version is there in five minutes",
    store: "objects",
    scenario: "operator-error",
    mechanism: /^old versions, kept 90 days/,
    rpo: 0,
    rto: 300,
  },
  {
    title: "one in Deep Archive after 12 hours and five minutes, and not within 4 hours",
    store: "objects",
    scenario: "corruption",
    mechanism: /^old versions/,
    settings: { transitions: { STANDARD_IA: 30, GLACIER: 90, DEEP_ARCHIVE: 365 } },
    rto: 12 * hours + 300,
  },
  {
    title: "one in GLACIER after 5 hours and five minutes",
    store: "objects",
    scenario: "corruption",
    mechanism: /^old versions/,
    settings: { transitions: { GLACIER: 90 } },
    rto: 5 * hours + 300,
  },
  {
    title:
      "one that has moved to GLACIER since it was replaced, or by a rule for all objects: 5 h 5 min",
    store: "objects",
    scenario: "corruption",
    mechanism: /^old versions/,
    settings: { oldVersionTransitions: { GLACIER: 30 } },
    rto: 5 * hours + 300,
  },
  {
    title: "one in GLACIER_IR at once",
    store: "objects",
    scenario: "corruption",
    mechanism: /^old versions/,
    settings: { transitions: { STANDARD_IA: 30, GLACIER_IR: 90 } },
    rto: 300,
  },
  {
    title: "the newest monthly point may be in GLACIER already, when that begins after 20 days",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "30 2 1 * *", transitions: { GLACIER: 20 } },
    rto: 3_248 + 5 * hours,
  },
  {
    title: "the newest daily point is not there yet after a day",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 2 * * *", transitions: { GLACIER: 20 } },
    rto: 3_248,
  },
  {
    title: "a copy that nothing declared writes is not there",
    store: "objects",
    writtenEvery: "30s",
    scenario: "zone",
    mechanism: /^none$/,
    rpo: Infinity,
  },
  {
    title: "without old versions nothing undoes a mistake",
    store: "objects",
    scenario: "operator-error",
    mechanism: /^none$/,
    settings: { oldVersions: false },
    rpo: Infinity,
  },
  {
    title: "records are in the other region after 15 minutes; 300 heard + 300 decided",
    store: "objects",
    scenario: "region",
    mechanism: /^replication$/,
    rpo: 900,
    rto: 600,
  },
  {
    title: "records are in another account after 15 minutes",
    store: "objects",
    scenario: "ransomware",
    mechanism: /^replication to the archive/,
    rpo: 900,
    rto: 300,
  },
  {
    title: "and nowhere safe where it is the same account",
    store: "objects",
    scenario: "ransomware",
    mechanism: /^none$/,
    settings: { archiveAccount: "111122223333" },
    rpo: Infinity,
  },
  // Configuration and images.
  {
    title: "configuration every 5 minutes, done in 5: 10 minutes; 300 + 600 to apply",
    store: "configuration",
    scenario: "operator-error",
    mechanism: /^configuration snapshots/,
    rpo: 600,
    rto: 900,
  },
  {
    title: "images are not removed by mistake",
    store: "images",
    scenario: "operator-error",
    mechanism: /^not affected/,
    rpo: 0,
  },
  {
    title: "images whose tags may be overwritten are",
    store: "images",
    scenario: "operator-error",
    mechanism: /^none$/,
    settings: { immutableImages: false },
    rpo: Infinity,
  },
  {
    title: "AWS bounds no copying of images",
    store: "images",
    scenario: "region",
    mechanism: /^registry replication/,
    rpo: Infinity,
    rto: 600,
  },
  {
    title: "what nothing builds comes back by nothing",
    store: "topics",
    scenario: "pod",
    mechanism: /^none$/,
    rpo: Infinity,
    rto: Infinity,
  },
];

/** The bounds of the mechanism that a case is about. */
function recoveryOf({
  store = "database",
  scenario,
  mechanism,
  settings,
  circumstances,
  writtenEvery,
}: Case): Recovery {
  const found = recoveriesOf(
    { database: "database", cache: "cache", objects: "trades" }[store as string] ?? store,
    { kind: store, writtenEvery },
    {
      scenario,
      declared: landscape(settings),
      circumstances: { ...usualCircumstances, ...circumstances },
    },
  ).find((recovery) => mechanism.test(recovery.mechanism));
  assert.ok(found !== undefined, `there is no mechanism ${String(mechanism)}`);
  return found;
}

describe("bounds, worked out on paper", () => {
  for (const one of cases) {
    it(`${one.store ?? "database"}, ${one.scenario}: ${one.title}`, () => {
      const { rpo, rto } = recoveryOf(one);
      if (one.rpo !== undefined) {
        assert.equal(rpo.seconds, one.rpo, rpo.arithmetic);
      }
      if (one.rto !== undefined) {
        assert.equal(rto.seconds, one.rto, rto.arithmetic);
      }
    });
  }

  it("that are none say why, and nothing else", () => {
    const { rpo } = recoveryOf({ title: "", scenario: "region", mechanism: /^global/ });
    assert.equal(rpo.arithmetic, "the standby's lag is watched, and nothing enforces a limit");
  });

  it("are explained in one line each", () => {
    const { rpo, rto } = recoveryOf({ title: "", scenario: "region", mechanism: /^logical/ });
    assert.equal(
      rpo.arithmetic,
      "15m between firings of dr-database + 10m until a run has to be done + 15m until it is copied to us-west-2 = 40m",
    );
    assert.equal(
      rto.arithmetic,
      "5m without heartbeats + 5m for the operator to decide + 1m until the switch is read + 1m until answers have expired (TTL) + 15m to make a database + 34m 8s to load 102400 MiB at an assumed 50 MiB/s = 1h 1m 8s",
    );
  });
});
