import { event, type RunEvent } from "../../../contracts/events";

const point = "20261129T155543Z-0badcafe";
const run = {
  format: 1,
  id: "20261129T160000000Z-0badcafe",
  system: "lab",
  account: "111122223333",
  region: "us-east-1",
  actor: "dr-backup-1",
  version: "1.0.0",
  startedAt: "2026-11-29T15:58:00.000Z",
  finishedAt: "2026-11-29T16:00:00.000Z",
};

function sample(written: object): RunEvent {
  return event.parse({ ...run, ...written }) as RunEvent;
}

/** One event of each kind, of runs that went well. */
export const sampleEvents = {
  backup: sample({
    kind: "backup",
    store: "database",
    series: "daily",
    tier: "daily",
    database: "trading",
    taken: {
      point,
      url: `s3://bucket/${point}/`,
      manifestSha256: "0f".repeat(32),
      snapshotAt: "2026-11-29T15:55:44.000Z",
      retainUntil: "2027-02-27T15:55:44.000Z",
      tables: 3,
      rows: 10,
      bytes: 1024,
    },
  }),
  verification: sample({
    kind: "verification",
    judged: {
      point,
      url: `s3://bucket/${point}/`,
      problems: [],
      tables: 3,
      rows: 10,
      restoreSeconds: 1.5,
      baselineSeconds: { trades: 0.25 },
      slower: ["baseline query trades took 0.25 s"],
    },
  }),
  drill: sample({
    kind: "drill",
    drill: "recovery",
    judged: {
      point,
      url: `s3://bucket/${point}/`,
      problems: [],
      tables: 3,
      rows: 10,
      restoreSeconds: 1.5,
      baselineSeconds: { trades: 0.25 },
      slower: [],
    },
    objectives: [
      { dataClass: "orders", kind: "rto", objectiveSeconds: 900, measuredSeconds: 2, met: true },
      { dataClass: "orders", kind: "rpo", objectiveSeconds: 60, measuredSeconds: 137, met: false },
    ],
  }),
  restoration: sample({
    kind: "restoration",
    of: "database",
    choice: "latest",
    into: "trading",
    restored: { point, url: `s3://bucket/${point}/` },
  }),
};
