import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { jobsOf, runsIn, seriesOf } from "../../composition/jobs";
import { landscapeOf } from "../../composition/places";
import { declareRoles } from "../../composition/roles";
import { declareJobs } from "../../composition/schedule";
import { type Configuration, systemIds } from "../../config/configuration";
import { parseEnvironment } from "../../contracts/jobEnvironment";
import { type JobKind, jobKinds, jobName, restoresToScratch } from "../../contracts/jobs";
import program from "../../index";
import { type PreviewedResource } from "../../preview/inProcess";
import { previewReport } from "../../preview/report";
import { readRegionStacks } from "../support/regionStacks";
import { statementsOf } from "../components/inspection";
import { declared } from "../support/declared";
import { hardeningViolations, type PodSpec, restrictedViolations } from "../support/podSecurity";
import { projectDirectory } from "../support/projectCopy";

const systems = systemIds(join(projectDirectory, "systems"));

/** Both images of a system's jobs, in its own repositories, and a recovery key. */
function readyJobs(system: string) {
  return {
    recoveryRecipients: ["age1mhu6d3yca9nwtdxyknyzvunmt99865m3u0gj2e8e5nhpqcpfkgwsnauyp8"],
    image: `trading-dr/${system}/recovery@sha256:${"1".repeat(64)}`,
    scratchImage: `trading-dr/${system}/postgres@sha256:${"2".repeat(64)}`,
  };
}

/** What a system file says otherwise. */
interface Otherwise {
  readonly image?: string;
  readonly scratchImage?: string;
  readonly recoveryRecipients?: "pending";
  readonly active?: string;
  readonly timeZone?: string;
  /** The stack's own settings then name nowhere that signals go. */
  readonly signals?: "none";
}

function configurationOf(stack: string, system: string, otherwise: Otherwise = {}): Configuration {
  const [read] = readRegionStacks({ directory: projectDirectory, stack, system });
  assert.ok(read);
  const { active, timeZone, signals, ...ready } = { ...readyJobs(system), ...otherwise };
  const { settings, region, system: written } = read.configuration;
  return {
    settings: signals === "none" ? { ...settings, signals: {} } : settings,
    region,
    system: {
      ...written,
      regions: { ...written.regions, ...(active === undefined ? {} : { active }) },
      schedules: { ...written.schedules, ...(timeZone === undefined ? {} : { timeZone }) },
      jobs: { ...written.jobs, ...ready },
    },
  };
}

const alreadyDeclared = new Map<string, readonly CronJob[]>();

/** The CronJobs of a stack. Several tests look at the same ones: each are declared once. */
async function jobsIn(
  stack: string,
  system: string,
  otherwise: Otherwise = {},
): Promise<readonly CronJob[]> {
  const key = JSON.stringify([stack, system, otherwise]);
  const known = alreadyDeclared.get(key);
  if (known !== undefined) {
    return known;
  }
  const configuration = configurationOf(stack, system, otherwise);
  const { resources } = await declared((options) => {
    const database = {
      endpoint: pulumi.output("writer.example.com"),
      readerEndpoint: pulumi.output("reader.example.com"),
    };
    declareJobs(configuration, landscapeOf(configuration), database, [], options);
  }, configuration.region);
  const jobs = cronJobs(resources);
  alreadyDeclared.set(key, jobs);
  return jobs;
}

interface CronJob {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly schedule: string;
    readonly timeZone: string;
    readonly suspend: boolean;
    readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: Pod } } };
  };
}

type Pod = Omit<PodSpec, "volumes"> & {
  readonly serviceAccountName: string;
  readonly volumes: readonly {
    readonly name: string;
    readonly projected?: {
      readonly sources: readonly { readonly secret: { readonly name: string } }[];
    };
  }[];
  readonly containers: readonly {
    readonly image: string;
    readonly command: readonly string[];
    readonly env: readonly { readonly name: string; readonly value: string }[];
  }[];
};

function cronJobs(resources: readonly PreviewedResource[]): CronJob[] {
  return resources
    .filter(({ type }) => type === "kubernetes:batch/v1:CronJob")
    .map(({ inputs }) => inputs as unknown as CronJob);
}

function podOf({ spec }: CronJob): Pod {
  return spec.jobTemplate.spec.template.spec;
}

function kindOf(job: CronJob): JobKind {
  const words = podOf(job).containers[0]?.command.slice(1).join("-");
  const kind = jobKinds.find((candidate) => candidate === words);
  assert.ok(kind, words);
  return kind;
}

/** The kinds of those jobs that Kubernetes would start, each once. */
function running(jobs: readonly CronJob[]): JobKind[] {
  return jobKinds.filter((kind) => jobs.some((job) => kindOf(job) === kind && !job.spec.suspend));
}

const regions = { prod: "us-east-1", dr: "us-west-2" } as const;
const inActive = jobKinds.filter((kind) => kind !== "drill-disaster");
const inStandby: readonly JobKind[] = [
  "verify",
  "snapshot-configuration",
  "check",
  "drill-disaster",
];

for (const system of systems) {
  describe(`jobs of ${system}`, () => {
    for (const [stack, region] of Object.entries(regions)) {
      it(`are of eight kinds in ${region}, at the system's schedules and in its time zone`, async () => {
        const configuration = configurationOf(stack, system);
        const jobs = await jobsIn(stack, system);
        const { schedules } = configuration.system;
        assert.deepEqual([...new Set(jobs.map(kindOf))].sort(), [...jobKinds].sort());
        assert.deepEqual(
          jobs.map(({ metadata, spec }) => [metadata.name, spec.schedule, spec.timeZone]).sort(),
          [
            ...seriesOf(configuration.system).map(({ kind, part, schedule }) => [
              jobName(kind, part),
              schedule,
              schedules.timeZone,
            ]),
            ["dr-catalog-load", schedules.catalogLoad, schedules.timeZone],
            ["dr-check", schedules.missingBackupMonitor, schedules.timeZone],
            ["dr-drill-disaster", schedules.disasterTest, schedules.timeZone],
            ["dr-drill-recovery", schedules.recoveryTest, schedules.timeZone],
            ["dr-verify", schedules.verify, schedules.timeZone],
          ].sort(),
        );
      });

      it(`tell each job in ${region} what its command reads, about its own region's buckets`, async () => {
        for (const job of await jobsIn(stack, system)) {
          const environment = Object.fromEntries(
            (podOf(job).containers[0]?.env ?? []).map(({ name, value }) => [name, value]),
          );
          const parsed = parseEnvironment(kindOf(job), environment);
          assert.deepEqual([parsed.system, parsed.region], [system, region]);
          const buckets = JSON.stringify(environment).match(/s3:\/\/[^/]+/g) ?? [];
          assert.ok(buckets.length >= 1);
          assert.deepEqual(
            buckets.filter((bucket) => !bucket.endsWith(`-111122223333-${region}`)),
            [],
            job.metadata.name,
          );
        }
      });

      it(`have pods in ${region} that meet the restricted Pod Security Standard, and more`, async () => {
        for (const job of await jobsIn(stack, system)) {
          assert.deepEqual(restrictedViolations(podOf(job)), [], job.metadata.name);
          assert.deepEqual(hardeningViolations(podOf(job)), [], job.metadata.name);
          assert.equal(podOf(job).serviceAccountName, `dr-${kindOf(job)}`);
          const { namespace } = configurationOf(stack, system).system;
          assert.equal(
            job.metadata.namespace,
            restoresToScratch(kindOf(job)) ? `${namespace}-verify` : namespace,
          );
        }
      });
    }

    it("have the drill of a disaster look at its own region's database, images and endpoint", async () => {
      for (const [stack, region] of Object.entries(regions)) {
        const drill = (await jobsIn(stack, system)).find((job) => kindOf(job) === "drill-disaster");
        assert.ok(drill);
        const { regionDatabase, images, endpoint } = parseEnvironment(
          "drill-disaster",
          Object.fromEntries(
            (podOf(drill).containers[0]?.env ?? []).map(({ name, value }) => [name, value]),
          ),
        );
        assert.deepEqual(
          regionDatabase,
          system === "smc" || system === "trading-system"
            ? { engine: "rds-postgresql", instance: `${system}-database-${region}` }
            : {
                engine: "aurora-postgresql",
                cluster: `${system}-database-${region}`,
                globalCluster: `${system}-database`,
              },
        );
        const { recordName, healthPath } = configurationOf(stack, system).system.failover;
        const { endpoints } = configurationOf(stack, system).settings;
        const host = stack === "prod" ? endpoints?.primary : endpoints?.standby;
        assert.ok(host !== undefined);
        assert.deepEqual(endpoint, { url: `https://${host}${healthPath}`, name: recordName });
        const named = images.filter(({ digests }) => digests.length > 0);
        assert.deepEqual(
          named.map(({ repository, digests }) => `${repository}@${digests.join()}`).sort(),
          [readyJobs(system).image, readyJobs(system).scratchImage].sort(),
        );
        assert.ok(images.length >= named.length);
      }
    });

    it("send signals where their stack says, and start without the Secret", async () => {
      for (const stack of Object.keys(regions)) {
        const secretOf = (job: CronJob) =>
          podOf(job)
            .volumes.flatMap(({ projected }) => projected?.sources ?? [])
            .find(({ secret }) => secret.name === "trading-dr-slack")?.secret;
        const told = (job: CronJob, name: string) =>
          podOf(job).containers[0]?.env.find((one) => one.name === name)?.value;
        for (const job of await jobsIn(stack, system)) {
          assert.deepEqual(secretOf(job), {
            name: "trading-dr-slack",
            items: [{ key: "webhook", path: "webhook" }],
            optional: true,
          });
          assert.equal(
            told(job, "TRADING_DR_SLACK_WEBHOOK_FILE"),
            "/var/run/secrets/trading-dr/webhook",
          );
          assert.equal(
            told(job, "TRADING_DR_PUSHGATEWAY"),
            "http://prometheus-pushgateway.monitoring.svc:9091",
          );
        }
        for (const job of await jobsIn(stack, system, { signals: "none" })) {
          assert.equal(secretOf(job), undefined);
          assert.equal(told(job, "TRADING_DR_SLACK_WEBHOOK_FILE"), undefined);
          assert.equal(told(job, "TRADING_DR_PUSHGATEWAY"), undefined);
        }
      }
    });

    it("run where the table says, and change places with the active region", async () => {
      for (const active of Object.values(regions)) {
        for (const [stack, region] of Object.entries(regions)) {
          const otherwise = active === regions.prod ? {} : { active };
          const jobs = await jobsIn(stack, system, otherwise);
          assert.deepEqual(running(jobs), region === active ? inActive : inStandby);
        }
      }
    });

    it("are all suspended until there is an image, those that restore until there is a second, and configuration's until there is a key", async () => {
      for (const stack of Object.keys(regions)) {
        const none = await jobsIn(stack, system, { image: "pending" });
        assert.deepEqual(running(none), []);
        const one = await jobsIn(stack, system, { scratchImage: "pending" });
        assert.deepEqual(
          running(one),
          (stack === "prod" ? inActive : inStandby).filter((kind) => !restoresToScratch(kind)),
        );
        const keyless = await jobsIn(stack, system, { recoveryRecipients: "pending" });
        assert.deepEqual(
          running(keyless),
          (stack === "prod" ? inActive : inStandby).filter(
            (kind) => kind !== "snapshot-configuration",
          ),
        );
      }
    });

    it("may do in AWS what the list says, and nothing with a wildcard that AWS could spare", async () => {
      const configuration = configurationOf("prod", system);
      const found = await declared((options) => {
        declareRoles(configuration, landscapeOf(configuration), options);
      });
      const policies = found
        .all("aws:iam/rolePolicy:RolePolicy")
        .filter(({ inputs }) => /-job-us-(east|west)-\d$/.test(String(inputs["role"])));
      assert.equal(policies.length, 2 * jobKinds.length);
      for (const { inputs } of policies) {
        const role = String(inputs["role"]);
        const kind = jobKinds.find((one) => role.includes(`-${one}-job-`));
        assert.ok(kind, role);
        const region = role.slice(-"us-east-1".length);
        // IAM takes so many characters of a role's own policies.
        assert.ok(String(inputs["policy"]).length <= 10_240, role);
        const statements = statementsOf(inputs["policy"]);
        const actions = statements.flatMap(({ Action }) => Action as string | string[]);
        const engine = system === "smc" || system === "trading-system" ? "rds" : "aurora";
        assert.deepEqual(
          actions.sort(),
          [...actionsOf(kind, engine), ...listsOf(statements)].sort(),
        );
        for (const { Sid, Resource } of statements) {
          // Only the monitor looks into the other region, and there it writes nothing.
          const isOfCopies = /Copies|SeeLocks/.test(String(Sid));
          assert.ok(!isOfCopies || kind === "check");
          for (const arn of [Resource as string | string[]].flat()) {
            const where = isOfCopies ? "us-(east-1|west-2)" : region;
            assert.ok(!arn.includes("*") || spared(arn, where), `${role}: ${arn}`);
            assert.ok(
              !arn.startsWith("arn:aws:s3:") || new RegExp(`-${where}(/|$)`).test(arn),
              arn,
            );
          }
        }
        const [written] = statements.filter(({ Sid }) => Sid === "Write");
        for (const arn of written?.["Resource"] as string[]) {
          assert.ok(
            new RegExp(`/recovery-points/[^*]+/${region}/\\*$`).test(arn) ||
              arn.endsWith(`/events/${region}/${kind}/*`),
            `${role} writes ${arn}`,
          );
        }
      }
    });
  });
}

/** What a kind's role may do, each action once, but for the lists of buckets. */
function actionsOf(kind: JobKind, engine: "aurora" | "rds"): string[] {
  return [
    "s3:PutObject",
    "s3:GetObject",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    ...(kind === "backup-database" || kind === "catalog-load" ? ["rds-db:connect"] : []),
    // Of the copies in the other region too.
    ...(kind === "check"
      ? ["s3:GetObject", "s3:GetObjectRetention", "s3:GetObjectRetention", "kms:Decrypt"]
      : []),
    ...(kind !== "drill-disaster"
      ? []
      : [
          ...(engine === "aurora"
            ? ["rds:DescribeDBClusters", "rds:DescribeGlobalClusters"]
            : ["rds:DescribeDBInstances"]),
          "ecr:DescribeImages",
        ]),
  ];
}

/** One list of a bucket, under the job's own prefixes, for each of its buckets. */
function listsOf(statements: readonly Record<string, unknown>[]): string[] {
  const lists = statements.filter(({ Action }) => Action === "s3:ListBucket");
  assert.ok(lists.length >= 1);
  for (const { Condition, Resource } of lists) {
    const { StringLike } = Condition as { StringLike: Record<string, string[]> };
    assert.match(String(Resource), /^arn:aws:s3:::[a-z0-9-]+$/);
    assert.ok(StringLike["s3:prefix"]?.every((prefix) => /^[a-z].+\/\*$/.test(prefix)));
  }
  return lists.map(() => "s3:ListBucket");
}

/** The wildcards that AWS offers nothing narrower for. */
function spared(arn: string, region: string): boolean {
  return [
    // Objects are named by prefix: a bucket and a path that ends in the job's own part.
    /^arn:aws:s3:::[a-z0-9-]+\/(recovery-points|records)\/[a-z0-9/-]+\/\*$/,
    // A key is named by the condition on its alias; its id is not known in advance.
    new RegExp(`^arn:aws:kms:${region}:111122223333:key/\\*$`),
    // A database's resource id is chosen by RDS; the user's name carries the system.
    new RegExp(
      `^arn:aws:rds-db:${region}:111122223333:dbuser:(cluster|db)-\\*/[a-z_]+_(backup|event_writer)$`,
    ),
  ].some((pattern) => pattern.test(arn));
}

describe("the disaster drill of a system whose lost side was rebuilt", () => {
  it("asks about the databases that count, and the pair that they are in", async () => {
    const shipped = configurationOf("prod", "market-scanning", { active: "us-west-2" });
    const database = shipped.system.stores["database"] ?? assert.fail();
    assert.ok(database.kind === "database");
    const rebuilt = { ...database, rebuilds: [{ survivor: "us-west-2", lost: "kept" as const }] };
    const configuration = {
      ...shipped,
      system: { ...shipped.system, stores: { ...shipped.system.stores, database: rebuilt } },
    };
    const { resources } = await declared((options) => {
      declareRoles(configuration, landscapeOf(configuration), options);
    });
    const described = (region: string) => {
      const policy = resources.find(({ name }) => name === `drill-disaster-job-${region}-policy`);
      return statementsOf(policy?.inputs["policy"]).find(({ Sid }) => Sid === "Describe")?.[
        "Resource"
      ];
    };
    const pair = "arn:aws:rds::111122223333:global-cluster:market-scanning-database-generation-2";
    assert.deepEqual(described("us-east-1"), [
      "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-generation-2-us-east-1",
      pair,
    ]);
    assert.deepEqual(described("us-west-2"), [
      "arn:aws:rds:us-west-2:111122223333:cluster:market-scanning-database-us-west-2",
      pair,
    ]);
  });
});

describe("the monitor", () => {
  /** What the monitor of a stack looks for: the series or store, the age in seconds, the places. */
  async function watchedIn(stack: string, otherwise: Otherwise = {}) {
    const jobs = await jobsIn(stack, "market-scanning", otherwise);
    const check = jobs.find(({ metadata }) => metadata.name === "dr-check") ?? assert.fail();
    const environment = Object.fromEntries(
      (podOf(check).containers[0]?.env ?? []).map(({ name, value }) => [name, value]),
    );
    return parseEnvironment("check", environment).watched.map(
      ({ store, series, maximumAgeSeconds, locations }) => [
        series ?? store,
        maximumAgeSeconds,
        ...locations.map(({ prefix }) => prefix),
      ],
    );
  }

  const watched = (active: string) => [
    ["frequent", 15 * 60 + 3_600, `recovery-points/frequent/database/frequent/${active}/`],
    ["daily", 86_400 + 3_600, `recovery-points/daily/database/daily/${active}/`],
    ["monthly", 31 * 86_400 + 3_600, `recovery-points/monthly/database/monthly/${active}/`],
    ["cache", 15 * 60 + 3_600, `recovery-points/frequent/cache/${active}/`],
    ["configuration", 300 + 3_600, "recovery-points/frequent/configuration/us-east-1/"],
    ["configuration", 300 + 3_600, "recovery-points/frequent/configuration/us-west-2/"],
  ];

  for (const stack of ["prod", "dr"]) {
    it(`looks in ${stack} for points of the region where the writer is, and of each where both take them`, async () => {
      assert.deepEqual(await watchedIn(stack), watched("us-east-1"));
    });

    it(`is not satisfied in ${stack} after a failover by points that the other region took`, async () => {
      assert.deepEqual(await watchedIn(stack, { active: "us-west-2" }), watched("us-west-2"));
    });
  }

  it("compares with the other region's buckets, and looks for each region's verifications", async () => {
    const jobs = await jobsIn("dr", "market-scanning");
    const check = jobs.find(({ metadata }) => metadata.name === "dr-check") ?? assert.fail();
    const { watched: series, verified } = parseEnvironment(
      "check",
      Object.fromEntries(
        (podOf(check).containers[0]?.env ?? []).map(({ name, value }) => [name, value]),
      ),
    );
    for (const { locations, copiedTo } of series) {
      assert.deepEqual(copiedTo, {
        region: "us-east-1",
        bucket: locations[0]?.bucket.replace(/us-west-2$/, "us-east-1"),
      });
    }
    assert.equal(verified?.maximumAgeSeconds, 86_400 + 3_600);
    assert.deepEqual(
      verified.locations.map(({ prefix }) => prefix.split("/").slice(-3)),
      [
        ["us-east-1", "verify", ""],
        ["us-west-2", "verify", ""],
      ],
    );
  });

  it("misses nothing in the night of 25 hours that ends daylight saving time", async () => {
    const found = await watchedIn("prod", { timeZone: "Europe/London" });
    assert.deepEqual(
      found.map(([name, age]) => [name, age]),
      [
        ["frequent", 15 * 60 + 3_600],
        ["daily", 25 * 3_600 + 3_600],
        ["monthly", 31 * 86_400 + 3_600 + 3_600],
        ["cache", 15 * 60 + 3_600],
        ["configuration", 300 + 3_600],
        ["configuration", 300 + 3_600],
      ],
    );
  });
});

describe("jobs in the stacks", () => {
  it("are told by the stacks' outputs, and wait for an image in the files as they are", async () => {
    const ready = readRegionStacks({ directory: projectDirectory });
    const { stacks } = await previewReport(program, ready);
    for (const { name, outputs, remarks } of stacks) {
      const expected = jobsOf(ready[0]?.configuration.system ?? assert.fail()).map(
        ({ kind, part }) => [jobName(kind, part), "suspended"],
      );
      assert.deepEqual(
        outputs["jobs"],
        name === "archive" ? undefined : Object.fromEntries(expected),
      );
      assert.equal(
        remarks.includes(
          "all jobs are suspended, backups too, until jobs.image names an image by digest",
        ),
        name !== "archive",
      );
    }
  });

  it("use the records key of their own region, and none of the archive's", async () => {
    const { stacks } = await previewReport(
      program,
      readRegionStacks({ directory: projectDirectory }),
    );
    for (const { name, region, resources } of stacks) {
      const key = resources.find(
        (resource) => resource.name === "key-records" && resource.type.startsWith("aws:kms/key"),
      );
      const comparing = statementsOf(key?.inputs["policy"]).filter(
        ({ Sid }) => Sid === "CompareRecords",
      );
      const other = region === "us-east-1" ? "us-west-2" : "us-east-1";
      assert.deepEqual(
        comparing.map(({ Action, Condition }) => [Action, Condition]),
        name === "archive"
          ? []
          : [
              [
                ["kms:Decrypt", "kms:ReEncryptFrom", "kms:DescribeKey"],
                {
                  ArnEquals: {
                    "aws:PrincipalArn": [
                      `arn:aws:iam::111122223333:role/market-scanning-check-job-${other}`,
                    ],
                  },
                },
              ],
            ],
      );
      const users = statementsOf(key?.inputs["policy"]).filter(({ Sid }) => Sid === "Jobs");
      assert.deepEqual(
        users.map(({ Condition }) => Condition),
        name === "archive"
          ? []
          : [
              {
                ArnEquals: {
                  "aws:PrincipalArn": jobKinds.map(
                    (kind) =>
                      `arn:aws:iam::111122223333:role/market-scanning-${kind}-job-${region}`,
                  ),
                },
              },
            ],
      );
    }
  });

  it("are where docs/jobs.md says that they are", () => {
    const text = readFileSync(join(projectDirectory, "docs", "jobs.md"), "utf8");
    const rows = [...text.matchAll(/^\| `trading-dr ([a-z ]+)` +\|.*\| (\w+) +\| (\w+) +\|$/gm)];
    const documented = rows.map(([, command = "", active, standby]) => [
      command.replaceAll(" ", "-"),
      active,
      standby,
    ]);
    const words = (kind: JobKind) => [
      kind,
      runsIn[kind] === "standby" ? "suspended" : "runs",
      runsIn[kind] === "active" ? "suspended" : "runs",
    ];
    assert.deepEqual(documented, jobKinds.map(words));
  });
});
