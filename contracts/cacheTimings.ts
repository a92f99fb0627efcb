/** What a cache's objectives come to in the settings of Redis and Sentinel; pure arithmetic. */

/** Objectives of a cache, in seconds. */
export interface CacheObjectives {
  /** Silence after which a Sentinel believes the primary down. */
  readonly detectionSeconds: number;
  /** Oldest acknowledged write that the loss of the primary alone may take along. */
  readonly lostWriteSeconds: number;
  /** How long clients may be without a primary. */
  readonly recoverySeconds: number;
}

/** Settings that follow from the objectives. */
export interface CacheTimings {
  /** `down-after-milliseconds` */
  readonly downAfterMilliseconds: number;
  /** `failover-timeout`, in milliseconds */
  readonly failoverTimeoutMilliseconds: number;
  /** `min-replicas-to-write` */
  readonly minReplicasToWrite: number;
  /** `min-replicas-max-lag`, in seconds */
  readonly minReplicasMaxLagSeconds: number;
}

/**
 * Replicas report once a second, the primary counts them once a second: writes are accepted for up
 * to two seconds longer than `min-replicas-max-lag` says.
 */
export const reportingSeconds = 2;

/** Less would be `min-replicas-max-lag 0`, with which Redis does not look at replicas at all. */
export const smallestLostWriteSeconds = reportingSeconds + 1;

/** From the vote to a primary that takes writes: `SENTINEL_ELECTION_TIMEOUT`, the longest vote. */
const electionSeconds = 10;

const shortestFailoverTimeoutSeconds = 10;
const longestFailoverTimeoutSeconds = 60;

/**
 * Derives the settings.
 *
 * - `down-after-milliseconds` is the detection time.
 * - `failover-timeout` F is not how long a failover takes: Sentinel gives an attempt up after F and
 *   tries again 2F after it began. So that a second attempt can still succeed within the recovery
 *   time R, after detection D and an election E: D + 2F + E <= R, and F = (R - D - E) / 2. Not less
 *   than the 10 s that an election may take, nor more than a minute, so that a replica that lost its
 *   way is led back within that.
 * - `min-replicas-max-lag` is the lost-write bound less what reporting adds. It holds when the
 *   primary alone is lost, with both replicas in step: its writes have reached a replica that is not older
 *   than that. Sentinel chooses by priority first, and among equals the replica that has most.
 */
export function cacheTimings(objectives: CacheObjectives): CacheTimings {
  const { detectionSeconds, lostWriteSeconds, recoverySeconds } = objectives;
  const failoverTimeout = Math.floor((recoverySeconds - detectionSeconds - electionSeconds) / 2);
  return {
    downAfterMilliseconds: detectionSeconds * 1_000,
    failoverTimeoutMilliseconds:
      1_000 *
      Math.min(
        longestFailoverTimeoutSeconds,
        Math.max(shortestFailoverTimeoutSeconds, failoverTimeout),
      ),
    minReplicasToWrite: 1,
    minReplicasMaxLagSeconds: lostWriteSeconds - reportingSeconds,
  };
}

/** Everything wrong with the objectives and the number of replicas; empty when they are sound. */
export function cacheTimingProblems(
  { lostWriteSeconds }: CacheObjectives,
  replicas: number,
): string[] {
  const problems: string[] = [];
  if (lostWriteSeconds < smallestLostWriteSeconds) {
    problems.push(
      `lostWriteSeconds must be at least ${String(smallestLostWriteSeconds)}, because replicas report once a second and are counted once a second, got ${String(lostWriteSeconds)}`,
    );
  }
  // One replica becomes the primary in a failover; what min-replicas-to-write needs must be left.
  const needed = 2;
  if (replicas < needed) {
    problems.push(
      `replicas must be at least ${String(needed)}: after a failover one fewer is left, and min-replicas-to-write 1 refuses every write without one, got ${String(replicas)}`,
    );
  }
  return problems;
}
