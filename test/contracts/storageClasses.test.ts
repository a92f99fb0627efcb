import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type StorageClass,
  storageClasses,
  storageClassNames,
  type Transition,
  transitionProblems,
} from "../../contracts/storageClasses";

/** Transitions in the order written. */
function ladder(after: Partial<Record<StorageClass, number>>): Transition[] {
  return Object.entries(after).map(([storageClass, days]) => ({
    storageClass: storageClass as StorageClass,
    days,
  }));
}

describe("storage classes", () => {
  it("are listed warmest first, with what S3 demands of each", () => {
    assert.deepEqual(storageClassNames, ["STANDARD_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]);
    assert.deepEqual(storageClasses, {
      STANDARD_IA: { earliestDays: 30, minimumDays: 30 },
      GLACIER_IR: { earliestDays: 0, minimumDays: 90 },
      GLACIER: { earliestDays: 0, minimumDays: 90 },
      DEEP_ARCHIVE: { earliestDays: 0, minimumDays: 180 },
    });
  });
});

describe("transitionProblems", () => {
  const sound: readonly (readonly [string, Partial<Record<StorageClass, number>>, number])[] = [
    ["no transition at all", {}, 35],
    ["the plans' ladder", { STANDARD_IA: 30, GLACIER: 90, DEEP_ARCHIVE: 365 }, 2_557],
    ["STANDARD_IA on the earliest day, left on the earliest day", { STANDARD_IA: 30 }, 60],
    ["GLACIER at once", { GLACIER: 0 }, 90],
    ["GLACIER left for DEEP_ARCHIVE on the earliest day", { GLACIER: 1, DEEP_ARCHIVE: 91 }, 271],
    ["all four classes", { STANDARD_IA: 30, GLACIER_IR: 60, GLACIER: 150, DEEP_ARCHIVE: 240 }, 420],
  ];
  for (const [what, after, expirationDays] of sound) {
    it(`accepts ${what}`, () => {
      assert.deepEqual(transitionProblems(ladder(after), expirationDays), []);
    });
  }

  const refused: readonly {
    readonly what: string;
    readonly after: Partial<Record<StorageClass, number>>;
    readonly expirationDays: number;
    readonly problems: readonly { storageClass: StorageClass; message: string }[];
  }[] = [
    {
      what: "STANDARD_IA a day early",
      after: { STANDARD_IA: 29 },
      expirationDays: 90,
      problems: [
        {
          storageClass: "STANDARD_IA",
          message: "S3 refuses STANDARD_IA before 30 days, got 29; move it to 30d or later",
        },
      ],
    },
    {
      what: "a colder class before a warmer one",
      after: { STANDARD_IA: 100, GLACIER: 90 },
      expirationDays: 365,
      problems: [
        {
          storageClass: "STANDARD_IA",
          message:
            "S3 refuses STANDARD_IA at 100 days and then GLACIER at 90: objects only move to colder classes, and then expire; put them in that order",
        },
      ],
    },
    {
      what: "two classes on one day",
      after: { GLACIER: 90, DEEP_ARCHIVE: 90 },
      expirationDays: 365,
      problems: [
        {
          storageClass: "GLACIER",
          message:
            "S3 refuses GLACIER at 90 days and then DEEP_ARCHIVE at 90: objects only move to colder classes, and then expire; put them in that order",
        },
      ],
    },
    {
      what: "a move on the day of expiration",
      after: { STANDARD_IA: 35 },
      expirationDays: 35,
      problems: [
        {
          storageClass: "STANDARD_IA",
          message:
            "S3 refuses STANDARD_IA at 35 days and then expiration at 35: objects only move to colder classes, and then expire; put them in that order",
        },
      ],
    },
    {
      what: "GLACIER that is paid for a day longer than it is used",
      after: { GLACIER: 90, DEEP_ARCHIVE: 179 },
      expirationDays: 2_557,
      problems: [
        {
          storageClass: "GLACIER",
          message:
            "GLACIER at 90 days must come at least 90 days before DEEP_ARCHIVE at 179 days, because objects are billed for that long there; make it earlier, make DEEP_ARCHIVE later, or leave GLACIER out",
        },
      ],
    },
    {
      what: "DEEP_ARCHIVE that is paid for a day longer than the object lives",
      after: { DEEP_ARCHIVE: 2_378 },
      expirationDays: 2_557,
      problems: [
        {
          storageClass: "DEEP_ARCHIVE",
          message:
            "DEEP_ARCHIVE at 2378 days must come at least 180 days before expiration at 2557 days, because objects are billed for that long there; make it earlier, make expiration later, or leave DEEP_ARCHIVE out",
        },
      ],
    },
    {
      what: "two wrong transitions, each with its own message",
      after: { STANDARD_IA: 10, GLACIER: 90 },
      expirationDays: 91,
      problems: [
        {
          storageClass: "STANDARD_IA",
          message: "S3 refuses STANDARD_IA before 30 days, got 10; move it to 30d or later",
        },
        {
          storageClass: "GLACIER",
          message:
            "GLACIER at 90 days must come at least 90 days before expiration at 91 days, because objects are billed for that long there; make it earlier, make expiration later, or leave GLACIER out",
        },
      ],
    },
  ];
  for (const { what, after, expirationDays, problems } of refused) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(transitionProblems(ladder(after), expirationDays), problems);
    });
  }

  it("accepts any ladder that stays in each class for as long as it is billed, and no shorter one", () => {
    const classes = fc.subarray([...storageClassNames], { minLength: 1 });
    const extras = fc.array(fc.nat({ max: 400 }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(classes, extras, (chosen, extraDays) => {
        // Given a ladder that spends the minimum and some days more in each class
        let days = 30;
        const transitions = chosen.map((storageClass, index): Transition => {
          const transition = { storageClass, days };
          days += storageClasses[storageClass].minimumDays + (extraDays[index] ?? 0);
          return transition;
        });
        assert.deepEqual(transitionProblems(transitions, days), []);
        // When objects expire a day before the last class is paid for, that class alone is wrong
        const last = transitions[transitions.length - 1];
        assert.ok(last);
        const paidFor = last.days + storageClasses[last.storageClass].minimumDays;
        assert.deepEqual(
          transitionProblems(transitions, paidFor - 1).map(({ storageClass }) => storageClass),
          [last.storageClass],
        );
      }),
    );
  });
});
