/** A change of a time zone's distance from UTC, such as daylight saving time makes twice a year. */
export interface Shift {
  /** When it happens, in seconds since 1970. */
  readonly at: number;
  /** What local time is ahead of UTC until then, and from then on, in seconds. */
  readonly before: number;
  readonly after: number;
}

const secondsPerDay = 86_400;

/**
 * Every shift of a time zone between two moments, in seconds since 1970.
 *
 * @param timeZone IANA name.
 * @throws RangeError for a time zone that does not exist.
 */
export function shiftsOf(timeZone: string, from: number, to: number): Shift[] {
  const offset = offsetIn(timeZone);
  const shifts: Shift[] = [];
  for (let start = from; start < to; start += secondsPerDay) {
    let [low, high] = [start, start + secondsPerDay];
    const [before, after] = [offset(low), offset(high)];
    if (before !== after) {
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        [low, high] = offset(middle) === before ? [middle, high] : [low, middle];
      }
      shifts.push({ at: high, before, after });
    }
  }
  return shifts;
}

/** What local time is ahead of UTC at a moment, both in seconds. */
function offsetIn(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  return (at) => {
    const name = format.formatToParts(at * 1_000).find(({ type }) => type === "timeZoneName");
    const [, sign = "+", hours = "0", minutes = "0"] =
      /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name?.value ?? "") ?? [];
    return (sign === "-" ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60);
  };
}
