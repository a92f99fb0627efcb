import { type Configuration, regionOf } from "../config/configuration";
import { type Place } from "../contracts/names";
import { stackTags, type Tags } from "../contracts/tags";

/** The three places of a trading system as one stack sees them. */
export interface Landscape {
  /** Where this stack declares its resources. */
  readonly own: Place;
  /** The primary region. */
  readonly primary: Place;
  /** The standby region. */
  readonly standby: Place;
  /** The archive, possibly in an account of its own. */
  readonly archive: Place;
  /** The regions that copy into `own`. */
  readonly copiesFrom: readonly Place[];
  /** The places that `own` copies into; none for the archive. */
  readonly copiesTo: readonly Place[];
  /** Account of the primary and the standby region. */
  readonly tradingAccount: string;
  /** True when the archive has an account of its own. */
  readonly archiveIsForeign: boolean;
  readonly tags: Tags;
  /** True in a sandbox: nothing is locked, everything can be deleted. */
  readonly disposable: boolean;
}

/** Works out the places from a stack's configuration. */
export function landscapeOf({ settings, system }: Configuration): Landscape {
  const place = (role: "prod" | "dr" | "archive"): Place => ({
    system: system.id,
    region: regionOf(system, role),
    account: role === "archive" ? settings.accounts.archive : settings.accounts.trading,
  });
  const [primary, standby, archive] = [place("prod"), place("dr"), place("archive")];
  const sides = {
    prod: { own: primary, copiesFrom: [standby], copiesTo: [standby, archive] },
    dr: { own: standby, copiesFrom: [primary], copiesTo: [primary, archive] },
    archive: { own: archive, copiesFrom: [primary, standby], copiesTo: [] },
  };
  return {
    ...sides[settings.role],
    primary,
    standby,
    archive,
    tradingAccount: settings.accounts.trading,
    archiveIsForeign: settings.accounts.archive !== settings.accounts.trading,
    tags: stackTags(system.id, settings.role),
    disposable: settings.profile === "sandbox",
  };
}
