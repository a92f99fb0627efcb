import { type DatabaseGeneration, databaseGenerations } from "../config/generations";
import { type StoreOf } from "../config/stores";
import { type System } from "../config/system";

/** The system's database; a system has one at most. */
export function databaseOf(system: System): StoreOf<"database"> | undefined {
  return Object.values(system.stores).find((store) => store.kind === "database");
}

/** Every generation of the system's database that a region has had, oldest first. */
export function everyGenerationOf(system: System, region: string): DatabaseGeneration[] {
  const store = databaseOf(system);
  return store === undefined
    ? []
    : databaseGenerations({ regions: system.regions, rebuilds: store.rebuilds }).filter(
        (database) => database.region === region,
      );
}

/** Those of them that the region's stack declares. */
export function generationsIn(system: System, region: string): DatabaseGeneration[] {
  return everyGenerationOf(system, region).filter(({ lost }) => lost !== "retired");
}
