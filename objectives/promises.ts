import { type System } from "../config/system";
import { type Scenario } from "../contracts/scenarios";

/** What a class is promised in a disaster, in seconds. */
export interface Promised {
  readonly rpo: number;
  readonly rto: number;
}

/**
 * What a class is promised in a disaster. A figure that the plan gives for a disaster holds in it for all
 * data, because it is the more specific one; without it the class's own figure does.
 */
export function promisedTo(
  { dataClasses, scenarios }: Pick<System, "dataClasses" | "scenarios">,
  dataClass: string,
  scenario: Scenario,
): Promised {
  const own = dataClasses[dataClass];
  if (own === undefined) {
    throw new RangeError(`there is no data class ${dataClass}`);
  }
  const planned = scenarios[scenario];
  return {
    rpo: (planned?.rpo ?? own.rpo).seconds,
    rto: (planned?.rto ?? own.rto).seconds,
  };
}

/** What one class's data in a store is promised in a disaster, and what was accepted in its place. */
export interface StorePromise {
  readonly dataClass: string;
  readonly kind: "rpo" | "rto";
  readonly objectiveSeconds: number;
  /** Seconds, or `none` where anything is accepted; absent where nothing but the promise is. */
  readonly accepted?: number | "none";
}

/** Every promise of a store's data in a disaster. */
export function promisesOf(
  system: Pick<System, "dataClasses" | "scenarios" | "unmetObjectives">,
  store: string,
  scenario: Scenario,
): StorePromise[] {
  const classes = Object.entries(system.dataClasses).filter(([, { stores }]) =>
    stores.includes(store),
  );
  return classes.flatMap(([dataClass]) => {
    const promised = promisedTo(system, dataClass, scenario);
    return (["rto", "rpo"] as const).map((kind) => {
      const entry = system.unmetObjectives.find(
        ({ dataClasses, stores, scenarios, kinds }) =>
          dataClasses.includes(dataClass) &&
          stores.includes(store) &&
          scenarios.includes(scenario) &&
          kinds.includes(kind),
      );
      return {
        dataClass,
        kind,
        objectiveSeconds: promised[kind],
        ...(entry === undefined
          ? {}
          : { accepted: entry.accepted === "none" ? entry.accepted : entry.accepted.seconds }),
      };
    });
  });
}
