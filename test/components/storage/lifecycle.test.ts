import assert from "node:assert/strict";
import * as fc from "fast-check";
import { lifecycleRules, type ObjectLifecycle } from "../../../components/storage/lifecycle";
import { storageClasses, type Transition } from "../../../contracts/storageClasses";

const allClasses: Transition[] = [
  { storageClass: "STANDARD_IA", days: 30 },
  { storageClass: "GLACIER", days: 90 },
  { storageClass: "DEEP_ARCHIVE", days: 365 },
];

const orders: ObjectLifecycle = {
  id: "records-orders",
  prefix: "records/orders/",
  expirationDays: 2557,
  transitions: allClasses,
};

const cleaning = { oldVersionDays: 90, incompleteUploadDays: 7 };

/** The rule of one lifecycle. */
function ruleOf(lifecycle: ObjectLifecycle, oldVersionDays: number) {
  const [rule] = lifecycleRules([lifecycle], { ...cleaning, oldVersionDays });
  assert.ok(rule);
  return rule;
}

describe("lifecycle rules", () => {
  it("have one rule for each lifecycle and two that clean the whole bucket, all enabled", () => {
    const rules = lifecycleRules(
      [orders, { ...orders, id: "recovery-points-daily", prefix: "recovery-points/daily/" }],
      cleaning,
    );
    assert.deepEqual(
      rules.map(({ id, status }) => [id, status]),
      [
        ["records-orders", "Enabled"],
        ["recovery-points-daily", "Enabled"],
        ["expired-delete-markers", "Enabled"],
        ["incomplete-uploads", "Enabled"],
      ],
    );
  });

  it("apply to the objects under their prefix", () => {
    assert.deepEqual(ruleOf(orders, 90).filter, { prefix: "records/orders/" });
  });

  it("accompany expiration, which only adds a delete marker, by an end of old versions", () => {
    const { expiration, noncurrentVersionExpiration } = ruleOf(orders, 90);
    assert.deepEqual(expiration, { days: 2557 });
    assert.deepEqual(noncurrentVersionExpiration, { noncurrentDays: 90 });
  });

  it("never keep old versions for longer than the objects themselves", () => {
    const { expiration, noncurrentVersionExpiration } = ruleOf(
      { ...orders, expirationDays: 35, transitions: [] },
      90,
    );
    assert.deepEqual(expiration, { days: 35 });
    assert.deepEqual(noncurrentVersionExpiration, { noncurrentDays: 35 });
  });

  it("remove delete markers that hide nothing, by a rule without days and without a prefix", () => {
    const [, markers] = lifecycleRules([orders], cleaning);
    assert.deepEqual(markers, {
      id: "expired-delete-markers",
      status: "Enabled",
      filter: {},
      expiration: { expiredObjectDeleteMarker: true },
    });
  });

  it("abort uploads that were never completed, by a rule of its own", () => {
    const [, , uploads] = lifecycleRules([orders], cleaning);
    assert.deepEqual(uploads, {
      id: "incomplete-uploads",
      status: "Enabled",
      filter: {},
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    });
  });

  it("move objects to colder classes by their age, warmest first", () => {
    assert.deepEqual(ruleOf(orders, 90).transitions, [
      { storageClass: "STANDARD_IA", days: 30 },
      { storageClass: "GLACIER", days: 90 },
      { storageClass: "DEEP_ARCHIVE", days: 365 },
    ]);
  });

  it("leave objects where they are when no class is asked for", () => {
    const rule = ruleOf({ ...orders, transitions: [] }, 90);
    assert.deepEqual(rule.transitions, []);
    assert.deepEqual(rule.noncurrentVersionTransitions, []);
  });

  const standardIa = { storageClass: "STANDARD_IA", noncurrentDays: 30 };
  const glacier = { storageClass: "GLACIER", noncurrentDays: 90 };
  const deepArchive = { storageClass: "DEEP_ARCHIVE", noncurrentDays: 365 };
  for (const { oldVersionDays, expected } of [
    { oldVersionDays: 59, expected: [] },
    { oldVersionDays: 60, expected: [standardIa] },
    { oldVersionDays: 179, expected: [standardIa] },
    { oldVersionDays: 180, expected: [standardIa, glacier] },
    { oldVersionDays: 544, expected: [standardIa, glacier] },
    { oldVersionDays: 545, expected: [standardIa, glacier, deepArchive] },
  ]) {
    it(`move old versions kept ${String(oldVersionDays)} days to ${String(expected.length)} classes, those that they stay long enough in`, () => {
      assert.deepEqual(ruleOf(orders, oldVersionDays).noncurrentVersionTransitions, expected);
    });
  }

  it("measure that stay by the shorter of both ends", () => {
    const { noncurrentVersionTransitions } = ruleOf({ ...orders, expirationDays: 400 }, 3000);
    assert.deepEqual(noncurrentVersionTransitions, [standardIa, glacier]);
  });

  it("never bill an old version for days after its end", () => {
    const transitions = fc
      .subarray(allClasses)
      .chain((classes) =>
        fc
          .tuple(...classes.map(({ days }) => fc.nat(500).map((later) => days + later)))
          .map((days) =>
            classes.map(({ storageClass }, index) => ({ storageClass, days: days[index] ?? 0 })),
          ),
      );
    fc.assert(
      fc.property(
        transitions,
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 1, max: 4000 }),
        (moves, expirationDays, oldVersionDays) => {
          const rule = ruleOf({ ...orders, expirationDays, transitions: moves }, oldVersionDays);
          const end = Math.min(expirationDays, oldVersionDays);
          const kept = rule.noncurrentVersionTransitions as {
            storageClass: keyof typeof storageClasses;
            noncurrentDays: number;
          }[];
          assert.deepEqual(
            kept.filter(
              ({ storageClass, noncurrentDays }) =>
                noncurrentDays + storageClasses[storageClass].minimumDays > end,
            ),
            [],
          );
          assert.deepEqual(rule.noncurrentVersionExpiration, { noncurrentDays: end });
        },
      ),
    );
  });
});
