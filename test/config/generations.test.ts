import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type DatabaseGeneration,
  databaseGenerations,
  type DatabaseHistory,
} from "../../config/generations";

const regions = { primary: "us-east-1", standby: "us-west-2" };
const [east, west] = [regions.primary, regions.standby];

type Rebuild = DatabaseHistory["rebuilds"][number];

function generations(...rebuilds: Rebuild[]): DatabaseGeneration[] {
  return databaseGenerations({ regions, rebuilds });
}

/** A database: where it is, of which generation, and what it is a copy of. */
function database(
  region: string,
  generation: number,
  source: DatabaseGeneration["source"],
  more: Partial<DatabaseGeneration> = {},
): DatabaseGeneration {
  return {
    region,
    generation,
    ...(source === undefined ? {} : { source }),
    laterGenerations: [],
    ...more,
  };
}

const firstOf = (region: string) => ({ region, generation: 1 });

describe("generations of a database", () => {
  it("are one in each region before anything was lost, the standby a copy of the primary", () => {
    assert.deepEqual(generations(), [
      database(east, 1, undefined),
      database(west, 1, firstOf(east)),
    ]);
  });

  it("get a second one in the primary region, once the standby alone has survived", () => {
    assert.deepEqual(generations({ survivor: west, lost: "kept" }), [
      database(east, 1, undefined, { lost: "kept" }),
      database(west, 1, firstOf(east), { laterGenerations: [2] }),
      database(east, 2, firstOf(west)),
    ]);
  });

  it("get a second one in the standby region, once the primary alone has survived", () => {
    assert.deepEqual(generations({ survivor: east, lost: "kept" }), [
      database(east, 1, undefined, { laterGenerations: [2] }),
      database(west, 1, firstOf(east), { lost: "kept" }),
      database(west, 2, firstOf(east)),
    ]);
  });

  for (const lost of ["kept", "released", "retired"] as const) {
    it(`remember that a lost one is ${lost}`, () => {
      assert.deepEqual(
        generations({ survivor: west, lost }).map((each) => each.lost),
        [lost, undefined, undefined],
      );
    });
  }

  it("go back and forth: what was rebuilt survives the region that it was rebuilt from", () => {
    assert.deepEqual(
      generations({ survivor: west, lost: "retired" }, { survivor: east, lost: "kept" }),
      [
        database(east, 1, undefined, { lost: "retired" }),
        database(west, 1, firstOf(east), { laterGenerations: [2], lost: "kept" }),
        database(east, 2, firstOf(west), { laterGenerations: [3] }),
        database(west, 3, { region: east, generation: 2 }),
      ],
    );
  });

  it("are rebuilt twice from the same survivor, when what was rebuilt is lost in its turn", () => {
    assert.deepEqual(
      generations({ survivor: west, lost: "retired" }, { survivor: west, lost: "kept" }),
      [
        database(east, 1, undefined, { lost: "retired" }),
        database(west, 1, firstOf(east), { laterGenerations: [2, 3] }),
        database(east, 2, firstOf(west), { lost: "kept" }),
        database(east, 3, firstOf(west)),
      ],
    );
  });

  describe("whatever was lost, and however often,", () => {
    const history = fc.array(
      fc.record({
        survivor: fc.constantFrom(east, west),
        lost: fc.constantFrom("kept" as const, "released" as const, "retired" as const),
      }),
      { maxLength: 12 },
    );

    function always(check: (all: DatabaseGeneration[], rebuilds: Rebuild[]) => void): void {
      fc.assert(
        fc.property(history, (rebuilds) => {
          check(generations(...rebuilds), rebuilds);
        }),
      );
    }

    it("leave every region with exactly one that counts, its newest", () => {
      always((all) => {
        for (const region of [east, west]) {
          const own = all.filter((each) => each.region === region);
          const counting = own.filter(({ lost }) => lost === undefined);
          assert.deepEqual(counting, own.slice(-1));
        }
      });
    });

    it("number each rebuild by itself, after the first pair", () => {
      always((all, rebuilds) => {
        assert.deepEqual(
          all.map(({ generation }) => generation),
          [1, 1, ...rebuilds.map((_, index) => index + 2)],
        );
      });
    });

    it("begin as a copy of an older one in the other region, all but the very first", () => {
      always(([first, ...others]) => {
        assert.equal(first?.source, undefined);
        for (const { region, generation, source } of others) {
          assert.ok(source);
          assert.notEqual(source.region, region);
          assert.ok(source.generation < generation || (generation === 1 && region === west));
        }
      });
    });

    it("are named by their source as the ones that were rebuilt from it, and by no other", () => {
      always((all) => {
        for (const { region, generation, laterGenerations } of all) {
          const copies = all.filter(
            (each) =>
              each.generation > 1 &&
              each.source?.region === region &&
              each.source.generation === generation,
          );
          assert.deepEqual(
            laterGenerations,
            copies.map((copy) => copy.generation),
          );
        }
      });
    });

    it("have lost as many as were rebuilt, each in the way that its rebuild says", () => {
      always((all, rebuilds) => {
        rebuilds.forEach(({ survivor, lost }, index) => {
          const rebuilt = all[index + 2];
          assert.ok(rebuilt);
          assert.notEqual(rebuilt.region, survivor);
          const before = all.filter(
            ({ region, generation }) =>
              region === rebuilt.region && generation < rebuilt.generation,
          );
          assert.equal(before.at(-1)?.lost, lost);
        });
        assert.equal(all.filter((each) => each.lost !== undefined).length, rebuilds.length);
      });
    });
  });
});
