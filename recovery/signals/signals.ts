import { type EventOf, eventName, type RunEvent, type Signal } from "../../contracts/events";
import { messageOf } from "../failure";
import { type Progress } from "../progress";
import { type BucketPrefix } from "../storage/bucket";
import { type History, historyOf } from "./history";
import { groupOf, measuresOf, measuresOfAnyRun } from "./measures";
import { noticeOf } from "./notice";
import { pushMeasures } from "./pushgateway";
import { tellSlack } from "./slack";

/** Where signals go; where nothing is named, nothing goes. */
export interface SignalTargets {
  /** Address of a Pushgateway. @default - metrics are not pushed */
  readonly pushgateway?: string | undefined;
  /** File with the address of a webhook of Slack's. @default - nobody is told */
  readonly slackWebhookFile?: string | undefined;
}

/** Milliseconds for asking the bucket about earlier runs, and for saying there what could not be sent. */
const bucketTime = 3_000;

/** A run that ended, and whose event is safe, or could not be made so. */
export interface EndedRun {
  readonly happened: RunEvent;
  /** Where its event is, and those of earlier runs. */
  readonly events: BucketPrefix;
  /** False where the event could not be written. */
  readonly isWritten: boolean;
  /** Makes an event that says that signals of this run could not be sent. */
  readonly unsentEvent: (problems: ReadonlyMap<Signal, string>) => EventOf<"signals">;
}

/**
 * Tells of a run: numbers to a Pushgateway, and a message to Slack where people have to know. It never fails,
 * and takes a few seconds at most: what could not be sent is logged, and left in the bucket for the next
 * run to tell of.
 */
export async function sendSignals(
  run: EndedRun,
  { pushgateway, slackWebhookFile }: SignalTargets,
  progress: Progress,
): Promise<void> {
  if (pushgateway === undefined && slackWebhookFile === undefined) {
    return;
  }
  const { happened, isWritten } = run;
  const before = await earlierRuns(run, progress);
  const problems = new Map<Signal, string>();
  const attempt = async (signal: Signal, send: () => Promise<void>) => {
    try {
      await send();
    } catch (error) {
      problems.set(signal, messageOf(error));
      progress.warn("a signal of this run could not be sent", { signal, reason: messageOf(error) });
    }
  };
  if (pushgateway !== undefined) {
    const measures = measuresOf(happened, { isWritten, unsentBefore: before?.unsent });
    await attempt("metrics", () => pushMeasures(pushgateway, groupOf(happened), measures));
  }
  const notice = noticeOf(happened, before, problems.get("metrics"));
  if (slackWebhookFile !== undefined && notice !== undefined) {
    await attempt("slack", () => tellSlack(slackWebhookFile, notice));
  }
  if (problems.size > 0) {
    await leaveWord(run, problems, progress);
  }
}

/**
 * Does what leaves no event of how it went, and pushes that. What cannot be pushed is logged: it fails
 * nothing.
 *
 * @throws What `act` throws.
 */
export async function measured<Result>(
  run: { readonly kind: "load"; readonly system: string; readonly region: string },
  { pushgateway }: SignalTargets,
  progress: Progress,
  act: () => Promise<Result>,
): Promise<Result> {
  const startedAt = Date.now() / 1000;
  const push = async (succeeded: boolean) => {
    if (pushgateway === undefined) {
      return;
    }
    try {
      const measures = measuresOfAnyRun(startedAt, Date.now() / 1000, succeeded);
      await pushMeasures(pushgateway, groupOf(run), measures);
    } catch (error) {
      progress.warn("metrics of this run could not be pushed", { reason: messageOf(error) });
    }
  };
  let result: Result;
  try {
    result = await act();
  } catch (error) {
    await push(false);
    throw error;
  }
  await push(true);
  return result;
}

/** Undefined where it is not to be known; then nothing is said about earlier runs. */
async function earlierRuns(
  { events, happened, isWritten }: EndedRun,
  progress: Progress,
): Promise<History | undefined> {
  if (!isWritten) {
    // The bucket was asked long enough.
    return undefined;
  }
  try {
    return await historyOf(events.until(AbortSignal.timeout(bucketTime)), happened);
  } catch (error) {
    progress.warn("how earlier runs went is not known", { reason: messageOf(error) });
    return undefined;
  }
}

/** The next run tells of it. */
async function leaveWord(
  { events, isWritten, unsentEvent }: EndedRun,
  problems: ReadonlyMap<Signal, string>,
  progress: Progress,
): Promise<void> {
  if (!isWritten) {
    return;
  }
  const word = unsentEvent(problems);
  try {
    await events
      .until(AbortSignal.timeout(bucketTime))
      .put(eventName(word), Buffer.from(JSON.stringify(word)));
  } catch (error) {
    progress.warn("the next run will not know that signals could not be sent", {
      reason: messageOf(error),
    });
  }
}
