import { CronExpressionParser } from "cron-parser";

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

/** Shortest and longest time between two firings of a schedule, in seconds. */
export interface Gaps {
  readonly shortestSeconds: number;
  readonly longestSeconds: number;
}

/**
 * The gaps of a five-field schedule as Kubernetes fires it, over nine years, which hold two leap days.
 * Changes of daylight saving time are left out: each makes one gap a year longer or shorter by an hour.
 */
export function scheduleGaps(fiveFields: string): Gaps {
  const { hour, minute } = CronExpressionParser.parse(fiveFields).fields;
  const times = hour.values.flatMap((hours) =>
    minute.values.map((minutes) => hours * 3_600 + minutes * 60),
  );
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const within = differences(times);
  const between = [...new Set(differences(firingDays(fiveFields)))].map(
    (days) => days * secondsPerDay - last + first,
  );
  const gaps = [...within, ...between];
  return { shortestSeconds: Math.min(...gaps), longestSeconds: Math.max(...gaps) };
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

function differences(ascending: readonly number[]): number[] {
  return ascending.slice(1).map((value, index) => value - (ascending[index] ?? 0));
}

/** Days on which a schedule fires, counted from 1970, from 2023 to 2032. */
function firingDays(fiveFields: string): number[] {
  const fires = firesOn(fiveFields);
  const start = Date.UTC(2023, 0, 1) / 1_000 / secondsPerDay;
  const end = Date.UTC(2032, 0, 1) / 1_000 / secondsPerDay;
  return Array.from({ length: end - start }, (_, index) => start + index).filter((day) =>
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
