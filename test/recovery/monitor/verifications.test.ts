import assert from "node:assert/strict";
import { judgeVerifications, lastFailed } from "../../../recovery/monitor/verifications";

const now = new Date("2026-11-29T08:00:00.000Z");
const one = (point: string, finishedAt: string, passed: boolean) => ({ point, finishedAt, passed });
const judge = (recorded: Parameters<typeof lastFailed>[0], emptySince?: string) =>
  judgeVerifications({ url: "s3://b/v/", recorded, maximumAgeSeconds: 90_000, emptySince }, now);

describe("verifications that have to be there", () => {
  it("count when they passed, by when they ended, and not by their point's age", () => {
    const old = one("20260101T000000Z-0badcafe", "2026-11-28T07:00:00.000Z", true);
    const failed = one("20261129T000000Z-0badcafe", "2026-11-29T07:00:00.000Z", false);
    assert.deepEqual(judge([old, failed]), {});
    const late = { ...old, finishedAt: "2026-11-28T06:59:59.000Z" };
    assert.match(
      judge([late, failed]).finding?.message ?? "",
      /in 1d 1h by what is recorded in s3:\/\/b\/v\/: the last that passed, of 20260101T000000Z-0badcafe, ended 1d 1h ago, at 2026-11-28T06:59:59/,
    );
  });

  it("are missed from the first check on where none ever passed", () => {
    assert.match(
      judge([], "2026-11-29T00:00:00.000Z").note ?? "",
      /^No verification has passed yet/,
    );
    assert.match(
      judge([], "2026-11-28T00:00:00.000Z").finding?.message ?? "",
      /none has passed since the first check looked, at 2026-11-28T00/,
    );
  });

  it("tell of a point by the last of it, in whatever order they come", () => {
    const mended = [one("a", "2026-11-02", true), one("a", "2026-11-01", false)];
    const broken = [one("b", "2026-11-01", true), one("b", "2026-11-02", false)];
    assert.deepEqual(lastFailed([...mended, ...broken]), [one("b", "2026-11-02", false)]);
  });
});
