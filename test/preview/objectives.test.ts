import assert from "node:assert/strict";
import { type PreviewReport } from "../../preview/report";
import { type Edit, previewJson, runEdited, runPreview } from "../support/previewCommand";

const system = "systems/market-scanning.yaml";

/** A preview as JSON of a copy of the project with some edits, whatever its status. */
async function edited(...edits: readonly Edit[]) {
  const { status, stdout, stderr } = await runEdited(edits, ["--json"]);
  return { status, stderr, report: JSON.parse(stdout) as PreviewReport };
}

/** The objectives that a preview fails for, because nobody accepts that they are not met. */
function unmetNames({ problems }: PreviewReport): string[] {
  return problems.map((problem) => {
    const [name = "", reached] = problem.replace(`${system}: `, "").split(" is not met: ");
    assert.ok(reached?.endsWith("or have somebody accept it under unmetObjectives"), problem);
    return name;
  });
}

/** How many objectives are not met, and accepted by nobody; there are some. */
function unaccepted({ objectives }: PreviewReport): string {
  const { length } = objectives.filter(
    ({ met, acknowledged }) => !met && acknowledged === undefined,
  );
  assert.ok(length > 0);
  return String(length);
}

/** Remarks on objectives: the rules of the policy pack have others. */
function ofObjectives(remarks: readonly string[]): string[] {
  return remarks.filter((remark) => remark.startsWith("objectives of"));
}

describe("objectives in the preview", function () {
  this.timeout("60s");

  it("are in JSON, each with what is reached and how, and who accepts it if it is not met", async () => {
    const { objectives, problems, remarks } = await previewJson([]);
    assert.equal(objectives.length, 234);
    assert.deepEqual([problems, remarks], [[], []]);
    const of = (dataClass: string, scenario: string, kind: string) =>
      objectives.filter(
        (objective) =>
          objective.dataClass === dataClass &&
          objective.scenario === scenario &&
          objective.kind === kind,
      );
    assert.deepEqual(
      of("signals", "corruption", "rto").map(({ store, met, acknowledged }) => [
        store,
        met,
        acknowledged?.approver,
      ]),
      [
        ["cache", false, "Head of platform engineering"],
        ["financial-records", false, "Chief compliance officer"],
        ["database", false, "Chief risk officer"],
      ],
    );
    assert.deepEqual(of("user-data", "region", "rto"), [
      {
        system: "market-scanning",
        dataClass: "user-data",
        scenario: "region",
        kind: "rto",
        objectiveSeconds: 1_800,
        boundSeconds: 1_380,
        store: "database",
        mechanism: "global database failover",
        arithmetic:
          "5m without heartbeats + 5m until CloudWatch has missed them + 5m for the operator to decide + 1m until the switch is read + 1m until Route 53 has spread the news + 1m until answers have expired (TTL) + 5m to fail over = 23m",
        met: true,
      },
    ]);
    assert.deepEqual(of("user-data", "region", "rpo"), [
      {
        system: "market-scanning",
        dataClass: "user-data",
        scenario: "region",
        kind: "rpo",
        objectiveSeconds: 300,
        boundSeconds: null,
        store: "database",
        mechanism: "global database failover",
        arithmetic: "the standby's lag is watched, and nothing enforces a limit",
        met: false,
        acknowledged: {
          reason: "asynchronous, so that trading goes on when the standby lags",
          approver: "Chief risk officer",
          date: "2026-11-29",
        },
      },
    ]);
  });

  it("are printed, those that are not met first, and without colour in a pipe", async () => {
    const { status, stdout } = await runPreview([]);
    assert.equal(status, 0);
    const lines = stdout.slice(stdout.indexOf("Objectives of market-scanning")).split("\n");
    const unmet = lines.filter((line) => line.startsWith("  not met  ")).length;
    assert.equal(lines[0], `Objectives of market-scanning: ${String(unmet)} of 234 are not met`);
    assert.ok(
      lines[1]?.startsWith(
        "  not met  signals in cache, corruption, RPO 30s: no bound (snapshots, ",
      ),
    );
    assert.ok(
      lines[2]?.startsWith("           accepted by Head of platform engineering, 2026-11-29: "),
    );
    const [first, last] = [
      lines.findIndex((line) => line.startsWith("  met      ")),
      lines.map((line) => line.startsWith("  not met  ")).lastIndexOf(true),
    ];
    assert.ok(last < first);
    assert.ok(!stdout.includes("\u001b["));
  });

  it("fail it with the arithmetic when a weaker setting does not keep one", async () => {
    const { status, stderr, report } = await edited({
      file: system,
      find: "operatorDecision: 5m",
      replace: "operatorDecision: 19m",
    });
    assert.equal(status, 1);
    assert.deepEqual(stderr.trimEnd().split("\n"), report.problems);
    assert.ok(
      report.problems.includes(
        "systems/market-scanning.yaml: user-data in database, region, RTO 30m is not met: 37m (global database failover): 5m without heartbeats + 5m until CloudWatch has missed them + 19m for the operator to decide + 1m until the switch is read + 1m until Route 53 has spread the news + 1m until answers have expired (TTL) + 5m to fail over = 37m; strengthen what it says, or have somebody accept it under unmetObjectives",
      ),
      stderr,
    );
  });

  it("fail it when what protected from ransomware is in the trading account", async () => {
    const { status, report } = await edited(
      ...["prod", "dr", "archive", "access"].map((stack) => ({
        file: `Pulumi.${stack}.yaml`,
        find: 'archive: "444455556666"',
        replace: 'archive: "111122223333"',
      })),
      { file: "Pulumi.archive.yaml", find: /\n {2}trading-dr:assumeRoleArn.*/, replace: "" },
    );
    assert.equal(status, 1);
    assert.ok(
      report.problems.some((problem) =>
        problem.includes(
          "logs in system-logs, ransomware, RPO 15m is not met: no bound (none): every copy is in the same account, and none is offline",
        ),
      ),
      report.problems.join("\n"),
    );
  });

  it("fail it when a store misses one, though that is accepted of others of the same class", async () => {
    const restores =
      / {2}- dataClasses: \[signals, user-data\]\n {4}stores: \[database\]\n {4}scenarios: \[corruption, operator-error\]\n(?: {4}.*\n)+/;
    const { status, report } = await edited({ file: system, find: restores, replace: "" });
    assert.equal(status, 1);
    assert.deepEqual(unmetNames(report), [
      "signals in database, corruption, RTO 1m",
      "signals in database, operator-error, RTO 1m",
      "user-data in database, corruption, RTO 15m",
      "user-data in database, operator-error, RTO 15m",
    ]);
  });

  it("fail it when an acceptance is taken away, or is of what is met", async () => {
    const accepted =
      /dataClasses: \[(historical-market-data, logs), audit\]\n {4}stores: \[(time-series-exports), audit-records, (system-logs)\]/;
    const taken = await edited({
      file: system,
      find: accepted,
      replace: "dataClasses: [$1]\n    stores: [$2, $3]",
    });
    assert.deepEqual(unmetNames(taken.report), ["audit in audit-records, region, RPO 5m"]);
    const given = await edited({
      file: system,
      find: accepted,
      replace: "dataClasses: [$1, audit, user-data]\n    stores: [$2, audit-records, $3, database]",
    });
    assert.equal(given.status, 0, given.stderr);
    const met = await edited({
      file: system,
      find: "rpoEnforcement: alarm",
      replace: "rpoEnforcement: block",
    });
    assert.equal(met.status, 1);
    assert.deepEqual(
      met.report.problems.map((problem) => problem.replace(/unmetObjectives\.\d+/, "entry")),
      [
        "systems/market-scanning.yaml: entry acknowledges what is met: signals in database, region, RPO 5m; user-data in database, region, RPO 5m. Remove it from the entry",
      ],
    );
  });

  it("are shown and not insisted on after a failover", async () => {
    const { status, report } = await edited({
      file: system,
      find: "active: us-east-1",
      replace: "active: us-west-2",
    });
    assert.equal(status, 0);
    assert.equal(report.objectives.length, 234);
    assert.deepEqual(ofObjectives(report.remarks), [
      `objectives of market-scanning are shown and not insisted on: the writer is in us-west-2: nobody is asked to accept anything in the middle of a failover; not met and accepted by nobody: ${unaccepted(report)}`,
    ]);
    // The switch is where the users are: nobody can be sent back by it once that region is gone.
    assert.ok(
      report.objectives.some(({ arithmetic }) =>
        arithmetic.includes("the switch is in the region that is lost"),
      ),
    );
  });

  it("are not insisted on while dr is landing", async () => {
    const { status, report } = await edited({
      file: "Pulumi.dr.yaml",
      find: "phase: whole",
      replace: "phase: landing",
    });
    assert.equal(status, 0);
    assert.deepEqual(ofObjectives(report.remarks), [
      `objectives of market-scanning are shown and not insisted on: a stack is in its landing phase; not met and accepted by nobody: ${unaccepted(report)}`,
    ]);
  });

  it("are not insisted on in a sandbox, and nothing is told of acceptance where all have it", async () => {
    const sandbox = ["prod", "dr", "archive", "access"].map((stack) => ({
      file: `Pulumi.${stack}.yaml`,
      find: `role: ${stack}`,
      replace: `role: ${stack}\n  trading-dr:profile: sandbox`,
    }));
    const exempt =
      "objectives of market-scanning are shown and not insisted on: a sandbox promises nothing";
    const { status, report } = await edited(...sandbox);
    assert.equal(status, 0);
    assert.deepEqual(ofObjectives(report.remarks), [
      `${exempt}; not met and accepted by nobody: ${unaccepted(report)}`,
    ]);
    // A sandbox keeps no image from being removed.
    const images = `unmetObjectives:
  - dataClasses: [configuration]
    stores: [images]
    scenarios: [corruption, operator-error]
    kinds: [rpo, rto]
    accepted: none
    reason: images are built anew
    approver: Head of platform engineering
    date: "2026-11-29"`;
    const accepted = await edited(...sandbox, {
      file: system,
      find: "unmetObjectives:",
      replace: images,
    });
    assert.equal(accepted.status, 0);
    assert.deepEqual(ofObjectives(accepted.report.remarks), [exempt]);
  });

  it("are not compared for one stack alone", async () => {
    const { objectives, remarks } = await previewJson(["--stack", "dr"]);
    assert.deepEqual(objectives, []);
    assert.deepEqual(ofObjectives(remarks), [
      "objectives of market-scanning are not compared: that takes prod, dr and archive",
    ]);
  });
});
