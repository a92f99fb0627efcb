import { type AcknowledgedWrite } from "./client";

/** What clients saw of a failure, from the times at which their writes were acknowledged. */

/** Times of one server's acknowledgements that are further apart belong to two terms as primary. */
const termMilliseconds = 1_000;

/**
 * The longest time that a client waited for an acknowledgement, in seconds: from the last one before
 * the failure, or later, to the next, or until it was stopped.
 *
 * @param since When the failure began, in milliseconds since 1970.
 * @param stopped When the client was stopped, in milliseconds since 1970.
 */
export function outageSeconds(
  writes: readonly AcknowledgedWrite[],
  since: number,
  stopped: number,
): number {
  const before = writes.filter(({ at }) => at <= since).at(-1)?.at ?? since;
  const after = writes.filter(({ at }) => at > since && at < stopped).map(({ at }) => at);
  const times = [before, ...after, stopped];
  const silences = times.slice(1).map((at, index) => at - (times[index] ?? at));
  return greatest(silences) / 1_000;
}

/** Most servers that acknowledged writes, of whatever clients, during the same time. */
export function primariesAtOnce(writes: readonly AcknowledgedWrite[]): number {
  const terms = [...byServer(writes).values()].flatMap(termsOf);
  // The most are in office when one of them takes it.
  const counts = terms.map(
    (own) =>
      terms.filter((term) => term === own || (term.from <= own.from && own.from < term.to)).length,
  );
  return greatest(counts);
}

/** The greatest of any number of values, 0 if there is none; `Math.max` takes no hundred thousand. */
function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function byServer(writes: readonly AcknowledgedWrite[]): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const { server, at } of writes) {
    const known = times.get(server) ?? [];
    known.push(at);
    times.set(server, known);
  }
  return times;
}

function termsOf(times: readonly number[]): { from: number; to: number }[] {
  const terms: { from: number; to: number }[] = [];
  for (const at of [...times].sort((left, right) => left - right)) {
    const term = terms.at(-1);
    if (term !== undefined && at - term.to <= termMilliseconds) {
      term.to = at;
    } else {
      terms.push({ from: at, to: at });
    }
  }
  return terms;
}

/**
 * The value below which a share of the values lies, the nearest that was measured.
 *
 * @param share Between 0 and 1: 0.95 of twenty values is the nineteenth.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
