import assert from "node:assert/strict";
import { join } from "node:path";
import { databaseOf, everyGenerationOf, generationsIn } from "../../config/generations";
import { loadSystem } from "../../config/configuration";
import { type System } from "../../config/system";
import { projectDirectory } from "../support/projectCopy";

const system = loadSystem("market-scanning", join(projectDirectory, "systems"));

type Rebuilds = NonNullable<ReturnType<typeof databaseOf>>["rebuilds"];

/** The system after some rebuilds. */
function after(...rebuilds: Rebuilds): System {
  const { database, ...others } = system.stores;
  assert.ok(database?.kind === "database");
  return { ...system, stores: { ...others, database: { ...database, rebuilds } } };
}

/** The system without its database. */
function withoutDatabase(): System {
  const stores = Object.entries(system.stores).filter(([, { kind }]) => kind !== "database");
  return { ...system, stores: Object.fromEntries(stores) };
}

const numbers = (found: readonly { readonly generation: number }[]) =>
  found.map(({ generation }) => generation);

describe("the database of a system", () => {
  it("is found by its kind, whatever it is called", () => {
    const { database, ...others } = system.stores;
    assert.ok(database);
    assert.equal(databaseOf({ ...system, stores: { ...others, ledger: database } }), database);
  });

  it("is not found where there is none, and has no generations there", () => {
    assert.equal(databaseOf(withoutDatabase()), undefined);
    assert.deepEqual(everyGenerationOf(withoutDatabase(), "us-east-1"), []);
    assert.deepEqual(generationsIn(withoutDatabase(), "us-east-1"), []);
  });
});

describe("generations in a region", () => {
  const rebuilt = after(
    { survivor: "us-west-2", lost: "retired" },
    { survivor: "us-west-2", lost: "released" },
    { survivor: "us-west-2", lost: "kept" },
    { survivor: "us-east-1", lost: "kept" },
  );

  it("are that region's only, oldest first", () => {
    assert.deepEqual(numbers(everyGenerationOf(rebuilt, "us-east-1")), [1, 2, 3, 4]);
    assert.deepEqual(numbers(everyGenerationOf(rebuilt, "us-west-2")), [1, 5]);
  });

  it("are declared until they are retired, and not any more then", () => {
    assert.deepEqual(numbers(generationsIn(rebuilt, "us-east-1")), [2, 3, 4]);
    assert.deepEqual(numbers(generationsIn(rebuilt, "us-west-2")), [1, 5]);
  });

  it("are none in the archive", () => {
    assert.deepEqual(everyGenerationOf(rebuilt, "eu-west-1"), []);
  });
});
