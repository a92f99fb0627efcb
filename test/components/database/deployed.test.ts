import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Administrator } from "../../../components/database/administrator";
import { AuroraDatabase } from "../../../components/database/auroraDatabase";
import { type AdministratorLogin } from "../../../components/database/database";
import { RdsDatabase } from "../../../components/database/rdsDatabase";
import { type Registered, registered } from "../inspection";
import {
  administratorArgs,
  auroraPrimaryArgs,
  auroraStandbyArgs,
  rdsPrimaryArgs,
  rdsStandbyArgs,
} from "../minimalArgs";
import { types } from "./types";

const password = "Tr0ub4dor&3-and-a-horse";
const host = "database.cluster-x.us-east-1.rds.amazonaws.com";

/** What the cloud answers to a database that is deployed. */
const computed = {
  [types.password]: { result: password },
  [types.suffix]: { hex: "0a1b2c3d" },
  [types.global]: { endpoint: "database.global-x.global.rds.amazonaws.com" },
  [types.cluster]: { arn: "arn:of:cluster", endpoint: host },
  [types.instance]: { arn: "arn:of:instance", address: host, endpoint: `${host}:5432` },
  [types.secret]: { arn: "arn:of:secret" },
};

/** An administrator beside the database, as the stacks declare one. */
function madeAdministrator(): AdministratorLogin {
  const { userName, password } = new Administrator("database-administrator", administratorArgs);
  return { userName, password: password() };
}

/** An administrator whose password comes from somewhere else. */
function givenAdministrator(): AdministratorLogin {
  return { userName: "scanning_admin", password: pulumi.secret(password) };
}

function primaryAurora(administrator: AdministratorLogin): AuroraDatabase {
  const member = {
    kind: "primary",
    databaseName: "market_scanning",
    administrator,
  } as const;
  return new AuroraDatabase("database", { ...auroraPrimaryArgs, member });
}

function primaryRds(administrator: AdministratorLogin): RdsDatabase {
  const member = {
    kind: "primary",
    databaseName: "market_scanning",
    storageGibibytes: 200,
    administrator,
  } as const;
  return new RdsDatabase("database", { ...rdsPrimaryArgs, member });
}

/** The only resource of a type. */
function only(resources: readonly Registered[], type: string): Registered {
  const [first, ...others] = resources.filter((resource) => resource.type === type);
  assert.ok(first);
  assert.deepEqual(others, []);
  return first;
}

describe("AuroraDatabase once it is deployed", () => {
  let inPrimary: Registered[];
  let inStandby: Registered[];

  before(async () => {
    inPrimary = await registered(() => {
      primaryAurora(madeAdministrator());
    }, computed);
    inStandby = await registered(() => {
      new AuroraDatabase("database", auroraStandbyArgs);
    }, computed);
  });

  it("has shown the password nowhere in the clear", () => {
    assert.equal(inPrimary.length, 16);
    assert.equal(JSON.stringify(inPrimary).includes(password), false);
    assert.equal(only(inPrimary, types.cluster).inputs["masterPassword"], "[secret]");
  });

  it("shows no password that it is given either", async () => {
    const resources = await registered(() => {
      primaryAurora(givenAdministrator());
    }, computed);
    assert.equal(resources.length, 12);
    assert.equal(JSON.stringify(resources).includes(password), false);
    assert.equal(only(resources, types.cluster).inputs["masterPassword"], "[secret]");
  });

  it("has a final snapshot that no earlier database's collides with", () => {
    assert.equal(
      only(inPrimary, types.cluster).inputs["finalSnapshotIdentifier"],
      "market-scanning-database-us-east-1-final-0a1b2c3d",
    );
  });

  it("offers the writer's host name here, and wherever it may be one day", () => {
    assert.deepEqual(only(inPrimary, types.aurora).outputs, {
      arn: "arn:of:cluster",
      endpoint: host,
      parameterGroupName: "market-scanning-database-16-us-east-1",
      securityGroupId: "database-network-firewall-id",
      subnetGroupName: "market-scanning-database-us-east-1",
      globalEndpoint: "database.global-x.global.rds.amazonaws.com",
    });
  });

  it("offers no global host name in the standby, which has none", () => {
    assert.deepEqual(only(inStandby, types.aurora).outputs, {
      arn: "arn:of:cluster",
      endpoint: host,
      parameterGroupName: "market-scanning-database-16-us-west-2",
      securityGroupId: "database-network-firewall-id",
      subnetGroupName: "market-scanning-database-us-west-2",
    });
  });
});

describe("AuroraDatabase of a rebuilt system once it is deployed", () => {
  const globalHost = (generation: number) =>
    `database-generation-${String(generation)}.global-x.global.rds.amazonaws.com`;
  const globalDatabase = (generation: number) => ({
    endpoint: globalHost(generation),
    globalClusterMembers: [{ dbClusterArn: "arn:of:cluster" }],
  });
  const later = {
    ...computed,
    "database-global-generation-2": globalDatabase(2),
    "database-global-generation-3": globalDatabase(3),
  };

  it("offers, as a survivor, the host name of the global database that was made around it", async () => {
    const survivor = await registered(() => {
      new AuroraDatabase("database", { ...auroraStandbyArgs, laterGenerations: [2] });
    }, later);
    assert.deepEqual(only(survivor, types.aurora).outputs, {
      arn: "arn:of:cluster",
      endpoint: host,
      parameterGroupName: "market-scanning-database-16-us-west-2",
      securityGroupId: "database-network-firewall-id",
      subnetGroupName: "market-scanning-database-us-west-2",
      globalEndpoint: globalHost(2),
    });
  });

  it("offers the newest one's, as a primary that has survived twice, and no longer its own", async () => {
    const survivor = await registered(() => {
      new AuroraDatabase("database", { ...auroraPrimaryArgs, laterGenerations: [2, 3] });
    }, later);
    assert.equal(only(survivor, types.aurora).outputs?.["globalEndpoint"], globalHost(3));
  });

  it("has a final snapshot that tells its generation", async () => {
    const rebuilt = await registered(() => {
      new AuroraDatabase("database-generation-2", { ...auroraStandbyArgs, generation: 2 });
    }, later);
    assert.equal(
      only(rebuilt, types.cluster).inputs["finalSnapshotIdentifier"],
      "market-scanning-database-generation-2-us-west-2-final-0a1b2c3d",
    );
  });
});

describe("RdsDatabase once it is deployed", () => {
  let inPrimary: Registered[];

  before(async () => {
    inPrimary = await registered(() => {
      primaryRds(madeAdministrator());
    }, computed);
  });

  it("has shown the password nowhere in the clear", () => {
    assert.equal(inPrimary.length, 14);
    assert.equal(JSON.stringify(inPrimary).includes(password), false);
    assert.equal(only(inPrimary, types.instance).inputs["password"], "[secret]");
  });

  it("shows no password that it is given either", async () => {
    const resources = await registered(() => {
      primaryRds(givenAdministrator());
    }, computed);
    assert.equal(resources.length, 10);
    assert.equal(JSON.stringify(resources).includes(password), false);
    assert.equal(only(resources, types.instance).inputs["password"], "[secret]");
  });

  it("has a final snapshot that no earlier database's collides with", () => {
    assert.equal(
      only(inPrimary, types.instance).inputs["finalSnapshotIdentifier"],
      "market-scanning-database-us-east-1-final-0a1b2c3d",
    );
  });

  it("has a final snapshot that tells a later generation", async () => {
    const rebuilt = await registered(() => {
      new RdsDatabase("database-generation-2", { ...rdsStandbyArgs, generation: 2 });
    }, computed);
    assert.equal(
      only(rebuilt, types.instance).inputs["finalSnapshotIdentifier"],
      "market-scanning-database-generation-2-us-west-2-final-0a1b2c3d",
    );
  });

  it("offers the host name alone, without the port, as every kind of database does", () => {
    assert.deepEqual(only(inPrimary, types.plain).outputs, {
      arn: "arn:of:instance",
      endpoint: host,
      readerEndpoint: host,
      parameterGroupName: "market-scanning-database-16-us-east-1",
      securityGroupId: "database-network-firewall-id",
      subnetGroupName: "market-scanning-database-us-east-1",
    });
  });
});
