import assert from "node:assert/strict";
import { type Store } from "../../config/stores";
import { parseDuration } from "../../config/duration";
import { assess, bestOf, type Objective, type Promises } from "../../objectives/assessment";
import { boundOf, durationText } from "../../objectives/bound";
import { type Recovery } from "../../objectives/recovery";
import { landscape, type Settings } from "./landscape";

function duration(text: string) {
  const parsed = parseDuration(text);
  assert.ok(parsed);
  return parsed;
}

/** A plan with one class, in the stores that are named. */
function plan(
  stores: readonly string[],
  { rpo, rto }: { readonly rpo: string; readonly rto: string },
  scenarios: Promises["scenarios"] = {},
): Promises {
  const described = { description: "", retention: duration("1y") };
  return {
    dataClasses: {
      orders: { ...described, rpo: duration(rpo), rto: duration(rto), stores: [...stores] },
    },
    failover: {
      mode: "operator",
      recordName: "api.example.com",
      recordTtl: duration("60s"),
      healthPath: "/health",
      checkInterval: duration("10s"),
      checkFailures: 3,
      operatorDecision: duration("5m"),
    },
    measuredRates: {},
    scenarios,
    stores: Object.fromEntries(
      ["database", "cache"].map((kind) => [kind, { kind } as unknown as Store]),
    ),
  };
}

function objective(
  of: Promises,
  scenario: string,
  kind: "rpo" | "rto",
  settings?: Partial<Settings>,
): Objective {
  const found = assess(of, landscape(settings)).find(
    (candidate) => candidate.scenario === scenario && candidate.kind === kind,
  );
  assert.ok(found !== undefined);
  return found;
}

describe("objectives", () => {
  it("are there for every class, disaster, kind and store, once", () => {
    const names = (...stores: string[]) =>
      assess(plan(stores, { rpo: "1m", rto: "1m" }), landscape()).map(
        ({ dataClass, scenario, kind, store }) => `${dataClass} ${scenario} ${kind} ${store}`,
      );
    for (const [stores, count] of [
      [["database"], 18],
      [["database", "cache"], 36],
      [["database", "cache", "database"], 36],
    ] as const) {
      assert.equal(names(...stores).length, count);
      assert.equal(new Set(names(...stores)).size, count);
    }
  });

  it("are met at the very bound, and not a second below it", () => {
    const cache = (rto: string) =>
      objective(plan(["cache"], { rpo: "10s", rto }), "cache-primary", "rto");
    assert.equal(cache("59s").met, true);
    assert.equal(cache("58s").met, false);
    assert.equal(cache("58s").boundSeconds, 59);
  });

  it("hold 10 s × 3 + 60 s and what goes before and after against 5 minutes", () => {
    // 300 silent + 300 missed + 300 decided + 60 switch + 60 news + 60 TTL + 300 failover = 1,380 s.
    const found = objective(plan(["database"], { rpo: "5m", rto: "5m" }), "region", "rto");
    assert.deepEqual([found.objectiveSeconds, found.boundSeconds, found.met], [300, 1_380, false]);
  });

  it("hold 30 s × 3 + 60 s of checks against 5 minutes", () => {
    // 900 until it is decided + 2 × 90 + 60 + 60 + 300 = 1,500 s, of which the checks and the TTL are 240 s.
    const automatic = plan(["database"], { rpo: "5m", rto: "5m" });
    const found = objective(
      { ...automatic, failover: { ...automatic.failover, mode: "automatic" } },
      "region",
      "rto",
      { checkInterval: 30 },
    );
    assert.deepEqual([found.boundSeconds, found.met], [1_500, false]);
  });

  it("of zero are met where commits wait for three zones, and by nothing that follows later", () => {
    const zero = plan(["database"], { rpo: "0s", rto: "1h" });
    assert.equal(objective(zero, "database-primary", "rpo").met, true);
    for (const lagLimit of [0, 20]) {
      assert.equal(objective(zero, "region", "rpo", { lagLimit }).met, false);
    }
  });

  it("of zero are never met by what is asynchronous, even if its bound came to zero", () => {
    const [instant, exact] = [true, false].map((asynchronous): Recovery => ({
      mechanism: asynchronous ? "instant copy" : "same storage",
      rpo: boundOf([0, "at once"]),
      rto: boundOf([asynchronous ? 1 : 60, "to start"]),
      ...(asynchronous ? { asynchronous } : {}),
    }));
    assert.ok(instant !== undefined && exact !== undefined);
    assert.equal(bestOf([instant, exact], { rpo: 0, rto: 60 }).mechanism, "same storage");
    assert.equal(bestOf([instant, exact], { rpo: 1, rto: 30 }).mechanism, "instant copy");
  });

  it("are those of the disaster where the plan has some, for each kind by itself", () => {
    const scenarios = { region: { rto: duration("30m") } } as unknown as Promises["scenarios"];
    const of = plan(["database"], { rpo: "30s", rto: "1m" }, scenarios);
    const [rpo, rto] = (["rpo", "rto"] as const).map((kind) => objective(of, "region", kind));
    assert.deepEqual([rpo?.objectiveSeconds, rpo?.met], [30, false]);
    assert.deepEqual([rto?.objectiveSeconds, rto?.met], [1_800, true]);
    assert.equal(objective(of, "zone", "rto").objectiveSeconds, 60);
    const both = { zone: { rto: duration("2m"), rpo: duration("7s") } };
    const zone = plan(["database"], { rpo: "30s", rto: "1m" }, both);
    assert.equal(objective(zone, "zone", "rpo").objectiveSeconds, 7);
  });

  it("are judged in each store by itself, and begin with the one that is worst off", () => {
    const rows = (rpo: string, rto: string, scenario: string, settings?: Partial<Settings>) =>
      assess(plan(["database", "cache"], { rpo, rto }), landscape(settings))
        .filter((row) => row.scenario === scenario)
        .map(({ kind, store, boundSeconds, met }) => [kind, store, boundSeconds, met]);
    // The database loses nothing in 60 s, the cache 10 s of writes in 59 s.
    assert.deepEqual(rows("5s", "1m", "zone"), [
      ["rpo", "cache", 10, false],
      ["rpo", "database", 0, true],
      ["rto", "database", 60, true],
      ["rto", "cache", 59, true],
    ]);
    // Backups whose jobs wait have no bound, which is longer than any.
    assert.deepEqual(rows("1m", "1m", "corruption", { suspended: true }), [
      ["rpo", "cache", null, false],
      ["rpo", "database", 300, false],
      ["rto", "cache", null, false],
      ["rto", "database", 3_248, false],
    ]);
  });

  it("are judged by one mechanism each: the one that keeps most, then the quickest, then the one that loses least", () => {
    const mechanism = (rpo: string, rto: string) =>
      objective(plan(["database"], { rpo, rto }), "corruption", "rpo").mechanism;
    // Point in time loses 5 minutes, backups 27, snapshots 33 hours; all take 3,248 s.
    assert.equal(mechanism("1h", "1h"), "point in time, 35 days back");
    assert.equal(mechanism("1m", "1m"), "point in time, 35 days back");
    const region = objective(plan(["database"], { rpo: "1h", rto: "2h" }), "region", "rpo");
    assert.equal(region.mechanism, "logical backups, dr-database");
    for (const rto of ["30m", "1m"]) {
      const quick = objective(plan(["database"], { rpo: "1m", rto }), "region", "rpo");
      assert.equal(quick.mechanism, "global database failover");
      assert.equal(quick.boundSeconds, null);
    }
  });
});

describe("lengths of time", () => {
  for (const [seconds, text] of [
    [0, "0s"],
    [59, "59s"],
    [60, "1m"],
    [3_248, "54m 8s"],
    [86_400, "1d"],
    [90_061, "1d 1h 1m 1s"],
    [0.5, "1s"],
  ] as const) {
    it(`are shown as ${text}`, () => {
      assert.equal(durationText(seconds), text);
    });
  }
});
