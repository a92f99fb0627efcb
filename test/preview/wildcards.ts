import { type PreviewedResource } from "../../preview/inProcess";

/** A wildcard in what a policy allows, and why AWS offers nothing narrower. */
interface Wildcard {
  /** Regular expression of the whole resource. */
  readonly form: string;
  readonly because: string;
  /** Condition key that narrows it all the same. */
  readonly narrowedBy?: string;
}

const place = "[a-z]{2}-[a-z]+-\\d:\\d{12}";

/** `SYSTEM` stands for the system's id. */
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
    form: `arn:aws:rds-db:${place}:dbuser:(cluster|db)-\\*/[a-z_]+_backup`,
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

/** Policies of a resource that say `*` mean that resource. */
const ofOneResource = ["aws:backup/vaultPolicy:VaultPolicy", "aws:kms/key:Key"];

/** What policies allow by a wildcard that nothing above explains. */
export function unexplainedWildcards(
  system: string,
  resources: readonly PreviewedResource[],
): string[] {
  return resources.flatMap(({ type, name, inputs }) =>
    statementsWithin(inputs)
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap((statement) => {
        const actions = listed(statement.Action);
        const targets = listed(statement.Resource).filter(
          (target) => !(target === "*" && ofOneResource.includes(type)),
        );
        const condition = JSON.stringify(statement.Condition ?? {});
        return [
          ...actions.filter((action) => action.includes("*")),
          ...(actions.length === 0 ? ["NotAction"] : []),
          ...targets.filter(
            (target) =>
              target.includes("*") &&
              !wildcards.some(
                ({ form, narrowedBy = "" }) =>
                  new RegExp(`^${form.replaceAll("SYSTEM", system)}$`).test(target) &&
                  condition.includes(narrowedBy),
              ),
          ),
        ].map((wildcard) => `${type} ${name}: ${wildcard}`);
      }),
  );
}

/** A statement of a policy. */
interface Statement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: unknown;
}

/** The statements of every policy in a resource's inputs, wherever it stands. */
function statementsWithin(value: unknown): Statement[] {
  if (typeof value === "string" && value.startsWith("{") && value.includes('"Statement"')) {
    return (JSON.parse(value) as { Statement: Statement[] }).Statement;
  }
  return typeof value === "object" && value !== null
    ? Object.values(value).flatMap(statementsWithin)
    : [];
}

function listed(value: string | readonly string[] = []): string[] {
  return typeof value === "string" ? [value] : [...value];
}
