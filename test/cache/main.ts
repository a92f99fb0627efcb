import { parseArgs } from "node:util";
import { failureCases } from "./cases";
import { openLaboratory, runCase, short, whole } from "./laboratory";
import { type CaseReport, reportTable } from "./report";
import { missingForPods } from "./requirements";
import { cacheInBothRegions } from "./systemCaches";

const help = `Breaks a trading system's cache on this machine, as its pods would run, and measures what clients see.

Usage: npm run lab:cache -- [options]

  --system ID    one trading system out of systems/ (default: market-scanning)
  --store NAME   one of its caches (default: cache)
  --case NAME    only this case; may be repeated (default: all)
  --short        few rounds, as in npm test
  --json         everything for machines
  --help         this text

Ends with status 0, or with 1 where a limit that follows from the objectives is passed.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      system: { type: "string", default: "market-scanning" },
      store: { type: "string", default: "cache" },
      case: { type: "string", multiple: true, default: [] },
      short: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const missing = missingForPods();
  if (missing !== undefined) {
    throw new Error(missing);
  }
  const [serving, standingBy] = cacheInBothRegions(values.system, values.store);
  const chosen = casesNamed(values.case);
  const laboratory = await openLaboratory(serving, standingBy);
  const reports: CaseReport[] = [];
  try {
    for (const failure of chosen) {
      process.stderr.write(`${failure.title} `);
      const report = await runCase(
        failure,
        laboratory,
        values.short ? short : whole,
        (measured) => {
          process.stderr.write(`${measured.outageSeconds.toFixed(1)} s `);
        },
      );
      process.stderr.write("\n");
      reports.push(report);
    }
  } finally {
    await laboratory.lab.close();
    // What was measured before a case could not be carried out is measured all the same.
    process.stdout.write(values.json ? json(values, reports) : `\n${reportTable(reports)}`);
  }
  return reports.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

function casesNamed(names: readonly string[]) {
  const known = failureCases.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`--case ${unknown}: there is no such case; use ${known.join(", ")}`);
  }
  // One goes on where the other ends.
  const needed = names.includes("regionBack") ? [...names, "regionLost"] : names;
  return failureCases.filter(({ name }) => names.length === 0 || needed.includes(name));
}

/** Cases by name, and what all of them lost together. */
function json(
  { system, store }: { readonly system: string; readonly store: string },
  reports: readonly CaseReport[],
): string {
  const report = {
    system,
    store,
    lostWrites: reports.reduce((sum, { lostWrites }) => sum + lostWrites, 0),
    ...Object.fromEntries(reports.map(({ name, ...rest }) => [name, rest])),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

// Ends with whatever still runs in pods: a laboratory that could not be opened was not closed either.
main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
