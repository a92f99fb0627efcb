import { type Scenario } from "../contracts/scenarios";
import { type Bound, boundOf, endless, none, type Term } from "./bound";
import { assumedRates } from "./assumptions";
import {
  type Declared,
  type DeclaredStack,
  inputsOf,
  listAt,
  numberAt,
  textAt,
  valueAt,
} from "./declared";
import { decisionTerms, failoverTerms } from "./failoverTime";

/** One way to have data again after a disaster, and the bounds of its settings. */
export interface Recovery {
  /** What does it, in the field's words. */
  readonly mechanism: string;
  /** Longest span of acknowledged writes that is lost. */
  readonly rpo: Bound;
  /** Longest time until the data is served again. */
  readonly rto: Bound;
  /**
   * Writes are acknowledged before the copy has them. Such a mechanism never meets an objective of
   * zero, whatever its bound comes to.
   */
  readonly asynchronous?: true;
}

/** What a recovery plan says and no resource does. */
export interface Circumstances {
  readonly failoverMode: "operator" | "automatic";
  readonly operatorDecisionSeconds: number;
  /** Rates that were measured, in MiB/s. */
  readonly measuredRates: Readonly<
    Partial<Record<keyof typeof assumedRates, { readonly mebibytesPerSecond: number } | undefined>>
  >;
}

/** What every kind of store is judged by. */
export interface Situation {
  readonly scenario: Scenario;
  readonly declared: Declared;
  readonly circumstances: Circumstances;
}

/** What a disaster does not touch. */
export function untouched(why: string): Recovery {
  return { mechanism: "not affected", rpo: none(why), rto: none(why) };
}

/** What nothing brings back. */
export function unrecoverable(why: string): Recovery {
  const never = boundOf(endless(why));
  return { mechanism: "none", rpo: never, rto: never };
}

/** The time until a mistake or an attack that somebody has noticed is answered. */
export function answered({ circumstances }: Situation): Term {
  return [circumstances.operatorDecisionSeconds, "for the operator to decide"];
}

/** Until an operator has decided that the active region is lost. */
export function regionGivenUp({ declared, circumstances }: Situation): Term[] {
  const { operatorDecisionSeconds } = circumstances;
  return decisionTerms({ silenceSeconds: silenceSeconds(declared), operatorDecisionSeconds });
}

/** Until users ask the other region, without what promotes the database there. */
export function usersMoved({ declared, circumstances }: Situation): Term[] {
  const stacks = [declared.active, declared.other];
  const checks = stacks.flatMap((stack) => inputsOf(stack, "aws:route53/healthCheck:HealthCheck"));
  const endpoint = checks.find((check) => textAt(check, "type") === "HTTPS");
  const ttls = stacks
    .flatMap((stack) => inputsOf(stack, "aws:route53/record:Record"))
    // Others, such as those that prove a certificate's domain, send nobody anywhere.
    .filter((record) => listAt(record, "failoverRoutingPolicies").length > 0)
    .flatMap((record) => numberAt(record, "ttl") ?? []);
  return failoverTerms({
    mode: circumstances.failoverMode,
    silenceSeconds: silenceSeconds(declared),
    operatorDecisionSeconds: circumstances.operatorDecisionSeconds,
    switchSeconds: periodsSeconds(alarmOf(declared.other, "failover-switch")),
    checkIntervalSeconds: numberAt(endpoint, "requestInterval") ?? Infinity,
    checkFailures: numberAt(endpoint, "failureThreshold") ?? Infinity,
    recordTtlSeconds: ttls.length === 0 ? Infinity : Math.max(...ttls),
  });
}

/** How long reading a number of bytes back takes. */
export function restoreTerm(
  what: keyof typeof assumedRates,
  mebibytes: number | undefined,
  { circumstances }: Situation,
): Term {
  if (mebibytes === undefined) {
    return endless("nothing says how much there is to restore");
  }
  const measured = circumstances.measuredRates[what]?.mebibytesPerSecond;
  const rate = measured ?? assumedRates[what].mebibytesPerSecond;
  return [
    Math.ceil(mebibytes / rate),
    `to load ${String(mebibytes)} MiB at ${measured === undefined ? "an assumed" : "a measured"} ${String(rate)} MiB/s`,
  ];
}

/**
 * Silence of the active region after which people in the other one are told; Infinity where nobody is:
 * without an alarm, or with one that takes silence for health or has nobody to tell.
 */
function silenceSeconds({ other }: Declared): number {
  const alarm = alarmOf(other, "heartbeats-in");
  const tells =
    textAt(alarm, "treatMissingData") === "breaching" &&
    valueAt(alarm, "actionsEnabled") !== false &&
    listAt(alarm, "alarmActions").length > 0;
  return tells ? periodsSeconds(alarm) : Infinity;
}

/** A region's alarm for a purpose. One in the region that is lost tells nobody. */
function alarmOf(stack: DeclaredStack, purpose: string): unknown {
  return inputsOf(stack, "aws:cloudwatch/metricAlarm:MetricAlarm").find(
    (inputs) => textAt(inputs, "name")?.includes(`/${purpose}/`) === true,
  );
}

/** How long an alarm looks before its state changes; Infinity where there is none. */
function periodsSeconds(alarm: unknown): number {
  const [period, periods] = [numberAt(alarm, "period"), numberAt(alarm, "evaluationPeriods")];
  return period === undefined || periods === undefined ? Infinity : period * periods;
}
