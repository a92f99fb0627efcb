import { readdirSync, readFileSync } from "node:fs";

/** What the processes of a preview used. */
export interface Use {
  /**
   * The most that the processes which lived at one time had ever held, each for itself; memory that
   * they share counts for each.
   */
  readonly peakMebibytes: number;
  /** Processor time, in seconds. */
  readonly processor: {
    readonly program: number;
    readonly engine: number;
    readonly providers: number;
  };
}

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly command: string;
  readonly processorSeconds: number;
}

const interval = 50;
/** Linux counts processor time in these. */
const ticksPerSecond = 100;

/**
 * Watches a process and all that descend from it, in Linux's /proc, until it is told to stop.
 *
 * @param root Id of the process that runs the program.
 */
export function watchTree(root: number): { stop(): Use } {
  const processor = new Map<number, { readonly who: keyof Use["processor"]; seconds: number }>();
  let peakKibibytes = 0;
  const before = treeOf(root).find(({ id }) => id === root)?.processorSeconds ?? 0;
  const look = () => {
    const living = treeOf(root);
    for (const { id, command, processorSeconds } of living) {
      const who = id === root ? "program" : command === "pulumi" ? "engine" : "providers";
      processor.set(id, { who, seconds: processorSeconds - (id === root ? before : 0) });
    }
    const held = living.reduce((sum, { id }) => sum + peakKibibytesOf(id), 0);
    peakKibibytes = Math.max(peakKibibytes, held);
  };
  const timer = setInterval(look, interval);
  return {
    stop: () => {
      clearInterval(timer);
      const secondsOf = (who: keyof Use["processor"]) =>
        [...processor.values()]
          .filter((found) => found.who === who)
          .reduce((sum, { seconds }) => sum + seconds, 0);
      return {
        peakMebibytes: peakKibibytes / 1024,
        processor: {
          program: secondsOf("program"),
          engine: secondsOf("engine"),
          providers: secondsOf("providers"),
        },
      };
    },
  };
}

/**
 * Mebibytes that a process and all that descend from it hold right now. Memory that they share counts
 * for each.
 */
export function heldBy(root: number): number {
  const kibibytes = treeOf(root).reduce(
    (sum, { id }) =>
      sum + Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${String(id)}/status`))?.[1] ?? 0),
    0,
  );
  return kibibytes / 1024;
}

function treeOf(root: number): Process[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => processOf(Number(id)));
  const tree = all.filter(({ id }) => id === root);
  // It grows while it is gone through: children are appended after their parents.
  for (const { id } of tree) {
    tree.push(...all.filter(({ parent }) => parent === id));
  }
  return tree;
}

function processOf(id: number): Process[] {
  const line = read(`/proc/${String(id)}/stat`);
  // The command is in brackets, and may itself contain any character.
  const [start, end] = [line.indexOf("("), line.lastIndexOf(")")];
  const fields = line.slice(end + 2).split(" ");
  return line === ""
    ? []
    : [
        {
          id,
          parent: Number(fields[1]),
          command: line.slice(start + 1, end),
          processorSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
        },
      ];
}

function peakKibibytesOf(id: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${String(id)}/status`))?.[1] ?? 0);
}

/** A process may end at any time, and its files with it. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
