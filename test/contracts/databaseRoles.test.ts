import assert from "node:assert/strict";
import { join } from "node:path";
import { systemIds } from "../../config/configuration";
import {
  auditSchema,
  auditTables,
  databaseRoleName,
  databaseRoles,
} from "../../contracts/databaseRoles";
import { backupDatabaseUser } from "../../contracts/jobs";
import { projectDirectory } from "../support/projectCopy";

/** What PostgreSQL takes without quotes, and keeps whole. */
const plainName = /^[a-z_][a-z0-9_]{0,62}$/;

describe("roles in the database", () => {
  it("are called by the system and what they are for", () => {
    assert.deepEqual(
      databaseRoles.map((role) => databaseRoleName("market-scanning", role)),
      [
        "market_scanning_backup",
        "market_scanning_verify",
        "market_scanning_event_writer",
        "market_scanning_audit_reader",
        "market_scanning_audit_owner",
      ],
    );
  });

  it("include the user that the jobs take backups as", () => {
    assert.equal(
      databaseRoleName("market-scanning", "backup"),
      backupDatabaseUser("market-scanning"),
    );
  });

  it("need no quotes, whatever the system, as long as its id may be", () => {
    const ids = [
      ...systemIds(join(projectDirectory, "systems")),
      "a".repeat(15),
      "a-b-c-d-e-f-g-h",
    ];
    const names = ids.flatMap((id) => databaseRoles.map((role) => databaseRoleName(id, role)));
    assert.deepEqual(
      [...names, auditSchema, ...auditTables].filter((name) => !plainName.test(name)),
      [],
    );
  });

  it("differ from system to system", () => {
    const names = systemIds(join(projectDirectory, "systems")).flatMap((id) =>
      databaseRoles.map((role) => databaseRoleName(id, role)),
    );
    assert.equal(new Set(names).size, names.length);
  });
});
