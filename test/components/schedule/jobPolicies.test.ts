import assert from "node:assert/strict";
import { jobPolicy, type JobScope } from "../../../components/schedule/jobPolicies";
import { primary } from "../../support/declared";
import { statementsOf } from "../inspection";

const daily = "arn:aws:s3:::market-scanning-daily-records-111122223333-us-east-1";
const audit = "arn:aws:s3:::market-scanning-audit-records-111122223333-us-east-1";

const scope: JobScope = {
  place: primary,
  writes: [
    { purpose: "daily-records", prefix: "recovery-points/daily/database/us-east-1/" },
    { purpose: "audit-records", prefix: "records/audit/events/" },
  ],
  reads: [
    { purpose: "daily-records", prefix: "recovery-points/daily/database/us-west-2/" },
    { purpose: "audit-records", prefix: "records/audit/events/" },
  ],
};

describe("policy of a job", () => {
  it("puts objects, reads them back, lists and reads others, and uses their key", () => {
    assert.deepEqual(statementsOf(jobPolicy(scope)), [
      {
        Sid: "Write",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: [
          `${daily}/recovery-points/daily/database/us-east-1/*`,
          `${audit}/records/audit/events/*`,
        ],
      },
      {
        Sid: "Read",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: [
          `${daily}/recovery-points/daily/database/us-east-1/*`,
          `${audit}/records/audit/events/*`,
          `${daily}/recovery-points/daily/database/us-west-2/*`,
        ],
      },
      {
        Sid: "Listdailyrecords",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: daily,
        Condition: {
          StringLike: {
            "s3:prefix": ["recovery-points/daily/database/us-west-2/*"],
          },
        },
      },
      {
        Sid: "Listauditrecords",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: audit,
        Condition: { StringLike: { "s3:prefix": ["records/audit/events/*"] } },
      },
      {
        Sid: "UseKey",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "arn:aws:kms:us-east-1:111122223333:key/*",
        Condition: {
          "ForAnyValue:StringEquals": {
            "kms:ResourceAliases": "alias/market-scanning-records-us-east-1",
          },
        },
      },
    ]);
  });

  for (const [engine, database] of [
    ["aurora-postgresql", "cluster-*"],
    ["rds-postgresql", "db-*"],
  ] as const) {
    it(`connects to a database of ${engine} as one user`, () => {
      const connectsTo = { engine, user: "market_scanning_backup" };
      assert.deepEqual(statementsOf(jobPolicy({ ...scope, connectsTo })).slice(5), [
        {
          Sid: "Connect",
          Effect: "Allow",
          Action: "rds-db:connect",
          Resource: `arn:aws:rds-db:us-east-1:111122223333:dbuser:${database}/market_scanning_backup`,
        },
      ]);
    });
  }

  it("asks about an Aurora cluster and its global database", () => {
    const describes = {
      engine: "aurora-postgresql",
      generation: 1,
      pairGeneration: 1,
    } as const;
    assert.deepEqual(statementsOf(jobPolicy({ ...scope, describes })).slice(5), [
      {
        Sid: "Describe",
        Effect: "Allow",
        Action: ["rds:DescribeDBClusters", "rds:DescribeGlobalClusters"],
        Resource: [
          "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1",
          "arn:aws:rds::111122223333:global-cluster:market-scanning-database",
        ],
      },
    ]);
  });

  it("asks a survivor about the pair that was rebuilt from it", () => {
    const describes = {
      engine: "aurora-postgresql",
      generation: 2,
      pairGeneration: 3,
    } as const;
    assert.deepEqual(statementsOf(jobPolicy({ ...scope, describes }))[5]?.["Resource"], [
      "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-generation-2-us-east-1",
      "arn:aws:rds::111122223333:global-cluster:market-scanning-database-generation-3",
    ]);
  });

  it("asks about images in repositories of its own region, each by its name", () => {
    const repositories = ["trading-dr/market-scanning/api", "trading-dr/market-scanning/postgres"];
    assert.deepEqual(statementsOf(jobPolicy({ ...scope, repositories })).slice(5), [
      {
        Sid: "Images",
        Effect: "Allow",
        Action: "ecr:DescribeImages",
        Resource: [
          "arn:aws:ecr:us-east-1:111122223333:repository/trading-dr/market-scanning/api",
          "arn:aws:ecr:us-east-1:111122223333:repository/trading-dr/market-scanning/postgres",
        ],
      },
    ]);
  });

  it("asks about a plain RDS instance", () => {
    const describes = { engine: "rds-postgresql", generation: 2, pairGeneration: 2 } as const;
    assert.deepEqual(statementsOf(jobPolicy({ ...scope, describes })).slice(5), [
      {
        Sid: "Describe",
        Effect: "Allow",
        Action: "rds:DescribeDBInstances",
        Resource:
          "arn:aws:rds:us-east-1:111122223333:db:market-scanning-database-generation-2-us-east-1",
      },
    ]);
  });

  it("compares with another region what it reads, and sees locks in both", () => {
    const theirs = "arn:aws:s3:::market-scanning-daily-records-111122223333-us-west-2";
    const prefix = "recovery-points/daily/database/us-west-2/*";
    const compares = { areas: scope.reads.slice(0, 1), other: { ...primary, region: "us-west-2" } };
    const ofCopies = statementsOf(jobPolicy({ ...scope, compares })).filter(({ Sid }) =>
      /Copies|SeeLocks/.test(String(Sid)),
    );
    assert.deepEqual(ofCopies, [
      {
        Sid: "ReadCopies",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:GetObjectRetention"],
        Resource: [`${theirs}/${prefix}`],
      },
      {
        Sid: "SeeLocks",
        Effect: "Allow",
        Action: "s3:GetObjectRetention",
        Resource: [`${daily}/${prefix}`],
      },
      {
        Sid: "ListCopiesdailyrecords",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: theirs,
        Condition: { StringLike: { "s3:prefix": [prefix] } },
      },
      {
        Sid: "UseKeyOfCopies",
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: "arn:aws:kms:us-west-2:111122223333:key/*",
        Condition: {
          "ForAnyValue:StringEquals": {
            "kms:ResourceAliases": "alias/market-scanning-records-us-west-2",
          },
        },
      },
    ]);
  });
});
