"use strict";
const { execFileSync } = require("node:child_process");
const { appendFileSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");
const { roleArn } = require("../../contracts/names");

/** Days that a snapshot from before a deployment is kept; the vault's lock holds it for as long. */
const keptDays = 90;

/** Seconds between two looks at the job, and for all of them. */
const pollSeconds = 30;
const patienceSeconds = 2 * 60 * 60;

/**
 * Takes a snapshot of a stack's database, into one of the stack's own vaults and under the role that
 * takes the scheduled ones, and waits until it is complete.
 *
 * @param stack Name of the stack.
 * @param token Tells this deployment from others, so that a call that is repeated starts no second job.
 * @param run Runs a program, and returns the JSON that it prints.
 * @param wait Waits so many seconds.
 * @param say Tells a person that it goes on.
 * @returns What became of it, for people.
 * @throws Error when there is no vault for it, and when the job ends otherwise or takes too long.
 */
async function takeSnapshot({ stack, token, run, wait, say }) {
  const outputs = run("pulumi", ["stack", "output", "--stack", stack, "--json"]);
  if (outputs.database === undefined) {
    return `Stack ${stack} has no database yet: there is nothing to take a snapshot of.`;
  }
  const { system, region, database } = outputs;
  const backup = (...args) =>
    run("aws", ["backup", ...args, "--region", region, "--output", "json"]);
  const vault = suitableVault(stack, outputs.vaults, backup);
  const { BackupJobId: job } = backup(
    "start-backup-job",
    ...["--backup-vault-name", vault.name],
    ...["--resource-arn", database.arn],
    ...["--iam-role-arn", roleArn("snapshots", { system, region, account: vault.account })],
    ...["--lifecycle", `DeleteAfterDays=${keptDays}`],
    ...["--start-window-minutes", "60"],
    ...["--idempotency-token", `${token}-${stack}`],
  );
  for (let waited = 0; waited < patienceSeconds; waited += pollSeconds) {
    const { State, StatusMessage, PercentDone, RecoveryPointArn } = backup(
      "describe-backup-job",
      ...["--backup-job-id", job],
    );
    if (State === "COMPLETED") {
      return `Snapshot of ${database.arn}, kept ${keptDays} days in ${vault.name}: ${RecoveryPointArn}`;
    }
    if (!["CREATED", "PENDING", "RUNNING"].includes(State)) {
      throw new Error(`backup job ${job} ended as ${State}: ${StatusMessage ?? "no reason given"}`);
    }
    say(`backup job ${job}: ${State} ${PercentDone ?? "0"}%`);
    await wait(pollSeconds);
  }
  throw new Error(`backup job ${job} is not complete after ${patienceSeconds} seconds`);
}

/** The first vault that takes snapshots of this retention: AWS fails a job that its lock does not allow. */
function suitableVault(stack, vaultArns, backup) {
  const vaults = Object.values(vaultArns).map((arn) => {
    const [, , , , account, , name] = arn.split(":");
    const { MinRetentionDays: least = 1, MaxRetentionDays: most = Infinity } = backup(
      "describe-backup-vault",
      ...["--backup-vault-name", name],
    );
    return { name, account, least, most };
  });
  const suitable = vaults.find(({ least, most }) => least <= keptDays && keptDays <= most);
  if (suitable === undefined) {
    const known = vaults.map(({ name, least, most }) => `${name} takes ${least} to ${most} days`);
    throw new Error(
      `stack ${stack} has no vault for snapshots that are kept ${keptDays} days (${known.join("; ") || "it has none at all"}); add a tier of ${keptDays}d to the database's snapshots in the system file`,
    );
  }
  return suitable;
}

async function main() {
  const [stack] = process.argv.slice(2);
  const { GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_STEP_SUMMARY } = process.env;
  const result = await takeSnapshot({
    stack,
    token:
      GITHUB_RUN_ID === undefined
        ? `by-hand-${Date.now()}`
        : `deployment-${GITHUB_RUN_ID}-${GITHUB_RUN_ATTEMPT}`,
    run: (command, args) =>
      JSON.parse(execFileSync(command, args, { stdio: ["ignore", "pipe", "inherit"] }).toString()),
    wait: (seconds) => sleep(seconds * 1000),
    say: (text) => process.stdout.write(`${text}\n`),
  });
  process.stdout.write(`${result}\n`);
  if (GITHUB_STEP_SUMMARY !== undefined) {
    appendFileSync(GITHUB_STEP_SUMMARY, `${result}\n\n`);
  }
}

module.exports = { takeSnapshot };

if (require.main === module) {
  main().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
