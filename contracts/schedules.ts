/**
 * One way to write schedules, two services that fire them: Kubernetes takes the five fields as they
 * are, AWS Backup wants six of its own kind.
 */

const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"] as const;

/**
 * An AWS schedule expression that fires when the five-field schedule does.
 *
 * AWS counts weekdays from 1 for Sunday, crontabs from 0: names avoid the trap. AWS also wants `?`
 * in one of the two day fields.
 *
 * @throws RangeError for a schedule that AWS cannot express: both day fields restricted (a crontab
 * fires when either matches).
 */
export function awsSchedule(fiveFields: string): string {
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = ""] = fiveFields
    .trim()
    .split(/\s+/);
  if (dayOfMonth !== "*" && dayOfWeek !== "*") {
    throw new RangeError(
      `schedule "${fiveFields}" restricts both the day of the month and the day of the week, which AWS cannot express; use one of the two`,
    );
  }
  const days =
    dayOfWeek === "*"
      ? [dayOfMonth, "?"]
      : ["?", dayOfWeek.replace(/(?<!\/)\d/g, (digit) => dayNames[Number(digit)] ?? digit)];
  return `cron(${minute} ${hour} ${String(days[0])} ${month} ${String(days[1])} *)`;
}
