import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { isPair, isScalar, LineCounter, parse, parseDocument, stringify, visit } from "yaml";
import { loadSystem, systemIds } from "../../config/configuration";
import { ConfigurationError, type Problem, show } from "../../config/problem";
import { projectDirectory } from "../support/projectCopy";

const systemsDirectory = join(projectDirectory, "systems");
const id = "market-scanning";

/** Settings to change in a sound system file, by path; `undefined` removes a setting. */
type Changes = Readonly<Record<string, unknown>>;

/** A problem as a test states it: with the text of the line instead of its number. */
type Finding = Omit<Problem, "file" | "line"> & { readonly line?: string };

let directory: string;

/** The sound system file's data, with changes. */
function changed(changes: Changes): unknown {
  const system: unknown = parse(readFileSync(join(systemsDirectory, `${id}.yaml`), "utf8"));
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(".");
    const last = String(keys.pop());
    const parent = keys.reduce((node, key) => node[key] as Changes, system as Changes);
    const target = parent as Record<string, unknown>;
    if (value === undefined) {
      assert.ok(last in target, `there is no ${path} to remove`);
      Reflect.deleteProperty(target, last);
    } else {
      target[last] = value;
    }
  }
  return system;
}

/** A setting of the sound system file. */
function settingAt(path: string): unknown {
  return path.split(".").reduce((node, key) => (node as Changes)[key], changed({}));
}

/** Loads a system file of that text and returns its problems; none when it is sound. */
function problemsOf(text: string): Finding[] {
  const file = join(directory, `${id}.yaml`);
  writeFileSync(file, text);
  try {
    loadSystem(id, directory);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.problems.map(({ file: named, line, ...rest }) => {
      assert.equal(named, relative(process.cwd(), file));
      const lineText = line === undefined ? undefined : text.split("\n")[line - 1]?.trim();
      return lineText === undefined ? rest : { ...rest, line: lineText };
    });
  }
}

/** What is expected of a setting with a wrong value: the path, the value and its line. */
function wrong(path: string, value: unknown, message: string): Finding {
  const key = String(path.split(".").pop());
  const line = stringify(/^\d+$/.test(key) ? [value] : { [key]: value }).trim();
  return { path, found: show(value), message, line };
}

const digest = `sha256:${"1".repeat(64)}`;

const rule = {
  duration:
    'must be a duration: a whole number and a unit of s, m, h, d or y; write it like "15m", "90d" or "7y"',
  schedule:
    'must be a schedule of five fields (minute, hour, day of month, month, day of week); write it like "0 2 * * *"',
  never: "never fires: no month that it names has such a day; correct the day or the month",
  image:
    'must be pending, or an image of the own registry by its digest, since a tag may name another image tomorrow; write it like "trading-dr/ID/recovery@sha256:" and 64 hexadecimal digits, ID being the id of the system',
  key: "must be pending, or a list of recipients of age; write age1 and 58 more characters a line, as age-keygen prints the public key",
  repositories:
    "must be in a repository that both regions have: trading-dr/market-scanning/data-ingestion, trading-dr/market-scanning/signal-engine, trading-dr/market-scanning/risk-scoring, trading-dr/market-scanning/api, trading-dr/market-scanning/recovery, trading-dr/market-scanning/postgres; push it to one of these, or add its own to the repositories of the store of images",
  timeZone: 'must be an IANA time zone; write it like "Etc/UTC"',
  name: (length: number) =>
    `names are lower-case letters, digits and single hyphens, start with a letter, do not end with a hyphen and have at most ${String(length)} characters; rename it`,
  within: (limits: string) => `must be ${limits}; choose a duration within that`,
  budget: "must be a whole number of US dollars a month from 1 to 10000000; correct the number",
  kind: "must have a kind: database, objects, cache, images, files, topics, time-series or configuration; set kind to one of them",
  thirdRegion: "must differ from regions.primary and regions.standby; name a third region",
  stores:
    "database, cache, time-series, time-series-exports, topics, images, configuration, financial-records, audit-records, system-logs",
  exports:
    "time-series-exports, financial-records, audit-records, system-logs, or add it to stores",
  rebuilds: "must be a list of rebuilds, each with survivor and lost; write [] for none",
  rebuild: 'must be a mapping with the keys survivor, lost; write one "key: value" a line',
  unknown: (allowed: string) =>
    `unknown key; allowed here: ${allowed}. Correct the spelling or remove it`,
  sections:
    "id, name, plan, namespace, regions, failover, minimumTlsVersion, owns, oldVersionRetention, incompleteUploadRetention, accessLogRetention, lockClasses, tiers, dataClasses, scenarios, stores, schedules, jobs, budgets, alarms, unmetObjectives, mayWeaken, measuredRates",
  regions: "primary, standby, archive, active",
};

/** Changes that make the database a plain RDS one. */
const plainRds = {
  "stores.database.engine": "rds-postgresql",
  "stores.database.primaryInstances": undefined,
  "stores.database.standbyInstances": undefined,
  "stores.database.storageGibibytes": 100,
};

describe("a system file", () => {
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "trading-dr-"));
  });

  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  describe("is refused for one wrong value:", () => {
    // What is refused, the setting, its wrong value, the whole message.
    const values: readonly (readonly [string, string, unknown, string])[] = [
      ["an unknown key at the top", "rto", "15m", rule.unknown(rule.sections)],
      [
        "an unknown key in a section",
        "failover.recordTTL",
        "60s",
        rule.unknown(
          "mode, recordName, recordTtl, healthPath, checkInterval, checkFailures, operatorDecision",
        ),
      ],
      ["an objective without a unit", "dataClasses.signals.rto", 15, rule.duration],
      ["an objective with a long unit", "dataClasses.signals.rto", "15min", rule.duration],
      ["a retention in words", "tiers.daily.retention", "90 days", rule.duration],
      [
        "a standby region equal to the primary",
        "regions.standby",
        "us-east-1",
        "must differ from regions.primary (us-east-1); name another region",
      ],
      ["an archive in the primary region", "regions.archive", "us-east-1", rule.thirdRegion],
      ["an archive in the standby region", "regions.archive", "us-west-2", rule.thirdRegion],
      [
        "a writer in a region that is neither primary nor standby",
        "regions.active",
        "eu-west-1",
        "must be regions.primary (us-east-1) or regions.standby (us-west-2); set it to one of them",
      ],
      [
        "a region that is an availability zone",
        "regions.primary",
        "us-east-1a",
        'must be an AWS region outside of us-gov and cn; write it like "us-east-1"',
      ],
      [
        "a record that clients keep for over a minute",
        "failover.recordTtl",
        "61s",
        rule.within("at least 1s and at most 60s"),
      ],
      [
        "a check interval that Route 53 does not offer",
        "failover.checkInterval",
        "20s",
        "must be 10s or 30s, the two intervals that Route 53 offers; choose one of them",
      ],
      [
        "a health path that does not start with a slash",
        "failover.healthPath",
        "health",
        'must be a path without spaces, at most 255 characters; write it like "/health"',
      ],
      [
        "an even number of sentinels, whatever the quorum",
        "stores.cache.sentinels",
        4,
        "must be odd, so that a split network leaves one majority; use 3, 5, 7 or 9",
      ],
      [
        "fewer replicas than writes need after a failover",
        "stores.cache.replicas",
        1,
        "must be at least 2: after a failover one fewer is left, and min-replicas-to-write 1 refuses every write without one; set it to 2 or more",
      ],
      [
        "a bound on lost writes that replicas report too seldom for",
        "stores.cache.lostWriteBound",
        "2s",
        rule.within("at least 3s and at most 1m"),
      ],
      [
        "a quorum below the majority",
        "stores.cache.quorum",
        1,
        "must be 2, the majority of 3 sentinels; set quorum to 2",
      ],
      [
        "a quorum above the majority",
        "stores.cache.quorum",
        3,
        "must be 2, the majority of 3 sentinels; set quorum to 2",
      ],
      [
        "a point in time further back than RDS keeps",
        "stores.database.pointInTimeRecovery",
        "36d",
        rule.within("at least 1d and at most 35d"),
      ],
      [
        "an instance class that global databases refuse",
        "stores.database.instanceClass",
        "db.t4g.large",
        'must be a memory-optimised class, which Aurora global databases require and burstable ones are not; write it like "db.r6g.large"',
      ],
      [
        "an engine version that may differ between the regions",
        "stores.database.engineVersion",
        "16",
        'must be a full version with a minor; write it like "16.6"',
      ],
      [
        "an engine that nobody builds",
        "stores.database.engine",
        "mysql",
        "must have an engine: aurora-postgresql or rds-postgresql; set engine to one of them",
      ],
      [
        "an image whose releases would be told from signatures by nothing",
        "stores.images.releaseTags",
        "*",
        'must not match tags that begin with "sha256-": those are signatures, and would count as releases; begin it with what only releases begin with, like "v"',
      ],
      [
        "release tags that are a number",
        "stores.images.releaseTags",
        1,
        'must be a pattern of image tags; write it like "v*"',
      ],
      [
        "release tags that name a single release",
        "stores.images.releaseTags",
        "v1.2.3",
        'must have 1 to 4 "*": without one it is a single release, and ECR takes no more; write it like "v*"',
      ],
      [
        "no release kept",
        "stores.images.keptVersions",
        0,
        "must be a whole number of versions from 1 to 1000; correct the number",
      ],
      [
        "a repository's name that ECR refuses",
        "stores.images.repositories.0",
        "Data-Ingestion",
        rule.name(64),
      ],
      [
        "a repository that is in the list already",
        "stores.images.repositories.3",
        "signal-engine",
        "is in the list already; remove it, or rename one of the two",
      ],
      ["a store of an unknown kind", "stores.cache.kind", "redis", rule.kind],
      ["a schedule of four fields", "schedules.verify", "0 6 * *", rule.schedule],
      ["a schedule with seconds", "schedules.verify", "0 0 6 * * *", rule.schedule],
      ["a schedule at minute 60", "schedules.verify", "60 6 * * *", rule.schedule],
      ["a schedule that never fires", "schedules.verify", "0 6 30 2 *", rule.never],
      ["a schedule for days that no month has", "schedules.verify", "0 6 31 4,6 *", rule.never],
      ["a time zone on Mars", "schedules.timeZone", "Mars/Olympus", rule.timeZone],
      [
        "a time zone that Kubernetes would not find",
        "schedules.timeZone",
        "etc/utc",
        rule.timeZone,
      ],
      ["a time zone without a name", "schedules.timeZone", "+01:00", rule.timeZone],
      ["a job's image by tag", "jobs.image", "trading-dr/market-scanning/recovery:1.0", rule.image],
      [
        "a job's image without tag or digest",
        "jobs.image",
        "trading-dr/market-scanning/recovery",
        rule.image,
      ],
      [
        "a job's image that nothing copies to the other region",
        "jobs.image",
        `recovery@${digest}`,
        rule.repositories,
      ],
      [
        "a job's image in a repository that no system has",
        "jobs.image",
        `trading-dr/recovery@${digest}`,
        rule.repositories,
      ],
      [
        "a scratch image in another system's repository",
        "jobs.scratchImage",
        `trading-dr/hft/postgres@${digest}`,
        rule.repositories,
      ],
      [
        "a job's image in somebody else's registry",
        "jobs.image",
        `docker.io/trading-dr@${digest}`,
        rule.image,
      ],
      ["a scratch image by tag", "jobs.scratchImage", "postgres:16", rule.image],
      ["a recovery key that is no list", "jobs.recoveryRecipients", "age1", rule.key],
      ["no recovery key", "jobs.recoveryRecipients", [], rule.key],
      [
        "no disk to restore on",
        "jobs.scratchGibibytes",
        0,
        "must be a whole number of gibibytes from 1 to 16384; correct the number",
      ],
      [
        "events in a store that is not there",
        "jobs.events",
        "events",
        `there is no store of kind "objects" called "events"; use one of ${rule.exports}`,
      ],
      [
        "events in a store that holds no objects",
        "jobs.events",
        "cache",
        `there is no store of kind "objects" called "cache"; use one of ${rule.exports}`,
      ],
      [
        "a namespace too long for the one that backups are verified in",
        "namespace",
        "n".repeat(57),
        rule.name(56),
      ],
      ["a budget of zero", "budgets.backup", 0, rule.budget],
      ["a budget with a currency", "budgets.backup", "$10K", rule.budget],
      [
        "an id that is not the file's name",
        "id",
        "scanning",
        'must be the file\'s name, "market-scanning"; change one of the two',
      ],
      ["an id too long for a bucket's name", "id", "market-scanning-2", rule.name(15)],
      [
        "a data class without a store",
        "dataClasses.logs.stores",
        [],
        "must name at least one store",
      ],
      [
        "a data class in a store that is not there",
        "dataClasses.logs.stores.0",
        "logs",
        `there is no store "logs"; use one of ${rule.stores}, or add it to stores`,
      ],
      [
        "a data class kept longer than any of its stores keeps it",
        "dataClasses.user-data.retention",
        "8y",
        "its stores (database) keep nothing longer than 2557 days; shorten it, give a store a tier that lasts as long, or add a store that does",
      ],
      [
        "a backup into a tier that is not there",
        "stores.database.logicalBackups.frequent.tier",
        "hourly",
        'there is no tier "hourly"; use one of frequent, daily, monthly, or add it to tiers',
      ],
      [
        "a tier in a lock class that is not there",
        "tiers.daily.lockClass",
        "weekly",
        'there is no lock class "weekly"; use one of operational, daily, audit, regulated, or add it to lockClasses',
      ],
      [
        "an export into a store that is not there",
        "stores.time-series.export.store",
        "exports",
        `there is no store of kind "objects" called "exports"; use one of ${rule.exports}`,
      ],
      [
        "an export into a store that takes no objects",
        "stores.time-series.export.store",
        "cache",
        `there is no store of kind "objects" called "cache"; use one of ${rule.exports}`,
      ],
      [
        "colder storage before less cold storage",
        "tiers.monthly.transitions.STANDARD_IA",
        "100d",
        "S3 refuses STANDARD_IA at 100 days and then GLACIER at 90: objects only move to colder classes, and then expire; put them in that order",
      ],
      [
        "infrequent access sooner than S3 allows",
        "tiers.daily.transitions.STANDARD_IA",
        "10d",
        "S3 refuses STANDARD_IA before 30 days, got 10; move it to 30d or later",
      ],
      [
        "Deep Archive that is paid for beyond the expiration",
        "stores.financial-records.transitions.DEEP_ARCHIVE",
        "2378d",
        "DEEP_ARCHIVE at 2378 days must come at least 180 days before expiration at 2557 days, because objects are billed for that long there; make it earlier, make expiration later, or leave DEEP_ARCHIVE out",
      ],
      ["rebuilds that are no list", "stores.database.rebuilds", "us-west-2", rule.rebuilds],
      ["rebuilds that say nothing", "stores.database.rebuilds", null, rule.rebuilds],
      [
        "a setting shared between systems that nobody knows",
        "owns.0",
        "backups",
        "must be one of backup-region-settings, image-registry; choose one of them",
      ],
    ];
    for (const [what, path, value, message] of values) {
      it(what, () => {
        assert.deepEqual(problemsOf(stringify(changed({ [path]: value }))), [
          wrong(path, value, message),
        ]);
      });
    }
  });

  describe("is refused, with one problem, for", () => {
    const retention = (period: string, lockClass: string) =>
      `must be at least ${period}, the period of lock class ${lockClass}, because locked objects cannot be deleted sooner; raise it, or choose a lock class with a shorter period`;
    const cases: readonly (readonly [string, Changes, Finding])[] = [
      [
        "an acknowledgement of a class that is not there",
        { "unmetObjectives.0.dataClasses": ["signal"] },
        wrong(
          "unmetObjectives.0.dataClasses.0",
          "signal",
          'there is no data class "signal"; use one of signals, market-data, user-data, historical-market-data, configuration, logs, audit',
        ),
      ],
      [
        "an acknowledgement of a class that is called as every object's property is",
        { "unmetObjectives.0.dataClasses": ["constructor"] },
        wrong(
          "unmetObjectives.0.dataClasses.0",
          "constructor",
          'there is no data class "constructor"; use one of signals, market-data, user-data, historical-market-data, configuration, logs, audit',
        ),
      ],
      [
        "an acknowledgement of a store that is not there",
        {
          "unmetObjectives.0.dataClasses": ["user-data", "signals"],
          "unmetObjectives.0.stores": ["database", "cash"],
        },
        wrong(
          "unmetObjectives.0.stores.1",
          "cash",
          "holds none of the entry's data classes (user-data, signals); use one of database, cache, financial-records",
        ),
      ],
      [
        "an acknowledgement of a store that holds other classes",
        {
          "unmetObjectives.0.dataClasses": ["logs"],
          "unmetObjectives.0.stores": ["cache"],
        },
        wrong(
          "unmetObjectives.0.stores.0",
          "cache",
          "holds none of the entry's data classes (logs); use one of system-logs",
        ),
      ],
      [
        "an acknowledgement of a class that is in other stores",
        {
          "unmetObjectives.0.dataClasses": ["user-data", "signals", "logs"],
          "unmetObjectives.0.stores": ["cache", "system-logs"],
        },
        wrong(
          "unmetObjectives.0.dataClasses.0",
          "user-data",
          "is in none of the entry's stores (cache, system-logs); add one of database, or leave the class out",
        ),
      ],
      [
        "an acknowledgement for no store",
        { "unmetObjectives.0.stores": [] },
        wrong("unmetObjectives.0.stores", [], "must be a list of stores; name at least one"),
      ],
      [
        "an acknowledgement without a bound",
        { "unmetObjectives.0.accepted": "some" },
        wrong(
          "unmetObjectives.0.accepted",
          "some",
          'must be the longest bound that is accepted, like "45m", or none; correct it',
        ),
      ],
      [
        "an acknowledgement of nothing",
        { "unmetObjectives.0.scenarios": [] },
        wrong("unmetObjectives.0.scenarios", [], "must be a list of scenarios; name at least one"),
      ],
      [
        "a permission to weaken what is not known",
        { mayWeaken: ["everything"] },
        wrong(
          "mayWeaken.0",
          "everything",
          "must be one of objectives, retention, acknowledgements, exceptions; choose one of them",
        ),
      ],
      [
        "a measured rate of nothing",
        { measuredRates: { databaseRestore: { mebibytesPerSecond: 0, date: "2026-11-29" } } },
        wrong(
          "measuredRates.databaseRestore.mebibytesPerSecond",
          0,
          "must be a whole number of mebibytes per second from 1 to 1000000; correct the number",
        ),
      ],
      [
        "a tier that ends before its lock does",
        { "lockClasses.operational.period": "36d" },
        wrong("tiers.frequent.retention", "35d", retention("36d", "operational")),
      ],
      [
        "objects that expire before their lock does",
        { "stores.audit-records.lockClass": "regulated" },
        wrong("stores.audit-records.retention", "3y", retention("7y", "regulated")),
      ],
      [
        "a lock class whose name has a hyphen",
        { "lockClasses.long-term": { mode: "none" } },
        {
          path: "lockClasses.long-term",
          found: '{"mode":"none"}',
          line: "mode: none",
          message:
            "a lock class's name is one word, because it is part of bucket and vault names; remove the hyphen",
        },
      ],
      [
        "a lock class whose name does not fit a bucket's",
        { "lockClasses.twelveletter": { mode: "none" } },
        {
          path: "lockClasses.twelveletter",
          found: '{"mode":"none"}',
          line: "mode: none",
          message: rule.name(11),
        },
      ],
      [
        "a store whose name does not fit a CronJob's",
        { [`stores.${"s".repeat(27)}`]: { kind: "images" } },
        {
          path: `stores.${"s".repeat(27)}`,
          found: '{"kind":"images"}',
          line: "kind: images",
          message: rule.name(26),
        },
      ],
      [
        "a lock of mode none with a period",
        { "lockClasses.operational.mode": "none" },
        wrong(
          "lockClasses.operational.period",
          "30d",
          "must be absent with mode none; remove it, or set mode to governance",
        ),
      ],
      [
        "a compliance lock without a period",
        { "lockClasses.regulated.period": undefined },
        {
          path: "lockClasses.regulated.period",
          message: 'missing: must be given with mode compliance; write it like "90d"',
          line: "mode: compliance",
        },
      ],
      [
        "snapshots into a tier without a lock",
        { "lockClasses.daily": { mode: "none" } },
        wrong(
          "stores.database.snapshots.daily.tier",
          "daily",
          "lock class daily of tier daily has no lock, and snapshots are kept under one; choose a tier whose lock class has mode governance or compliance",
        ),
      ],
      [
        "commits blocked at a lag that Aurora does not take",
        {
          "stores.database.rpoEnforcement": "block",
          "stores.database.replicationLagLimit": "19s",
        },
        wrong(
          "stores.database.replicationLagLimit",
          "19s",
          "must be at least 20s while rpoEnforcement is block, because rds.global_db_rpo takes no less; raise it, or set rpoEnforcement to alarm",
        ),
      ],
      [
        "commits blocked by plain RDS, which cannot",
        { ...plainRds, "stores.database.rpoEnforcement": "block" },
        wrong(
          "stores.database.rpoEnforcement",
          "block",
          "must be alarm: plain RDS cannot stop commits while a replica lags; set it to alarm, or use engine aurora-postgresql",
        ),
      ],
      [
        "a survivor in a region that has no database",
        { "stores.database.rebuilds": [{ survivor: "eu-west-1", lost: "kept" }] },
        {
          ...wrong(
            "stores.database.rebuilds.0.survivor",
            "eu-west-1",
            "must be regions.primary (us-east-1) or regions.standby (us-west-2); name the region whose database survived",
          ),
          line: "- survivor: eu-west-1",
        },
      ],
      [
        "a survivor that is no region",
        { "stores.database.rebuilds": [{ survivor: "standby", lost: "kept" }] },
        {
          ...wrong(
            "stores.database.rebuilds.0.survivor",
            "standby",
            'must be an AWS region outside of us-gov and cn; write it like "us-east-1"',
          ),
          line: "- survivor: standby",
        },
      ],
      [
        "a lost database of which nobody knows what becomes",
        {
          "stores.database.rebuilds": [
            { survivor: "us-west-2", lost: "retired" },
            { survivor: "us-east-1", lost: "deleted" },
          ],
        },
        wrong(
          "stores.database.rebuilds.1.lost",
          "deleted",
          "must be one of kept, released, retired; choose one of them",
        ),
      ],
      [
        "a rebuild that does not say what becomes of the lost database",
        { "stores.database.rebuilds": [{ survivor: "us-west-2" }] },
        {
          path: "stores.database.rebuilds.0.lost",
          message: "missing: must be one of kept, released, retired; choose one of them",
          line: "- survivor: us-west-2",
        },
      ],
      [
        "a rebuild that is a region's name alone",
        { "stores.database.rebuilds": ["us-west-2"] },
        {
          path: "stores.database.rebuilds.0",
          found: '"us-west-2"',
          message: rule.rebuild,
          line: "- us-west-2",
        },
      ],
      [
        "a rebuild that says more than it can",
        {
          "stores.database.rebuilds": [{ survivor: "us-west-2", lost: "kept", date: "2026-11-21" }],
        },
        wrong("stores.database.rebuilds.0.date", "2026-11-21", rule.unknown("survivor, lost")),
      ],
      [
        "a section that is missing",
        { budgets: undefined },
        {
          path: "budgets",
          message:
            'missing: must be a mapping with the keys backup, transfer, storage; write one "key: value" a line',
        },
      ],
      [
        "an objective that is missing",
        { "dataClasses.signals.rpo": undefined },
        {
          path: "dataClasses.signals.rpo",
          message: `missing: ${rule.duration}`,
          line: "description: real-time trading signals",
        },
      ],
      [
        "a store without a kind",
        { "stores.cache.kind": undefined },
        {
          path: "stores.cache.kind",
          message: `missing: ${rule.kind}`,
          line: "description: latest prices and signals",
        },
      ],
    ];
    for (const [what, changes, problem] of cases) {
      it(what, () => {
        assert.deepEqual(problemsOf(stringify(changed(changes))), [problem]);
      });
    }

    it("a second database", () => {
      const second = settingAt("stores.database");
      assert.deepEqual(problemsOf(stringify(changed({ "stores.ledger": second }))), [
        {
          path: "stores.ledger",
          found: `${JSON.stringify(second).slice(0, 77)}...`,
          line: "kind: database",
          message:
            'a system has one database, and "database" is it; describe the other as a system of its own',
        },
      ]);
    });

    it("a second store of images", () => {
      const second = settingAt("stores.images");
      assert.deepEqual(problemsOf(stringify(changed({ "stores.charts": second }))), [
        {
          path: "stores.charts",
          found: `${JSON.stringify(second).slice(0, 77)}...`,
          line: "kind: images",
          message:
            'a system has one store of images, and "images" is it; list all repositories there',
        },
      ]);
    });

    it("a job's image without any store of images", () => {
      const image = `trading-dr/market-scanning/recovery@${digest}`;
      const configuration = settingAt("dataClasses.configuration") as object;
      const changes = {
        "jobs.image": image,
        "stores.images": undefined,
        "dataClasses.configuration": { ...configuration, stores: ["configuration"] },
        unmetObjectives: [],
      };
      assert.deepEqual(problemsOf(stringify(changed(changes))), [
        wrong(
          "jobs.image",
          image,
          "there is no store of images, and so no repository that both regions have; add a store of kind images with one for it",
        ),
      ]);
    });

    it("being empty", () => {
      assert.deepEqual(problemsOf("# nothing yet\n"), [
        {
          path: "",
          found: "null",
          message: `must be a mapping with the keys ${rule.sections}; write one "key: value" a line`,
        },
      ]);
    });

    it("text that is not YAML, with the line where it breaks off", () => {
      assert.deepEqual(problemsOf("id: market-scanning\nname: [Market\nplan: x.md # here\n"), [
        {
          path: "",
          line: "plan: x.md # here",
          message:
            "not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]; correct the syntax",
        },
      ]);
    });
  });

  it("that is not there is refused with the systems that are", () => {
    writeFileSync(join(directory, `${id}.yaml`), "");
    assert.throws(
      () => loadSystem("hft", directory),
      new ConfigurationError([
        {
          file: relative(process.cwd(), join(directory, "hft.yaml")),
          path: "",
          message: 'there is no system "hft"; use one of market-scanning, or add the file',
        },
      ]),
    );
  });

  it("with problems in five sections is refused with all of them at once", () => {
    const text = stringify(
      changed({
        "regions.backup": "eu-west-1",
        "regions.standby": "us-east-1",
        "failover.checkInterval": "20s",
        "stores.time-series.export.store": "exports",
        "schedules.verify": "daily",
        "budgets.backup": 0,
      }),
    );
    assert.deepEqual(problemsOf(text), [
      // An unknown key hides no other problem of its section
      wrong("regions.backup", "eu-west-1", rule.unknown(rule.regions)),
      wrong(
        "regions.standby",
        "us-east-1",
        "must differ from regions.primary (us-east-1); name another region",
      ),
      wrong(
        "failover.checkInterval",
        "20s",
        "must be 10s or 30s, the two intervals that Route 53 offers; choose one of them",
      ),
      wrong("schedules.verify", "daily", rule.schedule),
      wrong("budgets.backup", 0, rule.budget),
      wrong(
        "stores.time-series.export.store",
        "exports",
        `there is no store of kind "objects" called "exports"; use one of ${rule.exports}`,
      ),
    ]);
  });

  it("reports problems between sections beside problems inside of them", () => {
    const findings = problemsOf(
      stringify(
        changed({
          "tiers.daily.lockClass": "weekly",
          "dataClasses.user-data.retention": "8y",
          "stores.cache.replica": 2,
          "stores.cache.replicas": 0,
          "stores.database.rebuilds": [{ survivor: "eu-west-1", lost: "kept" }],
          "stores.time-series.export.store": "exports",
        }),
      ),
    );
    assert.deepEqual(findings.map(({ path }) => path).sort(), [
      "dataClasses.user-data.retention",
      "stores.cache.replica",
      "stores.cache.replicas",
      "stores.database.rebuilds.0.survivor",
      "stores.time-series.export.store",
      "tiers.daily.lockClass",
    ]);
  });

  it("compares no survivor with regions that are wrong themselves", () => {
    const findings = problemsOf(
      stringify(
        changed({
          "regions.primary": "us-east",
          "stores.database.rebuilds": [{ survivor: "us-east-1", lost: "kept" }],
        }),
      ),
    );
    assert.deepEqual(
      findings.map(({ path }) => path),
      ["regions.primary"],
    );
  });

  it("does not call an entry missing that is there with a problem of its own", () => {
    const findings = problemsOf(
      stringify(changed({ "stores.cache.replicas": 0, "tiers.frequent.retention": 35 })),
    );
    assert.deepEqual(findings.map(({ path }) => path).sort(), [
      "stores.cache.replicas",
      "tiers.frequent.retention",
    ]);
  });

  describe("is refused, not crashed on, when a mapping is written as a list:", () => {
    for (const path of [
      "regions",
      "tiers",
      "tiers.daily",
      "lockClasses.operational",
      "stores.database",
    ]) {
      it(path, () => {
        assert.deepEqual(
          problemsOf(stringify(changed({ [path]: [] }))).map((finding) => finding.path),
          [path],
        );
      });
    }

    it("the file itself", () => {
      assert.deepEqual(
        problemsOf("- a\n").map(({ path, message }) => [path, message.slice(0, 31)]),
        [["", "must be a mapping with the keys"]],
      );
    });

    it("nothing at all", () => {
      assert.deepEqual(
        problemsOf("").map(({ path, message }) => [path, message.slice(0, 31)]),
        [["", "must be a mapping with the keys"]],
      );
    });
  });

  for (const schedule of [
    "H 2 * * *",
    "0 2 L * *",
    "0 2 * * 5L",
    "0 2 * * 5#2",
    "*/100 * * * *",
    "61 * * * *",
    "0 2 ? * *",
    "@daily",
  ]) {
    it(`is refused with the schedule ${schedule}, which Kubernetes does not know`, () => {
      assert.deepEqual(problemsOf(stringify(changed({ "schedules.verify": schedule }))), [
        wrong("schedules.verify", schedule, rule.schedule),
      ]);
    });
  }

  for (const schedule of ["0 6 * * 7", "0 6 * * 5-7", "0 6 * * 1,7", "0 6 * * 07"]) {
    it(`is refused with the schedule ${schedule}, whose day 7 Kubernetes refuses`, () => {
      assert.deepEqual(problemsOf(stringify(changed({ "schedules.verify": schedule }))), [
        wrong(
          "schedules.verify",
          schedule,
          'must write Sunday as 0, because Kubernetes refuses 7; a range that ends in 7 becomes a list, like "0,5,6"',
        ),
      ]);
    });
  }

  for (const path of ["stores.database.snapshots.daily.schedule", "schedules.recoveryTest"]) {
    it(`is refused when ${path} is one that AWS Backup cannot fire`, () => {
      assert.deepEqual(problemsOf(stringify(changed({ [path]: "0 4 1 * 1" }))), [
        wrong(
          path,
          "0 4 1 * 1",
          "must leave the day of the month or the day of the week at *, because AWS Backup cannot combine the two; restrict one of them only",
        ),
      ]);
    });
  }

  it("is refused when the windows of RDS overlap, or are too short", () => {
    assert.deepEqual(
      problemsOf(
        stringify(
          changed({
            "stores.database.backupWindow": "05:30-05:45",
          }),
        ),
      ),
      [
        wrong(
          "stores.database.backupWindow",
          "05:30-05:45",
          "must be at least 30 minutes long, as RDS asks; let it end later",
        ),
        wrong(
          "stores.database.maintenanceWindow",
          "sun:05:00-sun:06:00",
          "must not overlap the backup window 05:30-05:45, which RDS refuses; move one of the two",
        ),
      ],
    );
  });

  it("is refused with an entry called constructor, which every object seems to have", () => {
    assert.deepEqual(
      problemsOf(stringify(changed({ "tiers.daily.lockClass": "constructor" }))).map(
        ({ path }) => path,
      ),
      ["tiers.daily.lockClass"],
    );
  });

  describe("is accepted with", () => {
    const limits: readonly (readonly [string, Changes])[] = [
      ["no change at all", {}],
      ["the writer in the standby region", { "regions.active": "us-west-2" }],
      ["records kept by clients for a minute", { "failover.recordTtl": "60s" }],
      ["the slower check interval", { "failover.checkInterval": "30s" }],
      [
        "a schedule every seventh weekday, whose step is no day",
        { "schedules.verify": "0 6 * * 0/7" },
      ],
      ["an objective of zero", { "dataClasses.signals.rpo": "0s" }],
      [
        "five sentinels and their majority",
        { "stores.cache.sentinels": 5, "stores.cache.quorum": 3 },
      ],
      ["a tier that ends with its lock", { "lockClasses.operational.period": "35d" }],
      ["a lock class of eleven letters", { "lockClasses.elevenchars": { mode: "none" } }],
      [
        "Deep Archive on the last day that is worth it",
        { "tiers.monthly.transitions.DEEP_ARCHIVE": "2377d" },
      ],
      [
        "commits blocked at the lowest lag",
        {
          "stores.database.rpoEnforcement": "block",
          "stores.database.replicationLagLimit": "20s",
        },
      ],
      ["plain RDS that raises an alarm", plainRds],
      [
        "the jobs' images in the system's own repositories",
        {
          "jobs.image": `trading-dr/market-scanning/recovery@${digest}`,
          "jobs.scratchImage": `trading-dr/market-scanning/postgres@${digest}`,
        },
      ],
      ["a database that was never rebuilt", { "stores.database.rebuilds": [] }],
      [
        "databases that were rebuilt in both regions",
        {
          "stores.database.rebuilds": [
            { survivor: "us-west-2", lost: "retired" },
            { survivor: "us-east-1", lost: "released" },
            { survivor: "us-east-1", lost: "kept" },
          ],
        },
      ],
    ];
    for (const [what, changes] of limits) {
      it(what, () => {
        assert.deepEqual(problemsOf(stringify(changed(changes))), []);
      });
    }
  });

  for (const engine of ["aurora-postgresql", "rds-postgresql"]) {
    it(`says of a database that no rebuild is told of that it has had none, for ${engine}`, () => {
      const text = stringify(changed(engine === "rds-postgresql" ? plainRds : {}));
      writeFileSync(join(directory, `${id}.yaml`), text);
      const { database } = loadSystem(id, directory).stores;
      assert.ok(database?.kind === "database");
      assert.equal(database.engine, engine);
      assert.deepEqual(database.rebuilds, []);
    });
  }

  it("gives durations as written and in seconds", () => {
    const { dataClasses, lockClasses } = loadSystem(id, systemsDirectory);
    assert.deepEqual(dataClasses["signals"]?.rpo, { text: "30s", seconds: 30 });
    assert.deepEqual(lockClasses["regulated"]?.period, { text: "7y", seconds: 2_557 * 86_400 });
  });
});

describe("the system files", () => {
  const ids = systemIds(systemsDirectory);

  for (const system of ids) {
    it(`${system} is sound`, () => {
      assert.equal(loadSystem(system, systemsDirectory).id, system);
    });

    it(`${system} says in a comment where each figure comes from`, () => {
      assert.deepEqual(
        unexplained(readFileSync(join(systemsDirectory, `${system}.yaml`), "utf8")),
        [],
      );
    });
  }

  it("would be caught with a figure that nobody explains", () => {
    const text = [
      "failover: # Plan",
      "  recordTtl: 60s",
      "  # Plan",
      "budgets:",
      "  backup: 10",
      "  storage: 20 # Plan",
      "  transfer: '30 # no comment'",
      "stores: {cache: {sentinels: 3}} # Plan",
    ];
    assert.deepEqual(unexplained(text.join("\n")), ["backup: 10", "transfer: '30 # no comment'"]);
  });

  it("give every shared setting exactly one owner", () => {
    const owned = ids.flatMap((system) => loadSystem(system, systemsDirectory).owns);
    assert.deepEqual(owned.sort(), ["backup-region-settings", "image-registry"]);
  });
});

/**
 * Lines of a system file with a figure that nobody explains. A figure is a value with a digit in it;
 * names, descriptions and the active region, which repeats another, are none. It is explained by a
 * comment on its own line, or on the line of the mapping or list that holds it. What is acknowledged
 * has its reason beside it.
 */
function unexplained(text: string): string[] {
  const lines = text.split("\n");
  const counter = new LineCounter();
  const found: string[] = [];
  const lineAt = (offset: number) => lines[counter.linePos(offset).line - 1] ?? "";
  visit(parseDocument(text, { lineCounter: counter }), {
    Scalar(key, node, ancestors) {
      if (key === "key" || !/\d/.test(String(node.value))) {
        return;
      }
      // The setting itself and what holds it, innermost first
      const keys = ancestors
        .filter(isPair)
        .map((pair) => pair.key)
        .filter(isScalar)
        .reverse();
      if (
        ["id", "name", "plan", "description", "active"].includes(String(keys[0]?.value)) ||
        keys.at(-1)?.value === "unmetObjectives"
      ) {
        return;
      }
      const places = [node, ...keys.slice(0, 2)].map(({ range }) => lineAt(range?.[0] ?? 0));
      if (!places.some((line) => /\s#\s/.test(line.replace(/(["'])[^"']*\1/g, "")))) {
        found.push(String(places[0]).trim());
      }
    },
  });
  return found;
}
