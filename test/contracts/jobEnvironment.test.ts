import assert from "node:assert/strict";
import fc from "fast-check";
import {
  isOptionalVariable,
  type JobEnvironment,
  parseEnvironment,
  variableName,
  variablesOf,
  variableText,
} from "../../contracts/jobEnvironment";
import { type JobKind, jobKinds } from "../../contracts/jobs";

const points = { bucket: "market-scanning-daily-records-111122223333-us-east-1" };
const everyJob = {
  system: "market-scanning",
  region: "us-east-1",
  account: "011122223333",
  events: { ...points, prefix: "records/audit-records/events/us-east-1/verify/" },
};
const writer = {
  ...everyJob,
  store: "database",
  tier: "daily",
  retentionDays: 90,
  recoveryPoints: { ...points, prefix: "recovery-points/daily/database/daily/us-east-1/" },
};
const restorer = {
  ...everyJob,
  recoveryPoints: [
    { ...points, prefix: "recovery-points/daily/database/daily/us-east-1/" },
    { ...points, prefix: "recovery-points/daily/database/daily/us-west-2/" },
  ],
  databaseName: "market_scanning",
  scratchSocketDirectory: "/var/run/postgresql",
  integrityQueries: { "positive-trades": "SELECT id FROM trades WHERE price <= 0" },
  baselineQueries: {},
};

const rehearser = {
  ...restorer,
  objectives: [
    { dataClass: "signals", kind: "rto", objectiveSeconds: 900, accepted: "none" } as const,
    { dataClass: "signals", kind: "rpo", objectiveSeconds: 0.5, accepted: 60 } as const,
  ],
  maximumAgeSeconds: 25_200,
};

/** Values of each kind of job, and the texts that they become, beside those that every job has. */
const examples: { readonly [Kind in JobKind]: JobEnvironment<Kind> } = {
  "backup-database": {
    ...writer,
    series: "daily",
    databaseHost: "db.cluster-ro-abc.us-east-1.rds.amazonaws.com",
    databaseName: "market_scanning",
    databaseUser: "market_scanning_backup",
  },
  verify: restorer,
  "snapshot-cache": {
    ...writer,
    masterName: "mymaster",
    sentinels: ["cache-sentinel-0.cache:26379", "cache-sentinel-1.cache:26379"],
    cacheUser: "backup",
    cachePasswordFile: "/var/run/secrets/trading-dr/password",
    cacheAuthorityFile: "/var/run/secrets/trading-dr/ca.crt",
  },
  "snapshot-configuration": {
    ...writer,
    namespace: "market-scanning",
    recoveryRecipients: [
      "age1mhu6d3yca9nwtdxyknyzvunmt99865m3u0gj2e8e5nhpqcpfkgwsnauyp8",
      "age1r269wjnl2sg92yxfvss6mnvg86rv4y09fcs0y8maws7ws6w329gq5vdqjv",
    ],
  },
  check: {
    ...everyJob,
    watched: [
      {
        store: "database",
        series: "daily",
        maximumAgeSeconds: 90_000,
        locations: [{ ...points, prefix: "recovery-points/daily/database/daily/us-east-1/" }],
        copiedTo: { region: "us-west-2", bucket: "market-scanning-daily-records-there" },
      },
      {
        store: "configuration",
        maximumAgeSeconds: 3_900,
        locations: [{ ...points, prefix: "recovery-points/frequent/configuration/us-east-1/" }],
      },
    ],
    verified: {
      maximumAgeSeconds: 90_000,
      locations: [{ ...points, prefix: "records/audit-records/events/us-east-1/verify/" }],
    },
    examinedBytes: 1_000_000,
  },
  "drill-recovery": rehearser,
  "drill-disaster": {
    ...rehearser,
    regionDatabase: {
      engine: "aurora-postgresql",
      cluster: "market-scanning-database-us-west-2",
      globalCluster: "market-scanning-database",
    },
    images: [
      {
        repository: "trading-dr/market-scanning/recovery",
        digests: [`sha256:${"1".repeat(64)}`],
        releaseTags: "v*",
      },
    ],
    endpoint: { url: "https://api-us-west-2.example.com/health", name: "api.example.com" },
  },
  "catalog-load": {
    ...everyJob,
    allEvents: { ...points, prefix: "records/audit-records/events/" },
    retentionDays: 2557,
    databaseHost: "db.cluster-abc.us-east-1.rds.amazonaws.com",
    databaseName: "market_scanning",
    databaseUser: "market_scanning_event_writer",
  },
};

/** The environment that a container gets. */
function rendered(kind: JobKind, values: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    variablesOf(kind)
      .filter((key) => values[key] !== undefined)
      .map((key) => [variableName(key), variableText(kind, key, values[key])]),
  );
}

describe("environment of jobs", () => {
  for (const kind of jobKinds) {
    it(`of kind ${kind} is read as it was written`, () => {
      const environment = rendered(kind, examples[kind]);
      assert.deepEqual(parseEnvironment(kind, environment), examples[kind]);
    });
  }

  it("may lack what may be left out", () => {
    const { verified, examinedBytes, ...needed } = examples.check;
    assert.ok(verified !== undefined && examinedBytes !== undefined);
    const { TRADING_DR_VERIFIED, TRADING_DR_EXAMINED_BYTES, ...environment } = rendered(
      "check",
      examples.check,
    );
    assert.ok(TRADING_DR_VERIFIED !== undefined && TRADING_DR_EXAMINED_BYTES === "1000000");
    assert.deepEqual(parseEnvironment("check", environment), needed);
  });

  it("is text that a person can read", () => {
    assert.deepEqual(rendered("backup-database", examples["backup-database"]), {
      TRADING_DR_SYSTEM: "market-scanning",
      TRADING_DR_REGION: "us-east-1",
      TRADING_DR_ACCOUNT: "011122223333",
      TRADING_DR_EVENTS:
        "s3://market-scanning-daily-records-111122223333-us-east-1/records/audit-records/events/us-east-1/verify/",
      TRADING_DR_STORE: "database",
      TRADING_DR_TIER: "daily",
      TRADING_DR_RETENTION_DAYS: "90",
      TRADING_DR_RECOVERY_POINTS:
        "s3://market-scanning-daily-records-111122223333-us-east-1/recovery-points/daily/database/daily/us-east-1/",
      TRADING_DR_SERIES: "daily",
      TRADING_DR_DATABASE_HOST: "db.cluster-ro-abc.us-east-1.rds.amazonaws.com",
      TRADING_DR_DATABASE_NAME: "market_scanning",
      TRADING_DR_DATABASE_USER: "market_scanning_backup",
    });
    assert.equal(
      rendered("snapshot-cache", examples["snapshot-cache"])["TRADING_DR_SENTINELS"],
      "cache-sentinel-0.cache:26379 cache-sentinel-1.cache:26379",
    );
  });

  it("has no variable that could hold a secret: those are files", () => {
    const names = jobKinds.flatMap((kind) => variablesOf(kind));
    assert.deepEqual(
      [...new Set(names.filter((name) => /password|secret|token|key|webhook/i.test(name)))],
      ["slackWebhookFile", "cachePasswordFile"],
    );
  });

  it("may say where signals go, and need not", () => {
    const optional = variablesOf("verify").filter((key) => isOptionalVariable("verify", key));
    assert.deepEqual(optional, ["pushgateway", "slackWebhookFile"]);
    const values = {
      ...restorer,
      pushgateway: "http://pushgateway.monitoring:9091",
      slackWebhookFile: "/var/run/secrets/trading-dr/webhook",
    };
    const environment = rendered("verify", values);
    assert.equal(environment["TRADING_DR_PUSHGATEWAY"], values.pushgateway);
    assert.equal(environment["TRADING_DR_SLACK_WEBHOOK_FILE"], values.slackWebhookFile);
    assert.deepEqual(parseEnvironment("verify", environment), values);
  });

  for (const [key, value] of [
    ["pushgateway", "pushgateway:9091"],
    ["pushgateway", "ftp://pushgateway"],
    ["pushgateway", "http://user:secret@pushgateway"],
    ["pushgateway", "http://pushgateway/?token=secret"],
    ["pushgateway", "http://pushgateway/#here"],
    ["pushgateway", ""],
    ["slackWebhookFile", "webhook"],
    ["slackWebhookFile", "https://hooks.slack.com/services/secret"],
  ] as const) {
    it(`refuses ${value === "" ? "nothing" : value} as ${key}, without saying it`, () => {
      const environment = { ...rendered("verify", restorer), [variableName(key)]: value };
      assert.throws(
        () => parseEnvironment("verify", environment),
        ({ message }: RangeError) =>
          message.includes(`${variableName(key)} must be`) && !message.includes("secret"),
      );
    });
  }

  it("leaves the variables of others alone", () => {
    const environment = { ...rendered("verify", restorer), PATH: "/bin", AWS_REGION: "us-east-1" };
    assert.deepEqual(parseEnvironment("verify", environment), restorer);
  });

  it("is read as it was written, whatever the numbers and prefixes", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
    fc.assert(
      fc.property(fc.nat(), fc.array(word, { minLength: 1, maxLength: 4 }), (days, words) => {
        const values = {
          ...examples["snapshot-configuration"],
          retentionDays: days,
          recoveryPoints: { ...points, prefix: `${words.join("/")}/` },
        };
        const environment = rendered("snapshot-configuration", values);
        assert.deepEqual(parseEnvironment("snapshot-configuration", environment), values);
      }),
    );
  });

  it("that is wrong is refused with all that is wrong in it", () => {
    const environment = {
      ...rendered("snapshot-configuration", examples["snapshot-configuration"]),
      TRADING_DR_RETENTION_DAYS: "ninety",
      TRADING_DR_EVENTS: "s3://bucket",
      TRADING_DR_NAMESPACE: undefined,
      TRADING_DR_NAMESPCE: "market-scanning",
    };
    assert.throws(
      () => parseEnvironment("snapshot-configuration", environment),
      new RangeError(
        "the environment of trading-dr snapshot configuration is wrong: " +
          "TRADING_DR_NAMESPCE is no variable of trading-dr snapshot configuration; " +
          "TRADING_DR_EVENTS must be like s3://bucket/prefix/; " +
          "TRADING_DR_RETENTION_DAYS must be a whole number; " +
          "TRADING_DR_NAMESPACE is missing",
      ),
    );
    assert.throws(
      () =>
        parseEnvironment("check", {
          ...rendered("check", examples.check),
          TRADING_DR_WATCHED: "[",
        }),
      new RangeError(
        "the environment of trading-dr check is wrong: TRADING_DR_WATCHED must be JSON",
      ),
    );
  });

  it("is not written with a value that it could not be read from", () => {
    assert.throws(
      () => variableText("check", "account", "1"),
      new RangeError("account must be 12 digits"),
    );
    assert.throws(
      () => variableText("check", "databaseHost", "x"),
      new RangeError("databaseHost is no variable of check jobs"),
    );
    assert.throws(() => variableText("snapshot-cache", "retentionDays", 1.5), RangeError);
    assert.throws(() => variableText("verify", "recoveryPoints", []), RangeError);
  });
});
