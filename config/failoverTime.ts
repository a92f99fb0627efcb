import { type z } from "zod";
import { switchAlarm } from "../contracts/failoverSwitch";
import { heartbeatSilenceSeconds } from "../contracts/heartbeats";
import { type Duration } from "./duration";
import { type System } from "./system";

/** How soon users can be in the standby region, as far as DNS decides it. */
export interface FailoverTime {
  readonly seconds: number;
  /** The same with its parts, for messages. */
  readonly arithmetic: string;
}

type Failover = System["failover"];

/**
 * The time from an outage until clients ask the standby region.
 *
 * Where an operator decides: until people hear that a region is gone, which heartbeats tell them and
 * no health check does; the decision; and the switch. Without an operator: what the checks need, which
 * is counted twice, since the standby's endpoint answers only once the database is promoted, and then
 * has to be seen answering as often as the primary's was seen failing.
 *
 * Then the life of the answers that clients still have. Promoting the database comes on top; so does
 * what Route 53 takes to spread the news, for which AWS gives no figure.
 *
 * @param checkInterval In place of the file's own interval.
 */
export function failoverTime(
  failover: Failover,
  checkInterval: Duration = failover.checkInterval,
): FailoverTime {
  const { mode, checkFailures, recordTtl } = failover;
  const decided =
    mode === "operator"
      ? operatorTime(failover)
      : {
          seconds: 2 * checkInterval.seconds * checkFailures,
          arithmetic: `2 × checkInterval ${checkInterval.text} × checkFailures ${String(checkFailures)}`,
        };
  const seconds = decided.seconds + recordTtl.seconds;
  return {
    seconds,
    arithmetic: `${decided.arithmetic} + recordTtl ${recordTtl.text} = ${String(seconds)}s`,
  };
}

function operatorTime({ operatorDecision }: Failover): FailoverTime {
  return {
    seconds: heartbeatSilenceSeconds + operatorDecision.seconds + switchAlarm.period,
    arithmetic: `${String(heartbeatSilenceSeconds)}s without heartbeats + operatorDecision ${operatorDecision.text} + ${String(switchAlarm.period)}s until the switch is read`,
  };
}

const fastInterval: Duration = { text: "10s", seconds: 10 };

/**
 * Refuses the slow interval where only the fast one is soon enough for the plan's objective, which is
 * so where nobody but the checks decides. Where neither is, that is no mistake of the file: the preview
 * says that the objective is not met.
 */
export function checkFailoverTime(
  { failover, scenarios }: Pick<System, "failover" | "scenarios">,
  context: z.core.$RefinementCtx,
): void {
  const objective = scenarios["region"]?.rto;
  const found = failoverTime(failover);
  const fast = failoverTime(failover, fastInterval);
  if (
    objective !== undefined &&
    found.seconds > objective.seconds &&
    fast.seconds <= objective.seconds
  ) {
    context.addIssue({
      code: "custom",
      path: ["failover", "checkInterval"],
      message: `too slow for scenarios.region.rto (${objective.text}): users would be sent to the standby region after ${found.arithmetic}; set it to 10s, which makes ${String(fast.seconds)}s`,
    });
  }
}

/** What to say where users cannot be sent to the standby region within the plan's objective. */
export function unmetFailoverTime({
  failover,
  scenarios,
}: Pick<System, "failover" | "scenarios">): string[] {
  const objective = scenarios["region"]?.rto;
  const { seconds, arithmetic } = failoverTime(failover);
  return objective === undefined || seconds <= objective.seconds
    ? []
    : [
        `scenarios.region.rto (${objective.text}) is not met: users are sent to the standby region after ${arithmetic}`,
      ];
}
