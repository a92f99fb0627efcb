import { type Rule } from "../rule";
import { explicitProvider, globalServicesInPrimary, ownRegion } from "./region";
import { symmetry } from "./symmetry";

/** Rules of where things are. */
export const placementRules: readonly Rule[] = [
  ownRegion,
  explicitProvider,
  globalServicesInPrimary,
  symmetry,
];
