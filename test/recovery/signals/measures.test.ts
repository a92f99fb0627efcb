import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Metric, metricPrefix, metrics, runLabels } from "../../../contracts/metrics";
import { groupOf, measuresOf } from "../../../recovery/signals/measures";
import { expositionOf, groupPath } from "../../../recovery/signals/pushgateway";
import { projectDirectory } from "../../support/projectCopy";
import { sampleEvents } from "./sampleEvents";

const all: readonly Metric[] = Object.values(metrics);
const known = { isWritten: true, unsentBefore: [] } as const;
const failure = { reason: "database", message: "it is gone" };
const at = (time: string) => Date.parse(time) / 1000;

describe("the registry of metrics", () => {
  it("has names as Prometheus asks for them, each once", () => {
    const names = all.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { name, unit } of all) {
      assert.match(name, /^trading_dr_[a-z_]+[a-z]$/);
      const suffix =
        unit === "seconds since 1970"
          ? "_timestamp_seconds"
          : unit === "seconds" || unit === "bytes"
            ? `_${unit}`
            : "";
      assert(name.endsWith(suffix), `${name} is in ${unit}`);
      assert(name.startsWith(metricPrefix));
    }
  });

  it("is what the documentation has, in a table", () => {
    const page = readFileSync(join(projectDirectory, "docs/signals.md"), "utf8");
    const cells = page
      .split("\n")
      .filter((line) => line.startsWith("| `trading_dr_"))
      .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")));
    assert.deepEqual(
      cells.map(([, name, unit, kinds, help]) => [name, unit, kinds, help]),
      all.map(({ name, unit, kinds, help, label }) => [
        label === undefined ? name : `${name}{${label}}`,
        unit,
        kinds.length === Object.keys(runLabels).length ? "all" : kinds.join(", "),
        help,
      ]),
    );
    for (const [kind, labels] of Object.entries(runLabels)) {
      const listed = labels.map((label) => `\`${label}\``).join(", ");
      assert.match(page, new RegExp(`^\\| ${kind} +\\| ${listed} +\\|`, "m"));
    }
  });
});

describe("what a run measures", () => {
  it("is all that the registry has for its kind, when it goes well", () => {
    for (const [kind, happened] of Object.entries(sampleEvents)) {
      const named = Object.keys(measuresOf(happened, known)).sort();
      const due = Object.entries(metrics as Readonly<Record<string, Metric>>)
        .filter(([, { kinds }]) => (kinds as readonly string[]).includes(kind))
        .map(([key]) => key);
      assert.deepEqual(named, due.sort(), kind);
    }
  });

  it("is what a backup's event says", () => {
    assert.deepEqual(measuresOf(sampleEvents.backup, known), {
      lastRun: at("2026-11-29T16:00:00Z"),
      lastRunSucceeded: 1,
      lastRunSeconds: 120,
      lastSuccess: at("2026-11-29T16:00:00Z"),
      eventLost: 0,
      signalUnsent: { metrics: 0, slack: 0 },
      pointTime: at("2026-11-29T15:55:44Z"),
      pointBytes: 1024,
      pointRows: 10,
      pointTables: 3,
    });
  });

  it("is when a restore ended and what it lost", () => {
    const { pointTime, recoveryTime, recoveryPointAge } = measuresOf(
      sampleEvents.restoration,
      known,
    );
    assert.equal(pointTime, at("2026-11-29T15:55:43Z"));
    assert.equal(recoveryTime, 120);
    assert.equal(recoveryPointAge, 137);
  });

  it("is no recovery where some tables were restored beside the live ones", () => {
    const { recoveryTime, lastRunSucceeded } = measuresOf(
      { ...sampleEvents.restoration, tables: ["public.trades"] } as never,
      known,
    );
    assert.equal(recoveryTime, undefined);
    assert.equal(lastRunSucceeded, 1);
  });

  it("leaves alone what the last good run said, when it fails", () => {
    const { taken, ...untaken } = sampleEvents.backup as { taken?: unknown };
    assert(taken !== undefined);
    const measured = measuresOf({ ...untaken, failure } as never, {
      isWritten: false,
      unsentBefore: undefined,
    });
    assert.deepEqual(measured, {
      lastRun: at("2026-11-29T16:00:00Z"),
      lastRunSucceeded: 0,
      lastRunSeconds: 120,
      eventLost: 1,
    });
  });

  it("is how many problems a recovery point has, and nothing of one that passed", () => {
    const { verification } = sampleEvents;
    assert(verification.kind === "verification" && verification.judged !== undefined);
    const judged = { ...verification.judged, problems: ["a row", "another"] };
    const measured = measuresOf({ ...verification, judged, failure }, known);
    assert.equal(measured.problems, 2);
    assert.equal(measured.lastSuccess, undefined);
    assert.equal(measured.pointTime, undefined);
    assert.equal(measured.restoreSeconds, undefined);
  });

  it("is what a drill took and lost, and how many objectives it missed", () => {
    const measured = measuresOf(sampleEvents.drill, known);
    assert.equal(measured.recoveryTime, 2);
    assert.equal(measured.recoveryPointAge, 137);
    assert.equal(measured.unmetObjectives, 1);
  });

  it("says which signals of the run before were not sent", () => {
    const measured = measuresOf(sampleEvents.backup, { isWritten: true, unsentBefore: ["slack"] });
    assert.deepEqual(measured.signalUnsent, { metrics: 0, slack: 1 });
  });
});

describe("what is pushed", () => {
  it("is a group for each series of a database", () => {
    assert.equal(
      groupPath(groupOf(sampleEvents.backup)),
      "/job/trading_dr/system/lab/region/us-east-1/kind/backup/store/database/series/daily/database/trading",
    );
    assert.equal(
      groupPath(groupOf(sampleEvents.restoration)),
      "/job/trading_dr/system/lab/region/us-east-1/kind/restoration",
    );
  });

  it("may have any name in its path", () => {
    assert.equal(
      groupPath([
        ["database", "a/b"],
        ["series", ""],
      ]),
      "/job/trading_dr/database@base64/YS9i/series@base64/=",
    );
  });

  it("is text of Prometheus, with what each metric means", async () => {
    const text = await expositionOf({ lastRun: 5, baselineSeconds: { 'a"b': 0.25, c: 1 } });
    assert.equal(
      text,
      [
        `# HELP trading_dr_last_run_timestamp_seconds ${metrics.lastRun.help}`,
        "# TYPE trading_dr_last_run_timestamp_seconds gauge",
        "trading_dr_last_run_timestamp_seconds 5",
        "",
        `# HELP trading_dr_baseline_query_seconds ${metrics.baselineSeconds.help}`,
        "# TYPE trading_dr_baseline_query_seconds gauge",
        'trading_dr_baseline_query_seconds{query="a\\"b"} 0.25',
        'trading_dr_baseline_query_seconds{query="c"} 1',
        "",
      ].join("\n"),
    );
  });
});
