import { randomBytes } from "node:crypto";
import { hostname, userInfo } from "node:os";
import {
  compactTime,
  type Event,
  type EventKind,
  eventName,
  type EventOf,
} from "../contracts/events";
import { messageOf, RecoveryFailure } from "./failure";
import { clearingUpWhenInterrupted } from "./interruption";
import { type Progress } from "./progress";
import { type BucketPrefix } from "./storage/bucket";
import { version } from "./version";

/** What an event says by itself, whatever it is of. */
type Given = "format" | "id" | "actor" | "version" | "startedAt" | "finishedAt" | "failure";

/** What is known of an event of a kind when a run begins. */
export type Begun<Kind extends EventKind> = Omit<RequiredPart<EventOf<Kind>>, Given>;

/** What a run of a kind finds out. */
export type Found<Kind extends EventKind> = Partial<EventOf<Kind>>;

type RequiredPart<Whole> = {
  [Key in keyof Whole as undefined extends Whole[Key] ? never : Key]: Whole[Key];
};

/**
 * Does something, and leaves an event of it, however it ends. A run that is killed leaves none:
 * the monitor misses what it was to do.
 *
 * @param act Calls `found` with what the event is to say, as soon as it is so: it counts even when `act` fails later.
 * @throws What `act` throws; RecoveryFailure `storage` when all was done and the event could not be written.
 */
export async function recorded<Kind extends EventKind, Result>(
  begun: Begun<Kind> & Found<Kind> & { readonly kind: Kind },
  events: BucketPrefix,
  progress: Progress,
  act: (found: (facts: Found<Kind>) => void) => Promise<Result>,
): Promise<Result> {
  const startedAt = new Date();
  let facts: Found<Kind> = {};
  const keep = async (failure?: unknown) => {
    const happened = {
      ...runSince(startedAt),
      ...begun,
      ...facts,
      ...(failure === undefined
        ? {}
        : { failure: { reason: reasonOf(failure), message: messageOf(failure) } }),
    } as unknown as Event;
    await events.put(eventName(happened), Buffer.from(JSON.stringify(happened)));
  };
  let result: Result;
  try {
    result = await clearingUpWhenInterrupted(
      (signal) => keep(new Interrupted(`ended by ${signal}`)),
      () =>
        act((more) => {
          facts = { ...facts, ...more };
        }),
    );
  } catch (error) {
    // The first failure is what has to be mended; that nothing tells of it has to be seen too.
    await keep(error).catch((another: unknown) => {
      progress.say("the event of this failure could not be written", {
        reason: messageOf(another),
      });
    });
    throw error;
  }
  try {
    await keep();
  } catch (error) {
    throw new RecoveryFailure(
      "storage",
      `all was done, but its event is lost to the catalog and to the audit: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return result;
}

/** What every event says of the run that leaves it now. */
export function runSince(
  startedAt: Date,
): Pick<Event, "format" | "id" | "actor" | "version" | "startedAt" | "finishedAt"> {
  const finishedAt = new Date().toISOString();
  return {
    format: 1,
    id: `${compactTime(finishedAt)}-${randomBytes(4).toString("hex")}`,
    actor: actor(),
    version,
    startedAt: startedAt.toISOString(),
    finishedAt,
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
