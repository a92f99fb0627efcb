/** What access to a database is made of. */
export const types = {
  login: "trading-dr:access:DatabaseLogin",
  schemaComponent: "trading-dr:access:AuditSchema",
  role: "postgresql:index/role:Role",
  membership: "postgresql:index/grantRole:GrantRole",
  schema: "postgresql:index/schema:Schema",
  grant: "postgresql:index/grant:Grant",
  defaults: "postgresql:index/defaultPrivileges:DefaultPrivileges",
  password: "random:index/randomPassword:RandomPassword",
  secret: "aws:secretsmanager/secret:Secret",
  secretValue: "aws:secretsmanager/secretVersion:SecretVersion",
} as const;

/** Options of what is protected, and goes once somebody has taken that off. */
export const running = { protect: true } as const;

/** Options of what is protected, and stays once it is taken out of the program. */
export const kept = { protect: true, retainOnDelete: true } as const;
