import assert from "node:assert/strict";
import { type Scenario } from "../../contracts/scenarios";
import { type StoreKind } from "../../config/stores";
import { recoveriesOf } from "../../objectives/assessment";
import { type Declared, type DeclaredResource } from "../../objectives/declared";
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
  /** A part of what is said where nothing bounds it. */
  readonly why?: string;
}

const days = 86_400;
const hours = 3_600;

// Figures that are no setting: a reader takes over within 60 s, a Multi-AZ standby within 120 s, a global
// database within 300 s, a replica within 600 s; a new database takes 900 s; the latest restorable time
// is 300 s old; a vote takes 10 s; a cache is promoted in 60 s; CloudWatch misses heartbeats 300 s after
// their silence; Route 53's news take 60 s; 50 MiB are loaded in a second, so 100 GiB (102,400 MiB) in
// 2,048 s. So users are at the other region after 300 of silence + 300 missed + 300 to decide + 60 for the
// switch + 60 for the news + 60 TTL = 1,080 s, of which 900 until it is decided. Runs start 120 s late.
const cases: readonly Case[] = [
  // Logical backups: longest gap + latest start + deadline.
  {
    title: "backups every 15 minutes, 2 late, with 10 minutes to be done: 15 + 2 + 10 = 27 minutes",
    scenario: "corruption",
    mechanism: /^logical/,
    rpo: 1_620,
    // 300 to decide + 900 for a database + 2,048 to load.
    rto: 3_248,
  },
  {
    title: "*/7 fires at 56 and then at 0, and 7 minutes apart otherwise: 7 + 2 + 10 = 19 minutes",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "*/7 * * * *" },
    rpo: 1_140,
  },
  {
    title: "*/40 fires at 0 and 40: 40 minutes and not 20; + 2 + 10 = 52 minutes",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "*/40 * * * *" },
    rpo: 3_120,
  },
  {
    title: "every 6 hours: 6 h + 12 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 */6 * * *" },
    rpo: 22_320,
  },
  {
    title: "daily: 24 h + 12 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 2 * * *" },
    rpo: 87_120,
  },
  {
    title: "on workdays: from Friday to Monday, 3 days + 12 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 2 * * 1-5" },
    rpo: 3 * days + 720,
  },
  {
    title: "weekly: 7 days + 12 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 3 * * 0" },
    rpo: 7 * days + 720,
  },
  {
    title: "monthly: months of 31 days, + 12 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "30 2 1 * *" },
    rpo: 31 * days + 720,
  },
  {
    title: "on the 31st: from 31 May to 31 July, 30 + 31 days; + 12 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 2 31 * *" },
    rpo: 61 * days + 720,
  },
  {
    title: "on 29 February: from 2024 to 2028, 1,461 days + 12 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 2 29 2 *" },
    rpo: 1_461 * days + 720,
  },
  {
    title: "02:30 in New York does not exist on a night in March: 47 h + 12 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "30 2 * * *", timeZone: "America/New_York" },
    rpo: 47 * hours + 720,
  },
  {
    title: "03:00 in Berlin is 25 hours after 03:00 on a night in October: 25 h + 12 min",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupSchedule: "0 3 * * *", timeZone: "Europe/Berlin" },
    rpo: 25 * hours + 720,
  },
  {
    title: "every 15 minutes goes on in such a night: 15 + 2 + 10 minutes",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { timeZone: "America/New_York" },
    rpo: 1_620,
  },
  {
    title:
      "monthly in New York: 1 to 1 November with the hour that October repeats on its last night, 31 days + 1 h + 12 min",
    scenario: "corruption",
    mechanism: /^logical/,
    // As in 2026, when that night is the one to 1 November.
    settings: { backupSchedule: "0 2 1 * *", timeZone: "America/New_York" },
    rpo: 31 * days + hours + 720,
  },
  {
    title: "a suspended job takes nothing",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { suspended: true },
    rpo: Infinity,
    rto: Infinity,
  },
  {
    title: "runs that may start an hour late: 15 + 60 + 10 minutes",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { latestStart: 3_600 },
    rpo: 5_100,
  },
  {
    title: "runs that may start whenever it is possible again",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { latestStart: Infinity },
    rpo: Infinity,
    rto: 3_248,
    why: "nothing says how late a run of dr-database may start",
  },
  {
    title: "runs that may take for ever",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { backupDeadline: Infinity },
    rpo: Infinity,
    rto: 3_248,
    why: "nothing ends a run of dr-database",
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
    circumstances: {
      measuredRates: {
        databaseRestore: { mebibytesPerSecond: 200 },
        cacheRestore: { mebibytesPerSecond: 1 },
      },
    },
    rto: 1_712,
  },
  {
    title: "storage that may grow to 500 GiB (512,000 MiB): 300 + 900 + 10,240",
    scenario: "corruption",
    mechanism: /^point in time/,
    settings: { engine: "rds", maximumStorage: 500 },
    rto: 11_440,
  },
  {
    title: "storage of 100 GiB that may not grow: 300 + 900 + 2,048",
    scenario: "corruption",
    mechanism: /^point in time/,
    settings: { engine: "rds", scratchGibibytes: 50, maximumStorage: Infinity },
    rto: 3_248,
  },
  {
    title: "a database of any size",
    scenario: "corruption",
    mechanism: /^point in time/,
    settings: { scratchGibibytes: Infinity },
    rpo: 300,
    rto: Infinity,
    why: "nothing says how much there is to restore",
  },
  {
    title: "200 GiB (204,800 MiB) that are restored to, above storage of 100: 300 + 900 + 4,096",
    scenario: "corruption",
    mechanism: /^point in time/,
    settings: { engine: "rds", scratchGibibytes: 200 },
    rto: 5_296,
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
    title: "two hours to begin: 24 + 2 + 8 = 34 hours",
    scenario: "corruption",
    mechanism: /^snapshots/,
    settings: { snapshotWindows: [120, 480] },
    rpo: 34 * hours,
  },
  {
    title: "two hours to end: 24 + 1 + 2 = 27 hours",
    scenario: "corruption",
    mechanism: /^snapshots/,
    settings: { snapshotWindows: [60, 120] },
    rpo: 27 * hours,
  },
  {
    title: "no hour to begin by",
    scenario: "corruption",
    mechanism: /^snapshots/,
    settings: { snapshotWindows: [Infinity, 480] },
    rpo: Infinity,
    why: "nothing says how late a run of the snapshot rule daily may start",
  },
  {
    title: "no hour to end by",
    scenario: "corruption",
    mechanism: /^snapshots/,
    settings: { snapshotWindows: [60, Infinity] },
    rpo: Infinity,
    why: "nothing ends a run of the snapshot rule daily",
  },
  {
    title: "at 02:30 in New York, with a night in March that has none: 47 + 1 + 8 = 56 hours",
    scenario: "corruption",
    mechanism: /^snapshots/,
    settings: { snapshotSchedule: "cron(30 2 * * ? *)", timeZone: "America/New_York" },
    rpo: 56 * hours,
  },
  {
    title: "daily snapshots of plain RDS: 33 hours",
    scenario: "corruption",
    mechanism: /^snapshots/,
    settings: { engine: "rds" },
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
    scenario: "database-primary",
    mechanism: /^Aurora failover/,
    settings: { primaryInstances: 1 },
    rpo: 0,
    rto: 600,
  },
  {
    title: "in a zone that is lost, whenever AWS can",
    scenario: "zone",
    mechanism: /^Aurora failover/,
    settings: { primaryInstances: 1 },
    rpo: 0,
    rto: Infinity,
    why: "nothing bounds when AWS makes the only instance anew",
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
    title: "a lag that is only watched bounds nothing; 1,080 + 300 failover",
    scenario: "region",
    mechanism: /^global database/,
    rpo: Infinity,
    rto: 1_380,
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
  ...(["us-east-1", "us-west-2"] as const).map((rebuilt): Case => ({
    title: `a pair of which ${rebuilt} was rebuilt around the other: 1,080 + 300`,
    scenario: "region",
    mechanism: /^global database/,
    settings: { rebuilt },
    rto: 1_380,
  })),
  {
    title: "silence of 10 minutes: 600 + 300 + 300 + 60 + 60 + 60 + 300",
    scenario: "region",
    mechanism: /^global database/,
    settings: { heartbeatMinutes: 10 },
    rto: 1_680,
  },
  ...(
    [
      [{ heartbeatMinutes: Infinity }, "no alarm"],
      [{ heartbeatAlarm: "silence is no breach" }, "an alarm that takes silence for health"],
      [{ heartbeatAlarm: "switched off" }, "an alarm that does nothing"],
      [{ heartbeatAlarm: "tells nobody" }, "an alarm that has nobody to tell"],
    ] as const
  ).map(([settings, title]): Case => ({
    title: `nobody hears of a lost region: ${title}`,
    scenario: "region",
    mechanism: /^global database/,
    settings,
    rto: Infinity,
    why: "nobody is told that the region is gone",
  })),
  {
    title: "records are not served either before somebody hears of it",
    store: "objects",
    scenario: "region",
    mechanism: /^replication$/,
    settings: { heartbeatAlarm: "switched off" },
    rpo: 900,
    rto: Infinity,
  },
  {
    title: "a switch that is read after two minutes, answers that live for five: 1,380 + 60 + 240",
    scenario: "region",
    mechanism: /^global database/,
    settings: { switchMinutes: 2, ttl: 300 },
    rto: 1_680,
  },
  {
    title: "a switch that is lost with the region",
    scenario: "region",
    mechanism: /^global database/,
    settings: { switchMinutes: Infinity },
    rto: Infinity,
    why: "the switch is in the region that is lost",
  },
  {
    title: "answers that live for ever",
    scenario: "region",
    mechanism: /^global database/,
    settings: { ttl: Infinity },
    rto: Infinity,
    why: "nothing says how long answers live (TTL)",
  },
  {
    title: "checks that are not there",
    scenario: "region",
    mechanism: /^global database/,
    settings: { checkInterval: Infinity },
    circumstances: { failoverMode: "automatic" },
    rto: Infinity,
    why: "no endpoint is checked",
  },
  {
    title: "a replica is promoted: 1,080 + 600",
    scenario: "region",
    mechanism: /^promotion of the replica/,
    settings: { engine: "rds" },
    rpo: Infinity,
    rto: 1_680,
  },
  {
    title:
      "sent by checks: 900 until it is decided to promote, 30 s × 3 failing and as long passing, 60 news, 60 TTL, 300 failover",
    scenario: "region",
    mechanism: /^global database/,
    settings: { checkInterval: 30 },
    circumstances: { failoverMode: "automatic" },
    rto: 1_500,
  },
  {
    title: "sent by checks every 10 s: 900 + 60 + 60 + 60 + 300",
    scenario: "region",
    mechanism: /^global database/,
    circumstances: { failoverMode: "automatic" },
    rto: 1_380,
  },
  {
    title: "backups' copies in the other region: 15 + 2 + 10 + 15 minutes; 1,080 s + 900 + 2,048",
    scenario: "region",
    mechanism: /^logical/,
    rpo: 2_520,
    rto: 4_028,
  },
  {
    title: "copies without a time limit bound nothing",
    scenario: "region",
    mechanism: /^logical/,
    settings: { replicationMinutes: 0 },
    rpo: Infinity,
  },
  ...(
    [
      [undefined, true, true],
      [{}, true, true],
      [{ prefix: "" }, true, true],
      [{ prefix: "recovery-points/frequent/database/" }, true, false],
      [{ prefix: "records/" }, false, true],
      [{ tag: { key: "copied", value: "yes" } }, false, false],
      [{ and: { prefix: "recovery-points/" } }, true, false],
      [{ and: { prefix: "records/trades/" } }, false, true],
      [{ and: { prefix: "records/", tags: { copied: "yes" } } }, false, false],
    ] as const
  ).flatMap(([copiedObjects, backups, records]): Case[] =>
    (["region", "ransomware"] as const).flatMap((scenario) => [
      {
        title: `backups, and a rule for ${JSON.stringify(copiedObjects ?? "anything")}`,
        scenario,
        mechanism: /^logical/,
        settings: { copiedObjects },
        rpo: backups ? 2_520 : Infinity,
      },
      {
        title: `a rule for ${JSON.stringify(copiedObjects ?? "anything")}`,
        store: "objects",
        scenario,
        mechanism: records ? /^replication/ : /^none$/,
        settings: { copiedObjects },
        rpo: records ? 900 : Infinity,
      },
    ]),
  ),
  ...(["not asked for", "without a key"] as const).flatMap((encryptedCopies): Case[] => [
    {
      title: `encrypted objects are skipped: copies ${encryptedCopies}`,
      scenario: "region",
      mechanism: /^logical/,
      settings: { encryptedCopies },
      rpo: Infinity,
      rto: Infinity,
      why: "nothing copies records-us-east-1 to us-west-2",
    },
    {
      title: `encrypted records are skipped: copies ${encryptedCopies}`,
      store: "objects",
      scenario: "ransomware",
      mechanism: /^none$/,
      settings: { encryptedCopies },
      rpo: Infinity,
      why: "nothing copies records-us-east-1 to eu-west-1",
    },
    {
      title: `objects without a key of KMS need none: copies ${encryptedCopies}`,
      scenario: "region",
      mechanism: /^logical/,
      settings: { encryptedCopies, algorithm: "AES256" },
      rpo: 2_520,
    },
  ]),
  // An attacker in the trading account.
  {
    title: "copies in a second account: 15 + 2 + 10 + 15 minutes; 300 + 900 + 2,048",
    scenario: "ransomware",
    mechanism: /^logical/,
    rpo: 2_520,
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
  ...(
    [
      ["database", /^logical/],
      ["cache", /^snapshots/],
      ["configuration", /^configuration/],
      ["objects", /^none$/],
    ] as const
  ).map(([store, mechanism]): Case => ({
    title: "an archive that keeps no old versions is overwritten from the source",
    store,
    scenario: "ransomware",
    mechanism,
    settings: { archiveVersions: false },
    rpo: Infinity,
    rto: Infinity,
    why: "records-eu-west-1 keeps no old versions",
  })),
  {
    title: "for the other region the archive's old versions are no matter",
    scenario: "region",
    mechanism: /^logical/,
    settings: { archiveVersions: false },
    rpo: 2_520,
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
    title: "of two Sentinels one is no majority, though it is a quorum",
    store: "cache",
    scenario: "node",
    mechanism: /^Sentinel/,
    settings: { sentinels: 2, quorum: 1 },
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
    title: "members on different nodes of one zone may all be lost with it",
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
  ...[0, Infinity].map((minReplicas): Case => ({
    title: `writes that no replica has to have (${String(minReplicas)}) are not bounded`,
    store: "cache",
    scenario: "cache-primary",
    mechanism: /^Sentinel/,
    settings: { minReplicas },
    rpo: Infinity,
    why: "writes are taken while no replica follows",
  })),
  ...(["no", "unsaid"] as const).map((appendOnly): Case => ({
    title: `a primary that keeps nothing on disk (${appendOnly}) may come back with nothing`,
    store: "cache",
    scenario: "pod",
    mechanism: /^Sentinel/,
    settings: { appendOnly },
    rpo: Infinity,
    rto: 59,
    why: "a primary that restarts before it is missed comes back empty",
  })),
  {
    title: "at a measured 100 MiB/s: 300 + 4,096 / 100 = 41 s",
    store: "cache",
    scenario: "corruption",
    mechanism: /^snapshots/,
    circumstances: {
      measuredRates: {
        cacheRestore: { mebibytesPerSecond: 100 },
        databaseRestore: { mebibytesPerSecond: 1 },
      },
    },
    rto: 341,
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
    title: "hourly snapshots with 2 and 15 minutes: 77 minutes; 300 + 4,096 / 50 = 82 s",
    store: "cache",
    scenario: "corruption",
    mechanism: /^snapshots/,
    rpo: 4_620,
    rto: 382,
  },
  {
    title: "the standby's cache follows: nothing bounds its lag; 1,080 + 60 s",
    store: "cache",
    scenario: "region",
    mechanism: /^promotion/,
    rpo: Infinity,
    rto: 1_140,
  },
  {
    title:
      "a standby that follows nobody is filled from snapshots' copies, and promoted: 60 + 2 + 15 + 15 minutes; 1,080 + 82 + 60",
    store: "cache",
    scenario: "region",
    mechanism: /^snapshots/,
    settings: { upstream: false },
    rpo: 5_520,
    rto: 1_222,
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
    title: "which the newest backup has not, being no old version",
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { oldVersionTransitions: { GLACIER: 30 } },
    rto: 3_248,
  },
  // Copies are read where they are: whether the source is cold is no matter. Monthly points are old enough.
  ...(["us-east-1", "us-west-2", "eu-west-1"] as const).flatMap((cold) =>
    (
      [
        ["region", "us-west-2", 4_028, 900],
        ["ransomware", "eu-west-1", 3_248, 300],
      ] as const
    ).flatMap(([scenario, place, backups, records]): Case[] => {
      const retrieval = cold === place ? 5 * hours : 0;
      const settings = {
        backupSchedule: "30 2 1 * *",
        transitions: { GLACIER: 20 },
        coldIn: [cold],
      };
      return [
        {
          title: `copies in ${place} with the newest point in GLACIER in ${cold}`,
          scenario,
          mechanism: /^logical/,
          settings,
          rto: backups + retrieval,
        },
        {
          title: `copies in ${place} with records in GLACIER in ${cold}`,
          store: "objects",
          scenario,
          mechanism: /^replication/,
          settings,
          rto: records + retrieval,
        },
      ];
    }),
  ),
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
  ...(
    [
      [{}, 0],
      [{ latestStart: 86_400 }, 5 * hours],
      [{ backupDeadline: 86_400 }, 5 * hours],
    ] as const
  ).map(([settings, retrieval]): Case => ({
    title: `the newest daily point may be two days old with ${JSON.stringify(settings)}`,
    scenario: "corruption",
    mechanism: /^logical/,
    settings: { ...settings, backupSchedule: "0 2 * * *", transitions: { GLACIER: 2 } },
    rto: 3_248 + retrieval,
  })),
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
    title: "records are in the other region after 15 minutes; 900 until it is decided",
    store: "objects",
    scenario: "region",
    mechanism: /^replication$/,
    rpo: 900,
    rto: 900,
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
    title: "configuration every 5 minutes, 2 late, done in 5: 12 minutes; 300 + 600 to apply",
    store: "configuration",
    scenario: "operator-error",
    mechanism: /^configuration snapshots/,
    rpo: 720,
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
    title: "images are where one repository has two policies, and one has none",
    store: "images",
    scenario: "operator-error",
    mechanism: /^none$/,
    settings: { imagesKept: "in one" },
    rpo: Infinity,
  },
  {
    title: "images whose removal policies allow are",
    store: "images",
    scenario: "corruption",
    mechanism: /^none$/,
    settings: { imagesKept: "nowhere" },
    rpo: Infinity,
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
    title: "AWS bounds no copying of images; 900 until it is decided",
    store: "images",
    scenario: "region",
    mechanism: /^registry replication$/,
    rpo: Infinity,
    rto: 900,
  },
  {
    title: "a registry that copies whatever it has",
    store: "images",
    scenario: "region",
    mechanism: /^registry replication$/,
    settings: { imagesCopied: "all, by no prefix" },
    rto: 900,
  },
  {
    title: "images that another system's settings copy, as no setting here says",
    store: "images",
    scenario: "region",
    mechanism: /^registry replication, by another system's registry settings$/,
    settings: { imagesCopied: "undeclared" },
    rpo: Infinity,
    rto: 900,
  },
  ...[["none", "api"] as const, ["one", "worker"] as const].map(([imagesCopied, left]): Case => ({
    title: `images that own settings do not copy: ${left}`,
    store: "images",
    scenario: "region",
    mechanism: /^none$/,
    settings: { imagesCopied },
    rto: Infinity,
    why: `nothing copies images of trading-dr/market/${left} to us-west-2`,
  })),
  {
    title: "what nothing builds comes back by nothing",
    store: "topics",
    scenario: "pod",
    mechanism: /^none$/,
    rpo: Infinity,
    rto: Infinity,
  },
];

/** Everything that may bring a store back in a case. */
function recoveriesIn(
  { store = "database", scenario, circumstances, writtenEvery }: Omit<Case, "title" | "mechanism">,
  declared: Declared,
): Recovery[] {
  return recoveriesOf(
    { database: "database", cache: "cache", objects: "trades" }[store as string] ?? store,
    { kind: store, writtenEvery },
    { scenario, declared, circumstances: { ...usualCircumstances, ...circumstances } },
  );
}

/** The bounds of the mechanism that a case is about. */
function recoveryOf(one: Case): Recovery {
  const found = recoveriesIn(one, landscape(one.settings)).find((recovery) =>
    one.mechanism.test(recovery.mechanism),
  );
  assert.ok(found !== undefined, `there is no mechanism ${String(one.mechanism)}`);
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
      if (one.why !== undefined) {
        const said = [rpo, rto].flatMap(({ seconds, arithmetic }) =>
          seconds === Infinity ? [arithmetic] : [],
        );
        assert.ok(said.join("; ").includes(one.why), said.join("; "));
      }
    });
  }

  it("that are none say why, and nothing else", () => {
    const { rpo } = recoveryOf({ title: "", scenario: "region", mechanism: /^global/ });
    assert.equal(rpo.arithmetic, "the standby's lag is watched, and nothing enforces a limit");
  });

  it("are the same when the names of the endpoints are declared by the other region's stack", () => {
    const { active, other, archive } = landscape();
    const isName = ({ type }: DeclaredResource) => type.startsWith("aws:route53/");
    for (const failoverMode of ["operator", "automatic"] as const) {
      const [found] = recoveriesIn(
        { scenario: "region", circumstances: { failoverMode } },
        {
          active: { ...active, resources: active.resources.filter((one) => !isName(one)) },
          other: { ...other, resources: [...other.resources, ...active.resources.filter(isName)] },
          archive,
        },
      );
      assert.equal(found?.rto.seconds, 1_380, found?.rto.arithmetic);
    }
  });

  it("are explained in one line each", () => {
    const { rpo, rto } = recoveryOf({ title: "", scenario: "region", mechanism: /^logical/ });
    assert.equal(
      rpo.arithmetic,
      "15m between firings of dr-database + 2m how late a run may start + 10m until a run has to be done + 15m until it is copied to us-west-2 = 42m",
    );
    assert.equal(
      rto.arithmetic,
      "5m without heartbeats + 5m until CloudWatch has missed them + 5m for the operator to decide + 1m until the switch is read + 1m until Route 53 has spread the news + 1m until answers have expired (TTL) + 15m to make a database + 34m 8s to load 102400 MiB at an assumed 50 MiB/s = 1h 7m 8s",
    );
  });
});

describe("mechanisms", () => {
  const names = (one: Omit<Case, "title" | "mechanism">) =>
    recoveriesIn(one, landscape(one.settings)).map(({ mechanism }) => mechanism);

  it("are everything that undoes a mistake", () => {
    assert.deepEqual(names({ scenario: "corruption" }), [
      "point in time, 35 days back",
      "snapshots, the snapshot rule daily",
      "logical backups, dr-database",
    ]);
  });

  for (const engine of ["aurora", "rds"] as const) {
    it(`are no snapshots of a database that no plan covers (${engine})`, () => {
      const settings = { engine, snapshotsOf: "lost" } as const;
      const one = { scenario: "operator-error", settings } as const;
      assert.deepEqual(names(one), [
        "point in time, 35 days back",
        "none",
        "logical backups, dr-database",
      ]);
      assert.equal(
        recoveriesIn(one, landscape(settings))[1]?.rpo.arithmetic,
        "no snapshot plan covers market-database-generation-10-us-east-1",
      );
    });
  }

  it("do not fill a cache that follows, nor promote one that does not", () => {
    const cache = { store: "cache", scenario: "region" } as const;
    assert.deepEqual(names(cache), ["promotion of the standby cache"]);
    assert.deepEqual(names({ ...cache, settings: { upstream: false } }), ["snapshots, dr-cache"]);
  });

  for (const [stack, type, store, scenario] of [
    ["archive", "pulumi:providers:aws", "database", "ransomware"],
    ["archive", "pulumi:providers:aws", "objects", "ransomware"],
    ["other", "aws:ecr/repository:Repository", "images", "region"],
    ["other", "kubernetes:core/v1:ConfigMap", "cache", "region"],
  ] as const) {
    it(`for ${store} are none in a disaster (${scenario}) without ${type} in ${stack}`, () => {
      const whole = landscape();
      const resources = whole[stack].resources.filter((resource) => resource.type !== type);
      const left = { ...whole, [stack]: { ...whole[stack], resources } };
      const found = recoveriesIn({ store, scenario }, left);
      assert.deepEqual(
        found.map(({ mechanism }) => mechanism),
        ["none"],
      );
    });
  }

  const stores = ["database", "cache", "objects", "configuration", "images"] as const;
  for (const [stack, scenario] of [
    ["active", "operator-error"],
    ["active", "region"],
    ["other", "region"],
    ["archive", "ransomware"],
  ] as const) {
    for (const store of stores) {
      it(`for ${store} are none in a disaster (${scenario}) where ${stack} declares nothing`, () => {
        const whole = landscape();
        const recoveries = recoveriesIn(
          { store, scenario },
          { ...whole, [stack]: { ...whole[stack], resources: [] } },
        );
        assert.ok(recoveries.length > 0);
        for (const { mechanism, rpo, rto } of recoveries) {
          assert.deepEqual([rpo.seconds, rto.seconds], [Infinity, Infinity], mechanism);
        }
      });
    }
  }
});
