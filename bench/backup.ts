import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { emergencies, Laboratory, points } from "../test/recovery/laboratory";
import { executableIn, pathOf } from "../test/support/goProgram";
import { programPath } from "../test/support/postgresqlPrograms";
import { heldBy } from "../test/support/processTree";
import { projectDirectory } from "../test/support/projectCopy";

/**
 * Compares a backup and a restore by `trading-dr` with the pipelines of the recovery plans, on the same
 * data, database server and S3 server, in one run: wall time, processor time of the whole machine,
 * memory, disk for temporary files, bytes stored. The servers share the machine with what is measured.
 *
 * Ours does more: it counts and sums up the rows, and checks every byte before it is restored.
 *
 * Arguments: size of the data as text in mebibytes, 1024 unless told; how many rounds, 3 unless told.
 */

/** What one run took. */
interface Taken {
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly peakMebibytes: number;
  readonly scratchMebibytes: number;
}

interface Contender {
  readonly title: string;
  /** A line of bash. */
  readonly command: string;
}

/** Mebibytes of memory that a backup may hold, whatever the size of the database. */
const mostMebibytes = 256;

const sampling = 50;

async function main(): Promise<void> {
  const mebibytes = wholeArgument(2, 1024);
  const rounds = wholeArgument(3, 3);
  const laboratory = await Laboratory.start();
  const scratch = mkdtempSync(join(tmpdir(), "trading-dr-bench-"));
  try {
    fill(laboratory, mebibytes);
    const runs = new Map<string, Taken[]>();
    const measure = async ({ title, command }: Contender, environment: Record<string, string>) => {
      const taken = await run(command, { ...environment, TMPDIR: scratch, SCRATCH: scratch });
      runs.set(title, [...(runs.get(title) ?? []), taken]);
    };
    for (let round = 1; round <= rounds; round += 1) {
      process.stderr.write(`round ${String(round)} of ${String(rounds)}\n`);
      for (const contender of [...backups, ...(hasPgBackRest() ? [pgBackRest] : [])]) {
        await measure(contender, {
          ...laboratory.store.environment,
          ...laboratory.everyone,
          ...laboratory.backupOf("trading"),
          PGHOST: laboratory.source.socketDirectory,
        });
      }
      for (const contender of restores) {
        for (const name of ["restored", "restored_restoring"]) {
          laboratory.scratch.asSuperuser(
            "postgres",
            `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`,
          );
        }
        if (contender.title !== ours) {
          laboratory.scratch.asSuperuser("postgres", "CREATE DATABASE restored");
        }
        await measure(
          { ...contender, title: `restore: ${contender.title}` },
          {
            ...laboratory.store.environment,
            ...laboratory.everyone,
            ...laboratory.restoreOn(laboratory.scratch),
            PGHOST: laboratory.scratch.socketDirectory,
          },
        );
      }
    }
    report(mebibytes, rounds, runs, await stored(laboratory));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    await laboratory.close();
  }
}

const ours = "trading-dr";
/** As it is shipped: one file of JavaScript. */
const command = join(projectDirectory, "recovery/bin/trading-dr.js");
const upload = (file: string) =>
  `${process.execPath} --require tsx/cjs ${join(__dirname, "transfer.ts")} put ${file}`;
const download = (file: string) =>
  `${process.execPath} --require tsx/cjs ${join(__dirname, "transfer.ts")} get ${file}`;

const backups: readonly Contender[] = [
  { title: ours, command: `${command} backup database` },
  {
    title: "pg_dump | gzip",
    command: `pg_dump --username=postgres trading | gzip > $SCRATCH/dump.sql.gz && ${upload("dump.sql.gz")}`,
  },
  {
    title: "pg_dump -Fc",
    command: `pg_dump --username=postgres -Fc -f $SCRATCH/dump.custom trading && ${upload("dump.custom")}`,
  },
];

/**
 * Copies the server's files, which RDS and Aurora let nobody do, and so all of its databases with their
 * indexes: for reference, where Debian's pgbackrest is installed.
 */
const pgBackRest: Contender = {
  title: "pgbackrest, files",
  command:
    'options="--stanza=bench --pg1-path=$PGHOST/data --pg1-socket-path=$PGHOST --pg1-port=$PGPORT --pg1-user=postgres ' +
    '--repo1-path=$SCRATCH/repository --log-level-console=error --log-level-file=off --lock-path=$SCRATCH/lock" && ' +
    "pgbackrest stanza-create $options && pgbackrest backup $options " +
    "--no-archive-check --start-fast --process-max=2 --compress-type=zst --compress-level=3 --repo1-retention-full=1",
};

const restores: readonly Contender[] = [
  { title: ours, command: `${command} restore database --point latest --into restored` },
  {
    title: "gunzip | psql",
    command: `${download("dump.sql.gz")} && gunzip -c $SCRATCH/dump.sql.gz | psql --username=postgres --quiet --set=ON_ERROR_STOP=1 restored`,
  },
  {
    title: "pg_restore",
    command: `${download("dump.custom")} && pg_restore --username=postgres --dbname=restored $SCRATCH/dump.custom`,
  },
];

function hasPgBackRest(): boolean {
  return executableIn(pathOf(process.env), "pgbackrest") !== undefined;
}

function wholeArgument(position: number, otherwise: number): number {
  const value = Number(process.argv[position] ?? otherwise);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(
      `argument ${String(position - 1)} must be a whole number from 1, got ${process.argv[position] ?? ""}`,
    );
  }
  return value;
}

/** Trades and orders, with the indexes and the foreign key that such tables have. */
function fill(laboratory: Laboratory, mebibytes: number): void {
  // 110 bytes of text are a trade and a part of an order.
  const trades = Math.round((mebibytes * 1024 * 1024) / 120);
  laboratory.source.asSuperuser("postgres", "CREATE DATABASE trading");
  laboratory.source.asSuperuser(
    "trading",
    `SELECT setseed(0.5);
     CREATE TABLE trades (id bigint, symbol text NOT NULL, at timestamptz NOT NULL,
       price numeric(12,4), quantity integer, side text, reference uuid);
     INSERT INTO trades SELECT i, (ARRAY['AAPL','MSFT','GOOG','AMZN','TSLA'])[1 + i % 5],
       '2026-01-01'::timestamptz + i * interval '0.137 s', (random() * 1000)::numeric(12,4),
       (random() * 10000)::integer, CASE WHEN random() < 0.5 THEN 'buy' ELSE 'sell' END,
       md5(i::text)::uuid FROM generate_series(1, ${String(trades)}) i;
     ALTER TABLE trades ADD PRIMARY KEY (id);
     CREATE INDEX ON trades (symbol, at);
     CREATE TABLE orders (id bigserial PRIMARY KEY, trade bigint REFERENCES trades, note text);
     INSERT INTO orders (trade, note) SELECT 1 + (random() * (${String(trades)} - 1))::integer,
       repeat(md5(i::text), 3) FROM generate_series(1, ${String(Math.round(trades / 4))}) i;
     VACUUM ANALYZE`,
  );
}

function run(line: string, environment: Readonly<Record<string, string>>): Promise<Taken> {
  const scratch = environment["SCRATCH"] ?? "";
  rmSync(scratch, { recursive: true });
  mkdirSync(scratch);
  const before = processorSeconds();
  const started = performance.now();
  const child = spawn("bash", ["-c", `set -eo pipefail; ${line}`], {
    env: {
      PATH: `${join(programPath("initdb"), "..")}:${process.env["PATH"] ?? ""}`,
      ...environment,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  let peakMebibytes = 0;
  let scratchMebibytes = 0;
  const timer = setInterval(() => {
    peakMebibytes = Math.max(peakMebibytes, heldBy(child.pid ?? 0));
    scratchMebibytes = Math.max(scratchMebibytes, sizeOf(scratch));
  }, sampling);
  return new Promise((resolve, reject) => {
    child.on("close", (status) => {
      clearInterval(timer);
      if (status === 0) {
        resolve({
          seconds: (performance.now() - started) / 1000,
          processorSeconds: processorSeconds() - before,
          peakMebibytes,
          scratchMebibytes,
        });
      } else {
        reject(new Error(`${line} ended with status ${String(status)}:\n${complaint}`));
      }
    });
  });
}

/** Seconds that all processors of the machine have worked. */
function processorSeconds(): number {
  return cpus().reduce((sum, { times }) => sum + (times.user + times.nice + times.sys) / 1000, 0);
}

function sizeOf(directory: string): number {
  try {
    return readdirSync(directory, { recursive: true, encoding: "utf8" }).reduce(
      (sum, name) => sum + statSync(join(directory, name)).size / 1024 / 1024,
      0,
    );
  } catch {
    // A file that was there a moment ago is gone; the next look counts.
    return 0;
  }
}

async function stored(laboratory: Laboratory): Promise<Record<string, number>> {
  const [newest] = (await laboratory.sizes(points.prefix)).reverse();
  const id = newest?.key.slice(points.prefix.length).split("/")[0] ?? "";
  const sum = async (prefix: string) =>
    (await laboratory.sizes(prefix)).reduce((total, { bytes }) => total + bytes, 0) / 1024 / 1024;
  return {
    [ours]: await sum(`${points.prefix}${id}/`),
    "pg_dump | gzip": await sum(`${emergencies.prefix}dump.sql.gz`),
    "pg_dump -Fc": await sum(`${emergencies.prefix}dump.custom`),
  };
}

function report(
  mebibytes: number,
  rounds: number,
  runs: ReadonlyMap<string, readonly Taken[]>,
  sizes: Readonly<Record<string, number>>,
): void {
  const median = (title: string, of: keyof Taken) =>
    [...(runs.get(title) ?? [])].map((taken) => taken[of]).sort((one, other) => one - other)[
      Math.floor((runs.get(title)?.length ?? 0) / 2)
    ] ?? NaN;
  const line = (title: string, own: string) =>
    `  ${title.padEnd(24)} ${(median(title, "seconds") / median(own, "seconds")).toFixed(2).padStart(5)}× the time, ` +
    `${(median(title, "processorSeconds") / median(own, "processorSeconds")).toFixed(2)}× the processor time, ` +
    `${median(title, "peakMebibytes").toFixed(0)} MiB of memory, ${median(title, "scratchMebibytes").toFixed(0)} MiB of disk`;
  process.stdout.write(
    [
      `${String(mebibytes)} MiB of rows, medians of ${String(rounds)}; times as multiples of ours (${median(ours, "seconds").toFixed(1)} s, restore ${median(`restore: ${ours}`, "seconds").toFixed(1)} s here)`,
      ...backups.map(
        ({ title }) =>
          `${line(title, ours)}, ${((sizes[title] ?? NaN) / (sizes[ours] ?? NaN)).toFixed(2)}× the bytes stored`,
      ),
      ...(hasPgBackRest() ? [line(pgBackRest.title, ours)] : []),
      ...restores.map(({ title }) => line(`restore: ${title}`, `restore: ${ours}`)),
      "",
    ].join("\n"),
  );
  const peak = Math.max(median(ours, "peakMebibytes"), median(`restore: ${ours}`, "peakMebibytes"));
  if (peak > mostMebibytes) {
    process.stdout.write(
      `${peak.toFixed(0)} MiB of memory are more than ${String(mostMebibytes)}\n`,
    );
    process.exitCode = 1;
  }
}

void main();
