import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import program from "../../../index";
import { previewReport } from "../../../preview/report";
import { readStacks } from "../../../preview/stacks";
import { projectDirectory } from "../../support/projectCopy";
import { type Counterpart, counterparts } from "./counterparts";
import { isPattern, type RulesFile, rulesFrom } from "./extractRules";
import { providerRules, replacedWhenMoved } from "./providerRules";
import { replacesOn } from "./rules";
import published from "./rules.json";
import { hasInput, typingsOf } from "./typings";

const rules = published as RulesFile;

/** Types that hold data, or that a failover changes: what the provider plans for them is known. */
const dataTypes = [
  "aws:backup/plan:Plan",
  "aws:backup/selection:Selection",
  "aws:backup/vault:Vault",
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
  "aws:kms/alias:Alias",
  "aws:kms/key:Key",
  "aws:rds/cluster:Cluster",
  "aws:rds/clusterInstance:ClusterInstance",
  "aws:rds/globalCluster:GlobalCluster",
  "aws:rds/instance:Instance",
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketLogging:BucketLogging",
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:secretsmanager/secret:Secret",
  "aws:secretsmanager/secretVersion:SecretVersion",
  "postgresql:index/grantRole:GrantRole",
  "postgresql:index/role:Role",
  "postgresql:index/schema:Schema",
  "random:index/randomId:RandomId",
  "random:index/randomPassword:RandomPassword",
];

/** Types that no shipped stack declares: a zone of its own, and what access to stores will need. */
const laterTypes = [
  "aws:ecr/registryPolicy:RegistryPolicy",
  "aws:iam/policy:Policy",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:route53/zone:Zone",
];

/** Types without rules: neither AWS's schemas nor a provider's source speaks of them. */
function withoutRules(types: readonly string[]): string[] {
  return types.filter(
    (type) => (rules.types[type]?.schema ?? null) === null && providerRules[type] === undefined,
  );
}

/** Types of pinned URNs, of the libraries that the rules are about. */
function pinnedTypes(): string[] {
  const directory = join(projectDirectory, "test", "pinned");
  const types = readdirSync(directory)
    .filter((file) => file.endsWith(".txt"))
    .flatMap((file) => readFileSync(join(directory, file), "utf8").trimEnd().split("\n"))
    .map((urn) => urn.split("::")[2]?.split("$").pop() ?? "");
  return [...new Set(types)].filter((type) => /^(?:aws|postgresql|random):/u.test(type)).sort();
}

describe("rules of the stand-in", () => {
  it("cover every type that the stacks declare", () => {
    const types = pinnedTypes();
    assert.ok(types.length > 30, types.join(", "));
    assert.deepEqual(withoutRules(types), []);
  });

  it("cover types that stacks may declare later", () => {
    assert.deepEqual(withoutRules(laterTypes), []);
  });

  it("cover in the provider's source all that holds data, or that a failover changes", () => {
    assert.deepEqual(
      dataTypes.filter((type) => providerRules[type] === undefined),
      [],
    );
  });

  for (const system of ["market-scanning", "smc"]) {
    it(`cover what is protected, or may be replaced at all, in ${system}`, async () => {
      const { stacks } = await previewReport(
        program,
        readStacks({ directory: projectDirectory, system }),
      );
      const held = stacks
        .flatMap(({ resources }) => resources)
        .filter(({ type }) => /^(?:aws|postgresql|random):/u.test(type))
        .filter(
          ({ options: { protect, retainOnDelete, deleteBeforeReplace } }) =>
            protect === true || retainOnDelete === true || deleteBeforeReplace === true,
        )
        .map(({ type }) => type);
      assert.ok(held.length > 50, String(held.length));
      assert.deepEqual(withoutRules([...new Set(held)]), []);
    });
  }

  it("are extracted for every type that has a counterpart, in a stable order", () => {
    const types = Object.keys(rules.types);
    assert.deepEqual(types, Object.keys(counterparts).sort());
    for (const [type, { schema, replaces, constraints, unmapped = [] }] of Object.entries(
      rules.types,
    )) {
      assert.equal(schema, counterparts[type]?.schema, type);
      for (const names of [replaces, unmapped, Object.keys(constraints)]) {
        assert.deepEqual(names, [...new Set(names)].sort(), type);
      }
    }
  });

  it("name their source", () => {
    assert.match(rules.source, /as cfn-lint 1\.58\.0 ships them, of 2026-10-20/u);
    const unnamed = Object.entries(providerRules).filter(
      ([type, { source }]) =>
        !new RegExp(
          `^terraform-provider-${String(type.split(":")[0])} (?:internal|postgresql)/`,
          "u",
        ).test(source) || !/\.go, (?:at [0-9a-f]{10}|in a copy of 20\d\d)/u.test(source),
    );
    assert.deepEqual(unnamed, []);
  });

  it("name inputs that the library has", () => {
    const schemaNames = Object.entries(rules.types).flatMap(([type, { replaces, constraints }]) =>
      [...replaces, ...Object.keys(constraints)].map((name) => [type, name] as const),
    );
    const providerNames = Object.entries(providerRules).flatMap(([type, { replaces }]) =>
      replaces.map((name) => [type, name] as const),
    );
    assert.deepEqual(
      [...schemaNames, ...providerNames].filter(([type, name]) => !hasInput(type, name)),
      [],
    );
    assert.ok(hasInput("aws:rds/cluster:Cluster", "restoreToPointInTime.restoreType"));
    assert.ok(!hasInput("aws:rds/cluster:Cluster", "restoreToPointInTime.dBName"));
    assert.ok(!hasInput("aws:rds/cluster:Cluster", "dBName"));
    assert.ok(hasInput("aws:rds/cluster:Cluster", replacedWhenMoved));
  });

  it("call unmapped only what the library has under no such name", () => {
    const known = Object.entries(rules.types).flatMap(([type, { unmapped = [] }]) => {
      const inputs = [...typingsOf(type).inputs.keys()].map((input) => input.toLowerCase());
      return unmapped.filter((name) => inputs.includes(name.toLowerCase()));
    });
    assert.deepEqual(known, []);
  });

  for (const [type, { optional, defaults = {}, tolerated = [] }] of Object.entries(providerRules)) {
    it(`know all that nobody fills in of ${type}`, () => {
      assert.deepEqual(
        [...optional, ...Object.keys(defaults), ...tolerated].sort(),
        [...typingsOf(type).leftEmpty].sort(),
      );
    });
  }

  it("leave out the patterns that JavaScript refuses, and no others", () => {
    const taken = rules.refusedPatterns.filter(({ pattern }) => isPattern(pattern));
    assert.deepEqual(taken, []);
    const refused = Object.values(rules.types)
      .flatMap(({ constraints }) => Object.values(constraints))
      .flatMap(({ pattern }) => pattern ?? [])
      .filter((pattern) => !isPattern(pattern));
    assert.deepEqual(refused, []);
  });
});

describe("what the documentation says of replacement", () => {
  const documented: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      "aws:rds/cluster:Cluster",
      [
        "clusterIdentifier",
        "databaseName",
        "dbSubnetGroupName",
        "engine",
        "kmsKeyId",
        "masterUsername",
        "restoreToPointInTime.sourceClusterIdentifier",
        "snapshotIdentifier",
        "storageEncrypted",
      ],
      ["backupRetentionPeriod", "engineVersion", "masterPassword", "replicationSourceIdentifier"],
    ],
    [
      "aws:rds/clusterInstance:ClusterInstance",
      ["clusterIdentifier", "engine", "identifier"],
      ["instanceClass", "promotionTier"],
    ],
    [
      "aws:rds/globalCluster:GlobalCluster",
      ["databaseName", "engine", "globalClusterIdentifier", "storageEncrypted"],
      ["deletionProtection", "engineVersion"],
    ],
    [
      "aws:rds/instance:Instance",
      ["dbName", "engine", "identifier", "kmsKeyId", "storageEncrypted", "username"],
      ["allocatedStorage", "engineVersion", "multiAz", "password", "replicateSourceDb"],
    ],
    ["aws:s3/bucket:Bucket", ["bucket", "objectLockEnabled"], ["forceDestroy", "tags"]],
    ["aws:kms/key:Key", ["keyUsage", "multiRegion"], ["enableKeyRotation", "policy"]],
    ["aws:kms/alias:Alias", ["name"], ["targetKeyId"]],
    ["aws:secretsmanager/secret:Secret", ["name"], ["kmsKeyId", "replicas"]],
    ["aws:secretsmanager/secretVersion:SecretVersion", ["secretString"], ["versionStages"]],
    ["aws:backup/vault:Vault", ["kmsKeyArn", "name"], ["tags"]],
    ["aws:backup/selection:Selection", ["iamRoleArn", "resources"], []],
    ["aws:route53/healthCheck:HealthCheck", ["requestInterval", "type"], ["failureThreshold"]],
    ["aws:route53/record:Record", ["name", "zoneId"], ["healthCheckId", "records", "ttl"]],
    ["aws:ecr/repository:Repository", ["encryptionConfigurations", "name"], ["imageTagMutability"]],
  ];
  for (const [type, replacing, changing] of documented) {
    it(`is what the rules say of ${type}`, () => {
      const replaces = replacesOn(type);
      assert.deepEqual(
        replacing.filter((name) => !replaces.includes(name)),
        [],
      );
      assert.deepEqual(
        changing.filter((name) => replaces.includes(name)),
        [],
      );
    });
  }
});

describe("what AWS's schemas allow", () => {
  it("is what the documentation says", () => {
    const constraintOf = (type: string, input: string) => rules.types[type]?.constraints[input];
    assert.deepEqual(constraintOf("aws:rds/cluster:Cluster", "backupRetentionPeriod"), {
      minimum: 1,
      maximum: 35,
    });
    assert.deepEqual(constraintOf("aws:kms/key:Key", "deletionWindowInDays"), {
      minimum: 7,
      maximum: 30,
    });
    assert.deepEqual(constraintOf("aws:route53/healthCheck:HealthCheck", "requestInterval"), {
      minimum: 10,
      maximum: 30,
    });
    assert.equal(constraintOf("aws:s3/bucket:Bucket", "bucket")?.maxLength, 63);
    assert.ok(
      constraintOf("aws:cloudwatch/logGroup:LogGroup", "retentionInDays")?.enum?.includes(2557),
    );
  });
});

describe("extraction of rules", () => {
  let directory: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "trading-dr-rules-"));
    const schemas = join(directory, "cfnlint", "data", "schemas");
    const write = (path: string, contents: object) => {
      writeFileSync(join(schemas, path), JSON.stringify(contents));
    };
    mkdirSync(join(directory, "cfn_lint-9.9.9.dist-info"));
    for (const folder of ["providers", "resources"]) {
      mkdirSync(join(schemas, folder), { recursive: true });
    }
    write("version.json", { schema_date: "2026-01-02" });
    write("providers/us-east-1.json", { "AWS::KMS::Alias": "a", "AWS::Backup::BackupVault": "b" });
    write("resources/a.json", {
      createOnlyProperties: ["/properties/AliasName", "/properties/Wrapped/TargetKeyId"],
      readOnlyProperties: ["/properties/Arn"],
      definitions: { Name: { type: "string", pattern: "\\_", maxLength: 5 } },
      properties: {
        AliasName: { $ref: "#/definitions/Name", minLength: 1 },
        Arn: { type: "string", maxLength: 9 },
        Wrapped: { properties: { TargetKeyId: { type: ["object", "string"], pattern: "^k" } } },
      },
    });
    write("resources/b.json", {
      createOnlyProperties: ["/properties/Color", "/properties/Color/Red"],
      properties: {
        BackupVaultName: { type: "integer", minimum: 1 },
        BackupName: { type: "string" },
        Color: { type: "object" },
      },
    });
  });

  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const alias = "aws:kms/alias:Alias";
  const vault = "aws:backup/vault:Vault";
  const extracted = (table: Readonly<Record<string, Counterpart>>) => rulesFrom(directory, table);

  it("translates names, opens structures, follows definitions, and lists refused patterns", () => {
    assert.deepEqual(
      extracted({
        [alias]: { schema: "AWS::KMS::Alias", flattened: "Wrapped" },
        "aws:s3/bucketLogging:BucketLogging": { schema: null, because: "a bucket's property" },
      }),
      {
        source:
          "AWS's resource schemas of us-east-1 as cfn-lint 9.9.9 ships them, of 2026-01-02; names translated to Pulumi's by extractRules.ts",
        refusedPatterns: [{ type: alias, input: "name", pattern: "\\_" }],
        types: {
          [alias]: {
            schema: "AWS::KMS::Alias",
            replaces: ["name", "targetKeyId"],
            constraints: { name: { minLength: 1, maxLength: 5 }, targetKeyId: { pattern: "^k" } },
          },
          "aws:s3/bucketLogging:BucketLogging": { schema: null, replaces: [], constraints: {} },
        },
      },
    );
  });

  it("takes no name for two properties", () => {
    assert.throws(
      () => extracted({ [vault]: { schema: "AWS::Backup::BackupVault" } }),
      new Error(
        "AWS::Backup::BackupVault: both BackupVaultName and BackupName would be name of aws:backup/vault:Vault; say in counterparts.ts what each is",
      ),
    );
  });

  it("lists what is no input, and checks no value of another kind", () => {
    const renamed = { BackupName: [null, "a test"] } as const;
    assert.deepEqual(
      extracted({ [vault]: { schema: "AWS::Backup::BackupVault", renamed } }).types[vault],
      { schema: "AWS::Backup::BackupVault", replaces: [], constraints: {}, unmapped: ["Color"] },
    );
  });

  it("refuses tables that do not fit", () => {
    const wrong: readonly (readonly [Counterpart, RegExp])[] = [
      [{ schema: "AWS::KMS::Nothing" }, /has no schema of AWS::KMS::Nothing$/u],
      [
        { schema: "AWS::KMS::Alias", renamed: { AliasName: ["title", "a test"] } },
        /has no input title, which counterparts\.ts gives for AliasName$/u,
      ],
      [
        { schema: "AWS::KMS::Alias", renamed: { Nickname: ["name", "a test"] } },
        /has no Nickname, which counterparts\.ts renames$/u,
      ],
      [{ schema: "AWS::KMS::Alias", flattened: "Nothing" }, /has no structure Nothing$/u],
    ];
    for (const [counterpart, message] of wrong) {
      assert.throws(() => extracted({ [alias]: counterpart }), message);
    }
    assert.throws(() => rulesFrom(tmpdir(), {}), /is no unpacked wheel of cfn-lint$/u);
  });
});
