import assert from "node:assert/strict";
import {
  PublicPrivileges,
  publicPrivilegesProblems,
} from "../../../components/access/publicPrivileges";
import { type Declared, declared } from "../../support/declared";
import { waitsFor } from "../inspection";
import { publicPrivilegesArgs } from "../minimalArgs";
import { types } from "./types";

describe("PublicPrivileges", () => {
  let privileges: Declared;

  before(async () => {
    privileges = await declared((options) => {
      new PublicPrivileges("everybody", publicPrivilegesArgs, options);
    });
  });

  const inDatabase = { database: "market_scanning", objectType: "database" };

  it("leave everybody nothing in the database, and the applications what they had", () => {
    assert.deepEqual(
      privileges.all(types.grant).map(({ name, inputs }) => [name, inputs]),
      [
        [
          "everybody-role-market_scanner",
          { role: "market_scanner", ...inDatabase, privileges: ["CONNECT", "TEMPORARY"] },
        ],
        [
          "everybody-role-market_reporter",
          { role: "market_reporter", ...inDatabase, privileges: ["CONNECT", "TEMPORARY"] },
        ],
        ["everybody-database", { role: "public", ...inDatabase, privileges: [] }],
        [
          "everybody-schema",
          {
            role: "public",
            database: "market_scanning",
            schema: "public",
            objectType: "schema",
            privileges: ["USAGE"],
          },
        ],
      ],
    );
  });

  it("come one after another, what is granted before what is revoked", () => {
    const grants = privileges.all(types.grant);
    for (const [index, grant] of grants.slice(1).entries()) {
      assert.ok(waitsFor(grant, grants[index] ?? grant), grant.name);
    }
  });

  it("are protected, and gone once they are not", () => {
    for (const { options } of privileges.all(types.grant)) {
      assert.equal(options.protect, true);
      assert.equal(options.retainOnDelete, undefined);
    }
  });

  describe("are refused with", () => {
    const cases: readonly (readonly [string, readonly string[], string])[] = [
      [
        "no application",
        [],
        "applicationRoles must name at least one role, or no application could connect",
      ],
      [
        "an application twice",
        ["market_scanner", "market_scanner"],
        "applicationRoles must name each role once, got market_scanner, market_scanner",
      ],
      [
        "everybody as an application",
        ["public"],
        'applicationRoles must not name "public", which stands for every role',
      ],
    ];
    for (const [what, applicationRoles, message] of cases) {
      it(what, () => {
        const args = { ...publicPrivilegesArgs, applicationRoles };
        assert.deepEqual(publicPrivilegesProblems(args), [message]);
        assert.throws(
          () => new PublicPrivileges("everybody", args),
          new RangeError(`PublicPrivileges 'everybody': ${message}`),
        );
      });
    }

    it("nothing, if they are sound", () => {
      assert.deepEqual(publicPrivilegesProblems(publicPrivilegesArgs), []);
    });
  });
});
