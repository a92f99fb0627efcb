import assert from "node:assert/strict";
import { cacheUsers } from "../../../components/cache/accessControl";
import { CacheCredentials } from "../../../components/cache/cacheCredentials";
import { type Declared, declared } from "../../support/declared";
import { countsByType, registered } from "../inspection";
import { cacheCredentialsArgs } from "../minimalArgs";
import { types } from "./types";

describe("CacheCredentials", () => {
  let credentials: Declared;

  before(async () => {
    credentials = await declare("2026-11-01");
  });

  async function declare(passwordsRotated: string): Promise<Declared> {
    return declared((options) => {
      new CacheCredentials("credentials", { ...cacheCredentialsArgs, passwordsRotated }, options);
    });
  }

  it("makes a password for each user, and a Secret for each reader", () => {
    assert.deepEqual(countsByType(credentials.resources), {
      "trading-dr:cache:CacheCredentials": 1,
      [types.password]: cacheUsers.length,
      [types.secret]: 4,
    });
    assert.deepEqual(
      credentials.all(types.password).map(({ inputs }) => inputs),
      cacheUsers.map(() => ({ length: 40, special: false, keepers: { rotated: "2026-11-01" } })),
    );
  });

  it("makes others when the date of rotation changes, and only then", async () => {
    const rotated = await declare("2027-02-01");
    for (const { inputs } of rotated.all(types.password)) {
      assert.deepEqual(inputs["keepers"], { rotated: "2027-02-01" });
    }
  });

  it("shows no password, known or not", async () => {
    for (const { inputs } of credentials.all(types.secret)) {
      assert.equal(inputs["stringData"], "[secret]");
    }
    const password = "Tr0ub4dor3andahorse";
    const resources = await registered(
      () => {
        new CacheCredentials("credentials", cacheCredentialsArgs);
      },
      { [types.password]: { result: password } },
    );
    assert.equal(resources.length, 1 + cacheUsers.length + 4);
    assert.equal(JSON.stringify(resources).includes(password), false);
  });
});
