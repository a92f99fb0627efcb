import { createHash } from "node:crypto";
import { z } from "zod";
import { event, type Event, type EventKind, eventName, type EventOf } from "../../contracts/events";
import { type JobKind, jobKinds } from "../../contracts/jobs";
import { type BucketPrefix, type ObjectName } from "../storage/bucket";
import { projectionOf } from "./projection";

/** The object of an event, as it lies in the bucket. */
export interface EventObject {
  /** Key in the bucket: the same in the buckets of all regions. */
  readonly key: string;
  readonly sha256: string;
  /** As it is, to the byte. */
  readonly body: string;
  readonly kind: string;
  readonly format: string;
  /** Absent where the command does not know the kind or the format, which a newer one may. */
  readonly event?: Exclude<Event, { kind: "load" }>;
}

/** An object among events that is none, and why. */
export interface StrangeObject {
  readonly key: string;
  readonly problem: string;
}

/** What all events have in common: those of newer commands too. */
const envelope = z.looseObject({ kind: z.string(), format: z.union([z.number(), z.string()]) });

/** The kinds and formats that this command knows, as {@link knownAs} words them. */
export const knownEvents = Object.keys(projectionOf).map((kind) => knownAs(kind, "1"));

/** A kind and its format. */
export function knownAs(kind: string, format: string): string {
  return `${kind} ${format}`;
}

/** True for what jobs of a kind leave. */
function isLeftBy(job: JobKind, happened: Event): boolean {
  switch (happened.kind) {
    case "backup":
      return job === "backup-database";
    case "verification":
      return job === "verify";
    case "snapshot":
      return job === `snapshot-${happened.of}`;
    case "check":
      return job === "check";
    case "drill":
      return job === `drill-${happened.drill}`;
    case "epoch":
    case "load":
      return job === "catalog-load";
    // Whatever people are told of may leave word that they could not be.
    case "signals":
      return job !== "catalog-load";
    case "restoration":
    case "migration":
      return false;
  }
}

/** Bytes of an object above which it is no event: those have some hundreds. */
const mostBytes = 16 * 1024 * 1024;

/**
 * Reads the object of an event, and judges whether it is one that belongs where it is: each role may write
 * under its own prefix alone, and nobody is to pass for another.
 *
 * @param all Events of all kinds and regions.
 */
export async function readEvent(
  all: BucketPrefix,
  { name, bytes }: ObjectName,
  system: string,
): Promise<EventObject | StrangeObject> {
  const key = all.location.prefix + name;
  if (bytes > mostBytes) {
    return { key, problem: `has ${String(bytes)} bytes, which is too much for an event` };
  }
  const content = await all.get(name);
  const parsed = parsedBody(content);
  if (parsed === undefined) {
    return { key, problem: "is no event: it is not JSON with a kind and a format" };
  }
  const { body, kind, format } = parsed;
  const sha256 = createHash("sha256").update(content).digest("hex");
  if (!knownEvents.includes(knownAs(kind, format))) {
    return { key, sha256, body, kind, format };
  }
  const read = event.safeParse(JSON.parse(body));
  if (!read.success) {
    const [issue] = read.error.issues;
    return {
      key,
      problem: `is no event of kind ${kind}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
    };
  }
  const problem = misplaced(read.data, name, system);
  if (problem !== undefined || read.data.kind === "load") {
    return { key, problem: problem ?? "is the event of a load, under another name" };
  }
  return { key, sha256, body, kind, format, event: read.data };
}

function parsedBody(
  content: Buffer,
): { readonly body: string; readonly kind: string; readonly format: string } | undefined {
  try {
    const body = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    const { kind, format } = envelope.parse(JSON.parse(body));
    return { body, kind, format: String(format) };
  } catch {
    return undefined;
  }
}

function misplaced(happened: Event, name: string, system: string): string | undefined {
  const [region = "", leaver = "", ...rest] = name.split("/");
  // Operators may leave any, and so may kinds of job that only a newer command knows.
  const job = jobKinds.find((kind) => kind === leaver);
  if (happened.system !== system) {
    return `is of the system ${happened.system}, and not of ${system}`;
  }
  if (happened.region !== region) {
    return `says that it is of ${happened.region}, and lies among those of ${region}`;
  }
  if (job !== undefined && !isLeftBy(job, happened)) {
    return `says that it is of a ${happened.kind}, and lies among those of ${leaver}`;
  }
  return rest.join("/") === eventName(happened)
    ? undefined
    : `has not the name of what it says, ${eventName(happened)}`;
}

/** True where an object among events is none. */
export function isStrange(object: EventObject | StrangeObject): object is StrangeObject {
  return "problem" in object;
}

/** Objects that are read at once. */
const readAtOnce = 16;

/** Reads many, in the order of their names. */
export async function readEvents(
  all: BucketPrefix,
  names: readonly ObjectName[],
  system: string,
): Promise<(EventObject | StrangeObject)[]> {
  const found: (EventObject | StrangeObject)[] = [];
  for (let first = 0; first < names.length; first += readAtOnce) {
    const some = names.slice(first, first + readAtOnce);
    found.push(...(await Promise.all(some.map((name) => readEvent(all, name, system)))));
  }
  return found;
}

/** Reads an event of a kind that was found by its name; undefined when it is none of that kind. */
export async function readKnown<Kind extends EventKind>(
  all: BucketPrefix,
  name: string,
  kind: Kind,
): Promise<EventOf<Kind> | undefined> {
  const content = (await all.get(name)).toString();
  try {
    const read = event.parse(JSON.parse(content));
    return read.kind === kind ? (read as EventOf<Kind>) : undefined;
  } catch {
    return undefined;
  }
}

/** What a load is called by: its number in its epoch. */
export interface LoadRecord {
  readonly name: string;
  readonly epoch: string;
  readonly load: number;
}

/** What the name of a load's event says; undefined for any other name. */
export function loadRecordOf(name: string): LoadRecord | undefined {
  const [, epoch, number] =
    /^[^/]+\/(?:catalog-load|operators)\/loads\/(\d{8}T\d{9}Z-[0-9a-f]{8})\/(\d{10})\.json$/.exec(
      name,
    ) ?? [];
  return epoch === undefined ? undefined : { name, epoch, load: Number(number) };
}

/** True for the name of an event that opens an epoch, left by whoever may open one. */
export function isEpochName(name: string): boolean {
  return /^[^/]+\/(?:catalog-load|operators)\/epochs\//.test(name);
}

/** True for the name of an event of tables that operators made. */
export function isMigrationName(name: string): boolean {
  return /^[^/]+\/operators\/migrations\//.test(name);
}

/** Time of an event, as its name says it: what events are put into order by. */
export function timeIn(name: string): string {
  return /(?:^|\/)(\d{8}T\d{9}Z)-[^/]+\.json$/.exec(name)?.[1] ?? "";
}
