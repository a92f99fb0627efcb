import { type z } from "zod";
import { switchAlarm } from "../contracts/failoverSwitch";
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
 * The time from an outage until clients ask the standby region: noticing it, an operator's decision
 * and the switch where an operator decides, and the life of the answers that clients still have.
 * Promoting the database comes on top; so does what Route 53 takes to spread the news, for which AWS
 * gives no figure.
 *
 * @param checkInterval In place of the file's own interval.
 */
export function failoverTime(
  failover: Failover,
  checkInterval: Duration = failover.checkInterval,
): FailoverTime {
  const { mode, checkFailures, operatorDecision, recordTtl } = failover;
  const decision =
    mode === "operator"
      ? { seconds: operatorDecision.seconds + switchAlarm.period, text: decisionText(failover) }
      : { seconds: 0, text: "" };
  const seconds = checkInterval.seconds * checkFailures + decision.seconds + recordTtl.seconds;
  return {
    seconds,
    arithmetic: `checkInterval ${checkInterval.text} × checkFailures ${String(checkFailures)}${decision.text} + recordTtl ${recordTtl.text} = ${String(seconds)}s`,
  };
}

function decisionText({ operatorDecision }: Failover): string {
  return ` + operatorDecision ${operatorDecision.text} + ${String(switchAlarm.period)}s until the switch is read`;
}

const fastInterval: Duration = { text: "10s", seconds: 10 };

/**
 * Refuses the slow interval where only the fast one is soon enough for the plan's objective. Where
 * neither is, that is no mistake of the file: the preview says that the objective is not met.
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
