import { type StoreOf } from "./stores";
import { type System } from "./system";

/** What becomes of a database whose region has a newer one. */
type Lost = DatabaseHistory["rebuilds"][number]["lost"];

/** One database of one region, and how it came to be. */
export interface DatabaseGeneration {
  readonly region: string;
  /** 1 for what the first deployment makes; one more for each rebuild. */
  readonly generation: number;
  /** The database of the other region that it began as a copy of; absent for the very first. */
  readonly source?: { readonly region: string; readonly generation: number };
  /** Generations of the other region that were rebuilt from this one after it had been cut off. */
  readonly laterGenerations: readonly number[];
  /** What becomes of it, once its region has a newer one; absent for the one that counts. */
  readonly lost?: Lost;
}

/** What the generations of a system's database follow from. */
export interface DatabaseHistory {
  readonly regions: Pick<System["regions"], "primary" | "standby">;
  readonly rebuilds: StoreOf<"database">["rebuilds"];
}

/**
 * Every database that the system has had in its two regions, oldest first. A cluster that has been
 * detached from its global database, or a replica that has been promoted, cannot be joined again:
 * the other side is rebuilt from it as a new generation, beside the one that was lost.
 */
export function databaseGenerations({ regions, rebuilds }: DatabaseHistory): DatabaseGeneration[] {
  type Growing = DatabaseGeneration & { laterGenerations: number[]; lost?: Lost };
  const first: Growing = { region: regions.primary, generation: 1, laterGenerations: [] };
  const copyOf = (source: Growing, region: string, generation: number): Growing => ({
    region,
    generation,
    source: { region: source.region, generation: source.generation },
    laterGenerations: [],
  });
  const current = { primary: first, standby: copyOf(first, regions.standby, 1) };
  const all = [current.primary, current.standby];
  rebuilds.forEach(({ survivor, lost }, index) => {
    const generation = index + 2;
    const [kept, gone] =
      survivor === regions.primary
        ? (["primary", "standby"] as const)
        : (["standby", "primary"] as const);
    current[kept].laterGenerations.push(generation);
    current[gone].lost = lost;
    current[gone] = copyOf(current[kept], regions[gone], generation);
    all.push(current[gone]);
  });
  return all;
}

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
