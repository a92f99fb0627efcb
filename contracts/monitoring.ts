/** What AWS fixes for alarms, and what both those who declare them and those who judge them go by. */

/** The only region where Route 53 publishes health checks. */
export const healthCheckRegion = "us-east-1";

/**
 * A replica of plain RDS counts from the last transaction that it replayed, which PostgreSQL makes at
 * least every five minutes: below that, every quiet night would look like a lag.
 */
export const smallestReplicaLagSeconds = 300;
