/** Windows of RDS: a daily one for backups, `03:00-04:00`, a weekly one, `sun:05:00-sun:06:00`. */

const time = "([01]\\d|2[0-3]):[0-5]\\d";
const day = "(mon|tue|wed|thu|fri|sat|sun)";

/** What a daily window looks like, UTC. */
export const dailyWindow = new RegExp(`^${time}-${time}$`);

/** What a weekly window looks like, UTC. */
export const weeklyWindow = new RegExp(`^${day}:${time}-${day}:${time}$`);

const minutesPerDay = 24 * 60;
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** Length of a window in minutes. One that ends before it starts goes over midnight, or Sunday. */
export function windowMinutes(window: string): number {
  const [start, end, period] = boundsOf(window);
  return (end - start + period) % period;
}

/** Whether a daily and a weekly window overlap on any day. */
export function windowsOverlap(daily: string, weekly: string): boolean {
  const [weeklyStart] = boundsOf(weekly);
  const [dailyStart] = boundsOf(daily);
  // From the start of either window to the next start of the other, within a day.
  const untilDaily = (dailyStart - weeklyStart + 7 * minutesPerDay) % minutesPerDay;
  const untilWeekly = (weeklyStart - dailyStart + 7 * minutesPerDay) % minutesPerDay;
  return untilDaily < windowMinutes(weekly) || untilWeekly < windowMinutes(daily);
}

/** Start and end in minutes, and the length of the period that they repeat in. */
function boundsOf(window: string): [start: number, end: number, period: number] {
  const [start = 0, end = 0] = window.split("-").map((edge) => {
    const [hour, minute] = edge.split(":").slice(-2).map(Number);
    return (
      Math.max(0, days.indexOf(edge.slice(0, 3))) * minutesPerDay +
      Number(hour) * 60 +
      Number(minute)
    );
  });
  return [start, end, weeklyWindow.test(window) ? 7 * minutesPerDay : minutesPerDay];
}
