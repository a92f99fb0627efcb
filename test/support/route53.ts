import { type Registered } from "../components/inspection";

/** What the world is like, as far as Route 53 sees it. */
export interface WorldSeen {
  /** Host names of the endpoints that answer as healthy ones do. */
  readonly up: readonly string[];
  /** Whether the metric of the switch was last written as 1. */
  readonly thrown: boolean;
}

interface HealthCheckInputs {
  readonly type: string;
  readonly fqdn?: string;
  readonly childHealthchecks?: readonly string[];
  readonly childHealthThreshold?: number;
  readonly invertHealthcheck?: boolean;
}

interface RecordInputs {
  readonly name: string;
  readonly type: string;
  readonly records: readonly [string];
  readonly healthCheckId?: string;
  readonly failoverRoutingPolicies: readonly [{ readonly type: string }];
}

/**
 * What Route 53 answers for a name with failover records, once its checks have settled. Written after
 * the developer guide ("How Amazon Route 53 determines whether a health check is healthy", "How Amazon
 * Route 53 chooses records when health checking is configured"), not after the components.
 */
export function answerOf(
  resources: readonly Registered[],
  recordName: string,
  world: WorldSeen,
): string {
  const checks = new Map(
    resources
      .filter(({ type }) => type === "aws:route53/healthCheck:HealthCheck")
      .map(({ name, inputs }) => [`${name}-id`, inputs as unknown as HealthCheckInputs]),
  );
  const isHealthy = (id: string | undefined): boolean => {
    const check = id === undefined ? undefined : checks.get(id);
    if (check === undefined) {
      throw new RangeError(`there is no health check ${String(id)}`);
    }
    const inverted = check.invertHealthcheck ?? false;
    switch (check.type) {
      case "HTTPS":
        return world.up.includes(String(check.fqdn)) !== inverted;
      case "CLOUDWATCH_METRIC":
        return !world.thrown !== inverted;
      case "CALCULATED": {
        const healthy = (check.childHealthchecks ?? []).filter(isHealthy).length;
        return healthy >= (check.childHealthThreshold ?? 0) !== inverted;
      }
      default:
        throw new RangeError(`a health check of type ${check.type} is not modelled`);
    }
  };
  const records = resources
    .filter(({ type }) => type === "aws:route53/record:Record")
    .map(({ inputs }) => inputs as unknown as RecordInputs)
    .filter(({ name, type }) => name === recordName && type === "CNAME");
  const [primary, secondary] = ["PRIMARY", "SECONDARY"].map((policy) => {
    const [record, ...others] = records.filter(
      ({ failoverRoutingPolicies: [{ type }] }) => type === policy,
    );
    if (record === undefined || others.length > 0) {
      throw new RangeError(`there must be one ${policy} record, found ${String(records.length)}`);
    }
    return { host: record.records[0], isHealthy: isHealthy(record.healthCheckId) };
  }) as [{ host: string; isHealthy: boolean }, { host: string; isHealthy: boolean }];
  // With no record healthy, the answer is PRIMARY's.
  return !primary.isHealthy && secondary.isHealthy ? secondary.host : primary.host;
}
