import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { copyOfProject, projectDirectory, removeCopy } from "../test/support/projectCopy";

/**
 * Compares a preview of all stacks with a bare import of the same libraries, and a preview of 100
 * times the buckets with one of the usual number. Runs alternate, so that a machine that changes
 * its pace changes both sides; medians are compared. Fails when a bound is passed.
 */

const rounds = 5;
const bounds = { timesBareImport: 3, peakMebibytes: 350, timesPerResource: 1.3 };

/** What one run of a program took. */
interface Run {
  readonly seconds: number;
  readonly peakMebibytes: number;
  readonly stdout: string;
}

/** Runs a TypeScript program as `npm run preview` does, and measures the whole process. */
function run(directory: string, script: string, ...args: string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(
      process.execPath,
      [
        "--require",
        join(projectDirectory, "bench", "reportPeakMemory.cjs"),
        "--require",
        "tsx/cjs",
        script,
        ...args,
      ],
      { cwd: directory, stdio: ["ignore", "pipe", "inherit", "pipe"] },
    );
    let stdout = "";
    let peakKibibytes = "";
    child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stdio[3]?.on("data", (chunk: Buffer) => (peakKibibytes += chunk.toString()));
    child.on("error", reject);
    child.on("close", (status) => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      if (status === 0) {
        resolve({ seconds, peakMebibytes: Number(peakKibibytes) / 1024, stdout });
      } else {
        reject(new Error(`${script} ended with status ${String(status)}`));
      }
    });
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted[middle] ?? NaN;
}

function resourcesIn(report: string): number {
  return (JSON.parse(report) as { totals: { resources: number } }).totals.resources;
}

/** Gives a copy of the project 100 lock classes, with a store each, for every one it has. */
function multiplyBuckets(copy: string): void {
  const file = join(copy, "systems", "market-scanning.yaml");
  const system = parse(readFileSync(file, "utf8")) as Record<
    "lockClasses" | "stores",
    Record<string, unknown>
  >;
  const wanted = 100 * Object.keys(system.lockClasses).length;
  for (let number = Object.keys(system.lockClasses).length; number < wanted; number += 1) {
    system.lockClasses[`bench${String(number)}`] = { mode: "governance", period: "30d" };
    system.stores[`bench-${String(number)}`] = {
      kind: "objects",
      description: "objects of a benchmark",
      lockClass: `bench${String(number)}`,
      retention: "35d",
    };
  }
  writeFileSync(file, stringify(system));
}

async function main(): Promise<void> {
  const preview = () => run(projectDirectory, "preview/main.ts", "--json");
  const bare = () => run(projectDirectory, "bench/bareImport.ts");
  await bare();
  await preview();
  const pairs: { readonly bare: Run; readonly preview: Run }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    pairs.push({ bare: await bare(), preview: await preview() });
  }
  const bareSeconds = median(pairs.map((pair) => pair.bare.seconds));
  const previewSeconds = median(pairs.map((pair) => pair.preview.seconds));
  const timesBareImport = median(pairs.map((pair) => pair.preview.seconds / pair.bare.seconds));
  const peakMebibytes = median(pairs.map((pair) => pair.preview.peakMebibytes));
  const resources = resourcesIn(pairs[0]?.preview.stdout ?? "");

  const copy = copyOfProject();
  try {
    multiplyBuckets(copy);
    const large = await run(copy, "preview/main.ts", "--json");
    const largeResources = resourcesIn(large.stdout);
    // The libraries are loaded once, however many resources there are.
    const perResource = (seconds: number, count: number) => (seconds - bareSeconds) / count;
    const timesPerResource =
      perResource(large.seconds, largeResources) / perResource(previewSeconds, resources);
    const rows: [string, string, string][] = [
      [
        "preview, wall time against a bare import",
        `${timesBareImport.toFixed(2)} times`,
        `at most ${String(bounds.timesBareImport)}`,
      ],
      [
        "preview, peak memory",
        `${peakMebibytes.toFixed(0)} MiB`,
        `at most ${String(bounds.peakMebibytes)}`,
      ],
      [
        `time per resource, ${String(largeResources)} against ${String(resources)}`,
        `${timesPerResource.toFixed(2)} times`,
        `at most ${String(bounds.timesPerResource)}`,
      ],
    ];
    process.stdout.write(
      rows
        .map(
          ([what, measured, bound]) => `${what.padEnd(48)} ${measured.padStart(12)}   ${bound}\n`,
        )
        .join(""),
    );
    if (
      timesBareImport > bounds.timesBareImport ||
      peakMebibytes > bounds.peakMebibytes ||
      timesPerResource > bounds.timesPerResource
    ) {
      process.stdout.write("A bound is passed.\n");
      process.exitCode = 1;
    }
  } finally {
    removeCopy(copy);
  }
}

void main();
