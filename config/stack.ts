import { z } from "zod";
import { cacheSettings } from "./cacheSettings";
import { endpoints, hostedZone } from "./dns";
import { account, date, email, identifier, oneOf, section, text, whenSound } from "./field";
import { signalSettings } from "./signalSettings";

/**
 * The schema of a stack's own settings, `Pulumi.<stack>.yaml`: only what differs from region to
 * region. Everything about the trading system itself is in its system file.
 */

const network = section({
  vpcId: text('must be a VPC; write it like "vpc-0123456789abcdef0"', /^vpc-[0-9a-f]{8,17}$/),
  /** Private subnets for the database, in two availability zones or more. */
  subnetIds: z
    .array(
      text('must be a subnet; write it like "subnet-0123456789abcdef0"', /^subnet-[0-9a-f]{8,17}$/),
      {
        error: "must be a list of subnets; write one a line",
      },
    )
    .min(2, { error: "must name subnets in at least two availability zones" }),
});

/** The Kubernetes cluster (EKS) that the trading system and the jobs run on. */
const cluster = section({
  name: text(
    'must be an EKS cluster\'s name; write it like "trading-us-east-1"',
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/,
  ),
  /** Security group of its nodes: the only one that may reach the database. */
  securityGroupId: text(
    'must be a security group; write it like "sg-0123456789abcdef0"',
    /^sg-[0-9a-f]{8,17}$/,
  ),
  /** Where its API server listens. `aws eks describe-cluster` tells both this and the next. */
  endpoint: text(
    'must be the API server\'s address, without a path; write it like "https://0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com"',
    /^https:\/\/[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
  ),
  /** Certificate of the authority that signed the API server's own: the PEM text in base64. */
  certificateAuthority: certificate(),
});

/** A certificate, and so no private key: base64 of its text in PEM. */
function certificate() {
  const rule =
    "must be a PEM certificate in base64, certificateAuthority.data of aws eks describe-cluster; copy it whole, in one line";
  return z.string({ error: rule }).refine(
    (base64) => {
      const pem = Buffer.from(base64, "base64").toString("utf8");
      return (
        /^[A-Za-z0-9+/]+={0,2}$/.test(base64) &&
        /^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\s*$/.test(pem)
      );
    },
    { error: rule },
  );
}

/**
 * What becomes of lock classes of mode `compliance`. A compliance lock cannot be lifted by anybody,
 * so somebody signs for it; until then the class is governance, and the preview says so.
 */
const complianceLocks = z.discriminatedUnion(
  "kind",
  [
    section({
      kind: z.literal("acknowledged"),
      date: date(),
      /** The role, not the person, that answers for it. */
      approver: text(
        'must name the role that approved it; write it like "Chief compliance officer"',
      ),
      reason: text("must say why the locks are wanted; write a short text"),
    }),
    section({ kind: z.literal("deferred") }),
  ],
  {
    error:
      "must have a kind: acknowledged (with date, approver and reason) or deferred (compliance classes stay governance for now); set kind to one of them",
  },
);

/** Who is told of alarms, failed backups and budgets; the topic takes other subscribers beside. */
const notify = z
  .array(email(), { error: "must be a list of e-mail addresses; write one a line" })
  .min(1, {
    error: "must name at least one e-mail address, or alarms would be raised and nobody told",
  })
  .refine((addresses) => new Set(addresses).size === addresses.length, {
    error: "names an address twice; name each address once",
  });

/** The record of who did what to keys, buckets and vaults: a new trail, or one that is there. */
const auditTrail = z.discriminatedUnion(
  "kind",
  [
    section({ kind: z.literal("create") }),
    section({
      kind: z.literal("adopt"),
      /** Of an organization's trail, or of the trail of another system in the same account. */
      name: text(
        'must be a trail\'s name; write it like "organization-trail"',
        /^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$/,
      ),
    }),
  ],
  {
    error:
      "must have a kind: create, or adopt (with the name of a trail that logs this region); set kind to one of them",
  },
);

/** The keys of `trading-dr:` in a stack file. */
export const stackShape = section({
  system: identifier(15),
  /** `prod`: the primary region. `dr`: the standby region. `archive`: the last copy. */
  role: z.enum(["prod", "dr", "archive"], {
    // The fourth has settings of its own: config/access.ts.
    error: "must be one of prod, dr, archive, access; choose one of them",
  }),
  /**
   * How far the first deployment has come. `landing`: only what other stacks copy into or name (keys,
   * buckets, vaults, the failover switch). `whole`: everything. The `dr` stack starts with `landing`.
   */
  phase: oneOf("landing", "whole").default("whole"),
  /** `sandbox` is for trying things out: no locks, nothing that cannot be deleted again. */
  profile: oneOf("production", "sandbox").default("production"),
  /** AWS accounts: of the trading system, and of the archive (the same one, or better a second). */
  accounts: section({ trading: account(), archive: account() }),
  /** Role that the archive stack takes on, when the archive is in a second account. */
  assumeRoleArn: text(
    'must be a role\'s ARN; write it like "arn:aws:iam::444455556666:role/deployer"',
    /^arn:aws:iam::\d{12}:role\/\S+$/,
  ).optional(),
  complianceLocks: complianceLocks.optional(),
  notify,
  auditTrail,
  network: network.optional(),
  cluster: cluster.optional(),
  hostedZone: hostedZone.optional(),
  endpoints: endpoints.optional(),
  signals: signalSettings.optional(),
  cache: cacheSettings.optional(),
});

/** A stack's settings, validated. */
export type StackSettings = z.output<typeof stackShape>;

const complain = (context: z.core.$RefinementCtx, path: string, message: string) => {
  context.addIssue({ code: "custom", path: [path], message });
};

/** The schema of a stack's settings: its shape, and what each role needs or must not have. */
export const stackSchema = stackShape
  .superRefine(
    ({ role, phase }, context) => {
      if (phase === "landing" && role !== "dr") {
        complain(
          context,
          "phase",
          "only the dr stack has a landing phase; remove it, or set it to whole",
        );
      }
    },
    whenSound("role", "phase"),
  )
  .superRefine(checkPresence("network"), whenSound("role", "network"))
  .superRefine(checkPresence("cluster"), whenSound("role", "cluster"))
  .superRefine(
    checkDns(
      "hostedZone",
      "the prod stack holds the failover records; add it, with kind adopt or create",
    ),
    whenSound("role", "hostedZone"),
  )
  .superRefine(
    checkDns(
      "endpoints",
      "the failover records of the prod stack lead to them; add it, with a host name each for primary and standby",
    ),
    whenSound("role", "endpoints"),
  )
  .superRefine(
    ({ role, assumeRoleArn }, context) => {
      if (role !== "archive" && assumeRoleArn !== undefined) {
        complain(
          context,
          "assumeRoleArn",
          "only the archive stack takes on a role in another account; remove it",
        );
      }
    },
    whenSound("role", "assumeRoleArn"),
  );

/** The trading regions have a network and a cluster, the archive has neither. */
function checkPresence(key: "network" | "cluster") {
  return (settings: StackSettings, context: z.core.$RefinementCtx): void => {
    if (settings.role === "archive" && settings[key] !== undefined) {
      complain(context, key, "the archive runs nothing and has no network of its own; remove it");
    } else if (settings.role !== "archive" && settings[key] === undefined) {
      complain(
        context,
        key,
        `the ${settings.role} stack needs it for the database and the jobs; add it to the stack's file`,
      );
    }
  };
}

/**
 * DNS is the primary region's stack's: AWS keeps it in us-east-1, which the others do without. The standby
 * region's stack may know the endpoints too, for its drills.
 */
function checkDns(key: "hostedZone" | "endpoints", missing: string) {
  return ({ role, ...settings }: StackSettings, context: z.core.$RefinementCtx): void => {
    const isAllowed = role === "prod" || (role === "dr" && key === "endpoints");
    if (role === "prod" && settings[key] === undefined) {
      complain(context, key, missing);
    } else if (!isAllowed && settings[key] !== undefined) {
      complain(
        context,
        key,
        key === "endpoints"
          ? "the archive answers nobody; remove it"
          : "only the prod stack holds DNS records; remove it",
      );
    }
  };
}
