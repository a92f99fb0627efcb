import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Administrator } from "../../../components/database/administrator";
import { type Declared, declared, primary, tags } from "../../support/declared";
import {
  countsByType,
  deletable,
  kept,
  ofAws,
  type Registered,
  registered,
  waitsFor,
} from "../inspection";
import { administratorArgs, keyArn } from "../minimalArgs";
import { types } from "./types";

describe("Administrator", () => {
  let inProduction: Declared;

  before(async () => {
    inProduction = await declared((options) => {
      new Administrator("database-administrator", administratorArgs, options);
    });
  });

  it("declares one password and one secret with its value", () => {
    assert.deepEqual(countsByType(inProduction.resources), {
      [types.administrator]: 1,
      [types.password]: 1,
      [types.secret]: 1,
      [types.secretValue]: 1,
    });
  });

  it("has a long password without the characters that RDS refuses", () => {
    const { length, overrideSpecial } = inProduction.only(types.password).inputs;
    assert.equal(length, 32);
    assert.equal(/[/@"'\s]/.test(String(overrideSpecial)), false);
    assert.equal(String(overrideSpecial).length >= 10, true);
  });

  it("gets another password when the date of its rotation changes, and only then", async () => {
    assert.deepEqual(inProduction.only(types.password).inputs["keepers"], {
      rotated: "2026-11-01",
    });
    const rotated = await declared((options) => {
      new Administrator(
        "database-administrator",
        { ...administratorArgs, passwordRotated: "2027-02-01" },
        options,
      );
    });
    assert.deepEqual(rotated.only(types.password).inputs["keepers"], { rotated: "2027-02-01" });
  });

  it("keeps the secret under the key for secrets, with a replica under the standby's", () => {
    assert.deepEqual(inProduction.only(types.secret).inputs, {
      name: "market-scanning/database-administrator",
      description: "Administrator of the database of market-scanning",
      kmsKeyId: keyArn(primary),
      recoveryWindowInDays: 30,
      forceOverwriteReplicaSecret: false,
      replicas: [{ region: "us-west-2", kmsKeyId: "alias/market-scanning-secrets-us-west-2" }],
      tags: { ...tags, "trading-dr:purpose": "secrets" },
    });
  });

  it("offers the password as a secret, which stays one wherever it is used", async () => {
    let isSecret: Promise<boolean> | undefined;
    await declared((options) => {
      const { password } = new Administrator("administrator", administratorArgs, options);
      isSecret = pulumi.isSecret(password());
    });
    assert.equal(await isSecret, true);
  });

  it("protects the secret and its value", () => {
    assert.deepEqual(deletable(ofAws(inProduction.resources)), []);
  });

  it("has the protected secret wait for the password, which a refused destroy then leaves alone", () => {
    const secret = inProduction.only(types.secret);
    assert.equal(waitsFor(secret, inProduction.only(types.password)), true);
  });

  it("deletes a sandbox's secret at once", async () => {
    const sandbox = await declared((options) => {
      new Administrator(
        "database-administrator",
        { ...administratorArgs, disposable: true },
        options,
      );
    });
    assert.equal(sandbox.only(types.secret).inputs["recoveryWindowInDays"], 0);
    assert.deepEqual(kept(sandbox.resources), []);
  });

  describe("once the password is known", () => {
    const password = "Tr0ub4dor&3-and-a-horse";
    let resources: Registered[];

    before(async () => {
      resources = await registered(
        () => {
          new Administrator("database-administrator", administratorArgs);
        },
        { [types.password]: { result: password }, [types.secret]: { arn: "arn:of:secret" } },
      );
    });

    it("shows it nowhere in the clear", () => {
      assert.equal(resources.length, 4);
      assert.equal(JSON.stringify(resources).includes(password), false);
    });

    it("offers the ARN of the secret, and nothing else", () => {
      const component = resources.find(({ type }) => type === types.administrator);
      assert.deepEqual(component?.outputs, { secretArn: "arn:of:secret" });
    });

    it("puts it into the secret's value, as a secret", () => {
      const value = resources.find(({ type }) => type === types.secretValue);
      assert.deepEqual(value?.inputs, {
        secretId: "database-administrator-id",
        secretString: "[secret]",
      });
    });
  });
});
