import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadSystem } from "../../config/configuration";
import { databaseOf } from "../../config/generations";
import {
  auditSchema,
  auditTables,
  type DatabaseRole,
  databaseRoleName,
} from "../../contracts/databaseRoles";
import { physicalName } from "../../contracts/names";
import { projectDirectory } from "../support/projectCopy";
import { primary, standby } from "../support/declared";
import { type Answer, DatabaseServer, needsPostgresql } from "../support/databaseServer";
import { Deployment, type Outcome } from "./deployment";
import { assertOnly, assertRefused, needsEngine, pulumi } from "./engine";
import { assertParity } from "./parity";
import { plantSecret, secretValue } from "./standIn/secrets";

const { system } = primary;
const stackFile = "Pulumi.access.yaml";
const store = databaseOf(loadSystem(system, join(projectDirectory, "systems")));
const database = store?.databaseName ?? "";
const administrator = store?.administrator ?? "";
/** As the stack's file names them. */
const writerHost = "market-scanning-database.global-0a1b2c3d4e5f.global.rds.amazonaws.com";
const application = "market_scanner";

const administratorsPassword = "0fTheAdministrator";
const applicationLogin = { role: application, password: "of the application", database };
const strangersLogin = { role: "stranger", password: "of a stranger", database };

/**
 * A deployment that finds the administrator's login where `prod` puts it, and a server where the stack's
 * file says that the writer is, with what the applications have made in it.
 */
async function deploymentBesideWriter(): Promise<[Deployment, DatabaseServer]> {
  const server = await DatabaseServer.start(writerHost);
  server.makeDatabase(database, administrator, administratorsPassword);
  server.asSuperuser(
    database,
    `CREATE ROLE ${application} LOGIN PASSWORD '${applicationLogin.password}';
     CREATE ROLE stranger LOGIN PASSWORD '${strangersLogin.password}';
     -- As in databases that were made before version 15.
     GRANT CREATE ON SCHEMA public TO PUBLIC;
     CREATE SCHEMA trading AUTHORIZATION ${application};
     CREATE TABLE trading.trades (id int PRIMARY KEY, price numeric);
     ALTER TABLE trading.trades OWNER TO ${application};
     INSERT INTO trading.trades VALUES (1, 100), (2, 101);
     ANALYZE trading.trades;`,
  );
  const deployment = new Deployment(system, pulumi());
  const login = { username: administrator, password: administratorsPassword };
  plantSecret(deployment.world, standby, secretNames.administrator, JSON.stringify(login));
  // The name is the same; the port is not, and neither is who vouches for the server.
  deployment.edit(
    stackFile,
    "certificateFile: global-bundle.pem",
    `port: ${String(server.port)}\n    certificateFile: ${server.certificateFile}`,
  );
  return [deployment, server];
}

function stepsOf({ steps }: Outcome): string[] {
  return steps.map(({ operation, urn }) => `${operation} ${String(urn.split("::").pop())}`);
}

/** Names of secrets, in which logins are. */
const secretNames = {
  administrator: physicalName("secret", "database-administrator", primary),
  "audit-reader": physicalName("secret", "database-audit-reader-login", standby),
};

describe("access to the database on a real engine and a real PostgreSQL", function () {
  this.timeout("5m");
  needsEngine();
  needsPostgresql();
  let deployment: Deployment;
  let server: DatabaseServer;
  const address = process.env["PGHOSTADDR"];

  before(async () => {
    [deployment, server] = await deploymentBesideWriter();
    // What the name resolves to, which is what a certificate is checked for.
    process.env["PGHOSTADDR"] = "127.0.0.1";
  });

  after(async () => {
    if (address === undefined) {
      delete process.env["PGHOSTADDR"];
    } else {
      process.env["PGHOSTADDR"] = address;
    }
    deployment.close();
    await server.close();
  });

  /** The password in a secret, as the standby region has it. */
  const passwordOf = (login: keyof typeof secretNames): string => {
    const value = String(secretValue(deployment.world, standby, secretNames[login]));
    return (JSON.parse(value) as { password: string }).password;
  };

  /** Runs statements as one of the stack's roles, which logs in by a token or by its password. */
  const as = (role: DatabaseRole, statements: string): Answer =>
    server.as(
      {
        role: databaseRoleName(system, role),
        database,
        ...(role === "audit-reader" ? { password: passwordOf(role) } : {}),
      },
      statements,
    );

  const can = (role: DatabaseRole, statements: string): string => {
    const { status, output, errors } = as(role, statements);
    assert.equal(status, 0, `${role}: ${statements}: ${errors}`);
    return output;
  };

  const cannot = (role: DatabaseRole, statements: string, reason: RegExp): void => {
    const { status, errors } = as(role, statements);
    assert.notEqual(status, 0, `${role} may: ${statements}`);
    assert.match(errors, reason);
  };

  const [catalog, log] = auditTables.map((table) => `${auditSchema}.${table}`);

  it("is given in one deployment", async () => {
    const outcome = await deployment.up("access");
    assertOnly(outcome, "create");
    assert.deepEqual(outcome.warnings, []);
  });

  it("has no change left, nor after a refresh", async () => {
    assertOnly(await deployment.preview("access"), "same");
    assertOnly(await deployment.refresh("access"), "same");
    assertOnly(await deployment.preview("access"), "same");
  });

  it("is what the in-process preview says", async () => {
    await assertParity(deployment, "access");
  });

  it("makes roles with no attribute beside what they are for", () => {
    const roles = server.asSuperuser(
      database,
      `SELECT rolname, rolcanlogin, rolconnlimit, rolpassword IS NOT NULL,
         rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls,
         ARRAY(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = oid ORDER BY 1)
       FROM pg_authid WHERE rolname LIKE 'market_scanning_%' ORDER BY rolname`,
    );
    assert.deepEqual(roles.split("\n"), [
      "market_scanning_audit_owner|f|-1|f|f|{}",
      "market_scanning_audit_reader|t|5|t|f|{}",
      "market_scanning_backup|t|12|f|f|{pg_read_all_data,rds_iam}",
      "market_scanning_event_writer|t|10|f|f|{rds_iam}",
      "market_scanning_verify|t|2|f|f|{rds_iam}",
    ]);
  });

  it("lets the administrator make the schema's tables in the owner's name, and the owner not log in", () => {
    const login = { role: administrator, password: administratorsPassword, database };
    const owner = databaseRoleName(system, "audit-owner");
    const { status, errors } = server.as(
      login,
      `SET ROLE ${owner};
       CREATE TABLE ${String(catalog)} (
         id bigserial PRIMARY KEY, object_key text UNIQUE, noted timestamptz DEFAULT now());
       CREATE TABLE ${String(log)} (
         id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text);`,
    );
    assert.equal(status, 0, errors);
    server.asSuperuser(database, `ALTER ROLE ${owner} PASSWORD 'given by hand'`);
    const refused = server.as({ role: owner, password: "given by hand", database }, "SELECT 1");
    assert.match(refused.errors, /role "market_scanning_audit_owner" is not permitted to log in/);
    server.asSuperuser(database, `ALTER ROLE ${owner} PASSWORD NULL`);
  });

  describe("the role for backups", () => {
    it("reads every table of every schema, those that are made later too", () => {
      assert.equal(can("backup", "SELECT count(*) FROM trading.trades"), "2");
      assert.equal(can("backup", `SELECT count(*) FROM ${String(catalog)}`), "0");
      server.asSuperuser(
        database,
        `CREATE SCHEMA later AUTHORIZATION ${application};
         CREATE TABLE later.orders AS SELECT 7 AS id;
         ALTER TABLE later.orders OWNER TO ${application};`,
      );
      assert.equal(can("backup", "SELECT id FROM later.orders"), "7");
    });

    it("takes a whole dump, with the audit schema in it", () => {
      const { status, output, errors } = server.dump({
        role: databaseRoleName(system, "backup"),
        database,
      });
      assert.equal(status, 0, errors);
      for (const table of ["trading.trades", "later.orders", String(catalog), String(log)]) {
        assert.ok(output.includes(`COPY ${table} `), table);
      }
    });

    for (const statement of [
      "INSERT INTO trading.trades VALUES (3, 1)",
      "UPDATE trading.trades SET price = 0",
      "DELETE FROM trading.trades",
      "TRUNCATE trading.trades",
      `INSERT INTO ${auditSchema}.backup_audit_log (what) VALUES ('x')`,
      "CREATE TABLE public.copy AS SELECT 1",
      "CREATE TEMPORARY TABLE copy AS SELECT 1",
      "CREATE SCHEMA mine",
      "CREATE ROLE friend",
      "SET ROLE market_scanning_audit_owner",
    ]) {
      it(`may not: ${statement}`, () => {
        cannot("backup", statement, /permission denied/);
      });
    }
  });

  describe("the role for verification", () => {
    it("sees which tables there are, and about how many rows they have", () => {
      assert.equal(can("verify", "SELECT reltuples FROM pg_class WHERE relname = 'trades'"), "2");
    });

    for (const statement of [
      "SELECT * FROM trading.trades",
      `SELECT * FROM ${auditSchema}.backup_catalog`,
      `INSERT INTO ${auditSchema}.backup_audit_log (what) VALUES ('x')`,
      "CREATE TABLE public.copy AS SELECT 1",
      "CREATE TEMPORARY TABLE copy AS SELECT 1",
    ]) {
      it(`may not: ${statement}`, () => {
        cannot("verify", statement, /permission denied/);
      });
    }
  });

  describe("the role that writes events", () => {
    it("adds rows to tables that were made after it, and once only where a key says so", () => {
      can("event-writer", `INSERT INTO ${String(log)} (what) VALUES ('backup taken')`);
      for (let time = 0; time < 2; time += 1) {
        can(
          "event-writer",
          `INSERT INTO ${String(catalog)} (object_key) VALUES ('a/b') ON CONFLICT DO NOTHING`,
        );
      }
      assert.equal(server.asSuperuser(database, `SELECT count(*) FROM ${String(catalog)}`), "1");
    });

    for (const statement of [
      `SELECT * FROM ${auditSchema}.backup_catalog`,
      `INSERT INTO ${auditSchema}.backup_audit_log (what) VALUES ('x') RETURNING id`,
      `INSERT INTO ${auditSchema}.backup_catalog (object_key) VALUES ('a/b') ON CONFLICT (object_key) DO UPDATE SET noted = now()`,
      `UPDATE ${auditSchema}.backup_audit_log SET what = 'nothing'`,
      `DELETE FROM ${auditSchema}.backup_audit_log`,
      `TRUNCATE ${auditSchema}.backup_audit_log`,
      `CREATE TABLE ${auditSchema}.mine (id int)`,
      `SELECT setval('${auditSchema}.backup_catalog_id_seq', 1)`,
      "SELECT * FROM trading.trades",
      "INSERT INTO trading.trades VALUES (3, 1)",
      "CREATE TEMPORARY TABLE copy AS SELECT 1",
    ]) {
      it(`may not: ${statement}`, () => {
        cannot("event-writer", statement, /permission denied/);
      });
    }

    it("may not: alter or drop what it adds to", () => {
      for (const verb of [`DROP TABLE ${String(log)}`, `ALTER TABLE ${String(log)} DROP what`]) {
        cannot("event-writer", verb, /must be owner of table backup_audit_log/);
      }
    });
  });

  describe("the role that reads the audit", () => {
    it("reads tables that were made after it", () => {
      assert.equal(can("audit-reader", `SELECT what FROM ${String(log)}`), "backup taken");
      assert.equal(can("audit-reader", `SELECT object_key FROM ${String(catalog)}`), "a/b");
    });

    for (const statement of [
      "SELECT * FROM trading.trades",
      `INSERT INTO ${auditSchema}.backup_audit_log (what) VALUES ('x')`,
      `UPDATE ${auditSchema}.backup_audit_log SET what = 'nothing'`,
      `DELETE FROM ${auditSchema}.backup_audit_log`,
      `SELECT nextval('${auditSchema}.backup_catalog_id_seq')`,
      "CREATE TEMPORARY TABLE copy AS SELECT 1",
    ]) {
      it(`may not: ${statement}`, () => {
        cannot("audit-reader", statement, /permission denied/);
      });
    }
  });

  describe("everybody else", () => {
    it("goes on as before, if it is an application that the stack's file names", () => {
      const answer = server.as(
        applicationLogin,
        `INSERT INTO trading.trades VALUES (4, 99);
         CREATE TEMPORARY TABLE scratch AS SELECT * FROM trading.trades;
         SELECT count(*) FROM scratch;`,
      );
      assert.deepEqual(answer, { status: 0, output: "3", errors: "" });
      const { errors } = server.as(applicationLogin, "CREATE TABLE public.mine (id int)");
      assert.match(errors, /permission denied for schema public/);
    });

    it("cannot even connect, if it is not", () => {
      const { errors } = server.as(strangersLogin, "SELECT 1");
      assert.match(errors, /permission denied for database "market_scanning"/);
    });
  });

  describe("from day to day", () => {
    it("takes back what was granted by hand", async () => {
      const writer = databaseRoleName(system, "event-writer");
      server.asSuperuser(
        database,
        `GRANT CREATE ON SCHEMA ${auditSchema} TO ${writer};
         GRANT CONNECT ON DATABASE ${database} TO PUBLIC;
         ALTER ROLE ${databaseRoleName(system, "audit-owner")} LOGIN;
         ALTER ROLE ${databaseRoleName(system, "backup")} CREATEROLE;`,
      );
      const outcome = await deployment.up("access", { refresh: true });
      assert.deepEqual(stepsOf(outcome).sort(), [
        "update audit-schema-owner",
        "update audit-schema-writer",
        "update login-backup-role",
        "update public-privileges-database",
      ]);
      cannot("event-writer", `CREATE TABLE ${auditSchema}.mine (id int)`, /permission denied/);
      const { errors } = server.as(strangersLogin, "SELECT 1");
      assert.match(errors, /permission denied for database/);
      assertOnly(await deployment.preview("access", { refresh: true }), "same");
    });

    it("has nothing to change when the writer moves, and can be changed while us-east-1 is gone", async () => {
      const file = `systems/${system}.yaml`;
      deployment.edit(file, "active: us-east-1", "active: us-west-2");
      deployment.world.unreachable = ["us-east-1"];
      try {
        assertOnly(await deployment.preview("access", { refresh: true }), "same");
        deployment.edit(stackFile, "2026-11-01", "2026-11-15");
        assert.ok((await deployment.up("access")).steps.length > 0);
        can("event-writer", `INSERT INTO ${String(log)} (what) VALUES ('still here')`);
      } finally {
        deployment.world.unreachable = [];
        deployment.edit(file, "active: us-west-2", "active: us-east-1");
      }
      assertOnly(await deployment.preview("access"), "same");
    });
  });

  describe("when passwords are rotated", () => {
    const login = (password: string): Answer =>
      server.as(
        { role: databaseRoleName(system, "audit-reader"), password, database },
        `SELECT count(*) FROM ${String(log)}`,
      );

    it("changes passwords and nothing else, in the database first", async () => {
      const reader = passwordOf("audit-reader");
      deployment.edit(stackFile, "2026-11-15", "2027-02-01");
      const done = stepsOf(await deployment.up("access"));
      const expected = ["audit-reader"].flatMap((role) => [
        ...["create-replacement", "replace", "delete-replaced"].map(
          (operation) => `${operation} login-${role}-password`,
        ),
        `update login-${role}-role`,
        ...["create-replacement", "replace", "delete-replaced"].map(
          (operation) => `${operation} login-${role}-value`,
        ),
      ]);
      assert.deepEqual([...done].sort(), [...expected].sort());
      for (const role of ["audit-reader"]) {
        assert.ok(
          done.indexOf(`update login-${role}-role`) <
            done.indexOf(`create-replacement login-${role}-value`),
          done.join(", "),
        );
      }
      assert.notEqual(passwordOf("audit-reader"), reader);
      assert.match(login(reader).errors, /password authentication failed/);
      assert.equal(login(passwordOf("audit-reader")).status, 0);
      assertOnly(await deployment.preview("access"), "same");
    });

    it("leaves the password that works in the secret, if the database does not answer", async () => {
      const before = passwordOf("audit-reader");
      const impostor = await DatabaseServer.start(writerHost);
      const port = `port: ${String(server.port)}`;
      const files = [server.certificateFile, impostor.certificateFile] as const;
      const failures: readonly (readonly [string, string, RegExp])[] = [
        [port, "port: 1", /Connection refused/],
        // Somebody else answers, with a certificate of his own for the same name.
        [...files, /certificate verify failed/],
        [files[0], "missing.pem", /there is no file missing\.pem, which trading-dr:writer\./],
      ];
      deployment.edit(stackFile, "2027-02-01", "2027-03-01");
      try {
        for (const [sound, broken, reason] of failures) {
          deployment.edit(stackFile, sound, broken);
          await assertRefused(deployment.up("access"), reason);
          assert.equal(passwordOf("audit-reader"), before);
          assert.equal(login(before).status, 0);
          deployment.edit(stackFile, broken, sound);
        }
      } finally {
        await impostor.close();
      }
      await deployment.up("access");
      assert.notEqual(passwordOf("audit-reader"), before);
      assert.equal(login(passwordOf("audit-reader")).status, 0);
      assertOnly(await deployment.preview("access"), "same");
    });
  });

  describe("in the end", () => {
    it("shows no password in its state", () => {
      const text = readFileSync(deployment.host.stateFile("access"), "utf8");
      assert.ok(text.includes(databaseRoleName(system, "event-writer")));
      for (const login of ["administrator", "audit-reader"] as const) {
        assert.ok(!text.includes(passwordOf(login)), login);
      }
    });

    it("refuses to be destroyed, and nobody loses anything", async () => {
      await assertRefused(deployment.previewDestroy("access"), /cannot be deleted/);
      await assertRefused(deployment.destroy("access"), /cannot be deleted/);
      can("backup", "SELECT count(*) FROM trading.trades");
      can("verify", "SELECT 1");
      can("event-writer", `INSERT INTO ${String(log)} (what) VALUES ('still here')`);
      can("audit-reader", `SELECT count(*) FROM ${String(log)}`);
      const { status } = server.as(applicationLogin, "SELECT 1");
      assert.equal(status, 0);
    });
  });
});

describe("access to a sandbox's database", function () {
  this.timeout("2m");
  needsEngine();
  needsPostgresql();

  it("is taken away again, with all roles, and leaves nothing but what was there", async () => {
    const [deployment, server] = await deploymentBesideWriter();
    process.env["PGHOSTADDR"] = "127.0.0.1";
    try {
      deployment.edit(stackFile, "role: access", "role: access\n  trading-dr:profile: sandbox");
      assertOnly(await deployment.up("access"), "create");
      assertOnly(await deployment.destroy("access"), "delete");
      assert.equal(
        server.asSuperuser(
          database,
          "SELECT rolname FROM pg_roles WHERE rolname LIKE 'market_scanning_%'",
        ),
        "",
      );
      assert.deepEqual(
        deployment.world
          .everything()
          .map(({ id }) => id)
          .filter((id) => !id.startsWith(secretNames.administrator)),
        [],
      );
    } finally {
      delete process.env["PGHOSTADDR"];
      deployment.close();
      await server.close();
    }
  });
});
