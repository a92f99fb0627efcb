import { z } from "zod";
import { tradingRegionOf } from "../places";
import { type Finding, rule } from "../rule";
import { type Resource, type Stack } from "../stack";
import { textAt } from "../values";
import {
  configMapType,
  containersOf,
  cronJobType,
  digestsOf,
  keysAt,
  namespaceIn,
  objectName,
  textsAt,
  workloadTypes,
} from "../workloads";

/** Calls of Route 53's control plane that move traffic, as the command line and SDKs spell them. */
const changesRouting = /change-?resource-?record-?sets|(update|create|delete)-?health-?check/i;

/** A failover that needs us-east-1 fails when it is us-east-1 that is lost. */
export const jobLeavesRoutingAlone = rule({
  id: "job-leaves-routing-alone",
  severity: "high",
  scope: "resource",
  description:
    "No pod changes records or health checks of Route 53: its control plane is in us-east-1 alone, and a failover must not need it.",
  serves: "the region scenario: a failover needs nothing of the region that is lost",
  peers: [],
  types: [...workloadTypes, configMapType],
  example: {
    good: 'command: ["trading-dr", "drill", "disaster"]',
    bad: 'command: ["aws", "route53", "change-resource-record-sets"]',
  },
  *check(subject) {
    const { type, inputs } = subject;
    const places: readonly (readonly [setting: string, texts: readonly string[]])[] =
      type === configMapType
        ? keysAt(inputs, "data").map((key) => [`data.${key}`, [textAt(inputs, "data", key) ?? ""]])
        : containersOf(subject).flatMap((container) =>
            ["command", "args"].map(
              (words) =>
                [[...container, words].join("."), textsAt(inputs, ...container, words)] as const,
            ),
          );
    for (const [setting] of places.filter(([, texts]) => changesRouting.test(texts.join(" ")))) {
      yield {
        setting,
        found: "a change of Route 53's records or health checks",
        required: "free of it",
        mend: "move traffic by the switch that the failover record's health check reads",
      };
    }
  },
});

/** What has to be the same of one job in both regions. */
function jobTraits(job: Resource): Readonly<Record<string, string | undefined>> {
  return {
    "spec.schedule": textAt(job.inputs, "spec", "schedule"),
    "spec.timeZone": textAt(job.inputs, "spec", "timeZone"),
    "the digests of its images": digestsOf(job),
  };
}

function* differences(job: Resource, other: Stack, isStandby: boolean): Iterable<Finding> {
  const counterpart = other
    .ofType(cronJobType)
    .find((one) => objectName(one) === objectName(job) && namespaceIn(one) === namespaceIn(job));
  if (counterpart === undefined) {
    yield {
      setting: `its counterpart in stack ${other.name}`,
      required: "declared",
      mend: "declare all jobs in both regions; those whose turn it is not are suspended",
    };
    return;
  }
  const theirs = jobTraits(counterpart);
  for (const [setting, own] of Object.entries(jobTraits(job))) {
    // Of two that differ, the standby's is told of: one exception then is enough.
    if (isStandby && own !== theirs[setting]) {
      yield {
        setting,
        found: `unlike that of stack ${other.name}`,
        required: "the same in both regions",
        mend: "declare both from the same system file, by the same release",
      };
    }
  }
}

/** After a failover, the other region takes the same backups by the same program. */
export const jobsAlikeInBothRegions = rule({
  id: "job-alike-in-both-regions",
  severity: "high",
  scope: "system",
  description:
    "Both regions declare the same CronJobs, with the same schedules and images of the same digests.",
  serves: "the region scenario: the region that takes over goes on taking backups",
  peers: [],
  types: [cronJobType],
  example: {
    good: "dr-backup-database-daily in prod and in dr",
    bad: "dr-backup-database-daily in prod alone",
  },
  settings: z.strictObject({
    /** True for the stack of the standby region. */
    isStandby: z.boolean(),
  }),
  settingsFor: (environment) =>
    tradingRegionOf(environment) && { isStandby: environment.name === "dr" },
  *check(job, { settings: { isStandby }, others }) {
    for (const other of others.filter((stack) => stack.ofType(cronJobType).length > 0)) {
      yield* differences(job, other, isStandby);
    }
  },
});
