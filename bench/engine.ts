import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Deployment } from "../test/engine/deployment";
import { HostDirectory } from "../test/engine/hostDirectory";
import { pulumiCommand } from "../test/engine/pulumiCommand";
import { readRegionStacks } from "../test/support/regionStacks";
import type { Message, Parts } from "./enginePreview";
import { type Use, watchTree } from "../test/support/processTree";
import trivialProgram from "./trivialProgram";

/**
 * Compares the real engine's preview of each stack with its preview of a trivial program, which has
 * the same two providers and one resource: what any such program pays before it declares something
 * of its own. Both are previewed against what is deployed already, and against nothing.
 *
 * Each preview has a process of its own, which runs the program. Runs alternate, so that a machine
 * that changes its pace changes both sides; medians are compared. Fails when the bound is passed.
 *
 * Argument: how many rounds, 5 unless told.
 */

const timesTrivial = 2.5;

/** A program to preview, and as which stack. */
interface Subject {
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly file: string;
}

/** What one preview took. */
interface Run {
  readonly parts: Parts;
  readonly use: Use;
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 5);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error(`the number of rounds must be a whole number from 1, got ${String(rounds)}`);
  }
  if (!existsSync("/proc/self/status")) {
    throw new Error("memory is read from /proc, which only Linux has");
  }
  const pulumi = await pulumiCommand();
  const deployment = new Deployment("market-scanning", pulumi);
  const nothing = HostDirectory.make(pulumi);
  try {
    await deployment.firstDeployment();
    const trivial: Subject = {
      stack: "trivial",
      config: { "pulumi:disable-default-providers": '["*"]' },
      file: join(__dirname, "trivialProgram.ts"),
    };
    const opened = await deployment.host.openInline(trivial.stack, trivial.config, () => {
      trivialProgram();
      return Promise.resolve();
    });
    await opened.stack.up();
    // Access to the database is left out: what it has deployed needs a real one.
    const stacks = readRegionStacks({ directory: deployment.project }).map(({ name, config }) => ({
      stack: name,
      config,
      file: join(deployment.project, "index.ts"),
    }));
    for (const [title, host] of [
      ["what is deployed", deployment.host],
      ["nothing", nothing],
    ] as const) {
      process.stdout.write(`Previewed against ${title}, medians of ${String(rounds)}\n`);
      await compare(host, trivial, stacks, rounds);
    }
  } finally {
    deployment.close();
    nothing.remove();
  }
}

async function compare(
  host: HostDirectory,
  trivial: Subject,
  stacks: readonly Subject[],
  rounds: number,
): Promise<void> {
  const subjects = [trivial, ...stacks];
  const runs = new Map<Subject, Run[]>(subjects.map((subject) => [subject, []]));
  // The first round fills the caches of files and of compiled TypeScript.
  for (let round = 0; round <= rounds; round += 1) {
    for (const subject of subjects) {
      const run = await previewOf(host, subject);
      if (round > 0) {
        runs.get(subject)?.push(run);
      }
    }
  }
  const base = runs.get(trivial) ?? [];
  for (const subject of subjects) {
    const own = runs.get(subject) ?? [];
    const times = (of: (run: Run) => number) =>
      median(own.map((run, round) => of(run) / of(base[round] ?? run)));
    const [slower, larger] = [times(secondsOf), times(mebibytesOf)];
    const isAbove = slower > timesTrivial;
    const bound = `${isAbove ? "above the bound of" : "at most"} ${String(timesTrivial)}`;
    const seconds = `${median(own.map(secondsOf)).toFixed(2)} s`;
    const memory = `${median(own.map(mebibytesOf)).toFixed(0)} MiB`;
    const measured =
      subject === trivial
        ? `${seconds}; ${memory}`
        : `${seconds}, ${slower.toFixed(2)} times (${bound}); ${memory}, ${larger.toFixed(2)} times`;
    process.stdout.write(`  ${subject.stack.padEnd(8)} ${measured}\n${profileOf(own)}`);
    if (isAbove) {
      process.exitCode = 1;
    }
  }
}

/** Where the time went: its parts, and what the processors worked, which overlaps. */
function profileOf(runs: readonly Run[]): string {
  const list = (entries: readonly (readonly [string, (run: Run) => number])[]) =>
    entries.map(([what, of]) => `${what} ${median(runs.map(of)).toFixed(2)} s`).join(", ");
  const parts = list([
    ["node", (run) => run.parts.node],
    ["imports", (run) => run.parts.imports],
    ["engine's start", (run) => run.parts.engineStart],
    ["program", (run) => run.parts.program],
    ["registrations", (run) => run.parts.registrations],
  ]);
  const processor = list([
    ["program", (run) => run.use.processor.program],
    ["engine", (run) => run.use.processor.engine],
    ["providers", (run) => run.use.processor.providers],
  ]);
  return `           ${parts}\n           processor time after the imports: ${processor}\n`;
}

function mebibytesOf({ use }: Run): number {
  return use.peakMebibytes;
}

function secondsOf({ parts }: Run): number {
  return parts.node + parts.imports + parts.engineStart + parts.program + parts.registrations;
}

/** Previews in a new process, and measures it with all that it starts. */
function previewOf(host: HostDirectory, { stack, config, file }: Subject): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = fork(
      join(__dirname, "enginePreview.ts"),
      [host.path, stack, JSON.stringify(config), file],
      { execArgv: ["--require", "tsx/cjs"] },
    );
    let watched: ReturnType<typeof watchTree> | undefined;
    let run: Run | undefined;
    child.on("message", (message: Message) => {
      if (message.kind === "opened") {
        watched = watchTree(Number(child.pid));
      } else if (watched !== undefined) {
        run = { parts: message.parts, use: watched.stop() };
      }
    });
    child.on("error", reject);
    child.on("close", (status) => {
      watched?.stop();
      if (status === 0 && run !== undefined) {
        resolve(run);
      } else {
        reject(new Error(`the preview of ${stack} ended with status ${String(status)}`));
      }
    });
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

void main();
