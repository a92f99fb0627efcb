import { assumptions } from "./assumptions";
import { endless, type Term } from "./bound";

/** What decides how soon users are sent to the standby region. */
export interface FailoverSettings {
  /** `operator`: a person decides. `automatic`: what the endpoints say decides too. */
  readonly mode: "operator" | "automatic";
  /** Silence after which people hear that a region is gone, in seconds; Infinity where nobody does. */
  readonly silenceSeconds: number;
  readonly operatorDecisionSeconds: number;
  /** Until the operator's switch is read, in seconds; Infinity where it is lost with the region. */
  readonly switchSeconds: number;
  /** Infinity where no endpoint is checked, as the next. */
  readonly checkIntervalSeconds: number;
  readonly checkFailures: number;
  /** Infinity where nothing says how long answers live. */
  readonly recordTtlSeconds: number;
}

/** Until an operator has heard that a region is gone and has decided. */
export function decisionTerms({
  silenceSeconds,
  operatorDecisionSeconds,
}: Pick<FailoverSettings, "silenceSeconds" | "operatorDecisionSeconds">): Term[] {
  const heard: Term[] =
    silenceSeconds === Infinity
      ? [endless("nobody is told that the region is gone")]
      : [
          [silenceSeconds, "without heartbeats"],
          [assumptions.missedHeartbeats.seconds, "until CloudWatch has missed them"],
        ];
  return [...heard, [operatorDecisionSeconds, "for the operator to decide"]];
}

/**
 * From an outage until clients ask the standby region.
 *
 * Until people hear that a region is gone, which heartbeats tell them and no health check does; and the
 * decision: nothing but people promotes a database or a cache, whoever sends the users. Then the
 * operator's switch or, without one, what the checks need, which is counted twice: the standby's endpoint
 * answers only once the database is promoted, and then has to be seen answering as often as the
 * primary's was seen failing.
 *
 * Then what Route 53 takes to spread the news, and the life of the answers that clients still have.
 * Promoting the database comes on top. That clients connect again does not: the time ends when the data
 * is served again under its name.
 */
export function failoverTerms(settings: FailoverSettings): Term[] {
  const { recordTtlSeconds } = settings;
  return [
    ...decisionTerms(settings),
    settings.mode === "automatic" ? checksTerm(settings) : switchTerm(settings),
    [assumptions.spreadNews.seconds, "until Route 53 has spread the news"],
    recordTtlSeconds === Infinity
      ? endless("nothing says how long answers live (TTL)")
      : [recordTtlSeconds, "until answers have expired (TTL)"],
  ];
}

function switchTerm({ switchSeconds }: FailoverSettings): Term {
  return switchSeconds === Infinity
    ? endless("the switch is in the region that is lost")
    : [switchSeconds, "until the switch is read"];
}

function checksTerm({ checkIntervalSeconds, checkFailures }: FailoverSettings): Term {
  const seconds = 2 * checkIntervalSeconds * checkFailures;
  return seconds === Infinity
    ? endless("no endpoint is checked")
    : [
        seconds,
        `until checks have failed in one region and passed in the other (2 × ${String(checkFailures)} × ${String(checkIntervalSeconds)}s)`,
      ];
}
