import { type Store } from "../config/stores";
import { type System } from "../config/system";
import { type Scenario, scenarioNames } from "../contracts/scenarios";
import { cacheRecoveries } from "./cache";
import { databaseRecoveries } from "./database";
import { type Declared } from "./declared";
import { configurationRecoveries, imageRecoveries, objectRecoveries } from "./otherStores";
import { type Promised, promisedTo } from "./promises";
import { type Recovery, type Situation, unrecoverable } from "./recovery";

/**
 * What a recovery plan promises of a class's data in a disaster, and what the declared mechanisms reach
 * in one of the class's stores.
 */
export interface Objective {
  readonly dataClass: string;
  readonly scenario: Scenario;
  /** Recovery point (writes lost) or recovery time. */
  readonly kind: "rpo" | "rto";
  readonly objectiveSeconds: number;
  /** Null where nothing bounds it. */
  readonly boundSeconds: number | null;
  /** The store of the class that holds the data. */
  readonly store: string;
  /** The best mechanism for the store. */
  readonly mechanism: string;
  readonly arithmetic: string;
  readonly met: boolean;
}

/** What objectives need of a system's file. */
export type Promises = Pick<
  System,
  "dataClasses" | "failover" | "measuredRates" | "scenarios" | "stores"
>;

/**
 * Every promise of a system: for each data class and disaster a recovery point and a recovery time, in
 * each of the class's stores: see {@link promisedTo}. Of a class's stores the
 * one with the longest bound comes first. The objective is the same in all of them, so those that do not
 * meet it come before those that do.
 */
export function assess(system: Promises, declared: Declared): Objective[] {
  const { failover, measuredRates } = system;
  return Object.entries(system.dataClasses).flatMap(([dataClass, { stores }]) =>
    scenarioNames.flatMap((scenario) => {
      const promised = promisedTo(system, dataClass, scenario);
      const situation: Situation = {
        scenario,
        declared,
        circumstances: {
          failoverMode: failover.mode,
          operatorDecisionSeconds: failover.operatorDecision.seconds,
          measuredRates,
        },
      };
      const best = [...new Set(stores)].map((store) => {
        const recoveries = recoveriesOf(store, system.stores[store], situation);
        return { store, recovery: bestOf(recoveries, promised) };
      });
      return (["rpo", "rto"] as const).flatMap((kind) =>
        best
          .map(({ store, recovery }) => ({
            dataClass,
            scenario,
            kind,
            ...reached(store, recovery, kind, promised),
          }))
          .sort((left, right) =>
            compare(right.boundSeconds ?? Infinity, left.boundSeconds ?? Infinity),
          ),
      );
    }),
  );
}

function reached(
  store: string,
  recovery: Recovery,
  kind: "rpo" | "rto",
  promised: Promised,
): Omit<Objective, "dataClass" | "scenario" | "kind"> {
  const { seconds, arithmetic } = recovery[kind];
  return {
    objectiveSeconds: promised[kind],
    boundSeconds: seconds === Infinity ? null : seconds,
    store,
    mechanism: recovery.mechanism,
    arithmetic,
    met: keeps(recovery, kind, promised),
  };
}

/** Every way to have a store's data again, good or bad. */
export function recoveriesOf(
  name: string,
  store: (Pick<Store, "kind"> & { readonly writtenEvery?: unknown }) | undefined,
  situation: Situation,
): Recovery[] {
  switch (store?.kind) {
    case "database":
      return databaseRecoveries(name, situation);
    case "cache":
      return cacheRecoveries(name, situation);
    case "objects":
      return objectRecoveries(name, store.writtenEvery === undefined, situation);
    case "configuration":
      return configurationRecoveries(name, situation);
    case "images":
      return imageRecoveries(situation);
    default:
      return [unrecoverable(`nothing builds ${store?.kind ?? "it"} yet`)];
  }
}

/** Whether a mechanism keeps a promise. Zero means zero: nothing asynchronous loses nothing. */
function keeps(recovery: Recovery, kind: "rpo" | "rto", promised: Promised): boolean {
  const isZeroLoss = kind === "rpo" && promised.rpo === 0;
  return (
    recovery[kind].seconds <= promised[kind] && !(isZeroLoss && recovery.asynchronous === true)
  );
}

/**
 * The mechanism that keeps both promises; else the one that breaks fewest, of those the quickest, and of
 * those the one that loses least. Both bounds are one mechanism's: a restore that loses nothing and takes
 * a day, and one that is quick and loses an hour, are not together one that is quick and loses nothing.
 */
export function bestOf(recoveries: readonly Recovery[], promised: Promised): Recovery {
  const kept = (recovery: Recovery) =>
    Number(keeps(recovery, "rpo", promised)) + Number(keeps(recovery, "rto", promised));
  const [best] = [...recoveries].sort(
    (left, right) =>
      kept(right) - kept(left) ||
      compare(left.rto.seconds, right.rto.seconds) ||
      compare(left.rpo.seconds, right.rpo.seconds),
  );
  return best ?? unrecoverable("nothing is declared that brings it back");
}

/** Also of two that are infinite, whose difference is no number. */
function compare(left: number, right: number): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
