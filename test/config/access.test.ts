import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { type AccessConfiguration } from "../../config/access";
import { isAccess, readAnyConfiguration } from "../../config/configuration";
import { ConfigurationError, type Problem } from "../../config/problem";
import { projectDirectory } from "../support/projectCopy";

const systemsDirectory = join(projectDirectory, "systems");
const file = "Pulumi.access.yaml";
const source = { file, lineOf: () => undefined };

type Changes = Readonly<Record<string, unknown>>;

const sound = {
  system: "market-scanning",
  role: "access",
  accounts: { trading: "111122223333", archive: "444455556666" },
  writer: {
    host: "market-scanning-database.global-0a1b2c3d4e5f.global.rds.amazonaws.com",
    certificateFile: "global-bundle.pem",
  },
  publicPrivileges: { kind: "revoked", applicationRoles: ["market_scanner"] },
  passwordsRotated: "2026-11-01",
};

/** Settings as Pulumi gives them: text, structures as JSON; `undefined` leaves one out. */
function rawSettings(changes: Changes): Record<string, string> {
  const settings: Changes = { ...sound, ...changes };
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [
        `trading-dr:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
  );
}

function read(changes: Changes = {}, directory = systemsDirectory): AccessConfiguration {
  const configuration = readAnyConfiguration(rawSettings(changes), source, directory);
  assert.ok(isAccess(configuration));
  return configuration;
}

function problemsOf(changes: Changes, directory?: string): readonly Problem[] {
  try {
    read(changes, directory);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.problems;
  }
}

const rule = {
  host: 'must be a host name without a trailing dot; write it like "api.example.com"',
  port: "must be a whole number of a TCP port from 1 to 65535; correct the number",
  certificates:
    'must be the file of RDS certificate authorities, as seen from the project\'s directory; write it like "global-bundle.pem"',
  regional:
    "must be the global database's writer endpoint, since this one stays behind when the writer moves to the other region; take globalEndpoint of pulumi stack output database --stack prod",
  privileges:
    "must have a kind: revoked (with applicationRoles, who alone may then connect beside this stack's roles) or kept (everybody who can log in may connect, for now); set kind to one of them",
  role: 'must be a role of PostgreSQL: lower-case letters, digits and underscores, at most 63, and neither "public" nor beginning with pg_ or rds; write it like "market_scanner"',
  date: 'must be a calendar date; write it like "2026-11-21"',
  unknown:
    "unknown key; allowed here: system, role, profile, accounts, writer, publicPrivileges, passwordsRotated. Correct the spelling or remove it",
};

describe("settings of an access stack", () => {
  it("are accepted, with what they leave open, and put the stack's secrets in the standby region", () => {
    const { settings, system, region } = read();
    assert.deepEqual(settings, {
      ...sound,
      profile: "production",
      writer: { ...sound.writer, port: 5432 },
    });
    assert.equal(system.id, "market-scanning");
    assert.equal(region, "us-west-2");
  });

  it("are what the shipped file has", () => {
    const shipped = parse(readFileSync(join(projectDirectory, file), "utf8")) as {
      config: Record<string, unknown>;
    };
    const own = Object.entries(shipped.config).filter(([key]) => key.startsWith("trading-dr:"));
    assert.deepEqual(Object.fromEntries(own.map(([key, value]) => [key.slice(11), value])), sound);
  });

  it("stay in the standby region wherever the writer is", () => {
    const directory = mkdtempSync(join(tmpdir(), "trading-dr-"));
    try {
      const text = readFileSync(join(systemsDirectory, "market-scanning.yaml"), "utf8");
      const moved = text.replace("active: us-east-1", "active: us-west-2");
      assert.notEqual(moved, text);
      writeFileSync(join(directory, "market-scanning.yaml"), moved);
      assert.equal(read({}, directory).region, "us-west-2");
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  const accepted: readonly (readonly [string, Changes])[] = [
    ["a sandbox", { profile: "sandbox" }],
    ["privileges that stay as they are", { publicPrivileges: { kind: "kept" } }],
    ["another port", { writer: { ...sound.writer, port: 5433 } }],
    ["a name of one's own for the writer", { writer: { ...sound.writer, host: "db.example.com" } }],
    [
      "an instance's endpoint for plain RDS, which has no other",
      {
        system: "smc",
        writer: {
          ...sound.writer,
          host: "smc-database-us-east-1.abc.us-east-1.rds.amazonaws.com",
        },
      },
    ],
  ];
  for (const [what, changes] of accepted) {
    it(`accept ${what}`, () => {
      assert.deepEqual(problemsOf(changes), []);
    });
  }

  describe("are refused, with one problem, for", () => {
    // What is refused, the change, the problem's path, and its whole message.
    const cases: readonly (readonly [string, Changes, string, string])[] = [
      ["an unknown key", { owner: "x" }, "owner", rule.unknown],
      ["a setting of the other stacks", { notify: ["a@example.com"] }, "notify", rule.unknown],
      [
        "no word on the writer",
        { writer: undefined },
        "writer",
        'missing: must be a mapping with the keys host, port, certificateFile; write one "key: value" a line',
      ],
      [
        "an address in place of a host",
        { writer: { ...sound.writer, host: "10.0.0.1" } },
        "writer.host",
        rule.host,
      ],
      [
        "one region's endpoint of a global database",
        {
          writer: {
            ...sound.writer,
            host: "market-scanning-database-us-east-1.cluster-abc.us-east-1.rds.amazonaws.com",
          },
        },
        "writer.host",
        rule.regional,
      ],
      [
        "a port that is none",
        { writer: { ...sound.writer, port: 65_536 } },
        "writer.port",
        rule.port,
      ],
      [
        "no file of certificates, without which nobody knows who answers",
        { writer: { host: sound.writer.host } },
        "writer.certificateFile",
        `missing: ${rule.certificates}`,
      ],
      [
        "a file that holds no certificates",
        { writer: { ...sound.writer, certificateFile: "global-bundle.p7b" } },
        "writer.certificateFile",
        rule.certificates,
      ],
      [
        "no word on what everybody may do",
        { publicPrivileges: undefined },
        "publicPrivileges",
        `missing: ${rule.privileges}`,
      ],
      [
        "privileges of another kind",
        { publicPrivileges: { kind: "some" } },
        "publicPrivileges.kind",
        rule.privileges,
      ],
      [
        "nobody who could connect",
        { publicPrivileges: { kind: "revoked", applicationRoles: [] } },
        "publicPrivileges.applicationRoles",
        "must name at least one role, or no application could connect; name those that do",
      ],
      [
        "a role named twice",
        { publicPrivileges: { kind: "revoked", applicationRoles: ["a", "a"] } },
        "publicPrivileges.applicationRoles",
        "names a role twice; name each role once",
      ],
      ...["public", "pg_monitor", "rds_superuser", "Scanner", "a-b", "a".repeat(64)].map(
        (role) =>
          [
            `a role called ${role}`,
            { publicPrivileges: { kind: "revoked", applicationRoles: ["scanner", role] } },
            "publicPrivileges.applicationRoles.1",
            rule.role,
          ] as const,
      ),
      [
        "the administrator as an application",
        { publicPrivileges: { kind: "revoked", applicationRoles: ["scanning_admin"] } },
        "publicPrivileges.applicationRoles.0",
        "must be an application's own role; scanning_admin is the administrator, and may connect in any case: remove it",
      ],
      [
        "one of the stack's own roles as an application",
        { publicPrivileges: { kind: "revoked", applicationRoles: ["market_scanning_backup"] } },
        "publicPrivileges.applicationRoles.0",
        "must be an application's own role; market_scanning_backup is one that this stack makes, and may connect in any case: remove it",
      ],
      [
        "no date of the passwords",
        { passwordsRotated: undefined },
        "passwordsRotated",
        `missing: ${rule.date}`,
      ],
      [
        "a day that does not exist",
        { passwordsRotated: "2026-02-30" },
        "passwordsRotated",
        rule.date,
      ],
    ];
    for (const [what, changes, path, message] of cases) {
      it(what, () => {
        assert.deepEqual(
          problemsOf(changes).map((problem) => [problem.file, problem.path, problem.message]),
          [[file, path, message]],
        );
      });
    }

    it("a system without a database", () => {
      const directory = mkdtempSync(join(tmpdir(), "trading-dr-"));
      try {
        const text = readFileSync(join(systemsDirectory, "market-scanning.yaml"), "utf8");
        writeFileSync(join(directory, "market-scanning.yaml"), withoutDatabase(text));
        assert.deepEqual(problemsOf({}, directory), [
          {
            file,
            path: "role",
            found: '"access"',
            message:
              "systems/market-scanning.yaml has no store of kind database, so there is nothing to give access to; remove this stack's file",
          },
        ]);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    });
  });
});

/** A system file without its database, and without what needs one. */
function withoutDatabase(text: string): string {
  return text
    .replace(/\nunmetObjectives:[^]*$/, "\n")
    .replace(/\n {2}database:\n {4}kind: database\n(?: {4}.*\n)+/, "\n")
    .replace(/stores: \[database\]/g, "stores: [financial-records]")
    .replace(/\[database, /g, "[");
}
