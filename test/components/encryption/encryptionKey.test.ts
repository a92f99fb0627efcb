import assert from "node:assert/strict";
import { EncryptionKey } from "../../../components/encryption/encryptionKey";
import { keyPolicy } from "../../../components/encryption/keyPolicy";
import { type Declared, declared, primary, standby, tags } from "../../support/declared";
import { countsByType, deletable, inputsOf, kept, ofAws } from "../inspection";
import { encryptionKeyArgs } from "../minimalArgs";

const keyType = "aws:kms/key:Key";
const aliasType = "aws:kms/alias:Alias";

describe("EncryptionKey", () => {
  let inProduction: Declared;
  let inSandbox: Declared;

  before(async () => {
    inProduction = await declared((options) => {
      new EncryptionKey("key-records", encryptionKeyArgs, options);
    });
    inSandbox = await declared((options) => {
      new EncryptionKey("key-records", { ...encryptionKeyArgs, disposable: true }, options);
    });
  });

  it("declares one key and one alias", () => {
    assert.deepEqual(countsByType(inProduction.resources), {
      "trading-dr:encryption:EncryptionKey": 1,
      [keyType]: 1,
      [aliasType]: 1,
    });
  });

  it("rotates the key every year", () => {
    assert.deepEqual(
      inputsOf(inProduction.only(keyType), "enableKeyRotation", "rotationPeriodInDays"),
      { enableKeyRotation: true, rotationPeriodInDays: 365 },
    );
  });

  it("leaves 30 days to notice that the key is to be deleted", () => {
    assert.equal(inProduction.only(keyType).inputs["deletionWindowInDays"], 30);
  });

  it("keeps the key in one region", () => {
    const key = inProduction.only(keyType);
    assert.equal("multiRegion" in key.inputs, false);
    assert.equal(key.region, "us-east-1");
  });

  it("never bypasses KMS's own check against locking everybody out", () => {
    assert.equal("bypassPolicyLockoutSafetyCheck" in inProduction.only(keyType).inputs, false);
  });

  it("says what the key is for, in its description and tags", () => {
    assert.deepEqual(inputsOf(inProduction.only(keyType), "description", "tags"), {
      description: "market-scanning: records",
      tags: { ...tags, "trading-dr:purpose": "encryption" },
    });
  });

  it("gives the key the policy of its users", async () => {
    const users = [{ kind: "through-service", service: "rds" }] as const;
    const withUsers = await declared((options) => {
      new EncryptionKey(
        "key-database",
        { ...encryptionKeyArgs, purpose: "database", users },
        options,
      );
    });
    assert.equal(withUsers.only(keyType).inputs["policy"], keyPolicy(primary, users, false));
  });

  it("names the key by an alias that other stacks can work out", async () => {
    assert.equal(
      inProduction.only(aliasType).inputs["name"],
      "alias/market-scanning-records-us-east-1",
    );
    const inStandby = await declared((options) => {
      new EncryptionKey("key-records", { ...encryptionKeyArgs, place: standby }, options);
    }, "us-west-2");
    assert.equal(
      inStandby.only(aliasType).inputs["name"],
      "alias/market-scanning-records-us-west-2",
    );
    assert.equal(inStandby.only(keyType).region, "us-west-2");
  });

  it("protects the key and the alias, without which locked data could not be read", () => {
    assert.deepEqual(deletable(ofAws(inProduction.resources)), []);
  });

  it("lets a sandbox's key go after 7 days", () => {
    const key = inSandbox.only(keyType);
    assert.equal(key.inputs["deletionWindowInDays"], 7);
    assert.equal(key.inputs["policy"], keyPolicy(primary, [], true));
    assert.deepEqual(kept(inSandbox.resources), []);
  });

  it("offers the alias as an output", () => {
    assert.equal(
      inProduction.only("trading-dr:encryption:EncryptionKey").outputs?.["alias"],
      "alias/market-scanning-records-us-east-1",
    );
  });
});
