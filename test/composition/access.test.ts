import assert from "node:assert/strict";
import program from "../../index";
import { databaseOf } from "../../config/generations";
import { databaseRoleName, databaseRoles } from "../../contracts/databaseRoles";
import { previewReport, type StackReport } from "../../preview/report";
import { readStacks } from "../../preview/stacks";
import { secretMark, unknownMark } from "../../preview/wireValue";
import { projectDirectory } from "../support/projectCopy";

const types = {
  provider: "pulumi:providers:postgresql",
  aws: "pulumi:providers:aws",
  login: "trading-dr:access:DatabaseLogin",
  role: "postgresql:index/role:Role",
  grant: "postgresql:index/grant:Grant",
  membership: "postgresql:index/grantRole:GrantRole",
  secret: "aws:secretsmanager/secret:Secret",
};

/** An access stack after some edits to its settings. */
async function accessWith(system?: string, settings: object = {}): Promise<StackReport> {
  const [ready] = readStacks({
    directory: projectDirectory,
    stack: "access",
    ...(system === undefined ? {} : { system }),
  });
  assert.ok(ready);
  const edits = Object.entries(settings).map(([key, value]) => [
    `trading-dr:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const config = { ...ready.config, ...(Object.fromEntries(edits) as Record<string, string>) };
  const [stack] = (await previewReport(program, [{ ...ready, config }])).stacks;
  assert.ok(stack);
  return stack;
}

describe("access to the database of market-scanning", () => {
  let stack: StackReport;

  before(async () => {
    stack = await accessWith();
  });

  const all = (type: string) => stack.resources.filter((resource) => resource.type === type);
  const inputsOf = (type: string) => all(type).map(({ inputs }) => inputs);

  it("goes to the writer over TLS, by the administrator's login, which it looks up", () => {
    assert.deepEqual(inputsOf(types.provider), [
      {
        host: "market-scanning-database.global-0a1b2c3d4e5f.global.rds.amazonaws.com",
        port: "5432",
        database: "market_scanning",
        username: "scanning_admin",
        password: secretMark,
        superuser: "false",
        sslmode: "verify-full",
        sslrootcert: "global-bundle.pem",
        connectTimeout: "15",
      },
    ]);
  });

  it("has one provider for AWS, in the standby region and the trading account", () => {
    assert.deepEqual(
      inputsOf(types.aws).map(({ region, allowedAccountIds }) => [region, allowedAccountIds]),
      [["us-west-2", '["111122223333"]']],
    );
    assert.deepEqual([stack.role, stack.region], ["access", "us-west-2"]);
  });

  it("makes each role with what it is for", () => {
    const roles = inputsOf(types.role).map(
      ({ name, ...inputs }) => [String(name), inputs] as const,
    );
    assert.deepEqual(Object.fromEntries(roles), {
      market_scanning_backup: {
        login: true,
        connectionLimit: 12,
        roles: ["pg_read_all_data", "rds_iam"],
      },
      market_scanning_verify: { login: true, connectionLimit: 2, roles: ["rds_iam"] },
      market_scanning_event_writer: {
        login: true,
        connectionLimit: 10,
        roles: ["rds_iam"],
      },
      market_scanning_audit_reader: {
        login: true,
        connectionLimit: 5,
        roles: [],
        passwordWo: secretMark,
        passwordWoVersion: "2026-11-01",
      },
      market_scanning_audit_owner: { login: false },
    });
  });

  it("makes the administrator of the system file a member of the owner", () => {
    assert.deepEqual(inputsOf(types.membership), [
      { role: "scanning_admin", grantRole: "market_scanning_audit_owner" },
    ]);
  });

  it("keeps its logins in the standby region, with replicas in the primary", () => {
    assert.deepEqual(
      inputsOf(types.secret).map(({ name, kmsKeyId, replicas }) => ({ name, kmsKeyId, replicas })),
      ["audit-reader"].map((role) => ({
        name: `market-scanning/database-${role}-login`,
        kmsKeyId: "alias/market-scanning-secrets-us-west-2",
        replicas: [{ region: "us-east-1", kmsKeyId: "alias/market-scanning-secrets-us-east-1" }],
      })),
    );
  });

  it("declares one thing after another, since all of them change one database's privileges", () => {
    const components = stack.resources.filter(({ type }) => type.startsWith("trading-dr:"));
    assert.deepEqual(
      components.map(({ name }) => name),
      [
        "login-backup",
        "login-verify",
        "login-event-writer",
        "login-audit-reader",
        "audit-schema",
        "public-privileges",
      ],
    );
    const order = [
      ...["login-backup", "login-verify", "login-event-writer", "login-audit-reader"].map(
        (login) => `${login}-connect`,
      ),
      "public-privileges-role-market_scanner",
      "public-privileges-database",
    ];
    const grants = order.map((name) => {
      const found = all(types.grant).find((grant) => grant.name === name);
      assert.ok(found, name);
      return found;
    });
    const waits = new Map(stack.resources.map(({ urn, options }) => [urn, options.dependencies]));
    const reaches = (from: string, to: string): boolean =>
      (waits.get(from) ?? []).some((next) => next === to || reaches(next, to));
    for (const [index, { urn }] of grants.slice(1).entries()) {
      assert.ok(reaches(urn, String(grants[index]?.urn)), urn);
    }
    const databases = all(types.grant).filter(({ inputs }) => inputs["objectType"] === "database");
    assert.equal(databases.length, order.length);
  });

  it("says where its logins are, and what is not there yet", () => {
    assert.deepEqual(stack.outputs, {
      system: "market-scanning",
      role: "access",
      region: "us-west-2",
      profile: "production",
      databaseName: "market_scanning",
      auditSchema: "disaster_recovery",
      logins: {
        eventWriter: { role: "market_scanning_event_writer" },
        auditReader: { role: "market_scanning_audit_reader", secretArn: unknownMark },
      },
    });
    assert.deepEqual(stack.remarks, [
      "the tables of schema disaster_recovery, backup_catalog, backup_audit_log, disaster_recovery_audit, are made by trading-dr audit migrate, as the administrator, once the stack is there",
    ]);
  });

  it("leaves everybody what they have where the file says so, and remarks on it", async () => {
    const kept = await accessWith(undefined, { publicPrivileges: { kind: "kept" } });
    assert.deepEqual(
      kept.resources.filter(({ type }) => type.endsWith(":PublicPrivileges")),
      [],
    );
    assert.equal(
      kept.remarks[0],
      "whoever can log in at all may connect to market_scanning and make temporary tables, until trading-dr:publicPrivileges revokes it",
    );
  });

  it("protects nothing in a sandbox, and remarks on it", async () => {
    const sandbox = await accessWith(undefined, { profile: "sandbox" });
    assert.equal(sandbox.totals.protected, 0);
    assert.equal(
      sandbox.remarks[0],
      "sandbox: nothing is protected, and everything can be deleted",
    );
  });
});

describe("access to the databases of the other systems", () => {
  for (const system of ["hft", "smc", "trademaster", "trading-system"]) {
    it(`of ${system} is by roles and an administrator of its own`, async () => {
      const stack = await accessWith(system);
      const [ready] = readStacks({ directory: projectDirectory, stack: "access", system });
      const database = ready && databaseOf(ready.configuration.system);
      assert.ok(database);
      const inputs = (type: string) =>
        stack.resources.filter((found) => found.type === type).map((found) => found.inputs);
      assert.equal(inputs(types.provider)[0]?.["username"], database.administrator);
      assert.equal(inputs(types.provider)[0]?.["database"], database.databaseName);
      const limits = inputs(types.role).map(({ name, connectionLimit }) => [
        String(name),
        connectionLimit,
      ]);
      assert.deepEqual(
        limits.map(([name]) => name).sort(),
        databaseRoles.map((role) => databaseRoleName(system, role)).sort(),
      );
      assert.equal(
        (Object.fromEntries(limits) as Record<string, unknown>)[databaseRoleName(system, "backup")],
        4 * Object.keys(database.logicalBackups).length,
      );
    });
  }
});
