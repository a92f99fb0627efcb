import { isAccess } from "../../config/configuration";
import { type StoreOf } from "../../config/stores";
import { type System } from "../../config/system";
import { type Place } from "../../contracts/names";
import { type Environment } from "../environment";

/** A trading region whose stack is declared whole, and the one that it has to do with. */
export interface TradingRegion {
  readonly system: System;
  /** Where the stack's resources are. */
  readonly own: Place;
  /** The other one of the primary and the standby region. */
  readonly other: Place;
  /** The archive, maybe in another account. */
  readonly archive: Place;
}

/**
 * The region of a stack's environment, when it is one of the two that the system trades in. In its landing
 * phase the standby region's stack has only what others copy into, so it is none yet.
 */
export function tradingRegionOf({ name, configuration }: Environment): TradingRegion | undefined {
  if ((name !== "prod" && name !== "dr") || isAccess(configuration)) {
    return undefined;
  }
  const { settings, system } = configuration;
  const { primary, standby, archive } = system.regions;
  const place = (region: string, account = settings.accounts.trading): Place => ({
    system: system.id,
    region,
    account,
  });
  const [own, other] = name === "prod" ? [primary, standby] : [standby, primary];
  return settings.phase === "whole"
    ? {
        system,
        own: place(own),
        other: place(other),
        archive: place(archive, settings.accounts.archive),
      }
    : undefined;
}

/** The system's database; a system has one at most. */
export function databaseOf(system: System): StoreOf<"database"> | undefined {
  return Object.values(system.stores).find((store) => store.kind === "database");
}
