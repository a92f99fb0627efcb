/** The disasters that objectives are compared for, from the smallest to the largest. */
export const scenarioNames = [
  /** A pod of the Kubernetes cluster is lost. */
  "pod",
  /** A node of the Kubernetes cluster is lost, with every pod on it. */
  "node",
  /** An availability zone of the active region is lost. */
  "zone",
  /** The database's writer is lost. */
  "database-primary",
  /** The cache's primary is lost. */
  "cache-primary",
  /** Wrong data was written, by a program, and has reached every copy that follows. */
  "corruption",
  /** The active region is lost. */
  "region",
  /** Somebody has the trading account's administrators' rights, and spares nothing that they reach. */
  "ransomware",
  /** A person has removed or overwritten data by mistake. */
  "operator-error",
] as const;

export type Scenario = (typeof scenarioNames)[number];
