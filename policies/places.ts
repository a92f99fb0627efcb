import { type Configuration, isAccess, regionOf } from "../config/configuration";
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
