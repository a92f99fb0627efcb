import assert from "node:assert/strict";
import { AuroraDatabase } from "../../../components/database/auroraDatabase";
import { RdsDatabase } from "../../../components/database/rdsDatabase";
import { type Registered, registered } from "../inspection";
import { auroraPrimaryArgs, auroraStandbyArgs, rdsPrimaryArgs } from "../minimalArgs";
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
      new AuroraDatabase("database", auroraPrimaryArgs);
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
      administratorSecretArn: "arn:of:secret",
    });
  });

  it("offers no global host name and no secret in the standby, which has neither", () => {
    assert.deepEqual(only(inStandby, types.aurora).outputs, {
      arn: "arn:of:cluster",
      endpoint: host,
      parameterGroupName: "market-scanning-database-16-us-west-2",
      securityGroupId: "database-network-firewall-id",
      subnetGroupName: "market-scanning-database-us-west-2",
    });
  });
});

describe("RdsDatabase once it is deployed", () => {
  let inPrimary: Registered[];

  before(async () => {
    inPrimary = await registered(() => {
      new RdsDatabase("database", rdsPrimaryArgs);
    }, computed);
  });

  it("has shown the password nowhere in the clear", () => {
    assert.equal(inPrimary.length, 14);
    assert.equal(JSON.stringify(inPrimary).includes(password), false);
    assert.equal(only(inPrimary, types.instance).inputs["password"], "[secret]");
  });

  it("has a final snapshot that no earlier database's collides with", () => {
    assert.equal(
      only(inPrimary, types.instance).inputs["finalSnapshotIdentifier"],
      "market-scanning-database-us-east-1-final-0a1b2c3d",
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
      administratorSecretArn: "arn:of:secret",
    });
  });
});
