import assert from "node:assert/strict";
import { RdsDatabase, type RdsDatabaseArgs } from "../../../components/database/rdsDatabase";
import { type Declared, declared, primary, standby } from "../../support/declared";
import { kept, notReleased, ofAws, withoutGeneration } from "../inspection";
import { databaseArgs, keyArn, rdsPrimaryArgs, rdsStandbyArgs } from "../minimalArgs";
import { types } from "./types";

function rdsOf(args: RdsDatabaseArgs, name = "database"): Promise<Declared> {
  return declared((options) => {
    new RdsDatabase(name, args, options);
  }, args.place.region);
}

describe("RdsDatabase of a later generation", () => {
  let rebuilt: Declared;
  let rebuiltAgain: Declared;

  before(async () => {
    rebuilt = await rdsOf({
      ...databaseArgs(primary),
      generation: 2,
      member: {
        kind: "standby",
        source: { region: "us-west-2", generation: 1 },
        promoted: false,
      },
    });
    rebuiltAgain = await rdsOf({
      ...databaseArgs(standby),
      generation: 3,
      member: {
        kind: "standby",
        source: { region: "us-east-1", generation: 2 },
        promoted: false,
      },
    });
  });

  it("bears its generation in every name, and so stands beside the earlier ones", () => {
    const named: readonly (readonly [string, string])[] = [
      [types.instance, "identifier"],
      [types.parameters, "name"],
      [types.logs, "name"],
      [types.subnets, "name"],
      [types.firewall, "name"],
    ];
    assert.deepEqual(
      named.flatMap(([type, input]) => rebuilt.all(type).map(({ inputs }) => inputs[input])),
      [
        "market-scanning-database-generation-2-us-east-1",
        "market-scanning-database-generation-2-16-us-east-1",
        "/aws/rds/instance/market-scanning-database-generation-2-us-east-1/postgresql",
        "/aws/rds/instance/market-scanning-database-generation-2-us-east-1/upgrade",
        "market-scanning-database-generation-2-us-east-1",
        "market-scanning-database-generation-2-us-east-1",
      ],
    );
  });

  it("is a replica of the other region's survivor, whatever generation that is of", () => {
    assert.deepEqual(
      [rebuilt, rebuiltAgain].map(
        (database) => database.only(types.instance).inputs["replicateSourceDb"],
      ),
      [
        "arn:aws:rds:us-west-2:111122223333:db:market-scanning-database-us-west-2",
        "arn:aws:rds:us-east-1:111122223333:db:market-scanning-database-generation-2-us-east-1",
      ],
    );
  });

  it("copies the automated backups of that same survivor, under its own region's key", () => {
    assert.deepEqual(
      [rebuilt, rebuiltAgain].map((database) => database.only(types.backups).inputs),
      [
        {
          sourceDbInstanceArn:
            "arn:aws:rds:us-west-2:111122223333:db:market-scanning-database-us-west-2",
          kmsKeyId: keyArn(primary),
          retentionPeriod: 35,
        },
        {
          sourceDbInstanceArn:
            "arn:aws:rds:us-east-1:111122223333:db:market-scanning-database-generation-2-us-east-1",
          kmsKeyId: keyArn(standby),
          retentionPeriod: 35,
        },
      ],
    );
  });

  it("differs from the first in its names only", async () => {
    const first = await rdsOf(rdsStandbyArgs);
    const second = await rdsOf({ ...rdsStandbyArgs, generation: 2 }, "database-generation-2");
    assert.deepEqual(withoutGeneration(second, 2), first.resources);
  });
});

describe("RdsDatabase that has survived, or that a newer generation has taken the place of", () => {
  for (const [what, changes] of [
    ["a survivor", { laterGenerations: [2, 3] }],
    ["a database that is kept for what it holds", { superseded: true }],
  ] as const) {
    it(`is declared as before, as ${what}`, async () => {
      for (const args of [rdsPrimaryArgs, rdsStandbyArgs]) {
        const [before, after] = [await rdsOf(args), await rdsOf({ ...args, ...changes })];
        assert.deepEqual(after.resources, before.resources);
      }
    });
  }
});

describe("RdsDatabase once it is released", () => {
  const supersededArgs: RdsDatabaseArgs = {
    ...rdsStandbyArgs,
    member: { kind: "standby", source: { region: "us-east-1", generation: 1 }, promoted: true },
    superseded: true,
  };
  let released: Declared;

  before(async () => {
    released = await rdsOf({ ...supersededArgs, released: true });
  });

  it("may be taken out of the program, and stays in the account", () => {
    assert.equal(ofAws(released.resources).length, 7);
    assert.deepEqual(notReleased(ofAws(released.resources)), []);
  });

  it("is protected by AWS all the same, and changed in nothing", async () => {
    const held = await rdsOf(supersededArgs);
    assert.equal(released.only(types.instance).inputs["deletionProtection"], true);
    assert.deepEqual(
      released.resources.map(({ urn, inputs }) => ({ urn, inputs })),
      held.resources.map(({ urn, inputs }) => ({ urn, inputs })),
    );
  });

  it("leaves nothing behind in a sandbox", async () => {
    const sandbox = await rdsOf({ ...supersededArgs, released: true, disposable: true });
    assert.deepEqual(kept(sandbox.resources), []);
  });
});
