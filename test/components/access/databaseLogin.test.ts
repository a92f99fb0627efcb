import assert from "node:assert/strict";
import {
  DatabaseLogin,
  type DatabaseLoginArgs,
  databaseLoginProblems,
} from "../../../components/access/databaseLogin";
import { type PreviewedResource } from "../../../preview/inProcess";
import { secretMark } from "../../../preview/wireValue";
import { type Declared, declared, standby, tags } from "../../support/declared";
import { countsByType, type Registered, registered, waitsFor } from "../inspection";
import { passwordLoginArgs, tokenLoginArgs } from "../minimalArgs";
import { kept, running, types } from "./types";

function heldBy({ options }: PreviewedResource) {
  const { protect, retainOnDelete } = options;
  return {
    ...(protect === undefined ? {} : { protect }),
    ...(retainOnDelete === undefined ? {} : { retainOnDelete }),
  };
}

async function loginWith(args: DatabaseLoginArgs): Promise<Declared> {
  return declared((options) => {
    new DatabaseLogin("login", args, options);
  }, standby.region);
}

describe("DatabaseLogin", () => {
  describe("by a token", () => {
    let login: Declared;

    before(async () => {
      login = await loginWith({ ...tokenLoginArgs, memberOf: ["pg_read_all_data"] });
    });

    it("is a role and the right to connect, and has no secret", () => {
      assert.deepEqual(countsByType(login.resources), {
        [types.login]: 1,
        [types.role]: 1,
        [types.grant]: 1,
      });
      assert.deepEqual(login.only(types.login).outputs, { databaseName: "market_scanning" });
    });

    it("hands on the database, for what has to wait until the role may connect", async () => {
      const two = await declared((options) => {
        const { databaseName } = new DatabaseLogin("first", tokenLoginArgs, options);
        new DatabaseLogin("second", { ...tokenLoginArgs, databaseName }, options);
      });
      const [first, second] = two.all(types.grant);
      assert.ok(first && second);
      assert.equal(waitsFor(second, first), true);
    });

    it("is a role of RDS's for tokens and has no password, which the two would rule out", () => {
      assert.deepEqual(login.only(types.role).inputs, {
        name: "market_scanning_verify",
        login: true,
        connectionLimit: 2,
        roles: ["pg_read_all_data", "rds_iam"],
      });
    });

    it("may connect to one database, and is given nothing else there", () => {
      assert.deepEqual(login.only(types.grant).inputs, {
        role: "market_scanning_verify",
        database: "market_scanning",
        objectType: "database",
        privileges: ["CONNECT"],
      });
    });

    it("holds the role, and the right as long as it is protected", () => {
      assert.deepEqual(heldBy(login.only(types.role)), kept);
      assert.deepEqual(heldBy(login.only(types.grant)), running);
    });
  });

  describe("by a password", () => {
    let login: Declared;

    before(async () => {
      login = await loginWith(passwordLoginArgs);
    });

    it("is a role, a password, the right to connect, and a secret with its value", () => {
      assert.deepEqual(countsByType(login.resources), {
        [types.login]: 1,
        [types.password]: 1,
        [types.role]: 1,
        [types.grant]: 1,
        [types.secret]: 1,
        [types.secretValue]: 1,
      });
    });

    it("gives the role a password that the provider keeps nowhere, by the date of its rotation", () => {
      assert.deepEqual(login.only(types.role).inputs, {
        name: "market_scanning_event_writer",
        login: true,
        connectionLimit: 10,
        roles: [],
        passwordWo: secretMark,
        passwordWoVersion: "2026-11-01",
      });
    });

    it("has a long password without anything that a URL or a shell would read otherwise", () => {
      const { length, special, keepers } = login.only(types.password).inputs;
      assert.deepEqual(
        { length, special, keepers },
        { length: 40, special: false, keepers: { rotated: "2026-11-01" } },
      );
    });

    it("keeps the secret under the key for secrets, with a replica under the other region's", () => {
      assert.deepEqual(login.only(types.secret).inputs, {
        name: "market-scanning/database-audit-reader-login",
        description: "Login to the database of market-scanning",
        kmsKeyId: "alias/market-scanning-secrets-us-west-2",
        recoveryWindowInDays: 30,
        forceOverwriteReplicaSecret: false,
        replicas: [{ region: "us-east-1", kmsKeyId: "alias/market-scanning-secrets-us-east-1" }],
        tags: { ...tags, "trading-dr:purpose": "secrets" },
      });
      assert.deepEqual(login.only(types.secret).options.ignoreChanges, ["replicas"]);
    });

    it("changes the database before the secret", () => {
      assert.equal(waitsFor(login.only(types.secretValue), login.only(types.role)), true);
      assert.equal(waitsFor(login.only(types.role), login.only(types.secretValue)), false);
    });

    it("holds the secret and the role, and leaves old values to be", () => {
      assert.deepEqual(heldBy(login.only(types.secret)), kept);
      assert.deepEqual(heldBy(login.only(types.role)), kept);
      assert.deepEqual(heldBy(login.only(types.secretValue)), { retainOnDelete: true });
    });

    it("deletes a sandbox's secret at once", async () => {
      const sandbox = await loginWith({ ...passwordLoginArgs, disposable: true });
      assert.equal(sandbox.only(types.secret).inputs["recoveryWindowInDays"], 0);
    });
  });

  describe("once the password is known", () => {
    const password = "correcthorsebatterystaple";
    let resources: Registered[];

    before(async () => {
      resources = await registered(
        () => {
          new DatabaseLogin("login", passwordLoginArgs);
        },
        { [types.password]: { result: password }, [types.secret]: { arn: "arn:of:secret" } },
      );
    });

    it("shows it nowhere in the clear", () => {
      assert.equal(resources.length, 6);
      assert.equal(JSON.stringify(resources).includes(password), false);
    });

    it("offers the ARN of the secret, and nothing else of it", () => {
      const component = resources.find(({ type }) => type === types.login);
      assert.deepEqual(component?.outputs, {
        databaseName: "market_scanning",
        secretArn: "arn:of:secret",
      });
    });
  });

  describe("is refused with", () => {
    const { authentication } = passwordLoginArgs;
    const cases: readonly (readonly [string, DatabaseLoginArgs, string])[] = [
      [
        "a role that would have to be quoted",
        { ...tokenLoginArgs, roleName: "market-scanning" },
        'roleName must be lower-case letters, digits and underscores, at most 63, got "market-scanning"',
      ],
      [
        "a role whose name PostgreSQL would cut",
        { ...tokenLoginArgs, roleName: "a".repeat(64) },
        `roleName must be lower-case letters, digits and underscores, at most 63, got "${"a".repeat(64)}"`,
      ],
      [
        "sessions without a limit",
        { ...tokenLoginArgs, connectionLimit: -1 },
        "connectionLimit must be a whole number of sessions, at least 1, got -1",
      ],
      [
        "no session at all",
        { ...tokenLoginArgs, connectionLimit: 0 },
        "connectionLimit must be a whole number of sessions, at least 1, got 0",
      ],
      [
        "half a session",
        { ...tokenLoginArgs, connectionLimit: 1.5 },
        "connectionLimit must be a whole number of sessions, at least 1, got 1.5",
      ],
      [
        "a password that nobody could log in with",
        { ...passwordLoginArgs, memberOf: ["rds_iam"] },
        "memberOf must not name rds_iam, which authentication of kind iam adds, and which a password does not go with",
      ],
      [
        "a replica beside the secret",
        {
          ...passwordLoginArgs,
          authentication: {
            ...authentication,
            replica: { ...authentication.replica, region: "us-west-2" },
          },
        },
        'authentication.replica.region must differ from the secret\'s own, got "us-west-2"',
      ],
    ];
    for (const [what, args, message] of cases) {
      it(what, () => {
        assert.deepEqual(databaseLoginProblems(args), [message]);
        assert.throws(
          () => new DatabaseLogin("login", args),
          new RangeError(`DatabaseLogin 'login': ${message}`),
        );
      });
    }

    it("nothing, if it is sound", () => {
      assert.deepEqual(databaseLoginProblems({ ...tokenLoginArgs, connectionLimit: 1 }), []);
      assert.deepEqual(databaseLoginProblems(passwordLoginArgs), []);
    });
  });
});
