import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandResult, type Edit, runEdited, runPreview } from "../support/previewCommand";
import { projectDirectory } from "../support/projectCopy";

const system = "systems/market-scanning.yaml";

interface BadInput {
  readonly title: string;
  readonly edits: readonly Edit[];
  readonly args?: readonly string[];
  readonly stderr: string;
}

/** What every rejected configuration starts with. */
const oneProblem = "1 problem in the configuration; nothing was declared.\n";

/** What a stack of a trading region needs beside. */
const certificateAuthority = Buffer.from(
  "-----BEGIN CERTIFICATE-----\nTm8gY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n",
).toString("base64");
const network = `
  trading-dr:network: { vpcId: vpc-0a1b2c3d, subnetIds: [subnet-0a1b2c3d, subnet-1a1b2c3d] }
  trading-dr:cluster:
    name: other
    securityGroupId: sg-0a1b2c3d
    endpoint: https://other.us-west-2.eks.amazonaws.com
    certificateAuthority: ${certificateAuthority}
  trading-dr:cache: { redisImage: "redis@sha256:${"0".repeat(64)}", exporterImage: "exporter@sha256:${"0".repeat(64)}", certificateIssuer: { kind: Issuer, name: ca }, storageClass: gp3, monitoringNamespace: monitoring, betweenRegions: { privateDomain: trading.internal, otherRegionCidr: 10.0.0.0/16, loadBalancerCidrs: [10.1.1.0/24], secretStore: store } }`;

const badInputs: readonly BadInput[] = [
  {
    title: "an unknown key",
    edits: [
      {
        file: system,
        find: "oldVersionRetention:",
        replace: "oldVersionsRetention: 9d\noldVersionRetention:",
      },
    ],
    stderr: `${oneProblem}  systems/market-scanning.yaml:31: oldVersionsRetention, found "9d"
      unknown key; allowed here: id, name, plan, namespace, regions, failover, minimumTlsVersion, owns, oldVersionRetention, incompleteUploadRetention, accessLogRetention, lockClasses, tiers, dataClasses, scenarios, stores, schedules, jobs, budgets, alarms, unmetObjectives, mayWeaken, measuredRates. Correct the spelling or remove it
`,
  },
  {
    title: "a duration without a unit",
    edits: [{ file: system, find: "rto: 1m #", replace: "rto: 1 #" }],
    stderr: `${oneProblem}  systems/market-scanning.yaml:69: dataClasses.signals.rto, found 1
      must be a duration: a whole number and a unit of s, m, h, d or y; write it like "15m", "90d" or "7y"
`,
  },
  {
    title: "a standby region equal to the primary",
    edits: [{ file: system, find: "standby: us-west-2", replace: "standby: us-east-1" }],
    stderr: `${oneProblem}  systems/market-scanning.yaml:12: regions.standby, found "us-east-1"
      must differ from regions.primary (us-east-1); name another region
`,
  },
  {
    title: "a retention shorter than the lock",
    edits: [
      {
        file: system,
        find: 'retention: 90d # Plan, "Secondary Backup": 90 days\n    transitions',
        replace: "retention: 80d\n    transitions",
      },
    ],
    stderr: `${oneProblem}  systems/market-scanning.yaml:55: tiers.daily.retention, found "80d"
      must be at least 90d, the period of lock class daily, because locked objects cannot be deleted sooner; raise it, or choose a lock class with a shorter period
`,
  },
  {
    title: "a transition order that S3 would refuse",
    edits: [
      { file: system, find: 'GLACIER: 90d # Plan, "Time', replace: 'GLACIER: 20d # Plan, "Time' },
    ],
    stderr: `${oneProblem}  systems/market-scanning.yaml:62: tiers.monthly.transitions.STANDARD_IA, found "30d"
      S3 refuses STANDARD_IA at 30 days and then GLACIER at 20: objects only move to colder classes, and then expire; put them in that order
`,
  },
  {
    title: "a zone that does not match the name",
    edits: [{ file: "Pulumi.prod.yaml", find: "name: example.com", replace: "name: example.org" }],
    stderr: `${oneProblem}  Pulumi.prod.yaml:27: hostedZone.name, found "example.org"
      must be the zone that holds "api.market-scanning.example.com", failover.recordName of systems/market-scanning.yaml; name that zone, or correct the record's name
`,
  },
  {
    title: "a failover TTL above 60 seconds",
    edits: [{ file: system, find: "recordTtl: 60s", replace: "recordTtl: 5m" }],
    stderr: `${oneProblem}  systems/market-scanning.yaml:19: failover.recordTtl, found "5m"
      must be at least 1s and at most 60s; choose a duration within that
`,
  },
  {
    title: "an even number of sentinels",
    edits: [{ file: system, find: "sentinels: 3", replace: "sentinels: 4" }],
    stderr: `${oneProblem}  systems/market-scanning.yaml:156: stores.cache.sentinels, found 4
      must be odd, so that a split network leaves one majority; use 3, 5, 7 or 9
`,
  },
  {
    title: "a budget of zero",
    edits: [{ file: system, find: "backup: 10000", replace: "backup: 0" }],
    stderr: `${oneProblem}  systems/market-scanning.yaml:262: budgets.backup, found 0
      must be a whole number of US dollars a month from 1 to 10000000; correct the number
`,
  },
  {
    title: "a class that names a store that is not there",
    edits: [
      {
        file: system,
        find: "stores: [database, cache, financial-records]",
        replace: "stores: [database, cash, financial-records]",
      },
    ],
    stderr: `${oneProblem}  systems/market-scanning.yaml:72: dataClasses.signals.stores.1, found "cash"
      there is no store "cash"; use one of database, cache, time-series, time-series-exports, topics, images, configuration, financial-records, audit-records, system-logs, or add it to stores
`,
  },
  {
    title: "compliance mode without its dated acknowledgement",
    edits: ["prod", "dr", "archive"].map((stack) => ({
      file: `Pulumi.${stack}.yaml`,
      find: "{ kind: deferred }",
      replace: '{ kind: acknowledged, approver: "Chief compliance officer", reason: SOX }',
    })),
    stderr: ["prod:11", "dr:11", "archive:10"].reduce((text, place) => {
      const [stack, line] = place.split(":");
      return `${text}  Pulumi.${String(stack)}.yaml:${String(line)}: complianceLocks.date
      missing: must be a calendar date; write it like "2026-11-21"
`;
    }, "3 problems in the configuration; nothing was declared.\n"),
  },
  {
    title: "compliance mode that nobody decided on",
    edits: [{ file: "Pulumi.dr.yaml", find: /\n {2}trading-dr:complianceLocks.*/, replace: "" }],
    args: ["--stack", "dr"],
    stderr: `${oneProblem}  Pulumi.dr.yaml:3: complianceLocks
      missing: systems/market-scanning.yaml asks for compliance mode (lockClasses.regulated), which nobody can undo; acknowledge it with {kind: acknowledged, date, approver, reason}, or put it off with {kind: deferred}
`,
  },
  {
    title: "a syntax error in YAML",
    edits: [{ file: system, find: "regions:\n", replace: "regions: [\n" }],
    stderr: `${oneProblem}  systems/market-scanning.yaml:12:
      not valid YAML: Missing , between flow sequence items; correct the syntax
`,
  },
  {
    title: "two stacks of one role",
    edits: [
      { file: "Pulumi.archive.yaml", find: "role: archive", replace: "role: dr" },
      { file: "Pulumi.archive.yaml", find: /\n {2}trading-dr:assumeRoleArn.*/, replace: network },
    ],
    stderr: `${oneProblem}  Pulumi.archive.yaml:5: role, found "dr"
      stack dr has the same role for market-scanning, so both would make things of the same names; remove one of the two, or give it another system
`,
  },
  {
    title: "an access stack that is no sandbox beside stacks that are",
    edits: ["prod", "dr", "archive"].map((stack) => ({
      file: `Pulumi.${stack}.yaml`,
      find: `role: ${stack}`,
      replace: `role: ${stack}\n  trading-dr:profile: sandbox`,
    })),
    stderr: `${oneProblem}  Pulumi.access.yaml:4: profile, found "production"
      must be the same in all stacks of market-scanning; stack prod has "sandbox"
`,
  },
  {
    title: "an access stack that would lose the writer at the first failover",
    edits: [{ file: "Pulumi.access.yaml", find: ".global.rds", replace: ".us-east-1.rds" }],
    stderr: `${oneProblem}  Pulumi.access.yaml:12: writer.host, found "market-scanning-database.global-0a1b2c3d4e5f.us-east-1.rds.amazonaws.com"
      must be the global database's writer endpoint, since this one stays behind when the writer moves to the other region; take globalEndpoint of pulumi stack output database --stack prod
`,
  },
  {
    title: "stacks that disagree about the archive's account",
    edits: [{ file: "Pulumi.dr.yaml", find: '"444455556666"', replace: '"777788889999"' }],
    stderr: `${oneProblem}  Pulumi.dr.yaml:9: accounts, found {"trading":"111122223333","archive":"777788889999"}
      must be the same in all stacks of market-scanning; stack prod has {"trading":"111122223333","archive":"444455556666"}
`,
  },
  {
    title: "a standby that is drilled elsewhere than where records lead",
    edits: [
      { file: "Pulumi.dr.yaml", find: "primary: api-us-east-1", replace: "primary: old-us-east-1" },
    ],
    stderr: `${oneProblem}  Pulumi.dr.yaml:26: endpoints, found {"primary":"old-us-east-1.market-scanning.example.com","standby":"api-us-west...
      must be the same in all stacks of market-scanning; stack prod has {"primary":"api-us-east-1.market-scanning.example.com","standby":"api-us-west...
`,
  },
];

describe("preview command with bad input", () => {
  for (const { title, edits, args, stderr } of badInputs) {
    it(`refuses ${title}`, async () => {
      const result = await runEdited(edits, args);
      assert.deepEqual(result, { status: 1, stdout: "", stderr });
    });
  }

  const refusal = (args: string[], stderr: string) => async () => {
    const result: CommandResult = await runPreview(args);
    assert.deepEqual(result, { status: 1, stdout: "", stderr });
  };

  it(
    "refuses an unknown system",
    refusal(
      ["--system", "nasdaq", "--stack", "dr"],
      `${oneProblem}  systems/nasdaq.yaml:
      there is no system "nasdaq"; use one of hft, market-scanning, smc, trademaster, trading-system, or add the file
`,
    ),
  );

  it(
    "refuses a stack without a file",
    refusal(
      ["--stack", "staging"],
      `${oneProblem}  Pulumi.staging.yaml:
      there is no stack "staging"; use one of prod, dr, archive, access, or add the file
`,
    ),
  );

  it(
    "refuses an option that it does not have",
    refusal(
      ["--region", "us-east-1"],
      `Unknown option '--region'\nnpm run preview -- --help lists the options.\n`,
    ),
  );
});

describe("preview command", () => {
  it("prints the tree, counts, outputs, remarks and what is not built, without colour in a pipe", async () => {
    const { status, stdout, stderr } = await runPreview([]);
    assert.equal(status, 0);
    assert.equal(stderr, "");
    for (const line of [
      "Stack prod: market-scanning, prod in us-east-1",
      "  ! lock class regulated is governance, not compliance, until trading-dr:complianceLocks acknowledges it",
      "  ├─ trading-dr:encryption:EncryptionKey key-records",
      "       2  aws:backup:Vault",
      "    system: market-scanning",
      "Totals over 4 stacks",
      "Declared in the system file, but not built yet",
      "  stores.topics: topics: Kafka topics of the scanning pipeline",
    ]) {
      assert.ok(stdout.split("\n").includes(line), line);
    }
    assert.ok(!stdout.includes("\u001b"));
    const readme = readFileSync(join(projectDirectory, "README.md"), "utf8");
    const example = /```\n(Stack dr[^]*?)```/.exec(readme)?.[1] ?? "";
    const shown = example.trimEnd().split("\n");
    assert.ok(shown.length > 5);
    assert.deepEqual(
      shown.filter((line) => line.trim() !== "..." && !stdout.split("\n").includes(line)),
      [],
      "README.md shows what the preview does not print",
    );
  });

  it("shows inputs, secrets and values not known yet on request", async () => {
    const { stdout } = await runPreview(["--verbose", "--stack", "prod"]);
    assert.match(stdout, / masterPassword: \[secret\]\n/);
    assert.match(stdout, / secretString: \[secret\]\n/);
    assert.match(stdout, / kmsKeyId: \[known after deployment\]\n/);
    assert.ok(!stdout.includes("Stack dr"));
  });

  it("ends quietly when its reader has seen enough", async () => {
    const child = spawn(process.execPath, ["--require", "tsx/cjs", "preview/main.ts"], {
      cwd: projectDirectory,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [status] = (await once(child, "close")) as [number | null];
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  });

  it("explains its options", async () => {
    const { status, stdout } = await runPreview(["--help"]);
    assert.equal(status, 0);
    assert.match(stdout, /--system ID/);
  });

  it("declares only what others copy into or name while dr is landing", async () => {
    const { status, stdout } = await runEdited(
      [{ file: "Pulumi.dr.yaml", find: "phase: whole", replace: "phase: landing" }],
      ["--stack", "dr", "--json"],
    );
    assert.equal(status, 0);
    const types = new Set(
      (
        JSON.parse(stdout) as { stacks: { resources: { type: string }[] }[] }
      ).stacks[0]?.resources.map(({ type }) => type.split(":").pop()),
    );
    for (const present of [
      "Key",
      "Vault",
      "Bucket",
      "BucketObjectLockConfiguration",
      "MetricAlarm",
    ]) {
      assert.ok(types.has(present), present);
    }
    for (const absent of ["BucketReplicationConfig", "Cluster", "Plan", "RestoreTestingPlan"]) {
      assert.ok(!types.has(absent), absent);
    }
  });

  it("locks nothing and protects nothing in a sandbox", async () => {
    const { status, stdout } = await runEdited(
      ["prod", "dr", "archive", "access"].map((stack) => ({
        file: `Pulumi.${stack}.yaml`,
        find: `trading-dr:role: ${stack}`,
        replace: `trading-dr:role: ${stack}\n  trading-dr:profile: sandbox`,
      })),
      ["--json"],
    );
    assert.equal(status, 0);
    const report = JSON.parse(stdout) as {
      totals: { protected: number };
      stacks: { resources: { type: string; inputs: Record<string, unknown> }[] }[];
    };
    assert.equal(report.totals.protected, 0);
    const resources = report.stacks.flatMap((stack) => stack.resources);
    assert.deepEqual(
      resources.filter(({ type }) => type.endsWith("LockConfiguration")),
      [],
    );
    assert.deepEqual(
      resources.filter(
        ({ inputs }) =>
          inputs["deletionProtection"] === true || inputs["objectLockEnabled"] === true,
      ),
      [],
    );
  });

  it("makes compliance locks once they are acknowledged, in buckets and in vaults", async () => {
    const { status, stdout } = await runEdited(
      ["prod", "dr", "archive"].map((stack) => ({
        file: `Pulumi.${stack}.yaml`,
        find: "{ kind: deferred }",
        replace:
          '{ kind: acknowledged, date: "2026-11-21", approver: Chief compliance officer, reason: SOX }',
      })),
      ["--json"],
    );
    assert.equal(status, 0);
    const report = JSON.parse(stdout) as {
      stacks: {
        role: string;
        remarks: string[];
        resources: { name: string; inputs: Record<string, unknown> }[];
      }[];
    };
    for (const {
      remarks: [remark],
      resources,
    } of report.stacks.filter(({ role }) => role !== "access")) {
      const inputsOf = (name: string) =>
        resources.find((resource) => resource.name === name)?.inputs;
      assert.equal(
        remark,
        "lock class regulated is compliance, which nobody can undo: acknowledged 2026-11-21 by Chief compliance officer",
      );
      assert.deepEqual(inputsOf("regulated-records-lock")?.["rule"], {
        defaultRetention: { mode: "COMPLIANCE", days: 2557 },
      });
      assert.deepEqual(inputsOf("daily-records-lock")?.["rule"], {
        defaultRetention: { mode: "GOVERNANCE", days: 90 },
      });
      assert.equal(inputsOf("regulated-vault-lock")?.["changeableForDays"], 7);
      assert.equal("changeableForDays" in (inputsOf("daily-vault-lock") ?? {}), false);
    }
  });
});
