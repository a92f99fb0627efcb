import { type Configuration, isAccess, regionOf } from "../config/configuration";
import { type SignalSettings } from "../config/signalSettings";
import { type System } from "../config/system";
import { type Place } from "../contracts/names";
import { type Environment } from "./environment";

/** Where a region's stack is, and the places of its system. */
export interface Places {
  readonly configuration: Configuration;
  /** Where the stack's resources are. */
  readonly own: Place;
  /** The places that copies of this one's data go to; none for the archive. */
  readonly copiesTo: readonly Place[];
}

/** The places of a stack that declares a region; undefined for a sandbox, and for access to the database. */
export function placesOf({ name, configuration }: Environment): Places | undefined {
  if (name === "sandbox" || isAccess(configuration)) {
    return undefined;
  }
  const { settings, system } = configuration;
  const place = (role: "prod" | "dr" | "archive"): Place => ({
    system: system.id,
    region: regionOf(system, role),
    account: role === "archive" ? settings.accounts.archive : settings.accounts.trading,
  });
  const others = (["prod", "dr", "archive"] as const).filter((role) => role !== settings.role);
  return {
    configuration,
    own: place(settings.role),
    copiesTo: settings.role === "archive" ? [] : others.map(place),
  };
}

/** A trading region whose stack is declared whole, and the places that it has to do with. */
export interface TradingRegion {
  readonly system: System;
  /** Where its jobs send signals. */
  readonly signals: SignalSettings | undefined;
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
export function tradingRegionOf(environment: Environment): TradingRegion | undefined {
  const places = placesOf(environment);
  // The archive copies nowhere; the other two to each other, and then to the archive.
  const [other, archive] = places?.copiesTo ?? [];
  if (places === undefined || other === undefined || archive === undefined) {
    return undefined;
  }
  const { own, configuration } = places;
  const { system, settings } = configuration;
  return settings.phase === "whole"
    ? { system, signals: settings.signals, own, other, archive }
    : undefined;
}
