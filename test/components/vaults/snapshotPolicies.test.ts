import assert from "node:assert/strict";
import {
  restoreTestPolicy,
  snapshotPolicy,
  type SnapshotScope,
} from "../../../components/vaults/snapshotPolicies";
import { archive, primary, standby } from "../../support/declared";
import { statementOf, statementsOf } from "../inspection";

const scope: SnapshotScope = {
  place: primary,
  copiesTo: [standby, archive],
  engine: "aurora-postgresql",
  generations: [1],
  vaultPurposes: ["daily-vault", "regulated-vault"],
};
const plainScope: SnapshotScope = { ...scope, engine: "rds-postgresql" };

/** Both statements about a key in some region, which bears its alias. */
function keyStatements(purpose: string, where: string, suffix: string): Record<string, unknown>[] {
  const [region = ""] = where.split(":");
  const resource = {
    Effect: "Allow",
    Resource: `arn:aws:kms:${where}:key/*`,
  };
  const alias = {
    "ForAnyValue:StringEquals": {
      "kms:ResourceAliases": `alias/market-scanning-${purpose}-${region}`,
    },
  };
  return [
    {
      Sid: `Use${purpose}In${suffix}`,
      ...resource,
      Action: [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:GenerateDataKey",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ],
      Condition: alias,
    },
    {
      Sid: `Grant${purpose}In${suffix}`,
      ...resource,
      Action: ["kms:CreateGrant"],
      Condition: { ...alias, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}

const keysOfSource = [
  ...keyStatements("database", "us-east-1:111122223333", "useast1"),
  ...keyStatements("snapshots", "us-east-1:111122223333", "useast1"),
];

const vaults = [
  "arn:aws:backup:us-east-1:111122223333:backup-vault:market-scanning-daily-vault-us-east-1",
  "arn:aws:backup:us-east-1:111122223333:backup-vault:market-scanning-regulated-vault-us-east-1",
  "arn:aws:backup:us-west-2:111122223333:backup-vault:market-scanning-daily-vault-us-west-2",
  "arn:aws:backup:us-west-2:111122223333:backup-vault:market-scanning-regulated-vault-us-west-2",
  "arn:aws:backup:eu-west-1:444455556666:backup-vault:market-scanning-daily-vault-eu-west-1",
  "arn:aws:backup:eu-west-1:444455556666:backup-vault:market-scanning-regulated-vault-eu-west-1",
];

describe("snapshot policy", () => {
  it("takes, copies and files Aurora's snapshots, and touches none but those of AWS Backup", () => {
    assert.deepEqual(statementsOf(snapshotPolicy(scope)), [
      {
        Sid: "ReadDatabase",
        Effect: "Allow",
        Action: [
          "rds:DescribeDBClusterSnapshots",
          "rds:DescribeDBClusters",
          "rds:ListTagsForResource",
        ],
        Resource: [
          "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1",
          "arn:aws:rds:us-east-1:111122223333:cluster-snapshot:awsbackup:*",
          "arn:aws:rds:us-west-2:111122223333:cluster-snapshot:awsbackup:*",
          "arn:aws:rds:eu-west-1:444455556666:cluster-snapshot:awsbackup:*",
        ],
      },
      {
        Sid: "TakeSnapshots",
        Effect: "Allow",
        Action: ["rds:CreateDBClusterSnapshot", "rds:AddTagsToResource"],
        Resource: [
          "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1",
          "arn:aws:rds:us-east-1:111122223333:cluster-snapshot:awsbackup:*",
        ],
      },
      {
        Sid: "KeepSnapshots",
        Effect: "Allow",
        Action: [
          "rds:CopyDBClusterSnapshot",
          "rds:DeleteDBClusterSnapshot",
          "rds:ModifyDBClusterSnapshotAttribute",
          "rds:AddTagsToResource",
        ],
        Resource: [
          "arn:aws:rds:us-east-1:111122223333:cluster-snapshot:awsbackup:*",
          "arn:aws:rds:us-west-2:111122223333:cluster-snapshot:awsbackup:*",
          "arn:aws:rds:eu-west-1:444455556666:cluster-snapshot:awsbackup:*",
        ],
      },
      {
        Sid: "FileSnapshots",
        Effect: "Allow",
        Action: [
          "backup:CopyFromBackupVault",
          "backup:CopyIntoBackupVault",
          "backup:DescribeBackupVault",
        ],
        Resource: vaults,
      },
      ...keysOfSource,
      ...keyStatements("snapshots", "us-west-2:111122223333", "uswest2"),
      ...keyStatements("snapshots", "eu-west-1:444455556666", "euwest1"),
    ]);
  });

  it("does the same for plain RDS in that service's words", () => {
    const statements = statementsOf(snapshotPolicy(plainScope));
    assert.deepEqual(statements.slice(0, 3), [
      {
        Sid: "ReadDatabase",
        Effect: "Allow",
        Action: ["rds:DescribeDBInstances", "rds:DescribeDBSnapshots", "rds:ListTagsForResource"],
        Resource: [
          "arn:aws:rds:us-east-1:111122223333:db:market-scanning-database-us-east-1",
          "arn:aws:rds:us-east-1:111122223333:snapshot:awsbackup:*",
          "arn:aws:rds:us-west-2:111122223333:snapshot:awsbackup:*",
          "arn:aws:rds:eu-west-1:444455556666:snapshot:awsbackup:*",
        ],
      },
      {
        Sid: "TakeSnapshots",
        Effect: "Allow",
        Action: ["rds:CreateDBSnapshot", "rds:AddTagsToResource"],
        Resource: [
          "arn:aws:rds:us-east-1:111122223333:db:market-scanning-database-us-east-1",
          "arn:aws:rds:us-east-1:111122223333:snapshot:awsbackup:*",
        ],
      },
      {
        Sid: "KeepSnapshots",
        Effect: "Allow",
        Action: [
          "rds:CopyDBSnapshot",
          "rds:DeleteDBSnapshot",
          "rds:ModifyDBSnapshotAttribute",
          "rds:AddTagsToResource",
        ],
        Resource: [
          "arn:aws:rds:us-east-1:111122223333:snapshot:awsbackup:*",
          "arn:aws:rds:us-west-2:111122223333:snapshot:awsbackup:*",
          "arn:aws:rds:eu-west-1:444455556666:snapshot:awsbackup:*",
        ],
      },
    ]);
    assert.deepEqual(statements.slice(3), statementsOf(snapshotPolicy(scope)).slice(3));
  });

  for (const [engine, kind] of [
    ["aurora-postgresql", "cluster"],
    ["rds-postgresql", "db"],
  ] as const) {
    it(`covers every generation of the database that is in the account, of ${engine}`, () => {
      const one = statementsOf(snapshotPolicy({ ...scope, engine }));
      const two = statementsOf(snapshotPolicy({ ...scope, engine, generations: [1, 3] }));
      const first = `arn:aws:rds:us-east-1:111122223333:${kind}:market-scanning-database-us-east-1`;
      const third = `arn:aws:rds:us-east-1:111122223333:${kind}:market-scanning-database-generation-3-us-east-1`;
      assert.deepEqual(
        two.slice(0, 2),
        one.slice(0, 2).map((statement) => {
          const [database, ...others] = statement["Resource"] as string[];
          assert.equal(database, first);
          return { ...statement, Resource: [first, third, ...others] };
        }),
      );
      assert.deepEqual(two.slice(2), one.slice(2));
    });
  }

  it("uses the database's key at home only, where the snapshots are taken", () => {
    const uses = statementsOf(snapshotPolicy(scope))
      .map(({ Sid }) => String(Sid))
      .filter((sid) => sid.startsWith("Usedatabase"));
    assert.deepEqual(uses, ["UsedatabaseInuseast1"]);
  });

  it("can neither delete a database nor change a vault", () => {
    const actions = statementsOf(snapshotPolicy(scope)).flatMap(({ Action }) => Action as string[]);
    assert.deepEqual(
      actions.filter((action) =>
        /DeleteDBCluster$|DeleteRecoveryPoint|Vault(Lock|Access)/.test(action),
      ),
      [],
    );
  });
});

describe("restore test policy", () => {
  it("restores snapshots into clusters of AWS Backup's naming, and removes no others", () => {
    assert.deepEqual(statementsOf(restoreTestPolicy(scope)), [
      {
        Sid: "ReadSnapshots",
        Effect: "Allow",
        Action: [
          "rds:DescribeDBClusterSnapshots",
          "rds:DescribeDBClusters",
          "rds:ListTagsForResource",
        ],
        Resource: [
          "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1",
          "arn:aws:rds:us-east-1:111122223333:cluster-snapshot:awsbackup:*",
          "arn:aws:rds:us-east-1:111122223333:cluster:awsbackup-restore-test-*",
        ],
      },
      {
        Sid: "RestoreAndRemove",
        Effect: "Allow",
        Action: [
          "rds:DeleteDBCluster",
          "rds:RestoreDBClusterFromSnapshot",
          "rds:AddTagsToResource",
        ],
        Resource: [
          "arn:aws:rds:us-east-1:111122223333:cluster-snapshot:awsbackup:*",
          "arn:aws:rds:us-east-1:111122223333:cluster:awsbackup-restore-test-*",
          "arn:aws:rds:us-east-1:111122223333:subgrp:market-scanning-database-us-east-1",
          "arn:aws:rds:us-east-1:111122223333:cluster-pg:market-scanning-database-*",
          "arn:aws:rds:us-east-1:111122223333:og:default:*",
        ],
      },
      ...keysOfSource,
    ]);
  });

  it("restores snapshots of plain RDS into instances of AWS Backup's naming", () => {
    const text = restoreTestPolicy(plainScope);
    assert.deepEqual(statementOf(text, "ReadSnapshots"), {
      Sid: "ReadSnapshots",
      Effect: "Allow",
      Action: ["rds:DescribeDBInstances", "rds:DescribeDBSnapshots", "rds:ListTagsForResource"],
      Resource: [
        "arn:aws:rds:us-east-1:111122223333:db:market-scanning-database-us-east-1",
        "arn:aws:rds:us-east-1:111122223333:snapshot:awsbackup:*",
        "arn:aws:rds:us-east-1:111122223333:db:awsbackup-restore-test-*",
      ],
    });
    assert.deepEqual(statementOf(text, "RestoreAndRemove"), {
      Sid: "RestoreAndRemove",
      Effect: "Allow",
      Action: [
        "rds:DeleteDBInstance",
        "rds:RestoreDBInstanceFromDBSnapshot",
        "rds:AddTagsToResource",
      ],
      Resource: [
        "arn:aws:rds:us-east-1:111122223333:snapshot:awsbackup:*",
        "arn:aws:rds:us-east-1:111122223333:db:awsbackup-restore-test-*",
        "arn:aws:rds:us-east-1:111122223333:subgrp:market-scanning-database-us-east-1",
        "arn:aws:rds:us-east-1:111122223333:pg:market-scanning-database-*",
        "arn:aws:rds:us-east-1:111122223333:og:default:*",
      ],
    });
  });

  it("reads every generation that is in the account, and restores among their subnets", () => {
    const text = restoreTestPolicy({ ...scope, generations: [1, 3] });
    assert.deepEqual(statementOf(text, "ReadSnapshots")["Resource"], [
      "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-us-east-1",
      "arn:aws:rds:us-east-1:111122223333:cluster:market-scanning-database-generation-3-us-east-1",
      "arn:aws:rds:us-east-1:111122223333:cluster-snapshot:awsbackup:*",
      "arn:aws:rds:us-east-1:111122223333:cluster:awsbackup-restore-test-*",
    ]);
    assert.deepEqual(statementOf(text, "RestoreAndRemove")["Resource"], [
      "arn:aws:rds:us-east-1:111122223333:cluster-snapshot:awsbackup:*",
      "arn:aws:rds:us-east-1:111122223333:cluster:awsbackup-restore-test-*",
      "arn:aws:rds:us-east-1:111122223333:subgrp:market-scanning-database-us-east-1",
      "arn:aws:rds:us-east-1:111122223333:subgrp:market-scanning-database-generation-3-us-east-1",
      "arn:aws:rds:us-east-1:111122223333:cluster-pg:market-scanning-database-*",
      "arn:aws:rds:us-east-1:111122223333:og:default:*",
    ]);
  });

  it("can never remove the database itself, of any generation", () => {
    const text = restoreTestPolicy({ ...scope, generations: [1, 3] });
    const resources = statementOf(text, "RestoreAndRemove")["Resource"] as string[];
    assert.deepEqual(
      resources.filter((resource) => resource.includes(":cluster:market-scanning-")),
      [],
    );
  });

  it("stays in its own region", () => {
    const resources = statementsOf(restoreTestPolicy(scope)).flatMap(
      ({ Resource }) => Resource as string | string[],
    );
    assert.deepEqual(
      resources.filter((resource) => !resource.includes(":us-east-1:111122223333:")),
      [],
    );
  });
});

describe("policies of the roles of AWS Backup", () => {
  for (const [title, text] of [
    ["snapshots of Aurora", snapshotPolicy(scope)],
    ["snapshots of plain RDS", snapshotPolicy(plainScope)],
    ["rehearsals with Aurora", restoreTestPolicy(scope)],
    ["rehearsals with plain RDS", restoreTestPolicy(plainScope)],
    ["snapshots of two generations", snapshotPolicy({ ...scope, generations: [1, 2] })],
    ["rehearsals with two generations", restoreTestPolicy({ ...scope, generations: [1, 2] })],
  ] as const) {
    it(`write out every action and resource, and give each statement an id, for ${title}`, () => {
      const statements = statementsOf(text);
      const actions = statements.flatMap(({ Action }) => Action as string | string[]);
      const resources = statements.flatMap(({ Resource }) => Resource as string | string[]);
      assert.deepEqual(
        actions.filter((action) => action.includes("*")),
        [],
      );
      assert.equal(resources.includes("*"), false);
      assert.equal(new Set(statements.map(({ Sid }) => Sid)).size, statements.length);
      assert.deepEqual(
        statements.filter(({ Sid }) => !/^[A-Za-z0-9]+$/.test(String(Sid))),
        [],
      );
    });
  }
});
