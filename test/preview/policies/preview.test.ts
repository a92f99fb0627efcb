import assert from "node:assert/strict";
import { type PreviewReport } from "../../../preview/report";
import { previewJson, runEdited } from "../../support/previewCommand";

const shorter = {
  file: "components/database/database.ts",
  find: "backupRetentionPeriod: args.pointInTimeRecoveryDays,",
  replace: "backupRetentionPeriod: 34,",
};

function exception(expires: string) {
  return {
    file: "policies/exceptions.yaml",
    find: "exceptions: []",
    replace: `exceptions:
  - rule: database-backup-retention
    system: market-scanning
    stack: prod
    resource: database
    reason: a trial
    approver: Chief risk officer
    date: "2026-01-01"
    expires: "${expires}"`,
  };
}

describe("policies in the preview", function () {
  this.timeout("60s");

  it("judge every stack, and find nothing wrong with what ships", async () => {
    const { stacks, problems } = await previewJson([]);
    for (const { name, policies } of stacks) {
      assert.ok(policies.evaluated > 0, name);
      assert.deepEqual(
        [policies.violations, policies.unknown, policies.exceptions],
        [[], [], []],
        name,
      );
    }
    assert.deepEqual(problems, []);
  });

  it("fail it for a violation, which JSON has by stack", async () => {
    const { status, stdout, stderr } = await runEdited([shorter], ["--json"]);
    assert.equal(status, 1);
    const { stacks } = JSON.parse(stdout) as PreviewReport;
    const message =
      'database-backup-retention: aws:rds/cluster:Cluster "database": backupRetentionPeriod is 34, and has to be 35 days at least (pointInTimeRecovery of the database); set it to 35; AWS keeps backups for one day where it is not set';
    const found = stacks.find(({ name }) => name === "prod")?.policies.violations;
    assert.deepEqual(found, [
      {
        rule: "database-backup-retention",
        level: "mandatory",
        severity: "critical",
        resource:
          "urn:pulumi:prod::trading-dr::trading-dr:database:AuroraDatabase$aws:rds/cluster:Cluster::database",
        message,
      },
    ]);
    assert.ok(stderr.split("\n").includes(`stack prod: ${message}`), stderr);
    assert.ok(stderr.split("\n").includes(`stack dr: ${message}`), stderr);
  });

  it("are excused by an exception in force, which is listed, in its stack alone", async () => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const { status, stdout, stderr } = await runEdited([shorter, exception(tomorrow)], []);
    assert.equal(status, 1);
    assert.match(stdout, /^ {4}excepted {2}database-backup-retention for database in prod of/m);
    assert.doesNotMatch(stderr, /^stack prod: database-backup-retention/m);
    assert.match(stderr, /^stack dr: database-backup-retention/m);
  });

  it("are not excused by one that has expired", async () => {
    const { status, stderr } = await runEdited([shorter, exception("2026-01-31")], []);
    assert.equal(status, 1);
    assert.match(stderr, /^stack prod: database-backup-retention/m);
    assert.match(stderr, /^stack prod: exceptions-excuse-something: .* it has expired/m);
  });

  it("are refused with the line for an exception that is none", async () => {
    const { status, stderr } = await runEdited(
      [{ ...exception("2026-01-31"), replace: "exceptions: 1" }],
      [],
    );
    assert.equal(status, 1);
    assert.match(stderr, /policies\/exceptions\.yaml:\d+: exceptions, found 1\n +must be a list/);
  });

  it("that compare stacks are not judged with one stack alone, and a remark says so", async () => {
    const { remarks } = await previewJson(["--stack", "dr"]);
    assert.ok(
      remarks.some((remark) =>
        /^\d+ rules that compare the stacks of market-scanning are not judged: that takes prod, dr and archive, all of them whole$/.test(
          remark,
        ),
      ),
      remarks.join("\n"),
    );
  });
});
