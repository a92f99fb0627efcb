import { type ChildProcessByStdio, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Readable } from "node:stream";
import { messageOf, RecoveryFailure } from "../failure";
import { type DatabaseAddress, tokenFor } from "./session";

/** PostgreSQL's own programs that are run. All have to be on PATH, of the server's major or newer. */
export type Program = "pg_dump" | "pg_dumpall" | "pg_restore";

/** The version of a program: `15.12`. */
export async function programVersion(program: Program): Promise<string> {
  let output = "";
  for await (const chunk of runProgram(program, ["--version"], undefined)) {
    output += chunk.toString();
  }
  return /(\d+\.\d+|\d+[a-z]+\d+)/.exec(output)?.[1] ?? output.trim();
}

/**
 * Runs a program on a database and gives what it writes. It is ended when nobody reads on.
 *
 * @param address Where it connects to. @default - nowhere
 * @throws RecoveryFailure `database` with what it complained of.
 */
export async function* runProgram(
  program: Program,
  options: readonly string[],
  address: DatabaseAddress | undefined,
): AsyncGenerator<Buffer> {
  const password = address === undefined ? undefined : await tokenFor(address);
  const directory =
    password === undefined ? undefined : mkdtempSync(join(tmpdir(), "trading-dr-login-"));
  try {
    const child = spawn(program, options, {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        ...(address === undefined ? {} : connectionEnvironment(address)),
        ...(address === undefined || password === undefined || directory === undefined
          ? {}
          : { PGPASSFILE: passwordFile(directory, address, password) }),
      },
    });
    yield* outputOf(program, child);
  } finally {
    if (directory !== undefined) {
      rmSync(directory, { recursive: true, force: true });
    }
  }
}

/** Runs a program whose output nobody needs. */
export async function finishProgram(...run: Parameters<typeof runProgram>): Promise<void> {
  const output = runProgram(...run);
  while ((await output.next()).done !== true) {
    // What it writes is of no interest: its complaints are in the failure.
  }
}

async function* outputOf(
  program: Program,
  child: ChildProcessByStdio<null, Readable, Readable>,
): AsyncGenerator<Buffer> {
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-longestComplaint);
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", (error) => {
      reject(
        new RecoveryFailure(
          "usage",
          `cannot run ${program}, which has to be on PATH: ${messageOf(error)}`,
        ),
      );
    });
    child.on("close", (status, signal) => {
      if (status === 0) {
        resolve();
      } else {
        reject(
          new RecoveryFailure(
            "database",
            `${program} ended with ${signal ?? `status ${String(status)}`}: ${withoutStatements(complaint)}`,
          ),
        );
      }
    });
  });
  ended.catch(() => undefined);
  try {
    for await (const chunk of child.stdout) {
      yield chunk as Buffer;
    }
    await ended;
  } finally {
    child.kill();
  }
}

/** Statements that failed are left out: that of a user mapping has a password in it. */
function withoutStatements(complaint: string): string {
  return complaint
    .replaceAll(/Command was:[^]*?(?=\n\S+: (?:error|warning|from TOC)|$)/g, "")
    .trim();
}

/**
 * A database as an option names it. In quotes: what looks like connection parameters is taken for such,
 * and a database may have any name.
 */
export function quotedDatabase({ database }: Pick<DatabaseAddress, "database">): string {
  return `dbname='${database.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}

/** Characters of a program's complaints that are told: the last ones say why it ended. */
const longestComplaint = 4_000;

function connectionEnvironment(address: DatabaseAddress): Record<string, string> {
  const { host, port, database, user, authorityFile } = address;
  return {
    PGHOST: host,
    PGPORT: String(port),
    PGDATABASE: database,
    PGUSER: user,
    PGCONNECT_TIMEOUT: "15",
    // The database may have its own, and pg_dumpall writes times by them that others read otherwise.
    PGTZ: "UTC",
    PGDATESTYLE: "ISO, MDY",
    ...(authorityFile === undefined
      ? { PGSSLMODE: "disable" }
      : { PGSSLMODE: "verify-full", PGSSLROOTCERT: authorityFile }),
  };
}

/** Beside the arguments and the environment, which other processes may see. */
function passwordFile(
  directory: string,
  { host, port, user }: DatabaseAddress,
  password: string,
): string {
  const file = join(directory, "password");
  const escaped = (text: string) => text.replaceAll(/[\\:]/g, String.raw`\$&`);
  // For this server alone: it must not be offered to another one.
  const line = [escaped(host), String(port), "*", escaped(user), escaped(password)].join(":");
  writeFileSync(file, `${line}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return file;
}
