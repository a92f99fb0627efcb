import { fiveFields, scheduleGaps } from "../contracts/schedules";
import { assumptions } from "./assumptions";
import { boundOf, endless, type Term } from "./bound";
import {
  accountOf,
  type Declared,
  type DeclaredStack,
  inputsOf,
  listAt,
  numberAt,
  textAt,
  valueAt,
} from "./declared";
import { answered, type Recovery, type Situation, unrecoverable, usersMoved } from "./recovery";

/** Copies that are taken on a schedule, where they are copied to, and what restoring one takes. */

/** Recovery points that jobs take of a store. */
export interface CopiedStore {
  readonly store: string;
  /** What the jobs run, and what people call its recovery points. */
  readonly command: readonly string[];
  readonly title: string;
  /** What loading one takes. */
  readonly load: readonly Term[];
}

/**
 * Restores from a store's recovery points.
 *
 * @param from The stack whose copies are used. @default - the active region's own
 */
export function restores(
  { store, command, title, load }: CopiedStore,
  situation: Situation,
  from?: DeclaredStack,
): Recovery[] {
  const { declared } = situation;
  const decision = from === declared.other ? usersMoved(situation) : [answered(situation)];
  const series = seriesOf(declared.active, command, store);
  return series.length === 0
    ? [unrecoverable(`no ${title} are taken`)]
    : series.map((one) => {
        const mechanism = `${title}, ${one.name}`;
        if (one.suspended) {
          return { ...unrecoverable(`${one.name} is suspended`), mechanism };
        }
        const copied = from === undefined ? undefined : replicationOf(declared, one.bucket, from);
        if (from !== undefined && copied === undefined) {
          return { ...notCopied(one.bucket, from), mechanism };
        }
        return {
          mechanism,
          asynchronous: true,
          rpo: boundOf(...lossTerms(one), ...(copied === undefined ? [] : [copied.time])),
          rto: boundOf(
            ...decision,
            // Nothing but the newest point is wanted.
            ...retrievalTerms(
              from ?? declared.active,
              copied?.bucket ?? one.bucket,
              one.prefix,
              one.gapSeconds + one.deadlineSeconds,
            ),
            ...load,
          ),
        };
      });
}

/** What is to be had in a place that a bucket's objects do not come to. */
export function notCopied(bucket: string, { region }: DeclaredStack): Recovery {
  return unrecoverable(`nothing copies ${bucket} to ${region}`);
}

/** Restores from copies that are out of reach for whoever holds the trading account. */
export function offlineRestores(copied: CopiedStore, situation: Situation): Recovery[] {
  const why = notOffline(situation.declared);
  return why === undefined
    ? restores(copied, situation, situation.declared.archive)
    : [unrecoverable(why)];
}

/** What a recurring job or plan takes: a recovery point whenever it fires. */
export interface Series {
  /** Name of the job, or of the plan's rule. */
  readonly name: string;
  /** Longest time between two firings. */
  readonly gapSeconds: number;
  /** Longest time from a firing until its recovery point is whole. */
  readonly deadlineSeconds: number;
  /** True where the job is declared and does not run. */
  readonly suspended: boolean;
  /** Bucket and prefix of its recovery points. */
  readonly bucket: string;
  readonly prefix: string;
}

/** The series that a region's jobs take of a store. */
export function seriesOf(
  stack: DeclaredStack,
  command: readonly string[],
  store: string,
): Series[] {
  return inputsOf(stack, "kubernetes:batch/v1:CronJob").flatMap((job) => {
    const [container] = listAt(job, ...podOf, "containers");
    const environment = new Map(
      listAt(container, "env").map((entry) => [textAt(entry, "name"), textAt(entry, "value")]),
    );
    const isWanted =
      listAt(container, "command").join(" ") === command.join(" ") &&
      environment.get("TRADING_DR_STORE") === store;
    return isWanted ? [seriesOfJob(job, environment.get("TRADING_DR_RECOVERY_POINTS"))] : [];
  });
}

const podOf = ["spec", "jobTemplate", "spec", "template", "spec"] as const;

function seriesOfJob(job: unknown, location = ""): Series {
  const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location) ?? [];
  return {
    name: textAt(job, "metadata", "name") ?? "",
    gapSeconds: scheduleGaps(textAt(job, "spec", "schedule") ?? "", textAt(job, "spec", "timeZone"))
      .longestSeconds,
    deadlineSeconds:
      numberAt(job, "spec", "jobTemplate", "spec", "activeDeadlineSeconds") ?? Infinity,
    suspended: valueAt(job, "spec", "suspend") === true,
    bucket,
    prefix,
  };
}

/**
 * What a disaster can take at most with a series: the time from one point to the next, and a moment less
 * than the next takes to be whole.
 */
export function lossTerms({
  name,
  gapSeconds,
  deadlineSeconds,
}: Pick<Series, "name" | "gapSeconds" | "deadlineSeconds">): Term[] {
  return [
    [gapSeconds, `between firings of ${name}`],
    deadlineSeconds === Infinity
      ? endless(`nothing ends a run of ${name}`)
      : [deadlineSeconds, "until a run has to be done"],
  ];
}

/** The rules of a region's snapshot plans. */
export function snapshotRules(
  stack: DeclaredStack,
): Pick<Series, "name" | "gapSeconds" | "deadlineSeconds">[] {
  return inputsOf(stack, "aws:backup/plan:Plan")
    .flatMap((plan) => listAt(plan, "rules"))
    .map((rule) => ({
      name: `the snapshot rule ${textAt(rule, "ruleName") ?? ""}`,
      gapSeconds: scheduleGaps(
        fiveFields(textAt(rule, "schedule") ?? ""),
        textAt(rule, "scheduleExpressionTimezone"),
      ).longestSeconds,
      // A job may begin within the first window, and has the second one from then on; both in minutes.
      deadlineSeconds:
        60 *
        ((numberAt(rule, "startWindow") ?? Infinity) +
          (numberAt(rule, "completionWindow") ?? Infinity)),
    }));
}

/** Where a bucket's objects are copied to in another place, and how long that takes. */
export interface Replication {
  readonly bucket: string;
  readonly time: Term;
}

/** How objects of one of the active region's buckets come to another place; undefined if they do not. */
export function replicationOf(
  { active }: Declared,
  source: string,
  destination: DeclaredStack,
): Replication | undefined {
  const own = inputsOf(destination, "aws:s3/bucket:Bucket").map((inputs) =>
    textAt(inputs, "bucket"),
  );
  const rule = inputsOf(active, "aws:s3/bucketReplicationConfig:BucketReplicationConfig")
    .filter((inputs) => textAt(inputs, "bucket") === source)
    .flatMap((inputs) => listAt(inputs, "rules"))
    .find(
      (candidate) =>
        textAt(candidate, "status") === "Enabled" && own.includes(destinationOf(candidate)),
    );
  const bucket = destinationOf(rule);
  if (bucket === undefined) {
    return undefined;
  }
  const time = valueAt(rule, "destination", "replicationTime");
  const minutes =
    textAt(time, "status") === "Enabled" ? numberAt(time, "time", "minutes") : undefined;
  return {
    bucket,
    time:
      minutes === undefined
        ? endless(`nothing bounds the time of copies to ${destination.region}`)
        : [60 * minutes, `until it is copied to ${destination.region}`],
  };
}

function destinationOf(rule: unknown): string | undefined {
  return textAt(rule, "destination", "bucket")?.replace("arn:aws:s3:::", "");
}

/** Why a place is no refuge from whoever holds the trading account; undefined where it is one. */
export function notOffline({ active, archive }: Declared): string | undefined {
  return accountOf(archive) === undefined || accountOf(archive) === accountOf(active)
    ? "every copy is in the same account, and none is offline"
    : undefined;
}

/** How long reading takes in the storage classes that cannot be read at once. */
const retrievalSeconds: Readonly<Record<string, number>> = {
  GLACIER: assumptions.glacierRetrieval.seconds,
  DEEP_ARCHIVE: assumptions.deepArchiveRetrieval.seconds,
};

/**
 * How long it takes to read objects of a prefix. An old version may have moved by either kind of
 * transition: while it was the current one, and since.
 *
 * @param ageSeconds Age of the oldest object that is wanted. @default - the oldest that there is
 */
export function retrievalTerms(
  stack: DeclaredStack,
  bucket: string,
  prefix: string,
  ageSeconds = Infinity,
): Term[] {
  return (
    inputsOf(stack, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
      .filter((inputs) => textAt(inputs, "bucket") === bucket)
      .flatMap((inputs) => listAt(inputs, "rules"))
      // A rule without a prefix is for all objects.
      .filter((rule) => prefix.startsWith(textAt(rule, "filter", "prefix") ?? ""))
      .flatMap((rule) => [
        ...listAt(rule, "transitions").filter(
          (transition) => 86_400 * (numberAt(transition, "days") ?? 0) <= ageSeconds,
        ),
        ...(ageSeconds === Infinity ? listAt(rule, "noncurrentVersionTransitions") : []),
      ])
      .map((transition): Term => {
        const storageClass = textAt(transition, "storageClass") ?? "";
        return [retrievalSeconds[storageClass] ?? 0, `to retrieve from ${storageClass}`];
      })
      .sort(([left], [right]) => right - left)
      .slice(0, 1)
      .filter(([seconds]) => seconds > 0)
  );
}
