import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { executableIn, pathOf } from "../../support/goProgram";
import { projectDirectory } from "../../support/projectCopy";

const rules = join(projectDirectory, "monitoring/rules.yaml");
const backup =
  '{kind="backup",system="lab",region="us-east-1",store="database",series="daily",database="trading"}';
const verification = '{kind="verification",system="lab",region="us-east-1"}';
const restoration = '{kind="restoration",system="lab",region="us-east-1"}';
/** A backup that is known, and not late, so that nothing else is said. */
const wellKept = (interval: number) => ({
  [`trading_dr_last_success_timestamp_seconds${backup}`]: `0+${String(interval)}x30000`,
});

/** What is scraped at each interval, as promtool writes it; when it is looked at; what alerts then. */
const cases: readonly (readonly [
  string,
  Readonly<Record<string, string>>,
  string,
  readonly string[],
])[] = [
  ["all is well", {}, "1d", []],
  [
    "a daily backup is 25 hours old",
    { [`trading_dr_last_success_timestamp_seconds${backup}`]: "0x30000" },
    "25h",
    [],
  ],
  [
    "a daily backup is 27 hours old",
    { [`trading_dr_last_success_timestamp_seconds${backup}`]: "0x30000" },
    "27h",
    ["BackupLate"],
  ],
  [
    "a frequent backup is 31 minutes old",
    {
      [`trading_dr_last_success_timestamp_seconds${backup.replace("daily", "frequent")}`]:
        "0x30000",
    },
    "31m",
    ["FrequentBackupLate"],
  ],
  [
    "no backup is known",
    { [`trading_dr_last_success_timestamp_seconds${backup}`]: "_x30000" },
    "16m",
    ["BackupUnknown"],
  ],
  [
    "a backup failed",
    { [`trading_dr_last_run_success${backup}`]: "0x30000" },
    "1m",
    ["BackupFailed"],
  ],
  [
    "an operator's backup failed",
    { [`trading_dr_last_run_success${backup.replace("daily", "emergency")}`]: "0x30000" },
    "1m",
    [],
  ],
  [
    "a backup is half as large as those of a week",
    { [`trading_dr_recovery_point_size_bytes${backup}`]: "1000+1x170 500x3" },
    "173h",
    ["BackupSizeUnusual"],
  ],
  [
    "a backup grows as those of a week did",
    { [`trading_dr_recovery_point_size_bytes${backup}`]: "1000+1x180" },
    "173h",
    [],
  ],
  [
    "a verification failed",
    { [`trading_dr_last_run_success${verification}`]: "0x30000" },
    "1m",
    ["RecoveryTestFailed"],
  ],
  [
    "nothing was verified for 27 hours",
    { [`trading_dr_last_success_timestamp_seconds${verification}`]: "0x30000" },
    "27h",
    ["RecoveryTestLate"],
  ],
  [
    "a restore took 16 minutes",
    { [`trading_dr_rto_measured_seconds${restoration}`]: "960x30000" },
    "1m",
    ["RecoveryTimeAboveObjective"],
  ],
  [
    "a verification's restore took 16 minutes",
    { [`trading_dr_restore_seconds${verification}`]: "960x30000" },
    "1m",
    ["RecoveryTimeAboveObjective"],
  ],
  [
    "a restore lost 27 hours",
    { [`trading_dr_rpo_measured_seconds${restoration}`]: "97200x30000" },
    "1m",
    ["RecoveryPointAboveObjective"],
  ],
  [
    "the newest recovery point is 27 hours old",
    { [`trading_dr_recovery_point_timestamp_seconds${backup}`]: "0x30000" },
    "27h",
    ["RecoveryPointAboveObjective"],
  ],
  [
    "a query became slower",
    { [`trading_dr_baseline_queries_slower${verification}`]: "1x30000" },
    "1m",
    ["BaselineSlower"],
  ],
  [
    "no events became rows for an hour and a minute",
    {
      'trading_dr_last_success_timestamp_seconds{kind="load",system="lab",region="us-east-1"}':
        "0x30000",
    },
    "61m",
    ["CatalogLate"],
  ],
  [
    "an event was lost",
    { [`trading_dr_last_run_event_lost${backup}`]: "1x30000" },
    "1m",
    ["EventLost"],
  ],
  [
    "a message was lost",
    {
      [`trading_dr_previous_run_signal_unsent${backup.replace("}", ',signal="slack"}')}`]:
        "1x30000",
    },
    "1m",
    ["SignalUnsent"],
  ],
];

/** Every alert that the rules may raise. */
const names = [...new Set(cases.flatMap(([, , , alerts]) => alerts))];

describe("alerting rules, as Prometheus reads them", () => {
  let directory: string;

  before(function () {
    if (executableIn(pathOf(process.env), "promtool") === undefined) {
      const reason = "there is no promtool; on Debian: sudo apt-get install prometheus";
      if (process.env["CI"] !== undefined) {
        throw new Error(reason);
      }
      process.stderr.write(`\nTESTS OF RULES SKIPPED: ${reason}\n\n`);
      this.skip();
    }
    directory = mkdtempSync(join(tmpdir(), "trading-dr-rules-"));
  });
  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const promtool = (...options: string[]) => spawnSync("promtool", options, { encoding: "utf8" });

  it("are well formed", () => {
    const { status, stdout, stderr } = promtool("check", "rules", rules);
    assert.equal(status, 0, stdout + stderr);
  });

  for (const [title, series, at, alerts] of cases) {
    it(`say ${alerts.length === 0 ? "nothing" : alerts.join(", ")} when ${title}`, () => {
      // What promtool is not told of an alert, it does not compare: that there is none has to be asked for.
      const queries = names.map((name) => ({
        expr: `count(ALERTS{alertname="${name}",alertstate="firing"}) or vector(0)`,
        eval_time: at,
        exp_samples: [{ labels: "{}", value: alerts.includes(name) ? 1 : 0 }],
      }));
      // A week of minutes is more than promtool takes.
      const interval = at === "173h" ? 3600 : 60;
      const file = join(directory, "test.yaml");
      writeFileSync(
        file,
        JSON.stringify({
          rule_files: [rules],
          evaluation_interval: `${String(interval)}s`,
          tests: [
            {
              interval: `${String(interval)}s`,
              input_series: Object.entries({ ...wellKept(interval), ...series }).map(
                ([name, values]) => ({
                  series: name,
                  values,
                }),
              ),
              promql_expr_test: queries,
            },
          ],
        }),
      );
      const { status, stdout, stderr } = promtool("test", "rules", file);
      assert.equal(status, 0, stdout + stderr);
    });
  }
});
