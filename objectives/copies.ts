import { fiveFields, scheduleGaps } from "../contracts/schedules";
import { boundOf, endless, type Term } from "./bound";
import { type DeclaredStack, inputsOf, listAt, numberAt, textAt, valueAt } from "./declared";
import { answered, type Recovery, type Situation, unrecoverable, usersMoved } from "./recovery";
import { notOffline, replicationOf, retrievalTerms } from "./replication";

/** Copies that are taken on a schedule, and what restoring one takes. */

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
        const copied = from === undefined ? undefined : replicationOf(declared, one, from);
        if (copied?.arrives === false) {
          return { ...unrecoverable(copied.why), mechanism };
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
              { bucket: copied?.bucket ?? one.bucket, prefix: one.prefix },
              one.gapSeconds + one.lateSeconds + one.deadlineSeconds,
            ),
            ...load,
          ),
        };
      });
}

/** Restores from copies that are out of reach for whoever holds the trading account. */
export function offlineRestores(copied: CopiedStore, situation: Situation): Recovery[] {
  const why = notOffline(situation.declared);
  return why === undefined
    ? restores(copied, situation, situation.declared.archive)
    : [unrecoverable(why)];
}

/** What is done again and again, and leaves a recovery point each time. */
export interface Recurrence {
  /** Name of the job, or of the plan's rule. */
  readonly name: string;
  /** Longest time between two firings. */
  readonly gapSeconds: number;
  /** How long after a firing a run may start at the latest; Infinity where nothing says. */
  readonly lateSeconds: number;
  /** Longest time from the start of a run until its recovery point is whole; Infinity as above. */
  readonly deadlineSeconds: number;
}

/** What a job takes, and where it puts it. */
interface Series extends Recurrence {
  /** True where the job is declared and does not run. */
  readonly suspended: boolean;
  /** Bucket and prefix of its recovery points. */
  readonly bucket: string;
  readonly prefix: string;
}

/** The series that a region's jobs take of a store. */
function seriesOf(stack: DeclaredStack, command: readonly string[], store: string): Series[] {
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
    lateSeconds: numberAt(job, "spec", "startingDeadlineSeconds") ?? Infinity,
    deadlineSeconds:
      numberAt(job, "spec", "jobTemplate", "spec", "activeDeadlineSeconds") ?? Infinity,
    suspended: valueAt(job, "spec", "suspend") === true,
    bucket,
    prefix,
  };
}

/**
 * What a disaster can take at most with what recurs: the time from one point to the next, which may
 * start late, and a moment less than the next takes to be whole.
 */
export function lossTerms({ name, gapSeconds, lateSeconds, deadlineSeconds }: Recurrence): Term[] {
  return [
    [gapSeconds, `between firings of ${name}`],
    lateSeconds === Infinity
      ? endless(`nothing says how late a run of ${name} may start`)
      : [lateSeconds, "how late a run may start"],
    deadlineSeconds === Infinity
      ? endless(`nothing ends a run of ${name}`)
      : [deadlineSeconds, "until a run has to be done"],
  ];
}

/**
 * The rules of a region's snapshot plans, where a selection names the database. A selection says which
 * plan it belongs to by an id that AWS gives and no input has: any plan of the stack is taken for it.
 */
export function snapshotRules(stack: DeclaredStack, databaseArn: string): Recurrence[] {
  const isSelected = inputsOf(stack, "aws:backup/selection:Selection").some((selection) =>
    listAt(selection, "resources").includes(databaseArn),
  );
  const plans = isSelected ? inputsOf(stack, "aws:backup/plan:Plan") : [];
  return plans
    .flatMap((plan) => listAt(plan, "rules"))
    .map((rule) => ({
      name: `the snapshot rule ${textAt(rule, "ruleName") ?? ""}`,
      gapSeconds: scheduleGaps(
        fiveFields(textAt(rule, "schedule") ?? ""),
        textAt(rule, "scheduleExpressionTimezone"),
      ).longestSeconds,
      // A job may begin within the first window, and has the second one from then on; both in minutes.
      lateSeconds: 60 * (numberAt(rule, "startWindow") ?? Infinity),
      deadlineSeconds: 60 * (numberAt(rule, "completionWindow") ?? Infinity),
    }));
}
