/** What every client of AWS's control plane is made with. */
export interface ControlPlane {
  readonly region: string;
  /** Times that a request is made in all. */
  readonly maxAttempts: number;
  readonly requestHandler: {
    /** Milliseconds without an answer after which a request is tried again. */
    readonly requestTimeout: number;
    readonly connectionTimeout: number;
    readonly socketTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

/**
 * How a drill asks AWS of things that it only looks at. Less patience than with recovery points: an
 * answer that takes a minute is one that a failover would wait for too.
 */
export function controlPlane(region: string): ControlPlane {
  return {
    region,
    maxAttempts: 3,
    requestHandler: {
      requestTimeout: 10_000,
      connectionTimeout: 5_000,
      socketTimeout: 10_000,
      throwOnRequestTimeout: true,
    },
  };
}

/** The answer; undefined where AWS says by this error that there is no such thing. */
export async function orNothing<Answer>(
  absence: string,
  question: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof Error && error.name === absence) {
      return undefined;
    }
    throw error;
  }
}
