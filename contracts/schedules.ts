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
  const [monthDay, weekDay] = dayOfWeek === "*" ? [dayOfMonth, "?"] : ["?", weekDays(dayOfWeek)];
  return `cron(${minute} ${hour} ${monthDay} ${month} ${weekDay} *)`;
}

/** Every day that a weekday field names, by name: `1-5` is `MON,TUE,WED,THU,FRI`. */
function weekDays(field: string): string {
  const days = field.split(",").flatMap((item) => {
    const [range = "", step = "1"] = item.split("/");
    const [first = "", last = item.includes("/") ? "6" : first] =
      range === "*" ? ["0", "6"] : range.split("-");
    const [from, to] = [dayNumber(first), dayNumber(last)];
    return Array.from({ length: to - from + 1 }, (_, index) => from + index).filter(
      (day) => (day - from) % Number(step) === 0,
    );
  });
  return [...new Set(days.map((day) => day % 7))]
    .sort((left, right) => left - right)
    .map((day) => dayNames[day])
    .join(",");
}

/** 0 to 7, where 7 is Sunday too, or a name. */
function dayNumber(text: string): number {
  const named = dayNames.indexOf(text.toUpperCase() as (typeof dayNames)[number]);
  return named === -1 ? Number(text) : named;
}
