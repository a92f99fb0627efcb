import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { loadSystem, systemIds } from "../../config/configuration";
import { identifier } from "../../config/field";
import { jobKinds } from "../../contracts/jobs";
import {
  alarmNamePrefix,
  bucketArn,
  databaseClusterArn,
  databaseInstanceArn,
  databaseInstanceArnPrefix,
  databasePurpose,
  defaultEventBusArn,
  eventRuleArn,
  imageReference,
  jobPurpose,
  keyAliasArn,
  type NamedService,
  namedServices,
  physicalName,
  type Place,
  type Purpose,
  queueArn,
  recordsPurpose,
  repositoryArnPattern,
  repositoryName,
  repositoryPrefix,
  replicationRuleId,
  roleArn,
  topicArn,
  trailArn,
  vaultArn,
  vaultPurpose,
} from "../../contracts/names";
import { projectDirectory } from "../support/projectCopy";

const place: Place = { system: "market-scanning", region: "us-east-1", account: "111122223333" };
const systemsDirectory = join(projectDirectory, "systems");

/** The database's first generation and a later one, or some part of each. */
function databases(later: number, part?: number): readonly Purpose[] {
  return [databasePurpose(1, part), databasePurpose(later, part)];
}

/**
 * What each service is asked to name. Lock classes are part of some purposes, and generations of
 * the database of others.
 */
const purposesOf: Record<
  NamedService,
  (lockClass: string, generation: number) => readonly Purpose[]
> = {
  bucket: (lockClass) => ["access-logs", "audit-logs", recordsPurpose(lockClass)],
  keyAlias: () => [
    "database",
    "records",
    "snapshots",
    "secrets",
    "notices",
    "images",
    "audit-logs",
  ],
  vault: (lockClass) => [vaultPurpose(lockClass)],
  backupPlan: () => ["snapshots"],
  backupSelection: (_, generation) => ["database", `generation-${String(generation)}`],
  restoreTestingPlan: () => ["restore-test"],
  role: () => [
    "record-replication",
    "notice-forwarding",
    "snapshots",
    "restore-test",
    "repository-creation",
    "break-glass",
    ...jobKinds.map(jobPurpose),
  ],
  globalCluster: (_, generation) => databases(generation),
  databaseCluster: (_, generation) => databases(generation),
  databaseInstance: (_, generation) => [
    ...databases(generation),
    ...databases(generation, 1),
    ...databases(generation, 16),
  ],
  finalSnapshot: (_, generation) => databases(generation),
  parameterGroup: (_, generation) => databases(generation, 16),
  subnetGroup: (_, generation) => databases(generation),
  securityGroup: (_, generation) => databases(generation),
  secret: () => ["database-administrator", "database-audit-reader-login", "cache-replication"],
  topic: () => ["notices"],
  alarm: (lockClass) => [
    "database-recovery-point-lag",
    "database-replication-lag",
    "failover-switch",
    "health-check",
    "heartbeats-in",
    "missed-copies",
    "undelivered-notices",
    `${lockClass}-copies-failed-to-us-west-2`,
    `${lockClass}-copies-late-from-us-west-2`,
  ],
  eventRule: () => [
    "heartbeats-in",
    "heartbeats-out",
    "local-notices",
    "notices-in",
    "notices-out",
  ],
  queue: () => ["heartbeats-in", "missed-copies", "undelivered-notices"],
  trail: () => ["audit-trail"],
  budget: () => ["backup-cost", "transfer-cost", "storage-cost"],
};

describe("physical names", () => {
  // Pinned: a name that changes replaces or orphans what bears it.
  const pinned: readonly (readonly [NamedService, Purpose, string])[] = [
    ["bucket", "access-logs", "market-scanning-access-logs-111122223333-us-east-1"],
    ["bucket", "audit-logs", "market-scanning-audit-logs-111122223333-us-east-1"],
    ["bucket", "regulated-records", "market-scanning-regulated-records-111122223333-us-east-1"],
    ["keyAlias", "database", "alias/market-scanning-database-us-east-1"],
    ["keyAlias", "records", "alias/market-scanning-records-us-east-1"],
    ["keyAlias", "snapshots", "alias/market-scanning-snapshots-us-east-1"],
    ["keyAlias", "secrets", "alias/market-scanning-secrets-us-east-1"],
    ["keyAlias", "notices", "alias/market-scanning-notices-us-east-1"],
    ["keyAlias", "images", "alias/market-scanning-images-us-east-1"],
    ["keyAlias", "audit-logs", "alias/market-scanning-audit-logs-us-east-1"],
    ["vault", "regulated-vault", "market-scanning-regulated-vault-us-east-1"],
    ["backupPlan", "snapshots", "market-scanning-snapshots-us-east-1"],
    ["backupSelection", "database", "market-scanning-database-us-east-1"],
    ["backupSelection", "generation-2", "market-scanning-generation-2-us-east-1"],
    ["restoreTestingPlan", "restore-test", "market_scanning_restore_test_us_east_1"],
    ["role", "record-replication", "market-scanning-record-replication-us-east-1"],
    ["role", "notice-forwarding", "market-scanning-notice-forwarding-us-east-1"],
    ["role", "snapshots", "market-scanning-snapshots-us-east-1"],
    ["role", "restore-test", "market-scanning-restore-test-us-east-1"],
    ["role", "repository-creation", "market-scanning-repository-creation-us-east-1"],
    ["role", "break-glass", "market-scanning-break-glass-us-east-1"],
    ["role", "backup-database-job", "market-scanning-backup-database-job-us-east-1"],
    ["role", "verify-job", "market-scanning-verify-job-us-east-1"],
    ["role", "snapshot-cache-job", "market-scanning-snapshot-cache-job-us-east-1"],
    ["role", "snapshot-configuration-job", "market-scanning-snapshot-configuration-job-us-east-1"],
    ["role", "check-job", "market-scanning-check-job-us-east-1"],
    ["role", "catalog-load-job", "market-scanning-catalog-load-job-us-east-1"],
    ["role", "drill-recovery-job", "market-scanning-drill-recovery-job-us-east-1"],
    ["role", "drill-disaster-job", "market-scanning-drill-disaster-job-us-east-1"],
    ["globalCluster", "database", "market-scanning-database"],
    ["globalCluster", "database-generation-2", "market-scanning-database-generation-2"],
    ["databaseCluster", "database", "market-scanning-database-us-east-1"],
    ["databaseCluster", "database-generation-2", "market-scanning-database-generation-2-us-east-1"],
    ["databaseInstance", "database", "market-scanning-database-us-east-1"],
    [
      "databaseInstance",
      "database-generation-2",
      "market-scanning-database-generation-2-us-east-1",
    ],
    ["databaseInstance", "database-1", "market-scanning-database-1-us-east-1"],
    [
      "databaseInstance",
      "database-generation-2-1",
      "market-scanning-database-generation-2-1-us-east-1",
    ],
    ["databaseInstance", "database-16", "market-scanning-database-16-us-east-1"],
    [
      "databaseInstance",
      "database-generation-2-16",
      "market-scanning-database-generation-2-16-us-east-1",
    ],
    ["finalSnapshot", "database", "market-scanning-database-us-east-1"],
    ["finalSnapshot", "database-generation-2", "market-scanning-database-generation-2-us-east-1"],
    ["parameterGroup", "database-16", "market-scanning-database-16-us-east-1"],
    [
      "parameterGroup",
      "database-generation-2-16",
      "market-scanning-database-generation-2-16-us-east-1",
    ],
    ["subnetGroup", "database", "market-scanning-database-us-east-1"],
    ["subnetGroup", "database-generation-2", "market-scanning-database-generation-2-us-east-1"],
    ["securityGroup", "database", "market-scanning-database-us-east-1"],
    ["securityGroup", "database-generation-2", "market-scanning-database-generation-2-us-east-1"],
    ["secret", "database-administrator", "market-scanning/database-administrator"],
    ["secret", "database-audit-reader-login", "market-scanning/database-audit-reader-login"],
    ["secret", "cache-replication", "market-scanning/cache-replication"],
    ["topic", "notices", "market-scanning-notices-us-east-1"],
    [
      "alarm",
      "database-recovery-point-lag",
      "market-scanning/database-recovery-point-lag/us-east-1",
    ],
    ["alarm", "database-replication-lag", "market-scanning/database-replication-lag/us-east-1"],
    ["alarm", "failover-switch", "market-scanning/failover-switch/us-east-1"],
    ["alarm", "health-check", "market-scanning/health-check/us-east-1"],
    ["alarm", "heartbeats-in", "market-scanning/heartbeats-in/us-east-1"],
    ["alarm", "missed-copies", "market-scanning/missed-copies/us-east-1"],
    ["alarm", "undelivered-notices", "market-scanning/undelivered-notices/us-east-1"],
    [
      "alarm",
      "regulated-copies-failed-to-us-west-2",
      "market-scanning/regulated-copies-failed-to-us-west-2/us-east-1",
    ],
    [
      "alarm",
      "regulated-copies-late-from-us-west-2",
      "market-scanning/regulated-copies-late-from-us-west-2/us-east-1",
    ],
    ["eventRule", "heartbeats-in", "market-scanning-heartbeats-in-us-east-1"],
    ["eventRule", "heartbeats-out", "market-scanning-heartbeats-out-us-east-1"],
    ["eventRule", "local-notices", "market-scanning-local-notices-us-east-1"],
    ["eventRule", "notices-in", "market-scanning-notices-in-us-east-1"],
    ["eventRule", "notices-out", "market-scanning-notices-out-us-east-1"],
    ["queue", "heartbeats-in", "market-scanning-heartbeats-in-us-east-1"],
    ["queue", "missed-copies", "market-scanning-missed-copies-us-east-1"],
    ["queue", "undelivered-notices", "market-scanning-undelivered-notices-us-east-1"],
    ["trail", "audit-trail", "market-scanning-audit-trail-us-east-1"],
    ["budget", "backup-cost", "market-scanning-backup-cost"],
    ["budget", "transfer-cost", "market-scanning-transfer-cost"],
    ["budget", "storage-cost", "market-scanning-storage-cost"],
  ];
  for (const [service, purpose, name] of pinned) {
    it(`call the ${service} for ${purpose} ${name}`, () => {
      assert.equal(physicalName(service, purpose, place), name);
    });
  }

  it("are pinned for every purpose of every service", () => {
    assert.deepEqual(
      namedServices.flatMap((service) =>
        purposesOf[service]("regulated", 2).map((purpose) => `${service} ${purpose}`),
      ),
      pinned.map(([service, purpose]) => `${service} ${purpose}`),
    );
  });

  it("differ between regions, but for global clusters, secrets that both share, and budgets", () => {
    const standby = { ...place, region: "us-west-2" };
    const shared = pinned.filter(
      ([service, purpose, name]) => physicalName(service, purpose, standby) === name,
    );
    assert.deepEqual(
      shared.map(([service]) => service),
      [
        ...["globalCluster", "globalCluster"],
        ...["secret", "secret", "secret"],
        ...["budget", "budget", "budget"],
      ],
    );
  });

  it("differ between accounts for buckets alone, whose names the whole world shares", () => {
    const second = { ...place, account: "444455556666" };
    const different = pinned.filter(
      ([service, purpose, name]) => physicalName(service, purpose, second) !== name,
    );
    assert.deepEqual(
      different.map(([, , name]) => name),
      [
        "market-scanning-access-logs-111122223333-us-east-1",
        "market-scanning-audit-logs-111122223333-us-east-1",
        "market-scanning-regulated-records-111122223333-us-east-1",
      ],
    );
  });

  it("name the record bucket and the vault of a lock class after it", () => {
    assert.equal(recordsPurpose("regulated"), "regulated-records");
    assert.equal(vaultPurpose("regulated"), "regulated-vault");
  });

  it("say nothing of the first generation of the database, and number the later ones", () => {
    assert.deepEqual(
      [
        databasePurpose(1),
        databasePurpose(1, 2),
        databasePurpose(1, "16"),
        databasePurpose(2),
        databasePurpose(2, 1),
        databasePurpose(12, "16"),
      ],
      [
        "database",
        "database-2",
        "database-16",
        "database-generation-2",
        "database-generation-2-1",
        "database-generation-12-16",
      ],
    );
  });

  it("call a replication rule after the place that it copies to", () => {
    assert.equal(replicationRuleId({ ...place, region: "us-west-2" }), "to-us-west-2");
  });
});

describe("names of image repositories", () => {
  // Pinned: with another name, replication would make a second repository beside the first.
  it("begin with what all systems share, and then with the system", () => {
    assert.equal(repositoryName("api", place), "trading-dr/market-scanning/api");
    assert.equal(repositoryPrefix(place), "trading-dr/market-scanning");
  });

  it("are the same in both regions, as replication wants them", () => {
    const standby = { ...place, region: "us-west-2" };
    assert.equal(repositoryName("api", standby), repositoryName("api", place));
  });

  it("never collide, nor do the prefixes that permissions and templates are limited to", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,3}(-[a-z0-9]{1,3}){0,2}$/);
    fc.assert(
      fc.property(word, word, word, word, (system, other, repository, second) => {
        const theirs = repositoryName(second, { ...place, system: other });
        const same = system === other && repository === second;
        assert.equal(repositoryName(repository, { ...place, system }) === theirs, same);
        const own = theirs.startsWith(`${repositoryPrefix({ ...place, system })}/`);
        assert.equal(own, system === other);
      }),
    );
  });

  it("fit ECR at the longest system id and repository", () => {
    const longest = repositoryName("r".repeat(64), { ...place, system: "abcdefg-hijklmn" });
    assert.equal(longest.length, 91); // ECR's limit is 256
  });

  it("are not made of what ECR refuses", () => {
    assert.throws(
      () => repositoryName("API", place),
      new RangeError(
        'repository name "trading-dr/market-scanning/API" is not allowed: at most 256 characters that match /^([a-z0-9]+(-[a-z0-9]+)*\\/){2}[a-z0-9]+(-[a-z0-9]+)*$/; shorten the system\'s id or the purpose',
      ),
    );
  });
});

describe("ARNs", () => {
  const pinned: readonly (readonly [string, string, string])[] = [
    [
      "a bucket",
      bucketArn("regulated-records", place),
      "arn:aws:s3:::market-scanning-regulated-records-111122223333-us-east-1",
    ],
    [
      "a key's alias",
      keyAliasArn("records", place),
      "arn:aws:kms:us-east-1:111122223333:alias/market-scanning-records-us-east-1",
    ],
    [
      "a vault",
      vaultArn("regulated-vault", place),
      "arn:aws:backup:us-east-1:111122223333:backup-vault:market-scanning-regulated-vault-us-east-1",
    ],
    [
      "a role",
      roleArn("restore-test", place),
      "arn:aws:iam::111122223333:role/market-scanning-restore-test-us-east-1",
    ],
    [
      "a system's image repositories",
      repositoryArnPattern(place),
      "arn:aws:ecr:us-east-1:111122223333:repository/trading-dr/market-scanning/*",
    ],
    [
      "an Aurora cluster",
      databaseClusterArn(place, 1),
      "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1",
    ],
    [
      "an RDS instance",
      databaseInstanceArn(place, 1),
      "arn:aws:rds:us-east-1:111122223333:db:market-scanning-database-us-east-1",
    ],
    [
      "an Aurora cluster of a later generation",
      databaseClusterArn(place, 2),
      "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-generation-2-us-east-1",
    ],
    [
      "an RDS instance of a later generation",
      databaseInstanceArn(place, 2),
      "arn:aws:rds:us-east-1:111122223333:db:market-scanning-database-generation-2-us-east-1",
    ],
    [
      "a system's database instances, of every generation",
      databaseInstanceArnPrefix(place),
      "arn:aws:rds:us-east-1:111122223333:db:market-scanning-database-",
    ],
    [
      "a rule",
      eventRuleArn("notices-in", place),
      "arn:aws:events:us-east-1:111122223333:rule/market-scanning-notices-in-us-east-1",
    ],
    [
      "the default event bus",
      defaultEventBusArn(place),
      "arn:aws:events:us-east-1:111122223333:event-bus/default",
    ],
    [
      "a queue",
      queueArn("heartbeats-in", place),
      "arn:aws:sqs:us-east-1:111122223333:market-scanning-heartbeats-in-us-east-1",
    ],
    [
      "a topic",
      topicArn("notices", place),
      "arn:aws:sns:us-east-1:111122223333:market-scanning-notices-us-east-1",
    ],
    [
      "a trail",
      trailArn("audit-trail", place),
      "arn:aws:cloudtrail:us-east-1:111122223333:trail/market-scanning-audit-trail-us-east-1",
    ],
  ];
  for (const [what, arn, expected] of pinned) {
    it(`name ${what} by its physical name`, () => {
      assert.equal(arn, expected);
    });
  }
});

describe("an image", () => {
  it("comes from the registry of its own account and region", () => {
    const digest = `sha256:${"0".repeat(64)}`;
    assert.equal(
      imageReference(`trading-dr/market-scanning/recovery@${digest}`, place),
      `111122223333.dkr.ecr.us-east-1.amazonaws.com/trading-dr/market-scanning/recovery@${digest}`,
    );
  });
});

describe("physical names of any system", () => {
  // Words of purposes turn up in system ids and lock classes, where a collision would start.
  const words = [
    "a",
    "b",
    "1",
    "access",
    "logs",
    "records",
    "database",
    "restore",
    "test",
    "vault",
    "generation",
    "2",
  ];
  const validId = (id: string) => identifier(15).safeParse(id).success;
  const system = fc
    .oneof(
      fc
        .array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 })
        .map((parts) => parts.join("-")),
      fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,2}$/),
    )
    .filter(validId);
  const generation = fc.integer({ min: 2, max: 30 });
  const lockClass = fc.oneof(
    fc.constantFrom("a", "b", "access", "records", "database", "vault", "regulated"),
    fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/),
  );
  // The other system of a pair is any, or one that differs from the first by a word or a hyphen.
  const systems = system.chain((one) => {
    const longer = lockClass.map((word) => `${one}-${word}`);
    const other = fc.oneof(system, longer, fc.constant(one.replaceAll("-", ""))).filter(validId);
    return fc.tuple(fc.constant(one), other);
  });

  it("never collide within a service", () => {
    fc.assert(
      fc.property(
        systems,
        fc.tuple(lockClass, generation),
        fc.tuple(lockClass, generation),
        ([one, other], ofOne, ofOther) => {
          for (const service of namedServices) {
            const pairs = new Set<string>();
            const names = new Set<string>();
            for (const [id, parts] of [
              [one, ofOne],
              [other, ofOther],
            ] as const) {
              for (const purpose of purposesOf[service](...parts)) {
                pairs.add(`${id} ${purpose}`);
                names.add(physicalName(service, purpose, { ...place, system: id }));
              }
            }
            assert.equal(names.size, pairs.size, `${service}: ${[...names].join(", ")}`);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("of alarms begin as no other system's do", () => {
    fc.assert(
      fc.property(systems, lockClass, ([one, other], name) => {
        for (const purpose of purposesOf.alarm(name, 2)) {
          const alarm = physicalName("alarm", purpose, { ...place, system: one });
          assert.equal(alarm.startsWith(alarmNamePrefix(one)), true);
          assert.equal(alarm.startsWith(alarmNamePrefix(other)), one === other);
        }
      }),
    );
  });

  it("of a secret never look as if they ended in the suffix of an ARN", () => {
    fc.assert(
      fc.property(system, (id) => {
        for (const purpose of purposesOf.secret("", 2)) {
          const name = physicalName("secret", purpose, { ...place, system: id });
          assert.doesNotMatch(name, /-[A-Za-z0-9]{6}$/);
        }
      }),
    );
  });

  it("fit every service at the longest system id, lock class, region and 99 generations", () => {
    const longest = { ...place, system: "abcdefg-hijklmn", region: "ap-southeast-1" };
    const lengths = namedServices.map((service) => [
      service,
      Math.max(
        ...purposesOf[service]("elevenchars", 99).map(
          (purpose) => physicalName(service, purpose, longest).length,
        ),
      ),
    ]);
    assert.deepEqual(Object.fromEntries(lengths), {
      bucket: 63, // S3's limit
      keyAlias: 47,
      vault: 48, // AWS Backup's limit is 50
      backupPlan: 40,
      backupSelection: 44, // as the vault's
      restoreTestingPlan: 43,
      role: 57,
      globalCluster: 38,
      databaseCluster: 53, // RDS's limit is 63
      databaseInstance: 56, // likewise
      finalSnapshot: 53,
      parameterGroup: 56,
      subnetGroup: 53,
      securityGroup: 53,
      secret: 43,
      topic: 38,
      alarm: 69,
      eventRule: 45,
      queue: 50,
      trail: 42,
      budget: 29,
    });
  });

  it("are different for all systems that have a file", () => {
    const ids = systemIds(systemsDirectory);
    const lockClasses = ids.map((id) => Object.keys(loadSystem(id, systemsDirectory).lockClasses));
    for (const service of namedServices) {
      const names = ids.flatMap((id, index) => {
        const purposes = lockClasses[index]?.flatMap((name) => purposesOf[service](name, 2)) ?? [];
        return [...new Set(purposes)].map((purpose) =>
          physicalName(service, purpose, { ...place, system: id }),
        );
      });
      assert.ok(names.length >= ids.length);
      assert.deepEqual([...new Set(names)], names);
    }
  });
});

describe("a physical name that the service would refuse", () => {
  const refused: readonly (readonly [string, NamedService, Purpose, Place, string])[] = [
    [
      "a bucket of 64 characters",
      "bucket",
      recordsPurpose("twelveletter"),
      { ...place, region: "ap-southeast-1" },
      'bucket name "market-scanning-twelveletter-records-111122223333-ap-southeast-1" is not allowed: at most 63 characters that match /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/; shorten the system\'s id or the purpose',
    ],
    [
      "a vault of 51 characters",
      "vault",
      vaultPurpose("fifteen-letters"),
      { ...place, system: "fifteen-letters", region: "us-gov-east-1" },
      'vault name "fifteen-letters-fifteen-letters-vault-us-gov-east-1" is not allowed: at most 50 characters that match /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/; shorten the system\'s id or the purpose',
    ],
    [
      "a double hyphen",
      "role",
      vaultPurpose("daily-"),
      place,
      'role name "market-scanning-daily--vault-us-east-1" is not allowed: at most 64 characters that match /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/; shorten the system\'s id or the purpose',
    ],
    [
      "an alias that AWS keeps to itself",
      "keyAlias",
      "records",
      { ...place, system: "aws/s3" },
      'keyAlias name "alias/aws/s3-records-us-east-1" is not allowed: at most 256 characters that match /^alias\\/(?!aws\\/)[a-z0-9-]+$/; shorten the system\'s id or the purpose',
    ],
    [
      "a secret that ends like an ARN, in a hyphen and six characters",
      "secret",
      "database-reader",
      place,
      'secret name "market-scanning/database-reader" is not allowed: at most 512 characters that match /^(?!.*-[a-z0-9]{6}$)[a-z0-9-]+\\/[a-z0-9-]+$/; shorten the system\'s id or the purpose',
    ],
  ];
  for (const [what, service, purpose, where, message] of refused) {
    it(`is not made: ${what}`, () => {
      assert.throws(() => physicalName(service, purpose, where), new RangeError(message));
    });
  }
});
