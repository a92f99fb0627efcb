import assert from "node:assert/strict";
import {
  AuroraDatabase,
  type AuroraDatabaseArgs,
} from "../../../components/database/auroraDatabase";
import { type Declared, declared, primary, standby } from "../../support/declared";
import { inputsOf, ofAws, waitsFor } from "../inspection";
import { auroraPrimaryArgs, auroraStandbyArgs, keyArn } from "../minimalArgs";
import { types } from "./types";

function auroraOf(args: AuroraDatabaseArgs): Promise<Declared> {
  return declared((options) => {
    new AuroraDatabase("database", args, options);
  }, args.place.region);
}

describe("AuroraDatabase as a member of a global database", () => {
  let inPrimary: Declared;
  let inStandby: Declared;
  let members: Declared[];

  before(async () => {
    inPrimary = await auroraOf(auroraPrimaryArgs);
    inStandby = await auroraOf(auroraStandbyArgs);
    members = [inPrimary, inStandby];
  });

  /** Some inputs of both members' clusters: the primary's, then the standby's. */
  function clusters(...keys: string[]): Record<string, unknown>[] {
    return members.map((member) => inputsOf(member.only(types.cluster), ...keys));
  }

  it("names everything for the whole world of the global database", () => {
    assert.deepEqual(clusters("clusterIdentifier", "globalClusterIdentifier"), [
      {
        clusterIdentifier: "market-scanning-database-us-east-1",
        globalClusterIdentifier: "market-scanning-database",
      },
      {
        clusterIdentifier: "market-scanning-database-us-west-2",
        globalClusterIdentifier: "market-scanning-database",
      },
    ]);
    assert.equal(
      inPrimary.only(types.global).inputs["globalClusterIdentifier"],
      "market-scanning-database",
    );
    assert.deepEqual(
      members.map((member) =>
        member.all(types.clusterInstance).map(({ inputs }) => inputs["identifier"]),
      ),
      [
        ["market-scanning-database-1-us-east-1", "market-scanning-database-2-us-east-1"],
        ["market-scanning-database-1-us-west-2"],
      ],
    );
  });

  it("makes the global database before the cluster, and the cluster before its instances", () => {
    const cluster = inPrimary.only(types.cluster);
    assert.equal(waitsFor(cluster, inPrimary.only(types.global)), true);
    assert.deepEqual(
      inPrimary.all(types.clusterInstance).map((instance) => waitsFor(instance, cluster)),
      [true, true],
    );
  });

  it("gives the primary its administrator and its first database", () => {
    const keys = ["masterUsername", "masterPassword", "databaseName"];
    assert.deepEqual(inputsOf(inPrimary.only(types.cluster), ...keys), {
      masterUsername: "scanning_admin",
      masterPassword: "[secret]",
      databaseName: "market_scanning",
    });
    assert.equal(inPrimary.only(types.global).inputs["databaseName"], "market_scanning");
  });

  it("gives the standby neither, because they come over with the data", () => {
    const keys = ["masterUsername", "masterPassword", "databaseName"];
    assert.deepEqual(inputsOf(inStandby.only(types.cluster), ...keys), {});
  });

  it("tells the standby where its data comes from, and the primary nothing of the kind", () => {
    assert.deepEqual(clusters("sourceRegion", "replicationSourceIdentifier"), [
      {},
      { sourceRegion: "us-east-1" },
    ]);
  });

  it("leaves alone in both members what a switchover or an upgrade changes", () => {
    const ignored = [
      "databaseName",
      "engineVersion",
      "globalClusterIdentifier",
      "masterUsername",
      "replicationSourceIdentifier",
      "sourceRegion",
    ];
    assert.deepEqual(
      members.map((member) => member.only(types.cluster).options.ignoreChanges),
      [ignored, ignored],
    );
    assert.deepEqual(
      members.flatMap((member) =>
        member.all(types.clusterInstance).map(({ options }) => options.ignoreChanges),
      ),
      [["engineVersion"], ["engineVersion"], ["engineVersion"]],
    );
  });

  it("has the same version in the global database and in both members", () => {
    const engine = { engine: "aurora-postgresql", engineVersion: "16.8" };
    assert.deepEqual(clusters("engine", "engineVersion"), [engine, engine]);
    assert.deepEqual(inputsOf(inPrimary.only(types.global), "engine", "engineVersion"), engine);
    assert.equal(inPrimary.only(types.global).options.ignoreChanges, undefined);
  });

  it("encrypts the global database and every member, each with its own region's key", () => {
    assert.equal(inPrimary.only(types.global).inputs["storageEncrypted"], true);
    assert.deepEqual(clusters("storageEncrypted", "kmsKeyId"), [
      { storageEncrypted: true, kmsKeyId: keyArn(primary) },
      { storageEncrypted: true, kmsKeyId: keyArn(standby) },
    ]);
  });

  it("leaves unset what a global database takes badly", () => {
    const left = [
      "availabilityZones",
      "manageMasterUserPassword",
      "masterUserSecretKmsKeyId",
      "snapshotIdentifier",
      "restoreToPointInTime",
      "engineMode",
      "applyImmediately",
    ];
    assert.deepEqual(clusters(...left), [{}, {}]);
  });

  it("stops commits at the same lag in both members, where that is asked for", async () => {
    const bound = { name: "rds.global_db_rpo", value: "20", applyMethod: "immediate" };
    for (const args of [auroraPrimaryArgs, auroraStandbyArgs]) {
      const blocking = await auroraOf({ ...args, blockCommitsAtLagSeconds: 20 });
      const parameters = blocking.only(types.clusterParameters).inputs["parameters"] as unknown[];
      assert.equal(parameters.length, 3);
      assert.deepEqual(parameters[2], bound);
    }
  });

  it("is wholly in its region", () => {
    assert.deepEqual(
      members.map((member) => [...new Set(ofAws(member.resources).map(({ region }) => region))]),
      [["us-east-1"], ["us-west-2"]],
    );
  });
});
