/** Tags that every resource carries, so that cost, ownership and policies can be told from it. */
export type Tags = Readonly<Record<string, string>>;

/** The tags of a stack's resources. */
export function stackTags(system: string, role: "prod" | "dr" | "archive" | "access"): Tags {
  return {
    "trading-dr:system": system,
    "trading-dr:stack": role,
    "trading-dr:managed-by": "pulumi",
  };
}

/**
 * The stack's tags and what this resource is for. Policies are scoped by the purpose: a record
 * bucket must be locked, a log bucket must not.
 */
export function purposeTags(tags: Tags, purpose: TaggedPurpose): Tags {
  return { ...tags, "trading-dr:purpose": purpose };
}

/** What a tagged resource is for. */
export type TaggedPurpose =
  | "encryption"
  | "database"
  | "records"
  | "access-logs"
  | "vault"
  | "snapshot-plan"
  | "restore-test"
  | "notices"
  | "secrets"
  | "images"
  | "replication"
  | "failover"
  | "monitoring"
  | "audit-trail"
  | "audit-logs"
  | "break-glass"
  | "budget"
  | "jobs";
