import type * as pulumi from "@pulumi/pulumi";
import { type Database } from "../components/database/database";
import { JobIdentity } from "../components/schedule/jobIdentity";
import { type ScratchDatabase } from "../components/schedule/podTemplate";
import { ScheduledJob } from "../components/schedule/scheduledJob";
import { VerificationNamespace } from "../components/schedule/verificationNamespace";
import { type Configuration } from "../config/configuration";
import { jobName, namespaceOf, restoresToScratch, verificationNamespace } from "../contracts/jobs";
import { noRecipients } from "../contracts/recoveryKey";
import { imageReference, type Place } from "../contracts/names";
import { cacheAccess, environmentOf, signalSecrets } from "./jobEnvironments";
import { jobKindsOf, jobsOf, runsIn } from "./jobs";
import { type Landscape } from "./places";

/**
 * Declares the jobs of a stack's region, all kinds in both regions; those whose turn it is not are
 * suspended. Nothing in the archive, which has no cluster.
 *
 * @returns What becomes of each job in this region, by its name.
 * @param roles Roles of this stack that must be there before a job can take one on.
 */
export function declareJobs(
  configuration: Configuration,
  landscape: Landscape,
  database: Pick<Database, "endpoint" | "readerEndpoint"> | undefined,
  roles: readonly pulumi.Resource[],
  options: pulumi.ComponentResourceOptions,
): Record<string, "runs" | "suspended"> | undefined {
  const { settings, system, region } = configuration;
  const { cluster } = settings;
  const { own, tags, disposable } = landscape;
  if (cluster === undefined) {
    return undefined;
  }
  const verification = new VerificationNamespace(
    "verification",
    {
      namespace: verificationNamespace(system.namespace),
      pushgateway: settings.signals?.pushgateway,
      disposable,
    },
    options,
  );
  const identities = jobKindsOf(system).map(
    (kind) =>
      new JobIdentity(
        `identity-${kind}`,
        {
          kind,
          place: own,
          namespace: namespaceOf(kind, system.namespace),
          clusterName: cluster.name,
          ...(kind === "snapshot-configuration" ? { readsNamespace: system.namespace } : {}),
          tags,
          disposable,
        },
        { ...options, dependsOn: [...roles, verification] },
      ),
  );
  const isActive = system.regions.active === region;
  const jobs = jobsOf(system).map((job) => {
    const { kind, part, schedule } = job;
    const turn = runsIn[kind];
    const name = jobName(kind, part);
    const { secrets = [], ...access } =
      job.kind === "snapshot-cache"
        ? {
            ...cacheAccess(job.store, system, own),
            // A snapshot is loaded once before it counts as one.
            loadedMebibytes: job.cache.memoryMebibytes,
          }
        : {};
    const declared = new ScheduledJob(
      name,
      {
        kind,
        ...(part === undefined ? {} : { part }),
        namespace: namespaceOf(kind, system.namespace),
        schedule,
        timeZone: system.schedules.timeZone,
        runs:
          (turn === "both" || isActive === (turn === "active")) &&
          !(kind === "snapshot-configuration" && system.jobs.recoveryRecipients === noRecipients),
        image: imageOf(system.jobs.image, own),
        ...(restoresToScratch(kind)
          ? { scratchDatabase: scratchDatabase(configuration, own) }
          : {}),
        environment: environmentOf(job, {
          system,
          landscape,
          member: database,
          endpoints: settings.endpoints,
          signals: settings.signals,
        }),
        secrets: [...secrets, ...signalSecrets(settings.signals)],
        ...access,
        readsCluster: kind === "snapshot-configuration",
        disposable,
      },
      { ...options, dependsOn: [verification, ...identities] },
    );
    return [name, declared.runs ? "runs" : "suspended"] as const;
  });
  return Object.fromEntries(jobs);
}

function imageOf(image: string, place: Place): string {
  return image === "pending" ? image : imageReference(image, place);
}

function scratchDatabase({ system: { jobs } }: Configuration, place: Place): ScratchDatabase {
  return { image: imageOf(jobs.scratchImage, place), sizeGibibytes: jobs.scratchGibibytes };
}
