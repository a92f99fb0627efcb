import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import program from "../index";
import { environmentOf } from "../policies/environment";
import { rules } from "../policies/rules";
import { type PreviewedResource, previewStack } from "../preview/inProcess";
import { type PackConfiguration, packConfiguration } from "../preview/policies/configurationFiles";
import { judgeStacks, noChoices } from "../preview/policies/verdicts";
import { readStacks } from "../preview/stacks";
import { projectDirectory } from "../test/support/projectCopy";
import { type Analysis, now, PolicyPackProcess } from "./policyPack";

/**
 * What the policy pack costs over a stack of 1,000 resources: twice as many resources as 500, and all
 * rules as half of them; beside as many policies of the SDK that do nothing, and beside AwsGuard. And
 * the rules' share of the in-process preview.
 *
 * Each pack is in a process of its own and is asked by the protocol that an engine speaks. Rounds
 * alternate, so that a machine that changes its pace changes all of them; medians are compared. Fails
 * when a bound is passed.
 *
 * Argument: how many rounds, 5 unless told.
 */

const bounds = { timesDoubled: 2.4, shareOfPreview: 0.25 };

/** AwsGuard, which brings an SDK for AWS of its own: installed for the comparison, and nowhere else. */
const awsguard = "@pulumi/awsguard@0.3.1";

/** A pack, what it is configured with, and what it is asked about. */
interface Subject {
  readonly title: string;
  readonly directory: string;
  readonly configuration: PackConfiguration;
  readonly resources: readonly PreviewedResource[];
}

/** What one run of a subject took. */
interface Run extends Analysis {
  readonly start: number;
  readonly mebibytes: number;
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 5);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error(`the number of rounds must be a whole number from 1, got ${String(rounds)}`);
  }
  if (!existsSync("/proc/self/status")) {
    throw new Error("memory is read from /proc, which only Linux has");
  }
  execFileSync("npm", ["run", "--silent", "policies:build"], { cwd: projectDirectory });
  const scratch = mkdtempSync(join(tmpdir(), "trading-dr-bench-"));
  try {
    await comparePacks(await subjects(scratch), rounds);
    await compareWithPreview(rounds);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

async function subjects(scratch: string): Promise<Subject[]> {
  const [prod] = readStacks({ directory: projectDirectory, stack: "prod" });
  if (prod === undefined) {
    throw new Error("there is no stack prod");
  }
  const { resources } = await previewStack(program, prod);
  const configuration = packConfiguration(environmentOf(prod.configuration), "advisory");
  const [small, large] = [500, 1_000].map((count) => multiplied(resources, count));
  const own = { directory: join(projectDirectory, "policies"), configuration };
  const half = Object.fromEntries(
    Object.entries(configuration).map(([name, entry], index) => [
      name,
      index % 2 === 0 ? "disabled" : entry,
    ]),
  );
  return [
    { title: "all rules, 1,000 resources", ...own, resources: large ?? [] },
    { title: "all rules, 500 resources", ...own, resources: small ?? [] },
    {
      title: "half the rules, 1,000 resources",
      ...own,
      configuration: half,
      resources: large ?? [],
    },
    {
      title: "as many policies that do nothing",
      directory: idlePack(scratch),
      configuration: {},
      resources: large ?? [],
    },
    { title: "AwsGuard", directory: guardPack(scratch), configuration: {}, resources: large ?? [] },
  ];
}

/** A stack's resources over and over, each time as another system's, until there are enough. */
function multiplied(resources: readonly PreviewedResource[], count: number): PreviewedResource[] {
  const text = JSON.stringify(resources);
  const copies = Array.from({ length: Math.ceil(count / resources.length) }, (_, copy) =>
    copy === 0
      ? resources
      : (JSON.parse(
          text
            .replaceAll("market-scanning", `market-scanning-${String(copy)}`)
            .replaceAll("urn:pulumi:prod::", `urn:pulumi:prod-${String(copy)}::`),
        ) as PreviewedResource[]),
  );
  return copies.flat().slice(0, count);
}

/** A pack with as many policies as there are rules in ours, none of which looks at anything. */
function idlePack(scratch: string): string {
  const [ofResources, ofStacks] = (["resource", "stack"] as const).map(
    (scope) => rules.filter((rule) => rule.scope === scope).length,
  );
  return pack(
    join(scratch, "idle"),
    `const { PolicyPack } = require("@pulumi/policy");
const named = (count, kind, rest) =>
  Array.from({ length: count }, (_, index) => ({ name: kind + index, description: kind, ...rest }));
new PolicyPack("idle", {
  policies: [
    ...named(${String(ofResources)}, "resource", { validateResource: () => undefined }),
    ...named(${String(ofStacks)}, "stack", { validateStack: () => undefined }),
  ],
});
`,
  );
}

function guardPack(scratch: string): string {
  const directory = pack(
    join(scratch, "guard"),
    `const { AwsGuard } = require("@pulumi/awsguard");
new AwsGuard({ all: "advisory" });
`,
  );
  rmSync(join(directory, "node_modules"));
  execFileSync("npm", ["install", "--ignore-scripts", "--silent", awsguard], { cwd: directory });
  return directory;
}

function pack(directory: string, source: string): string {
  mkdirSync(directory);
  writeFileSync(
    join(directory, "package.json"),
    JSON.stringify({ name: "pack", version: "1.0.0", main: "index.js" }),
  );
  writeFileSync(join(directory, "index.js"), source);
  symlinkSync(join(projectDirectory, "node_modules"), join(directory, "node_modules"), "dir");
  return directory;
}

async function comparePacks(of: readonly Subject[], rounds: number): Promise<void> {
  const runs = new Map<Subject, Run[]>(of.map((subject) => [subject, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const subject of of) {
      const run = await runOf(subject);
      // The first round fills the caches of files and of compiled code.
      if (round > 0) {
        runs.get(subject)?.push(run);
      }
    }
  }
  const [whole, ...others] = of.map((subject) => runs.get(subject) ?? []);
  const times = (part: (run: Run) => number, other: readonly Run[] = []) =>
    median((whole ?? []).map((run, round) => part(run) / part(other[round] ?? run)));
  process.stdout.write(`The policy pack over its protocol, medians of ${String(rounds)}\n`);
  of.forEach((subject, index) => {
    const own = index === 0 ? whole : others[index - 1];
    const part = (name: keyof Run) => median((own ?? []).map((run) => run[name])).toFixed(2);
    process.stdout.write(
      `  ${subject.title.padEnd(33)} start ${part("start")} s, resources ${part("resources")} s, stack ${part("stack")} s, ${part("mebibytes")} MiB, said ${String(own?.[0]?.said)}\n`,
    );
  });
  const analysis = ({ resources, stack }: Run) => resources + stack;
  for (const [what, other, bound] of [
    ["twice the resources", others[0], bounds.timesDoubled],
    ["twice the rules", others[1], bounds.timesDoubled],
    ["policies that do nothing", others[2], undefined],
    ["AwsGuard", others[3], undefined],
  ] as const) {
    report(`  time against ${what}`, times(analysis, other), bound, "times");
  }
}

async function runOf({ directory, configuration, resources }: Subject): Promise<Run> {
  const process = await PolicyPackProcess.start(directory);
  try {
    await process.configure(configuration);
    const analysis = await process.analyze(resources);
    return { ...analysis, start: process.startSeconds, mebibytes: process.peakMebibytes() };
  } finally {
    process.stop();
  }
}

/** How much of the in-process preview of all stacks the rules take. */
async function compareWithPreview(rounds: number): Promise<void> {
  const shares: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const started = now();
    const previews = [];
    for (const ready of readStacks({ directory: projectDirectory })) {
      previews.push({ ready, resources: (await previewStack(program, ready)).resources });
    }
    const previewed = now();
    judgeStacks(previews, noChoices);
    if (round > 0) {
      shares.push((now() - previewed) / (now() - started));
    }
  }
  report(
    "  share of an in-process preview of all stacks",
    median(shares),
    bounds.shareOfPreview,
    "",
  );
}

function report(what: string, value: number, bound: number | undefined, unit: string): void {
  const isAbove = bound !== undefined && value > bound;
  const limit =
    bound === undefined ? "" : ` (${isAbove ? "above the bound of" : "at most"} ${String(bound)})`;
  process.stdout.write(`${what}: ${value.toFixed(2)} ${unit}${limit}\n`);
  if (isAbove) {
    process.exitCode = 1;
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

void main();
