import { z } from "zod";
import { statementsOf, type Statement } from "../documents";
import { rule } from "../rule";
import { textAt } from "../values";

/** A wildcard in what a policy allows, and why AWS offers nothing narrower. */
interface Wildcard {
  /** Regular expression of the whole resource; `SYSTEM` stands for the system's id. */
  readonly form: string;
  readonly because: string;
  /** Condition key that narrows it all the same. */
  readonly narrowedBy?: string;
}

const place = "[a-z]{2}-[a-z]+-\\d:\\d{12}";

/** The wildcards that are allowed. */
const wildcards: readonly Wildcard[] = [
  {
    form: "arn:aws:s3:::SYSTEM-[a-z0-9-]+/([A-Za-z0-9/-]+/)?\\*",
    because: "objects below a prefix of one bucket",
  },
  {
    form: `arn:aws:kms:${place}:key/\\*`,
    because: "KMS chooses keys' ids",
    narrowedBy: "kms:ResourceAliases",
  },
  {
    form: `arn:aws:ecr:${place}:repository/trading-dr/SYSTEM/\\*`,
    because: "replication makes repositories that nobody declared",
  },
  {
    form: `arn:aws:rds-db:${place}:dbuser:(cluster|db)-\\*/[a-z_]+_(backup|event_writer)`,
    because: "RDS chooses databases' ids",
  },
  {
    form: `arn:aws:rds:${place}:(cluster-)?snapshot:awsbackup:\\*`,
    because: "AWS Backup chooses snapshots' names",
  },
  {
    form: `arn:aws:rds:${place}:(cluster|db):awsbackup-restore-test-\\*`,
    because: "AWS Backup chooses the names of what it restores in a rehearsal",
  },
  {
    form: `arn:aws:rds:${place}:(cluster-)?pg:SYSTEM-database-\\*`,
    because: "major versions and generations are still to come",
  },
  {
    form: `arn:aws:rds:${place}:og:default:\\*`,
    because: "RDS has an option group of its own for each version",
  },
];

/** Where policies stand in the inputs of resources. */
export const policyOf: Readonly<Record<string, string>> = {
  "aws:backup/vaultPolicy:VaultPolicy": "policy",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
  "aws:ecr/registryPolicy:RegistryPolicy": "policy",
  "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "repositoryPolicy",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
  "aws:iam/policy:Policy": "policy",
  "aws:iam/role:Role": "assumeRolePolicy",
  "aws:iam/rolePolicy:RolePolicy": "policy",
  "aws:kms/key:Key": "policy",
  "aws:kms/keyPolicy:KeyPolicy": "policy",
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
};

/** Policies of a resource that say `*` mean that resource. */
const ofOneResource = [
  "aws:backup/vaultPolicy:VaultPolicy",
  "aws:kms/key:Key",
  "aws:kms/keyPolicy:KeyPolicy",
];

/** Policies of roles, which have to say what they are for. */
const ofRoles = ["aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy"];

/** Least privilege: what is allowed is written out. */
export const noWildcards = rule({
  id: "access-no-wildcards",
  severity: "critical",
  scope: "resource",
  description:
    "A policy allows actions and resources that it names, to principals that it names; a wildcard stands only where AWS offers nothing narrower.",
  serves: "PCI DSS 7: least privilege",
  peers: [
    "CKV_AWS_62",
    "CKV_AWS_63",
    "CKV_AWS_286",
    "CKV_AWS_287",
    "CKV_AWS_288",
    "CKV_AWS_289",
    "CKV_AWS_290",
    "CKV_AWS_355",
    "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
    "IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
  ],
  types: Object.keys(policyOf),
  example: {
    good: 'Action: "s3:GetObject", Resource: "arn:aws:s3:::hft-daily-records-111122223333-us-east-1/recovery-points/*"',
    bad: 'Action: "s3:*", Resource: "*"',
  },
  settings: z.strictObject({
    /** Id of the trading system. */
    system: z.string(),
  }),
  settingsFor: ({ configuration }) => ({ system: configuration.system.id }),
  *check({ type, inputs }, { settings: { system } }) {
    const setting = policyOf[type] ?? "policy";
    for (const [index, statement] of statementsOf(textAt(inputs, setting)).entries()) {
      if (statement.effect !== "Allow") {
        continue;
      }
      for (const found of tooMuch(statement, type, system)) {
        yield {
          setting: `${setting}, statement ${String(index + 1)}`,
          found,
          required: "what is needed, named one by one",
          mend: "name it; a form that AWS offers nothing narrower than belongs in the rule's own list",
        };
      }
    }
  },
});

function tooMuch(statement: Statement, type: string, system: string): string[] {
  const { actions, resources, principals, conditions } = statement;
  const keys = Object.values(conditions).flatMap((operator) => Object.keys(operator));
  const isExplained = (resource: string) =>
    (resource === "*" && ofOneResource.includes(type)) ||
    wildcards.some(
      ({ form, narrowedBy }) =>
        new RegExp(`^${form.replaceAll("SYSTEM", system)}$`).test(resource) &&
        (narrowedBy === undefined || keys.includes(narrowedBy)),
    );
  return [
    ...actions.filter((action) => action.includes("*")),
    ...(actions.length === 0 ? ["NotAction"] : []),
    ...resources.filter((resource) => resource.includes("*") && !isExplained(resource)),
    ...(resources.length === 0 && ofRoles.includes(type) ? ["NotResource"] : []),
    ...principals.filter((principal) => principal.includes("*")).map(() => "Principal *"),
  ];
}
