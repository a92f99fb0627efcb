import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Configuration, readConfiguration, systemIds } from "../../config/configuration";
import { ConfigurationError, type Problem, show } from "../../config/problem";
import { projectDirectory } from "../support/projectCopy";

const systemsDirectory = join(projectDirectory, "systems");

type Role = Configuration["settings"]["role"];
/** Settings as Pulumi gives them: text, structures as JSON. */
type Raw = Readonly<Record<string, string>>;
/** Settings to change; `undefined` removes one, and what is not text becomes JSON. */
type Changes = Readonly<Record<string, unknown>>;

const network = {
  vpcId: "vpc-0a1b2c3d4e5f60718",
  subnetIds: ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"],
};
const certificateAuthority = Buffer.from(
  "-----BEGIN CERTIFICATE-----\nTm8gY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n",
).toString("base64");
const clusterIn = (region: string) => ({
  name: `trading-${region}`,
  securityGroupId: "sg-0a1b2c3d4e5f60718",
  endpoint: `https://0A1B2C3D4E5F60718293A4B5C6D7E8F9.gr7.${region}.eks.amazonaws.com`,
  certificateAuthority,
});
const cluster = clusterIn("us-east-1");
const digest = "@sha256:0000000000000000000000000000000000000000000000000000000000000000";
const cache = {
  redisImage: `registry.example.com/redis:7.2${digest}`,
  exporterImage: `registry.example.com/redis-exporter:1.62${digest}`,
  certificateIssuer: { kind: "ClusterIssuer", name: "trading-ca", group: "cert-manager.io" },
  storageClass: "gp3-encrypted",
  monitoringNamespace: "monitoring",
  betweenRegions: {
    privateDomain: "trading.internal",
    otherRegionCidr: "10.1.0.0/16",
    loadBalancerCidrs: ["10.0.1.0/24"],
    secretStore: "secrets-manager",
  },
};
const hostedZone = { kind: "adopt", name: "example.com", id: "Z0123456789ABCDEFGHIJ" };
const endpoints = { primary: "api-us-east-1.example.com", standby: "api-us-west-2.example.com" };
const recordName = "api.market-scanning.example.com";
const accounts = { trading: "111122223333", archive: "444455556666" };
const complianceLocks = { kind: "deferred" };
const acknowledged = {
  kind: "acknowledged",
  date: "2026-12-01",
  approver: "Chief compliance officer",
  reason: "SOX",
};
const notify = ["trading-oncall@example.com"];
const auditTrail = { kind: "create" };
const assumeRoleArn = "arn:aws:iam::444455556666:role/deployer";

/** Sound settings of a stack of each role, and no more than it needs. */
const sound: Record<Role, Changes> = {
  prod: { network, cluster, hostedZone, endpoints, cache },
  dr: { network, cluster: clusterIn("us-west-2"), endpoints, cache },
  archive: { assumeRoleArn },
};

function rawSettings(role: Role, changes: Changes): Raw {
  const common = { system: "market-scanning", role, accounts, complianceLocks, notify, auditTrail };
  const settings: Changes = { ...common, ...sound[role], ...changes };
  const raw = Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [
      `trading-dr:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
  return { "pulumi:disable-default-providers": '["*"]', ...Object.fromEntries(raw) } as Raw;
}

function read(role: Role, changes: Changes = {}, directory = systemsDirectory): Configuration {
  const source = { file: `Pulumi.${role}.yaml`, lineOf: () => undefined };
  return readConfiguration(rawSettings(role, changes), source, directory);
}

/** The problems of a stack's settings, without the file, which is always the stack's. */
function problemsOf(role: Role, changes: Changes): Omit<Problem, "file">[] {
  try {
    read(role, changes);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.problems.map(({ file, ...rest }) => {
      assert.equal(file, `Pulumi.${role}.yaml`);
      return rest;
    });
  }
}

/** A problem at a path of the changes, with the value that stands there, if any. */
function problem(path: string, changes: Changes, message: string): Omit<Problem, "file"> {
  const value = path
    .split(".")
    .reduce<unknown>((node, key) => (node as Changes | undefined)?.[key], changes);
  return { path, message, ...(value === undefined ? {} : { found: show(value) }) };
}

const rule = {
  account: 'must be an AWS account number of 12 digits in quotes, like "111122223333"',
  date: 'must be a calendar date; write it like "2026-11-21"',
  id: "names are lower-case letters, digits and single hyphens, start with a letter, do not end with a hyphen and have at most 15 characters; rename it",
  role: "must be one of prod, dr, archive, access; choose one of them",
  needed: (role: Role) =>
    `missing: the ${role} stack needs it for the database and the jobs; add it to the stack's file`,
  zone: "missing: the prod stack holds the failover records; add it, with kind adopt or create",
  endpoints:
    "missing: the failover records of the prod stack lead to them; add it, with a host name each for primary and standby",
  host: 'must be a host name without a trailing dot; write it like "api.example.com"',
  network: 'must be a mapping with the keys vpcId, subnetIds; write one "key: value" a line',
  landing: "only the dr stack has a landing phase; remove it, or set it to whole",
  archiveNetwork: "the archive runs nothing and has no network of its own; remove it",
  archiveEndpoints: "the archive answers nobody; remove it",
  dns: "only the prod stack holds DNS records; remove it",
  assumedRole: "only the archive stack takes on a role in another account; remove it",
  notify: "must name at least one e-mail address, or alarms would be raised and nobody told",
  email: 'must be an e-mail address; write it like "trading-oncall@example.com"',
  trail:
    "must have a kind: create, or adopt (with the name of a trail that logs this region); set kind to one of them",
  endpoint:
    'must be the API server\'s address, without a path; write it like "https://0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com"',
  certificate:
    "must be a PEM certificate in base64, certificateAuthority.data of aws eks describe-cluster; copy it whole, in one line",
  unknown:
    "unknown key; allowed here: system, role, phase, profile, accounts, assumeRoleArn, complianceLocks, notify, auditTrail, network, cluster, hostedZone, endpoints, signals, cache. Correct the spelling or remove it",
};

describe("a stack's settings", () => {
  const regions: readonly (readonly [Role, string])[] = [
    ["prod", "us-east-1"],
    ["dr", "us-west-2"],
    ["archive", "eu-west-1"],
  ];
  for (const [role, region] of regions) {
    it(`of the ${role} stack are accepted and put it in ${region}`, () => {
      const configuration = read(role);
      assert.equal(configuration.region, region);
      assert.equal(configuration.system.id, "market-scanning");
      assert.deepEqual(configuration.settings, {
        system: "market-scanning",
        role,
        phase: "whole",
        profile: "production",
        accounts,
        complianceLocks,
        notify,
        auditTrail,
        ...sound[role],
      });
    });
  }

  it("are whole and for production unless they say otherwise", () => {
    const { phase, profile } = read("dr").settings;
    assert.deepEqual({ phase, profile }, { phase: "whole", profile: "production" });
  });

  const accepted: readonly (readonly [string, Role, Changes])[] = [
    ["the landing phase of dr", "dr", { phase: "landing" }],
    ["a sandbox", "prod", { profile: "sandbox" }],
    [
      "a zone that the stack makes",
      "prod",
      { hostedZone: { kind: "create", name: "market-scanning.example.com" } },
    ],
    [
      "hosts outside the zone, such as load balancers",
      "prod",
      {
        endpoints: {
          primary: "k8s-api-0123456789.us-east-1.elb.amazonaws.com",
          standby: "k8s-api-0123456789.us-west-2.elb.amazonaws.com",
        },
      },
    ],
    ["an archive in the same account", "archive", { assumeRoleArn: undefined }],
    ["locks that somebody signed for", "archive", { complianceLocks: acknowledged }],
    ["a trail that is there", "dr", { auditTrail: { kind: "adopt", name: "organization-trail" } }],
    ["two who are told", "prod", { notify: ["a@example.com", "b.c+d@trading.example.com"] }],
  ];
  for (const [what, role, changes] of accepted) {
    it(`accept ${what}`, () => {
      const settings: Changes = read(role, changes).settings;
      for (const [key, value] of Object.entries(changes)) {
        assert.deepEqual(settings[key], value);
      }
    });
  }

  describe("are refused, with one problem, for", () => {
    // What is refused, the role, the change, the whole message, and the path where it is not the key.
    const cases: readonly (readonly [string, Role, Changes, string, string?])[] = [
      ["an unknown key", "prod", { roles: "x" }, rule.unknown],
      ["an unknown role", "prod", { role: "primary" }, rule.role],
      ["a missing role", "prod", { role: undefined }, `missing: ${rule.role}`],
      ["a missing system", "prod", { system: undefined }, `missing: ${rule.id}`],
      ["a landing phase of prod", "prod", { phase: "landing" }, rule.landing],
      ["a landing phase of the archive", "archive", { phase: "landing" }, rule.landing],
      ["a dr stack without a network", "dr", { network: undefined }, rule.needed("dr")],
      ["a prod stack without a cluster", "prod", { cluster: undefined }, rule.needed("prod")],
      ["an archive with a network", "archive", { network }, rule.archiveNetwork],
      ["an archive with a cluster", "archive", { cluster }, rule.archiveNetwork],
      ["a structure that is not JSON", "dr", { network: "{vpcId: x}" }, rule.network],
      ["a prod stack without a zone", "prod", { hostedZone: undefined }, rule.zone],
      ["a dr stack with a zone", "dr", { hostedZone }, rule.dns],
      ["an archive with a zone", "archive", { hostedZone }, rule.dns],
      ["a prod stack without endpoints", "prod", { endpoints: undefined }, rule.endpoints],
      ["an archive with endpoints", "archive", { endpoints }, rule.archiveEndpoints],
      [
        "a zone that does not hold the name",
        "prod",
        { hostedZone: { ...hostedZone, name: "scanning.example.com" } },
        `must be the zone that holds "${recordName}", failover.recordName of systems/market-scanning.yaml; name that zone, or correct the record's name`,
        "hostedZone.name",
      ],
      [
        "a zone whose name only ends like the zone that holds the name",
        "prod",
        { hostedZone: { ...hostedZone, name: "ample.com" } },
        `must be the zone that holds "${recordName}", failover.recordName of systems/market-scanning.yaml; name that zone, or correct the record's name`,
        "hostedZone.name",
      ],
      [
        "a zone that is the name",
        "prod",
        { hostedZone: { kind: "create", name: recordName } },
        "is itself failover.recordName of systems/market-scanning.yaml, and a zone's own name cannot have the CNAMEs that failover needs; give the record a name inside the zone",
        "hostedZone.name",
      ],
      [
        "an endpoint that is the name itself",
        "prod",
        { endpoints: { ...endpoints, standby: recordName } },
        "must not be failover.recordName of systems/market-scanning.yaml, which leads here; name a host of the region's own",
        "endpoints.standby",
      ],
      [
        "one endpoint for both regions",
        "prod",
        { endpoints: { ...endpoints, standby: endpoints.primary } },
        "must differ from endpoints.primary (api-us-east-1.example.com), or a failover would lead back to it; name a host of the standby region's own",
        "endpoints.standby",
      ],
      [
        "an endpoint that is an address",
        "prod",
        { endpoints: { ...endpoints, primary: "192.0.2.1" } },
        rule.host,
        "endpoints.primary",
      ],
      [
        "an endpoint with a part of 64 characters",
        "prod",
        { endpoints: { ...endpoints, primary: `${"a".repeat(64)}.example.com` } },
        rule.host,
        "endpoints.primary",
      ],
      ["a role to take on in prod", "prod", { assumeRoleArn }, rule.assumedRole],
      ["a role to take on in dr", "dr", { assumeRoleArn }, rule.assumedRole],
      [
        "nobody who is told",
        "prod",
        { notify: undefined },
        "missing: must be a list of e-mail addresses; write one a line",
      ],
      ["a list of nobody who is told", "archive", { notify: [] }, rule.notify],
      [
        "somebody who is told at no address",
        "dr",
        { notify: ["oncall@example.com", "oncall"] },
        rule.email,
        "notify.1",
      ],
      [
        "an address that is named twice",
        "dr",
        { notify: ["oncall@example.com", "oncall@example.com"] },
        "names an address twice; name each address once",
      ],
      ["no word on the audit trail", "dr", { auditTrail: undefined }, `missing: ${rule.trail}`],
      [
        "an audit trail of no kind",
        "prod",
        { auditTrail: { kind: "none" } },
        rule.trail,
        "auditTrail.kind",
      ],
      [
        "an audit trail that is adopted without its name",
        "archive",
        { auditTrail: { kind: "adopt" } },
        'missing: must be a trail\'s name; write it like "organization-trail"',
        "auditTrail.name",
      ],
      [
        "a network in one availability zone",
        "dr",
        { network: { ...network, subnetIds: ["subnet-0a1b2c3d4e5f60711"] } },
        "must name subnets in at least two availability zones",
        "network.subnetIds",
      ],
      [
        "a cluster without its endpoint",
        "prod",
        { cluster: { ...cluster, endpoint: undefined } },
        `missing: ${rule.endpoint}`,
        "cluster.endpoint",
      ],
      [
        "an endpoint without TLS",
        "prod",
        { cluster: { ...cluster, endpoint: "http://x.us-east-1.eks.amazonaws.com" } },
        rule.endpoint,
        "cluster.endpoint",
      ],
      [
        "an endpoint with a path",
        "prod",
        { cluster: { ...cluster, endpoint: `${cluster.endpoint}/api` } },
        rule.endpoint,
        "cluster.endpoint",
      ],
      [
        "another region's cluster",
        "dr",
        { cluster },
        "must be a cluster in us-west-2, the region of this stack; correct one of the two",
        "cluster.endpoint",
      ],
      [
        "a certificate that is not base64",
        "prod",
        { cluster: { ...cluster, certificateAuthority: "-----BEGIN CERTIFICATE-----" } },
        rule.certificate,
        "cluster.certificateAuthority",
      ],
      [
        "a private key for a certificate",
        "prod",
        {
          cluster: {
            ...cluster,
            certificateAuthority: Buffer.from(
              "-----BEGIN PRIVATE KEY-----\nTm8ga2V5\n-----END PRIVATE KEY-----\n",
            ).toString("base64"),
          },
        },
        rule.certificate,
        "cluster.certificateAuthority",
      ],
      [
        "a zone that is adopted without its id",
        "prod",
        { hostedZone: { kind: "adopt", name: "example.com" } },
        'missing: must be a hosted zone\'s id; write it like "Z0123456789ABCDEFGHIJ"',
        "hostedZone.id",
      ],
      [
        "an account number without quotes, which would lose leading zeros",
        "prod",
        { accounts: { ...accounts, trading: 111122223333 } },
        rule.account,
        "accounts.trading",
      ],
      [
        "an account number that is short",
        "prod",
        { accounts: { ...accounts, archive: "44445555666" } },
        rule.account,
        "accounts.archive",
      ],
      [
        "compliance locks that nobody decided on",
        "archive",
        { complianceLocks: undefined },
        "missing: systems/market-scanning.yaml asks for compliance mode (lockClasses.regulated), which nobody can undo; acknowledge it with {kind: acknowledged, date, approver, reason}, or put it off with {kind: deferred}",
      ],
      [
        "a decision on compliance locks that is none",
        "prod",
        { complianceLocks: { kind: "later" } },
        "must have a kind: acknowledged (with date, approver and reason) or deferred (compliance classes stay governance for now); set kind to one of them",
        "complianceLocks.kind",
      ],
      [
        "an acknowledgement without a date",
        "prod",
        { complianceLocks: { ...acknowledged, date: undefined } },
        `missing: ${rule.date}`,
        "complianceLocks.date",
      ],
      [
        "an acknowledgement on a day that does not exist",
        "prod",
        { complianceLocks: { ...acknowledged, date: "2026-02-30" } },
        rule.date,
        "complianceLocks.date",
      ],
    ];
    for (const [what, role, changes, message, path = String(Object.keys(changes)[0])] of cases) {
      it(what, () => {
        assert.deepEqual(problemsOf(role, changes), [problem(path, changes, message)]);
      });
    }
  });

  it("are refused with an unknown key and with what the role needs, at once", () => {
    const changes = { zone: "x", hostedZone: undefined, phase: "landing" };
    assert.deepEqual(problemsOf("prod", changes), [
      problem("zone", changes, rule.unknown),
      problem("phase", changes, rule.landing),
      problem("hostedZone", changes, rule.zone),
    ]);
  });

  it("may have the engine's own keys beside the project's", () => {
    const raw = { ...rawSettings("dr", {}), "pulumi:disable-default-providers": '["*"]' };
    const source = { file: "Pulumi.dr.yaml", lineOf: () => undefined };
    assert.deepEqual(readConfiguration(raw, source, systemsDirectory), read("dr"));
  });

  it("are refused with keys of another prefix, which Pulumi would ignore", () => {
    const raw = { ...rawSettings("dr", {}), "tradng-dr:phase": "landing" };
    const source = { file: "Pulumi.dr.yaml", lineOf: () => undefined };
    assert.throws(
      () => readConfiguration(raw, source, systemsDirectory),
      new ConfigurationError([
        {
          file: "Pulumi.dr.yaml",
          path: "tradng-dr:phase",
          message:
            "nothing reads this; keys begin with trading-dr: or pulumi:, and providers take no settings from here. Correct the prefix or remove it",
        },
      ]),
    );
  });

  it("are told all that is wrong with one role, whatever is wrong beside it", () => {
    const raw = {
      ...rawSettings("prod", {}),
      "trading-dr:network": '{"vpcId":"vpc-x","subnetIds":["subnet-0a1b2c3d","subnet-0a1b2c3d"]}',
      "trading-dr:phase": "landing",
    };
    Reflect.deleteProperty(raw, "trading-dr:hostedZone");
    const source = { file: "Pulumi.prod.yaml", lineOf: () => undefined };
    assert.throws(
      () => readConfiguration(raw, source, systemsDirectory),
      (error: ConfigurationError) => {
        assert.deepEqual(error.problems.map(({ path }) => path).sort(), [
          "hostedZone",
          "network.vpcId",
          "phase",
        ]);
        return true;
      },
    );
  });

  it("are refused with a subnet named twice, and a role of another account", () => {
    const source = { file: "Pulumi.x.yaml", lineOf: () => undefined };
    const twice = {
      ...rawSettings("dr", {}),
      "trading-dr:network":
        '{"vpcId":"vpc-0a1b2c3d","subnetIds":["subnet-0a1b2c3d","subnet-0a1b2c3d"]}',
    };
    assert.throws(
      () => readConfiguration(twice, source, systemsDirectory),
      /network, found .*\n {6}names a subnet twice; name each subnet once$/,
    );
    const foreign = {
      ...rawSettings("archive", {}),
      "trading-dr:assumeRoleArn": "arn:aws:iam::111122223333:role/deployer",
    };
    assert.throws(
      () => readConfiguration(foreign, source, systemsDirectory),
      /must be a role of the archive's account 444455556666; correct one of the two$/,
    );
  });
});

describe("a stack and its system file", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "trading-dr-"));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  /** Writes a copy of the system file with one text replaced; returns its path for messages. */
  const editedSystem = (find: RegExp, replacement: string): string => {
    const sound = readFileSync(join(systemsDirectory, "market-scanning.yaml"), "utf8");
    const edited = sound.replace(find, replacement);
    assert.notEqual(edited, sound);
    const file = join(directory, "market-scanning.yaml");
    writeFileSync(file, edited);
    return relative(process.cwd(), file);
  };

  it("need no word on compliance locks when the system has none", () => {
    editedSystem(/mode: compliance/, "mode: governance");
    const { settings } = read("prod", { complianceLocks: undefined }, directory);
    assert.equal(settings.complianceLocks, undefined);
  });

  it("are refused together, with the problems of both files", () => {
    // Given a system file with one problem and a stack file with two
    const file = editedSystem(/standby: us-west-2/, "standby: us-east-1");
    const raw = rawSettings("prod", { role: "primary", accounts: undefined });
    const lineOf = ([key]: readonly PropertyKey[]) => (key === "role" ? 3 : undefined);
    // When they are read, then one message lists them all, with the lines that are known
    assert.throws(
      () => readConfiguration(raw, { file: "Pulumi.prod.yaml", lineOf }, directory),
      new ConfigurationError([
        {
          file: "Pulumi.prod.yaml",
          line: 3,
          path: "role",
          found: '"primary"',
          message: rule.role,
        },
        {
          file: "Pulumi.prod.yaml",
          path: "accounts",
          message:
            'missing: must be a mapping with the keys trading, archive; write one "key: value" a line',
        },
        {
          file,
          line:
            1 +
            readFileSync(file, "utf8")
              .split("\n")
              .findIndex((text) => /^ +standby:/.test(text)),
          path: "regions.standby",
          found: '"us-east-1"',
          message: "must differ from regions.primary (us-east-1); name another region",
        },
      ]),
    );
  });

  it("are refused for a system that has no file", () => {
    assert.throws(
      () => read("prod", { system: "market-scanner" }),
      new ConfigurationError([
        {
          file: relative(process.cwd(), join(systemsDirectory, "market-scanner.yaml")),
          path: "",
          message: `there is no system "market-scanner"; use one of ${systemIds(systemsDirectory).join(", ")}, or add the file`,
        },
      ]),
    );
  });
});
