import assert from "node:assert/strict";
import { join } from "node:path";
import { jobsOf } from "../../composition/jobs";
import { loadSystem, systemIds } from "../../config/configuration";
import {
  backupDatabaseUser,
  jobCommand,
  type JobKind,
  jobKinds,
  jobName,
  longestJobPart,
  longestNamespace,
  namespaceOf,
  serviceAccountName,
  verificationNamespace,
} from "../../contracts/jobs";
import { projectDirectory } from "../support/projectCopy";

const systemsDirectory = join(projectDirectory, "systems");

describe("jobs", () => {
  // Pinned: the command is written against these words, and roles trust these names.
  const pinned: readonly (readonly [JobKind, string, string, string])[] = [
    ["backup-database", "trading-dr backup database", "dr-backup-database", "trading"],
    ["verify", "trading-dr verify", "dr-verify", "trading-verify"],
    ["snapshot-cache", "trading-dr snapshot cache", "dr-snapshot-cache", "trading"],
    [
      "snapshot-configuration",
      "trading-dr snapshot configuration",
      "dr-snapshot-configuration",
      "trading",
    ],
    ["check", "trading-dr check", "dr-check", "trading"],
    ["catalog-load", "trading-dr catalog load", "dr-catalog-load", "trading"],
    ["drill-recovery", "trading-dr drill recovery", "dr-drill-recovery", "trading-verify"],
    ["drill-disaster", "trading-dr drill disaster", "dr-drill-disaster", "trading-verify"],
  ];
  for (const [kind, command, serviceAccount, namespace] of pinned) {
    it(`of kind ${kind} run ${command} as ${serviceAccount} in ${namespace}`, () => {
      assert.equal(jobCommand(kind).join(" "), command);
      assert.equal(serviceAccountName(kind), serviceAccount);
      assert.equal(namespaceOf(kind, "trading"), namespace);
    });
  }

  it("are of eight kinds", () => {
    assert.deepEqual(
      jobKinds,
      pinned.map(([kind]) => kind),
    );
  });

  it("are named after their kind, and after a series or store where there are several", () => {
    assert.equal(jobName("verify"), "dr-verify");
    assert.equal(jobName("backup-database", "daily"), "dr-backup-database-daily");
  });

  it("have names that leave Kubernetes room for the 11 characters that it adds", () => {
    const longest = jobName("snapshot-configuration", "x".repeat(longestJobPart));
    assert.equal(longest.length, 52);
    assert.throws(
      () => jobName("snapshot-configuration", "x".repeat(longestJobPart + 1)),
      new RangeError(
        `CronJob name "${longest}x" is not allowed: at most 52 characters; shorten the name of the store or series`,
      ),
    );
  });

  it("restore in a namespace whose name Kubernetes takes", () => {
    assert.equal(verificationNamespace("x".repeat(longestNamespace)).length, 63);
  });

  it("have names of their own in every system", () => {
    for (const id of systemIds(systemsDirectory)) {
      const names = jobsOf(loadSystem(id, systemsDirectory)).map(({ kind, part }) =>
        jobName(kind, part),
      );
      assert.ok(names.length >= jobKinds.length);
      assert.deepEqual([...new Set(names)], names);
    }
  });

  it("connect as a user that no other system's database has", () => {
    assert.equal(backupDatabaseUser("market-scanning"), "market_scanning_backup");
  });
});
