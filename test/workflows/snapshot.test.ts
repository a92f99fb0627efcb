import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { systemIds } from "../../config/configuration";
import { roleArn, vaultArn } from "../../contracts/names";
import { previewReport } from "../../preview/report";
import { readStacks } from "../../preview/stacks";
import { primary } from "../support/declared";
import { projectDirectory } from "../support/projectCopy";

interface Surroundings {
  readonly stack: string;
  readonly token: string;
  readonly run: (command: string, args: readonly string[]) => unknown;
  readonly wait: (seconds: number) => Promise<void>;
  readonly say: (text: string) => void;
}

const load = createRequire(__filename);
const { takeSnapshot } = load("../../.github/scripts/snapshot.cjs") as {
  takeSnapshot: (surroundings: Surroundings) => Promise<string>;
};

const database = "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1";
const outputs = {
  system: primary.system,
  region: primary.region,
  vaults: {
    regulated: vaultArn("regulated-vault", primary),
    daily: vaultArn("daily-vault", primary),
  },
  database: { arn: database },
};
const locks: Record<string, unknown> = {
  "market-scanning-regulated-vault-us-east-1": { MinRetentionDays: 2557, MaxRetentionDays: 2557 },
  "market-scanning-daily-vault-us-east-1": { MinRetentionDays: 90, MaxRetentionDays: 90 },
};
const point = "arn:aws:rds:us-east-1:111122223333:cluster-snapshot:awsbackup:job-1";

/** Runs the script against a cloud that answers so, and says what it called, said and waited for. */
async function snapshot(
  answers: {
    readonly outputs?: unknown;
    readonly locks?: unknown;
    readonly states?: unknown[];
  } = {},
) {
  const calls: string[] = [];
  const said: string[] = [];
  let waited = 0;
  const states = [...(answers.states ?? [{ State: "COMPLETED", RecoveryPointArn: point }])];
  const run = (command: string, args: readonly string[]): unknown => {
    calls.push([command, ...args].join(" "));
    switch (args[1]) {
      case "output":
        return answers.outputs ?? outputs;
      case "describe-backup-vault":
        return ((answers.locks ?? locks) as Record<string, unknown>)[String(args[3])];
      case "start-backup-job":
        return { BackupJobId: "job-1" };
      case "describe-backup-job":
        return states.length > 1 ? states.shift() : states[0];
      default:
        throw new Error(`unexpected: ${command} ${args.join(" ")}`);
    }
  };
  const result = await takeSnapshot({
    stack: "prod",
    token: "deployment-7-1",
    run,
    wait: (seconds) => {
      waited += seconds;
      return Promise.resolve();
    },
    say: (text) => said.push(text),
  }).catch((error: unknown) => error as Error);
  return { result, calls, said, waited };
}

describe("snapshot before a deployment", () => {
  it("goes into the stack's vault for 90 days, under the role of the scheduled ones", async () => {
    const running = { State: "RUNNING", PercentDone: "40.0" };
    const { result, calls, said, waited } = await snapshot({
      states: [{ State: "CREATED" }, running, { State: "COMPLETED", RecoveryPointArn: point }],
    });
    const aws = (text: string) => `aws backup ${text} --region us-east-1 --output json`;
    const look = aws("describe-backup-job --backup-job-id job-1");
    assert.deepEqual(calls, [
      "pulumi stack output --stack prod --json",
      aws("describe-backup-vault --backup-vault-name market-scanning-regulated-vault-us-east-1"),
      aws("describe-backup-vault --backup-vault-name market-scanning-daily-vault-us-east-1"),
      aws(
        "start-backup-job --backup-vault-name market-scanning-daily-vault-us-east-1" +
          ` --resource-arn ${database} --iam-role-arn ${roleArn("snapshots", primary)}` +
          " --lifecycle DeleteAfterDays=90 --start-window-minutes 60" +
          " --idempotency-token deployment-7-1-prod",
      ),
      ...[look, look, look],
    ]);
    assert.deepEqual(said, ["backup job job-1: CREATED 0%", "backup job job-1: RUNNING 40.0%"]);
    assert.equal(waited, 60);
    assert.equal(
      result,
      `Snapshot of ${database}, kept 90 days in market-scanning-daily-vault-us-east-1: ${point}`,
    );
  });

  for (const [what, none] of [
    ["has never been deployed", {}],
    ["has no database", { ...outputs, database: undefined }],
  ] as const) {
    it(`says so and goes on when the stack ${what}`, async () => {
      const { result, calls } = await snapshot({ outputs: none });
      assert.equal(
        result,
        "Stack prod has no database yet: there is nothing to take a snapshot of.",
      );
      assert.equal(calls.length, 1);
    });
  }

  for (const State of ["ABORTING", "ABORTED", "FAILED", "EXPIRED", "PARTIAL"]) {
    it(`fails when the job ends as ${State}`, async () => {
      const { result } = await snapshot({ states: [{ State, StatusMessage: "no quota" }] });
      assert.ok(result instanceof Error);
      assert.equal(result.message, `backup job job-1 ended as ${State}: no quota`);
    });
  }

  it("fails when the job takes longer than two hours", async () => {
    const { result, waited } = await snapshot({ states: [{ State: "PENDING" }] });
    assert.ok(result instanceof Error);
    assert.equal(result.message, "backup job job-1 is not complete after 7200 seconds");
    assert.equal(waited, 7200);
  });

  it("takes a vault without a lock, as a sandbox has", async () => {
    const { calls } = await snapshot({
      locks: Object.fromEntries(Object.keys(locks).map((name) => [name, {}])),
    });
    assert.match(
      calls.join("\n"),
      /start-backup-job --backup-vault-name market-scanning-regulated/,
    );
  });

  it("fails, and says how to mend it, when no vault takes such snapshots", async () => {
    const short = vaultArn("short-vault", primary);
    const { result, calls } = await snapshot({
      outputs: { ...outputs, vaults: { short, regulated: outputs.vaults.regulated } },
      locks: {
        ...locks,
        "market-scanning-short-vault-us-east-1": { MinRetentionDays: 30, MaxRetentionDays: 35 },
      },
    });
    assert.ok(result instanceof Error);
    assert.equal(
      result.message,
      "stack prod has no vault for snapshots that are kept 90 days (market-scanning-short-vault-us-east-1 takes 30 to 35 days; market-scanning-regulated-vault-us-east-1 takes 2557 to 2557 days); add a tier of 90d to the database's snapshots in the system file",
    );
    assert.ok(!calls.join("\n").includes("start-backup-job"));
  });

  for (const system of systemIds(join(projectDirectory, "systems"))) {
    it(`finds its vault and its role in the stack prod of ${system}`, async () => {
      const ready = readStacks({ directory: projectDirectory, system, stack: "prod" });
      const program = load("../../index") as () => unknown;
      const [stack] = (await previewReport(program, ready)).stacks;
      const inputs = (type: string) =>
        (stack?.resources ?? [])
          .filter((found) => found.type === type)
          .map((found) => found.inputs);
      const suitable = inputs("aws:backup/vaultLockConfiguration:VaultLockConfiguration").filter(
        ({ minRetentionDays: least, maxRetentionDays: most }) =>
          Number(least) <= 90 && 90 <= Number(most),
      );
      assert.equal(suitable.length, 1);
      const role = roleArn("snapshots", { ...primary, system }).split("/")[1];
      assert.ok(inputs("aws:iam/role:Role").some(({ name }) => name === role));
    });
  }
});
