import assert from "node:assert/strict";
import {
  type CachePasswords,
  cacheUsers,
  sentinelUsers,
  serverUsers,
} from "../../../components/cache/accessControl";
import {
  CacheCredentials,
  clientSecret,
  sentinelSecret,
  serverSecret,
} from "../../../components/cache/cacheCredentials";
import { type Declared, declared } from "../../support/declared";
import { countsByType, registered } from "../inspection";
import { cacheCredentialsArgs } from "../minimalArgs";
import { types } from "./types";

describe("CacheCredentials", () => {
  let credentials: Declared;

  before(async () => {
    credentials = await declare("2026-11-01");
  });

  async function declare(...passwordsRotated: [string, ...string[]]): Promise<Declared> {
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
      cacheUsers.map(() => ({ length: 40, special: false })),
    );
  });

  it("makes others for another date, and keeps those of the date before as they were", async () => {
    const namesOf = (from: Declared) => from.all(types.password).map(({ name }) => name);
    const rotated = await declare("2027-02-01", "2026-11-01");
    const old = cacheUsers.map((user) => `credentials-${user}-2026-11-01`);
    assert.deepEqual(namesOf(credentials), old);
    assert.deepEqual(namesOf(rotated), [
      ...cacheUsers.map((user) => `credentials-${user}-2027-02-01`),
      ...old,
    ]);
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

  describe("gives", () => {
    const made = (prefix: string) =>
      Object.fromEntries(
        cacheUsers.map((user) => [user, `${prefix} ${user}`]),
      ) as unknown as CachePasswords;
    const accepted = [made("new"), made("old")];

    it("servers what their scripts log in with, and hashes", () => {
      assert.deepEqual(serverSecret(accepted), {
        "hand-over": "new hand-over",
        promotion: "new promotion",
        reload: "new reload",
        probe: "new probe",
        "users.acl": serverUsers(accepted),
        "metrics.json": '{"rediss://metrics@localhost:6379":"new metrics"}',
      });
    });

    it("Sentinels what they and their scripts log in with, and hashes", () => {
      assert.deepEqual(sentinelSecret(accepted, 26379), {
        sentinel: "new sentinel",
        promotion: "new promotion",
        reload: "new reload",
        probe: "new probe",
        "users.acl": sentinelUsers(accepted),
        "metrics.json": '{"rediss://metrics@localhost:26379":"new metrics"}',
      });
    });

    for (const user of ["application", "backup"] as const) {
      it(`clients of the kind ${user} their password, and where to ask`, () => {
        const sentinels = [
          { host: "a", port: 1 },
          { host: "b", port: 2 },
        ];
        assert.deepEqual(clientSecret(user, accepted, { masterName: "mymaster", sentinels }), {
          username: user,
          password: `new ${user}`,
          masterName: "mymaster",
          sentinels: "a:1,b:2",
        });
      });
    }
  });
});
