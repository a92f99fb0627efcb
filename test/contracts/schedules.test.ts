import assert from "node:assert/strict";
import { CronExpressionParser } from "cron-parser";
import fc from "fast-check";
import {
  awsSchedule,
  everFires,
  firesOn,
  fiveFields,
  scheduleGaps,
} from "../../contracts/schedules";

describe("awsSchedule", () => {
  const translated: readonly (readonly [string, string, string])[] = [
    ["a daily hour", "0 2 * * *", "cron(0 2 * * ? *)"],
    ["a step of minutes", "*/15 * * * *", "cron(*/15 * * * ? *)"],
    ["a step from a minute on", "5-59/10 * * * *", "cron(5-59/10 * * * ? *)"],
    ["a list of hours", "0 2,14 * * *", "cron(0 2,14 * * ? *)"],
    ["a day of the month", "30 4 1 * *", "cron(30 4 1 * ? *)"],
    ["a list of days of the month", "0 0 1,15 * *", "cron(0 0 1,15 * ? *)"],
    ["a range of months", "0 0 1 1-6 *", "cron(0 0 1 1-6 ? *)"],
    ["Sunday as 0", "0 5 * * 0", "cron(0 5 ? * SUN *)"],
    ["Monday", "0 5 * * 1", "cron(0 5 ? * MON *)"],
    ["Tuesday", "0 5 * * 2", "cron(0 5 ? * TUE *)"],
    ["Wednesday", "0 5 * * 3", "cron(0 5 ? * WED *)"],
    ["Thursday", "0 5 * * 4", "cron(0 5 ? * THU *)"],
    ["Friday", "0 5 * * 5", "cron(0 5 ? * FRI *)"],
    ["Saturday", "0 5 * * 6", "cron(0 5 ? * SAT *)"],
    ["a weekday that is already a name", "0 5 * * MON", "cron(0 5 ? * MON *)"],
    ["a range of weekdays", "0 5 * * 1-5", "cron(0 5 ? * MON,TUE,WED,THU,FRI *)"],
    ["a list of weekdays", "0 5 * * 1,3,5", "cron(0 5 ? * MON,WED,FRI *)"],
    ["ranges in a list of weekdays", "0 5 * * 0,2-4", "cron(0 5 ? * SUN,TUE,WED,THU *)"],
    [
      "a step of weekdays, whose number is no day",
      "0 0 * * */2",
      "cron(0 0 ? * SUN,TUE,THU,SAT *)",
    ],
    ["a step of weekdays from a day on", "0 0 * * 1/3", "cron(0 0 ? * MON,THU *)"],
    ["every day as 0 to 6", "0 0 * * 0-6", "cron(0 0 ? * SUN,MON,TUE,WED,THU,FRI,SAT *)"],
    ["a range of named weekdays", "0 0 * * mon-wed", "cron(0 0 ? * MON,TUE,WED *)"],
    ["more space than needed", " 0  2 *\t* * ", "cron(0 2 * * ? *)"],
  ];
  for (const [what, fiveFields, expected] of translated) {
    it(`translates ${what}: ${fiveFields.trim()}`, () => {
      assert.equal(awsSchedule(fiveFields), expected);
    });
  }

  it("refuses a schedule that restricts both days, which AWS cannot express", () => {
    assert.throws(
      () => awsSchedule("0 2 1 * 1"),
      new RangeError(
        'schedule "0 2 1 * 1" restricts both the day of the month and the day of the week, which AWS cannot express; use one of the two',
      ),
    );
  });

  it("fires on the same days as the crontab, for any list of weekdays and ranges", () => {
    // Given days that do not overlap: the parser takes no day twice
    const weekdays = [0, 1, 2, 3, 4, 5, 6];
    const list = fc.subarray(weekdays, { minLength: 1 }).map((days) => {
      const last = days[days.length - 1];
      const isRange =
        days.length > 2 && days.every((day, index) => day === index + Number(days[0]));
      return isRange ? `${String(days[0])}-${String(last)}` : days.join(",");
    });
    fc.assert(
      fc.property(list, (days) => {
        const fiveFields = `0 5 * * ${days}`;
        // When they are translated, they are names, which both sides read alike
        const [, , , , names = ""] = awsSchedule(fiveFields).split(" ");
        assert.match(names, /^[A-Z,-]+$/);
        assert.deepEqual(firings(`0 5 * * ${names}`), firings(fiveFields));
      }),
    );
  });
});

/** The next ten times that a schedule fires. */
function firings(fiveFields: string): string[] {
  const expression = CronExpressionParser.parse(fiveFields, {
    currentDate: "2026-11-21T00:00:00Z",
    tz: "Etc/UTC",
  });
  return expression.take(10).map((date) => date.toDate().toISOString());
}

describe("scheduleGaps", () => {
  const day = 86_400;
  const table: readonly (readonly [string, string, number, number])[] = [
    ["every five minutes", "*/5 * * * *", 300, 300],
    ["a step that does not divide the hour", "*/7 * * * *", 240, 420],
    ["every day", "0 2 * * *", day, day],
    ["twice a day, unevenly", "0 2,3 * * *", 3_600, day - 3_600],
    ["around midnight", "0 0,23 * * *", 3_600, 23 * 3_600],
    ["every six hours", "0 */6 * * *", 21_600, 21_600],
    ["weekdays, over the weekend", "0 2 * * 1-5", day, 3 * day],
    ["Sundays", "0 3 * * 0", 7 * day, 7 * day],
    ["every other day of the month or Monday, either of them", "0 2 */2 * 1", day, 2 * day],
    ["every third weekday from Monday on", "0 2 * * 1/3", 3 * day, 4 * day],
    ["every month, February included", "0 2 1 * *", 28 * day, 31 * day],
    ["leap days", "0 0 29 2 *", 1_461 * day, 1_461 * day],
    ["the first and every Monday, either of them", "0 2 1 * 1", day, 7 * day],
  ];
  for (const [what, fiveFields, shortestSeconds, longestSeconds] of table) {
    it(`tells those of ${what}: ${fiveFields}`, () => {
      assert.deepEqual(scheduleGaps(fiveFields), { shortestSeconds, longestSeconds });
    });
  }

  it("agrees with the times at which another parser says that a schedule fires", () => {
    // Days of the month are free: of two restricted fields the other parser reads steps otherwise
    const number = (maximum: number) => fc.integer({ min: 0, max: maximum });
    const list = (maximum: number) =>
      fc.uniqueArray(number(maximum), { minLength: 1, maxLength: 3 }).map((all) => all.join(","));
    const days = fc.constantFrom("*", "1", "1-5", "0,6");
    fc.assert(
      fc.property(list(59), list(23), days, (minute, hour, weekDay) => {
        const fiveFields = `${minute} ${hour} * * ${weekDay}`;
        const fires = CronExpressionParser.parse(fiveFields, {
          tz: "Etc/UTC",
          currentDate: "2026-01-01T00:00:00Z",
        });
        const times = Array.from({ length: 150 }, () => fires.next().getTime() / 1_000);
        const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
        assert.deepEqual(scheduleGaps(fiveFields), {
          shortestSeconds: Math.min(...gaps),
          longestSeconds: Math.max(...gaps),
        });
      }),
      { numRuns: 25 },
    );
  });
});

describe("scheduleGaps in a time zone", () => {
  const hour = 3_600;
  const zones: readonly (readonly [string, string, string, number, number])[] = [
    ["an hour that is skipped in March", "30 2 * * *", "America/New_York", 24 * hour, 47 * hour],
    ["an hour that comes twice in November", "30 1 * * *", "America/New_York", hour, 24 * hour],
    ["an hour that is neither", "0 12 * * *", "America/New_York", 23 * hour, 25 * hour],
    ["a shift of half an hour", "0 12 * * *", "Australia/Lord_Howe", 23.5 * hour, 24.5 * hour],
    ["every minute", "* * * * *", "America/New_York", 60, 60],
    ["a step within the hour", "*/20 * * * *", "Europe/Berlin", hour / 3, hour / 3],
    ["a zone without shifts", "0 2 * * *", "Asia/Kolkata", 24 * hour, 24 * hour],
    ["UTC", "0 2 * * *", "Etc/UTC", 24 * hour, 24 * hour],
  ];
  for (const [what, schedule, timeZone, shortestSeconds, longestSeconds] of zones) {
    it(`counts ${what}: ${schedule} in ${timeZone}`, () => {
      assert.deepEqual(scheduleGaps(schedule, timeZone), { shortestSeconds, longestSeconds });
    });
  }
});

describe("fiveFields", () => {
  for (const schedule of ["*/15 * * * *", "0 2 1 * *", "30 4 1,15 1-6 *"]) {
    it(`undoes what awsSchedule does: ${schedule}`, () => {
      assert.equal(fiveFields(awsSchedule(schedule)), schedule);
    });
  }

  it("names the days that were counted", () => {
    assert.equal(fiveFields(awsSchedule("0 3 * * 0,6")), "0 3 * * SUN,SAT");
  });

  for (const expression of ["rate(1 hour)", "cron(0 4 * * ? 2027)", ""]) {
    it(`refuses what is no schedule of every year: ${expression}`, () => {
      assert.throws(() => fiveFields(expression), {
        name: "RangeError",
        message: `schedule "${expression}" is no cron expression of every year`,
      });
    });
  }
});

describe("firesOn", () => {
  // January 2024 began on a Monday. The days are what Kubernetes' own parser gives.
  const table: readonly (readonly [string, string, readonly number[]])[] = [
    ["any day", "0 2 * * *", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ["every other day of the month", "0 2 */2 * *", [1, 3, 5, 7, 9]],
    ["Mondays", "0 2 * * 1", [1, 8]],
    ["Sundays", "0 2 * * 0", [7]],
    ["a step of weekdays", "0 2 * * */2", [2, 4, 6, 7, 9]],
    ["a step of weekdays from a day on, to the week's end", "0 2 * * 1/3", [1, 4, 8]],
    ["a named step of weekdays, which leaves Sunday out", "0 2 * * MON/2", [1, 3, 5, 8, 10]],
    ["either a day of the month or a weekday", "0 2 3 * 1", [1, 3, 8]],
    ["either, where a step restricts the day of the month", "0 2 */2 * 1", [1, 3, 5, 7, 8, 9]],
    ["either, where a step restricts the weekday", "0 2 3 * */3", [3, 6, 7, 10]],
    ["both, where a step of one leaves any day of the month", "0 2 */1 * 1", [1, 8]],
    ["both, where a step of one leaves any weekday", "0 2 3 * */1", [3]],
    ["another month", "0 2 * 2 *", []],
  ];
  for (const [what, fiveFields, days] of table) {
    it(`tells ${what}: ${fiveFields}`, () => {
      const fires = firesOn(fiveFields);
      const firstDays = Array.from({ length: 10 }, (_, index) => index + 1);
      assert.deepEqual(
        firstDays.filter((day) => fires(new Date(Date.UTC(2024, 0, day)))),
        days,
      );
    });
  }

  for (const fiveFields of ["0 2 * * 7", "0 2 * * 5-7"]) {
    it(`refuses a weekday that Kubernetes refuses: ${fiveFields}`, () => {
      assert.throws(
        () => firesOn(fiveFields),
        new RangeError("weekday 7 is none to Kubernetes: write 0 for Sunday to 6, or a name"),
      );
    });
  }
});

describe("everFires", () => {
  for (const [schedule, fires] of [
    ["0 6 * * *", true],
    ["0 6 29 2 *", true],
    ["0 6 30 2 *", false],
    ["0 6 31 4,6 *", false],
    ["0 6 30 2 */2", true],
    ["0 6 * * 7", false],
    ["not a schedule", false],
  ] as const) {
    it(`is ${String(fires)} of ${schedule}`, () => {
      assert.equal(everFires(schedule), fires);
    });
  }
});
