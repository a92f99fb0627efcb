import assert from "node:assert/strict";
import {
  AuroraDatabase,
  type AuroraDatabaseArgs,
} from "../../../components/database/auroraDatabase";
import { type Declared, declared } from "../../support/declared";
import {
  deletable,
  inputsOf,
  kept,
  notReleased,
  ofAws,
  waitsFor,
  withoutGeneration,
} from "../inspection";
import { auroraPrimaryArgs, auroraStandbyArgs } from "../minimalArgs";
import { databaseTags, types } from "./types";

function auroraOf(args: AuroraDatabaseArgs, name = "database"): Promise<Declared> {
  return declared((options) => {
    new AuroraDatabase(name, args, options);
  }, args.place.region);
}

describe("AuroraDatabase of a later generation", () => {
  let first: Declared;
  let second: Declared;

  before(async () => {
    first = await auroraOf(auroraStandbyArgs);
    second = await auroraOf({ ...auroraStandbyArgs, generation: 2 }, "database-generation-2");
  });

  it("bears its generation in every name, and so stands beside the earlier ones", () => {
    const named: readonly (readonly [string, string])[] = [
      [types.cluster, "clusterIdentifier"],
      [types.clusterInstance, "identifier"],
      [types.clusterParameters, "name"],
      [types.logs, "name"],
      [types.subnets, "name"],
      [types.firewall, "name"],
    ];
    assert.deepEqual(
      named.map(([type, input]) => second.only(type).inputs[input]),
      [
        "market-scanning-database-generation-2-us-west-2",
        "market-scanning-database-generation-2-1-us-west-2",
        "market-scanning-database-generation-2-16-us-west-2",
        "/aws/rds/cluster/market-scanning-database-generation-2-us-west-2/postgresql",
        "market-scanning-database-generation-2-us-west-2",
        "market-scanning-database-generation-2-us-west-2",
      ],
    );
  });

  it("joins the global database of its generation, and makes none", () => {
    assert.deepEqual(
      inputsOf(second.only(types.cluster), "globalClusterIdentifier", "sourceRegion"),
      {
        globalClusterIdentifier: "market-scanning-database-generation-2",
        sourceRegion: "us-east-1",
      },
    );
    assert.deepEqual(second.all(types.global), []);
  });

  it("differs from the first in its names only", () => {
    assert.deepEqual(withoutGeneration(second, 2), first.resources);
  });
});

describe("AuroraDatabase that the other side has been rebuilt from", () => {
  let inStandby: Declared;
  let inPrimary: Declared;

  before(async () => {
    inStandby = await auroraOf({ ...auroraStandbyArgs, laterGenerations: [2] });
    inPrimary = await auroraOf({ ...auroraPrimaryArgs, laterGenerations: [2, 3] });
  });

  it("has a global database made around it, which is told nothing that comes with the cluster", () => {
    const around = inStandby.only(types.global);
    assert.equal(around.name, "database-global-generation-2");
    assert.deepEqual(around.inputs, {
      globalClusterIdentifier: "market-scanning-database-generation-2",
      sourceDbClusterIdentifier: "[known after deployment]",
      deletionProtection: true,
      forceDestroy: true,
      tags: databaseTags,
    });
    assert.equal(waitsFor(around, inStandby.only(types.cluster)), true);
  });

  it("insists on no name of a database, and lets nobody delete or replace what was made", () => {
    const around = inStandby.only(types.global);
    assert.deepEqual(around.options.ignoreChanges, ["databaseName"]);
    assert.deepEqual(deletable([around]), []);
  });

  it("has one for each rebuild, beside the one that it began with", () => {
    assert.deepEqual(
      inPrimary
        .all(types.global)
        .map(({ name, inputs }) => [name, inputs["globalClusterIdentifier"]]),
      [
        ["database-global", "market-scanning-database"],
        ["database-global-generation-2", "market-scanning-database-generation-2"],
        ["database-global-generation-3", "market-scanning-database-generation-3"],
      ],
    );
  });

  it("is otherwise declared as before, so that a rebuild changes nothing of the survivor", async () => {
    for (const [args, survivor] of [
      [auroraStandbyArgs, inStandby],
      [auroraPrimaryArgs, inPrimary],
    ] as const) {
      const before = await auroraOf(args);
      assert.deepEqual(
        ofAws(survivor.resources).filter(({ name }) => !name.includes("generation")),
        ofAws(before.resources),
      );
    }
  });

  it("lets all of it be deleted in a sandbox", async () => {
    const sandbox = await auroraOf({
      ...auroraStandbyArgs,
      laterGenerations: [2],
      disposable: true,
    });
    assert.deepEqual(kept(sandbox.resources), []);
    assert.equal(sandbox.only(types.global).inputs["deletionProtection"], false);
  });
});

describe("AuroraDatabase that a newer generation has taken the place of", () => {
  it("is declared as before: it is kept for what it holds", async () => {
    for (const args of [auroraPrimaryArgs, auroraStandbyArgs]) {
      const [before, after] = [await auroraOf(args), await auroraOf({ ...args, superseded: true })];
      assert.deepEqual(after.resources, before.resources);
    }
  });

  describe("once it is released", () => {
    const releasedArgs: AuroraDatabaseArgs = {
      ...auroraPrimaryArgs,
      laterGenerations: [2],
      superseded: true,
    };
    let held: Declared;
    let released: Declared;

    before(async () => {
      held = await auroraOf(releasedArgs);
      released = await auroraOf({ ...releasedArgs, released: true });
    });

    it("may be taken out of the program, and stays in the account", () => {
      assert.equal(ofAws(released.resources).length, 10);
      assert.deepEqual(notReleased(ofAws(released.resources)), []);
    });

    it("is protected by AWS all the same, and changed in nothing", () => {
      assert.equal(released.only(types.cluster).inputs["deletionProtection"], true);
      assert.deepEqual(
        released.resources.map(({ urn, inputs }) => ({ urn, inputs })),
        held.resources.map(({ urn, inputs }) => ({ urn, inputs })),
      );
    });

    it("leaves nothing behind in a sandbox", async () => {
      const sandbox = await auroraOf({ ...releasedArgs, released: true, disposable: true });
      assert.deepEqual(kept(sandbox.resources), []);
    });
  });
});
