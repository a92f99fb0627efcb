import { CronExpressionParser } from "cron-parser";
import { z } from "zod";
import { everFires, isAwsSchedule } from "../contracts/schedules";

/** What a field of a schedule is made of: `*`, numbers, ranges, lists, steps, and names. */
const scheduleField = /^(\*|\w+(-\w+)?)(\/[1-9]\d*)?(,(\*|\w+(-\w+)?)(\/[1-9]\d*)?)*$/;
/** Largest step that still divides the field: minutes, hours, days, months, weekdays. */
const largestSteps = [59, 23, 31, 12, 7];

/** A schedule in the five fields of Kubernetes' CronJobs, which is also what a crontab has. */
export function schedule() {
  const rule =
    'must be a schedule of five fields (minute, hour, day of month, month, day of week); write it like "0 2 * * *"';
  return z
    .string({ error: rule })
    .refine(isSchedule, { error: rule })
    .refine((expression) => !isSchedule(expression) || !namesDaySeven(expression), {
      error:
        'must write Sunday as 0, because Kubernetes refuses 7; a range that ends in 7 becomes a list, like "0,5,6"',
    })
    .refine((expression) => !isReadable(expression) || everFires(expression), {
      error: "never fires: no month that it names has such a day; correct the day or the month",
    });
}

/** A schedule that AWS Backup fires: see {@link isAwsSchedule}. */
export function awsBackupSchedule() {
  return schedule()
    .refine((expression) => !isSchedule(expression) || isAwsSchedule(expression), {
      error:
        "must leave the day of the month or the day of the week at *, because AWS Backup cannot combine the two; restrict one of them only",
    })
    .refine((expression) => !isSchedule(expression) || /^\s*\d+\s/.test(expression), {
      error: "must fire once an hour at most, as AWS Backup does; give one number for the minute",
    });
}

/** Sunday by the number that crontabs take, and Kubernetes does not. Steps are no days. */
function namesDaySeven(expression: string): boolean {
  const dayOfWeek = expression.trim().split(/\s+/)[4] ?? "";
  return dayOfWeek
    .replace(/\/\d+/g, "")
    .split(/[,-]/)
    .some((day) => Number(day) === 7);
}

/** A schedule that can be asked when it fires; one that is not has another problem. */
function isReadable(expression: string): boolean {
  return isSchedule(expression) && !namesDaySeven(expression);
}

function isSchedule(expression: string): boolean {
  const fields = expression.trim().split(/\s+/);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields;
  const wellFormed = fields.every((field, index) => {
    const steps = [...field.matchAll(/\/(\d+)/g)].map(([, step]) => Number(step));
    return scheduleField.test(field) && steps.every((step) => step <= (largestSteps[index] ?? 0));
  });
  // Letters beyond names of months and days are extras that Kubernetes does not know: L, W, H.
  const words = expression.match(/[a-z]+/gi) ?? [];
  if (fields.length !== 5 || !wellFormed || words.some((word) => word.length !== 3)) {
    return false;
  }
  try {
    // Not the day together with the month: a day that no month has is another mistake.
    CronExpressionParser.parse([minute, hour, dayOfMonth, "*", dayOfWeek].join(" "));
    CronExpressionParser.parse([minute, hour, "*", month, dayOfWeek].join(" "));
    return true;
  } catch {
    return false;
  }
}
