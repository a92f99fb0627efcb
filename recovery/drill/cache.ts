import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { type EventOf } from "../../contracts/events";
import { cacheName } from "../../contracts/cacheNames";
import { type CommandEnvironment } from "../../contracts/jobEnvironment";
import { messageOf, RecoveryFailure } from "../failure";
import { type Progress } from "../progress";
import { type Check, failedChecks } from "./checks";

/** A cache of a region, whose pods an operator reaches by kubectl. */
export interface CacheDrillRequest extends Pick<
  CommandEnvironment<"drill-cache">,
  "store" | "namespace" | "region" | "servers"
> {
  /** Whether the primary is really handed over. */
  readonly failover: boolean;
}

/** How a script in a pod ended. */
export interface Outcome {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/**
 * How long a group may take to be whole after a hand-over. It was seen to take 4 s (docs/cache.md), and a
 * Sentinel that was told late takes its time.
 */
const settledMilliseconds = 60_000;

/** How long a script may take: the hand-over's own patience ends well before. */
const scriptMilliseconds = 300_000;

/** What begins a line of rehearse.sh that says what is not as it has to be. */
const notReady = "NOT READY: ";

/**
 * Rehearses a failover of the cache of a region, by the scripts in its own pods. Nothing is changed
 * unless the primary is to be handed over, which is done without loss, and only where the rehearsal
 * says that it would succeed.
 *
 * @param found Called with what was found, as far as it came, before anything is thrown.
 * @throws RecoveryFailure `unmet` when a check did not pass, `refused` when there is no primary to hand over, `database`
 * when no pod can be asked.
 */
export async function drillCache(
  request: CacheDrillRequest,
  found: (facts: Pick<EventOf<"drill">, "checks">) => void,
  progress: Progress,
): Promise<void> {
  const checks: Check[] = [];
  const judge = (check: Check) => {
    checks.push(check);
    found({ checks: [...checks] });
    const problems = failedChecks(checks);
    if (problems.length > 0) {
      throw new RecoveryFailure(
        "unmet",
        [`${request.store} in ${request.region} is not as it has to be:`, ...problems].join("\n  "),
      );
    }
  };
  const { status, lines } = await rehearsed(request);
  lines.forEach((line) => {
    progress.say(line);
  });
  judge(checkOf("cache failover", status, lines));
  if (!request.failover) {
    return;
  }
  const primary = primaryIn(lines);
  if (primary === undefined) {
    throw new RecoveryFailure(
      "refused",
      `no Sentinel of ${request.store} in ${request.region} watches a primary: the group stands by, and there is nothing to hand over; run it in the region that serves`,
    );
  }
  progress.say("handing over", { from: primary });
  const started = performance.now();
  const outcome = await script(request, primary, "hand-over.sh");
  judge(handOverCheck(outcome, (performance.now() - started) / 1000));
  judge(await settledCheck(request, primary, progress));
}

/** What became of a hand-over. Only its script can tell that nothing has changed. */
export function handOverCheck({ status, lines, errors }: Outcome, seconds: number): Check {
  const said = [...lines, errors.trim()].filter(Boolean).join("; ");
  const check = {
    name: "cache hand-over",
    passed: status === 0,
    found: `${said === "" ? `hand-over.sh ended with ${String(status)}` : said}, after ${seconds.toFixed(1)} s`,
  };
  return status === 0
    ? check
    : {
        ...check,
        mend: lines.some((line) => line.endsWith("writes go on here"))
          ? "nothing is lost, and the primary is the same: mend what it says, and try again"
          : "the script may go on in its pod: run the drill without --failover-cache in two minutes, and see who is the primary",
      };
}

/** Waits until the group is whole again, with another primary. */
async function settledCheck(
  request: CacheDrillRequest,
  former: string,
  progress: Progress,
): Promise<Check> {
  const name = "cache after the hand-over";
  const started = performance.now();
  for (;;) {
    const { status, lines } = await rehearsed(request);
    const check = checkOf(name, status, lines);
    const primary = primaryIn(lines);
    const milliseconds = performance.now() - started;
    if (check.passed && primary !== undefined && primary !== former) {
      const seconds = (milliseconds / 1000).toFixed(1);
      return { ...check, found: `${primary} is the primary, whole ${seconds} s later` };
    }
    if (milliseconds > settledMilliseconds) {
      return check.passed
        ? {
            name,
            passed: false,
            found: `${primary ?? "nobody"} is the primary still, and ${former} was`,
            mend: "see what its Sentinels have logged",
          }
        : check;
    }
    progress.at("waiting until the group is whole", { seconds: Math.round(milliseconds / 1000) });
    await sleep(1000);
  }
}

/** What rehearse.sh found, as one check. */
export function checkOf(name: string, status: number | null, lines: readonly string[]): Check {
  const wrong = lines
    .filter((line) => line.startsWith(notReady))
    .map((line) => line.slice(notReady.length));
  return status === 0 && wrong.length === 0
    ? { name, passed: true, found: lines.at(-1) ?? "" }
    : {
        name,
        passed: false,
        found: wrong.length > 0 ? wrong.join("; ") : `rehearse.sh ended with ${String(status)}`,
        mend: "mend it before a failover is needed: docs/cache.md",
      };
}

/** Pod of the primary that Sentinels watch; undefined in a group that stands by. */
export function primaryIn(lines: readonly string[]): string | undefined {
  return lines
    .map((line) => /^Sentinel \S+ watches ([^.:\s]+)\S*, OK/.exec(line)?.[1])
    .find((pod) => pod !== undefined);
}

/** Asks the first server whose pod can run the script; it asks all the others. */
async function rehearsed(request: CacheDrillRequest): Promise<Outcome> {
  const failures: string[] = [];
  for (let ordinal = 0; ordinal < request.servers; ordinal += 1) {
    const pod = `${cacheName("server", request)}-${String(ordinal)}`;
    const outcome = await script(request, pod, "rehearse.sh");
    // kubectl fails with the status that the script has for what is wrong; the script says so, too.
    if (outcome.lines.some((line) => /^(Sentinel|NOT READY:) /.test(line))) {
      return outcome;
    }
    failures.push(`${pod}: ${outcome.errors.trim()}`);
  }
  throw new RecoveryFailure(
    "database",
    [`no server of ${request.store} in ${request.region} can be asked:`, ...failures].join("\n  "),
  );
}

/** Runs a script of a server's configuration in its pod. */
function script(
  { region, namespace }: CacheDrillRequest,
  pod: string,
  name: string,
): Promise<Outcome> {
  const words = ["--context", region, "--namespace", namespace, "exec", pod]
    .concat(["--container", "server", "--"])
    .concat(["sh", `/configuration/${name}`]);
  return new Promise((resolve, reject) => {
    const child = spawn("kubectl", words, {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: scriptMilliseconds,
    });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.on("error", (error) => {
      reject(
        new RecoveryFailure(
          "refused",
          `kubectl cannot be run: ${messageOf(error)}; put it on PATH, with a context ${region}`,
        ),
      );
    });
    child.on("close", (status) => {
      resolve({ status, lines: output.split("\n").filter(Boolean), errors });
    });
  });
}
