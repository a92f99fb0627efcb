import { type CommandEnvironment } from "../../contracts/jobEnvironment";
import { type DatabaseAddress, DatabaseSession } from "../database/session";
import { RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { recorded } from "../record";
import { measured } from "../signals/signals";
import { BucketPrefix, s3Client } from "../storage/bucket";
import { addressOf, environmentOf, journalOf, operatorAddress, whose } from "../surroundings";
import { type StrangeObject } from "./eventObjects";
import { loadEvents, type Loaded } from "./load";
import { migrate, pendingStatements } from "./migrate";
import { rebuild } from "./rebuild";
import { type AuditVerification, verifyAudit } from "./verify";

async function withSession<Result>(
  address: DatabaseAddress,
  act: (session: DatabaseSession) => Promise<Result>,
): Promise<Result> {
  const session = await DatabaseSession.open(address);
  try {
    return await act(session);
  } finally {
    await session.close();
  }
}

/** `trading-dr audit migrate` */
export async function migrateCommand(
  { dryRun }: { dryRun?: true },
  progress: Progress,
): Promise<string> {
  const told = environmentOf("audit-migrate");
  const address = operatorAddress(told, told.databaseName);
  if (dryRun) {
    const pending = await withSession(address, (session) =>
      pendingStatements(session, told.system),
    );
    return pending === "" ? "-- nothing is to be done\n" : pending;
  }
  const { done } = await recorded(
    { kind: "migration", ...whose(told), database: told.databaseName },
    journalOf(s3Client(told.region), told),
    progress,
    async (found) => {
      const result = await withSession(address, (session) => migrate(session, told.system));
      found({ made: result.made });
      return result;
    },
  );
  return done.length === 0
    ? "Nothing was to be done: the tables are what they have to be.\n"
    : `Made by ${done.join(", ")}.\n`;
}

/** `trading-dr catalog load` */
export async function loadCommand(progress: Progress): Promise<string> {
  const told = environmentOf("catalog-load");
  const address = addressOf({
    host: told.databaseHost,
    user: told.databaseUser,
    database: told.databaseName,
    login: "iam",
    region: told.region,
  });
  const request = loadRequest(told);
  return measured({ kind: "load", ...whose(told) }, told, progress, async () =>
    loadedText(await withSession(address, (session) => loadEvents(session, request, progress))),
  );
}

/** `trading-dr catalog rebuild` */
export async function rebuildCommand(progress: Progress): Promise<string> {
  const told = environmentOf("catalog-rebuild");
  const address = operatorAddress(told, told.databaseName);
  const request = loadRequest(told);
  const { made, loaded } = await recorded(
    { kind: "migration", ...whose(told), database: told.databaseName },
    { events: request.own, signals: told },
    progress,
    async (found) => {
      const result = await withSession(address, (session) => rebuild(session, request, progress));
      found({ made: result.made });
      return result;
    },
  );
  const kept = made.kept === undefined ? "" : `What was there is kept in schema ${made.kept}.\n`;
  return kept + loadedText(loaded);
}

function loadRequest(told: CommandEnvironment<"catalog-load" | "catalog-rebuild">) {
  const client = s3Client(told.region);
  return {
    ...whose(told),
    retentionDays: told.retentionDays,
    all: new BucketPrefix(client, told.allEvents),
    own: new BucketPrefix(client, told.events),
  };
}

/** Says what was loaded; what is wrong with some events ends the command, after all others are rows. */
function loadedText({ events, unknown, strange, opened }: Loaded): string {
  const epoch =
    opened === undefined ? "" : `Epoch ${opened.id} was opened: ${reasons[opened.reason]}.\n`;
  const kinds = [...new Set(unknown)].map(
    (kind) => `${kind}: kept as it is, for a newer command\n`,
  );
  const text = `${epoch}${String(events)} events loaded.\n${kinds.join("")}`;
  refuseStrange(text, strange);
  return text;
}

const reasons: Readonly<Record<NonNullable<Loaded["opened"]>["reason"], string>> = {
  first: "nothing was ever loaded before",
  restored: "the database was restored, and what it had forgotten was loaded again",
  moved: "the tables are in another database now, or on a server that took over",
  rebuilt: "the tables were made anew",
};

function refuseStrange(text: string, strange: readonly StrangeObject[]): void {
  if (strange.length > 0) {
    const named = strange.map(({ key, problem }) => `${key} ${problem}\n`).join("");
    throw new RecoveryFailure(
      "damaged",
      `there are objects among the events that are none; they are left out:\n${named}${text}`,
    );
  }
}

/** `trading-dr audit verify` */
export async function verifyAuditCommand(
  { json }: { json?: true },
  progress: Progress,
): Promise<string> {
  const told = environmentOf("audit-verify");
  const all = new BucketPrefix(s3Client(told.region), told.allEvents);
  const verified = await withSession(operatorAddress(told, told.databaseName), (session) =>
    verifyAudit(session, all, told.system, progress),
  );
  const text = json ? `${JSON.stringify(verified, undefined, 2)}\n` : verifiedText(verified);
  if (verified.touched.length > 0) {
    throw new RecoveryFailure(
      "damaged",
      `the audit was touched:\n${verified.touched.map((what) => `${what}\n`).join("")}${text}`,
    );
  }
  refuseStrange(text, verified.strange);
  return text;
}

function verifiedText({
  rows,
  standing,
  toReload,
  toLoad,
  expired,
  remarks,
}: AuditVerification): string {
  const counted = (count: number, what: string) =>
    count === 0 ? [] : [`${String(count)} ${what}`];
  return [
    `${String(rows)} events are rows.`,
    ...(standing === "restored"
      ? [`The database was restored: ${String(toReload)} events to reload.`]
      : []),
    ...counted(toLoad, "events are not loaded yet."),
    ...counted(expired, "rows are kept beyond their events, whose retention is over."),
    ...remarks,
  ]
    .map((sentence) => `${sentence}\n`)
    .join("");
}
