import { hostname, userInfo } from "node:os";
import {
  compactTime,
  eventName,
  type EventOf,
  type RunEvent,
  type Signal,
  subjectOf,
} from "../contracts/events";
import { messageOf, RecoveryFailure } from "./failure";
import { clearingUpWhenInterrupted } from "./interruption";
import { type Progress } from "./progress";
import { runId } from "./runId";
import { sendSignals, type SignalTargets } from "./signals/signals";
import { type BucketPrefix } from "./storage/bucket";
import { version } from "./version";

/** What an event says by itself, whatever it is of. */
type Given = "format" | "id" | "actor" | "version" | "startedAt" | "finishedAt" | "failure";

/** What is recorded. Of tables nobody is told but the operator who makes them. */
type Recorded = RunEvent | EventOf<"migration">;

type RunKind = Recorded["kind"];

/** Where runs are told of. */
export interface Journal {
  /** Where their events go, and those of earlier runs are. */
  readonly events: BucketPrefix;
  readonly signals: SignalTargets;
}

/** What is known of an event of a kind when a run begins. */
export type Begun<Kind extends RunKind> = Omit<RequiredPart<EventOf<Kind>>, Given>;

/** What a run of a kind finds out. */
export type Found<Kind extends RunKind> = Partial<EventOf<Kind>>;

type RequiredPart<Whole> = {
  [Key in keyof Whole as undefined extends Whole[Key] ? never : Key]: Whole[Key];
};

/**
 * Does something, leaves an event of it, however it ends, and then sends signals of it. A run that is
 * killed leaves none: the monitor misses what it was to do.
 *
 * @param act Calls `found` with what the event is to say, as soon as it is so: it counts even when `act` fails later.
 * @param report Called with the event, before it is written.
 * @throws What `act` throws; RecoveryFailure `storage` when all was done and the event could not be written.
 */
export async function recorded<Kind extends RunKind, Result>(
  begun: Begun<Kind> & Found<Kind> & { readonly kind: Kind },
  { events, signals }: Journal,
  progress: Progress,
  act: (found: (facts: Found<Kind>) => void) => Promise<Result>,
  report: (happened: EventOf<Kind>) => void = () => undefined,
): Promise<Result> {
  const startedAt = new Date();
  let facts: Found<Kind> = {};
  const ended = (failure?: unknown) =>
    ({ ...begunNow(startedAt), ...begun, ...facts, ...failureOf(failure) }) as unknown as Recorded;
  const tell = async (happened: Recorded, isWritten: boolean) => {
    if (happened.kind === "migration") {
      return;
    }
    const unsentEvent = (problems: ReadonlyMap<Signal, string>) =>
      eventOfUnsent(happened, problems);
    await sendSignals({ happened, events, isWritten, unsentEvent }, signals, progress);
  };
  const keepFailure = async (failure: unknown) => {
    const happened = ended(failure);
    report(happened as EventOf<Kind>);
    let isWritten = true;
    try {
      await put(events, happened);
    } catch (another) {
      // The first failure is what has to be mended; that nothing tells of it has to be seen too.
      isWritten = false;
      progress.warn("the event of this failure could not be written", {
        reason: messageOf(another),
      });
    }
    await tell(happened, isWritten);
  };
  let result: Result;
  try {
    result = await clearingUpWhenInterrupted(
      (signal) => keepFailure(new Interrupted(`ended by ${signal}`)),
      () =>
        act((more) => {
          facts = { ...facts, ...more };
        }),
    );
  } catch (error) {
    await keepFailure(error);
    throw error;
  }
  const happened = ended();
  report(happened as EventOf<Kind>);
  try {
    await put(events, happened);
  } catch (error) {
    const lost = new RecoveryFailure(
      "storage",
      `all was done, but its event is lost to the catalog and to the audit: ${messageOf(error)}`,
      { cause: error },
    );
    await tell({ ...happened, ...failureOf(lost) }, false);
    throw lost;
  }
  await tell(happened, true);
  return result;
}

async function put(events: BucketPrefix, happened: Recorded): Promise<void> {
  await events.put(eventName(happened), Buffer.from(JSON.stringify(happened)));
}

/** What an event of this command says whatever it is of, when it ends now. */
export function begunNow(startedAt: Date) {
  const finishedAt = new Date().toISOString();
  return {
    format: 1,
    id: `${compactTime(finishedAt)}-${runId}`,
    actor: actor(),
    version,
    startedAt: startedAt.toISOString(),
    finishedAt,
  } as const;
}

function failureOf(failure: unknown): Pick<RunEvent, "failure"> {
  return failure === undefined
    ? {}
    : { failure: { reason: reasonOf(failure), message: messageOf(failure) } };
}

/** That signals of a run could not be sent. */
function eventOfUnsent(
  happened: RunEvent,
  problems: ReadonlyMap<Signal, string>,
): EventOf<"signals"> {
  const { system, account, region, id, finishedAt } = happened;
  const message = [...problems].map(([signal, problem]) => `${signal}: ${problem}`).join("; ");
  return {
    ...begunNow(new Date(finishedAt)),
    kind: "signals",
    system,
    account,
    region,
    of: id,
    subject: [...subjectOf(happened)],
    unsent: [...problems.keys()],
    failure: { reason: "signals", message },
  };
}

/** The run was ended from outside: by its deadline, by a node that is drained, by a person. */
class Interrupted extends Error {}

function reasonOf(failure: unknown): string {
  return failure instanceof RecoveryFailure
    ? failure.reason
    : failure instanceof Interrupted
      ? "interrupted"
      : "unforeseen";
}

/** Who runs the command: in a pod, its host name says which. */
function actor(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A number without a name, as in a pod.
    return hostname();
  }
}
