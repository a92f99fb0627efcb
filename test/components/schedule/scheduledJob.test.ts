import assert from "node:assert/strict";
import * as random from "@pulumi/random";
import {
  pendingImage,
  ScheduledJob,
  type ScheduledJobArgs,
  scheduledJobProblems,
} from "../../../components/schedule/scheduledJob";
import { type JobKind } from "../../../contracts/jobs";
import { unknownMark } from "../../../preview/wireValue";
import { type Declared, declared } from "../../support/declared";
import { inputsOf, kept } from "../inspection";
import {
  backupJobArgs,
  cacheJobArgs,
  checkJobArgs,
  configurationJobArgs,
  disasterJobArgs,
  recoveryDrillJobArgs,
  verifyJobArgs,
} from "../minimalArgs";

const cronJobType = "kubernetes:batch/v1:CronJob";

interface CronJobSpec {
  readonly suspend: boolean;
  readonly startingDeadlineSeconds: number;
  readonly jobTemplate: {
    readonly spec: {
      readonly activeDeadlineSeconds: number;
      readonly backoffLimit: number;
      readonly template: {
        readonly spec: {
          readonly initContainers?: readonly { readonly image: string }[];
          readonly containers: readonly {
            readonly image: string;
            readonly command: readonly string[];
            readonly env: readonly { readonly name: string; readonly value: string }[];
          }[];
        };
      };
    };
  };
}

function declaredWith<Kind extends JobKind>(args: ScheduledJobArgs<Kind>): Promise<Declared> {
  return declared((options) => {
    new ScheduledJob("dr-job", args, options);
  });
}

async function specWith<Kind extends JobKind>(args: ScheduledJobArgs<Kind>): Promise<CronJobSpec> {
  const { inputs } = (await declaredWith(args)).only(cronJobType);
  return inputs["spec"] as unknown as CronJobSpec;
}

describe("ScheduledJob", () => {
  it("is one CronJob in its namespace, of its name", async () => {
    const { resources } = await declaredWith(backupJobArgs);
    assert.deepEqual(
      resources.map(({ type }) => type),
      ["trading-dr:schedule:ScheduledJob", cronJobType],
    );
    assert.deepEqual(inputsOf(resources[1] ?? assert.fail(), "metadata"), {
      metadata: {
        name: "dr-backup-database-daily",
        namespace: "market-scanning",
        labels: {
          "app.kubernetes.io/name": "trading-dr",
          "app.kubernetes.io/component": "backup-database",
          "app.kubernetes.io/managed-by": "pulumi",
        },
      },
    });
  });

  it("starts at its schedule, one run at a time, with deadlines, few retries and a history", async () => {
    const { jobTemplate, ...spec } = await specWith(backupJobArgs);
    assert.deepEqual(spec, {
      schedule: "0 2 * * *",
      timeZone: "Etc/UTC",
      suspend: false,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 86_400,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 5,
    });
    const { template, ...job } = jobTemplate.spec;
    assert.equal(template.spec.containers.length, 1);
    assert.deepEqual(job, {
      activeDeadlineSeconds: 14_400,
      backoffLimit: 2,
      ttlSecondsAfterFinished: 604_800,
    });
  });

  it("runs its command with its image and its environment", async () => {
    const { jobTemplate } = await specWith(checkJobArgs);
    const [container] = jobTemplate.spec.template.spec.containers;
    assert.deepEqual(container?.command, ["trading-dr", "check"]);
    assert.equal(container.image, checkJobArgs.image);
    assert.deepEqual(container.env, [
      { name: "TRADING_DR_SYSTEM", value: "market-scanning" },
      { name: "TRADING_DR_REGION", value: "us-east-1" },
      { name: "TRADING_DR_ACCOUNT", value: "111122223333" },
      { name: "TRADING_DR_EVENTS", value: "s3://audit-bucket/records/events/" },
      {
        name: "TRADING_DR_WATCHED",
        value:
          '[{"store":"cache","maximumAgeSeconds":3600,"locations":["s3://points-bucket/recovery-points/"]}]',
      },
    ]);
  });

  it("shows all but the host while only the cloud knows the host", async () => {
    const { resources } = await declared((options) => {
      const host = new random.RandomId("host", { byteLength: 4 }).hex;
      const environment = { ...backupJobArgs.environment, databaseHost: host };
      new ScheduledJob("dr-job", { ...backupJobArgs, environment }, options);
    });
    const cronJob = resources.find(({ type }) => type === cronJobType);
    const spec = cronJob?.inputs["spec"] as unknown as CronJobSpec;
    const variables = spec.jobTemplate.spec.template.spec.containers[0]?.env ?? [];
    assert.deepEqual(
      variables.filter(({ value }) => value === unknownMark),
      [{ name: "TRADING_DR_DATABASE_HOST", value: unknownMark }],
    );
    assert.equal(variables.length, 12);
  });

  describe("may start late", () => {
    const deadlines: readonly (readonly [string, () => Promise<CronJobSpec>, number])[] = [
      ["until the next is due", () => specWith({ ...checkJobArgs, schedule: "0 * * * *" }), 3_600],
      ["by its shortest gap", () => specWith({ ...checkJobArgs, schedule: "0 2,3 * * *" }), 3_600],
      ["a day, for a daily verification", () => specWith(verifyJobArgs), 86_400],
      [
        "an hour, for a weekly rehearsal",
        () => specWith({ ...recoveryDrillJobArgs, schedule: "0 5 * * 6" }),
        3_600,
      ],
      ["an hour, for a monthly rehearsal", () => specWith(disasterJobArgs), 3_600],
    ];
    for (const [what, spec, seconds] of deadlines) {
      it(what, async () => {
        assert.equal((await spec()).startingDeadlineSeconds, seconds);
      });
    }
  });

  describe("is ended", () => {
    const fiveMinutes = "*/5 * * * *";
    const ended: readonly (readonly [string, () => Promise<CronJobSpec>, number])[] = [
      ["after four hours, for a daily backup", () => specWith(backupJobArgs), 14_400],
      [
        "when the next is due, for an hourly backup",
        () => specWith({ ...backupJobArgs, schedule: "0 * * * *" }),
        3_600,
      ],
      [
        "by its shortest gap, for a backup at uneven hours",
        () => specWith({ ...backupJobArgs, schedule: "0 2,4 * * *" }),
        7_200,
      ],
      [
        "when the next is due, for a snapshot of a cache",
        () => specWith({ ...cacheJobArgs, schedule: fiveMinutes }),
        300,
      ],
      [
        "when the next is due, for a snapshot of a cluster's configuration",
        () => specWith({ ...configurationJobArgs, schedule: fiveMinutes }),
        300,
      ],
      [
        "after ten minutes, for a monitor that runs more often",
        () => specWith({ ...checkJobArgs, schedule: fiveMinutes }),
        600,
      ],
      [
        "after four hours, for a verification that runs more often",
        () => specWith({ ...verifyJobArgs, schedule: "0 * * * *" }),
        14_400,
      ],
    ];
    for (const [what, spec, seconds] of ended) {
      it(what, async () => {
        assert.equal((await spec()).jobTemplate.spec.activeDeadlineSeconds, seconds);
      });
    }
  });

  it("is declared, but suspended, where it is not its turn", async () => {
    assert.equal((await specWith({ ...backupJobArgs, runs: false })).suspend, true);
  });

  it("is suspended while its image is pending, with one that no registry can serve", async () => {
    const spec = await specWith({ ...backupJobArgs, image: "pending" });
    assert.equal(spec.suspend, true);
    assert.equal(spec.jobTemplate.spec.template.spec.containers[0]?.image, pendingImage);
    assert.equal(pendingImage, `pending.invalid/trading-dr@sha256:${"0".repeat(64)}`);
  });

  it("is suspended while the image to restore into is pending", async () => {
    const scratchDatabase = { image: "pending", sizeGibibytes: 100 };
    const spec = await specWith({ ...verifyJobArgs, scratchDatabase });
    assert.equal(spec.suspend, true);
    assert.equal(spec.jobTemplate.spec.template.spec.initContainers?.[0]?.image, pendingImage);
  });

  it("goes on running while a refused destroy deletes the rest, but is not left behind", async () => {
    const { options } = (await declaredWith(backupJobArgs)).only(cronJobType);
    assert.deepEqual([options.protect, options.retainOnDelete], [true, undefined]);
    assert.deepEqual(
      kept((await declaredWith({ ...backupJobArgs, disposable: true })).resources),
      [],
    );
  });
});

describe("problems of a scheduled job", () => {
  it("are none when it is sound", () => {
    for (const args of [backupJobArgs, checkJobArgs, verifyJobArgs]) {
      assert.deepEqual(scheduledJobProblems(args), []);
    }
  });

  const { scratchDatabase, ...withNothingToRestoreInto } = verifyJobArgs;
  const wrong: readonly (readonly [string, ScheduledJobArgs, readonly string[]])[] = [
    [
      "a schedule that never fires",
      { ...checkJobArgs, schedule: "0 2 30 2 *" },
      ['schedule must have five fields and fire sometimes, got "0 2 30 2 *"'],
    ],
    [
      "a schedule that is none",
      { ...checkJobArgs, schedule: "daily" },
      ['schedule must have five fields and fire sometimes, got "daily"'],
    ],
    [
      "an image by tag",
      { ...checkJobArgs, image: "registry/trading-dr:1.0" },
      ['image must be pending, or end in @sha256: and a digest, got "registry/trading-dr:1.0"'],
    ],
    [
      "an image to restore into by tag",
      { ...verifyJobArgs, scratchDatabase: { image: "postgres:16", sizeGibibytes: 1 } },
      ['scratchImage must be pending, or end in @sha256: and a digest, got "postgres:16"'],
    ],
    ["nothing to restore into", withNothingToRestoreInto, ["verify jobs need a scratchDatabase"]],
    [
      "something to restore into that nothing uses",
      { ...checkJobArgs, scratchDatabase },
      ["check jobs restore nothing and take no scratchDatabase"],
    ],
    [
      "a value that the command would refuse",
      { ...checkJobArgs, environment: { ...checkJobArgs.environment, account: "1" } },
      ["environment: account must be 12 digits"],
    ],
    [
      "a variable that the command does not know",
      {
        ...checkJobArgs,
        environment: { ...checkJobArgs.environment, databaseHost: "x" },
      } as ScheduledJobArgs,
      ["environment: databaseHost is no variable of check jobs"],
    ],
  ];
  for (const [what, args, problems] of wrong) {
    it(`are told of ${what}, before anything is declared`, async () => {
      assert.deepEqual(scheduledJobProblems(args), problems);
      await assert.rejects(
        declaredWith(args),
        new RangeError(`ScheduledJob 'dr-job': ${problems.join("; ")}`),
      );
    });
  }
});
