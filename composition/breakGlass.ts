import type * as pulumi from "@pulumi/pulumi";
import {
  breakGlassDocuments,
  BreakGlassRole,
  type BreakGlassScope,
} from "../components/access/breakGlassRole";
import { type Configuration } from "../config/configuration";
import { type Place, recordsPurpose, roleArn, vaultPurpose } from "../contracts/names";
import { imagesOf } from "./images";
import { type Landscape } from "./places";
import { lifecyclesByLockClass } from "./records";
import { snapshotRetentions } from "./snapshots";

/**
 * Declares the roles for emergencies of all places in the trading account. AWS keeps roles in
 * us-east-1, so they belong to the primary region's stack.
 */
export function declareBreakGlassRoles(
  configuration: Configuration,
  landscape: Landscape,
  options: pulumi.ComponentResourceOptions,
): void {
  const { tags, disposable } = landscape;
  for (const place of placesOf(landscape, landscape.tradingAccount)) {
    new BreakGlassRole(
      `break-glass-${place.region}`,
      { ...scopeOf(configuration, landscape, place), tags, disposable },
      options,
    );
  }
}

/** ARNs of those roles in the account that a stack works in. */
export function breakGlassRoleArns(landscape: Landscape): string[] {
  return placesOf(landscape, landscape.own.account).map((place) => roleArn("break-glass", place));
}

/**
 * What the administrators of the archive's own account make its role from. The program could only
 * do it if its deployer, whom people of the trading account command, might make roles there, and
 * then the archive would be no safer than they are.
 */
export function foreignBreakGlassRole(
  configuration: Configuration,
  landscape: Landscape,
): Readonly<Record<string, unknown>> | undefined {
  const { own, archive, archiveIsForeign } = landscape;
  return archiveIsForeign && own === archive
    ? breakGlassDocuments(scopeOf(configuration, landscape, archive))
    : undefined;
}

function placesOf({ primary, standby, archive }: Landscape, account: string): Place[] {
  return [primary, standby, archive].filter((place) => place.account === account);
}

function scopeOf({ system }: Configuration, landscape: Landscape, place: Place): BreakGlassScope {
  return {
    place,
    watchedRegions: placesOf(landscape, place.account).map(({ region }) => region),
    bucketPurposes: Object.keys(lifecyclesByLockClass(system)).map(recordsPurpose),
    vaultPurposes: Object.keys(snapshotRetentions(system)).map(vaultPurpose),
    images: imagesOf(system) !== undefined && place.region !== landscape.archive.region,
  };
}
