import { CronExpressionParser } from "cron-parser";
import { type Shift, shiftsOf } from "./timeZones";

/**
 * One way to write schedules, two services that fire them: Kubernetes takes the five fields as they
 * are, AWS Backup wants six of its own kind.
 */

const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] as const;

/**
 * Whether AWS can express a five-field schedule: at most one of the two day fields is restricted. A
 * crontab that restricts both fires when either matches.
 */
export function isAwsSchedule(fiveFields: string): boolean {
  const [, , dayOfMonth, , dayOfWeek] = fiveFields.trim().split(/\s+/);
  return dayOfMonth === "*" || dayOfWeek === "*";
}

/**
 * An AWS schedule expression that fires when the five-field schedule does.
 *
 * AWS counts weekdays from 1 for Sunday, crontabs from 0: the days are written out by name. AWS also
 * wants `?` in one of the two day fields.
 *
 * @throws RangeError for a schedule that AWS cannot express.
 */
export function awsSchedule(fiveFields: string): string {
  if (!isAwsSchedule(fiveFields)) {
    throw new RangeError(
      `schedule "${fiveFields}" restricts both the day of the month and the day of the week, which AWS cannot express; use one of the two`,
    );
  }
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = ""] = fiveFields
    .trim()
    .split(/\s+/);
  const [monthDay, weekDay] =
    dayOfWeek === "*" ? [dayOfMonth, "?"] : ["?", weekDayNames(dayOfWeek)];
  return `cron(${minute} ${hour} ${monthDay} ${month} ${weekDay} *)`;
}

/**
 * The five-field schedule that an AWS schedule expression was made from, or one that fires alike.
 *
 * @throws RangeError for an expression of another kind.
 */
export function fiveFields(expression: string): string {
  const fields = /^cron\((\S+ \S+ \S+ \S+ \S+) \*\)$/.exec(expression)?.[1];
  if (fields === undefined) {
    throw new RangeError(`schedule "${expression}" is no cron expression of every year`);
  }
  return fields.replace("?", "*");
}

/** Shortest and longest time between two firings of a schedule, in seconds. */
export interface Gaps {
  readonly shortestSeconds: number;
  readonly longestSeconds: number;
}

/**
 * The gaps of a five-field schedule as Kubernetes fires it, over nine years, which hold two leap days.
 *
 * @param timeZone IANA name. What local time skips is not fired, what it repeats is fired twice.
 * @default - one without daylight saving time
 */
export function scheduleGaps(fiveFields: string, timeZone?: string): Gaps {
  const { hour, minute } = CronExpressionParser.parse(fiveFields).fields;
  const times = hour.values.flatMap((hours) =>
    minute.values.map((minutes) => hours * 3_600 + minutes * 60),
  );
  const days = firingDays(fiveFields);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const within = differences(times);
  const between = [...new Set(differences(days))].map((gap) => gap * secondsPerDay - last + first);
  const shifted = timeZone === undefined ? [] : zoneShifts(timeZone);
  const gaps = [
    ...within,
    ...between,
    ...shifted.flatMap((shift) => differences(firingsAround(shift, days, times))),
  ];
  // Spread into arguments they would be too many, for one that fires every minute.
  return {
    shortestSeconds: gaps.reduce((shortest, gap) => Math.min(shortest, gap), Infinity),
    longestSeconds: gaps.reduce((longest, gap) => Math.max(longest, gap), 0),
  };
}

/** The moments of firing around a shift of local time, in seconds since 1970. */
function firingsAround(
  { at, before, after }: Shift,
  days: readonly number[],
  times: readonly number[],
): number[] {
  const dayOfShift = Math.floor((at + before) / secondsPerDay);
  const near = days.findIndex((day) => day >= dayOfShift - 1);
  const past = days.findIndex((day) => day > dayOfShift + 1);
  return days
    .slice(Math.max(0, near - 2), past === -1 ? days.length : past + 2)
    .flatMap((day) => times.map((time) => day * secondsPerDay + time))
    .flatMap((local) => [
      ...(local - before < at ? [local - before] : []),
      ...(local - after >= at ? [local - after] : []),
    ])
    .sort((left, right) => left - right);
}

const shiftsByZone = new Map<string, readonly Shift[]>();

function zoneShifts(timeZone: string): readonly Shift[] {
  const known =
    shiftsByZone.get(timeZone) ??
    shiftsOf(timeZone, firstDay * secondsPerDay, lastDay * secondsPerDay);
  shiftsByZone.set(timeZone, known);
  return known;
}

/** Whether a schedule ever fires: `0 6 30 2 *` does not, since no February has 30 days. */
export function everFires(fiveFields: string): boolean {
  try {
    return firingDays(fiveFields).length > 0;
  } catch {
    return false;
  }
}

const secondsPerDay = 86_400;
const firstDay = Date.UTC(2023, 0, 1) / 1_000 / secondsPerDay;
const lastDay = Date.UTC(2032, 0, 1) / 1_000 / secondsPerDay;

function differences(ascending: readonly number[]): number[] {
  return ascending.slice(1).map((value, index) => value - (ascending[index] ?? 0));
}

/** Days on which a schedule fires, counted from 1970, from 2023 to 2032. */
function firingDays(fiveFields: string): number[] {
  const fires = firesOn(fiveFields);
  return Array.from({ length: lastDay - firstDay }, (_, index) => firstDay + index).filter((day) =>
    fires(new Date(day * secondsPerDay * 1_000)),
  );
}

/**
 * Tells whether a schedule fires on a day, which is given in UTC, as Kubernetes' parser reads it
 * (`ParseStandard` of robfig/cron). Where both day fields are restricted, either will do; and a step
 * restricts, as in `*` with `/2`, though other parsers take whatever begins with a star for any day.
 *
 * @throws RangeError for a weekday that Kubernetes refuses.
 */
export function firesOn(fiveFields: string): (day: Date) => boolean {
  const { dayOfMonth, month } = CronExpressionParser.parse(fiveFields).fields;
  const [, , monthDayField = "", , weekDayField = ""] = fiveFields.trim().split(/\s+/);
  const months = new Set(month.values.map(Number));
  const monthDays = new Set(dayOfMonth.values.map(Number));
  const weekDays = new Set(weekDayNumbers(weekDayField));
  const isAnyDay = [monthDayField, weekDayField].some((field) => ["*", "*/1"].includes(field));
  return (day) => {
    const byMonthDay = monthDays.has(day.getUTCDate());
    const byWeekDay = weekDays.has(day.getUTCDay());
    return (
      months.has(day.getUTCMonth() + 1) &&
      (isAnyDay ? byMonthDay && byWeekDay : byMonthDay || byWeekDay)
    );
  };
}

/** Every day that a weekday field names, by name: `1-5` is `MON,TUE,WED,THU,FRI`. */
function weekDayNames(field: string): string {
  return weekDayNumbers(field)
    .map((day) => dayNames[day])
    .join(",");
}

/** Every day that a weekday field names, in order. A step from a day on ends with the week. */
function weekDayNumbers(field: string): number[] {
  const days = field.split(",").flatMap((item) => {
    const [range = "", step = "1"] = item.split("/");
    const [first = "", last = item.includes("/") ? "6" : first] =
      range === "*" ? ["0", "6"] : range.split("-");
    const [from, to] = [dayNumber(first), dayNumber(last)];
    return Array.from({ length: to - from + 1 }, (_, index) => from + index).filter(
      (day) => (day - from) % Number(step) === 0,
    );
  });
  return [...new Set(days)].sort((left, right) => left - right);
}

/** 0 for Sunday to 6, or a name. */
function dayNumber(text: string): number {
  const named = dayNames.indexOf(text.toUpperCase() as (typeof dayNames)[number]);
  const day = named === -1 ? Number(text) : named;
  if (!(day in dayNames)) {
    throw new RangeError(
      `weekday ${text} is none to Kubernetes: write 0 for Sunday to 6, or a name`,
    );
  }
  return day;
}
