import { setTimeout as sleep } from "node:timers/promises";
import { type CacheObjectives } from "../../contracts/cacheTimings";
import { type Group, ordinals } from "./group";
import { type Lab } from "./lab";
import { type ClientRecord, Load, type LoadOptions, missingAt } from "./load";
import { outageSeconds, primariesAtOnce } from "./measures";
import { type Pod } from "./pod";

/** What a case happens to. */
export interface Laboratory {
  readonly lab: Lab;
  /** The group of the region that serves. */
  readonly group: Group;
  /** That of the other region, fed by the first one; started by the case that needs it. */
  readonly standby: Group;
  readonly objectives: CacheObjectives;
  /** Pods that clients run in. */
  readonly clients: readonly [Pod, Pod];
}

/** What was seen in one round of a case. */
export interface Measured {
  /** The longest that a client waited from one acknowledged write to the next. */
  readonly outageSeconds: number;
  readonly acknowledgedWrites: number;
  /** Acknowledged writes that the group does not have once it is whole again. */
  readonly lostWrites: number;
  /** When the first and the last of them were acknowledged, counted from the failure: before it is negative. */
  readonly lostFromSeconds?: number;
  readonly lostToSeconds?: number;
  /** Most servers that acknowledged writes at the same time. */
  readonly primariesAtOnce: number;
  /** From the failure until two replicas are in step and all Sentinels agree. */
  readonly redundancySeconds: number;
  /** How far Sentinels counted on: 0 when nobody was promoted. */
  readonly failovers?: number;
  /** From the first failure to writes after the last one, where a round has more than one. */
  readonly recoveredSeconds?: number;
  /** Keys of a snapshot that are not there after its restore, or not as they were. */
  readonly missingKeys?: number;
}

/** An answer that was on its way when the primary failed is no new beginning. */
const settlingMilliseconds = 500;

/** One round of a case: clients write, something fails, the group becomes whole, writes are compared. */
export class Round {
  private readonly failures: number[] = [];
  private redundantAt = NaN;

  private constructor(
    private readonly group: Group,
    public readonly load: Load,
    /** The server that is primary before the failure. */
    public readonly primary: number,
    private readonly epoch: number,
  ) {}

  /** Begins when the group is whole, with the first client writing unless said otherwise. */
  public static async begin(
    { lab, group, clients }: Laboratory,
    options: Partial<LoadOptions> = {},
  ): Promise<Round> {
    await group.settled();
    const load = Load.start(lab, group, {
      pods: [clients[0]],
      // Hundreds of writes a second: enough to see what is lost, and the machine is not the bottleneck.
      pauseMilliseconds: 5,
      ...options,
    });
    await load.flowing(load.pods, 0);
    // Anywhere between two reports of replicas, and between two looks of Sentinels.
    await sleep(500 + 1_000 * Math.random());
    return new Round(group, load, primaryOf(group), group.epoch());
  }

  /** The servers that are replicas before the failure. */
  public get replicas(): number[] {
    return ordinals.filter((ordinal) => ordinal !== this.primary);
  }

  /** Marks the moment of a failure, in milliseconds since 1970. */
  public fails(at = Date.now()): void {
    this.failures.push(at);
  }

  /** When the first failure began, in milliseconds since 1970. */
  public get since(): number {
    const [first] = this.failures;
    if (first === undefined) {
      throw new Error("nothing has failed yet");
    }
    return first;
  }

  /** Waits until clients write again, all of them unless said otherwise, after the last failure. */
  public async writesAgain(pods = this.load.pods): Promise<void> {
    await this.load.flowing(pods, (this.failures.at(-1) ?? NaN) + settlingMilliseconds);
  }

  /** Waits until the group is whole again. */
  public async redundant(): Promise<void> {
    await this.group.settled(180_000);
    this.redundantAt = Date.now();
  }

  /**
   * Ends the load and says what was seen.
   *
   * @param counted Pods whose clients the outage is that of. @default - all
   */
  public async end(counted: readonly Pod[] = this.load.pods): Promise<Measured> {
    // Every client, whatever has become of it meanwhile, writes to the primary by then.
    await this.load.flowing(this.load.pods, Date.now());
    await sleep(1_000);
    const stopped = Date.now();
    const records = await this.load.stop();
    const waited = records
      .filter(({ pod }) => counted.includes(pod))
      .map(({ acknowledged }) => outageSeconds(acknowledged, this.since, stopped));
    return {
      ...compared(records, this.group, this.failures),
      outageSeconds: Math.max(...waited),
      failovers: this.group.epoch() - this.epoch,
      redundancySeconds: (this.redundantAt - this.since) / 1_000,
    };
  }
}

/**
 * Compares what clients were told with what the primary of a group has.
 *
 * @param failures When something failed, in milliseconds since 1970; a lost write belongs to the nearest.
 */
export function compared(
  records: readonly ClientRecord[],
  group: Group,
  failures: readonly number[],
) {
  const writes = records.flatMap(({ acknowledged }) => acknowledged);
  const lost = missingAt(group, primaryOf(group), writes);
  const lostAt = lost
    .map(({ at }) => nearest(failures.map((failure) => (at - failure) / 1_000)))
    .sort((left, right) => left - right);
  return {
    acknowledgedWrites: writes.length,
    lostWrites: lost.length,
    ...(lostAt[0] === undefined
      ? {}
      : { lostFromSeconds: lostAt[0], lostToSeconds: lostAt.at(-1) ?? lostAt[0] }),
    primariesAtOnce: primariesAtOnce(writes),
  };
}

function nearest(distances: readonly number[]): number {
  return distances.reduce((best, other) => (Math.abs(other) < Math.abs(best) ? other : best));
}

/** @throws Error when no Sentinel watches a server. */
export function primaryOf(group: Group): number {
  const primary = group.primary();
  if (primary === undefined) {
    throw new Error("the first Sentinel names no primary");
  }
  return primary;
}
