import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  type JobEnvironment,
  variableName,
  isOptionalVariable,
  variablesOf,
  variableText,
} from "../../contracts/jobEnvironment";
import {
  jobCommand,
  type JobKind,
  jobName,
  restoresToScratch,
  serviceAccountName,
} from "../../contracts/jobs";
import { everFires, scheduleGaps } from "../../contracts/schedules";
import { keepRunning } from "../dataProtection";
import { rejectProblems } from "../problems";
import { type JobLimits, jobLimits, withLoadedData } from "./jobLimits";
import { podTemplate, type ScratchDatabase, type SecretFiles } from "./podTemplate";

/** Stands for an image that is not there yet. No registry can ever serve it: RFC 2606. */
export const pendingImage = `pending.invalid/trading-dr@sha256:${"0".repeat(64)}`;

/** Inputs of {@link ScheduledJob}. */
export interface ScheduledJobArgs<Kind extends JobKind = JobKind> {
  readonly kind: Kind;
  /** The series or store, where a kind has a job for each. @default - the kind has one job */
  readonly part?: string;
  /** Namespace that the job runs in. */
  readonly namespace: string;
  /** Five fields, as Kubernetes takes them. */
  readonly schedule: string;
  /** IANA name of the time zone that the schedule is in. */
  readonly timeZone: string;
  /** Whether it runs in this region now. One that does not is declared all the same, and suspended. */
  readonly runs: boolean;
  /** Image by digest; `pending` suspends the job. */
  readonly image: string;
  /** The PostgreSQL to restore into, for the kinds that restore. Its image may be `pending` too. */
  readonly scratchDatabase?: ScratchDatabase;
  /** What the job is told, as its contract types it. */
  readonly environment: {
    readonly [Key in keyof JobEnvironment<Kind>]: pulumi.Input<JobEnvironment<Kind>[Key]>;
  };
  /** Kubernetes Secrets that the job finds as files. @default - none */
  readonly secrets?: readonly SecretFiles[];
  /** Labels that let the job's pods be reached, or reach others. @default - none but its own */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Data that the job loads into a server of its own, in mebibytes. @default 0 */
  readonly loadedMebibytes?: number;
  /** Whether the job reads objects of the cluster. @default false */
  readonly readsCluster?: boolean;
  /**
   * A sandbox's job: deleted without asking.
   * @default false
   */
  readonly disposable?: boolean;
}

/** Failed runs stay for a week, so that somebody can read why. */
const keptSeconds = 7 * 86_400;

/** Every problem of a scheduled job's inputs; empty when there is none. */
export function scheduledJobProblems(args: ScheduledJobArgs): string[] {
  const { kind, schedule, image, scratchDatabase, environment } = args;
  const byDigest = (found: string) => found === "pending" || /@sha256:[0-9a-f]{64}$/.test(found);
  const problems: string[] = [];
  if (!everFires(schedule)) {
    problems.push(`schedule must have five fields and fire sometimes, got "${schedule}"`);
  }
  for (const [name, found] of Object.entries({ image, scratchImage: scratchDatabase?.image })) {
    if (found !== undefined && !byDigest(found)) {
      problems.push(`${name} must be pending, or end in @sha256: and a digest, got "${found}"`);
    }
  }
  if (restoresToScratch(kind) !== (scratchDatabase !== undefined)) {
    problems.push(
      `${kind} jobs ${restoresToScratch(kind) ? "need a scratchDatabase" : "restore nothing and take no scratchDatabase"}`,
    );
  }
  const values: Readonly<Record<string, unknown>> = environment;
  for (const key of new Set([...variablesTold(kind, values), ...Object.keys(values)])) {
    if (!pulumi.Output.isInstance(values[key])) {
      try {
        variableText(kind, key, values[key]);
      } catch (error) {
        problems.push(`environment: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return problems;
}

/**
 * A job that Kubernetes starts on a schedule. One run at a time; a run that could not start on time
 * starts late, but not when the next is due; every run has a deadline and few retries.
 */
export class ScheduledJob<Kind extends JobKind = JobKind> extends pulumi.ComponentResource {
  /** Whether Kubernetes starts it: its turn has come, and its images are there. */
  public readonly runs: boolean;

  public constructor(
    name: string,
    args: ScheduledJobArgs<Kind>,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    rejectProblems("ScheduledJob", name, scheduledJobProblems(args));
    super("trading-dr:schedule:ScheduledJob", name, {}, opts);
    const { kind, image, scratchDatabase } = args;
    const limits = withLoadedData(jobLimits[kind], args.loadedMebibytes ?? 0);
    const labels = {
      "app.kubernetes.io/name": "trading-dr",
      "app.kubernetes.io/component": kind,
      "app.kubernetes.io/managed-by": "pulumi",
    };
    const isPending = image === "pending" || scratchDatabase?.image === "pending";
    this.runs = args.runs && !isPending;
    new kubernetes.batch.v1.CronJob(
      name,
      {
        metadata: { name: jobName(kind, args.part), namespace: args.namespace, labels },
        spec: {
          schedule: args.schedule,
          timeZone: args.timeZone,
          suspend: !this.runs,
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: startingDeadlineSeconds(
            args.schedule,
            limits.latestStartSeconds,
          ),
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 5,
          jobTemplate: {
            metadata: { labels },
            spec: {
              activeDeadlineSeconds: activeDeadlineSeconds(args.schedule, limits),
              backoffLimit: limits.retries,
              ttlSecondsAfterFinished: keptSeconds,
              template: podTemplate({
                image: image === "pending" ? pendingImage : image,
                command: jobCommand(kind),
                environment: variables(kind, args.environment),
                serviceAccountName: serviceAccountName(kind),
                readsCluster: args.readsCluster ?? false,
                ...(args.secrets === undefined ? {} : { secrets: args.secrets }),
                ...(scratchDatabase === undefined
                  ? {}
                  : { scratchDatabase: withoutPending(scratchDatabase) }),
                limits,
                labels: { ...args.podLabels, ...labels },
              }),
            },
          },
        },
      },
      { parent: this, ...keepRunning(args.disposable ?? false) },
    );
    this.registerOutputs({});
  }
}

/**
 * How late a run may start: until the next is due, so that no recovery point is left out that could
 * still be taken, or earlier where the kind says so. Never under a minute, the least that a schedule
 * can tell apart; below 10 seconds, Kubernetes might never start it.
 */
function startingDeadlineSeconds(schedule: string, latestStartSeconds = Infinity): number {
  return Math.min(scheduleGaps(schedule).shortestSeconds, latestStartSeconds);
}

/** How long a run may take: its kind's limit, and for copies no longer than until the next is due. */
function activeDeadlineSeconds(schedule: string, { deadlineSeconds, makesWay }: JobLimits): number {
  return makesWay
    ? Math.min(scheduleGaps(schedule).shortestSeconds, deadlineSeconds)
    : deadlineSeconds;
}

function withoutPending(scratchDatabase: ScratchDatabase): ScratchDatabase {
  const { image } = scratchDatabase;
  return { ...scratchDatabase, image: image === "pending" ? pendingImage : image };
}

/** All variables but those that a job can do without, and is told nothing of. */
function variablesTold(kind: JobKind, values: Readonly<Record<string, unknown>>): string[] {
  return variablesOf(kind).filter(
    (key) => values[key] !== undefined || !isOptionalVariable(kind, key),
  );
}

/** The variables in the order of their contract. What is known already shows in a preview. */
function variables(
  kind: JobKind,
  values: Readonly<Record<string, pulumi.Input<unknown>>>,
): { readonly name: string; readonly value: pulumi.Input<string> }[] {
  return variablesTold(kind, values).map((key) => {
    const value = values[key];
    return {
      name: variableName(key),
      value: pulumi.Output.isInstance(value)
        ? value.apply((known) => variableText(kind, key, known))
        : variableText(kind, key, value),
    };
  });
}
