import assert from "node:assert/strict";
import fc from "fast-check";
import { isPointId, pointTime } from "../../../contracts/anyManifest";
import { reasonFor } from "../../../recovery/monitor/findings";
import {
  findGaps,
  historyOf,
  judgeAge,
  type Newest,
  someOf,
  turnOf,
} from "../../../recovery/monitor/history";
import { idAt } from "./madePoints";

const hour = 3_600_000;
const series = {
  label: "daily of the store database",
  url: "s3://b/p/",
  maximumAgeSeconds: 90_000,
};
const now = new Date("2026-11-29T08:00:00.000Z");
const idsAt = (...times: readonly string[]) => times.map((time) => idAt(new Date(time)));

describe("the age of the newest recovery point", () => {
  const judge = (newest: Partial<Newest>, at = now) =>
    judgeAge(series, { good: undefined, unfinished: [], ...newest }, at);
  const finishedAt = (time: string) => ({ good: { id: "newest", finishedAt: time } });

  it("may be what is allowed, and not a second more", () => {
    assert.deepEqual(judge(finishedAt("2026-11-28T07:00:00.000Z")), {});
    const { finding } = judge(finishedAt("2026-11-28T06:59:59.000Z"));
    assert.deepEqual(finding, {
      kind: "missing",
      where: "s3://b/p/",
      since: "2026-11-28T06:59:59.000Z",
      message:
        "No recovery point daily of the store database in s3://b/p/ is younger than 1d 1h: the newest good one, newest, was finished 1d 1h ago, at 2026-11-28T06:59:59.000Z. Read the last events and the log of the job that takes them, mend what they say, and start the job by hand.",
    });
  });

  it("counts real hours on days of 23 and 25 hours, and over a leap day", () => {
    for (const [finished, at, isMissing] of [
      // 02:00 in New York, on the days when its clocks are put back and on.
      ["2026-10-31T06:00:00Z", "2026-11-01T07:00:00Z", false],
      ["2026-10-31T06:00:00Z", "2026-11-01T07:00:01Z", true],
      ["2027-03-13T07:00:00Z", "2027-03-14T06:00:00Z", false],
      ["2028-02-28T23:30:00Z", "2028-02-29T23:30:00Z", false],
      ["2028-02-28T23:30:00Z", "2028-03-01T00:30:01Z", true],
    ] as const) {
      assert.equal(judge(finishedAt(finished), new Date(at)).finding !== undefined, isMissing, at);
    }
  });

  it("is no matter yet where there never was one, until its time is over", () => {
    const early = judge({ emptySince: "2026-11-28T08:00:00.000Z" });
    assert.match(early.note ?? "", /yet; it is missed from 2026-11-29T09:00:00.000Z on\.$/);
    const late = judge({ emptySince: "2026-11-28T06:00:00.000Z" });
    assert.match(late.finding?.message ?? "", /^There never was a good .* 1d 2h after the first/);
  });

  it("names what is stuck, and not what may still be running", () => {
    const [running = "", stuck = ""] = idsAt("2026-11-29T04:00:01Z", "2026-11-29T03:59:59Z");
    const { finding } = judge({ before: "one", unfinished: [running, stuck] });
    assert.match(finding?.message ?? "", new RegExp(`never finished: ${stuck}\\.`));
  });
});

describe("gaps in a series", () => {
  const find = async (ids: readonly string[], good: readonly string[] = ids, since = 0) => {
    const asked: string[] = [];
    const { gaps, stoppedAt } = await findGaps(
      ids,
      good.at(-1) ?? "",
      since,
      25 * 3_600,
      (id) => {
        asked.push(id);
        return Promise.resolve(good.includes(id));
      },
      50,
    );
    return { gaps, asked, stoppedAt };
  };

  it("are none where neighbours are as far from each other as they may be", async () => {
    const ids = idsAt("2026-10-31T06:00:00Z", "2026-11-01T07:00:00Z", "2026-11-02T07:00:00Z");
    assert.deepEqual((await find(ids)).gaps, []);
  });

  it("are found a second beyond that", async () => {
    const ids = idsAt("2026-10-31T05:59:59Z", "2026-11-01T07:00:00Z");
    assert.deepEqual((await find(ids)).gaps, [{ earlier: ids[0], later: ids[1] }]);
  });

  it("are found where only unfinished ones lie between", async () => {
    const ids = idsAt("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z");
    const good = [ids[0] ?? "", ids[2] ?? ""];
    assert.deepEqual((await find(ids, good)).gaps, [{ earlier: ids[0], later: ids[2] }]);
  });

  it("that ended before the last check were told then", async () => {
    const ids = idsAt("2026-11-01T00:00:00Z", "2026-11-05T00:00:00Z", "2026-11-06T00:00:00Z");
    assert.equal((await find(ids)).gaps.length, 1);
    assert.equal((await find(ids, ids, pointTime(ids[1] ?? ""))).gaps.length, 0);
  });

  it("are looked for no longer than is allowed, and it is said where that ended", async () => {
    const many = Array.from({ length: 80 }, (_, index) => idAt(new Date(index * 24 * hour)));
    const { asked, stoppedAt } = await find(many);
    assert.equal(asked.length, 50);
    assert.equal(stoppedAt, many.at(-51));
  });

  it("are those that looking at all neighbours finds, with fewer questions", async () => {
    const hours = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.boolean()), {
      minLength: 1,
      maxLength: 30,
      selector: ([at]) => at,
    });
    await fc.assert(
      fc.asyncProperty(hours, async (begun) => {
        const sorted = begun
          .sort(([one], [other]) => one - other)
          .map(([at, isGood]) => ({ id: idAt(new Date(at * hour)), isGood }));
        const ids = sorted.map(({ id }) => id);
        const good = sorted.filter(({ isGood }) => isGood).map(({ id }) => id);
        const expected = good
          .slice(1)
          .map((later, index) => ({ earlier: good[index] ?? "", later }))
          .filter(({ earlier, later }) => pointTime(later) - pointTime(earlier) > 25 * hour)
          .reverse();
        const { gaps, asked } = await find(ids, good);
        assert.deepEqual(gaps, good.length === 0 ? [] : expected);
        assert.ok(asked.length <= ids.length);
      }),
    );
  });
});

describe("what a recovery point is compared with", () => {
  const every = (minutes: number, count: number) =>
    Array.from({ length: count }, (_, index) =>
      idAt(new Date(now.getTime() - (count - 1 - index) * minutes * 60_000)),
    );

  it("is seven days of what is taken often, evenly, and fifteen of what is taken seldom", () => {
    const often = every(5, 10_000);
    const chosen = historyOf(often, often.at(-1) ?? "");
    assert.equal(chosen.length, 30);
    assert.equal(chosen[0], often.at(-2));
    assert.ok(pointTime(chosen.at(-1) ?? "") >= now.getTime() - 7 * 24 * hour);
    assert.ok(pointTime(chosen.at(-1) ?? "") <= now.getTime() - 6.5 * 24 * hour);
    const seldom = every(24 * 60, 40);
    assert.deepEqual(historyOf(seldom, seldom.at(-1) ?? ""), seldom.slice(24, 39).reverse());
  });

  it("comes to every part of a list in turn, at whatever interval", () => {
    for (const minutes of [1, 60, 24 * 60]) {
      const turns = Array.from({ length: 60 }, (_, index) =>
        turnOf(20, new Date(now.getTime() + index * minutes * 60_000)),
      );
      assert.deepEqual(
        [...new Set(turns)].sort((one, other) => one - other),
        Array.from({ length: 20 }, (_, index) => index),
      );
    }
  });
});

describe("ids and reasons", () => {
  it("tells ids of recovery points from other names, and their times", () => {
    assert.ok(isPointId("20280229T235959Z-0badcafe"));
    assert.ok(!isPointId("content"));
    assert.equal(pointTime("20280229T235959Z-0badcafe"), Date.UTC(2028, 1, 29, 23, 59, 59));
  });

  it("ends by the worst: damage, then what is missing, then what could not be seen", () => {
    assert.equal(reasonFor([{ kind: "gap" }, { kind: "damaged" }], ["x"]), "damaged");
    assert.equal(reasonFor([{ kind: "replica-different" }], []), "damaged");
    assert.equal(reasonFor([{ kind: "size" }], ["x"]), "overdue");
    assert.equal(reasonFor([], ["x"]), "storage");
    assert.equal(reasonFor([], []), undefined);
  });

  it("names three and counts the rest", () => {
    assert.equal(someOf(["a", "b", "c"]), "a, b, c");
    assert.equal(someOf(["a", "b", "c", "d"]), "a, b, c and 1 more");
  });
});
