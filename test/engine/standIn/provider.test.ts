import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Change, type Difference, type Properties, unknown } from "./protocol";
import { StandIn } from "./provider";
import { World } from "./world";

const cluster = "aws:rds/cluster:Cluster";

function urnOf(type: string): string {
  return `urn:pulumi:prod::trading-dr::trading-dr:database:AuroraDatabase$${type}::database`;
}

describe("stand-in provider", () => {
  let directory: string;
  let world: World;
  let provider: StandIn;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "trading-dr-world-"));
    world = new World(directory);
    provider = new StandIn(world);
    provider.configure({ region: "us-east-1", allowedAccountIds: '["111122223333"]' });
  });

  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  describe("asked for a secret", () => {
    const secret = "aws:secretsmanager/secret:Secret";
    const version = "aws:secretsmanager/secretVersion:SecretVersion";
    const token = "aws:secretsmanager/getSecretVersion:getSecretVersion";
    const inRegion = (region: string) => {
      const other = new StandIn(world);
      other.configure({ region, allowedAccountIds: '["111122223333"]' });
      return other.invoke(token, { secretId: "login" });
    };

    beforeEach(() => {
      provider.create(urnOf(secret), { name: "login", replicas: [{ region: "us-west-2" }] }, false);
      for (const secretString of ["first", "second"]) {
        provider.create(urnOf(version), { secretId: "login", secretString }, false);
      }
    });

    it("has the newest version, in its region and where it has a replica", () => {
      for (const region of ["us-east-1", "us-west-2"]) {
        assert.deepEqual(inRegion(region), { secretId: "login", secretString: "second" });
      }
    });

    it("has none elsewhere", () => {
      assert.throws(() => inRegion("eu-west-1"), /ResourceNotFoundException: .*login in eu-west-1/);
    });

    it("reads the replica while the region of its own is out of reach", () => {
      world.unreachable = ["us-east-1"];
      assert.equal(inRegion("us-west-2")["secretString"], "second");
      assert.throws(() => inRegion("us-east-1"), /no endpoint in us-east-1 answers/);
    });
  });

  describe("asked to check inputs", () => {
    const refusals: readonly (readonly [string, string, Properties, [string, RegExp][]])[] = [
      ["a required input that is missing", cluster, {}, [["engine", /^is required$/]]],
      [
        "an input that the type does not have",
        cluster,
        { engine: "aurora-postgresql", motor: "V8" },
        [["motor", /^is not an input of this type$/]],
      ],
      [
        "a number above what AWS's schema allows",
        "aws:kms/key:Key",
        { rotationPeriodInDays: 2561 },
        [["rotationPeriodInDays", /^must be 90 to 2560, got 2561$/]],
      ],
      [
        "a word that AWS's schema does not list",
        "aws:kms/key:Key",
        { keyUsage: "DECORATION" },
        [["keyUsage", /^must be one of .*ENCRYPT_DECRYPT.*, got DECORATION$/]],
      ],
    ];
    for (const [what, type, inputs, failures] of refusals) {
      it(`refuses ${what}`, () => {
        const found = provider.failures(urnOf(type), inputs);
        assert.deepEqual(
          found.map(([property]) => property),
          failures.map(([property]) => property),
        );
        failures.forEach(([, reason], index) => {
          assert.match(String(found[index]?.[1]), reason);
        });
      });
    }

    it("lets pass what nobody can know yet, and types that no library has", () => {
      const inputs = { rotationPeriodInDays: unknown };
      assert.deepEqual(provider.failures(urnOf("aws:kms/key:Key"), inputs), []);
      assert.deepEqual(provider.failures(urnOf("aws:none/none:None"), { any: "thing" }), []);
    });
  });

  describe("asked for differences", () => {
    function differences(change: Partial<Change>): Difference[] {
      return provider.differences({
        urn: urnOf(cluster),
        id: "database",
        olds: {},
        oldInputs: {},
        news: {},
        ignored: [],
        preview: true,
        ...change,
      });
    }

    it("finds none between equal inputs, whatever the cloud has added", () => {
      const inputs = { engine: "aurora-postgresql", tags: { a: "1" } };
      const olds = { ...inputs, arn: "arn:aws:rds:...", port: 5432 };
      assert.deepEqual(differences({ olds, oldInputs: inputs, news: inputs }), []);
    });

    it("updates in place what can be, and replaces what cannot", () => {
      const olds = { backupRetentionPeriod: 35, kmsKeyId: "arn:1" };
      const news = { backupRetentionPeriod: 30, kmsKeyId: "arn:2" };
      assert.deepEqual(differences({ olds, oldInputs: olds, news }), [
        { property: "backupRetentionPeriod", kind: "update", replaces: false },
        { property: "kmsKeyId", kind: "update", replaces: true },
      ]);
    });

    it("takes away what the program no longer has, or never had where the provider minds", () => {
      const olds = { preferredBackupWindow: "03:00-04:00", replicationSourceIdentifier: "arn:1" };
      const oldInputs = { preferredBackupWindow: "03:00-04:00" };
      assert.deepEqual(differences({ olds, oldInputs }), [
        { property: "preferredBackupWindow", kind: "delete", replaces: false },
        { property: "replicationSourceIdentifier", kind: "delete", replaces: false },
      ]);
    });

    it("resets what has a default, when the cloud has another value", () => {
      assert.deepEqual(differences({ olds: { deleteAutomatedBackups: false } }), [
        { property: "deleteAutomatedBackups", kind: "delete", replaces: false },
      ]);
      assert.deepEqual(differences({ olds: { deleteAutomatedBackups: true } }), []);
    });

    it("leaves alone what the program ignores", () => {
      const olds = { replicationSourceIdentifier: "arn:1", kmsKeyId: "arn:1" };
      const ignored = ["replicationSourceIdentifier", "kmsKeyId"];
      assert.deepEqual(differences({ olds, news: { kmsKeyId: "arn:2" }, ignored }), []);
    });
  });

  it("knows in a preview nothing that only the cloud can know, and makes nothing", () => {
    const { id, properties } = provider.create(
      urnOf("aws:kms/key:Key"),
      { description: "records" },
      true,
    );
    assert.equal(id, "");
    assert.equal(properties["arn"], unknown);
    assert.equal(properties["description"], "records");
    assert.deepEqual(world.everything(), []);
  });

  it("makes things in its region and account, with ARNs as AWS writes them", () => {
    const type = "aws:backup/vault:Vault";
    const made = provider.create(urnOf(type), { name: "daily" }, false);
    assert.equal(
      made.properties["arn"],
      "arn:aws:backup:us-east-1:111122223333:backup-vault:daily",
    );
    assert.deepEqual(provider.read(urnOf(type), made.id, { name: "yesterday's" }), {
      properties: made.properties,
      inputs: { name: "daily" },
    });
  });

  it("refuses to make a second thing of one name", () => {
    const urn = urnOf("aws:s3/bucket:Bucket");
    provider.create(urn, { bucket: "records" }, false);
    assert.throws(() => provider.create(urn, { bucket: "records" }, false), /AlreadyExists/);
  });

  it("keeps nothing of a cluster that names a global database which is not there", () => {
    const inputs = { clusterIdentifier: "a", globalClusterIdentifier: "b" };
    assert.throws(
      () => provider.create(urnOf(cluster), inputs, false),
      /GlobalClusterNotFoundFault: b/,
    );
    assert.deepEqual(world.everything(), []);
  });

  it("replaces what differs below a property, where only that part forces it", () => {
    const differing = (days: number, enabled: string) => ({
      objectLockConfiguration: { objectLockEnabled: enabled, rule: { days } },
    });
    const difference = (news: Properties) =>
      provider.differences({
        urn: urnOf("aws:s3/bucket:Bucket"),
        id: "records",
        olds: differing(1, "Enabled"),
        oldInputs: differing(1, "Enabled"),
        news,
        ignored: [],
        preview: true,
      });
    const change = { property: "objectLockConfiguration", kind: "update" };
    assert.deepEqual(difference(differing(2, "Enabled")), [{ ...change, replaces: false }]);
    assert.deepEqual(difference(differing(1, "")), [{ ...change, replaces: true }]);
  });

  it("refuses to delete what has deletion protection", () => {
    const urn = urnOf("aws:rds/instance:Instance");
    const { id } = provider.create(urn, { identifier: "a", deletionProtection: true }, false);
    assert.throws(() => {
      provider.delete(urn, id);
    }, /has deletion protection/);
    assert.equal(world.everything().length, 1);
  });

  it("reaches nothing in a region that is out, nor what AWS keeps there for all regions", () => {
    world.unreachable = ["us-east-1"];
    const configure = (region: string) => {
      provider.configure({ region, allowedAccountIds: '["111122223333"]' });
    };
    assert.throws(() => {
      configure("us-east-1");
    }, /no endpoint in us-east-1 answers/);
    configure("us-west-2");
    provider.create(urnOf("aws:s3/bucket:Bucket"), { bucket: "records" }, false);
    for (const type of [
      "aws:iam/role:Role",
      "aws:route53/record:Record",
      "aws:budgets/budget:Budget",
      "aws:cloudfront/distribution:Distribution",
    ]) {
      assert.throws(
        () => provider.create(urnOf(type), { name: "any" }, false),
        /no endpoint in us-east-1 answers/,
        type,
      );
    }
  });
});
