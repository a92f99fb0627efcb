import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import {
  compareWith,
  type Weakening,
  weakeningsBetween,
} from "../../../preview/against/comparison";
import { PreviewRefusal } from "../../../preview/refusal";
import { editCopy, projectDirectory } from "../../support/projectCopy";

/** A file's contents, with something of everything that is compared. */
function contents(): Record<string, unknown> {
  return {
    failover: { recordTtl: "60s", checkInterval: "10s", checkFailures: 3, operatorDecision: "5m" },
    oldVersionRetention: "90d",
    accessLogRetention: "3y",
    lockClasses: {
      open: { mode: "none" },
      operational: { mode: "governance", period: "30d" },
      short: { mode: "compliance", period: "6y" },
      audit: { mode: "governance", period: "7y" },
      regulated: { mode: "compliance", period: "7y" },
    },
    tiers: {
      frequent: { lockClass: "operational", retention: "35d" },
      yearly: { lockClass: "regulated", retention: "7y" },
      monthly: { lockClass: "regulated", retention: "8y" },
    },
    dataClasses: {
      signals: { rto: "1m", rpo: "30s", retention: "7y", stores: ["database", "cache", "records"] },
      quotes: { rto: "5m", rpo: "1m", retention: "30d", stores: ["series", "topics"] },
    },
    scenarios: { region: { rto: "30m", rpo: "5m" }, zone: { rto: "30s" } },
    unmetObjectives: [
      {
        dataClasses: ["signals"],
        stores: ["database"],
        scenarios: ["region", "zone"],
        kinds: ["rpo"],
        accepted: "15m",
        reason: "the archive is copied to once in a while",
        approver: "Chief risk officer",
        date: "2026-11-01",
      },
    ],
    stores: {
      database: {
        kind: "database",
        pointInTimeRecovery: "35d",
        replicationLagLimit: "30s",
        rpoEnforcement: "block",
        logRetention: "1y",
        snapshots: { daily: { schedule: "0 4 * * *", tier: "frequent" } },
        logicalBackups: {
          frequent: { schedule: "*/15 * * * *", tier: "frequent" },
          monthly: { schedule: "30 2 1 * *", tier: "monthly" },
        },
      },
      cache: {
        kind: "cache",
        detection: "5s",
        lostWriteBound: "10s",
        standby: "replication",
        snapshots: { schedule: "*/15 * * * *", tier: "frequent" },
      },
      series: {
        kind: "time-series",
        retention: "7d",
        standby: "streaming",
        export: { schedule: "0 * * * *", store: "records" },
      },
      topics: {
        kind: "topics",
        classes: { critical: { retention: "7d" } },
        configurationBackup: { schedule: "15 1 * * *", tier: "monthly" },
      },
      images: { kind: "images", keptVersions: 50 },
      documents: { kind: "files", backup: { schedule: "*/5 * * * *", tier: "frequent" } },
      records: { kind: "objects", lockClass: "regulated", retention: "7y" },
      logs: { kind: "objects", lockClass: "operational", retention: "1y" },
    },
    schedules: { timeZone: "Etc/UTC" },
  };
}

/** Settings by their path; undefined for what is taken out. */
type Edits = Readonly<Record<string, unknown>>;

/** The contents with some edits. */
function edited(edits: Edits): Record<string, unknown> {
  const file = contents();
  for (const [path, value] of Object.entries(edits)) {
    const place = path.split(".");
    const last = place.pop() ?? "";
    const section = place.reduce<Record<string, unknown>>((outer, name) => {
      outer[name] ??= {};
      return outer[name] as Record<string, unknown>;
    }, file);
    if (value === undefined) {
      Reflect.deleteProperty(section, last);
    } else {
      section[last] = value;
    }
  }
  return file;
}

/** Something weaker: where, what it takes to be allowed, and the change. */
type Told = readonly [path: string, what: Weakening["what"], change: string];

/** What is told, nothing of which was allowed, where there is nothing to remark. */
function told(before: unknown, after: unknown): Told[] {
  const { weakenings, remarks } = weakeningsBetween("hft", before, after);
  assert.deepEqual(remarks, []);
  return weakenings.map(({ system, path, what, change, allowed }) => {
    assert.deepEqual({ system, allowed }, { system: "hft", allowed: false });
    return [path, what, change];
  });
}

/** An acknowledgement of a class's objectives. */
function acknowledged(changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    dataClasses: ["signals"],
    stores: ["database"],
    scenarios: ["region", "zone"],
    kinds: ["rpo"],
    accepted: "15m",
    ...changes,
  };
}

/** What a change is, the settings that it edits, and what is told of it. */
type Case = readonly [what: string, edits: Edits, told: readonly Told[]];

const objectives: readonly Case[] = [
  [
    "a longer recovery time",
    { "dataClasses.signals.rto": "2m" },
    [["dataClasses.signals.rto", "objectives", "1m before, 2m now"]],
  ],
  [
    "a longer recovery point, whatever the unit",
    { "dataClasses.signals.rpo": "1m" },
    [["dataClasses.signals.rpo", "objectives", "30s before, 1m now"]],
  ],
  [
    "a data class that is gone, whose data need not be kept any more either",
    { "dataClasses.quotes": undefined },
    [
      ["dataClasses.quotes", "objectives", "the whole entry before, nothing now"],
      ["dataClasses.quotes.retention", "retention", "30d before, nothing now"],
    ],
  ],
  [
    "stores taken out of a data class",
    { "dataClasses.signals.stores": ["database"] },
    [["dataClasses.signals.stores", "objectives", "cache, records before, not now"]],
  ],
  [
    "longer figures for a disaster",
    { "scenarios.region": { rto: "1h", rpo: "6m" } },
    [
      ["scenarios.region.rto", "objectives", "30m before, 1h now"],
      ["scenarios.region.rpo", "objectives", "5m before, 6m now"],
    ],
  ],
  [
    "a figure for a disaster that is gone, with every class for which it was shorter",
    { "scenarios.zone": undefined },
    [
      [
        "scenarios.zone.rto",
        "objectives",
        "30s before, none now: 1m of signals, 5m of quotes hold",
      ],
    ],
  ],
  [
    "a figure for a disaster where there was none, with every class for which it is longer",
    { "scenarios.pod": { rpo: "2m" } },
    [["scenarios.pod.rpo", "objectives", "none before, 2m now: 30s of signals, 1m of quotes held"]],
  ],
  [
    "more time for the operator",
    { "failover.operatorDecision": "6m" },
    [["failover.operatorDecision", "objectives", "5m before, 6m now"]],
  ],
  [
    "a longer life of the record",
    { "failover.recordTtl": "61s" },
    [["failover.recordTtl", "objectives", "60s before, 61s now"]],
  ],
  [
    "rarer checks",
    { "failover.checkInterval": "30s" },
    [["failover.checkInterval", "objectives", "10s before, 30s now"]],
  ],
  [
    "more checks that must fail",
    { "failover.checkFailures": 4 },
    [["failover.checkFailures", "objectives", "3 before, 4 now"]],
  ],
  [
    "a lag that only raises an alarm",
    { "stores.database.rpoEnforcement": "alarm" },
    [["stores.database.rpoEnforcement", "objectives", "block before, alarm now"]],
  ],
  [
    "a higher limit of the lag",
    { "stores.database.replicationLagLimit": "1m" },
    [["stores.database.replicationLagLimit", "objectives", "30s before, 1m now"]],
  ],
  [
    "a slower detection",
    { "stores.cache.detection": "6s" },
    [["stores.cache.detection", "objectives", "5s before, 6s now"]],
  ],
  [
    "a higher bound of lost writes",
    { "stores.cache.lostWriteBound": "11s" },
    [["stores.cache.lostWriteBound", "objectives", "10s before, 11s now"]],
  ],
  [
    "a cache's standby that is loaded from snapshots",
    { "stores.cache.standby": "snapshots" },
    [["stores.cache.standby", "objectives", "replication before, snapshots now"]],
  ],
  [
    "a standby of time series that is loaded from exports",
    { "stores.series.standby": "exports" },
    [["stores.series.standby", "objectives", "streaming before, exports now"]],
  ],
  [
    "rarer snapshots of the database",
    { "stores.database.snapshots.daily.schedule": "0 4 * * 0" },
    [
      [
        "stores.database.snapshots.daily.schedule",
        "objectives",
        "up to 1d apart before, up to 7d apart now",
      ],
    ],
  ],
  [
    "rarer dumps of the database, though most are as far apart as before",
    { "stores.database.logicalBackups.frequent.schedule": "*/15 1-23 * * *" },
    [
      [
        "stores.database.logicalBackups.frequent.schedule",
        "objectives",
        "up to 15m apart before, up to 1h 15m apart now",
      ],
    ],
  ],
  [
    "rarer snapshots of a cache",
    { "stores.cache.snapshots.schedule": "*/20 * * * *" },
    [
      [
        "stores.cache.snapshots.schedule",
        "objectives",
        "up to 15m apart before, up to 20m apart now",
      ],
    ],
  ],
  [
    "rarer backups of files",
    { "stores.documents.backup.schedule": "*/10 * * * *" },
    [
      [
        "stores.documents.backup.schedule",
        "objectives",
        "up to 5m apart before, up to 10m apart now",
      ],
    ],
  ],
  [
    "rarer backups of topics' configuration",
    { "stores.topics.configurationBackup.schedule": "15 1 * * 1" },
    [
      [
        "stores.topics.configurationBackup.schedule",
        "objectives",
        "up to 1d apart before, up to 7d apart now",
      ],
    ],
  ],
  [
    "rarer exports of time series",
    { "stores.series.export.schedule": "0 */2 * * *" },
    [["stores.series.export.schedule", "objectives", "up to 1h apart before, up to 2h apart now"]],
  ],
  [
    "a time zone in which a day has 25 hours once a year",
    { "schedules.timeZone": "America/New_York" },
    [
      [
        "stores.database.snapshots.daily.schedule",
        "objectives",
        "up to 1d apart before, up to 1d 1h apart now",
      ],
      [
        "stores.database.logicalBackups.monthly.schedule",
        "objectives",
        "up to 31d apart before, up to 31d 1h apart now",
      ],
    ],
  ],
  [
    "dumps and snapshots of the database that are gone",
    {
      "stores.database.snapshots.daily": undefined,
      "stores.database.logicalBackups.frequent": undefined,
    },
    [
      ["stores.database.snapshots.daily", "objectives", "the whole entry before, nothing now"],
      [
        "stores.database.logicalBackups.frequent",
        "objectives",
        "the whole entry before, nothing now",
      ],
    ],
  ],
  [
    "a store that is gone, which keeps nothing any more either",
    { "stores.database": undefined },
    [
      ["stores.database", "objectives", "the whole entry before, nothing now"],
      ["stores.database.pointInTimeRecovery", "retention", "35d before, nothing now"],
      ["stores.database.logRetention", "retention", "1y before, nothing now"],
    ],
  ],
  [
    "a setting that is gone",
    { "stores.documents.backup.schedule": undefined },
    [["stores.documents.backup.schedule", "objectives", "up to 5m apart before, nothing now"]],
  ],
];

const retention: readonly Case[] = [
  ...(
    [
      ["old versions of objects", "oldVersionRetention", "90d", "89d"],
      ["records of access", "accessLogRetention", "3y", "2y"],
      ["a tier's recovery points", "tiers.frequent.retention", "35d", "30d"],
      ["a class's data", "dataClasses.signals.retention", "7y", "2556d"],
      ["a store's objects", "stores.logs.retention", "1y", "365d"],
      ["points of time series", "stores.series.retention", "7d", "6d"],
      ["messages of topics", "stores.topics.classes.critical.retention", "7d", "1d"],
      ["changes of the database", "stores.database.pointInTimeRecovery", "35d", "7d"],
      ["the database's log", "stores.database.logRetention", "1y", "30d"],
    ] as const
  ).map(([what, path, before, now]): Case => [
    `a shorter retention of ${what}`,
    { [path]: now },
    [[path, "retention", `${before} before, ${now} now`]],
  ]),
  [
    "fewer versions of images",
    { "stores.images.keptVersions": 49 },
    [["stores.images.keptVersions", "retention", "50 before, 49 now"]],
  ],
  [
    "a shorter lock, but not again of all that has it",
    { "lockClasses.operational.period": "7d" },
    [["lockClasses.operational.period", "retention", "30d before, 7d now"]],
  ],
  [
    "a lock that a role can lift, but not again of all that has it",
    { "lockClasses.regulated.mode": "governance" },
    [["lockClasses.regulated.mode", "retention", "compliance before, governance now"]],
  ],
  [
    "a lock that is none",
    { "lockClasses.operational": { mode: "none" } },
    [
      ["lockClasses.operational.period", "retention", "30d before, nothing now"],
      ["lockClasses.operational.mode", "retention", "governance before, none now"],
    ],
  ],
  [
    "a lock class that is gone",
    { "lockClasses.audit": undefined },
    [["lockClasses.audit", "retention", "the whole entry before, nothing now"]],
  ],
  [
    "a tier that is gone, and the shorter one in its place",
    {
      "tiers.monthly": undefined,
      "stores.database.logicalBackups.monthly.tier": "frequent",
      "stores.topics.configurationBackup.tier": "frequent",
    },
    [
      ["tiers.monthly", "retention", "the whole entry before, nothing now"],
      ...[
        "stores.database.logicalBackups.monthly.tier",
        "stores.topics.configurationBackup.tier",
      ].map((path): Told => [
        path,
        "retention",
        "monthly (8y, lock class regulated (compliance, 7y)) before, frequent (35d, lock class operational (governance, 30d)) now",
      ]),
    ],
  ],
  [
    "another tier of copies, as strongly locked but shorter",
    { "stores.database.logicalBackups.monthly.tier": "yearly" },
    [
      [
        "stores.database.logicalBackups.monthly.tier",
        "retention",
        "monthly (8y, lock class regulated (compliance, 7y)) before, yearly (7y, lock class regulated (compliance, 7y)) now",
      ],
    ],
  ],
  [
    "another lock class of a tier, as long but of a weaker mode",
    { "tiers.monthly.lockClass": "audit" },
    [
      [
        "tiers.monthly.lockClass",
        "retention",
        "regulated (compliance, 7y) before, audit (governance, 7y) now",
      ],
    ],
  ],
  [
    "another lock class of a tier, as strong but shorter",
    { "tiers.monthly.lockClass": "short" },
    [
      [
        "tiers.monthly.lockClass",
        "retention",
        "regulated (compliance, 7y) before, short (compliance, 6y) now",
      ],
    ],
  ],
  [
    "another lock class of a store, which is no lock",
    { "stores.logs.lockClass": "open" },
    [
      [
        "stores.logs.lockClass",
        "retention",
        "operational (governance, 30d) before, open (none) now",
      ],
    ],
  ],
  [
    "another store for exports, which keeps them shorter",
    { "stores.series.export.store": "logs" },
    [
      [
        "stores.series.export.store",
        "retention",
        "records (7y, lock class regulated (compliance, 7y)) before, logs (1y, lock class operational (governance, 30d)) now",
      ],
    ],
  ],
];

const acknowledgements: readonly Case[] = [
  [
    "a new entry",
    {
      "unmetObjectives.1": acknowledged({
        dataClasses: ["signals", "quotes"],
        stores: ["cache", "series"],
        scenarios: ["pod", "node"],
        kinds: ["rpo", "rto"],
        accepted: "45m",
      }),
    },
    [
      [
        "unmetObjectives.1",
        "acknowledgements",
        "not accepted before, up to 45m now: signals in cache for pod, node (rpo, rto) and quotes in series for pod, node (rpo, rto)",
      ],
    ],
  ],
  [
    "one more class, disaster and kind in an entry, without those that were in it",
    {
      "unmetObjectives.0": acknowledged({
        dataClasses: ["signals", "quotes"],
        stores: ["database", "series", "topics"],
        scenarios: ["region", "zone", "pod"],
        kinds: ["rpo", "rto"],
      }),
    },
    [
      [
        "unmetObjectives.0",
        "acknowledgements",
        "not accepted before, up to 15m now: signals in database for region, zone (rto), pod (rpo, rto) and quotes in series, topics for region, zone, pod (rpo, rto)",
      ],
    ],
  ],
  [
    "more stores in an entry",
    { "unmetObjectives.0": acknowledged({ stores: ["database", "cache", "records"] }) },
    [
      [
        "unmetObjectives.0",
        "acknowledgements",
        "not accepted before, up to 15m now: signals in cache, records for region, zone (rpo)",
      ],
    ],
  ],
  [
    "an entry that goes further than another",
    { "unmetObjectives.1": acknowledged({ accepted: "12h" }) },
    [
      [
        "unmetObjectives.1",
        "acknowledgements",
        "up to 15m before, up to 12h now: signals in database for region, zone (rpo)",
      ],
    ],
  ],
  [
    "a higher bound",
    { "unmetObjectives.0": acknowledged({ accepted: "16m" }) },
    [
      [
        "unmetObjectives.0",
        "acknowledgements",
        "up to 15m before, up to 16m now: signals in database for region, zone (rpo)",
      ],
    ],
  ],
  [
    "a bound that is given up, and what is new beside it",
    {
      "unmetObjectives.0": acknowledged({
        dataClasses: ["signals", "quotes"],
        stores: ["database", "series"],
        accepted: "none",
      }),
    },
    [
      [
        "unmetObjectives.0",
        "acknowledgements",
        "up to 15m before, without bound now: signals in database for region, zone (rpo); not accepted before, without bound now: quotes in series for region, zone (rpo)",
      ],
    ],
  ],
];

/** Contents with nothing but one class, and figures for one disaster. */
function figures(own: string, ofScenario: string | undefined): unknown {
  return {
    dataClasses: { signals: { rpo: own } },
    scenarios: ofScenario === undefined ? {} : { region: { rpo: ofScenario } },
  };
}

const seconds = (text: string) => Number(text.replace("s", ""));

describe("promises compared with those of another commit", () => {
  it("are as they were where nothing has changed", () => {
    assert.deepEqual(told(contents(), contents()), []);
  });

  for (const [title, cases] of Object.entries({ objectives, retention, acknowledgements })) {
    describe(`of ${title}`, () => {
      for (const [what, edits, weaker] of cases) {
        it(`are weaker by ${what}`, () => {
          assert.deepEqual(told(contents(), edited(edits)), weaker);
        });

        it(`are not weaker by the opposite of ${what}`, () => {
          assert.deepEqual(told(edited(edits), contents()), []);
        });
      }
    });
  }

  describe("of a disaster", () => {
    it("tell of the classes alone for which one figure less or more is longer", () => {
      assert.deepEqual(
        [
          told(edited({ "scenarios.zone.rto": "2m" }), edited({ "scenarios.zone": undefined })),
          told(contents(), edited({ "scenarios.pod": { rto: "2m" } })),
        ],
        [
          [["scenarios.zone.rto", "objectives", "2m before, none now: 5m of quotes holds"]],
          [["scenarios.pod.rto", "objectives", "none before, 2m now: 1m of signals held"]],
        ],
      );
    });

    it("tell nothing of classes that are new, or gone", () => {
      const [few, many] = [edited({ "dataClasses.quotes": undefined }), contents()];
      const without = { ...many, scenarios: {} };
      assert.deepEqual(told({ ...few, scenarios: { zone: { rto: "1m" } } }, without), []);
      assert.deepEqual(told(without, { ...few, scenarios: { zone: { rto: "1m" } } }), [
        ["dataClasses.quotes", "objectives", "the whole entry before, nothing now"],
        ["dataClasses.quotes.retention", "retention", "30d before, nothing now"],
      ]);
    });

    it("tell once of a class whose own figure is why an objective is longer", () => {
      assert.deepEqual(
        [
          told(figures("10s", "30s"), figures("60s", undefined)),
          told(figures("10s", undefined), figures("60s", "30s")),
        ],
        [
          [["dataClasses.signals.rpo", "objectives", "10s before, 60s now"]],
          [["dataClasses.signals.rpo", "objectives", "10s before, 60s now"]],
        ],
      );
    });

    it("tell of both where each by itself made an objective longer", () => {
      assert.deepEqual(told(figures("30s", "10s"), figures("60s", undefined)), [
        ["dataClasses.signals.rpo", "objectives", "30s before, 60s now"],
        ["scenarios.region.rpo", "objectives", "10s before, none now: 60s of signals holds"],
      ]);
    });

    it("tell of something exactly where an objective, or the class's own figure, is longer", () => {
      const lengths = ["10s", "30s", "60s"];
      const pairs = lengths.flatMap((own) => lengths.map((ownNow) => ({ own, ownNow })));
      for (const { own, ownNow } of pairs) {
        for (const scenario of [...lengths, undefined]) {
          for (const scenarioNow of [...lengths, undefined]) {
            const [before, after] = [figures(own, scenario), figures(ownNow, scenarioNow)];
            const isLonger =
              seconds(ownNow) > seconds(own) ||
              seconds(scenarioNow ?? ownNow) > seconds(scenario ?? own);
            assert.equal(told(before, after).length > 0, isLonger, JSON.stringify([before, after]));
          }
        }
      }
    });
  });

  it("are not weaker by what is merely different", () => {
    assert.deepEqual(
      told(
        contents(),
        edited({
          plan: "other.md",
          "failover.mode": "operator",
          "stores.database.instanceClass": "db.r6g.xlarge",
          "stores.database.snapshots.daily.schedule": "30 5 * * *",
          "tiers.other": { lockClass: "audit", retention: "7y" },
          "stores.logs.lockClass": "audit",
          "dataClasses.signals.stores": ["records", "cache", "database"],
        }),
      ),
      [],
    );
  });

  it("are not weaker by an acknowledgement that is in another entry now", () => {
    const [region, zone] = ["region", "zone"].map((scenario) =>
      acknowledged({ scenarios: [scenario], accepted: "10m" }),
    );
    assert.deepEqual(told(contents(), { ...contents(), unmetObjectives: [zone, region] }), []);
  });

  it("are not weaker by an acknowledgement that is divided between its stores", () => {
    const [whole, database, records] = [["database", "records"], ["database"], ["records"]].map(
      (stores) => acknowledged({ stores }),
    );
    assert.deepEqual(
      told(
        { ...contents(), unmetObjectives: [whole] },
        { ...contents(), unmetObjectives: [records, database] },
      ),
      [],
    );
  });

  it("are weaker by an acknowledgement of another store in place of one", () => {
    assert.deepEqual(
      told(
        edited({ "unmetObjectives.0": acknowledged({ stores: ["database", "records"] }) }),
        edited({
          "unmetObjectives.0": acknowledged({ stores: ["cache", "records"], accepted: "16m" }),
        }),
      ),
      [
        [
          "unmetObjectives.0",
          "acknowledgements",
          "not accepted before, up to 16m now: signals in cache for region, zone (rpo); up to 15m before, up to 16m now: signals in records for region, zone (rpo)",
        ],
      ],
    );
  });

  it("are weaker by a store that comes into a class and is in its entry already", () => {
    const entries = {
      "unmetObjectives.0": acknowledged({
        dataClasses: ["signals", "quotes"],
        stores: ["database", "topics"],
      }),
    };
    const stores = ["database", "cache", "records", "topics"];
    assert.deepEqual(
      told(edited(entries), edited({ ...entries, "dataClasses.signals.stores": stores })),
      [
        [
          "unmetObjectives.0",
          "acknowledgements",
          "not accepted before, up to 15m now: signals in topics for region, zone (rpo)",
        ],
      ],
    );
  });

  it("tell apart what is new of a class in one store and in another", () => {
    const before = acknowledged({ stores: ["cache"], scenarios: ["pod"] });
    const after = acknowledged({ stores: ["cache", "database"], scenarios: ["pod", "node"] });
    assert.deepEqual(
      told(
        { ...contents(), unmetObjectives: [before] },
        { ...contents(), unmetObjectives: [after] },
      ),
      [
        [
          "unmetObjectives.0",
          "acknowledgements",
          "not accepted before, up to 15m now: signals in cache for node (rpo), in database for pod, node (rpo)",
        ],
      ],
    );
  });

  it("count the widest of several acknowledgements of before", () => {
    const before = ["10m", "30m", "20m"].map((accepted) => acknowledged({ accepted }));
    assert.deepEqual(
      told(
        { ...contents(), unmetObjectives: before },
        {
          ...contents(),
          unmetObjectives: ["30m", "31m"].map((accepted) => acknowledged({ accepted })),
        },
      ),
      [
        [
          "unmetObjectives.1",
          "acknowledgements",
          "up to 30m before, up to 31m now: signals in database for region, zone (rpo)",
        ],
      ],
    );
  });

  it("do not take a name for what every object of the language has", () => {
    const before: unknown = parse("tiers: { __proto__: { lockClass: audit, retention: 7y } }");
    assert.deepEqual(told(before, { tiers: {} }), [
      ["tiers.__proto__", "retention", "the whole entry before, nothing now"],
    ]);
  });

  describe("and what the other commit allows", () => {
    const weaker = {
      "dataClasses.signals.rpo": "1m",
      oldVersionRetention: "30d",
      "unmetObjectives.0": acknowledged({ accepted: "none" }),
    };
    const allowed = (before: Edits, after: Edits) =>
      weakeningsBetween("hft", edited(before), edited({ ...weaker, ...after })).weakenings.map(
        ({ what, allowed: isAllowed }) => [what, isAllowed],
      );

    for (const word of ["objectives", "retention", "acknowledgements"]) {
      it(`are allowed to be weaker one by one: ${word}`, () => {
        assert.deepEqual(
          allowed({ mayWeaken: [word] }, {}),
          ["objectives", "retention", "acknowledgements"].map((what) => [what, what === word]),
        );
      });
    }

    it("are not allowed to be weaker by the change itself, which is remarked", () => {
      assert.deepEqual(
        weakeningsBetween(
          "hft",
          edited({ mayWeaken: ["retention"] }),
          edited({
            mayWeaken: ["acknowledgements", "retention", "objectives"],
            "dataClasses.signals.rpo": "1m",
          }),
        ),
        {
          weakenings: [
            {
              system: "hft",
              path: "dataClasses.signals.rpo",
              what: "objectives",
              change: "30s before, 1m now",
              allowed: false,
            },
          ],
          remarks: [
            "systems/hft.yaml: mayWeaken gains acknowledgements, objectives, which counts for later changes only",
          ],
        },
      );
    });

    it("are allowed to be weaker though the change takes the permission away", () => {
      assert.deepEqual(
        allowed({ mayWeaken: ["objectives", "retention", "acknowledgements"] }, { mayWeaken: [] }),
        [
          ["objectives", true],
          ["retention", true],
          ["acknowledgements", true],
        ],
      );
    });

    it("are not allowed to be weaker by what is no list of words", () => {
      assert.deepEqual(
        weakeningsBetween(
          "hft",
          edited({ mayWeaken: "objectives" }),
          edited({ "dataClasses.signals.rpo": "1m" }),
        ),
        {
          weakenings: [
            {
              system: "hft",
              path: "dataClasses.signals.rpo",
              what: "objectives",
              change: "30s before, 1m now",
              allowed: false,
            },
          ],
          remarks: [
            'systems/hft.yaml: mayWeaken was "objectives", which cannot be read: nothing is compared with it',
          ],
        },
      );
    });
  });

  describe("and what the other commit has that cannot be read", () => {
    const unreadable: readonly (readonly [path: string, value: unknown, shown: string])[] = [
      ["dataClasses.signals.rpo", 30, "30"],
      ["dataClasses.signals.rto", null, "null"],
      ["dataClasses.signals.stores", "database", '"database"'],
      ["scenarios.region.rpo", "soon", '"soon"'],
      ["failover.checkFailures", "3", '"3"'],
      ["lockClasses.audit.mode", "strict", '"strict"'],
      ["stores.documents.backup.schedule", "@hourly", '"@hourly"'],
      ["stores.documents.backup.schedule", "0 6 30 2 *", '"0 6 30 2 *"'],
      ["unmetObjectives", {}, "{}"],
      ["unmetObjectives.0", { accepted: "15m" }, '{"accepted":"15m"}'],
      [
        "unmetObjectives.0",
        { dataClasses: ["logs"], scenarios: ["zone"], kinds: ["rpo"], accepted: "1m" },
        '{"dataClasses":["logs"],"scenarios":["zone"],"kinds":["rpo"],"accepted":"1m"}',
      ],
    ];
    for (const [path, value, shown] of unreadable) {
      it(`are compared without it, which is remarked: ${path} ${shown}`, () => {
        const before = edited({ [path]: value });
        // Nothing is acknowledged now that could be new.
        assert.deepEqual(weakeningsBetween("hft", before, edited({ unmetObjectives: [] })), {
          weakenings: [],
          remarks: [
            `systems/hft.yaml: ${path} was ${shown}, which cannot be read: nothing is compared with it`,
          ],
        });
      });
    }

    it("are compared without schedules whose time zone does not exist", () => {
      const before = edited({
        "schedules.timeZone": "Mars/Olympus",
        stores: { documents: { backup: { schedule: "*/5 * * * *", tier: "frequent" } } },
      });
      assert.deepEqual(weakeningsBetween("hft", before, contents()), {
        weakenings: [],
        remarks: [
          'systems/hft.yaml: stores.documents.backup.schedule was "*/5 * * * *", which cannot be read: nothing is compared with it',
        ],
      });
    });

    it("are compared without the name of a tier that is not there", () => {
      const before = edited({ "stores.documents.backup.tier": "hourly" });
      assert.deepEqual(weakeningsBetween("hft", before, contents()), {
        weakenings: [],
        remarks: [
          'systems/hft.yaml: stores.documents.backup.tier was "hourly", which cannot be read: nothing is compared with it',
        ],
      });
    });

    it("take an acknowledgement for new where that of before cannot be read", () => {
      const before = edited({ "unmetObjectives.0": acknowledged({ accepted: "long" }) });
      assert.deepEqual(weakeningsBetween("hft", before, contents()), {
        weakenings: [
          {
            system: "hft",
            path: "unmetObjectives.0",
            what: "acknowledgements",
            change:
              "not accepted before, up to 15m now: signals in database for region, zone (rpo)",
            allowed: false,
          },
        ],
        remarks: [
          'systems/hft.yaml: unmetObjectives.0 was {"dataClasses":["signals"],"stores":["database"],"scenarios":["region","zone"..., which cannot be read: nothing is compared with it',
        ],
      });
    });

    it("are not compared at all where it is the file", () => {
      for (const before of [null, [], "systems"]) {
        assert.deepEqual(weakeningsBetween("hft", before, contents()), {
          weakenings: [],
          remarks: [
            "systems/hft.yaml cannot be read as it was before: nothing is compared with it",
          ],
        });
      }
    });
  });

  it("are new where there was no file", () => {
    assert.deepEqual(weakeningsBetween("hft", undefined, contents()), {
      weakenings: [],
      remarks: ["systems/hft.yaml is new"],
    });
  });

  it("are gone, all of them, where there is no file any more", () => {
    assert.deepEqual(told(contents(), undefined), [
      ["", "objectives", "the whole file before, nothing now"],
    ]);
  });

  it("are gone, as the other commit allows, where there is no file any more", () => {
    assert.deepEqual(
      weakeningsBetween("hft", edited({ mayWeaken: ["objectives"] }), undefined).weakenings.map(
        ({ path, allowed }) => [path, allowed],
      ),
      [["", true]],
    );
  });
});

describe("system files of another commit", () => {
  let repository: string;
  /** The project, in a folder of the repository. */
  let directory: string;

  /** Whatever the settings of the machine's git are, and of a hook that runs the tests. */
  const git = (...args: string[]) =>
    execFileSync(
      "git",
      ["-C", repository, "-c", "user.name=Nobody", "-c", "user.email=nobody@example.com", ...args],
      {
        env: {
          ...process.env,
          GIT_DIR: undefined,
          GIT_WORK_TREE: undefined,
          GIT_INDEX_FILE: undefined,
          GIT_CONFIG_GLOBAL: "/dev/null",
          GIT_CONFIG_SYSTEM: "/dev/null",
        },
        stdio: "pipe",
      },
    );
  const file = (id: string) => join(directory, "systems", `${id}.yaml`);
  const writeExceptions = (expires: string, system = "hft") => {
    mkdirSync(join(directory, "policies"), { recursive: true });
    const exception = {
      ...{ rule: "bucket-locked", system, stack: "prod", resource: "records-*" },
      ...{ reason: "they are moved", approver: "Chief risk officer" },
      ...{ date: "2026-11-01", expires },
    };
    writeFileSync(
      join(directory, "policies", "exceptions.yaml"),
      stringify({ exceptions: [exception] }),
    );
  };
  const commit = (tag: string) => {
    git("add", "--all");
    git("commit", "--quiet", "--message", tag);
    git("tag", tag);
  };

  before(() => {
    repository = mkdtempSync(join(tmpdir(), "trading-dr-"));
    directory = join(repository, "recovery");
    mkdirSync(join(directory, "systems"), { recursive: true });
    git("init", "--quiet", "--initial-branch=main");
    for (const id of ["hft", "market-scanning"]) {
      cpSync(join(projectDirectory, "systems", `${id}.yaml`), file(id));
    }
    commit("both");
    const written = readFileSync(file("hft"), "utf8");
    writeFileSync(file("hft"), `${written}\nmayWeaken: [retention]\n`);
    commit("allowing");
    writeFileSync(file("hft"), `${written}\nmayWeaken: [exceptions]\n`);
    writeExceptions("2026-12-31");
    commit("excepting");
    rmSync(join(directory, "policies"), { recursive: true });
    writeFileSync(file("hft"), "id: [");
    commit("broken");
    rmSync(join(directory, "systems"), { recursive: true });
    writeFileSync(join(directory, "README.md"), "no systems");
    commit("without");
  });

  beforeEach(() => {
    git("checkout", "--quiet", "--force", "both");
    git("clean", "--quiet", "--force", "-d");
  });

  after(() => {
    rmSync(repository, { recursive: true, force: true });
  });

  const systems = ["hft", "market-scanning"];
  const compare = (reference: string, choice = systems) =>
    compareWith(reference, { directory, systems: choice });
  const edit = (id: string, find: string, replace: string) => {
    editCopy(directory, `systems/${id}.yaml`, find, replace);
  };
  /** Records of access are kept for a year, no longer for three. */
  const weakened: Weakening = {
    system: "hft",
    path: "accessLogRetention",
    what: "retention",
    change: "3y before, 1y now",
    allowed: false,
  };

  it("are those of the commit, with the files as they are in the directory", () => {
    edit("hft", "accessLogRetention: 3y", "accessLogRetention: 1y");
    edit("market-scanning", "checkFailures: 3", "checkFailures: 5");
    assert.deepEqual(compare("both"), {
      reference: "both",
      weakenings: [
        weakened,
        {
          system: "market-scanning",
          path: "failover.checkFailures",
          what: "objectives",
          change: "3 before, 5 now",
          allowed: false,
        },
      ],
      remarks: [],
    });
  });

  it("are those that are asked for alone", () => {
    edit("hft", "accessLogRetention: 3y", "accessLogRetention: 1y");
    assert.deepEqual(compare("both", ["market-scanning"]), {
      reference: "both",
      weakenings: [],
      remarks: [],
    });
  });

  for (const choice of [systems, ["market-scanning"]]) {
    it(`are those that are gone, too, once: asked for ${choice.join(", ")}`, () => {
      rmSync(file("hft"));
      assert.deepEqual(compare("both", choice), {
        reference: "both",
        weakenings: [
          {
            system: "hft",
            path: "",
            what: "objectives",
            change: "the whole file before, nothing now",
            allowed: false,
          },
        ],
        remarks: [],
      });
    });
  }

  it("allow what they say, which the files in the directory cannot", () => {
    edit("hft", "accessLogRetention: 3y", "accessLogRetention: 1y");
    writeFileSync(file("hft"), `${readFileSync(file("hft"), "utf8")}\nmayWeaken: [retention]\n`);
    assert.deepEqual(compare("both"), {
      reference: "both",
      weakenings: [weakened],
      remarks: ["systems/hft.yaml: mayWeaken gains retention, which counts for later changes only"],
    });
    assert.deepEqual(compare("allowing"), {
      reference: "allowing",
      weakenings: [{ ...weakened, allowed: true }],
      remarks: [],
    });
  });

  it("are remarked where they are no YAML", () => {
    assert.deepEqual(compare("broken"), {
      reference: "broken",
      weakenings: [],
      remarks: ["systems/hft.yaml cannot be read as it was before: nothing is compared with it"],
    });
  });

  it("are remarked where there are none", () => {
    assert.deepEqual(compare("without"), {
      reference: "without",
      weakenings: [],
      remarks: ["systems/hft.yaml is new", "systems/market-scanning.yaml is new"],
    });
  });

  it("are found by every way to name a commit", () => {
    const id = git("rev-parse", "both").toString().trim();
    for (const reference of [id, id.slice(0, 12), "HEAD", "main~3", "refs/tags/both"]) {
      assert.deepEqual(compare(reference), { reference, weakenings: [], remarks: [] });
    }
  });

  it("are those of the directory's own repository, whichever a hook has set", () => {
    edit("hft", "accessLogRetention: 3y", "accessLogRetention: 1y");
    const environment = process.env;
    try {
      process.env = {
        ...environment,
        GIT_DIR: join(repository, ".git"),
        GIT_WORK_TREE: tmpdir(),
      };
      assert.deepEqual(compare("both").weakenings, [weakened]);
    } finally {
      process.env = environment;
    }
  });

  for (const reference of [
    "",
    "-p",
    "--output=stolen",
    "a b",
    "main\n",
    "main:systems",
    "main\0",
  ]) {
    it(`are not asked for by ${JSON.stringify(reference)}`, () => {
      assert.throws(
        () => compare(reference),
        new PreviewRefusal(
          `--against ${JSON.stringify(reference)} is no name of a commit, which is not empty, does not begin with "-" and has neither spaces nor ":"; give a branch, a tag or a commit, like origin/main.`,
        ),
      );
    });
  }

  for (const reference of ["nothing", "origin/main", "both..main", "^main", "HEAD~99"]) {
    it(`are refused where there is no commit ${reference}`, () => {
      assert.throws(
        () => compare(reference),
        new PreviewRefusal(
          `--against "${reference}": there is no such commit here; correct the name, or have git fetch it first.`,
        ),
      );
    });
  }

  it("are refused with what git says where there is no repository", () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "trading-dr-"));
    try {
      assert.throws(
        () => compareWith("main", { directory: elsewhere, systems }),
        (error) =>
          error instanceof PreviewRefusal &&
          error.message.startsWith('--against "main": git does not answer: '),
      );
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  it("lack exceptions from the policies that are new, which their own file may allow", () => {
    const found = (reference: string) =>
      compareWith(reference, { directory, systems: ["hft"] }).weakenings.filter(
        ({ what }) => what === "exceptions",
      );
    const path = "bucket-locked for records-* in prod";
    writeExceptions("2026-12-31");
    assert.deepEqual(found("both"), [
      {
        system: "hft",
        path,
        change: "none before, until 2026-12-31 now: they are moved",
        what: "exceptions",
        allowed: false,
      },
    ]);
    assert.deepEqual(found("excepting"), []);
    writeExceptions("2027-01-31");
    assert.deepEqual(
      found("excepting").map(({ change, allowed }) => [change, allowed]),
      [["until 2026-12-31 before, until 2027-01-31 now: they are moved", true]],
    );
    writeExceptions("2026-12-31", "market-scanning");
    assert.deepEqual(found("excepting"), []);
  });

  it("are refused where there is no git", () => {
    const environment = process.env;
    try {
      process.env = { ...environment, PATH: "" };
      assert.throws(
        () => compare("main"),
        new PreviewRefusal('--against "main": git does not answer: spawnSync git ENOENT'),
      );
    } finally {
      process.env = environment;
    }
  });
});
