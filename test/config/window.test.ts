import assert from "node:assert/strict";
import { windowMinutes, windowsOverlap } from "../../config/window";

describe("windows of RDS", () => {
  for (const [window, minutes] of [
    ["03:00-04:00", 60],
    ["23:30-00:15", 45],
    ["03:00-03:00", 0],
    ["sun:05:00-sun:05:30", 30],
    ["sun:23:30-mon:00:30", 60],
    ["fri:22:00-sat:02:00", 240],
  ] as const) {
    it(`knows that ${window} lasts ${String(minutes)} minutes`, () => {
      assert.equal(windowMinutes(window), minutes);
    });
  }

  for (const [daily, weekly, overlap] of [
    ["03:00-04:00", "sun:05:00-sun:06:00", false],
    ["03:00-04:00", "sun:04:00-sun:05:00", false],
    ["03:00-04:00", "sun:03:59-sun:05:00", true],
    ["04:59-05:59", "sun:04:00-sun:05:00", true],
    ["05:00-05:30", "sun:04:00-sun:05:00", false],
    ["00:00-01:00", "sun:23:30-mon:00:30", true],
    ["23:30-00:30", "wed:00:00-wed:01:00", true],
    ["12:00-12:30", "fri:22:00-sat:22:00", true],
  ] as const) {
    it(`${overlap ? "sees" : "sees no"} overlap of ${daily} and ${weekly}`, () => {
      assert.equal(windowsOverlap(daily, weekly), overlap);
    });
  }
});
