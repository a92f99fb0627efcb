import assert from "node:assert/strict";
import { DatabaseNetwork } from "../../../components/database/databaseNetwork";
import { type Declared, declared } from "../../support/declared";
import { countsByType, deletable, kept, ofAws } from "../inspection";
import { databaseNetworkArgs } from "../minimalArgs";
import { databaseTags, types } from "./types";

describe("DatabaseNetwork", () => {
  let network: Declared;

  before(async () => {
    network = await declared((options) => {
      new DatabaseNetwork("database-network", databaseNetworkArgs, options);
    });
  });

  it("declares the subnets, one firewall and one way in", () => {
    assert.deepEqual(countsByType(network.resources), {
      [types.network]: 1,
      [types.subnets]: 1,
      [types.firewall]: 1,
      [types.rule]: 1,
    });
  });

  it("puts the database into the subnets that it is given", () => {
    const { name, subnetIds, tags: ownTags } = network.only(types.subnets).inputs;
    assert.deepEqual(
      { name, subnetIds, ownTags },
      {
        name: "market-scanning-database-us-east-1",
        subnetIds: ["subnet-0a0a0a0a", "subnet-0b0b0b0b"],
        ownTags: databaseTags,
      },
    );
  });

  it("has a firewall of its own in the VPC, which lets nothing out and has no rules inside", () => {
    assert.deepEqual(network.only(types.firewall).inputs, {
      name: "market-scanning-database-us-east-1",
      description: "PostgreSQL of market-scanning",
      vpcId: "vpc-0a0a0a0a",
      tags: databaseTags,
    });
  });

  it("lets in the clients' security group on PostgreSQL's port, and no addresses", () => {
    const { securityGroupId, ...rule } = network.only(types.rule).inputs;
    assert.equal(typeof securityGroupId, "string");
    assert.deepEqual(rule, {
      description: "PostgreSQL from the Kubernetes nodes",
      ipProtocol: "tcp",
      fromPort: 5432,
      toPort: 5432,
      referencedSecurityGroupId: "sg-0c0c0c0c",
      tags: databaseTags,
    });
    assert.deepEqual(network.only(types.rule).options.dependencies, [
      network.only(types.firewall).urn,
    ]);
  });

  it("is protected, since the database cannot do without it", () => {
    assert.deepEqual(deletable(ofAws(network.resources)), []);
  });

  it("offers the names that a database needs", () => {
    assert.deepEqual(network.only(types.network).outputs, {
      subnetGroupName: "market-scanning-database-us-east-1",
      securityGroupId: "[known after deployment]",
    });
  });

  it("can be deleted in a sandbox", async () => {
    const sandbox = await declared((options) => {
      new DatabaseNetwork(
        "database-network",
        { ...databaseNetworkArgs, disposable: true },
        options,
      );
    });
    assert.deepEqual(kept(sandbox.resources), []);
  });
});
