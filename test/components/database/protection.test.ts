import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  AuroraDatabase,
  type AuroraDatabaseArgs,
} from "../../../components/database/auroraDatabase";
import { DatabaseNetwork } from "../../../components/database/databaseNetwork";
import { warnWhenUnprotected } from "../../../components/database/protection";
import { RdsDatabase, type RdsDatabaseArgs } from "../../../components/database/rdsDatabase";
import { declared, standby } from "../../support/declared";
import { projectDirectory } from "../../support/projectCopy";
import { registered, type Warning, warningsOf } from "../inspection";
import {
  auroraPrimaryArgs,
  auroraStandbyArgs,
  databaseNetworkArgs,
  rdsPrimaryArgs,
  rdsStandbyArgs,
} from "../minimalArgs";
import { types } from "./types";

/** What AWS reports of a database's resources, by type or by name. */
type Reported = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The warning about a database of a region, beside the component of some type. */
function standsAlone(name: string, region: string, type: string): Warning {
  return {
    message:
      `${name} in ${region} is not protected any more: AWS reports that it stands alone, so no other region has its data as it changes. ` +
      'Rebuild the other side: docs/operations.md, "Rebuilding the lost side"',
    beside: `${type}::database`,
  };
}

describe("warning that an Aurora database is not protected any more", () => {
  const alone = { [types.cluster]: { globalClusterIdentifier: "" } };
  const survivorArgs: AuroraDatabaseArgs = { ...auroraStandbyArgs, laterGenerations: [2] };
  const twiceSurvivorArgs: AuroraDatabaseArgs = { ...auroraStandbyArgs, laterGenerations: [2, 3] };
  const membersOf = (...arns: string[]) => ({
    globalClusterMembers: arns.map((dbClusterArn) => ({ dbClusterArn })),
  });
  const cluster = { ...alone[types.cluster], arn: "arn:of:cluster" };

  const warningsAbout = (args: AuroraDatabaseArgs, reported: Reported) =>
    warningsOf(() =>
      registered(() => {
        new AuroraDatabase("database", args);
      }, reported),
    );

  const given: readonly (readonly [string, AuroraDatabaseArgs, Reported, string])[] = [
    ["a standby that is in no global database", auroraStandbyArgs, alone, "us-west-2"],
    ["a primary that is in no global database", auroraPrimaryArgs, alone, "us-east-1"],
    [
      "a survivor that the global database made around it has lost",
      survivorArgs,
      { [types.cluster]: cluster, [types.global]: membersOf("arn:of:another") },
      "us-west-2",
    ],
    [
      "a survivor that is alone in the global database that was made around it",
      survivorArgs,
      { [types.cluster]: cluster, [types.global]: membersOf("arn:of:cluster") },
      "us-west-2",
    ],
    [
      "a survivor whose global database has no member at all",
      survivorArgs,
      { [types.cluster]: cluster },
      "us-west-2",
    ],
    [
      "a survivor of two rebuilds that is in the first one's global database only",
      twiceSurvivorArgs,
      {
        [types.cluster]: cluster,
        "database-global-generation-2": membersOf("arn:of:cluster"),
        "database-global-generation-3": membersOf(),
      },
      "us-west-2",
    ],
  ];
  for (const [what, args, reported, region] of given) {
    it(`is given for ${what}`, async () => {
      assert.deepEqual(await warningsAbout(args, reported), [
        standsAlone(`market-scanning-database-${region}`, region, types.aurora),
      ]);
    });
  }

  const notGiven: readonly (readonly [string, AuroraDatabaseArgs, Reported])[] = [
    [
      "a standby in its global database",
      auroraStandbyArgs,
      { [types.cluster]: { globalClusterIdentifier: "market-scanning-database" } },
    ],
    [
      "a primary in its global database",
      auroraPrimaryArgs,
      { [types.cluster]: { globalClusterIdentifier: "market-scanning-database" } },
    ],
    [
      "a rebuilt standby in the global database of its generation",
      { ...auroraStandbyArgs, generation: 2 },
      { [types.cluster]: { globalClusterIdentifier: "market-scanning-database-generation-2" } },
    ],
    [
      "a survivor in the global database that was made around it",
      survivorArgs,
      { [types.cluster]: cluster, [types.global]: membersOf("arn:of:another", "arn:of:cluster") },
    ],
    [
      "a survivor of two rebuilds in the second one's global database",
      twiceSurvivorArgs,
      {
        [types.cluster]: cluster,
        "database-global-generation-2": membersOf(),
        "database-global-generation-3": membersOf("arn:of:cluster", "arn:of:another"),
      },
    ],
    [
      "a database that a newer generation has taken the place of",
      { ...auroraPrimaryArgs, superseded: true },
      alone,
    ],
  ];
  for (const [what, args, reported] of notGiven) {
    it(`is not given for ${what}`, async () => {
      assert.deepEqual(await warningsAbout(args, reported), []);
    });
  }

  it("is not given while nobody knows the members of a global database to be made", async () => {
    const warnings = await warningsOf(() =>
      declared((options) => {
        new AuroraDatabase("database", survivorArgs, options);
      }, "us-west-2"),
    );
    assert.deepEqual(warnings, []);
  });
});

/** What AWS reports of a plain RDS replica that was promoted. */
const promotedReplica: Reported = { [types.instance]: { replicateSourceDb: "" } };

describe("warning that a plain RDS database is not protected any more", () => {
  const warningsAbout = (args: RdsDatabaseArgs, reported: Reported) =>
    warningsOf(() =>
      registered(() => {
        new RdsDatabase("database", args);
      }, reported),
    );

  it("is given for a standby of which AWS reports no source", async () => {
    assert.deepEqual(await warningsAbout(rdsStandbyArgs, promotedReplica), [
      standsAlone("market-scanning-database-us-west-2", "us-west-2", types.plain),
    ]);
  });

  it("is given for a promoted replica of a later generation, by its own name", async () => {
    const warnings = await warningsAbout({ ...rdsStandbyArgs, generation: 2 }, promotedReplica);
    assert.deepEqual(warnings, [
      standsAlone("market-scanning-database-generation-2-us-west-2", "us-west-2", types.plain),
    ]);
  });

  it("is given for a survivor of which AWS reports no replica yet", async () => {
    const args = { ...rdsStandbyArgs, laterGenerations: [2] };
    assert.deepEqual(await warningsAbout(args, promotedReplica), [
      standsAlone("market-scanning-database-us-west-2", "us-west-2", types.plain),
    ]);
  });

  const notGiven: readonly (readonly [string, RdsDatabaseArgs, Reported])[] = [
    ["a replica with a source", rdsStandbyArgs, {}],
    [
      "a survivor, whose replica is in the other region",
      { ...rdsStandbyArgs, laterGenerations: [2] },
      { [types.instance]: { replicateSourceDb: "", replicas: ["arn:of:replica"] } },
    ],
    [
      "a replica that a newer generation has taken the place of",
      { ...rdsStandbyArgs, superseded: true },
      promotedReplica,
    ],
    ["a primary, which never had a source", rdsPrimaryArgs, promotedReplica],
  ];
  for (const [what, args, reported] of notGiven) {
    it(`is not given for ${what}`, async () => {
      assert.deepEqual(await warningsAbout(args, reported), []);
    });
  }
});

describe("warning that a database is not protected any more", () => {
  it("names a chapter that is there", async () => {
    const [warning] = await warningsOf(() =>
      registered(() => {
        new RdsDatabase("database", rdsStandbyArgs);
      }, promotedReplica),
    );
    const [, page, chapter] = /: (docs\/[a-z]+\.md), "([^"]+)"$/.exec(warning?.message ?? "") ?? [];
    assert.ok(page !== undefined && chapter !== undefined, warning?.message);
    const headings = readFileSync(join(projectDirectory, page), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("#"))
      .map((line) => line.replace(/^#+ /, ""));
    assert.ok(headings.includes(chapter), headings.join("\n"));
  });

  it("is not given while nobody knows what AWS will report", async () => {
    const warnings = await warningsOf(() =>
      declared((options) => {
        const network = new DatabaseNetwork("network", databaseNetworkArgs, options);
        const unknown = network.securityGroupId.apply(() => false);
        warnWhenUnprotected(network, "database", standby, unknown);
      }),
    );
    assert.deepEqual(warnings, []);
  });
});
