import { databaseGenerations, databaseOf, generationsIn } from "../../config/generations";
import {
  databaseClusterArn,
  databaseInstanceArn,
  databasePurpose,
  physicalName,
  type Place,
} from "../../contracts/names";
import { type System } from "../../config/system";
import { type Environment } from "../environment";
import { tradingRegionOf } from "../places";

/** The database that counts in a region, among those of earlier generations. */
export interface CurrentDatabase {
  readonly identifier: string;
  readonly arn: string;
}

/** The database that counts in a place; undefined for a system without one. */
export function currentDatabase(system: System, place: Place): CurrentDatabase | undefined {
  const store = databaseOf(system);
  if (store === undefined) {
    return undefined;
  }
  const generation = generationsIn(system, place.region).at(-1)?.generation ?? 1;
  const isAurora = store.engine === "aurora-postgresql";
  return {
    identifier: physicalName(
      isAurora ? "databaseCluster" : "databaseInstance",
      databasePurpose(generation),
      place,
    ),
    arn: (isAurora ? databaseClusterArn : databaseInstanceArn)(place, generation),
  };
}

/** The databases that count in a trading region's own and in the other; undefined elsewhere. */
export function currentPair(
  environment: Environment,
): { readonly own: CurrentDatabase; readonly other: CurrentDatabase } | undefined {
  const region = tradingRegionOf(environment);
  if (region === undefined) {
    return undefined;
  }
  const [own, other] = [region.own, region.other].map((place) =>
    currentDatabase(region.system, place),
  );
  return own === undefined || other === undefined ? undefined : { own, other };
}

/**
 * Patterns of the identifiers of what a rebuild has released, its instances and its global database
 * among it: AWS alone protects these until they are gone from the program.
 */
export function releasedPatterns({ configuration: { system } }: Environment): string[] {
  const store = databaseOf(system);
  if (store === undefined) {
    return [];
  }
  return databaseGenerations({ regions: system.regions, rebuilds: store.rebuilds })
    .filter(({ lost }) => lost === "released")
    .map(
      ({ generation, region }) =>
        `^${system.id}-${databasePurpose(generation)}(-\\d+)?(-${region})?$`,
    );
}
