import { type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AcknowledgedWrite, type ClientOrder, type ClientReport } from "./client";
import { type Group } from "./group";
import { type Lab, until } from "./lab";
import { type Pod } from "./pod";

/** How a group is written to. */
export interface LoadOptions {
  /** Pods in which a client runs, each in a process of its own. */
  readonly pods: readonly Pod[];
  /** What each writer waits after a write, in milliseconds. @default 0 */
  readonly pauseMilliseconds?: number;
}

/** What the client in one pod has written. */
export interface ClientRecord {
  readonly pod: Pod;
  readonly acknowledged: readonly AcknowledgedWrite[];
}

let loads = 0;

/** Clients that write to a group until told to stop, and remember what was acknowledged. */
export class Load {
  private readonly lastAcknowledged = new Map<Pod, number>();

  private constructor(
    private readonly lab: Lab,
    private readonly clients: ReadonlyMap<Pod, ChildProcess>,
  ) {
    for (const [pod, child] of clients) {
      child.on("message", (report: ClientReport) => {
        if (report.kind === "progress") {
          this.lastAcknowledged.set(pod, report.lastAcknowledged);
        }
      });
    }
  }

  /** Starts clients, which write as soon as they find a primary. */
  public static start(lab: Lab, group: Group, options: LoadOptions): Load {
    loads += 1;
    const { pods, pauseMilliseconds = 0 } = options;
    const started = pods.map((pod) => {
      // The library tells of every Sentinel that it does not reach.
      const log = lab.log(`${pod.name}.log`);
      const child = lab.keep(
        pod.spawn(
          process.execPath,
          ["--require", require.resolve("tsx/cjs"), join(__dirname, "client.ts")],
          { stdio: ["ignore", log, log, "ipc"], serialization: "advanced" },
        ),
      );
      child.send({
        name: `load-${String(loads)}-${pod.name}`,
        masterName: group.masterName,
        sentinels: group.sentinels,
        password: group.passwords.application,
        authority: lab.path("ca.crt"),
        pauseMilliseconds,
      } satisfies ClientOrder);
      return [pod, child] as const;
    });
    return new Load(lab, new Map(started));
  }

  /** Pods in which clients run. */
  public get pods(): Pod[] {
    return [...this.clients.keys()];
  }

  /** When any client last wrote, as far as is known, in milliseconds since 1970. */
  public get lastWrite(): number {
    return Math.max(0, ...this.lastAcknowledged.values());
  }

  /** Waits until the clients in some pods have written later than a moment, in milliseconds since 1970. */
  public async flowing(pods: readonly Pod[], since: number): Promise<void> {
    await until(
      "clients write",
      () => pods.every((pod) => (this.lastAcknowledged.get(pod) ?? 0) > since),
      120_000,
    );
  }

  /** Ends the clients, and returns what each has written. */
  public async stop(): Promise<ClientRecord[]> {
    return Promise.all(
      [...this.clients].map(async ([pod, child]) => {
        const record = new Promise<ClientRecord>((resolve, reject) => {
          child.on("message", (report: ClientReport) => {
            if (report.kind === "record") {
              resolve({ pod, acknowledged: report.acknowledged });
            }
          });
          const lost = () => {
            const said = readFileSync(this.lab.path(`${pod.name}.log`), "utf8").slice(-2_000);
            const how = `exit code ${String(child.exitCode)}, signal ${String(child.signalCode)}`;
            reject(
              new Error(`the client in ${pod.name} ended without its record: ${how}; ${said}`),
            );
          };
          child.on("close", lost);
          // The client may have ended before it is asked.
          child.send("end", (failure) => {
            if (failure !== null) {
              lost();
            }
          });
        });
        return record;
      }),
    );
  }
}

/** How many keys are asked for at a time. */
const batch = 500;

/** The writes that a server does not have. */
export function missingAt(
  group: Group,
  ordinal: number,
  writes: readonly AcknowledgedWrite[],
): AcknowledgedWrite[] {
  const batches = Array.from({ length: Math.ceil(writes.length / batch) }, (_, index) =>
    writes.slice(index * batch, (index + 1) * batch),
  );
  const found = existing(
    group,
    ordinal,
    batches.map((keys) => keys.map(({ key }) => key)),
  );
  const suspects = batches.filter((keys, index) => found[index] !== keys.length).flat();
  const there = existing(
    group,
    ordinal,
    suspects.map(({ key }) => [key]),
  );
  return suspects.filter((_, index) => there[index] === 0);
}

/** How many of the keys of each list a server has. */
function existing(group: Group, ordinal: number, lists: readonly (readonly string[])[]): number[] {
  const answers = group.askAll(
    group.server(ordinal),
    lists.map((keys) => `EXISTS ${keys.join(" ")}`),
  );
  if (answers.length !== lists.length || answers.some((answer) => !/^\d+$/.test(answer))) {
    throw new Error(`server ${String(ordinal)} has not answered: ${answers.slice(-3).join("; ")}`);
  }
  return answers.map(Number);
}
